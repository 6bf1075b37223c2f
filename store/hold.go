package store

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
)

// holdSuffix ends the name of the file beside a case that whoever adds evidence
// to it keeps locked.
const holdSuffix = Extension + "-writer"

// ErrHeld says that another process adds evidence to the case just now. The
// error around it says who.
var ErrHeld = errors.New("another cordon is writing to it")

// hold is the right to add evidence to a case. The lock is what counts: it goes
// with the process, so a kill leaves nothing behind. The text in the file is a
// label that says whose it is.
type hold struct{ file *os.File }

// holder is the label.
type holder struct {
	PID      int       `json:"pid"`
	Host     string    `json:"host"`
	Operator string    `json:"operator"`
	Command  string    `json:"command"`
	Since    time.Time `json:"since"`
}

// String says who writes, for people.
func (h holder) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "PID %d", h.PID)
	for _, part := range []struct{ before, text string }{{" on ", h.Host}, {", ", h.Command}, {" by ", h.Operator}} {
		if part.text != "" {
			b.WriteString(part.before + part.text)
		}
	}
	if !h.Since.IsZero() {
		b.WriteString(", since " + h.Since.UTC().Format("2006-01-02 15:04:05 UTC"))
	}
	return b.String()
}

// holdFile is where the lock of a case stands.
func holdFile(path string) string { return strings.TrimSuffix(path, Extension) + holdSuffix }

// Somebody who only asks who writes holds the lock for an instant, so that one
// refusal is not yet an answer.
const (
	holdTries = 20
	holdPause = 5 * time.Millisecond
)

// takeHold takes the right to add evidence to a case, or says who has it.
func takeHold(path string, opts Options) (*hold, error) {
	host, _ := os.Hostname() // only a label
	label, err := json.Marshal(holder{os.Getpid(), host, opts.Operator, opts.Command, time.Now().UTC().Truncate(time.Second)})
	if err != nil {
		return nil, err
	}
	for try := 1; ; try++ {
		f, err := os.OpenFile(holdFile(path), os.O_CREATE|os.O_RDWR, 0o600)
		if err != nil {
			return nil, plainPathError(err)
		}
		if tryLock(f) == nil && stands(f, holdFile(path)) {
			if err := errors.Join(f.Truncate(0), writeAt(f, label)); err != nil {
				return nil, errors.Join(plainPathError(err), f.Close())
			}
			return &hold{f}, nil
		}
		if try == holdTries {
			return nil, errors.Join(fmt.Errorf("%w: %s", ErrHeld, labelOf(f)), f.Close())
		}
		if err := f.Close(); err != nil {
			return nil, err
		}
		time.Sleep(holdPause)
	}
}

func writeAt(f *os.File, b []byte) error {
	_, err := f.WriteAt(b, 0)
	return err
}

// stands tells whether an open file is still the one with its name: its owner
// removes it before the lock is free.
func stands(f *os.File, name string) bool {
	mine, err := f.Stat()
	if err != nil {
		return false
	}
	there, err := os.Stat(name)
	return err == nil && os.SameFile(mine, there)
}

// release gives the right back. A file that cannot be removed does no harm.
func (h *hold) release() error {
	_ = os.Remove(h.file.Name())
	return h.file.Close()
}

// labelOf reads who holds a lock. The text comes from another process: what is
// no label gives an unknown one.
func labelOf(f *os.File) string {
	const most = 4096
	var h holder
	if err := json.NewDecoder(io.NewSectionReader(f, 0, most)).Decode(&h); err != nil {
		return "it does not say who it is"
	}
	return h.String()
}

// WrittenBy says which other process adds evidence to the case just now; empty
// when none does. What is read meanwhile is the case as of its last commit.
func (c *Case) WrittenBy() string {
	if c.holding.Load() {
		return ""
	}
	return writtenBy(c.path)
}

func writtenBy(path string) string {
	f, err := os.Open(holdFile(path))
	if err != nil {
		return ""
	}
	defer f.Close()
	if tryShare(f) == nil {
		return ""
	}
	return labelOf(f)
}
