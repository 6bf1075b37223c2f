package sessions

import (
	"cmp"
	"fmt"
	"image"
	"slices"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/playback/recording"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/pane/rows"
	"cordon/tui/safetext"
)

// besideRow is one event of a session, from the log, from the recording, or
// from both; a lock of those who took part; or a note of the responder's own.
type besideRow struct {
	at    time.Duration
	known bool // at is known
	uid   string
	text  string
	event *investigations.Event // of the log; nil where only the recording has it
	note  *note
}

// beside is what happened in a session besides its picture.
type beside struct {
	grid  *grid.Grid[int]
	rows  []grid.Row[int]
	items []besideRow

	audit  audit
	notes  []note
	rec    *recording.Recording
	glyphs themes.Glyphs
	user   string // whose session it is
	now    int    // the row of the moment shown, or -1
	// held is the moment to which the responder moved by selecting a row. Until
	// another one is shown the selection stays on it: several rows may share a
	// moment, and those after the end lead to the end.
	held  time.Duration
	holds bool
}

func newBeside(user string, glyphs themes.Glyphs) *beside {
	return &beside{now: -1, user: user, glyphs: glyphs, grid: grid.New[int]([]grid.Column{
		{Title: "at", Min: 7, Max: 9, Role: themes.Muted},
		{Title: "event", Min: 12, Weight: 1},
	}, "No event of this session in the log, and none in the recording.")}
}

func (b *beside) setAudit(a audit) {
	b.audit = a
	b.build()
}

func (b *beside) setRecording(rec *recording.Recording) {
	b.rec = rec
	b.build()
}

func (b *beside) setNotes(notes []note) {
	b.notes = notes
	b.build()
}

// build joins the events of the log and those of the recording by their uid,
// and puts the locks and the notes among them.
func (b *beside) build() {
	seen := map[string]int{}
	b.items = b.items[:0]
	if b.rec != nil {
		b.fromRecording(seen)
	}
	for i := range b.audit.events {
		e := &b.audit.events[i]
		if at, ok := seen[e.UID]; ok && e.UID != "" {
			b.items[at].event = e
			continue
		}
		b.add(e, sentence(e, b.user))
	}
	for i := range b.audit.locks {
		l := &b.audit.locks[i]
		b.add(&l.event, l.sentence())
	}
	for i := range b.notes {
		n := &b.notes[i]
		b.items = append(b.items, besideRow{at: n.at, known: true, note: n, text: safetext.CleanMax(n.text, 400)})
	}
	slices.SortStableFunc(b.items, func(x, y besideRow) int { return cmp.Compare(x.at, y.at) })
	b.now, b.holds = -1, false
	b.label()
}

func (b *beside) fromRecording(seen map[string]int) {
	for i := range b.rec.Frames {
		f := &b.rec.Frames[i]
		if f.Event == nil || f.Event.Type == "print" {
			continue
		}
		if len(b.items) >= maxBeside {
			return
		}
		if f.Event.UID != "" {
			seen[f.Event.UID] = len(b.items)
		}
		b.items = append(b.items, besideRow{at: f.At, known: true, uid: f.Event.UID, text: safetext.CleanMax(f.Event.Summary, 400)})
	}
}

// add puts an event of the log at its moment, where the recording says when it
// began.
func (b *beside) add(e *investigations.Event, text string) {
	row := besideRow{uid: e.UID, text: text, event: e}
	if b.rec != nil && !b.rec.Meta.Start.IsZero() && !e.Time.IsZero() {
		row.at, row.known = e.Time.Sub(b.rec.Meta.Start), true
	}
	b.items = append(b.items, row)
}

// label makes the rows of the table.
func (b *beside) label() {
	b.rows = make([]grid.Row[int], len(b.items))
	for i := range b.items {
		b.rows[i] = b.row(i)
	}
	rows.Set(b.grid, b.rows)
}

func (b *beside) row(i int) grid.Row[int] {
	it := b.items[i]
	at := "?"
	if it.known {
		at = offset(it.at)
	}
	row := grid.Row[int]{Key: i, Cells: []grid.Cell{{Text: at}, {Text: it.text}}}
	if it.note != nil {
		row.Mark, row.MarkRole = b.glyphs.Note, themes.Note
		row.Cells[1].Role = themes.Note
	}
	if i == b.now {
		row.Mark, row.MarkRole = b.glyphs.Play, themes.Accent
		row.Cells[1].Role = themes.Title
	}
	if it.event != nil && it.event.Outcome == investigations.OutcomeFailure {
		row.Cells[1].Role = themes.Warning
	}
	return row
}

// sentence says what an event of the log is, in a few words. Who did it is left
// out where it is the one whose session it is.
func sentence(e *investigations.Event, user string) string {
	words := []string{safetext.CleanMax(e.Type, 80)}
	if verb := verbs[e.Type]; verb != "" && e.Text != "" {
		words[0] = verb
	}
	if e.Outcome == investigations.OutcomeFailure {
		words = append(words, "failed")
	}
	if e.Text != "" {
		return strings.Join(append(words, safetext.CleanMax(e.Text, 400)), " ")
	}
	for _, v := range e.Involved {
		if v.Role == investigations.RoleSubject && v.Entity.Kind != investigations.KindSession {
			return strings.Join(append(words, safetext.CleanMax(pane.NameOf(v), 120)), " ")
		}
	}
	if v, ok := e.Actor(); ok && v.Entity.Name != user {
		words = append(words, safetext.CleanMax(pane.NameOf(v), 120))
	}
	return strings.Join(words, " ")
}

// verbs are the words for what enhanced recording saw: the text says the rest.
var verbs = map[string]string{"session.command": "runs", "session.disk": "opens", "session.network": "connects to"}

// follow marks the last row that is not after a position and selects it, unless
// the responder got there by selecting another one.
func (b *beside) follow(at time.Duration) {
	b.holds = b.holds && at == b.held
	now := -1
	for i := range b.items {
		if b.items[i].known && b.items[i].at <= at {
			now = i
		}
	}
	if now == b.now {
		return
	}
	was := b.now
	b.now = now
	for _, i := range []int{was, now} {
		if i >= 0 && i < len(b.rows) {
			b.mark(i)
		}
	}
	if !b.holds && now >= 0 {
		rows.Select(b.grid, b.rows, now)
	}
}

// hold keeps the selection as long as the moment it led to is shown.
func (b *beside) hold(at time.Duration) { b.held, b.holds = at, true }

func (b *beside) mark(i int) {
	b.rows[i] = b.row(i)
	b.grid.Update(b.rows[i])
}

func (b *beside) selected() (besideRow, bool) {
	i, ok := b.grid.Selected()
	if !ok || i >= len(b.items) {
		return besideRow{}, false
	}
	return b.items[i], true
}

func (b *beside) draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	foot := draw.Line(nil)
	if n := b.audit.total; n > maxBeside {
		foot = draw.Line{draw.T(themes.Warning, fmt.Sprintf("the first %s of %s events", draw.Count(maxBeside), draw.Count(int64(n))))}
	}
	inner := c.Box(area, draw.Box{Title: draw.Plain("beside"), Foot: foot, Focused: focused})
	b.grid.Draw(c, inner, grid.View{Focused: focused, Bare: true})
}

// drawBelow draws the rows under the picture, where there is no room beside it.
func (b *beside) drawBelow(c draw.Canvas, area uv.Rectangle) {
	head, body := draw.CutTop(area, 1)
	c.Fill(head, c.Glyphs().TreeDash, themes.Border)
	c.Line(draw.Pad(head, 1), draw.T(themes.Focus, " "+c.Glyphs().Cursor+" beside "))
	b.grid.Draw(c, body, grid.View{Focused: true, Bare: true})
}

func (b *beside) resize(size image.Point) { b.grid.Resize(size, grid.View{Bare: true}) }
