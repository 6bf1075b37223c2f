package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"cordon/playback/recording"
)

// cast is what a program wrote to its terminal, on the scripted clock. On disk
// it is an asciicast v2 file, so that any player shows it.
type cast struct {
	cols, rows int
	frames     []castFrame
}

// castFrame is either output or a new size.
type castFrame struct {
	at         time.Duration
	data       []byte
	cols, rows int // a resize when not zero
}

// castNames maps each recorded session to its capture.
var castNames = map[string]string{
	sidRecon: "recon-jump-1.cast",
	sidRoot:  "root-db-1.cast",
	sidLost:  "lost-cache-1.cast",
}

// shell is the session that this cast is the recording of.
func (c cast) shell(sid, login string, to host) shell {
	s := shell{sid: sid, login: login, to: to, size: fmt.Sprintf("%d:%d", c.cols, c.rows)}
	for _, p := range c.prints() {
		s.bytes += uint64(len(p.data))
		s.frames++
		s.lasts = p.at
	}
	s.lasts += 640 * time.Millisecond
	return s
}

// maxPrint is the most that one print event carries here. It does not respect
// characters or escape sequences: neither does Teleport.
const maxPrint = 1021

// prints are the frames cut to the size of print events.
func (c cast) prints() []castFrame {
	var out []castFrame
	for _, f := range c.frames {
		for len(f.data) > maxPrint {
			head := f
			head.data, f.data = f.data[:maxPrint], f.data[maxPrint:]
			out = append(out, head)
		}
		out = append(out, f)
	}
	return out
}

// encode is the cast as an asciicast v2 file.
func (c cast) encode() ([]byte, error) {
	var b bytes.Buffer
	w, err := recording.NewCastWriter(&b, recording.Meta{Cols: c.cols, Rows: c.rows})
	if err != nil {
		return nil, err
	}
	for _, f := range c.frames {
		frame := recording.Frame{At: f.at, Type: recording.Output, Data: f.data}
		if f.cols > 0 {
			frame = recording.Frame{At: f.at, Type: recording.Resize, Cols: f.cols, Rows: f.rows}
		}
		if err := w.Write(frame); err != nil {
			return nil, err
		}
	}
	err = w.Close()
	return b.Bytes(), err
}

// readCasts reads the captures of all recorded sessions.
func readCasts(dir string) (map[string]cast, error) {
	casts := map[string]cast{}
	for sid, name := range castNames {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err != nil {
			return nil, fmt.Errorf("read capture: %w (run gen demo --capture to make it)", err)
		}
		c, err := decodeCast(b)
		if err != nil {
			return nil, fmt.Errorf("read capture %s: %w", name, err)
		}
		casts[sid] = c
	}
	return casts, nil
}

func decodeCast(b []byte) (cast, error) {
	rec, err := recording.Load(context.Background(), bytes.NewReader(b))
	if err != nil {
		return cast{}, err
	}
	c := cast{cols: rec.Meta.Cols, rows: rec.Meta.Rows}
	for _, f := range rec.Frames {
		switch f.Type {
		case recording.Output:
			c.frames = append(c.frames, castFrame{at: f.At, data: f.Data})
		case recording.Resize:
			c.frames = append(c.frames, castFrame{at: f.At, cols: f.Cols, rows: f.Rows})
		}
	}
	return c, nil
}
