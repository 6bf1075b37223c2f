package events

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/filter"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// maxCandidates bounds the names that are offered.
const maxCandidates = 40

// filterBox is what is known while a filter is being typed.
type filterBox struct {
	text  string // what was counted last
	n     int64
	exact bool
	err   error
	done  bool
}

func (b *filterBox) counted(answer pane.LoadedMsg) {
	if answer.Cancelled() {
		return
	}
	b.done, b.err = true, answer.Err
	if sel, ok := answer.Value.(pane.Selection); ok && answer.Err == nil {
		b.n, b.exact = sel.Count()
	}
}

// line says what the text would give.
func (b *filterBox) line() draw.Line {
	switch {
	case !b.done:
		return nil
	case b.err != nil:
		return draw.Line{draw.T(themes.Warning, "not counted: "+safetext.Clean(b.err.Error()))}
	case b.exact:
		return draw.Line{draw.T(themes.Text, draw.Count(b.n)+" events")}
	default:
		return draw.Line{draw.T(themes.Text, "at most "+draw.Count(b.n)+" events")}
	}
}

func (p *Pane) openFilter() {
	now := p.env.Now()
	text := p.text
	if text != "" {
		text += " "
	}
	p.box = filterBox{}
	d := dialog.NewSuggest(dialog.Prompt{
		ID: "filter", Title: "filter events", Text: text, KeepEmpty: true,
		Hint: "user:NAME event:session.* after:2026-11-18T21:00 addr:203.0.113.* outcome:failed \"text\" -event:cert.create",
		Check: func(text string) error {
			_, err := filter.Parse(text, now)
			var wrong *filter.Error
			if errors.As(err, &wrong) && wrong.Hint != "" {
				return fmt.Errorf("%s; %s", wrong.Msg, wrong.Hint)
			}
			return err
		},
	}, p.env.Drafts, p.complete, p.box.line)
	p.env.Out.Put(pane.Open{Dialog: d, Then: func(o dialog.Outcome) tea.Cmd {
		switch o := o.(type) {
		case dialog.Edited:
			return p.countFilter(o.Text)
		case dialog.Submitted:
			return p.applyFilter(o.Text)
		}
		return nil
	}})
}

func (p *Pane) countFilter(text string) tea.Cmd {
	p.box.done, p.box.text = false, text
	expr, err := filter.Parse(text, p.env.Now())
	if err != nil {
		p.loader.Cancel(loadCount)
		return nil
	}
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadCount, func(ctx context.Context) (any, error) { return evidence.Select(ctx, expr) })
}

// applyFilter opens the page with another filter, as a new stop of the trail.
func (p *Pane) applyFilter(text string) tea.Cmd {
	text = strings.TrimSpace(text)
	if text == "" {
		text = All
	}
	p.env.Out.Put(pane.Go{Page: pane.PageEvents, Subject: pane.Subject{Entity: p.subject.Entity, Label: p.subject.Label, Filter: text}})
	return nil
}

// complete offers keys, the values that never change, and the names in the rows
// that were read.
func (p *Pane) complete(text string, cursor int) dialog.Completion {
	c := filter.Complete(text, cursor)
	out := dialog.Completion{From: c.From, To: c.To, Candidates: c.Candidates}
	if c.Key != "" {
		out.Candidates = append(out.Candidates, p.names(c.Key, c.Prefix)...)
	}
	return out
}

// names are the values for a key that occur in the rows in memory.
func (p *Pane) names(key filter.Key, prefix string) []string {
	info := key.Info()
	prefix = strings.ToLower(strings.TrimPrefix(prefix, `"`))
	found := map[string]bool{}
	add := func(s string) {
		if s != "" && strings.HasPrefix(strings.ToLower(s), prefix) {
			found[filter.QuoteValue(s)] = true
		}
	}
	for _, e := range p.events {
		switch key {
		case filter.KeyEvent:
			add(e.Type)
		case filter.KeyCode:
			add(e.Code)
		}
		for _, v := range e.Involved {
			for _, kind := range info.Kinds {
				if v.Entity.Kind == kind {
					add(v.Entity.Name)
					add(v.Label)
				}
			}
		}
	}
	out := make([]string, 0, len(found))
	for s := range found {
		out = append(out, s)
	}
	sort.Strings(out)
	return out[:min(len(out), maxCandidates)]
}
