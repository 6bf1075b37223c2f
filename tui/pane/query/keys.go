package query

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// maxOffered bounds the candidates that are kept.
const maxOffered = 60

// offer is what can stand at the cursor. Tab puts the first candidate there, and
// pressed again the next one in its place.
type offer struct {
	candidates []string
	from       int // in runes: where the candidate goes
	at         int // the candidate that was put in, or -1
}

// line lists the candidates; the one that Tab takes next is marked.
func (o *offer) line(width int) draw.Line {
	line := draw.Line{draw.T(themes.Key, "tab"), draw.T(themes.Muted, " ")}
	next := (o.at + 1) % len(o.candidates)
	used := 4
	for i := range o.candidates {
		text := safetext.CleanMax(o.candidates[(next+i)%len(o.candidates)], 60)
		if used += safetext.Width(text) + 2; used > width {
			break
		}
		role := themes.Muted
		if i == 0 {
			role = themes.Match
		}
		line = append(line, draw.T(role, text), draw.T(themes.Text, "  "))
	}
	return line
}

// Typing reports whether the editor has the keys.
func (p *Pane) Typing() bool { return p.typing }

// Type takes what is typed while the editor has the keys.
func (p *Pane) Type(msg tea.Msg) tea.Cmd {
	defer p.settle()
	switch msg := msg.(type) {
	case tea.PasteMsg:
		p.editor.insert(msg.Content)
		p.edited()
	case tea.KeyPressMsg:
		return p.typed(msg)
	case tea.MouseWheelMsg:
		if msg.Button == tea.MouseWheelUp {
			p.editor.vertical(-1)
		} else {
			p.editor.vertical(1)
		}
	case tea.MouseClickMsg:
		p.typing = false
	}
	return nil
}

func (p *Pane) typed(msg tea.KeyPressMsg) tea.Cmd {
	key := msg.String()
	switch key {
	case "esc", "ctrl+c":
		p.typing, p.offered = false, offer{}
		return nil
	case "tab":
		p.complete(1)
		return nil
	case "shift+tab":
		p.complete(-1)
		return nil
	case "ctrl+r", "f5", "ctrl+enter", "alt+enter":
		return p.tryRun()
	case "ctrl+p":
		p.recall(-1)
		return nil
	case "ctrl+n":
		p.recall(1)
		return nil
	case "ctrl+s":
		return p.do(action.QuerySave)
	case "ctrl+g":
		return p.do(action.QueryEngine)
	case "ctrl+o":
		return p.do(action.QueryNamed)
	case "enter":
		// As in other SQL shells, a semicolon at the end sends the query off.
		if rest := strings.TrimRight(p.editor.string(), " \n"); strings.HasSuffix(rest, ";") && p.editor.at >= len([]rune(rest)) {
			return p.tryRun()
		}
	}
	before := p.editor.string()
	if !p.editor.key(msg, max(1, p.size.Y/2)) {
		return nil
	}
	if p.editor.string() != before {
		p.edited()
	} else {
		p.offered = offer{}
	}
	return nil
}

// do runs an action of the page from inside the editor, or says why not.
func (p *Pane) do(id action.ID) tea.Cmd {
	if reason := p.Disabled(id); reason != "" {
		p.say(themes.Warning, reason)
		return nil
	}
	return p.Handle(id)
}

func (p *Pane) tryRun() tea.Cmd { return p.do(action.QueryRun) }

// edited looks what can stand at the cursor of a text that changed.
func (p *Pane) edited() {
	p.err, p.wrong, p.history.going = nil, spot{}, false
	p.offered = p.look()
	if at := p.editor.at; p.offered.from == at && (at == 0 || p.editor.text[at-1] != '.') {
		p.offered = offer{} // nothing of a word is typed yet: tab shows what there is
	}
}

// look finds what can stand at the cursor.
func (p *Pane) look() offer {
	text := p.editor.string()
	c := queries.Complete(text, len(string(p.editor.text[:p.editor.at])), p.views, queries.Functions)
	return offer{at: -1, from: len([]rune(text[:c.From])), candidates: c.Candidates[:min(len(c.Candidates), maxOffered)]}
}

// complete puts the next candidate at the cursor. Where nothing is offered yet
// it offers what could stand there.
func (p *Pane) complete(step int) {
	o := &p.offered
	if len(o.candidates) == 0 {
		*o = p.look()
		return
	}
	if o.at < 0 && step < 0 {
		o.at = 0
	}
	o.at = (o.at + step + len(o.candidates)) % len(o.candidates)
	p.editor.replace(o.from, p.editor.at, o.candidates[o.at])
	p.err, p.wrong = nil, spot{}
}

// recall puts a query of the history into the editor.
func (p *Pane) recall(by int) {
	if sql, ok := p.history.step(p.editor.string(), by); ok {
		p.editor.set(sql)
		p.err, p.wrong, p.offered = nil, spot{}, offer{}
	}
}

// Disabled says why an action cannot run here, or is empty.
func (p *Pane) Disabled(id action.ID) string {
	rows := p.result != nil && len(p.result.Rows) > 0
	switch id {
	case action.QueryNamed, action.QueryHistory, action.QueryRun, action.QueryReport:
		if p.asks == nil {
			return noEngine
		}
	}
	switch id {
	case action.MoveUp, action.MoveDown, action.MoveTop, action.MoveBottom, action.PageUp, action.PageDown, action.Close, action.QueryEdit,
		action.NextPane, action.PrevPane, action.QueryNamed:
		return ""
	case action.QueryEngine:
		return unless(p.env.ClusterEngine != nil, noCluster)
	case action.QueryReport:
		return unless(!p.isCluster(p.asks), reportCase)
	case action.QueryRun:
		return unless(strings.TrimSpace(p.editor.string()) != "", "There is no query to run: i writes one, o opens a named one.")
	case action.QueryHistory:
		return unless(len(p.history.all) > 0, "No query has been run in this case yet.")
	case action.QuerySave:
		return unless(strings.TrimSpace(p.editor.string()) != "", "There is no query to save.")
	case action.QueryForget:
		return unless(p.named.Group == queries.GroupSaved, "The query shown is not one that was saved in this case.")
	case action.QueryCopy:
		return unless(strings.TrimSpace(p.editor.string()) != "", "There is no query to copy.")
	case action.Open:
		return unless(p.report != nil || rows || p.result == nil, "The answer has no rows.")
	}
	if p.report != nil {
		return p.report.disabled(id)
	}
	switch id {
	case action.MoveLeft, action.MoveRight, action.Find, action.NextMatch, action.PrevMatch, action.QueryCopyRow, action.QueryExport:
		return unless(rows, "There are no rows.")
	case action.QueryEvent:
		return unless(rows && p.Selected().Filter != "", "This row has no uid: select the column uid too, and it leads to its event.")
	}
	return "This does nothing on this page."
}

func unless(ok bool, reason string) string {
	if ok {
		return ""
	}
	return reason
}

// Handle runs an action.
func (p *Pane) Handle(id action.ID) tea.Cmd {
	defer p.settle()
	switch id {
	case action.QueryEdit, action.NextPane, action.PrevPane:
		// A report that is still being made must not take the place of the editor.
		p.loader.Cancel(loadReport)
		p.typing, p.report = true, nil
		return nil
	case action.QueryRun:
		p.report = nil
		return p.run()
	case action.QueryEngine:
		return p.swapEngine()
	case action.QueryNamed:
		p.openNamed()
		return nil
	case action.QueryHistory:
		p.openHistory()
		return nil
	case action.QuerySave:
		p.save()
		return nil
	case action.QueryForget:
		return p.forget()
	case action.QueryReport:
		return p.runReport(userOf(p.subject))
	case action.QueryCopy:
		p.env.Out.Put(pane.Copy{Text: plainText(p.editor.string())})
		return nil
	}
	if p.report != nil {
		return p.handleReport(id)
	}
	return p.handleAnswer(id)
}

// handleAnswer runs an action on the rows.
func (p *Pane) handleAnswer(id action.ID) tea.Cmd {
	if p.result == nil {
		if id == action.Open {
			p.typing = true
		}
		return nil
	}
	t := p.result
	switch id {
	case action.MoveUp:
		t.move(-1, 0)
	case action.MoveDown:
		t.move(1, 0)
	case action.MoveLeft:
		t.move(0, -1)
	case action.MoveRight:
		t.move(0, 1)
	case action.MoveTop:
		t.move(-end, 0)
	case action.MoveBottom:
		t.move(end, 0)
	case action.PageUp:
		t.move(-max(1, t.height-1), 0)
	case action.PageDown:
		t.move(max(1, t.height-1), 0)
	case action.Find:
		p.askFind()
	case action.NextMatch:
		return p.toNext(1)
	case action.PrevMatch:
		return p.toNext(-1)
	case action.Close:
		p.find = ""
	case action.Open:
		return p.showCell()
	case action.QueryCopyRow:
		p.copyRow()
	case action.QueryExport:
		p.askExport()
	case action.QueryEvent:
		p.env.Out.Put(pane.Go{Page: pane.PageEvents, Subject: pane.Subject{Filter: p.Selected().Filter}})
	}
	return nil
}

// askFind asks for a text and goes to the next cell that holds it.
func (p *Pane) askFind() {
	p.input(dialog.Prompt{ID: "query.find", Title: "find in the rows", Text: p.find, KeepEmpty: true, Hint: "n and N go on; nothing typed: n goes to the same value again"},
		func(text string) tea.Cmd {
			p.find = text
			if text == "" || p.result == nil {
				return nil
			}
			return p.toNext(1)
		})
}

// toNext goes to the next cell with the text that is looked for, or else to the
// next row with the same value in the column.
func (p *Pane) toNext(step int) tea.Cmd {
	if p.find != "" {
		t, text, row, col := p.result, p.find, p.result.row, p.result.col
		return p.loader.LoadQuietly(loadFind, func(ctx context.Context) (any, error) {
			row, col := t.find(ctx, text, row, col, step)
			return hit{t, row, col}, ctx.Err()
		})
	}
	n := p.result.next(step)
	if n < 0 {
		p.say(themes.Muted, "No other row that way has the same value in this column.")
		return nil
	}
	p.result.move(n-p.result.row, 0)
	return nil
}

// hit is a cell of an answer that holds what was looked for.
type hit struct {
	in       *table
	row, col int
}

// found goes to the cell that was found, unless another answer came meanwhile.
func (p *Pane) found(answer pane.LoadedMsg) {
	h, ok := answer.Value.(hit)
	switch {
	case !ok || answer.Err != nil || h.in != p.result:
	case h.row < 0:
		p.say(themes.Muted, "No other cell that way holds "+p.clean(p.find, 60)+".")
	default:
		p.result.move(h.row-p.result.row, h.col-p.result.col)
	}
}

// Click gives the keys to the editor, or selects a cell.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	defer p.settle()
	if p.report != nil {
		p.report.click(at, area)
		return nil
	}
	l := p.arrange(area)
	switch {
	case at.In(l.box):
		p.typing = true
		p.editor.goTo(p.editor.top+at.Y-l.text.Min.Y, at.X-l.text.Min.X-gutterWidth)
	case at.In(l.rows) && p.result != nil:
		if row, col := p.result.at(at, l.rows); row >= 0 {
			p.result.move(row-p.result.row, col-p.result.col)
		}
	}
	return nil
}

// Wheel moves the selection.
func (p *Pane) Wheel(rows int) tea.Cmd {
	switch {
	case p.report != nil:
		p.report.move(rows)
	case p.result != nil:
		p.result.move(rows, 0)
	}
	return nil
}
