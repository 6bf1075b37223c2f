package query

import (
	"encoding/json"
	"image"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// Bounds of what is kept.
const (
	maxRows  = 10_000
	maxBytes = 64 << 20
	// maxKept bounds the text that the trail keeps, in bytes.
	maxKept = 8 << 10
)

// Pane is the page.
type Pane struct {
	env    pane.Env
	loader *pane.Loader
	size   image.Point

	subject  pane.Subject
	asks     queries.Engine // that is asked; nil where there is none
	editor   editor
	typing   bool
	offered  offer
	views    []queries.View
	isView   map[string]bool
	saved    []queries.Named // in this case
	coverage investigations.Coverage
	history  history

	named   queries.Named      // the query that the text was taken from
	source  string             // the text as it was taken
	running *queries.Collector // of the query that is under way
	asked   string             // its text
	result  *table
	from    queries.Engine // that gave the result
	answers string         // the text that the result answers
	err     error
	wrong   spot // where in the text the mistake is
	notice  draw.Line
	find    string // what n and N go to; empty for the same value
	report  *report
}

var (
	_ pane.Pane      = (*Pane)(nil)
	_ pane.Keeper    = (*Pane)(nil)
	_ pane.Typist    = (*Pane)(nil)
	_ pane.Mouser    = (*Pane)(nil)
	_ pane.Spreader  = (*Pane)(nil)
	_ pane.Refresher = (*Pane)(nil)
	_ pane.Hinter    = (*Pane)(nil)
	_ pane.Crumb     = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	return &Pane{env: env, asks: env.Engine, loader: pane.NewLoader(env.Work), isView: map[string]bool{}, editor: editor{want: -1}}
}

// Scope is that of the page.
func (p *Pane) Scope() action.Scope { return action.Query }

// Show takes who is under investigation, for the queries that ask for it. The
// text and the answer stay.
func (p *Pane) Show(s pane.Subject) tea.Cmd {
	p.subject = s
	if r := p.report; r != nil && r.Identity != "" && r.Identity != userOf(s) {
		p.report = nil // it is about somebody else
	}
	return tea.Batch(p.loadSchema(), p.loadKept())
}

// Refresh reads the saved queries again.
func (p *Pane) Refresh() tea.Cmd { return p.loadKept() }

// Spread is true: an answer can use the whole width.
func (p *Pane) Spread() bool { return true }

// Resize takes the size of the area.
func (p *Pane) Resize(size image.Point) {
	p.size = size
	p.settle()
}

// settle fits what scrolls into its place, after the size or the text changed.
func (p *Pane) settle() {
	l := p.arrange(uv.Rect(0, 0, p.size.X, p.size.Y))
	p.editor.follow(max(1, l.text.Dy()))
	if p.result != nil {
		p.result.resize(l.rows.Dx(), l.rows.Dy()-1)
	}
	if p.report != nil {
		p.report.resize(l.whole.Dx()-4, l.whole.Dy()-2)
	}
}

// places is where the parts of the page are.
type places struct {
	whole  uv.Rectangle
	box    uv.Rectangle // of the editor
	text   uv.Rectangle // inside it
	line   uv.Rectangle // candidates, or what is wrong: one line, or as many as that takes
	answer uv.Rectangle // box of the answer
	rows   uv.Rectangle // inside it
}

// arrange shares out the area: the editor has what it needs, at most half while
// it is typed in and a third otherwise.
func (p *Pane) arrange(area uv.Rectangle) places {
	l := places{whole: area}
	most := area.Dy() / 3
	if p.typing || p.result == nil {
		most = area.Dy() / 2
	}
	rows := max(3, min(p.editor.lines(), most-2))
	l.box, area = draw.CutTop(area, rows+2)
	l.line, l.answer = draw.CutTop(area, max(1, min(len(p.wrongLines(area.Dx()-2)), area.Dy()/3)))
	l.line = draw.Pad(l.line, 1)
	l.text = inside(l.box)
	l.rows = inside(l.answer)
	return l
}

// inside is what a box around an area leaves.
func inside(box uv.Rectangle) uv.Rectangle {
	if box.Dx() < 4 || box.Dy() < 3 {
		return box
	}
	return uv.Rect(box.Min.X+1, box.Min.Y+1, box.Dx()-2, box.Dy()-2)
}

// place is what the trail keeps of the page.
type place struct {
	SQL    string `json:"sql,omitempty"`
	Report bool   `json:"report,omitempty"`
	// Asks is which engine was asked, where there were two.
	Asks string `json:"asks,omitempty"`
}

// The engines as [place.Asks] names them.
const (
	asksCase    = "case"
	asksCluster = "cluster"
)

// Keep writes the text and who is asked.
func (p *Pane) Keep() string {
	kept := place{Report: p.report != nil}
	switch {
	case p.isCluster(p.asks):
		kept.Asks = asksCluster
	case p.env.ClusterEngine != nil:
		kept.Asks = asksCase
	}
	if text := p.editor.string(); len(text) <= maxKept {
		kept.SQL = text
	}
	if kept == (place{}) {
		return ""
	}
	text, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	return string(text)
}

// Restore asks the engine that Keep wrote from now on, puts its text into the
// editor, and makes the report anew where that was open. It runs no query.
func (p *Pane) Restore(text string) tea.Cmd {
	var kept place
	if json.Unmarshal([]byte(text), &kept) != nil {
		return nil
	}
	var swap tea.Cmd
	if p.env.ClusterEngine != nil && kept.Asks != "" && (kept.Asks == asksCluster) != p.isCluster(p.asks) {
		swap = p.swapEngine()
	}
	if kept.SQL != "" && kept.SQL != p.editor.string() {
		p.setText(kept.SQL, queries.Named{})
	}
	if kept.Report && p.report == nil {
		return tea.Batch(swap, p.runReport(userOf(p.subject)))
	}
	if !kept.Report {
		p.report = nil
	}
	return swap
}

// setText puts another query into the editor.
func (p *Pane) setText(sql string, from queries.Named) {
	p.editor.set(sql)
	p.editor.goTo(0, 0) // its beginning says what it is
	p.named, p.source = from, p.editor.string()
	p.err, p.wrong, p.offered = nil, spot{}, offer{}
	p.report = nil
	p.settle()
}

// Crumb names the query.
func (p *Pane) Crumb() string {
	switch {
	case p.report != nil:
		return "Privileged Access Report"
	case p.named.Name != "":
		return "SQL " + p.named.Name
	}
	return "SQL"
}

// Hint says what to do next.
func (p *Pane) Hint() string {
	switch {
	case p.asks == nil || p.report != nil || p.running != nil:
		return ""
	case strings.TrimSpace(p.editor.string()) == "":
		return "o opens a named query, i writes one"
	case p.result == nil && p.err == nil:
		return "ctrl+r runs the query"
	case p.named.Suggest != "" && p.result != nil && len(p.result.Rows) > 0 && p.answers == p.editor.string():
		return p.clean(p.named.Suggest, 200)
	}
	return ""
}

// Draw draws the editor, what is wrong with the text or could be typed, and the
// answer.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	if p.report != nil {
		p.report.draw(c, area, focused)
		return
	}
	l := p.arrange(area)
	title := "SQL"
	if p.named.Name != "" {
		title = p.clean(p.named.Title, 120)
		if p.source != p.editor.string() {
			title += ", changed"
		}
	}
	box := draw.Box{Title: draw.Line{draw.T(themes.Title, title)}, Focused: focused && p.typing, Right: p.editorHint(), Foot: p.asksFoot(c, l.box.Dx()-4)}
	inner := c.Box(l.box, box)
	if strings.TrimSpace(p.editor.string()) == "" && !p.typing {
		c.Lines(draw.Pad(inner, 1), p.welcome(inner.Dx()-2))
	} else {
		drawEditor(c.Within(inner), inner, &p.editor, p.isView, p.typing, p.wrong)
	}
	p.drawBelow(c, l.line)
	p.drawAnswer(c, l, focused && !p.typing)
}

func (p *Pane) editorHint() draw.Line {
	if !p.typing {
		return draw.Line{draw.T(themes.Key, "i"), draw.T(themes.Muted, " edit")}
	}
	return draw.Line{
		draw.T(themes.Key, "ctrl+r"), draw.T(themes.Muted, " run  "), draw.T(themes.Key, "tab"), draw.T(themes.Muted, " complete  "),
		draw.T(themes.Key, "esc"), draw.T(themes.Muted, " leave, text is kept"),
	}
}

func (p *Pane) welcome(width int) []draw.Line {
	return draw.Wrap(themes.Muted, "Ask the audit log in SQL, with the views of Teleport's Access Monitoring. "+
		"o opens a named query, i writes one, ctrl+r runs it, A is the Privileged Access Report.", width)
}

// drawBelow draws what stands under the editor: candidates while typing, else
// what is wrong, else what there is to say.
func (p *Pane) drawBelow(c draw.Canvas, area uv.Rectangle) {
	switch {
	case p.typing && len(p.offered.candidates) > 0:
		c.Line(area, p.offered.line(area.Dx())...)
	case p.err != nil:
		c.Lines(area, p.wrongLines(area.Dx()))
	default:
		c.Line(area, p.notice...)
	}
}

// wrongLines is what is wrong with the query, and what to type instead.
func (p *Pane) wrongLines(width int) []draw.Line {
	if p.err == nil {
		return nil
	}
	said, hint := p.errorText(p.err)
	line := draw.Line{draw.T(themes.Danger, said)}
	if hint != "" {
		line = append(line, draw.T(themes.Text, "  "), draw.T(themes.Accent, hint))
	}
	if safetext.Width(line.String()) <= width {
		return []draw.Line{line}
	}
	lines := draw.Wrap(themes.Danger, said, width)
	if hint != "" {
		lines = append(lines, draw.Wrap(themes.Accent, hint, width)...)
	}
	return lines
}

// drawAnswer draws the result with who gave it and what it covers.
func (p *Pane) drawAnswer(c draw.Canvas, l places, focused bool) {
	box := draw.Box{Title: draw.Line{draw.T(themes.Title, "answer")}, Focused: focused}
	if p.result != nil && p.running == nil {
		box.Title = p.answerTitle()
		if at := p.result.position(); at != "" {
			box.Right = draw.Line{draw.T(themes.Muted, at)}
		}
		box.Foot = p.answerFoot(l.answer.Dx() - 4)
	}
	inner := c.Box(l.answer, box)
	switch {
	case p.asks == nil:
		c.Lines(draw.Pad(inner, 1), draw.Wrap(themes.Muted, noEngine, inner.Dx()-2))
	case p.running != nil:
		c.Lines(draw.Pad(inner, 1), draw.Wrap(themes.Progress, "Running: "+draw.Count(p.running.Count())+" rows so far. Esc cancels; everything else works meanwhile.", inner.Dx()-2))
	case p.result == nil:
		c.Lines(draw.Pad(inner, 1), draw.Wrap(themes.Muted, "No query has been run yet.", inner.Dx()-2))
	case len(p.result.Rows) == 0:
		c.Lines(draw.Pad(inner, 1), draw.Wrap(themes.Warning, "No rows. That is not the same as: it did not happen. "+p.emptyCovers(), inner.Dx()-2))
	default:
		p.result.draw(c.Within(inner), inner, focused)
	}
}

func (p *Pane) answerTitle() draw.Line {
	n := len(p.result.Rows)
	text := draw.Count(int64(n)) + " rows"
	if n == 1 {
		text = "1 row"
	}
	line := draw.Line{draw.T(themes.Title, text)}
	if p.result.Cut {
		line = append(line, draw.T(themes.Warning, ", cut: there are more than are kept here"))
	}
	if p.answers != p.editor.string() {
		line = append(line, draw.T(themes.Warning, ", of the query before it was changed"))
	}
	return line
}

// answerFoot says who answered and what the answer covers, as much of it as
// there is room for.
func (p *Pane) answerFoot(width int) draw.Line {
	name := p.nameOf(p.from, width-2)
	who := name
	if n := p.result.Summary.Scanned; n > 0 {
		who += " " + p.env.Styles.Glyphs.Dot + " " + draw.Count(n) + " events looked at"
	}
	for _, parts := range [][]string{
		{who, p.answerCovers(), "times are UTC"}, {who, p.answerCovers()}, {name, p.answerCovers()}, {who}, {name},
	} {
		dot := " " + p.env.Styles.Glyphs.Dot + " "
		if text := strings.Join(parts, dot); safetext.Width(text)+2 <= width {
			return draw.Line{draw.T(themes.Muted, text)}
		}
	}
	return nil
}

// coverageText says what any answer covers.
func (p *Pane) coverageText() string {
	c := p.coverage
	if c.From.IsZero() {
		return "covers " + draw.Count(c.Events) + " events"
	}
	text := "covers " + c.From.UTC().Format("2006-01-02") + " to " + c.To.UTC().Format("2006-01-02")
	switch n := len(c.Gaps); n {
	case 0:
		return text + ", no gaps"
	case 1:
		return text + ", 1 gap"
	default:
		return text + ", " + draw.Count(int64(n)) + " gaps"
	}
}

// input asks for one line of text. Esc keeps it as a draft.
func (p *Pane) input(prompt dialog.Prompt, then func(text string) tea.Cmd) {
	p.env.Out.Put(pane.Open{Dialog: dialog.NewInput(prompt, p.env.Drafts), Then: func(o dialog.Outcome) tea.Cmd {
		if said, ok := o.(dialog.Submitted); ok {
			return then(strings.TrimSpace(said.Text))
		}
		return nil
	}})
}

// clean makes a text from outside fit for one line of this terminal.
func (p *Pane) clean(text string, most int) string { return formOf(p.env.Styles).CleanMax(text, most) }

// maxSaid bounds what is said in one line, in bytes.
const maxSaid = 600

func (p *Pane) say(role themes.Role, text string) {
	p.env.Out.Put(pane.Say{Role: role, Text: text})
}
