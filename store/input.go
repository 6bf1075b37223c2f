package store

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"cordon/playback/recording"
	"cordon/store/framing"
)

// Stdin is the source name that stands for standard input.
const Stdin = "-"

// Formats of what holds no events, as they stand in the source table before any
// ` in gzip`; those of logs are the names of their framers.
const (
	formatRecording = "recording"
	formatEmpty     = "empty"
)

// sniffBytes is how much of a content is looked at to know what it is.
const sniffBytes = 64 << 10

// errNotEvidence is given for a file that is neither a log nor a recording.
var errNotEvidence = errors.New("neither an audit log nor a recording")

// location is one file to read: its name in the case and its path.
type location struct {
	name string // as given, or the path inside the folder given
	path string // absolute; empty for standard input
}

// locate lists the files below the paths given, in a fixed order: arguments as
// given, folders by name. Links inside folders, case files and what belongs to
// them are passed over. open reads embedded or test trees through fsys.
func locate(paths []string) ([]location, error) {
	var out []location
	for _, p := range paths {
		if p == Stdin {
			out = append(out, location{name: "standard input"})
			continue
		}
		abs, err := filepath.Abs(p)
		if err != nil {
			return nil, fmt.Errorf("resolve %s: %w", p, err)
		}
		info, err := os.Stat(abs)
		if err != nil {
			return nil, fmt.Errorf("read evidence %s: %w", p, errors.Unwrap(err))
		}
		if !info.IsDir() {
			out = append(out, location{filepath.Base(p), abs})
			continue
		}
		found, err := walk(abs)
		if err != nil {
			return nil, fmt.Errorf("read folder %s: %w", p, err)
		}
		out = append(out, found...)
	}
	return out, nil
}

func walk(root string) ([]location, error) {
	var out []location
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if !d.Type().IsRegular() || isCaseFile(d.Name()) {
			return nil
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		out = append(out, location{filepath.ToSlash(rel), path})
		return nil
	})
	slices.SortFunc(out, func(a, b location) int { return strings.Compare(a.name, b.name) })
	return out, err
}

func isCaseFile(name string) bool {
	for _, suffix := range []string{Extension, Extension + "-wal", Extension + "-shm", Extension + "-journal", partialSuffix} {
		if strings.HasSuffix(name, suffix) {
			return true
		}
	}
	return false
}

// input is one opened source, positioned at the start of its content.
type input struct {
	location
	format  string
	framer  framing.Framer // finds the events; nil when there are none
	size    int64          // of the file; -1 when unknown
	content *bufio.Reader
	plain   bool       // content is the file itself
	file    hash.Hash  // of the file as given, for compressed ones
	read    *readCount // bytes of the file read so far
	close   func() error
}

type readCount struct {
	r io.Reader
	n atomic.Int64
}

func (c *readCount) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// openFile opens a file; a named pipe that nobody writes to is waited for until
// ctx is done.
func openFile(ctx context.Context, path string) (*os.File, error) {
	type opened struct {
		f   *os.File
		err error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.Open(path)
		done <- opened{f, err}
	}()
	select {
	case o := <-done:
		return o.f, o.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// openInput opens a source and finds out by content what it is.
func openInput(ctx context.Context, loc location) (*input, error) {
	in := &input{location: loc, size: -1, close: func() error { return nil }}
	var r io.Reader = os.Stdin
	if loc.path != "" {
		f, err := openFile(ctx, loc.path)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", loc.name, plainPathError(err))
		}
		info, err := f.Stat()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", loc.name, err), f.Close())
		}
		if info.Mode().IsRegular() {
			in.size = info.Size()
		}
		r, in.close = f, f.Close
	}
	if err := in.unwrap(r); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

// unwrap sets the content reader, through a decompressor where the file is
// compressed, and the format.
func (in *input) unwrap(r io.Reader) error {
	in.read = &readCount{r: r}
	outer := bufio.NewReaderSize(in.read, sniffBytes)
	head, err := outer.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("read %s: %w", in.name, err)
	}
	suffix := ""
	in.content, in.plain = outer, true
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		suffix = " in gzip"
		in.hashFile(outer)
		z, err := gzip.NewReader(in.content)
		if err != nil {
			return fmt.Errorf("read %s: the gzip header is damaged: %w", in.name, err)
		}
		in.content = bufio.NewReaderSize(z, sniffBytes)
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		suffix = " in zstd"
		in.hashFile(outer)
		z, err := zstd.NewReader(in.content, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
		if err != nil {
			return fmt.Errorf("read %s: the zstd header is damaged: %w", in.name, err)
		}
		inner := in.close
		in.close = func() error { z.Close(); return inner() }
		in.content = bufio.NewReaderSize(z, sniffBytes)
	}
	if bytes.HasPrefix(head, []byte("BZh")) {
		suffix = " in bzip2"
		in.hashFile(outer)
		in.content = bufio.NewReaderSize(bzip2.NewReader(in.content), sniffBytes)
	}
	head, err = in.content.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return fmt.Errorf("read %s: %w", in.name, err)
	}
	if !in.classify(head, err != nil) {
		return fmt.Errorf("%s: %w", in.name, errNotEvidence)
	}
	in.format += suffix
	return nil
}

// classify finds the format of the content by its first bytes, eof if they are
// all of it; false when it is no evidence.
func (in *input) classify(head []byte, eof bool) bool {
	switch {
	case len(head) == 0:
		in.format = formatEmpty
	case recording.Sniff(head) != recording.FormatUnknown:
		in.format = formatRecording
	default:
		framer, ok := framing.Sniff(head, eof)
		if !ok {
			return false
		}
		in.framer, in.format = framer, framer.Name()
	}
	return true
}

// shape is how the events stand in the content.
func (in *input) shape() shape {
	switch {
	case in.framer == nil:
		return shapeOpaque
	case framing.IsPlain(in.framer):
		return shapeLines
	}
	return shapeFramed
}

// hashFile makes the compressed bytes pass through a SHA-256 of their own.
func (in *input) hashFile(r io.Reader) {
	in.file, in.plain = sha256.New(), false
	in.content = bufio.NewReaderSize(io.TeeReader(r, in.file), sniffBytes)
}

// finishFile reads what the decompressor left of the file, so that its hash
// covers all of it, and returns that hash; nil for a plain file.
func (in *input) finishFile() []byte {
	if in.plain {
		return nil
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := in.read.Read(buf)
		in.file.Write(buf[:n])
		if err != nil {
			return in.file.Sum(nil)
		}
	}
}

func isRecording(format string) bool { return strings.HasPrefix(format, formatRecording) }
