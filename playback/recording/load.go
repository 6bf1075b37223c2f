package recording

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"
)

// DefaultLimit is how much of a recording Load keeps in memory, in bytes.
const DefaultLimit = 1 << 30

const (
	frameCost = 80   // bytes a frame takes beside its data, with room to grow
	eventCost = 2048 // and an event
	batchSize = 4 << 20
)

// Recording is a recording in memory, whole or as far as it could be read.
type Recording struct {
	Meta     Meta
	Frames   []Frame
	Problems []Problem
	Complete bool // everything that happened in the session is here

	size int64
}

// Load reads a whole recording. Damage gives what could be read, with
// Problems; only bytes that are no recording, or a cancelled context, are an
// error.
func Load(ctx context.Context, r io.Reader) (*Recording, error) {
	return LoadLimit(ctx, r, DefaultLimit)
}

// LoadLimit is Load with another bound on the memory used.
func LoadLimit(ctx context.Context, r io.Reader, limit int64) (*Recording, error) {
	// A packed file can hold more padding than anybody waits for, so the
	// context is asked at each read and not only between frames.
	rd, err := NewReader(readerFunc(func(p []byte) (int, error) {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		return r.Read(p)
	}))
	if cancelled := ctx.Err(); cancelled != nil {
		return nil, fmt.Errorf("load recording: %w", cancelled)
	}
	if err != nil {
		return nil, err
	}
	rec := &Recording{}
	for {
		done, err := rec.Grow(rd, batchSize, limit)
		if err != nil {
			return nil, err
		}
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("load recording: %w", err)
		}
		if done {
			return rec, nil
		}
	}
}

// readerFunc makes a reader of a function.
type readerFunc func(p []byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// Grow appends about batch bytes more of the reader's frames and brings Meta,
// Problems and Complete up to date; done is true when there is no more. A
// player on the recording sees the new frames at its next step, so a large
// file can be watched while it is read, by one goroutine.
func (r *Recording) Grow(rd *Reader, batch, limit int64) (done bool, err error) {
	goal := r.size + batch
	for !done && r.size < goal {
		if r.size >= limit {
			rd.prob.add(ProblemLimit, true, 1, fixed(fmt.Sprintf(
				"The recording is larger than %d MiB in memory: what follows is not shown.", limit>>20)))
			done = true
			break
		}
		f, err := rd.Next()
		if errors.Is(err, io.EOF) {
			done = true
			break
		}
		if err != nil {
			return true, err
		}
		r.Frames = append(r.Frames, f)
		r.size += frameCost + int64(len(f.Data))
		if f.Event != nil {
			r.size += eventCost
		}
	}
	r.Meta, r.Problems = rd.Meta(), rd.Problems()
	r.Complete = done && complete(r.Problems)
	return done, nil
}

func complete(problems []Problem) bool {
	for _, p := range problems {
		if p.Missing {
			return false
		}
	}
	return true
}

// Duration is the time from the start to the last frame.
func (r *Recording) Duration() time.Duration {
	if len(r.Frames) == 0 {
		return 0
	}
	return r.Frames[len(r.Frames)-1].At
}

// Reason is the first sentence that says why the recording is not complete, or
// empty when it is.
func (r *Recording) Reason() string {
	for _, p := range r.Problems {
		if p.Missing {
			return p.Sentence
		}
	}
	return ""
}

// Lines is the session in words: its events, with the statements of a database
// session, the requests of an application, the timeline of a desktop and the
// commands of an enhanced recording among them. The text is untrusted.
func (r *Recording) Lines() []Line {
	var out []Line
	for i := range r.Frames {
		f := &r.Frames[i]
		if r.Meta.Kind == KindDesktop {
			for _, text := range f.Words() {
				out = append(out, Line{At: f.At, Text: text})
			}
		} else if f.Event != nil {
			out = append(out, Line{At: f.At, Text: f.Event.Summary})
		}
	}
	return out
}
