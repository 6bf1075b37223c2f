package store

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// spoolMemory is how much a spool holds before it makes a file, in bytes.
const spoolMemory = 1 << 20

// spool keeps a stream that has to be read again or out of order: in memory
// while it is short, then in a temporary file, which has no name where the
// system allows that, so that a kill leaves nothing.
type spool struct {
	memory []byte
	file   *os.File
	size   int64
}

func (s *spool) Write(b []byte) (int, error) {
	if s.file == nil && s.size+int64(len(b)) <= spoolMemory {
		s.memory = append(s.memory, b...)
		s.size += int64(len(b))
		return len(b), nil
	}
	if s.file == nil {
		f, err := os.CreateTemp("", "cordon-")
		if err != nil {
			return 0, fmt.Errorf("make a temporary file: %w", err)
		}
		_ = os.Remove(f.Name()) // Windows refuses while it is open: close does it then
		s.file = f
		if _, err := f.Write(s.memory); err != nil {
			return 0, err
		}
		s.memory = nil
	}
	n, err := s.file.Write(b)
	s.size += int64(n)
	return n, err
}

func (s *spool) ReadAt(b []byte, at int64) (int, error) {
	if s.file != nil {
		return s.file.ReadAt(b, at)
	}
	switch {
	case at < 0: // a damaged zip asks for that
		return 0, errors.New("an offset before the start")
	case at >= int64(len(s.memory)):
		return 0, io.EOF
	}
	n := copy(b, s.memory[at:])
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// close gives up what is kept; the spool is then empty.
func (s *spool) close() error {
	f := s.file
	*s = spool{}
	if f == nil {
		return nil
	}
	err := f.Close()
	if gone := os.Remove(f.Name()); gone != nil && !errors.Is(gone, os.ErrNotExist) {
		err = errors.Join(err, gone)
	}
	return err
}

// rewinder reads a stream that may have to be read from its start once more.
type rewinder struct {
	src     io.Reader
	kept    spool
	at      int64 // in what is kept
	settled bool  // nothing more is kept
	err     error // keeping failed: what was read since is lost
}

func (r *rewinder) Read(b []byte) (int, error) {
	if r.at < r.kept.size {
		n, err := r.kept.ReadAt(b[:min(int64(len(b)), r.kept.size-r.at)], r.at)
		r.at += int64(n)
		if errors.Is(err, io.EOF) && n > 0 {
			err = nil
		}
		return n, err
	}
	if r.err != nil {
		return 0, r.err
	}
	n, err := r.src.Read(b)
	if !r.settled && n > 0 {
		if _, failed := r.kept.Write(b[:n]); failed != nil {
			r.err = fmt.Errorf("keep a copy of the file that is read: %w", failed)
			return 0, r.err
		}
		r.at += int64(n)
	}
	return n, err
}

// rewind goes back to the start.
func (r *rewinder) rewind() { r.at = 0 }

// settle ends keeping: the stream is not rewound any more.
func (r *rewinder) settle() { r.settled = true }

func (r *rewinder) close() error {
	r.settled, r.at = true, 0
	return r.kept.close()
}
