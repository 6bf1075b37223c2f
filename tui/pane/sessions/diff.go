package sessions

import (
	"fmt"
	"image"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/playback/term"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/pane/screen"
	"cordon/tui/safetext"
)

// diff compares a screen that was remembered with the moment shown. The keys that
// move time go on working, so one sees when a row began to differ.
type diff struct {
	at     time.Duration
	screen *term.Screen
	shown  bool
	top    int // the first of the rows listed where there is no room for two pictures
}

// toggleDiff remembers this screen, then shows what differs, then leaves that.
func (p *Pane) toggleDiff() {
	r := p.replay
	switch {
	case r.diff == nil:
		r.diff = &diff{at: r.position(), screen: r.player.Screen().Clone()}
		p.say(themes.OK, "Marked "+clock(r.diff.at)+" as A. Go to another moment and press d again; esc forgets it.")
	case !r.diff.shown:
		r.diff.shown, r.showing = true, false
		p.say(themes.Muted, "The keys that move time move B; d or esc leaves.")
	default:
		r.diff = nil
	}
	r.place()
}

func (r *replay) differing() bool { return r.diff != nil && r.diff.shown && !r.listed() }

// differences are the rows of two screens that differ, and of each row the cells.
// A cell differs when it shows another character, or looks different.
func differences(a, b *term.Screen) (rows []int, cells func(x, y int) bool) {
	var left, right []term.Cell
	found := map[image.Point]bool{}
	_, ah := a.Size()
	_, bh := b.Size()
	for y := range max(ah, bh) {
		left, right = rowOf(a, y, left), rowOf(b, y, right)
		n := 0
		for x := range max(len(left), len(right)) {
			if cellAt(left, x) != cellAt(right, x) {
				found[image.Pt(x, y)] = true
				n++
			}
		}
		if n > 0 {
			rows = append(rows, y)
		}
	}
	return rows, func(x, y int) bool { return found[image.Pt(x, y)] }
}

func rowOf(s *term.Screen, y int, dst []term.Cell) []term.Cell {
	if _, rows := s.Size(); y >= rows {
		return dst[:0]
	}
	return s.Row(y, dst)
}

// cellAt is a cell of a row, a blank one behind its end.
func cellAt(row []term.Cell, x int) term.Cell {
	if x >= len(row) {
		return term.Cell{Rune: ' ', Width: 1}
	}
	c := row[x]
	if c.Rune == 0 && c.Cluster == "" && c.Width != 0 {
		c.Rune = ' '
	}
	return c
}

// drawDiff draws the two screens side by side, or the rows that differ.
func (r *replay) drawDiff(c draw.Canvas, area uv.Rectangle) {
	a, b := r.diff.screen, r.player.Screen()
	rows, marked := differences(a, b)
	if area.Dx() < besideWidth {
		r.drawDiffRows(c, area, rows, marked)
		return
	}
	left, right := draw.CutLeft(area, area.Dx()/2)
	for _, side := range []struct {
		area  uv.Rectangle
		title string
		of    *term.Screen
	}{{left, "A  " + clock(r.diff.at), a}, {right, "B  " + clock(r.position()), b}} {
		inner := c.Box(side.area, draw.Box{Title: draw.Plain(side.title), Foot: draw.Line{draw.T(themes.Muted, differWords(len(rows)))}})
		cols, height := side.of.Size()
		origin := screen.Clamp(r.origin, image.Pt(cols, height), pane.Size(inner))
		screen.Draw(c, inner, side.of, screen.View{Origin: origin, Marked: marked})
	}
}

func differWords(rows int) string {
	switch rows {
	case 0:
		return "nothing differs"
	case 1:
		return "1 row differs"
	default:
		return fmt.Sprintf("%d rows differ", rows)
	}
}

// drawDiffRows draws each row that differs twice, one above the other.
func (r *replay) drawDiffRows(c draw.Canvas, area uv.Rectangle, rows []int, marked func(x, y int) bool) {
	head, body := draw.CutTop(area, 1)
	title := fmt.Sprintf("A %s  B %s  %s", clock(r.diff.at), clock(r.position()), differWords(len(rows)))
	c.Line(draw.Pad(head, 1), draw.T(themes.Title, title))
	r.diff.top = max(0, min(r.diff.top, 2*len(rows)-body.Dy()))
	for i := r.diff.top; i < 2*len(rows) && i-r.diff.top < body.Dy(); i++ {
		y, of, name := rows[i/2], r.diff.screen, "A"
		if i%2 == 1 {
			of, name = r.player.Screen(), "B"
		}
		line := draw.Row(body, i-r.diff.top)
		number, text := draw.CutLeft(draw.Pad(line, 1), 6)
		if i%2 == 0 {
			c.Right(uv.Rect(number.Min.X, number.Min.Y, 3, 1), draw.T(themes.Muted, fmt.Sprint(y+1)))
		}
		c.Text(uv.Rect(number.Min.X+4, number.Min.Y, 1, 1), themes.Accent, name)
		c.Line(text, markedRow(rowOf(of, y, nil), y, marked)...)
	}
}

// markedRow is a row as text, what differs in the role of a match.
func markedRow(cells []term.Cell, y int, marked func(x, y int) bool) draw.Line {
	var line draw.Line
	var text strings.Builder
	role := themes.Text
	flush := func() {
		if text.Len() > 0 {
			line = append(line, draw.T(role, safetext.Clean(text.String())))
			text.Reset()
		}
	}
	for x := range lastCell(cells, y, marked) {
		as := themes.Text
		if marked(x, y) {
			as = themes.Match
		}
		if as != role {
			flush()
			role = as
		}
		if cells[x].Width != 0 {
			text.WriteString(cellText(cells[x]))
		}
	}
	flush()
	return line
}

// lastCell is how many cells of a row are worth drawing.
func lastCell(cells []term.Cell, y int, marked func(x, y int) bool) int {
	n := len(cells)
	for n > 0 && strings.TrimSpace(cellText(cells[n-1])) == "" && !marked(n-1, y) {
		n--
	}
	return n
}

func cellText(c term.Cell) string {
	if text := c.Text(); text != "" {
		return text
	}
	return " "
}

// moveDiff scrolls the rows that differ, or both pictures.
func (r *replay) moveDiff(id action.ID) {
	page := max(1, r.size.Y/2)
	by := map[action.ID]int{action.MoveUp: -1, action.MoveDown: 1, action.PageUp: -page, action.PageDown: page, action.MoveTop: -1 << 20, action.MoveBottom: 1 << 20}[id]
	r.diff.top = max(0, r.diff.top+by)
	if r.size.X >= besideWidth {
		r.pan(id)
	}
}

// diffText is what differs as text, for the clipboard.
func (r *replay) diffText() string {
	rows, _ := differences(r.diff.screen, r.player.Screen())
	var b strings.Builder
	for _, y := range rows {
		fmt.Fprintf(&b, "%d A %s\n%d B %s\n", y+1, lineOf(r.diff.screen, y), y+1, lineOf(r.player.Screen(), y))
	}
	return b.String()
}

func lineOf(s *term.Screen, y int) string {
	if _, rows := s.Size(); y >= rows {
		return ""
	}
	return s.Line(y)
}
