package query

import (
	"strings"
	"time"
	"unicode"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// maxPivots bounds the entities of a row that are offered.
const maxPivots = 20

// maxShown bounds a value in the detail of a cell, in bytes.
const maxShown = 16 << 10

var (
	_ pane.Pivoter = (*Pane)(nil)
	_ pane.Copier  = (*Pane)(nil)
)

// Selected is what the selected cell names, at the time of its row.
func (p *Pane) Selected() pane.Subject {
	none := pane.Subject{}
	if p.report != nil {
		return p.report.selected()
	}
	if p.result == nil || p.typing {
		return none
	}
	row, value := p.result.current()
	if row == nil {
		return none
	}
	s := pane.Subject{At: p.momentOf(row, value), Text: plainText(p.result.text(row, p.result.col))}
	if named := queries.EntitiesOf(p.result.Columns, row, p.result.col); len(named) > 0 {
		s.Entity, s.Label = named[0].Entity, named[0].Label
	}
	if uid := p.column(row, "uid"); uid != "" {
		s.Filter = filter.Expr{}.With(filter.Term{Key: filter.KeyUID, Values: []filter.Value{{Text: uid}}}).String()
	}
	s.Session = p.column(row, "sid")
	return s
}

// column is the text of the row's first column of a name.
func (p *Pane) column(row []any, name string) string {
	for i, c := range p.result.Columns {
		if text, ok := row[i].(string); ok && strings.EqualFold(c.Name, name) {
			return text
		}
	}
	return ""
}

// momentOf is the moment that the cell says, else that of the row.
func (p *Pane) momentOf(row []any, value any) time.Time {
	if at, ok := value.(time.Time); ok && p.result.Columns[p.result.col].Type != "date" {
		return at
	}
	for i, c := range p.result.Columns {
		if at, ok := row[i].(time.Time); ok && c.Type != "date" {
			return at
		}
	}
	for i, c := range p.result.Columns { // a cluster's answer is all texts
		text, _ := row[i].(string)
		if at, err := time.Parse(time.DateTime, text); err == nil && strings.HasPrefix(c.Type, "timestamp") {
			return at
		}
	}
	if at, err := time.Parse(time.RFC3339Nano, p.column(row, "time")); err == nil {
		return at.UTC()
	}
	return time.Time{}
}

// Pivots are what the selected cell names, then what the rest of its row does.
func (p *Pane) Pivots() []investigations.Involvement {
	if p.report != nil {
		if s := p.report.selected(); !s.Entity.IsZero() {
			return []investigations.Involvement{{Entity: s.Entity}}
		}
		return nil
	}
	if p.result == nil || p.typing {
		return nil
	}
	row, _ := p.result.current()
	if row == nil {
		return nil
	}
	if own := queries.EntitiesOf(p.result.Columns, row, p.result.col); len(own) > 0 {
		return own[:min(len(own), maxPivots)]
	}
	var all []investigations.Involvement
	for i := range p.result.Columns {
		all = append(all, queries.EntitiesOf(p.result.Columns, row, i)...)
	}
	return all[:min(len(all), maxPivots)]
}

// CopyText is what y copies: the selected cell, or the query while there is no
// answer.
func (p *Pane) CopyText() string {
	switch {
	case p.report != nil:
		return p.report.copyText()
	case p.result != nil && len(p.result.Rows) > 0:
		return p.Selected().Text
	}
	return plainText(p.editor.string())
}

// copyRow copies the selected row, its cells set apart by tabs.
func (p *Pane) copyRow() {
	row, _ := p.result.current()
	cells := make([]string, len(row))
	for i := range row {
		cells[i] = strings.NewReplacer("\t", " ", "\n", " ").Replace(plainText(p.result.text(row, i)))
	}
	p.env.Out.Put(pane.Copy{Text: strings.Join(cells, "\t")})
}

// plainText leaves out what a terminal into which it is pasted would act on.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && r != '\t' && unicode.IsControl(r) {
			return -1
		}
		return r
	}, s)
}

// showCell shows the selected cell whole, and below it the rest of its row.
func (p *Pane) showCell() tea.Cmd {
	row, value := p.result.current()
	column := p.result.Columns[p.result.col]
	text := p.result.text(row, p.result.col)
	lines := cellLines(text, value == nil, formOf(p.env.Styles))
	lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Title, "the row")})
	for i, c := range p.result.Columns {
		if row[i] == nil {
			continue
		}
		name := p.clean(c.Name, 60) + "  "
		lines = append(lines, draw.Line{draw.T(themes.Muted, name), draw.T(themes.Text, p.clean(p.result.text(row, i), 600))})
	}
	lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Muted, "Columns that are NULL are left out. Times are UTC.")})
	p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{
		ID: "cell", Title: p.clean(column.Name, 60) + "  " + p.clean(column.Type, 30), Lines: lines, Copy: plainText(text),
	})})
	return nil
}

// cellLines writes a value: its lines, or one line for each element.
func cellLines(text string, null bool, form safetext.Form) []draw.Line {
	if null {
		return []draw.Line{{draw.T(themes.Muted, "NULL: there is no value. A field that an event lacks is NULL.")}}
	}
	if text == "" {
		return []draw.Line{{draw.T(themes.Muted, "An empty text, which is not NULL: the field is there, with nothing in it.")}}
	}
	cut := len(text) > maxShown
	var lines []draw.Line
	for _, line := range form.Lines(text[:min(len(text), maxShown)]) {
		lines = append(lines, draw.Line{draw.T(themes.Text, line)})
	}
	if cut {
		lines = append(lines, draw.Line{draw.T(themes.Warning, "Cut here: y copies all of it.")})
	}
	return lines
}
