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

// JSONWriter writes a recording as JSON, one frame a line:
//
//	{"at":1.5,"type":"output","text":"…"}      or "base64" for bytes that are no UTF-8
//	{"at":2,"type":"resize","cols":80,"rows":24,"event":{…}}
//	{"at":3,"type":"event","text":"…","event":{…}}
//	{"at":4,"type":"graphics"}
//
// at is in seconds since the recording's start, event is as Teleport writes it
// in its audit log, and the text of an event or of graphics is what stands for
// it on a composed screen.
type JSONWriter struct {
	w   *bufio.Writer
	enc *json.Encoder
}

// jsonFrame is one line.
type jsonFrame struct {
	At     json.Number     `json:"at"`
	Type   string          `json:"type"`
	Text   string          `json:"text,omitempty"`
	Base64 []byte          `json:"base64,omitempty"`
	Cols   int             `json:"cols,omitempty"`
	Rows   int             `json:"rows,omitempty"`
	Event  json.RawMessage `json:"event,omitempty"`
}

// NewJSONWriter returns a writer of lines. Close ends it; it does not close w.
func NewJSONWriter(w io.Writer) *JSONWriter {
	buf := bufio.NewWriter(w)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	return &JSONWriter{buf, enc}
}

// Write adds a frame.
func (j *JSONWriter) Write(f Frame) error {
	line := jsonFrame{At: json.Number(strconv.FormatFloat(f.At.Round(time.Microsecond).Seconds(), 'f', -1, 64)), Type: f.Type.String(), Cols: f.Cols, Rows: f.Rows}
	if utf8.Valid(f.Data) {
		line.Text = string(f.Data)
	} else {
		line.Base64 = f.Data
	}
	if f.Event != nil {
		line.Event = f.Event.JSON()
	}
	if err := j.enc.Encode(line); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}

// Close writes what is left.
func (j *JSONWriter) Close() error {
	if err := j.w.Flush(); err != nil {
		return fmt.Errorf("write JSON: %w", err)
	}
	return nil
}
