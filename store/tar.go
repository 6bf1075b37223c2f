package store

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"

	"cordon/playback/recording"
)

// tarBlock is the size of a header in a tar.
const tarBlock = 512

// isTar tells by the checksum of the first header whether a content is a tar of
// any age.
func isTar(head []byte) bool {
	if len(head) < tarBlock || head[0] == 0 {
		return false
	}
	sum, want := 0, 0
	for i, c := range head[:tarBlock] {
		if i >= 148 && i < 156 {
			if c >= '0' && c <= '7' {
				want = want*8 + int(c-'0')
			}
			c = ' '
		}
		sum += int(c)
	}
	return sum == want
}

// legacyFile is the name of a file in a recording of Teleport before 4.4, which
// is a tar: the session, then what of it the file holds.
var legacyFile = regexp.MustCompile(`(?i)^(?:\./)?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:-\d+)?(?:\.index|\.chunks\.gz|\.events\.gz|\.session\.[a-z]+-events\.gz)$`)

// isLegacyRecording tells a recording of Teleport before 4.4 from a tar of logs
// and recordings: all files that its head shows are of one session.
func isLegacyRecording(head []byte) bool {
	if recording.Sniff(head) != recording.FormatLegacyTar {
		return false
	}
	session := ""
	for r := tar.NewReader(bytes.NewReader(head)); ; {
		h, err := r.Next()
		if err != nil {
			break
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		m := legacyFile.FindStringSubmatch(h.Name)
		if m == nil || session != "" && !strings.EqualFold(m[1], session) {
			return false
		}
		session = m[1]
	}
	return session != ""
}

func (in *input) openTar() error {
	if err := in.checkNesting(); err != nil {
		return err
	}
	in.hashFile()
	src := &lastBlock{r: in.content}
	in.archive = &tarArchive{r: tar.NewReader(src), src: src}
	return nil
}

// tarArchive gives the files of a tar.
type tarArchive struct {
	r   *tar.Reader
	src *lastBlock
	n   int // entries read
}

// lastBlock remembers the last block that was read of a tar.
type lastBlock struct {
	r    io.Reader
	last [tarBlock]byte
}

func (l *lastBlock) Read(b []byte) (int, error) {
	n, err := l.r.Read(b)
	if n >= tarBlock {
		copy(l.last[:], b[n-tarBlock:n])
	} else {
		copy(l.last[:], l.last[n:])
		copy(l.last[tarBlock-n:], b[:n])
	}
	return n, err
}

func (t *tarArchive) next() (entry, error) {
	for {
		h, err := t.r.Next()
		switch {
		case errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
			if t.src.last != [tarBlock]byte{} {
				return entry{}, fmt.Errorf("the tar has no end mark after %d entries: files may be missing", t.n)
			}
			return entry{}, io.EOF
		case err != nil && !errors.Is(err, tar.ErrInsecurePath):
			return entry{}, t.broken(err)
		}
		t.n++
		switch {
		case isSparse(h):
			return entry{name: h.Name, reason: "a file with holes, which are not filled: unpack the archive and give the folder"}, nil
		case h.Typeflag == tar.TypeReg:
			return entry{name: h.Name, size: h.Size, content: t.r}, nil
		}
	}
}

// broken says why the rest of a tar cannot be read.
func (t *tarArchive) broken(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("the tar is cut after %d entries: the rest is missing", t.n)
	case errors.Is(err, tar.ErrHeader):
		return fmt.Errorf("the tar is damaged after %d entries: the rest cannot be read", t.n)
	}
	return fmt.Errorf("the tar cannot be read further than %d entries: %w", t.n, err)
}

// isSparse tells whether a file leaves out its zeros: a few bytes may then
// stand for any number of them.
func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for k := range h.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse.") {
			return true
		}
	}
	return false
}
