package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// cast1 reads an asciicast v1: one JSON object whose key stdout holds pairs of
// a pause in seconds and text. It is read pair by pair.
type cast1 struct {
	src   *faultReader
	limit *lineLimit
	dec   *json.Decoder
	meta  *Meta
	prob  *problems
	pairs int64
	at    time.Duration
	exact float64
	done  bool
}

// lineLimit is a reader that fails when one value is longer than any line of an
// asciicast may be.
type lineLimit struct {
	r    io.Reader
	left int
}

var errLong = errors.New("a value is too long")

func (l *lineLimit) Read(p []byte) (int, error) {
	if l.left <= 0 {
		return 0, errLong
	}
	n, err := l.r.Read(p[:min(len(p), l.left)])
	l.left -= n
	return n, err
}

// newCast1 reads up to the first pair.
func newCast1(src *faultReader, file io.Reader, meta *Meta, prob *problems) (*cast1, error) {
	c := &cast1{src: src, limit: &lineLimit{file, maxLine}, meta: meta, prob: prob}
	mark := make([]byte, 3)
	if n, _ := io.ReadFull(c.limit, mark); !bytes.Equal(mark[:n], []byte("\xef\xbb\xbf")) {
		c.limit.r = io.MultiReader(bytes.NewReader(mark[:n]), file)
	}
	c.dec = json.NewDecoder(c.limit)
	var h struct {
		Width, Height  float64
		Title, Command string
	}
	into := map[string]any{"width": &h.Width, "height": &h.Height, "title": &h.Title, "command": &h.Command}
	if _, err := c.dec.Token(); err != nil {
		return nil, fmt.Errorf("the asciicast cannot be read: %w: %w", err, ErrNotRecording)
	}
	for {
		key, err := c.dec.Token()
		if err != nil {
			return nil, fmt.Errorf("the asciicast has no output: %w: %w", err, ErrNotRecording)
		}
		if key == "stdout" {
			break
		}
		var skip json.RawMessage
		err = c.dec.Decode(&skip)
		if name, ok := key.(string); ok && into[name] != nil && err == nil {
			err = json.Unmarshal(skip, into[name])
		}
		if err != nil {
			return nil, fmt.Errorf("the header of the asciicast cannot be read: %w: %w", err, ErrNotRecording)
		}
	}
	if open, err := c.dec.Token(); err != nil || open != json.Delim('[') {
		return nil, fmt.Errorf("the output of the asciicast is no list: %w", ErrNotRecording)
	}
	castSize(meta, prob, h.Width, h.Height)
	meta.Kind, meta.Terminal, meta.Ended = KindAsciicast, true, true
	meta.Title, meta.Command = h.Title, h.Command
	return c, nil
}

func (c *cast1) next() (Frame, error) {
	for !c.done && c.dec.More() {
		c.limit.left = maxLine
		var pair []json.RawMessage
		err := c.dec.Decode(&pair)
		var odd *json.UnmarshalTypeError
		if err != nil && !errors.As(err, &odd) {
			c.end(err)
			return Frame{}, io.EOF
		}
		c.pairs++
		var pause float64
		var text string
		if err != nil || len(pair) != 2 || json.Unmarshal(pair[0], &pause) != nil || json.Unmarshal(pair[1], &text) != nil {
			c.bad()
			continue
		}
		c.exact = min(c.exact+max(pause, 0), maxAt.Seconds())
		c.at = max(c.at, microseconds(c.exact))
		return Frame{At: c.at, Type: Output, Data: []byte(text)}, nil
	}
	if !c.done {
		// The list must be closed, and the object around it.
		_, err := c.dec.Token()
		for depth := 1; err == nil && depth > 0; {
			var token json.Token
			if token, err = c.dec.Token(); token == json.Delim('}') || token == json.Delim(']') {
				depth--
			} else if token == json.Delim('{') || token == json.Delim('[') {
				depth++
			}
		}
		c.end(err)
	}
	return Frame{}, io.EOF
}

// end notes why the list ended, when it was not its own end.
func (c *cast1) end(err error) {
	c.done = true
	switch {
	case c.src.report(c.prob) || err == nil:
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF):
		c.prob.add(ProblemTruncated, true, 1, fixed(fmt.Sprintf("The file ends after output %d: the rest of the session is missing.", c.pairs)))
	default:
		c.prob.add(ProblemCorrupt, true, 1, fixed(fmt.Sprintf("After output %d the file is no asciicast any more: the rest cannot be read.", c.pairs)))
	}
}

func (c *cast1) bad() {
	first := c.pairs
	c.prob.add(ProblemBadLine, true, 1, func(n int64, _ string) string {
		if n == 1 {
			return fmt.Sprintf("Output %d cannot be read and is not shown.", first)
		}
		return fmt.Sprintf("%d outputs cannot be read and are not shown (the first is output %d).", n, first)
	})
}
