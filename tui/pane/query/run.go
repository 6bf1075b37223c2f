package query

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// The names of the page's loads.
const (
	loadQuery   = "the query"
	loadReport  = "the report"
	loadSchema  = "views"
	loadKept    = "saved queries"
	loadHistory = "history"
	loadSaving  = "the saved query"
	loadExport  = "the export"
	loadFind    = "the text"
)

const noEngine = "Audit SQL is not available here."

// cancelled is what is said where a query came to no answer.
var cancelled = draw.Line{draw.T(themes.Warning, "Cancelled: the query was not answered.")}

// historyKey is the name under which the queries that were run are kept in the
// case, as a JSON list, the newest last.
const historyKey = "query.history"

// maxHistory is how many queries are remembered.
const maxHistory = 100

// history is the queries that were run, the newest last. at is where in it the
// responder is while going back; draft is the text they left for that.
type history struct {
	all   []string
	at    int
	going bool
	draft string
}

// add remembers a query as the newest.
func (h *history) add(sql string) {
	h.all = slices.DeleteFunc(h.all, func(s string) bool { return s == sql })
	h.all = append(h.all, sql)
	h.all = h.all[max(0, len(h.all)-maxHistory):]
	h.going = false
}

// step gives the query before or after the one that is shown; the text that
// was being typed comes after the newest.
func (h *history) step(now string, by int) (string, bool) {
	if !h.going {
		if by > 0 || len(h.all) == 0 {
			return "", false
		}
		h.going, h.draft, h.at = true, now, len(h.all)
	}
	to := h.at + by
	switch {
	case to < 0:
		return "", false
	case to >= len(h.all):
		h.going = false
		return h.draft, true
	}
	h.at = to
	return h.all[to], true
}

func (p *Pane) loadSchema() tea.Cmd {
	engine := p.asks
	if engine == nil || p.views != nil {
		return nil
	}
	return p.loader.LoadQuietly(loadSchema, func(ctx context.Context) (any, error) { return engine.Views(ctx) })
}

// kept is what the case keeps for the page.
type kept struct {
	history  []string
	saved    []queries.Named
	coverage investigations.Coverage
}

func (p *Pane) loadKept() tea.Cmd {
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadKept, func(ctx context.Context) (any, error) {
		var k kept
		coverage, err := evidence.Coverage(ctx)
		if err != nil {
			return k, err
		}
		k.coverage = coverage
		entries, err := evidence.Journal(ctx)
		if err != nil {
			return k, err
		}
		k.saved = queries.SavedIn(entries)
		text, err := evidence.State(ctx, historyKey)
		if text != "" && json.Unmarshal([]byte(text), &k.history) != nil {
			k.history = nil // what cannot be read is as good as no history
		}
		return k, err
	})
}

// run asks the engine what stands in the editor.
func (p *Pane) run() tea.Cmd {
	sql, engine := p.editor.string(), p.asks
	c := queries.NewCollector(queries.Bounds{Rows: maxRows, Bytes: maxBytes})
	p.running, p.asked = c, sql
	p.err, p.wrong, p.notice, p.offered = nil, spot{}, nil, offer{}
	p.typing = false
	p.history.add(sql)
	p.settle()
	form := formOf(p.env.Styles)
	return tea.Batch(p.keepHistory(), p.loader.Load(loadQuery, func(ctx context.Context) (any, error) {
		answer, err := c.Run(ctx, engine, sql)
		if err != nil {
			return nil, err
		}
		return newTable(answer, form), nil
	}))
}

// keepHistory writes the history into the case.
func (p *Pane) keepHistory() tea.Cmd {
	text, err := json.Marshal(p.history.all)
	if err != nil {
		return nil
	}
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadHistory, func(context.Context) (any, error) {
		// Leaving the console must not cancel it.
		return nil, evidence.SetState(context.Background(), historyKey, string(text))
	})
}

// Receive takes the answers to the page's own loads.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	switch name {
	case loadQuery:
		p.answered(answer)
	case loadReport:
		p.reported(answer)
	case loadSchema:
		p.tookSchema(answer)
	case loadKept:
		p.takeKept(answer)
	case loadHistory:
		if answer.Err != nil {
			p.say(themes.Warning, "The history of queries was not kept: "+p.clean(answer.Err.Error(), maxSaid))
		}
	case loadSaving:
		p.savedNow(answer)
	case loadFind:
		p.found(answer)
	case loadExport:
		p.exported(answer)
	}
	p.settle()
	return nil, true
}

func (p *Pane) takeKept(answer pane.LoadedMsg) {
	k, ok := answer.Value.(kept)
	if !ok || answer.Err != nil {
		if answer.Err != nil && !answer.Cancelled() {
			p.say(themes.Warning, "The saved queries were not read: "+p.clean(answer.Err.Error(), maxSaid))
		}
		return
	}
	p.saved, p.coverage = k.saved, k.coverage
	if len(p.history.all) == 0 {
		p.history.all = k.history[max(0, len(k.history)-maxHistory):]
	}
}

// answered shows what came of a query. What was shown before stays when there
// is no answer.
func (p *Pane) answered(answer pane.LoadedMsg) {
	p.running = nil
	t, ok := answer.Value.(*table)
	switch {
	case answer.Cancelled():
		p.notice = cancelled
		return
	case answer.Err != nil || !ok:
		p.err = answer.Err
		if p.editor.string() == p.asked {
			p.wrong = spotOf(p.asked, answer.Err)
		}
		if line, col, ok := placeOf(answer.Err); ok && p.wrong.to > 0 {
			p.editor.goTo(line-1, col-1)
		}
		return
	}
	p.result, p.answers, p.from = t, p.asked, p.asks
	if w := t.Summary.Warnings; len(w) > 0 {
		p.notice = draw.Line{draw.T(themes.Warning, p.env.Styles.Glyphs.Warn+" "+p.clean(strings.Join(w, " "), 600))}
	}
}

// placeOf is where in the text an error points, counted from 1.
func placeOf(err error) (line, col int, ok bool) {
	var bad *queries.Error
	if !errors.As(err, &bad) || bad.Line < 1 || bad.Col < 1 {
		return 0, 0, false
	}
	return bad.Line, bad.Col, true
}

// spotOf is the piece of the text that an error points at, in bytes.
func spotOf(sql string, err error) spot {
	var bad *queries.Error
	if !errors.As(err, &bad) || bad.Line < 1 {
		return spot{}
	}
	from := 0
	for range bad.Line - 1 {
		i := strings.IndexByte(sql[from:], '\n')
		if i < 0 {
			return spot{}
		}
		from += i + 1
	}
	before, at, _ := bad.Excerpt(sql)
	from += len(before)
	return spot{from, from + max(1, len(at))}
}

// errorText says what is wrong, where, and what to type instead; hint is empty
// where there is nothing to type.
func (p *Pane) errorText(err error) (said, hint string) {
	var bad *queries.Error
	if !errors.As(err, &bad) {
		return "Not answered: " + p.clean(err.Error(), 600), ""
	}
	said = p.clean(bad.Text, 400)
	if bad.Line > 0 {
		said = fmt.Sprintf("%d:%d %s", bad.Line, bad.Col, said)
	}
	return said, p.clean(bad.Hint, 300)
}
