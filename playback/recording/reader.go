package recording

import (
	"archive/tar"
	"bufio"
	"errors"
	"io"
	"slices"
	"strings"
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
	src    source
	meta   Meta
	prob   problems
	frames int64
	ahead  *Frame // read by NewReader so that Meta is filled
	done   bool
}

// NewReader recognises the recording and reads its first events, so that Meta
// already says who and where. Only bytes that are no recording are an error.
func NewReader(r io.Reader) (*Reader, error) {
	format, src, file, err := unwrap(r)
	if err != nil {
		return nil, err
	}
	out := &Reader{meta: Meta{Format: format, Kind: KindUnknown}}
	switch format {
	case FormatTeleportV1, FormatTeleportV2, FormatEncrypted:
		out.src = newTeleport(newContainer(src, file, &out.prob), &out.meta, &out.prob)
	case FormatAsciicastV2, FormatAsciicastV3:
		out.src, err = newCast(src, file, &out.meta, &out.prob)
	case FormatAsciicastV1:
		out.meta.Kind = KindAsciicast
		out.src = nothing{}
		out.prob.add(ProblemLegacy, true, 1, fixed(
			"An asciicast of version 1, which is recognised but not played: convert it first with `asciinema convert -f asciicast-v2 OLD NEW`."))
	case FormatLegacyTar:
		out.src = nothing{}
		err = recogniseTar(file, &out.prob)
	}
	if err != nil {
		return nil, err
	}
	if f, err := out.src.next(); err == nil {
		out.ahead = &f
	} else {
		out.finish()
	}
	return out, nil
}

// Next returns the next frame, or io.EOF after the last one. There is no other
// error: what could not be read is in Problems.
func (r *Reader) Next() (Frame, error) {
	if r.ahead != nil {
		f := *r.ahead
		r.ahead = nil
		r.frames++
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
	r.frames++
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
		if !r.prob.has(ProblemEncrypted) && !r.prob.has(ProblemTruncated) && !r.prob.has(ProblemCorrupt) {
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

// nothing is the source of formats that are recognised and not played.
type nothing struct{}

func (nothing) next() (Frame, error) { return Frame{}, io.EOF }

// recogniseTar looks whether a tar is a recording of Teleport before 4.4.
func recogniseTar(file *bufio.Reader, prob *problems) error {
	archive := tar.NewReader(file)
	for range 16 { // a recording of that time has three kinds of members, the index first
		h, err := archive.Next()
		if err != nil {
			break
		}
		if strings.HasSuffix(h.Name, ".index") || strings.HasSuffix(h.Name, ".events.gz") || strings.HasSuffix(h.Name, ".chunks.gz") {
			prob.add(ProblemLegacy, true, 1, fixed(
				"A recording of Teleport before 4.4 (a tar of index, events and chunks), which is recognised but not played: unpack it with `tar -xf` and read the events inside."))
			return nil
		}
	}
	return ErrNotRecording
}
