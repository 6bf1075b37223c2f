package query

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// shownRows is how many rows of each question are listed. Where there are more,
// those whom they are about are listed instead, with what all their days count.
const shownRows = 5

// report is the Privileged Access Report as it is shown: nine questions, each
// with what to do, a bar for each day, and whom it concerns.
type report struct {
	queries.Report
	form     safetext.Form
	from, to time.Time // of the evidence
	lines    []reportLine
	at, top  int
	width    int // of the lines, as they are folded
	height   int
}

// reportLine is one line of the report. The first line of a question can be
// selected, and so can those that show values.
type reportLine struct {
	part    int
	first   bool
	columns []queries.Column
	values  []any
	line    draw.Line
	series  []int
}

func (l reportLine) stop() bool { return l.first || l.values != nil }

// runReport asks the nine questions, of one user or of the whole cluster.
func (p *Pane) runReport(user string) tea.Cmd {
	if why := p.Disabled(action.QueryReport); why != "" {
		p.say(themes.Warning, why)
		return nil
	}
	engine, evidence, form := p.asks, p.env.Evidence, formOf(p.env.Styles)
	p.typing = false
	return p.loader.Load(loadReport, func(ctx context.Context) (any, error) {
		coverage, err := evidence.Coverage(ctx)
		if err != nil {
			return nil, err
		}
		r, err := queries.RunReport(ctx, engine, user)
		if err != nil {
			return nil, err
		}
		return newReport(r, coverage.From, coverage.To, form), nil
	})
}

func (p *Pane) reported(answer pane.LoadedMsg) {
	r, ok := answer.Value.(*report)
	switch {
	case answer.Cancelled():
		p.notice = draw.Line{draw.T(themes.Warning, "Cancelled: the report was not made.")}
	case answer.Err != nil || !ok:
		p.err = answer.Err
	default:
		p.report = r
	}
}

func newReport(r queries.Report, from, to time.Time, form safetext.Form) *report {
	out := &report{Report: r, form: form, from: from, to: to, height: 10, width: 76}
	out.write()
	return out
}

// write makes the lines for the width.
func (r *report) write() {
	r.lines = nil
	for i, part := range r.Parts {
		r.add(i, part)
	}
}

func (r *report) add(i int, part queries.Part) {
	head := reportLine{part: i, first: true}
	title := fmt.Sprintf("%d  %s  ", i+1, part.Query.Title)
	switch {
	case part.Unsaid != "":
		head.line = draw.Line{draw.T(themes.Muted, title), draw.T(themes.Warning, "not for one identity")}
		r.lines = append(r.lines, head)
		r.detail(i, themes.Muted, part.Unsaid)
		return
	case part.Err != nil:
		head.line = draw.Line{draw.T(themes.Text, title), draw.T(themes.Danger, "not answered")}
		r.lines = append(r.lines, head)
		r.detail(i, themes.Danger, r.form.CleanMax(part.Err.Error(), maxSaid))
		return
	case part.Total == 0:
		head.line = draw.Line{draw.T(themes.Muted, title), draw.T(themes.Muted, "none logged")}
		r.lines = append(r.lines, head)
		return
	}
	days := "1 day"
	if len(part.Days) != 1 {
		days = draw.Count(int64(len(part.Days))) + " days"
	}
	head.line = draw.Line{draw.T(themes.Title, title), draw.T(themes.Warning, draw.Count(part.Total)), draw.T(themes.Muted, " on "+days)}
	head.series = queries.Series(part.Days, r.from, r.to)
	r.lines = append(r.lines, head)
	r.detail(i, themes.Accent, part.Query.Suggest)
	if len(part.Table.Rows) <= shownRows && !part.Table.Cut {
		for _, row := range part.Table.Rows {
			r.lines = append(r.lines, reportLine{part: i, columns: part.Table.Columns, values: row, line: r.rowLine(part.Table.Columns, row)})
		}
	} else {
		r.subjects(i, part)
	}
	for _, w := range part.Table.Summary.Warnings {
		r.detail(i, themes.Warning, r.form.CleanMax(w, maxSaid))
	}
}

// subjects lists those with the most.
func (r *report) subjects(i int, part queries.Part) {
	for _, s := range part.Subjects[:min(len(part.Subjects), shownRows)] {
		l := reportLine{part: i, columns: part.Who, values: s.Values, series: queries.Series(s.Days, r.from, r.to)}
		l.line = append(draw.Line{draw.T(themes.Text, fmt.Sprintf("    %8s  ", draw.Count(s.Total)))}, r.rowLine(part.Who, s.Values)[1:]...)
		r.lines = append(r.lines, l)
	}
	more := "enter shows each day"
	if over := len(part.Subjects) - shownRows; over > 0 {
		more = draw.Count(int64(over)) + " others with fewer; " + more
	}
	r.detail(i, themes.Muted, more)
}

// detail adds a sentence about a question, in as many lines as it needs.
func (r *report) detail(part int, role themes.Role, text string) {
	const indent = "   "
	for _, l := range draw.Wrap(role, text, r.width-len(indent)) {
		r.lines = append(r.lines, reportLine{part: part, line: append(draw.Line{draw.T(role, indent)}, l...)})
	}
}

// rowLine writes a row: the day, the count, and whom it names.
func (r *report) rowLine(columns []queries.Column, row []any) draw.Line {
	line := draw.Line{draw.T(themes.Text, "    ")}
	for i, c := range columns {
		text := queries.Null
		if row[i] != nil {
			text = r.form.CleanMax(queries.Text(row[i], c.Type), 200)
		}
		role := themes.Text
		switch c.Name {
		case "event_date":
			role = themes.Muted
		case "count":
			text = fmt.Sprintf("%8s", text)
		}
		line = append(line, draw.T(role, text), draw.T(themes.Text, "  "))
	}
	return line
}

// resize folds the lines for a width and keeps the selected one.
func (r *report) resize(width, height int) {
	r.height = max(1, height)
	if width != r.width {
		stops := 0 // up to the selected line: there are as many after the folding
		for _, l := range r.lines[:r.at] {
			stops += stopCount(l)
		}
		r.width = width
		r.write()
		r.at = slices.IndexFunc(r.lines, func(l reportLine) bool {
			stops -= stopCount(l)
			return stops < 0
		})
	}
	r.follow()
}

func stopCount(l reportLine) int {
	if l.stop() {
		return 1
	}
	return 0
}

func (r *report) follow() {
	r.at = max(0, min(r.at, len(r.lines)-1))
	r.top = max(r.at-r.height+1, min(r.top, r.at))
	// The words below the first line of a question are in sight with it.
	if r.at+1 < len(r.lines) && !r.lines[r.at+1].stop() {
		r.top = max(r.top, r.at+2-r.height)
	}
	r.top = max(0, min(r.top, len(r.lines)-r.height))
}

// move goes to another line that can be selected.
func (r *report) move(by int) {
	step := 1
	if by < 0 {
		step, by = -1, -by
	}
	for i := r.at + step; i >= 0 && i < len(r.lines) && by > 0; i += step {
		if r.lines[i].stop() {
			r.at = i
			by--
		}
	}
	r.follow()
}

// toPart goes to the next question, or the one before.
func (r *report) toPart(step int) {
	for i := r.at + step; i >= 0 && i < len(r.lines); i += step {
		if r.lines[i].first {
			r.at = i
			break
		}
	}
	r.follow()
}

// part is the question of the selected line.
func (r *report) part() queries.Part { return r.Parts[r.lines[r.at].part] }

func (r *report) selected() pane.Subject {
	l := r.lines[r.at]
	var s pane.Subject
	for i := range l.values {
		if named := queries.EntitiesOf(l.columns, l.values, i); len(named) > 0 && s.Entity.IsZero() {
			s.Entity, s.Label = named[0].Entity, named[0].Label
		}
	}
	s.Text = plainText(s.Entity.Name)
	return s
}

// copyText is whom the selected row names, or the SQL of the question.
func (r *report) copyText() string {
	if s := r.selected(); s.Text != "" {
		return s.Text
	}
	return r.part().SQL
}

func (r *report) disabled(id action.ID) string {
	switch id {
	case action.NextMatch, action.PrevMatch:
		return ""
	case action.QueryExport:
		return "Open a question of the report first (enter): its rows can be exported. cordon query --report --json writes all."
	}
	return "This does nothing in the report."
}

func (p *Pane) handleReport(id action.ID) tea.Cmd {
	r := p.report
	switch id {
	case action.MoveUp:
		r.move(-1)
	case action.MoveDown:
		r.move(1)
	case action.PageUp:
		r.move(-max(1, r.height/2))
	case action.PageDown:
		r.move(max(1, r.height/2))
	case action.MoveTop:
		r.move(-end)
	case action.MoveBottom:
		r.move(end)
	case action.NextMatch:
		r.toPart(1)
	case action.PrevMatch:
		r.toPart(-1)
	case action.Close:
		p.report = nil
	case action.Open:
		part := r.part()
		sql := part.SQL
		if sql == "" {
			sql = part.Query.SQL
		}
		p.setText(sql, part.Query)
		return p.tryRun()
	}
	return nil
}

func (r *report) click(at uv.Position, area uv.Rectangle) {
	inner := inside(area)
	if i := r.top + at.Y - inner.Min.Y; at.In(inner) && i < len(r.lines) && r.lines[i].stop() {
		r.at = i
		r.follow()
	}
}

// draw draws the questions that are in sight, with their days at the right.
func (r *report) draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	whose := "the whole cluster"
	if r.Identity != "" {
		whose = r.form.CleanMax(r.Identity, 80)
	}
	box := draw.Box{
		Title:   draw.Line{draw.T(themes.Title, "Privileged Access Report  "), draw.T(themes.Accent, whose)},
		Right:   draw.Line{draw.T(themes.Muted, fmt.Sprintf("question %d of %d", r.lines[r.at].part+1, len(r.Parts)))},
		Foot:    r.foot(area.Dx() - 4),
		Focused: focused,
	}
	inner := c.Box(area, box)
	for i := range inner.Dy() {
		n := r.top + i
		if n >= len(r.lines) {
			return
		}
		r.drawLine(c, draw.Row(inner, i), n, focused)
	}
}

func (r *report) foot(width int) draw.Line {
	days := ""
	if !r.from.IsZero() {
		days = "days " + r.from.UTC().Format(time.DateOnly) + " to " + r.to.UTC().Format(time.DateOnly) + " UTC, "
	}
	for _, text := range []string{days + r.form.CleanMax(r.Engine, 40) + ", enter opens the query, esc leaves", days + r.form.CleanMax(r.Engine, 40)} {
		if safetext.Width(text)+2 <= width {
			return draw.Line{draw.T(themes.Muted, text)}
		}
	}
	return nil
}

// leastChart is the fewest columns in which a chart says something.
const leastChart = 4

func (r *report) drawLine(c draw.Canvas, row uv.Rectangle, n int, focused bool) {
	l := r.lines[n]
	if n == r.at {
		ground := themes.Inactive
		if focused {
			ground = themes.Selection
		}
		c = c.Ground(ground)
		c.Clear(row)
		c.Text(row, themes.Text, c.Glyphs().Cursor)
	}
	_, text := draw.CutLeft(row, 2)
	// The words come first; the chart has what they leave.
	if room := min(text.Dx()-c.LineWidth(l.line)-1, text.Dx()/2); len(l.series) > 0 && room >= leastChart {
		var chart uv.Rectangle
		chart, text = draw.CutRight(text, min(len(l.series), room))
		c.Spark(chart, themes.Progress, draw.Bucket(l.series, chart.Dx()))
	}
	c.Line(text, l.line...)
}
