package events

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// The names of the pane's loads, as they are shown while they run.
const (
	loadSelection = "filter"
	loadWindow    = "events"
	loadStars     = "stars"
	loadStar      = "star"
	loadLine      = "line"
	loadStep      = "next of the same"
	loadCount     = "count"
)

func (p *Pane) loadSelection() tea.Cmd {
	evidence, expr, about, leaveOut := p.env.Evidence, p.expr, p.subject.Entity, p.env.Machines.LeftOut()
	return p.loader.Load(loadSelection, func(ctx context.Context) (any, error) {
		return sift(ctx, evidence, expr, about, leaveOut)
	})
}

func (p *Pane) selected(answer pane.LoadedMsg) tea.Cmd {
	sel, ok := answer.Value.(*sifted)
	if answer.Err != nil || !ok {
		if p.err = answer.Err; answer.Cancelled() {
			p.err = pane.ErrStopped
		}
		return nil
	}
	p.sel = sel
	p.count, p.exact = sel.Count()
	p.grid.Reset()
	return p.toWanted()
}

// window is the answer to a request of the grid.
type window struct {
	request        grid.Request[investigations.Position]
	events         []investigations.Event
	atStart, atEnd bool
	before         int
}

// pump reads the rows that the grid lacks and the line that the detail lacks.
func (p *Pane) pump() tea.Cmd {
	detail := p.pumpDetail()
	if p.sel == nil {
		return detail
	}
	request, ok := p.grid.Need()
	if !ok {
		return detail
	}
	sel := p.sel
	return tea.Batch(detail, p.loader.Load(loadWindow, func(ctx context.Context) (any, error) {
		w, err := read(ctx, sel, request)
		w.request = request
		return w, err
	}))
}

// read answers a request from a selection.
func read(ctx context.Context, sel pane.Selection, r grid.Request[investigations.Position]) (w window, err error) {
	switch r.Kind {
	case grid.First:
		w.events, err = sel.Window(ctx, nil, false, r.Limit)
		w.atStart, w.atEnd = true, len(w.events) < r.Limit
	case grid.Last:
		w.events, err = sel.Window(ctx, nil, true, r.Limit)
		w.atStart, w.atEnd = len(w.events) < r.Limit, true
	case grid.After:
		w.events, err = sel.Window(ctx, &r.Key, false, r.Limit)
		w.atEnd = len(w.events) < r.Limit
	case grid.Before:
		w.events, err = sel.Window(ctx, &r.Key, true, r.Limit)
		w.atStart = len(w.events) < r.Limit
	case grid.Around:
		return around(ctx, sel, r)
	}
	return w, err
}

// around reads rows on both sides of a position, which need not be selected.
func around(ctx context.Context, sel pane.Selection, r grid.Request[investigations.Position]) (w window, err error) {
	half := max(1, r.Limit/2)
	before, err := sel.Window(ctx, &r.Key, true, half)
	if err != nil {
		return w, err
	}
	// Windows leave out the position they are read from: the one just before it
	// differs in the last part of the order alone.
	from := r.Key
	from.ID--
	after, err := sel.Window(ctx, &from, false, half+1)
	if err != nil {
		return w, err
	}
	w.atStart, w.atEnd = len(before) < half, len(after) < half+1
	w.before = len(before)
	if len(after) == 0 {
		w.before = max(0, len(before)-1)
	}
	w.events = append(before, after...)
	return w, nil
}

func (p *Pane) delivered(answer pane.LoadedMsg) tea.Cmd {
	w, _ := answer.Value.(window)
	if answer.Err != nil {
		err := answer.Err
		if answer.Cancelled() {
			err = pane.ErrStopped
		}
		p.grid.Deliver(grid.Window[investigations.Position]{ID: w.request.ID, First: -1, Total: -1, Err: err})
		return nil
	}
	rows := make([]grid.Row[investigations.Position], len(w.events))
	for i := range w.events {
		p.events[w.events[i].ID] = &w.events[i]
		rows[i] = p.row(&w.events[i])
	}
	p.grid.Deliver(grid.Window[investigations.Position]{
		ID: w.request.ID, Rows: rows, AtStart: w.atStart, AtEnd: w.atEnd, At: w.before,
		First: -1, Total: p.count, Rough: !p.exact,
	})
	p.fitTimes()
	p.forget()
	return p.pump()
}

// forget drops the events of rows that the grid no longer holds.
func (p *Pane) forget() {
	held := p.grid.Held()
	if len(p.events) <= 2*len(held)+64 {
		return
	}
	kept := make(map[int64]*investigations.Event, len(held))
	for i := range held {
		if e := p.events[held[i].Key.ID]; e != nil {
			kept[e.ID] = e
		}
	}
	p.events = kept
}

func (p *Pane) loadStars() tea.Cmd {
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadStars, func(ctx context.Context) (any, error) { return evidence.Stars(ctx) })
}

func (p *Pane) takeStars(answer pane.LoadedMsg) {
	ids, _ := answer.Value.([]int64)
	p.stars = make(map[int64]bool, len(ids))
	for _, id := range ids {
		p.stars[id] = true
	}
	p.redraw()
}

// starChange is a star that was set or taken away.
type starChange struct {
	event int64
	on    bool
}

func (p *Pane) star() tea.Cmd {
	e := p.current()
	change := starChange{event: e.ID, on: !p.stars[e.ID]}
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadStar, func(ctx context.Context) (any, error) {
		return change, evidence.Star(ctx, change.event, change.on)
	})
}

func (p *Pane) starred(answer pane.LoadedMsg) {
	change, _ := answer.Value.(starChange)
	if answer.Err != nil {
		p.env.Out.Put(pane.Say{Role: themes.Danger, Text: "The star was not kept: " + safetext.Clean(answer.Err.Error())})
		return
	}
	p.stars[change.event] = change.on
	if e := p.events[change.event]; e != nil {
		p.grid.Update(p.row(e))
	}
}

// redraw makes the rows in the grid anew, for example after the clock changed.
func (p *Pane) redraw() {
	for _, r := range p.grid.Held() {
		if e := p.events[r.Key.ID]; e != nil {
			p.grid.Update(p.row(e))
		}
	}
	p.fitTimes()
}
