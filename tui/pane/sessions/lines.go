package sessions

import (
	"image"
	"sort"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/filter"
	"cordon/playback/recording"
	"cordon/playback/transcript"
	"cordon/playback/transcript/prompt"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// maxLine is how many bytes of a line are shown.
const maxLine = 2000

// lines is a session as text: the transcript of its picture, or its statements
// where it has no picture. A line is made safe when it comes into view.
type lines struct {
	grid   *grid.Grid[int]
	glyphs themes.Glyphs
	all    []transcript.Line
	done   bool
	// typed are the lines at which a command was entered, with how sure that is.
	typed map[int]prompt.Confidence
}

func newLines(glyphs themes.Glyphs) *lines {
	return &lines{glyphs: glyphs, grid: grid.New[int]([]grid.Column{
		{Title: "at", Min: 7, Max: 9, Role: themes.Muted},
		{Title: "text", Min: 12, Weight: 1},
	}, "No line of text in this recording.")}
}

func (l *lines) setTranscript(t transcript.Transcript) {
	l.typed = make(map[int]prompt.Confidence, len(t.Commands))
	for _, c := range t.Commands {
		if c.From > 0 {
			l.typed[c.From-1] = c.Confidence
		}
	}
	l.set(t.Lines)
}

// setLines takes the words of a recording that has no picture.
func (l *lines) setLines(words []recording.Line) {
	all := make([]transcript.Line, len(words))
	for i, w := range words {
		all[i] = transcript.Line{At: w.At, Last: w.At, Kind: transcript.Event, Text: w.Text}
	}
	l.set(all)
}

func (l *lines) set(all []transcript.Line) {
	l.all, l.done = all, true
	l.grid.Refresh()
	l.settle()
}

// settle answers what the grid asks for.
func (l *lines) settle() {
	for {
		r, ok := l.grid.Need()
		if !ok {
			return
		}
		l.grid.Deliver(l.window(r))
	}
}

func (l *lines) window(r grid.Request[int]) grid.Window[int] {
	n := len(l.all)
	from, to := 0, min(n, r.Limit)
	switch r.Kind {
	case grid.Last:
		from, to = max(0, n-r.Limit), n
	case grid.After:
		from, to = min(n, r.Key+1), min(n, r.Key+1+r.Limit)
	case grid.Before:
		from, to = max(0, r.Key-r.Limit), min(n, r.Key)
	case grid.Around:
		from = max(0, min(r.Key, n)-r.Limit/2)
		to = min(n, from+r.Limit)
	}
	w := grid.Window[int]{ID: r.ID, AtStart: from == 0, AtEnd: to == n, At: max(0, min(r.Key, n-1)-from), First: int64(from), Total: int64(n)}
	for i := from; i < to; i++ {
		w.Rows = append(w.Rows, l.row(i))
	}
	return w
}

func (l *lines) row(i int) grid.Row[int] {
	line := l.all[i]
	row := grid.Row[int]{Key: i, Cells: []grid.Cell{{Text: offset(line.At)}, {Text: safetext.CleanMax(line.Text, maxLine)}}}
	switch line.Kind {
	case transcript.Event:
		row.Mark, row.MarkRole = l.glyphs.Marker, themes.Warning
	case transcript.Full:
		row.Cells[1].Role = themes.Muted
	case transcript.Shot:
		row.Mark, row.MarkRole = l.glyphs.TreeLine, themes.Muted
	}
	switch l.typed[i] {
	case prompt.Sure:
		row.Mark, row.MarkRole, row.Cells[1].Role = l.glyphs.Right, themes.Accent, themes.Accent
	case prompt.Likely:
		row.Mark, row.MarkRole, row.Cells[1].Role = l.glyphs.Question, themes.Accent, themes.Accent
	}
	return row
}

// follow selects the line of a moment.
func (l *lines) follow(at time.Duration) {
	i := sort.Search(len(l.all), func(i int) bool { return l.all[i].At > at })
	if i > 0 {
		l.grid.Select(i - 1)
		l.settle()
	}
}

// find selects the next line that holds a text, at the selected one or beyond it
// in a direction; step 0 begins with the selected one itself. It reports whether
// there is one.
func (l *lines) find(text string, step int) bool {
	i, ok := l.grid.Selected()
	if !ok {
		return false
	}
	on := step
	if on == 0 {
		on = 1
	}
	for i += step; i >= 0 && i < len(l.all); i += on {
		if filter.ContainsFold([]byte(l.all[i].Text), []byte(text)) {
			l.grid.Select(i)
			l.settle()
			return true
		}
	}
	return false
}

// start selects the first line that is not before a moment.
func (l *lines) start(at time.Duration) {
	if i := sort.Search(len(l.all), func(i int) bool { return l.all[i].At >= at.Truncate(time.Millisecond) }); i < len(l.all) {
		l.grid.Select(i)
		l.settle()
	}
}

// move runs an action that moves the selection.
func (l *lines) move(id action.ID) {
	pane.MoveGrid(l.grid, id)
	l.settle()
}

// wheel moves the selection by rows.
func (l *lines) wheel(n int) {
	l.grid.Move(n)
	l.settle()
}

// click selects the line under a point of the screen.
func (l *lines) click(at uv.Position, area uv.Rectangle) {
	l.grid.SelectLine(l.grid.BodyLine(area, at, grid.View{}))
	l.settle()
}

func (l *lines) current() (transcript.Line, bool) {
	i, ok := l.grid.Selected()
	if !ok || i >= len(l.all) {
		return transcript.Line{}, false
	}
	return l.all[i], true
}

func (l *lines) selected() (string, bool) {
	line, ok := l.current()
	return safetext.CleanMax(line.Text, maxLine), ok
}

func (l *lines) resize(size image.Point) {
	l.grid.Resize(size, grid.View{})
	if l.done {
		l.settle()
	}
}

func (l *lines) draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	l.grid.Draw(c, area, grid.View{Focused: focused})
}

// title says how many lines there are.
func (l *lines) title() string {
	if !l.done {
		return "reading"
	}
	title := counted(len(l.all), "line")
	if n := len(l.typed); n > 0 {
		title += ", " + counted(n, "command") + " entered"
	}
	return title
}
