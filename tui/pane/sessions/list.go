package sessions

import (
	"fmt"
	"image"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/pane/rows"
	"cordon/tui/safetext"
)

// list is the table of sessions.
type list struct {
	grid   *grid.Grid[string]
	rows   []grid.Row[string]
	all    []investigations.Session
	loaded bool
	err    error

	of      investigations.Entity // whose sessions they are
	running *running              // what runs on the cluster, on top; nil on files

	// untouched says that nobody chose a row since the list was asked for.
	untouched bool
	keep      string        // the session to select once the list is loaded
	offset    time.Duration // where the replay that was asked for begins
}

func newList() *list {
	return &list{grid: grid.New[string]([]grid.Column{
		{Title: "start", Min: 14, Max: 19, Weight: 1},
		{Title: "length", Min: 7, Align: grid.Right, Drop: 2},
		{Title: "who", Min: 12, Max: 44, Weight: 3},
		{Title: "where", Min: 12, Max: 44, Weight: 3, Role: themes.Accent},
		{Title: "kind", Min: 4, Max: 7, Drop: 4},
		{Title: "from", Min: 15, Max: 39, Drop: 5},
		{Title: "recording", Min: 10},
		{Title: "cmds", Min: 4, Align: grid.Right, Drop: 3},
	}, "")}
}

func (l *list) reset() {
	l.loaded, l.err, l.all, l.rows, l.untouched = false, nil, nil, nil, true
	l.grid.Reset()
}

// deliver takes the answer of the load.
func (l *list) deliver(all []investigations.Session, err error, env pane.Env) {
	l.loaded, l.err, l.all = err == nil, err, all
	l.fill(env)
}

// begin selects the session to look at first: the newest that runs, else the
// earliest after T0 that can be watched, else the newest that can be.
func (l *list) begin(t0 time.Time) {
	if l.running != nil && len(l.running.here) > 0 {
		l.find(l.running.here[0].ID)
		return
	}
	best := ""
	for _, s := range l.all {
		if s.RecordingID == 0 {
			continue
		}
		best = s.ID
		if !t0.IsZero() && !s.Start.Before(t0) {
			break
		}
	}
	if best != "" {
		l.find(best)
	}
}

// fill makes the rows anew.
func (l *list) fill(env pane.Env) {
	if !l.loaded {
		return
	}
	l.narrow(l.of)
	l.rows = make([]grid.Row[string], 0, len(l.all))
	if l.running != nil {
		for _, r := range l.running.here {
			l.rows = append(l.rows, l.runningRow(r, env))
		}
	}
	for _, s := range l.all {
		if _, runs := l.runs(s.ID); !runs {
			l.rows = append(l.rows, sessionRow(s, env))
		}
	}
	rows.Set(l.grid, l.rows)
}

func sessionRow(s investigations.Session, env pane.Env) grid.Row[string] {
	g := env.Styles.Glyphs
	start, ran := g.Dash, length(s)
	if !s.Start.IsZero() {
		start = env.Clock.Time(s.Start)
	}
	role := themes.Text
	switch {
	case endsUnlogged(s):
		role = themes.Muted
	case s.End.IsZero():
		role = themes.Warning
	}
	row := grid.Row[string]{Key: s.ID, Cells: []grid.Cell{
		{Text: start},
		{Text: ran, Role: role},
		{Text: orDash(safetext.Clean(s.User), g.Dash)},
		{Text: where(s)},
		{Text: kind(s), Role: themes.Muted},
		{Text: orDash(safetext.Clean(s.Address), g.Dash), Role: themes.Muted},
		{Text: safetext.Clean(s.Recording), Role: stateRole(s.Recording)},
		{Text: count(s.Commands, g.Dash)},
	}}
	if s.RecordingID != 0 {
		row.Mark, row.MarkRole = g.Play, stateRole(s.Recording)
	}
	return row
}

func orDash(text, dash string) string {
	if text == "" {
		return dash
	}
	return text
}

func count(n int, dash string) string {
	if n == 0 {
		return dash
	}
	return draw.Short(int64(n))
}

// find selects a session and reports whether it is in the list.
func (l *list) find(id string) bool { return rows.Select(l.grid, l.rows, id) }

func (l *list) selected() (investigations.Session, bool) {
	id, ok := l.grid.Selected()
	if !ok {
		return investigations.Session{}, false
	}
	if i := l.logged(id); i >= 0 {
		return l.all[i], true
	}
	r, ok := l.runs(id)
	if !ok {
		return investigations.Session{}, false
	}
	return l.runningSession(r), true
}

// move runs an action that moves the selection.
func (l *list) move(id action.ID) { pane.MoveGrid(l.grid, id) }

// noteRows is how many rows below the list explain the selected session.
func noteRows(height int) int {
	switch {
	case height >= 16:
		return 4
	case height >= 10:
		return 2
	default:
		return 0
	}
}

func (l *list) split(area uv.Rectangle) (head, table, note uv.Rectangle) {
	note, table = draw.CutBottom(area, noteRows(area.Dy()))
	if l.running != nil && area.Dy() >= 4 {
		head, table = draw.CutTop(table, 1)
	}
	return head, table, note
}

func (l *list) resize(size image.Point) {
	_, table, _ := l.split(image.Rectangle{Max: size})
	l.grid.Resize(pane.Size(table), grid.View{})
}

func (l *list) click(at uv.Position, area uv.Rectangle) {
	_, table, _ := l.split(area)
	l.grid.SelectLine(l.grid.BodyLine(table, at, grid.View{}))
}

// draw draws the list, and below it what there is to say of the selected session:
// the words given, if any.
func (l *list) draw(c draw.Canvas, area uv.Rectangle, env pane.Env, words string, focused bool) {
	head, table, note := l.split(area)
	if l.err != nil {
		c.Clear(area)
		c.Lines(draw.Pad(table, 1), draw.Wrap(themes.Danger, "The sessions could not be read: "+safetext.Clean(l.err.Error())+". Enter tries again.", table.Dx()-2))
		return
	}
	l.drawRunning(c, head, env)
	for _, row := range l.grid.Visible() {
		if r, runs := l.runs(row.Key); runs {
			l.grid.Update(l.runningRow(r, env))
		}
	}
	l.grid.Empty = empty(l.of)
	l.grid.Draw(c, table, grid.View{Focused: focused})
	c.Clear(note)
	s, ok := l.selected()
	if !ok || note.Dy() == 0 {
		return
	}
	rule, note := draw.CutTop(note, 1)
	r, runs := l.runs(s.ID)
	when := span(s, env)
	if runs {
		when = "since " + env.Clock.Short(r.Start)
	}
	c.Line(draw.Pad(rule, 1), draw.T(themes.Title, where(s)), draw.T(themes.Muted, "  "+when+"  "+safetext.CleanMax(s.ID, 80)), draw.T(themes.Muted, others(s)))
	if len(l.all) >= maxSessions {
		c.Right(draw.Pad(rule, 1), draw.T(themes.Warning, "the newest "+draw.Count(maxSessions)+" sessions"))
	}
	switch {
	case words != "":
		c.Lines(draw.Pad(note, 1), draw.Wrap(themes.Progress, words, note.Dx()-2))
	case runs:
		c.Lines(draw.Pad(note, 1), l.runningLines(r, note.Dx()-2))
	default:
		c.Lines(draw.Pad(note, 1), draw.Wrap(themes.Text, l.explain(s), note.Dx()-2))
	}
}

// others names who took part besides the one whose session it is.
func others(s investigations.Session) string {
	var names []string
	for _, p := range s.Participants {
		if p != s.User {
			names = append(names, safetext.CleanMax(p, 80))
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "  with " + strings.Join(names, ", ")
}

// empty says what it means that no session is listed.
func empty(of investigations.Entity) string {
	if of.IsZero() {
		return "No session in this evidence, neither in the log nor as a recording. That does not mean that there was none: see the gaps on page 1."
	}
	return fmt.Sprintf("No session of %s in this evidence. Commands over a connection without a terminal, and sessions on days that are missing, leave none: see the events (2) and the gaps (1).", safetext.CleanMax(of.String(), 120))
}
