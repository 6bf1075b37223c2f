package query

import (
	"strconv"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// gutterWidth is the room for the number of a line.
const gutterWidth = 4

// spot is a piece of the text that is marked, in bytes; empty for none.
type spot struct{ from, to int }

// drawEditor draws the lines that are in sight with their numbers, the cursor
// while the text is being typed, and the place of a mistake: underlined, with a
// mark instead of the number.
func drawEditor(c draw.Canvas, area uv.Rectangle, e *editor, views map[string]bool, typing bool, wrong spot) {
	if area.Dx() <= gutterWidth || area.Dy() <= 0 {
		return
	}
	sql := e.string()
	lines := lineRuns(sql, views, wrong)
	curLine, curCol := e.place()
	_, text := draw.CutLeft(area, gutterWidth)
	shift := 0
	if curLine < len(lines) {
		if before := lines[curLine].width(c, curCol); before > text.Dx()-1 {
			shift = before - text.Dx() + 1 + text.Dx()/4
		}
	}
	for i := range area.Dy() {
		n := e.top + i
		if n >= len(lines) {
			break
		}
		number := draw.T(themes.Muted, strconv.Itoa(n+1))
		if lines[n].wrong {
			number = draw.T(themes.Danger, c.Glyphs().Warn)
		}
		gutter, _ := draw.CutLeft(draw.Row(area, i), gutterWidth-1)
		c.Right(gutter, number)
		row := draw.Row(text, i)
		lines[n].draw(c.Within(row), row, shift, n == curLine && typing, curCol)
	}
}

// textLine is one line of SQL in pieces of one role each.
type textLine struct {
	pieces []piece
	wrong  bool // a mistake begins here
}

type piece struct {
	role  themes.Role
	text  string // as typed
	wrong bool
}

// lineRuns cuts SQL into lines of coloured pieces.
func lineRuns(sql string, views map[string]bool, wrong spot) []textLine {
	lines := make([]textLine, 1, 1+strings.Count(sql, "\n"))
	tokens := queries.Tokens(sql)
	for i, t := range tokens {
		role := roleOf(sql, tokens, i, views)
		at := t.Start
		for n, part := range strings.Split(sql[t.Start:t.End], "\n") {
			if n > 0 {
				lines = append(lines, textLine{})
				at++
			}
			if part != "" {
				line := &lines[len(lines)-1]
				bad := at < wrong.to && at+len(part) > wrong.from
				line.pieces = append(line.pieces, piece{role: role, text: part, wrong: bad})
				line.wrong = line.wrong || bad
			}
			at += len(part)
		}
	}
	if wrong.from < wrong.to && wrong.from >= len(sql) { // what is wrong is that it ends
		lines[len(lines)-1].wrong = true
	}
	return lines
}

// roleOf colours a token. Colour adds nothing that the text does not say.
func roleOf(sql string, tokens []queries.Token, i int, views map[string]bool) themes.Role {
	t := tokens[i]
	switch t.Kind {
	case queries.TokenString, queries.TokenQuoted:
		if t.Open {
			return themes.Warning
		}
		if t.Kind == queries.TokenString {
			return themes.OK
		}
	case queries.TokenNumber:
		return themes.Note
	case queries.TokenComment:
		return themes.Muted
	case queries.TokenWord:
		word := strings.ToLower(sql[t.Start:t.End])
		switch {
		case views[word]:
			return themes.Title
		case queries.IsKeyword(word):
			return themes.Accent
		case i+1 < len(tokens) && sql[tokens[i+1].Start] == '(':
			return themes.Key
		}
	}
	return themes.Text
}

// width is how many columns the first runes of the line take.
func (l textLine) width(c draw.Canvas, runes int) int {
	w := 0
	for _, p := range l.pieces {
		r := []rune(p.text)
		n := min(runes, len(r))
		w += c.Width(form(c).Clean(string(r[:n])))
		if runes -= n; runes <= 0 {
			break
		}
	}
	return w
}

func (l textLine) draw(c draw.Canvas, row uv.Rectangle, shift int, cursor bool, col int) {
	x := row.Min.X - shift
	for _, p := range l.pieces {
		if x >= row.Max.X {
			break
		}
		text := form(c).Clean(p.text)
		w := c.Width(text)
		c.Line(uv.Rect(x, row.Min.Y, w, 1), draw.T(p.role, text))
		if p.wrong {
			restyle(c, uv.Rect(x, row.Min.Y, w, 1).Intersect(row), func(s *uv.Style) { s.Underline = uv.UnderlineSingle })
		}
		x += w
	}
	if cursor {
		at := row.Min.X - shift + l.width(c, col)
		restyle(c, uv.Rect(at, row.Min.Y, 1, 1).Intersect(row), func(s *uv.Style) { s.Attrs ^= uv.AttrReverse })
	}
}

// restyle changes the style of cells without changing what stands in them.
func restyle(c draw.Canvas, area uv.Rectangle, change func(*uv.Style)) {
	for y := area.Min.Y; y < area.Max.Y; y++ {
		for x := area.Min.X; x < area.Max.X; x++ {
			if cell := c.Screen().CellAt(x, y); cell != nil {
				changed := *cell
				change(&changed.Style)
				c.Screen().SetCell(x, y, &changed)
			}
		}
	}
}

func form(c draw.Canvas) safetext.Form { return formOf(c.Styles) }

// formOf is the character set of a terminal.
func formOf(s *themes.Styles) safetext.Form {
	if s.Glyphs.ASCII {
		return safetext.ASCII
	}
	return safetext.Unicode
}
