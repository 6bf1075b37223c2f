package casefile

import (
	"fmt"
	"strings"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// The parts of the page, in their order.
const (
	partSources = iota
	partGaps
	partRejects
	partJournal
	partCount
)

// newParts makes the empty tables.
func newParts() []part {
	parts := make([]part, partCount)
	parts[partSources] = part{title: "sources", grid: grid.New[int]([]grid.Column{
		{Title: "source", Min: 16, Max: 60, Weight: 4, Inner: true},
		{Title: "format", Min: 8, Max: 18, Weight: 1, Role: themes.Muted, Drop: 2},
		{Title: "bytes", Min: 9, Align: grid.Right, Max: 14, Weight: 1},
		{Title: "events", Min: 8, Align: grid.Right},
		{Title: "again", Min: 6, Align: grid.Right, Role: themes.Muted, Drop: 3},
		{Title: "rejects", Min: 7, Align: grid.Right},
		{Title: "sha256", Min: 12, Max: 64, Weight: 3, Role: themes.Muted, Drop: 4},
		{Title: "state", Min: 9, Max: 40, Weight: 1},
	}, "The case has no source.")}
	parts[partGaps] = part{title: "gaps", grid: grid.New[int]([]grid.Column{
		{Title: "gap", Min: 19, Max: 24, Role: themes.Warning},
		{Title: "from", Min: 14, Max: 19, Weight: 1, Role: themes.Muted},
		{Title: "to", Min: 14, Max: 19, Weight: 1, Role: themes.Muted, Drop: 1},
		{Title: "what is missing", Min: 36, Weight: 6},
	}, "No gap is known. What was never logged leaves no gap either.")}
	parts[partRejects] = part{title: "rejects", grid: grid.New[int]([]grid.Column{
		{Title: "source", Min: 16, Max: 60, Weight: 3, Inner: true},
		{Title: "line", Min: 8, Align: grid.Right},
		{Title: "bytes", Min: 9, Align: grid.Right, Role: themes.Muted},
		{Title: "reason", Min: 16, Weight: 5, Role: themes.Warning},
	}, "Every line of every source was understood.")}
	parts[partJournal] = part{title: "journal", grid: grid.New[int]([]grid.Column{
		{Title: "#", Min: 4, Align: grid.Right, Role: themes.Muted},
		{Title: "time", Min: 14, Max: 19, Weight: 1, Role: themes.Muted},
		{Title: "operator", Min: 10, Max: 24, Weight: 1, Drop: 2},
		{Title: "mode", Min: 8, Role: themes.Muted, Drop: 1},
		{Title: "did", Min: 12, Max: 16},
		{Title: "to what, with what result", Min: 16, Weight: 6},
	}, "Nothing was done yet. Locks, notes and opened recordings are written here.")}
	return parts
}

// field is a line of a row in full.
func field(name, value string) draw.Line {
	return draw.Line{draw.T(themes.Muted, fmt.Sprintf("%-12s", name)), draw.T(themes.Text, safetext.CleanMax(value, 4000))}
}

// reset empties a part for filling.
func (p *part) reset() { p.rows, p.full = nil, nil }

// add adds a row.
func (p *part) add(e entry, cells ...grid.Cell) {
	p.rows = append(p.rows, grid.Row[int]{Key: len(p.rows), Cells: cells})
	p.full = append(p.full, e)
}

func (p *Pane) fillSources() {
	t := &p.parts[partSources]
	t.reset()
	for i := range p.got.sources {
		s := &p.got.sources[i]
		state := grid.Cell{Text: "whole", Role: themes.OK}
		switch {
		case s.Problem != "":
			state = grid.Cell{Text: safetext.CleanMax(s.Problem, 200), Role: themes.Danger}
		case !s.Complete:
			state = grid.Cell{Text: "not read to its end", Role: themes.Warning}
		}
		rejects := grid.Cell{Text: draw.Count(s.Rejects)}
		if s.Rejects > 0 {
			rejects.Role = themes.Warning
		}
		e := entry{title: "source", text: s.SHA256 + "  " + s.Name, lines: []draw.Line{
			field("name", s.Name), field("format", s.Format),
			field("bytes", draw.Count(s.Size)), field("sha256", s.SHA256),
			field("content", draw.Count(s.ContentSize)+" bytes"), field("sha256", s.ContentSHA256),
			field("events", draw.Count(s.Events)+" new, "+draw.Count(s.Duplicates)+" the case had already"),
			field("rejects", draw.Count(s.Rejects)), field("read", p.env.Clock.Time(s.Added)+" "+p.env.Clock.Zone()),
			field("state", state.Text),
		}}
		t.add(e, grid.Cell{Text: safetext.CleanMax(s.Name, 200)}, grid.Cell{Text: safetext.CleanMax(s.Format, 40)},
			grid.Cell{Text: draw.Count(s.Size)}, grid.Cell{Text: draw.Count(s.Events)}, grid.Cell{Text: draw.Count(s.Duplicates)},
			rejects, grid.Cell{Text: safetext.CleanMax(s.SHA256, 64)}, state)
	}
}

func (p *Pane) fillGaps() {
	t := &p.parts[partGaps]
	t.reset()
	for i := range p.got.coverage.Gaps {
		g := &p.got.coverage.Gaps[i]
		title := safetext.CleanMax(g.Kind.Title(), 40)
		e := entry{title: "gap", text: g.Detail, lines: []draw.Line{
			{draw.T(themes.Text, safetext.CleanMax(g.Detail, 2000))},
			{},
			field("kind", title), field("from", p.env.Clock.Time(g.From)), field("to", p.env.Clock.Time(g.To)),
		}}
		if g.Entity != nil {
			e.about = pane.Subject{Entity: *g.Entity}
			if g.Entity.Kind == investigations.KindSession {
				e.about.Session = g.Entity.Name
			}
			e.lines = append(e.lines, field("about", g.Entity.String()))
		}
		t.add(e, grid.Cell{Text: title}, grid.Cell{Text: p.env.Clock.Time(g.From)}, grid.Cell{Text: p.env.Clock.Time(g.To)},
			grid.Cell{Text: safetext.CleanMax(g.Detail, 600)})
	}
}

func (p *Pane) fillRejects() {
	t := &p.parts[partRejects]
	t.reset()
	for i := range p.got.rejects {
		r := &p.got.rejects[i]
		e := entry{title: "rejected", text: fmt.Sprintf("%s:%d: %s", r.Source, r.Line, r.Reason), lines: []draw.Line{
			field("source", r.Source), field("line", draw.Count(r.Line)),
			field("bytes", fmt.Sprintf("%s at offset %s; they are kept in the case", draw.Count(r.Length), draw.Count(r.Offset))),
			field("reason", r.Reason),
		}}
		t.add(e, grid.Cell{Text: safetext.CleanMax(r.Source, 200)}, grid.Cell{Text: draw.Count(r.Line)},
			grid.Cell{Text: draw.Count(r.Length)}, grid.Cell{Text: safetext.CleanMax(r.Reason, 400)})
	}
}

func (p *Pane) fillJournal() {
	t := &p.parts[partJournal]
	t.reset()
	for i := range p.got.journal {
		j := &p.got.journal[i]
		what := make([]string, 0, 3)
		for _, s := range []string{j.Target, j.Note, j.Result} {
			if s != "" {
				what = append(what, safetext.CleanMax(s, 300))
			}
		}
		e := entry{title: "journal " + fmt.Sprint(j.Seq), text: j.Command, lines: journalLines(p, j)}
		if e.text == "" {
			e.text = j.Note
		}
		cell := grid.Cell{Text: strings.Join(what, " "+p.env.Styles.Glyphs.Dot+" ")}
		if j.Action == journal.ActionNote {
			cell.Role = themes.Note
		}
		t.add(e, grid.Cell{Text: fmt.Sprint(j.Seq)}, grid.Cell{Text: p.env.Clock.Time(j.Time)},
			grid.Cell{Text: safetext.CleanMax(j.Operator, 80)}, grid.Cell{Text: safetext.CleanMax(string(j.Mode), 20)},
			grid.Cell{Text: safetext.CleanMax(string(j.Action), 40)}, cell)
	}
}

func journalLines(p *Pane, j *journal.Entry) []draw.Line {
	lines := []draw.Line{
		field("time", p.env.Clock.Time(j.Time)+" "+p.env.Clock.Zone()), field("operator", j.Operator),
		field("mode", string(j.Mode)), field("did", string(j.Action)),
	}
	for _, f := range [][2]string{{"to", j.Target}, {"note", j.Note}, {"result", j.Result}, {"command", j.Command}, {"detail", j.Detail}} {
		if f[1] != "" {
			lines = append(lines, field(f[0], f[1]))
		}
	}
	return append(lines, draw.Line{}, field("hash", j.Hash.String()), field("before it", j.Prev.String()))
}
