package recording

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"
)

// CastWriter writes an asciicast v2. A cast holds text, so bytes that are no
// UTF-8 become the replacement character; a character that Teleport split
// between two events is put together again.
type CastWriter struct {
	w    *bufio.Writer
	tail []byte // the first bytes of a character whose rest is to come
	at   string
}

// NewCastWriter writes the header. A recording that names no size gets 80x24.
func NewCastWriter(w io.Writer, meta Meta) (*CastWriter, error) {
	header := struct {
		Version   int    `json:"version"`
		Width     int    `json:"width"`
		Height    int    `json:"height"`
		Timestamp int64  `json:"timestamp,omitempty"`
		Title     string `json:"title,omitempty"`
	}{Version: 2, Width: meta.Cols, Height: meta.Rows, Title: meta.Title}
	if meta.Cols <= 0 || meta.Rows <= 0 {
		header.Width, header.Height = 80, 24
	}
	if !meta.Start.IsZero() {
		header.Timestamp = meta.Start.Unix()
	}
	line, err := json.Marshal(header)
	if err != nil {
		return nil, fmt.Errorf("write asciicast: %w", err)
	}
	out := &CastWriter{w: bufio.NewWriter(w)}
	if _, err := out.w.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("write asciicast: %w", err)
	}
	return out, nil
}

// Write adds a frame. Events become markers with their summary.
func (c *CastWriter) Write(f Frame) error {
	c.at = strconv.FormatFloat(f.At.Seconds(), 'f', 6, 64)
	switch f.Type {
	case Output:
		data := f.Data
		if len(c.tail) > 0 {
			data = append(c.tail, data...)
			c.tail = nil
		}
		if n := unfinished(data); n > 0 {
			c.tail = append([]byte(nil), data[len(data)-n:]...)
			data = data[:len(data)-n]
		}
		if len(data) == 0 {
			return nil
		}
		return c.event("o", string(data))
	case Resize:
		return c.event("r", fmt.Sprintf("%dx%d", f.Cols, f.Rows))
	case Note:
		return c.event("m", f.Event.Summary)
	}
	return nil
}

// Close writes what is left. It does not close the writer beneath.
func (c *CastWriter) Close() error {
	if len(c.tail) > 0 {
		if err := c.event("o", string(c.tail)); err != nil {
			return err
		}
	}
	if err := c.w.Flush(); err != nil {
		return fmt.Errorf("write asciicast: %w", err)
	}
	return nil
}

func (c *CastWriter) event(code, data string) error {
	text, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("write asciicast: %w", err)
	}
	if _, err := fmt.Fprintf(c.w, "[%s, %q, %s]\n", c.at, code, text); err != nil {
		return fmt.Errorf("write asciicast: %w", err)
	}
	return nil
}

// unfinished is how many bytes at the end begin a character without ending it.
func unfinished(b []byte) int {
	for n := 1; n <= min(utf8.UTFMax-1, len(b)); n++ {
		if utf8.RuneStart(b[len(b)-n]) {
			if utf8.FullRune(b[len(b)-n:]) {
				return 0
			}
			return n
		}
	}
	return 0
}
