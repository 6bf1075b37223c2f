package findings

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/rules"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/pane/rows"
	"cordon/tui/safetext"
)

// The parts of the page, in their order.
const (
	partDetections = iota
	partPosture
	partGaps
	partCount
)

// part is one table of the page.
type part struct {
	title string
	grid  *grid.Grid[string]
	rows  []row
	all   []grid.Row[string] // of rows
}

// row is one row with everything that has no room in it.
type row struct {
	key     string
	grid    grid.Row[string]
	finding *rules.Finding // nil in other parts
	title   string
	lines   []draw.Line
	about   pane.Subject // zero for a finding; see aboutFinding
}

func newParts() []part {
	parts := make([]part, partCount)
	parts[partDetections] = part{title: "detections", grid: grid.New[string](columns(leastTime, leastWho), "")}
	parts[partPosture] = part{title: "posture", grid: grid.New[string]([]grid.Column{
		{Title: "verdict", Min: 9},
		{Title: "check", Min: 22, Weight: 3},
		{Title: "because", Min: 26, Weight: 5},
	}, "No check was made.")}
	parts[partGaps] = part{title: "gaps", grid: grid.New[string]([]grid.Column{
		{Title: "not seen", Min: 19, Max: 24, Role: themes.Warning},
		{Title: "from", Min: 14, Max: 19, Role: themes.Muted, Drop: 1},
		{Title: "what is missing", Min: 30, Weight: 6},
	}, "No gap is known. What was never logged leaves no gap either.")}
	return parts
}

// Widths of the columns whose texts differ most from case to case.
const (
	leastTime = 8
	leastWho  = 4
	mostWho   = 26
)

// columns are those of the detections, with times and names of a width.
func columns(times, who int) []grid.Column {
	return []grid.Column{
		{Title: "severity", Min: 10},
		{Title: "found", Min: 28, Weight: 5},
		{Title: "who", Min: min(who, 12), Max: who, Weight: 2},
		{Title: "n", Min: 3, Max: 5, Align: grid.Right},
		{Title: "first", Min: times, Role: themes.Muted, Drop: 2},
		{Title: "last", Min: times, Role: themes.Muted, Drop: 1},
		{Title: "rule", Min: 16, Max: 30, Weight: 1, Role: themes.Muted, Drop: 3},
	}
}

// fitColumns makes the columns as wide as what stands in them.
func (p *Pane) fitColumns() {
	times, who := leastTime, leastWho
	for _, r := range p.parts[partDetections].rows {
		who = max(who, min(mostWho, safetext.Width(r.grid.Cells[2].Text)))
		times = max(times, safetext.Width(r.grid.Cells[4].Text), safetext.Width(r.grid.Cells[5].Text))
	}
	p.parts[partDetections].grid.SetColumns(columns(times, who))
}

// maxRows bounds the findings that are listed, so that a key is answered at once:
// gravest first, so that what is left out weighs least.
const maxRows = 1000

// fillDetections makes a row of each finding that is to be shown.
func (p *Pane) fillDetections() {
	t := &p.parts[partDetections]
	t.rows, p.hidden = nil, hidden{}
	words := strings.Fields(strings.ToLower(p.words))
	for i, f := range p.got.result.Findings {
		_, gone := p.got.dismissals.Of(f)
		switch {
		case !p.whole && !p.subject.Entity.IsZero() && !f.Involves(p.subject.Entity):
			p.hidden.others++
		case len(words) > 0 && !has(p.got.searched[i], words):
			p.hidden.words++
		case gone && !p.dismissed:
			p.hidden.dismissed++
		case p.byMachine(f):
			p.hidden.machines++
		case len(t.rows) == maxRows:
			p.hidden.beyond++
		default:
			t.rows = append(t.rows, p.findingRow(f, gone))
		}
	}
	t.grid.Empty = p.nothing()
	p.fitColumns()
}

// searchedIn is what the words of a filter are looked for in.
func searchedIn(f *rules.Finding) string {
	names := make([]string, len(f.Entities))
	for i, e := range f.Entities {
		names[i] = e.Name
	}
	return strings.ToLower(strings.Join(append(names, string(f.Severity), f.Rule, f.Title, f.Why, strings.Join(f.Attack, " ")), " "))
}

// has reports whether a text has all the words.
func has(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}

// byMachine reports whether a finding is left aside because machines alone had a
// hand in it. A grave one never is: a robot whose certificate was copied is what
// an incident looks like.
func (p *Pane) byMachine(f *rules.Finding) bool {
	if !p.env.Machines.LeftOut() || f.Severity.AtLeast(rules.High) || len(f.Who) == 0 {
		return false
	}
	return !slices.ContainsFunc(f.Who, func(e investigations.Entity) bool { return !p.got.book.Machine(e) })
}

func (p *Pane) findingRow(f *rules.Finding, dismissed bool) row {
	g := &p.env.Styles.Glyphs
	glyph, role := severityMark(f.Severity, g)
	title := grid.Cell{Text: safetext.CleanMax(f.Title, 120)}
	gr := grid.Row[string]{Key: f.ID}
	switch {
	case dismissed:
		role, title.Role = themes.Muted, themes.Muted
		gr.Mark, gr.MarkRole = g.Refused, themes.Muted
	case p.starredAll(f):
		gr.Mark, gr.MarkRole = g.Star, themes.Note
	}
	gr.Cells = []grid.Cell{
		{Text: glyph + " " + string(f.Severity), Role: role},
		title,
		{Text: p.who(f)},
		{Text: draw.Count(int64(f.Count))},
		{Text: p.env.Clock.Time(f.First)},
		{Text: p.env.Clock.Time(f.Last)},
		{Text: safetext.CleanMax(f.Rule, 60)},
	}
	return row{key: f.ID, grid: gr, finding: f}
}

// aboutFinding is what a finding is about, for the trail, the lock and the clipboard.
func (p *Pane) aboutFinding(f *rules.Finding) pane.Subject {
	s := pane.Subject{Entity: f.About, At: f.First, Filter: f.Proof().String(), Text: p.nextCommand(f)}
	if f.About.Kind == investigations.KindSession {
		s.Session = f.About.Name
	}
	return s
}

// severityMark is the glyph and the role of a severity. The word stands beside it.
func severityMark(s rules.Severity, g *themes.Glyphs) (string, themes.Role) {
	switch s {
	case rules.Critical, rules.High:
		return g.Warn, themes.Danger
	case rules.Medium:
		return g.Warn, themes.Warning
	default:
		return g.Dot, themes.Muted
	}
}

// who names what a finding is about, and how many more had a hand in it. The one
// under investigation alone is not named in each row.
func (p *Pane) who(f *rules.Finding) string {
	main, more := f.About, len(f.Who)-1
	switch {
	case main.IsZero():
		return p.env.Styles.Glyphs.Dash
	case main == p.subject.Entity && !p.whole && more <= 0:
		return ""
	case main == p.subject.Entity && !p.whole:
		return p.with(f)
	}
	text := safetext.CleanMax(main.Name, 120)
	switch class := p.got.book.Class(main); {
	case class == investigations.ActorAdmin || class == investigations.ActorAgent:
		text = class.Title() // its name is a UUID
	case main.Kind != investigations.KindUser && main.Kind != investigations.KindAddress:
		text = main.Kind.Title() + " " + text
	}
	if more > 0 {
		text = fmt.Sprintf("%s +%d", safetext.Truncate(text, mostWho-4, p.env.Styles.Glyphs.Ellipsis), more)
	}
	return text
}

// with names who had a hand in a finding beside the one under investigation.
func (p *Pane) with(f *rules.Finding) string {
	text := "with " + safetext.CleanMax(f.Who[1].Name, 120)
	if more := len(f.Who) - 2; more > 0 {
		text = fmt.Sprintf("%s +%d", safetext.Truncate(text, mostWho-4, p.env.Styles.Glyphs.Ellipsis), more)
	}
	return text
}

// nextCommand is what y copies: the finding's next command, for this case.
func (p *Pane) nextCommand(f *rules.Finding) string {
	if !strings.HasPrefix(f.Next, "cordon ") {
		return f.Next
	}
	return f.Next + " --case " + contain.Quote(p.env.Evidence.Name())
}

// nothing says why there is no finding to show, and what that does not mean.
func (p *Pane) nothing() string {
	of := "of this case"
	if !p.whole && !p.subject.Entity.IsZero() {
		of = "of what " + safetext.CleanMax(cmp.Or(p.subject.Label, p.subject.Entity.Name), 80) + " has to do with"
	}
	text := "No rule speaks " + of + ". That is not the same as: nothing happened. The gaps (tab) say what the rules cannot see."
	if h := p.hidden; h.others+h.words+h.dismissed+h.machines > 0 {
		text = "No finding to show. " + text
	}
	return text
}

// fillGaps makes the rows of what cannot be seen: holes in the evidence, and
// rules that had nothing to look at.
func (p *Pane) fillGaps() {
	t := &p.parts[partGaps]
	t.rows = nil
	for i := range p.got.coverage.Gaps {
		t.rows = append(t.rows, p.gapRow(i, &p.got.coverage.Gaps[i]))
	}
	add := func(key, what, means string, lines ...draw.Line) {
		lines = append([]draw.Line{{draw.T(themes.Text, means)}, {}}, lines...)
		t.rows = append(t.rows, row{
			key: key, title: what, lines: lines, about: pane.Subject{Text: means},
			grid: grid.Row[string]{Key: key, Cells: []grid.Cell{{Text: what}, {}, {Text: means}}},
		})
	}
	res := p.got.result
	if res.Unread > 0 {
		add("unread", "events not read", draw.Count(res.Unread)+" events are no JSON that can be read: no rule saw them.")
	}
	for _, id := range slices.Sorted(maps.Keys(res.Incomplete)) {
		add("incomplete "+id, "rule out of room", fmt.Sprintf("%s may have missed something: it had to forget %s while it waited for more.", safetext.CleanMax(id, 60), count(res.Incomplete[id], "event")))
	}
	for i, err := range p.got.problems {
		add(fmt.Sprint("problem ", i), "rule left out", safetext.CleanMax(err.Error(), 400))
	}
	if n := len(res.Blind); n > 0 {
		means := fmt.Sprintf("%d of %s had no event to look at: what they look for did not happen, or is not logged here.", n, count(len(p.got.rules), "rule"))
		add("blind", "blind rules", means, p.blind()...)
	}
}

// blind lists the rules that had nothing to look at, by what they need.
func (p *Pane) blind() []draw.Line {
	needs := map[string][]*rules.Rule{}
	for _, id := range p.got.result.Blind {
		if r := p.got.rules[id]; r != nil {
			needs[r.Log] = append(needs[r.Log], r)
		}
	}
	var lines []draw.Line
	for _, need := range slices.Sorted(maps.Keys(needs)) {
		lines = append(lines, draw.Line{draw.T(themes.Text, "logged by: "+safetext.CleanMax(need, 200))})
		for _, r := range needs[need] {
			lines = append(lines, draw.Line{draw.T(themes.Muted, "  "+safetext.CleanMax(r.ID, 60)+"  "), draw.T(themes.Muted, safetext.CleanMax(r.Title, 120))})
		}
	}
	return lines
}

// gapRow is the row of one hole in the evidence.
func (p *Pane) gapRow(i int, g *investigations.Gap) row {
	title, detail := safetext.CleanMax(g.Kind.Title(), 40), safetext.CleanMax(g.Detail, 600)
	r := row{key: fmt.Sprint("gap ", i), title: title, about: pane.Subject{Text: g.Detail, At: g.From}}
	r.lines = []draw.Line{{draw.T(themes.Text, detail)}, {}, {draw.T(themes.Text, meaning[g.Kind])}, {}, field("from", p.env.Clock.Time(g.From)), field("to", p.env.Clock.Time(g.To))}
	if g.Entity != nil {
		r.about.Entity = *g.Entity
		if g.Entity.Kind == investigations.KindSession {
			r.about.Session = g.Entity.Name
		}
		r.lines = append(r.lines, field("about", safetext.CleanMax(g.Entity.String(), 200)))
	}
	r.grid = grid.Row[string]{Key: r.key, Cells: []grid.Cell{{Text: title}, {Text: p.env.Clock.Time(g.From)}, {Text: detail}}}
	return r
}

// meaning says what a gap of a kind means for a responder, and what to do.
var meaning = map[investigations.GapKind]string{
	investigations.GapDay:           "What was done on that day is not in this evidence. Ask for its log before you say that nothing happened.",
	investigations.GapNotLogged:     "Somebody worked, and the log does not tell of it. The log does not reach there, or was changed: treat what it says of that time as incomplete.",
	investigations.GapIndex:         "Statements of a database session are missing here: what they did is not known.",
	investigations.GapClock:         "Times of this host are wrong. What came first, there and elsewhere, cannot be told from them.",
	investigations.GapNoEnd:         "The session may still be open. Look at it (page 4), and lock its user before you count it as over.",
	investigations.GapNoStart:       "Where and from which address it began is not in this evidence. Ask for the log before it.",
	investigations.GapRecording:     "Part of what stood on the screen is not there. The cluster may hold a whole one: tctl recordings download SESSION",
	investigations.GapLostRecording: "What was done in that session can be told from its events alone.",
	investigations.GapNoRecording:   "The log says that they exist. Fetch them: tctl recordings download SESSION, then cordon ingest",
	investigations.GapToken:         "Whoever holds the token can let hosts or robots in. See who has it: tctl tokens ls",
}

// place is where on the page the responder is, as it is kept in the trail.
type place struct {
	Part  int    `json:"part"`
	Row   string `json:"row,omitempty"`
	Words string `json:"words,omitempty"`
	Whole bool   `json:"whole,omitempty"`
	Gone  bool   `json:"dismissed,omitempty"`
}

// Keep tells the part, the row, and what narrows the rows.
func (p *Pane) Keep() string {
	at := place{Part: p.at, Words: p.words, Whole: p.whole, Gone: p.dismissed}
	if p.want != nil {
		at = *p.want
	} else if key, ok := p.parts[p.at].grid.Selected(); ok {
		at.Row = key
	}
	text, err := json.Marshal(at)
	if err != nil {
		return ""
	}
	return string(text)
}

// toWanted goes to the place that was asked for before there were rows.
func (p *Pane) toWanted() {
	if p.want == nil || p.got == nil {
		return
	}
	at := *p.want
	p.want = nil
	if at.Part >= 0 && at.Part < len(p.parts) {
		p.at = at.Part
		rows.Select(p.parts[p.at].grid, p.parts[p.at].all, at.Row)
	}
}

// count writes "1 rule", "2 rules".
func count(n int, what string) string {
	if n != 1 {
		what += "s"
	}
	return draw.Count(int64(n)) + " " + what
}
