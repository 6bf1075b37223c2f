package safetext

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// Writer cleans what is written to it, for command lines that print evidence.
// Line feeds and tabs pass; everything else is treated as in [Clean]. A rune or
// a line end may be split over several calls; Flush writes what was held back.
type Writer struct {
	w    io.Writer
	c    cleaner
	held []byte // the start of an unfinished rune or line end, at most 3 bytes
	buf  []byte
}

var _ io.Writer = (*Writer)(nil)

// NewWriter returns a writer of safe text.
func NewWriter(w io.Writer, f Form) *Writer {
	return &Writer{w: w, c: cleaner{form: f, keepLF: true}}
}

// Write cleans p and writes it. It takes all of p unless the destination fails.
func (w *Writer) Write(p []byte) (int, error) {
	data := p
	if len(w.held) > 0 {
		data = append(w.held, p...)
		w.held = nil
	}
	cut := len(data) - unfinished(data)
	if err := w.emit(string(data[:cut])); err != nil {
		return 0, err
	}
	w.held = append(w.held, data[cut:]...)
	return len(p), nil
}

// Flush writes the bytes that were held back, as they are.
func (w *Writer) Flush() error {
	held := string(w.held)
	w.held = w.held[:0]
	return w.emit(held)
}

func (w *Writer) emit(s string) error {
	if s == "" {
		return nil
	}
	w.buf = w.buf[:0]
	for len(s) > 0 {
		var n int
		w.buf, n = w.c.next(w.buf, s)
		s = s[n:]
	}
	if _, err := w.w.Write(w.buf); err != nil {
		return fmt.Errorf("write text: %w", err)
	}
	return nil
}

// unfinished returns how many bytes at the end of data may belong together with
// bytes that have not been written yet.
func unfinished(data []byte) int {
	if n := len(data); n > 0 && data[n-1] == '\r' {
		return 1
	}
	for n := 1; n <= min(utf8.UTFMax-1, len(data)); n++ {
		tail := data[len(data)-n:]
		if utf8.RuneStart(tail[0]) {
			if utf8.FullRune(tail) {
				return 0
			}
			return n
		}
	}
	return 0
}
