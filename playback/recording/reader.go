package recording

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"slices"

	"filippo.io/age"
)

// ErrNotRecording is returned for bytes that are no recording at all.
var ErrNotRecording = errors.New("not a session recording (expected a Teleport recording or an asciicast)")

// source yields the frames of one format. It ends with io.EOF and reports
// damage as problems, never as an error.
type source interface {
	next() (Frame, error)
}

// Reader yields the frames of a recording in order, without holding more than
// a little of it.
type Reader struct {
	src   source
	meta  Meta
	prob  problems
	file  io.ReadSeeker // what is read, when it can be gone on with
	base  int64         // where in it the recording begins
	ahead *Frame        // read before it is asked for, so that Meta is filled
	done  bool
}

// Options shape how a recording is read; the zero value is what NewReader does.
type Options struct {
	// Identities open encrypted parts that are sealed for an age key. The parts
	// that Teleport seals for its cluster they do not open.
	Identities []age.Identity
	// Copy takes every event that is read, as it was, so that a copy arises
	// without what cannot be read or is there twice. Reading ends early when the
	// writer fails; its Close says so. An asciicast holds no events to copy.
	Copy *Writer
}

// NewReader recognises the recording and reads its first events, so that Meta
// already says who and where. Only bytes that are no recording are an error.
func NewReader(r io.Reader) (*Reader, error) { return Open(r, Options{}) }

// Open is NewReader with options.
func Open(r io.Reader, opts Options) (*Reader, error) {
	out := &Reader{}
	if s, ok := r.(io.ReadSeeker); ok {
		if base, err := s.Seek(0, io.SeekCurrent); err == nil {
			out.file, out.base = s, base
		}
	}
	format, src, file, err := unwrap(r)
	if err != nil {
		return nil, err
	}
	out.meta = Meta{Format: format, Kind: KindUnknown}
	if src.inner != nil {
		out.file = nil // what is packed cannot be gone on with
	}
	switch format {
	case FormatTeleportV1, FormatTeleportV2, FormatEncrypted:
		out.src = newTeleport(newContainer(src, file, &out.prob, opts.Identities), &out.meta, &out.prob, opts.Copy)
	case FormatAsciicastV2, FormatAsciicastV3:
		out.src, err = newCast(src, file, &out.meta, &out.prob)
	case FormatAsciicastV1:
		out.src, err = newCast1(src, file, &out.meta, &out.prob)
	case FormatLegacyTar:
		out.src, err = newLegacy(file, &out.meta, &out.prob, opts.Copy)
	}
	if err != nil {
		return nil, err
	}
	out.look()
	return out, nil
}

// ErrNotResumable is returned by Resume for what it cannot go on with.
var ErrNotResumable = errors.New("only a file that is not packed can be followed while it grows")

// Resume lets a reader that has come to its end go on where the file has grown,
// with the first event that was not there before: a session that is still being
// recorded is followed by calling Next until io.EOF, waiting, and calling
// Resume. What the end had meant (no end of the session, a part that is cut) is
// no longer a problem until the next end. It needs a file in Teleport's present
// format or an asciicast v2 or v3, opened as an io.ReadSeeker and not packed.
func (r *Reader) Resume() error {
	src, ok := r.src.(interface {
		resumeAt() int64
		resume(*faultReader, *bufio.Reader)
	})
	if !ok || r.file == nil || r.meta.Format == FormatLegacyTar {
		return ErrNotResumable
	}
	if !r.done || r.ahead != nil {
		return nil
	}
	if _, err := r.file.Seek(r.base+src.resumeAt(), io.SeekStart); err != nil {
		return fmt.Errorf("follow recording: %w", err)
	}
	for _, kind := range []ProblemKind{ProblemTruncated, ProblemNoEnd, ProblemNoScreen, ProblemEmpty, ProblemRead} {
		r.prob.withdraw(kind, 0)
	}
	file := &faultReader{r: r.file}
	src.resume(file, bufio.NewReaderSize(file, fileBuffer))
	r.done = false
	r.look()
	return nil
}

// look reads a frame ahead.
func (r *Reader) look() {
	if f, err := r.src.next(); err == nil {
		r.ahead = &f
	} else {
		r.finish()
	}
}

// Next returns the next frame, or io.EOF after the last one. There is no other
// error: what could not be read is in Problems.
func (r *Reader) Next() (Frame, error) {
	if r.ahead != nil {
		f := *r.ahead
		r.ahead = nil
		return f, nil
	}
	if r.done {
		return Frame{}, io.EOF
	}
	f, err := r.src.next()
	if err != nil {
		r.finish()
		return Frame{}, io.EOF
	}
	return f, nil
}

// Meta is what is known so far; it is complete after the last frame.
func (r *Reader) Meta() Meta {
	out := r.meta
	out.Participants = slices.Clone(r.meta.Participants)
	return out
}

// Problems is what was found so far; it is complete after the last frame.
func (r *Reader) Problems() []Problem { return r.prob.snapshot() }

// finish draws the conclusions that need the whole recording.
func (r *Reader) finish() {
	if r.done {
		return
	}
	r.done = true
	t, ok := r.src.(*teleport)
	if !ok {
		return
	}
	if t.last < 0 {
		if !r.prob.has(ProblemEncrypted) && !r.prob.has(ProblemTruncated) && !r.prob.has(ProblemCorrupt) && !r.prob.has(ProblemLegacy) {
			r.prob.add(ProblemEmpty, true, 1, fixed(
				"The recording holds no events: the session never began, or its start could not be recorded."))
		}
		return
	}
	r.noScreen(t)
	r.noEnd()
}

// noEnd notes a session whose end is absent where one belongs. A chunk of an
// application has none, nor has a session that was refused.
func (r *Reader) noEnd() {
	if r.meta.Ended || r.meta.Denied || r.meta.Kind == KindApp || r.meta.Kind == KindUnknown {
		return
	}
	r.prob.add(ProblemNoEnd, true, 1, fixed(
		"The recording has no end of the session: it was cut off, its host stopped, or it still runs."))
}

// noScreen says why there is nothing to show on a screen.
func (r *Reader) noScreen(t *teleport) {
	if r.meta.Terminal {
		return
	}
	var sentence string
	switch r.meta.Kind {
	case KindDatabase:
		sentence = "A database session: its statements are listed, Teleport records no results."
		if r.meta.Denied {
			sentence = "A database session that was refused: nothing followed."
		}
	case KindApp:
		sentence = "A part of an application session: its requests are listed, Teleport records no contents."
	case KindDesktop:
		sentence = t.desk.sentence()
	case KindSSH, KindKube:
		sentence = "A command without a terminal: the recording holds its start and end, never its output."
	default:
		sentence = "The recording has no terminal output."
	}
	r.prob.add(ProblemNoScreen, false, 1, fixed(sentence))
}
