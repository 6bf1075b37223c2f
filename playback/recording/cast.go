package recording

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// maxLine bounds one line of an asciicast.
const maxLine = 8 << 20

// castHeader is the first line of an asciicast; version 3 moved the size into
// term.
type castHeader struct {
	Version   int     `json:"version"`
	Width     float64 `json:"width"`
	Height    float64 `json:"height"`
	Timestamp float64 `json:"timestamp"`
	Title     string  `json:"title"`
	Command   string  `json:"command"`
	Term      struct {
		Cols float64 `json:"cols"`
		Rows float64 `json:"rows"`
	} `json:"term"`
}

// sniffCast tells an asciicast from other JSON by the keys of its first line,
// which may be cut.
func sniffCast(head []byte) Format {
	head = bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))
	head = bytes.TrimLeft(head, " \t\r\n")
	if len(head) == 0 || head[0] != '{' {
		return FormatUnknown
	}
	line, _, _ := bytes.Cut(head, []byte("\n"))
	dec := json.NewDecoder(bytes.NewReader(head))
	if _, err := dec.Token(); err != nil {
		return FormatUnknown
	}
	version, sized := 0, false
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			break
		}
		name, _ := key.(string)
		var value json.RawMessage
		if name == "stdout" {
			sized = true
			break
		}
		if err := dec.Decode(&value); err != nil {
			break
		}
		switch name {
		case "version":
			version, _ = strconv.Atoi(string(value))
		case "width", "height", "term":
			sized = true
		}
	}
	switch {
	case !sized:
		return FormatUnknown
	case version == 1:
		return FormatAsciicastV1
	case version == 2 && len(line) > 0:
		return FormatAsciicastV2
	case version == 3:
		return FormatAsciicastV3
	}
	return FormatUnknown
}

// cast reads asciicast v2 and v3, which differ in the meaning of the first
// number of an event: time since the start, or since the event before.
type cast struct {
	src      *faultReader
	file     *bufio.Reader
	meta     *Meta
	prob     *problems
	relative bool
	line     []byte
	number   int   // of the line
	offset   int64 // of the line after it
	began    int64 // of the line itself
	cut      bool  // the line has no end: the file stops in it
	at       time.Duration
	exact    float64 // seconds, so that many small intervals add up without loss
	index    int64
	done     bool
}

func newCast(src *faultReader, file *bufio.Reader, meta *Meta, prob *problems) (*cast, error) {
	c := &cast{src: src, file: file, meta: meta, prob: prob}
	line, whole, err := c.read()
	if err != nil || !whole {
		return nil, fmt.Errorf("the header of the asciicast is too long or missing: %w", ErrNotRecording)
	}
	var h castHeader
	if err := json.Unmarshal(bytes.TrimPrefix(line, []byte("\xef\xbb\xbf")), &h); err != nil {
		return nil, fmt.Errorf("the header of the asciicast cannot be read: %w: %w", err, ErrNotRecording)
	}
	c.relative = h.Version == 3
	cols, rows := h.Width, h.Height
	if c.relative {
		cols, rows = h.Term.Cols, h.Term.Rows
	}
	castSize(meta, prob, cols, rows)
	meta.Kind, meta.Terminal, meta.Ended = KindAsciicast, true, true
	meta.Title, meta.Command = h.Title, h.Command
	if h.Timestamp > 0 && h.Timestamp < 253402300799 {
		meta.Start = time.Unix(int64(h.Timestamp), 0).UTC()
		meta.End = meta.Start
	}
	return c, nil
}

// castSize takes over the size that an asciicast names.
func castSize(meta *Meta, prob *problems, cols, rows float64) {
	if !(cols >= 1 && rows >= 1) {
		return
	}
	if cols > MaxCols || rows > MaxRows {
		prob.add(ProblemSize, false, 1, fixed(sizeSentence))
	}
	meta.Cols, meta.Rows = int(min(cols, MaxCols)), int(min(rows, MaxRows))
}

// microseconds is how finely the time of an asciicast is read.
func microseconds(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds*1e6)) * time.Microsecond
}

// read returns the next line without its end. It is not whole when it is
// longer than maxLine, and the rest of such a line is skipped.
func (c *cast) read() (line []byte, whole bool, err error) {
	c.line, whole = c.line[:0], true
	c.number++
	c.began = c.offset
	for {
		piece, err := c.file.ReadSlice('\n')
		c.offset += int64(len(piece))
		if len(c.line)+len(piece) <= maxLine {
			c.line = append(c.line, piece...)
		} else {
			whole = false
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if err != nil && len(c.line) == 0 {
			return nil, false, err
		}
		c.cut = err != nil
		return c.line, whole, nil
	}
}

func (c *cast) next() (Frame, error) {
	for !c.done {
		line, whole, err := c.read()
		if err != nil {
			break
		}
		text := bytes.TrimSpace(line)
		if whole && (len(text) == 0 || text[0] == '#') {
			if c.cut {
				c.unread()
			}
			continue
		}
		f, ok := c.frame(text)
		if ok && whole {
			if !c.meta.Start.IsZero() {
				c.meta.End = c.meta.Start.Add(f.At)
			}
			return f, nil
		}
		c.bad()
	}
	if !c.done {
		c.done = true
		c.src.report(c.prob)
	}
	return Frame{}, io.EOF
}

// resumeAt is where in the file the first line stands that was not whole.
func (c *cast) resumeAt() int64 { return c.offset }

// resume goes on with that line.
func (c *cast) resume(src *faultReader, file *bufio.Reader) {
	c.src, c.file, c.done = src, file, false
}

// unread forgets a line that has no end: a file that grows gives it again.
func (c *cast) unread() { c.offset, c.number = c.began, c.number-1 }

func (c *cast) bad() {
	if c.cut && c.src.err == nil {
		c.unread()
		c.prob.add(ProblemTruncated, true, 1, fixed("The file ends inside a line: the rest of the session is missing."))
		return
	}
	number := c.number
	c.prob.add(ProblemBadLine, true, 1, func(n int64, _ string) string {
		if n == 1 {
			return fmt.Sprintf("Line %d cannot be read and is not shown.", number)
		}
		return fmt.Sprintf("%d lines cannot be read and are not shown (the first is line %d).", n, number)
	})
}

// frame reads one event: [time, code, data].
func (c *cast) frame(line []byte) (Frame, bool) {
	seconds, code, data, ok := castEvent(line)
	if !ok || math.IsNaN(seconds) {
		return Frame{}, false
	}
	if c.relative {
		seconds = c.exact + max(seconds, 0)
	}
	c.exact = min(max(seconds, 0), maxAt.Seconds())
	c.at = max(c.at, microseconds(c.exact))
	f := Frame{At: c.at}
	switch code {
	case "o":
		f.Type, f.Data = Output, data
	case "r":
		w, h, _ := strings.Cut(string(data), "x")
		cols, rows, clamped, ok := parseSize(w + ":" + h)
		if !ok {
			return Frame{}, false
		}
		if clamped {
			c.prob.add(ProblemSize, false, 1, fixed(sizeSentence))
		}
		f.Type, f.Cols, f.Rows = Resize, cols, rows
	default:
		f.Type, f.Event = Note, c.event(code, data)
	}
	return f, true
}

// event keeps what is no output: typed input, markers, the exit status.
func (c *cast) event(code string, data []byte) *Event {
	ev := &Event{Type: "asciicast." + code, Index: c.index}
	if !c.meta.Start.IsZero() {
		ev.Time = c.meta.Start.Add(c.at)
	}
	c.index++
	switch code {
	case "i":
		ev.Type, ev.Summary = "asciicast.input", fmt.Sprintf("input %q", data)
	case "m":
		ev.Type, ev.Summary = "asciicast.marker", strings.TrimSpace("marker "+string(data))
	case "x":
		ev.Type, ev.Summary = "asciicast.exit", "exits with status "+string(data)
	default:
		ev.Summary = fmt.Sprintf("unknown event %q", code)
	}
	ev.cast, ev.text = code, string(data)
	ev.json, _ = json.Marshal(map[string]any{"event": ev.Type, "time": c.at.Seconds(), "data": ev.text})
	return ev
}

// castEvent takes [number, "code", "data"] apart. Strings of the usual form are
// read by hand; anything unusual is left to encoding/json.
func castEvent(line []byte) (seconds float64, code string, data []byte, ok bool) {
	if rest, found := bytes.CutPrefix(line, []byte("[")); found {
		number, rest, found := bytes.Cut(rest, []byte(","))
		seconds, err := strconv.ParseFloat(string(bytes.TrimSpace(number)), 64)
		if found && err == nil {
			c, rest, okCode := plainString(bytes.TrimLeft(rest, " \t"))
			rest, comma := bytes.CutPrefix(bytes.TrimLeft(rest, " \t"), []byte(","))
			d, rest, okData := plainString(bytes.TrimLeft(rest, " \t"))
			if okCode && comma && okData && string(bytes.TrimSpace(rest)) == "]" {
				return seconds, string(c), d, true
			}
		}
	}
	var parts []json.RawMessage
	var text string
	if json.Unmarshal(line, &parts) != nil || len(parts) < 3 ||
		json.Unmarshal(parts[0], &seconds) != nil || json.Unmarshal(parts[1], &code) != nil {
		return 0, "", nil, false
	}
	if json.Unmarshal(parts[2], &text) != nil {
		text = string(parts[2]) // an exit status written as a number
	}
	return seconds, code, []byte(text), true
}

// plainString reads a JSON string with the escapes that writers of asciicasts
// use. Surrogates and errors are not ok: the caller asks encoding/json.
func plainString(s []byte) (out, rest []byte, ok bool) {
	if len(s) == 0 || s[0] != '"' {
		return nil, s, false
	}
	s = s[1:]
	out = make([]byte, 0, len(s))
	for {
		i := bytes.IndexAny(s, `"\`)
		if i < 0 {
			return nil, s, false
		}
		out = append(out, s[:i]...)
		if s[i] == '"' {
			return out, s[i+1:], true
		}
		s = s[i+1:]
		if len(s) == 0 {
			return nil, s, false
		}
		if s[0] != 'u' {
			at := strings.IndexByte(`"\/bfnrt`, s[0])
			if at < 0 {
				return nil, s, false
			}
			out, s = append(out, "\"\\/\b\f\n\r\t"[at]), s[1:]
			continue
		}
		if len(s) < 5 {
			return nil, s, false
		}
		code, err := strconv.ParseUint(string(s[1:5]), 16, 16)
		if err != nil || code >= 0xd800 && code < 0xe000 {
			return nil, s, false
		}
		out, s = append(out, string(rune(code))...), s[5:]
	}
}
