package transcript

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/playback/term"
	"cordon/playback/transcript/prompt"
)

// Kind says where a line comes from.
type Kind string

// The kinds of lines.
const (
	Text  Kind = "text"        // a line of the shell's screen
	Full  Kind = "full screen" // says that a full-screen program had the screen
	Shot  Kind = "screen"      // a line of the screen such a program was left with
	Event Kind = "event"       // an audit event of the recording, in words
)

// Line is one line of a transcript.
type Line struct {
	At   time.Duration // when it first appeared, or began to
	Last time.Duration // when it took the form it has
	Kind Kind
	Text string

	seq int // the order in which lines left the screen
}

// checkEvery is how many frames pass between looks at the context.
const checkEvery = 256

// Transcript is a session in words.
type Transcript struct {
	Lines    []Line    // in time
	Commands []Command // in the order in which they were entered
}

// Command is what was entered at a prompt, and where its output stands:
// Lines[From:To], which is empty where the line of the command was not found
// again in the transcript.
type Command struct {
	prompt.Command
	From, To int
}

// Of makes the lines of a recording. A recording without a terminal gives its
// events in words: the statements of a database session, the requests of an
// application.
func Of(ctx context.Context, rec *recording.Recording) ([]Line, error) {
	t, err := Read(ctx, rec)
	return t.Lines, err
}

// Read makes the transcript of a recording, with the commands that were entered
// as far as prompts could be recognised.
func Read(ctx context.Context, rec *recording.Recording) (Transcript, error) {
	var t Transcript
	w := newWatcher(player.NewScreen(rec.Meta))
	for i, f := range rec.Frames {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return Transcript{}, fmt.Errorf("make transcript: %w", err)
			}
		}
		w.feed(f)
	}
	t.Lines = w.finish()
	t.place(w.commands)
	return t, nil
}

// watcher follows a screen and collects the lines that leave it.
type watcher struct {
	screen *term.Screen
	lines  []Line
	at     time.Duration
	seq    int

	tracker  prompt.Tracker
	commands []prompt.Command

	rows    []row  // of the main screen, by their place at the last look
	old     []row  // the same before the bytes that are being fed
	scrolls uint64 // lines that had left at its top by then
	escapes escapes
	moved   bool // a part of the screen scrolled alone since the last look

	resizing bool // rows are leaving because the screen gets another size
	buf      []byte

	scrolled joiner // rows that go off the top
	erased   joiner // rows that are wiped
	wiped    map[int]Line
	shown    map[int]string // by row, the last wiped line that was taken

	full    bool
	entered time.Duration
	program string
	shot    []string
}

func newWatcher(s *term.Screen) *watcher {
	w := &watcher{screen: s, wiped: map[int]Line{}, shown: map[int]string{}}
	s.OnLeave(w.leave)
	_, rows := s.Size()
	w.rows = make([]row, rows)
	return w
}

func (w *watcher) feed(f recording.Frame) {
	w.at = f.At
	switch f.Type {
	case recording.Output:
		w.output(f.Data)
	case recording.Resize:
		w.resize(f)
	default:
		for _, text := range f.Words() {
			w.emit(w.line(f.At, f.At, Event, text))
		}
	}
}

// output feeds bytes, stopping where a full-screen program may come or go, as
// its screen can only be read before it is put away.
func (w *watcher) output(data []byte) {
	for len(data) > 0 {
		n := untilSwitch(data, w.full)
		if n == 0 {
			if w.full {
				w.shot = w.screen.Text()
			} else {
				w.program = programName(w.screen)
			}
			n = switchLen(data)
		}
		w.tracker.Write(w.screen, w.at, data[:n], w.write)
		data = data[n:]
	}
	w.commands = append(w.commands, w.tracker.Take()...)
}

func (w *watcher) write(p []byte) {
	before := w.screen.Cursor().Y
	plain := w.escapes.plain(p)
	if !plain {
		w.old = append(w.old[:0], w.rows...)
	}
	// A screen takes everything and has no error to give.
	_, _ = w.screen.Write(p)
	if full := w.screen.Alternate(); full != w.full {
		w.toggle(full)
	}
	if w.full {
		return
	}
	n := w.follow()
	if !plain && (w.moved || n != 0 && w.escapes.region) {
		w.recognise(w.old)
	}
	from, to := 0, len(w.rows)-1
	if plain && !w.moved {
		// Plain text only touches the rows the cursor went over.
		now := w.screen.Cursor().Y
		from, to = max(min(before-n, now), 0), min(max(before, now), to)
	}
	w.moved = false
	for y := from; y <= to; y++ {
		w.observe(y)
	}
}

// resize follows a new size. Rows that a narrower screen cuts keep the text
// they had, and what a wider one shows again is not new.
func (w *watcher) resize(f recording.Frame) {
	w.resizing = true
	player.Feed(w.screen, f)
	w.resizing = false
	w.tracker.Resized(w.screen, w.at)
	if w.full {
		return
	}
	w.follow()
	for y := range w.rows {
		w.buf = prompt.AppendRow(w.buf[:0], w.screen, y)
		r := &w.rows[y]
		if string(w.buf) != r.text && len(w.buf) > 0 && strings.HasPrefix(r.text, string(w.buf)) {
			if r.long == "" {
				r.long = r.text
			}
			r.text = string(w.buf)
			continue
		}
		if r.text != "" && strings.HasPrefix(string(w.buf), r.text) {
			r.text, r.long = string(w.buf), ""
			continue
		}
		w.observe(y)
	}
}

// again decides about a line that was wiped, now that its row has text again: a
// shell wipes what it is about to write once more, and the same text, or the
// same with more to it, is the same line.
func (w *watcher) again(y int, g Line) {
	switch {
	case strings.HasPrefix(string(w.buf), g.Text):
		delete(w.wiped, y)
		w.rows[y].at, w.rows[y].seq = g.At, g.seq
	case !strings.HasPrefix(g.Text, string(w.buf)):
		w.give(y, g)
	}
}

// give takes a wiped line, unless the row gave the same one before: a screen
// that is cleared again and again shows the same lines.
func (w *watcher) give(y int, g Line) {
	delete(w.wiped, y)
	if w.shown[y] != g.Text {
		w.shown[y] = g.Text
		w.emit(g)
	}
}

// leave is told of a row just before it leaves the screen.
func (w *watcher) leave(y int, why term.Leave) {
	if w.screen.Alternate() {
		return
	}
	line := w.line(w.at, w.at, Text, w.leaving(y))
	w.moved = w.moved || why == term.Scrolled && y > 0
	if r := w.known(y); r != nil && !(w.escapes.region && !strings.HasPrefix(line.Text, r.text)) {
		line = r.line(line)
		if why == term.Erased {
			*r = row{}
		}
	}
	w.take(y, line, w.screen.Wrapped(y), why)
}

// leaving is the text of a row that is about to leave.
func (w *watcher) leaving(y int) string {
	switch {
	case !w.screen.Wrapped(y):
		return w.screen.Line(y)
	case w.resizing:
		return string(prompt.AppendWrapped(nil, w.screen, y, false))
	default:
		return string(prompt.AppendRow(nil, w.screen, y))
	}
}

// take joins rows that wrapped and keeps what they say.
func (w *watcher) take(y int, line Line, wrapped bool, why term.Leave) {
	if why == term.Scrolled || y == 0 && w.scrolled.open {
		if whole, ok := w.scrolled.add(y, 0, line, wrapped, w.emit); ok {
			w.emit(whole)
		}
		return
	}
	whole, ok := w.erased.add(y, y+1, line, wrapped, w.emit)
	if !ok {
		return
	}
	if g, held := w.wiped[y]; held && !strings.HasPrefix(whole.Text, g.Text) {
		w.give(y, g)
	}
	w.wiped[y] = whole
}

// line is a new line, numbered in the order in which lines leave the screen.
func (w *watcher) line(at, last time.Duration, kind Kind, text string) Line {
	w.seq++
	return Line{At: at, Last: last, Kind: kind, Text: text, seq: w.seq}
}

func (w *watcher) emit(line Line) {
	if strings.TrimSpace(line.Text) != "" {
		w.lines = append(w.lines, line)
	}
}

// settle gives up waiting for wiped lines to come again.
func (w *watcher) settle() {
	if len(w.wiped) == 0 {
		return
	}
	for _, y := range slices.Sorted(maps.Keys(w.wiped)) {
		w.give(y, w.wiped[y])
	}
}

// toggle notes that a full-screen program came or went.
func (w *watcher) toggle(full bool) {
	w.full = full
	if full {
		w.entered, w.shot = w.at, nil
		return
	}
	w.mention()
}

// mention says that a full-screen program was there, with its last screen.
func (w *watcher) mention() {
	name := w.program
	if name == "" {
		name = "a program"
	}
	length := (w.at - w.entered).Round(time.Second)
	if length < time.Second {
		length = (w.at - w.entered).Round(100 * time.Millisecond)
	}
	w.emit(w.line(w.entered, w.at, Full, fmt.Sprintf("[%s: full screen, %s]", name, length)))
	for _, text := range trimBlank(w.shot) {
		w.lines = append(w.lines, w.line(w.at, w.at, Shot, text)) // blank ones too: it is a picture
	}
	w.shot = nil
}

// finish takes what is still on the screen and puts all lines in time.
func (w *watcher) finish() []Line {
	w.screen.OnLeave(nil)
	if w.full {
		w.shot = w.screen.Text()
		w.mention()
	}
	w.erased.flush(w.emit)
	w.settle()
	// The main screen's rows stay known while a full-screen program covers them.
	for y := range w.rows {
		r := w.rows[y]
		if r.done {
			continue
		}
		line := r.line(w.line(r.at, r.last, Text, r.text))
		w.take(y, line, !w.full && w.screen.Wrapped(y), term.Scrolled)
	}
	w.scrolled.flush(w.emit)
	w.tracker.Finish(w.at)
	w.commands = append(w.commands, w.tracker.Take()...)
	slices.SortStableFunc(w.lines, func(a, b Line) int {
		return cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.seq, b.seq))
	})
	return w.lines
}

func trimBlank(lines []string) []string {
	for len(lines) > 0 && strings.TrimSpace(lines[len(lines)-1]) == "" {
		lines = lines[:len(lines)-1]
	}
	return lines
}
