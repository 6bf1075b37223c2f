package store

import (
	"bufio"
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
	formatTar       = "tar archive"
	formatZip       = "zip archive"
)

// sniffBytes is how much of a content is looked at to know what it is.
const sniffBytes = 64 << 10

// errNotEvidence is given for a file that is neither a log nor a recording.
var errNotEvidence = errors.New("neither an audit log nor a recording")

// location is one file to read: its name in the case and its path.
type location struct {
	name   string  // as given, or the path inside the folder given
	path   string  // absolute; empty for standard input
	member *member // the file when it lies in an archive: path only tells it apart then
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
		if !info.IsDir() && isCaseFile(abs) {
			// Reading the case that is being written would undo SQLite's locks on it.
			return nil, fmt.Errorf("read evidence %s: it is a case or belongs to one, not evidence: open it with cordon open", p)
		}
		if !info.IsDir() {
			out = append(out, location{name: filepath.Base(p), path: abs})
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
		out = append(out, location{name: filepath.ToSlash(rel), path: path})
		return nil
	})
	slices.SortFunc(out, func(a, b location) int { return strings.Compare(a.name, b.name) })
	return out, err
}

func isCaseFile(name string) bool {
	for _, suffix := range []string{Extension, Extension + "-wal", Extension + "-shm", Extension + "-journal", partialSuffix, holdSuffix} {
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
	archive archive        // gives the files inside; nil for what is no archive
	size    int64          // of the file; -1 when unknown
	content *bufio.Reader
	plain   bool          // content is the file itself, and its hash the content's
	packed  bool          // content is what a packing's reader gives
	read    *readCount    // bytes of the file read so far
	disk    *atomic.Int64 // bytes read of the file on disk in which all this lies
	file    *os.File      // nil for what can only be read from start to end
	close   func() error
}

// readCount counts what is read and, once told to, hashes it.
type readCount struct {
	r   io.Reader
	n   atomic.Int64
	sum hash.Hash // nil until hashFile

	told func(read int64) // after each read; may be nil
}

func (c *readCount) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n.Add(int64(n))
	if c.sum != nil {
		c.sum.Write(p[:n])
	}
	if c.told != nil {
		c.told(c.n.Load())
	}
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

// stopping ends reading when ctx is done, also where much is only passed over.
func stopping(ctx context.Context, r io.Reader) io.Reader {
	return readerFunc(func(b []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(b)
	})
}

// readerFunc makes a reader of a function.
type readerFunc func(b []byte) (int, error)

func (f readerFunc) Read(b []byte) (int, error) { return f(b) }

// openInput opens a source and finds out by content what it is.
func openInput(ctx context.Context, loc location) (*input, error) {
	in := &input{location: loc, size: -1, close: func() error { return nil }}
	r := stopping(ctx, os.Stdin)
	switch {
	case loc.member != nil:
		loc.member.content.rewind()
		in.size, r = loc.member.size, loc.member.content
	case loc.path != "":
		f, err := openFile(ctx, loc.path)
		if err != nil {
			return nil, fmt.Errorf("open %s: %w", loc.name, plainPathError(err))
		}
		info, err := f.Stat()
		if err != nil {
			return nil, errors.Join(fmt.Errorf("open %s: %w", loc.name, err), f.Close())
		}
		if info.Mode().IsRegular() {
			in.size, in.file = info.Size(), f
		}
		r, in.close = stopping(ctx, f), f.Close
	}
	if err := in.unwrap(r); err != nil {
		return nil, errors.Join(err, in.close())
	}
	return in, nil
}

// unwrap sets the content reader, through what unpacks it where the file is
// packed, and the format.
func (in *input) unwrap(r io.Reader) error {
	in.read = &readCount{r: r}
	in.disk = &in.read.n
	if in.member != nil {
		in.disk = in.member.disk
	}
	in.content, in.plain = bufio.NewReaderSize(in.read, sniffBytes), true
	suffix := ""
	for range maxPackings {
		p, err := in.packing()
		if err != nil {
			return fmt.Errorf("read %s: %w", in.name, err)
		}
		if p == nil {
			break
		}
		if err := in.unpack(p); err != nil {
			return err
		}
		suffix = " in " + p.name + suffix
	}
	head, err := in.content.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return fmt.Errorf("read %s: %w", in.name, err)
	}
	if err := in.classify(head, err != nil); err != nil {
		return err
	}
	in.format += suffix
	return nil
}

// classify finds the format of the content by its first bytes, eof if they are
// all of it.
func (in *input) classify(head []byte, eof bool) error {
	switch {
	case len(head) == 0:
		in.format = formatEmpty
		return nil
	case isTar(head) && !isLegacyRecording(head):
		in.format = formatTar
		return in.openTar()
	case isZip(head):
		in.format = formatZip
		return in.openZip()
	case recording.Sniff(head) != recording.FormatUnknown:
		in.format = formatRecording
		return nil
	}
	framer, ok := framing.Sniff(head, eof)
	if !ok {
		return fmt.Errorf("%s: %w", in.name, errNotEvidence)
	}
	in.framer, in.format = framer, framer.Name()
	return nil
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

// hashFile makes the bytes of a file that is not its own content pass through a
// SHA-256 of their own.
func (in *input) hashFile() {
	if !in.plain {
		return
	}
	in.plain, in.read.sum = false, sha256.New()
	ahead, _ := in.content.Peek(in.content.Buffered())
	in.read.sum.Write(ahead)
}

// finishFile reads what was not needed of the file, so that its hash covers all
// of it, and returns that hash; nil for a plain file.
func (in *input) finishFile() []byte {
	if in.plain {
		return nil
	}
	if _, err := io.Copy(io.Discard, in.read); err != nil {
		return nil
	}
	return in.read.sum.Sum(nil)
}

// shrunk says, after all was read, whether the file got shorter meanwhile: what
// was read is then not what it was.
func (in *input) shrunk() error {
	if n := in.read.n.Load(); in.file != nil && n < in.size {
		return fmt.Errorf("the file had %d bytes at first and became shorter", in.size)
	}
	return nil
}

// settled says that the input will be read on: what a member kept to be read
// once more is let go.
func (in *input) settled() {
	if in.member != nil {
		in.member.content.settle()
	}
}

// random gives the content in any order: the file itself, or a copy where it
// can only be read from start to end.
func (in *input) random() (io.ReaderAt, int64, error) {
	in.hashFile()
	if in.file != nil && !in.packed {
		in.disk = &atomic.Int64{}
		return &readAtCount{in.file, in.disk}, in.size, nil
	}
	copied := &spool{}
	inner := in.close
	in.close = func() error { return errors.Join(copied.close(), inner()) }
	if _, err := io.Copy(copied, in.content); err != nil {
		return nil, 0, fmt.Errorf("it has to be read out of order, and copying it failed: %w", err)
	}
	return copied, copied.size, nil
}

// readAtCount counts what is read of a file out of order.
type readAtCount struct {
	file io.ReaderAt
	n    *atomic.Int64
}

func (c *readAtCount) ReadAt(b []byte, at int64) (int, error) {
	n, err := c.file.ReadAt(b, at)
	c.n.Add(int64(n))
	return n, err
}

func isRecording(format string) bool { return strings.HasPrefix(format, formatRecording) }
