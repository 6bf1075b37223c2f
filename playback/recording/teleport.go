package recording

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

const (
	// lookahead is how many events may wait for the output that follows them.
	lookahead = 256
	// maxAt bounds the axis: clocks in a recording may say anything.
	maxAt = 100 * 365 * 24 * time.Hour
)

// teleport turns the events of a recording into frames on one time axis.
type teleport struct {
	read func() (f Frame, ok bool, err error) // the next event; not ok for what is left out
	box  *container                           // nil for a recording before 4.4
	meta *Meta
	prob *problems
	sql  statements
	desk desktop
	copy *Writer // takes every event as it was; nil for none

	queue []Frame // placed and ready
	out   int     // next of queue
	done  bool

	last  int64 // highest index seen
	again int   // events of the part that is resumed were read before
	part  int   // that part
	clock axis

	slab []byte // the bytes of outputs are kept in slabs that the frames share
	size int    // of the next slab
}

// The outputs are kept in slabs, which grow so that a small recording does not
// take a large one.
const (
	firstSlab = 64 << 10
	maxSlab   = 1 << 20
)

func newTeleport(box *container, meta *Meta, prob *problems, copy *Writer) *teleport {
	t := &teleport{box: box, meta: meta, prob: prob, copy: copy, last: -1, size: firstSlab}
	t.read = t.message
	prob.here = func() place { return place{box.parts, box.start, t.clock.last} }
	return t
}

// resumeAt is where in the file the first part stands that was not read whole.
func (t *teleport) resumeAt() int64 { return t.box.before.start }

// resume goes on with the part that was not whole. Its events that were seen
// come again.
func (t *teleport) resume(src *faultReader, file *bufio.Reader) {
	t.done = false
	t.again, t.part = t.box.count, t.box.parts
	t.box.resume(src, file)
}

// keep copies bytes that outlive the message they came in.
func (t *teleport) keep(data []byte) []byte {
	if len(data) == 0 {
		return nil
	}
	if cap(t.slab)-len(t.slab) < len(data) {
		t.slab = make([]byte, 0, max(t.size, len(data)))
		t.size = min(2*t.size, maxSlab)
	}
	n := len(t.slab)
	t.slab = append(t.slab, data...)
	return t.slab[n:len(t.slab):len(t.slab)]
}

// next returns the next frame or io.EOF.
func (t *teleport) next() (Frame, error) {
	for t.out == len(t.queue) {
		if t.done {
			return Frame{}, io.EOF
		}
		t.fill()
	}
	f := t.queue[t.out]
	t.queue[t.out] = Frame{}
	t.out++
	return f, nil
}

// fill reads up to the next output, which decides how late the events before
// it may be, and places the lot.
func (t *teleport) fill() {
	t.queue, t.out = t.queue[:0], 0
	for len(t.queue) < lookahead {
		f, ok, err := t.read()
		if errors.Is(err, io.EOF) {
			t.done = true
			if left, some := t.desk.rest(); some {
				t.queue = append(t.queue, Frame{At: t.clock.last, Type: Graphics, Data: left})
			}
			break
		}
		if !ok {
			continue
		}
		t.queue = append(t.queue, f)
		if f.Type == Output || f.Type == Graphics {
			break
		}
	}
	t.clock.place(t.queue)
	if t.box != nil {
		t.meta.Parts = t.box.parts
		t.meta.KeyIDs = t.box.sealed.keys
	}
}

// message makes a frame of the container's next message.
func (t *teleport) message() (Frame, bool, error) {
	if t.copy != nil && t.copy.err != nil {
		return Frame{}, false, io.EOF
	}
	msg, err := t.box.next()
	if err != nil {
		return Frame{}, false, err
	}
	if t.box.parts == t.part && t.box.count <= t.again {
		return Frame{}, false, nil
	}
	f, ok := t.frame(msg)
	if ok && t.copy != nil {
		_ = t.copy.message(msg) // the writer keeps its error, and nothing more is read
	}
	return f, ok, nil
}

// frame makes a frame of one message; it is not ok for what is left out.
func (t *teleport) frame(msg []byte) (Frame, bool) {
	if p, ok := decodePrint(msg); ok {
		if !t.fresh(p.index) {
			return Frame{}, false
		}
		t.meta.Terminal, t.meta.Composed = true, false
		t.meta.saw(p.at)
		return Frame{At: t.clock.output(p.at, p.delay), Type: Output, Data: t.keep(p.data)}, true
	}
	ev, err := decodeEvent(msg)
	if err != nil {
		t.prob.add(ProblemBadEvent, true, 1, counted(
			"%d event cannot be decoded and is not shown", "%d events cannot be decoded and are not shown"))
		return Frame{}, false
	}
	if !t.fresh(ev.Index) {
		return Frame{}, false
	}
	if ev.audit == nil {
		t.prob.add(ProblemUnknown, false, 1, counted(
			"%d event is newer than this program and is shown by name only",
			"%d events are newer than this program and are shown by name only"))
	}
	t.meta.saw(ev.Time)
	t.meta.learn(ev)
	return t.place(ev), true
}

// place turns an event into the frame it stands for.
func (t *teleport) place(ev *Event) Frame {
	switch audit := ev.audit.(type) {
	case *apievents.SessionPrint: // of an odd shape, or decodePrint had taken it
		t.meta.Terminal, t.meta.Composed = true, false
		return Frame{At: t.clock.output(ev.Time, audit.DelayMilliseconds), Type: Output, Data: audit.Data}
	case *apievents.DesktopRecording:
		t.desk.start = t.meta.Start
		at := t.clock.delayed(audit.DelayMilliseconds)
		return Frame{At: at, Type: Graphics, Data: t.desk.add(at, audit.Message)}
	case *apievents.Resize:
		f := Frame{At: t.clock.event(ev.Time), Type: Note, Event: ev}
		if cols, rows, ok := t.terminalSize(audit.TerminalSize); ok {
			f.Type, f.Cols, f.Rows = Resize, cols, rows
		}
		ev.Summary = summary(ev, &t.sql)
		return f
	case *apievents.SessionStart:
		if cols, rows, ok := t.terminalSize(audit.TerminalSize); ok && t.meta.Cols == 0 {
			t.meta.Cols, t.meta.Rows, t.meta.Terminal = cols, rows, true
		}
	}
	f := Frame{At: t.clock.event(ev.Time), Type: Note, Event: ev}
	if ev.Summary == "" {
		ev.Summary = summary(ev, &t.sql)
	}
	f.Data = t.compose(ev)
	return f
}

// fresh applies the rule for indices: one that was seen is a resumed upload
// sending again, one that is skipped is an event lost.
func (t *teleport) fresh(index int64) bool {
	if index <= t.last {
		t.prob.add(ProblemDuplicate, false, 1, counted(
			"%d event with an index already seen was left out, as an interrupted upload sends events again",
			"%d events with an index already seen were left out, as an interrupted upload sends events again"))
		return false
	}
	if lost := index - t.last - 1; lost > 0 {
		hole := t.last + 1
		t.prob.add(ProblemHole, true, lost, func(n int64, where string) string {
			out := fmt.Sprintf("%d events are missing; the first is number %d, counted from 0 (%s).", n, hole, where)
			if n == 1 {
				out = fmt.Sprintf("1 event is missing: number %d, counted from 0 (%s).", hole, where)
			}
			if t.meta.Kind == KindDatabase {
				out += " A statement longer than 64 kB leaves such a hole."
			}
			return out
		})
	}
	t.last = index
	return true
}

func (t *teleport) terminalSize(s string) (cols, rows int, ok bool) {
	cols, rows, clamped, ok := parseSize(s)
	if clamped {
		t.prob.add(ProblemSize, false, 1, fixed(sizeSentence))
	}
	return cols, rows, ok
}

// axis places frames in time.
type axis struct {
	start   time.Time     // of the first event
	outputs time.Duration // where the first output lies
	first   time.Time     // time of the first output
	began   bool
	last    time.Duration
}

func (a *axis) event(at time.Time) time.Duration {
	if at.IsZero() || at.Unix() <= 0 {
		return a.last
	}
	if a.start.IsZero() {
		a.start = at
	}
	return bounded(at.Sub(a.start))
}

// output uses the delay Teleport wrote, which a clock that is set back does not
// disturb; where it is absent, the event's own time.
func (a *axis) output(at time.Time, delay int64) time.Duration {
	own := a.event(at)
	if !a.began {
		a.began, a.first, a.outputs = true, at, own
		return own
	}
	if delay > 0 {
		return bounded(a.outputs + millis(delay))
	}
	if a.first.IsZero() || at.IsZero() {
		return a.outputs
	}
	return own
}

// delayed places what counts its delay from the session's start.
func (a *axis) delayed(delay int64) time.Duration { return bounded(millis(delay)) }

func millis(ms int64) time.Duration {
	if ms > int64(maxAt/time.Millisecond) {
		return maxAt
	}
	return time.Duration(max(ms, 0)) * time.Millisecond
}

func bounded(d time.Duration) time.Duration { return min(max(d, 0), maxAt) }

// place makes the queue monotone: an event lies no later than the output that
// follows it, and nothing lies before what was already yielded.
func (a *axis) place(queue []Frame) {
	if n := len(queue); n > 0 && (queue[n-1].Type == Output || queue[n-1].Type == Graphics) {
		for i := range queue[:n-1] {
			queue[i].At = min(queue[i].At, queue[n-1].At)
		}
	}
	for i := range queue {
		a.last = max(a.last, queue[i].At)
		queue[i].At = a.last
	}
}
