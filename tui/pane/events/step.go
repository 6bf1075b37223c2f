package events

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// step goes to the next or previous event of the highlighted cell's entity,
// within the filter. Where no cell was chosen it is the entity that stands out,
// which is the chosen one from then on.
func (p *Pane) step(back bool) tea.Cmd {
	e := p.current()
	entity, chosen := p.chosen(e)
	if !chosen {
		entity = p.stepEntity(e)
		p.cell = cellOf(entity)
	}
	term, ok := filter.Entity(entity.Entity)
	if !ok {
		p.env.Out.Put(pane.Say{Role: themes.Warning, Text: "This event names nothing to follow."})
		return nil
	}
	evidence, expr, from := p.env.Evidence, p.inForce().With(term), e.Position()
	return p.loader.Load(loadStep, func(ctx context.Context) (any, error) {
		return stepFrom(ctx, evidence, expr, from, stepTo{entity: entity, back: back})
	})
}

// stepTo is where a step leads.
type stepTo struct {
	entity investigations.Involvement
	found  []investigations.Event
	back   bool
	// at and of say which event it is of how many; of is 0 where they cannot be
	// counted exactly.
	at, of int64
}

func stepFrom(ctx context.Context, evidence pane.Evidence, expr filter.Expr, from investigations.Position, to stepTo) (stepTo, error) {
	sel, err := evidence.Select(ctx, expr)
	if err != nil {
		return to, err
	}
	if to.found, err = sel.Window(ctx, &from, to.back, 1); err != nil || len(to.found) == 0 {
		return to, err
	}
	of, exact := sel.Count()
	if !exact {
		return to, nil
	}
	earlier, exact, err := countBefore(ctx, evidence, expr, sel, to.found[0].Position())
	if err != nil || !exact {
		return to, err
	}
	to.at, to.of = earlier+1, of
	return to, nil
}

// sameMoment bounds the events of one millisecond that are read to tell which
// of them comes first.
const sameMoment = 1000

// countBefore counts the events of a selection before a position: those of
// earlier moments by their number, those of the same one by looking at them.
func countBefore(ctx context.Context, evidence pane.Evidence, expr filter.Expr, sel pane.Selection, at investigations.Position) (n int64, exact bool, err error) {
	moment := time.UnixMilli(at.Time).UTC()
	term := filter.Term{Key: filter.KeyBefore, Values: []filter.Value{{Time: moment}}}
	earlier, err := evidence.Select(ctx, expr.With(term))
	if err != nil {
		return 0, false, err
	}
	if n, exact = earlier.Count(); !exact {
		return 0, false, nil
	}
	same, err := sel.Window(ctx, &at, true, sameMoment)
	for i := range same {
		if same[i].Position().Time == at.Time {
			n++
		}
	}
	return n, len(same) < sameMoment || same[0].Position().Time != at.Time, err
}

func (p *Pane) stepped(answer pane.LoadedMsg) tea.Cmd {
	to, ok := answer.Value.(stepTo)
	if answer.Err != nil || !ok {
		if !answer.Cancelled() && answer.Err != nil {
			p.env.Out.Put(pane.Say{Role: themes.Danger, Text: "Not found: " + safetext.Clean(answer.Err.Error())})
		}
		return nil
	}
	name := to.entity.Entity.Kind.Title() + " " + name(to.entity)
	if len(to.found) == 0 {
		side := "later"
		if to.back {
			side = "earlier"
		}
		p.env.Out.Put(pane.Say{Role: themes.Warning, Text: "No " + side + " event of " + name + " in this filter."})
		return nil
	}
	text := "following " + name
	if to.of > 0 {
		text += fmt.Sprintf(", %s of %s", draw.Count(to.at), draw.Count(to.of))
	}
	p.env.Out.Put(pane.Say{Role: themes.Muted, Text: text})
	p.grid.Select(to.found[0].Position())
	return p.pump()
}

// stepEntity is the entity that n follows: the most telling one that the filter
// does not hold fast already.
func (p *Pane) stepEntity(e *investigations.Event) investigations.Involvement {
	for _, kind := range []investigations.Kind{
		investigations.KindSession, investigations.KindRequest, investigations.KindMFADevice, investigations.KindToken,
		investigations.KindAccessList, investigations.KindHost, investigations.KindAddress, investigations.KindUser,
	} {
		for _, v := range e.Involved {
			if v.Entity.Kind == kind && !p.pinned(v) {
				return v
			}
		}
	}
	return mainEntity(e)
}

func (p *Pane) pinned(v investigations.Involvement) bool {
	for i := range p.expr.Terms {
		t := &p.expr.Terms[i]
		if t.Key.Info().Class == filter.ClassEntity && !t.Negate && t.MatchEntity(v.Entity.Name, v.Label) {
			return true
		}
	}
	return false
}
