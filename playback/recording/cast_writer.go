package recording

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"time"
	"unicode/utf8"
)

// CastWriter writes an asciicast. A cast holds text, so bytes that are no UTF-8
// become the replacement character; a character that Teleport split between two
// events is put together again.
type CastWriter struct {
	w    *bufio.Writer
	tail []byte // the first bytes of a character whose rest is to come

	relative bool          // version 3: an event tells the time since the one before
	at       time.Duration // of the event that is written
	last     time.Duration // of the one before
}

// castTerm is how version 3 names the size.
type castTerm struct {
	Cols int `json:"cols"`
	Rows int `json:"rows"`
}

// NewCastWriter writes the header of an asciicast v2. A recording that names no
// size gets 80x24.
func NewCastWriter(w io.Writer, meta Meta) (*CastWriter, error) {
	size := castTermOf(meta)
	return newCastWriter(w, false, struct {
		Version   int    `json:"version"`
		Width     int    `json:"width"`
		Height    int    `json:"height"`
		Timestamp int64  `json:"timestamp,omitempty"`
		Title     string `json:"title,omitempty"`
		Command   string `json:"command,omitempty"`
	}{2, size.Cols, size.Rows, castStart(meta), meta.Title, meta.Command})
}

// NewCastWriterV3 is NewCastWriter for an asciicast v3.
func NewCastWriterV3(w io.Writer, meta Meta) (*CastWriter, error) {
	return newCastWriter(w, true, struct {
		Version   int      `json:"version"`
		Term      castTerm `json:"term"`
		Timestamp int64    `json:"timestamp,omitempty"`
		Title     string   `json:"title,omitempty"`
		Command   string   `json:"command,omitempty"`
	}{3, castTermOf(meta), castStart(meta), meta.Title, meta.Command})
}

func newCastWriter(w io.Writer, relative bool, header any) (*CastWriter, error) {
	line, err := json.Marshal(header)
	if err != nil {
		return nil, fmt.Errorf("write asciicast: %w", err)
	}
	out := &CastWriter{w: bufio.NewWriter(w), relative: relative}
	if _, err := out.w.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("write asciicast: %w", err)
	}
	return out, nil
}

func castTermOf(meta Meta) castTerm {
	if meta.Cols <= 0 || meta.Rows <= 0 {
		return castTerm{80, 24}
	}
	return castTerm{meta.Cols, meta.Rows}
}

func castStart(meta Meta) int64 {
	if meta.Start.IsZero() {
		return 0
	}
	return meta.Start.Unix()
}

// Write adds a frame. An event becomes a marker with its summary, or what it
// was when it came from an asciicast; what it puts on a composed screen becomes
// output.
func (c *CastWriter) Write(f Frame) error {
	c.at = f.At.Round(time.Microsecond)
	switch {
	case f.Type == Output || f.Type != Resize && len(f.Data) > 0:
		return c.output(f.Data)
	case f.Type == Resize:
		return c.event("r", fmt.Sprintf("%dx%d", f.Cols, f.Rows))
	case f.Event != nil && f.Event.cast != "":
		return c.event(f.Event.cast, f.Event.text)
	case f.Event != nil:
		return c.event("m", f.Event.Summary)
	}
	return nil
}

func (c *CastWriter) output(data []byte) error {
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
	name, err := json.Marshal(code)
	if err != nil {
		return fmt.Errorf("write asciicast: %w", err)
	}
	at := c.at
	if c.relative {
		at -= c.last
	}
	c.last = c.at
	if _, err := fmt.Fprintf(c.w, "[%s, %s, %s]\n", strconv.FormatFloat(at.Seconds(), 'f', 6, 64), name, text); err != nil {
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
