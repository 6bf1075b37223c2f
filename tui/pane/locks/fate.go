package locks

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// fate is what the evidence shows of the selected lock: what it hits, and what
// followed it.
type fate struct {
	name  string // of the lock
	im    contain.Impact
	held  contain.Holding
	ready bool
	err   error
	read  time.Time     // when it was asked for
	took  time.Duration // until it was there
}

// followEvery is how often, in LIVE, it is looked again whether the selected lock
// holds, and followShare how much longer than it takes: a busy user has many
// events to read.
const (
	followEvery = 5 * time.Second
	followShare = 10
)

// showFate reads the fate of the selected lock, unless it is known.
func (p *Pane) showFate() tea.Cmd {
	l, ok := p.selected()
	if !ok || p.fate.ready && p.fate.name == l.Name {
		return nil
	}
	return p.readFate()
}

// readFate reads the fate of the selected lock. What is known of it already stays
// in sight meanwhile.
func (p *Pane) readFate() tea.Cmd {
	l, ok := p.selected()
	if !ok || len(l.Targets) == 0 {
		return nil
	}
	if p.fate.name != l.Name {
		p.fate = fate{name: l.Name}
	}
	evidence, guard, now := p.env.Evidence, p.env.Desk.Guard, p.env.Now()
	p.fate.read = now
	return p.loader.LoadQuietly(loadFate, func(ctx context.Context) (any, error) {
		f := fate{name: l.Name, read: now}
		var err error
		if f.im, err = contain.Assess(ctx, evidence, l.Targets, guard); err != nil {
			return f, err
		}
		f.held, err = contain.Held(ctx, evidence, l)
		f.ready = err == nil
		return f, err
	})
}

// Tick looks again, in LIVE, whether the selected lock holds.
func (p *Pane) Tick() tea.Cmd {
	if p.env.Live == nil || p.loader.Loading(loadFate) || p.env.Now().Sub(p.fate.read) < max(followEvery, followShare*p.fate.took) {
		return nil
	}
	return p.readFate()
}

// toShow are how many events of one sort stand below the board, and in the
// dialog, which has room.
const (
	fewSeen = 2
	allSeen = 50
)

// verdict says whether the lock held, and what shows it, with at most some events
// of each sort.
func (p *Pane) verdict(l contain.Lock, most int) []draw.Line {
	f, g := &p.fate, p.env.Styles.Glyphs
	if f.name != l.Name || !f.ready || l.Dry || l.Created.IsZero() {
		return nil // a plan holds nobody; the rest is said by hits
	}
	h := &f.held
	role, glyph := themes.Muted, g.Question
	switch h.Verdict {
	case contain.Broken:
		role, glyph = themes.Danger, g.Warn
	case contain.Holds:
		role, glyph = themes.OK, g.Locked
	}
	lines := []draw.Line{{draw.T(role, glyph+" "+safetext.Clean(h.Words()))}}
	for _, s := range h.Breaches[:min(most, len(h.Breaches))] {
		lines = append(lines, p.breach(s))
	}
	lines = append(lines, more(len(h.Breaches)-most, "certificate, session or act", "certificates, sessions and acts")...)
	for _, s := range h.Ended[:min(most, len(h.Ended))] {
		lines = append(lines, draw.Line{
			draw.T(themes.Muted, "  ended: "), draw.T(themes.Text, "session "+safetext.CleanMax(s.Session, 80)),
			draw.T(themes.Muted, "  "+p.env.Clock.Time(s.Time)+", "+after(s.Time.Sub(h.Since))),
		})
	}
	lines = append(lines, more(len(h.Ended)-most, "ended session", "ended sessions")...)
	if h.Refused > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Muted, "  refused: "), draw.T(themes.Text, count(h.Refused, "time")+", last "+p.env.Clock.Time(h.Last))})
	}
	if h.Lingering > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Muted, "  lingered: "+count(h.Lingering, "act")+" no longer after it than a session that is cut goes on")})
	}
	if h.Activity > 0 {
		lines = append(lines, draw.Line{draw.T(themes.Muted, "  later: "+count(h.Activity, "other event")+" of it")})
	}
	return lines
}

// breach is one certificate or session that somebody got all the same, or what
// was done in one.
func (p *Pane) breach(s contain.Seen) draw.Line {
	what := "  went on: "
	if s.Got() {
		what = "  got: "
	}
	line := draw.Line{
		draw.T(themes.Danger, what), draw.T(themes.Text, safetext.CleanMax(s.Type, 80)+"  "+safetext.CleanMax(s.Whose.Name, 120)),
		draw.T(themes.Muted, "  "+p.env.Clock.Time(s.Time)+", event "+safetext.CleanMax(s.Event, 80)),
	}
	if s.Carried {
		line = append(line, draw.T(themes.Warning, "  signed for it by the locked one"))
	}
	if s.Settling {
		line = append(line, draw.T(themes.Muted, "  while the lock was on its way"))
	}
	return line
}

func more(n int, one, many string) []draw.Line {
	switch {
	case n <= 0:
		return nil
	case n == 1:
		return []draw.Line{{draw.T(themes.Muted, "  and one more "+one)}}
	}
	return []draw.Line{{draw.T(themes.Muted, fmt.Sprintf("  and %d more %s", n, many))}}
}

// after writes how long after the lock something was.
func after(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%.1f s after the lock", d.Seconds())
	}
	return countdown(d) + " after the lock"
}

// proof is the event that says most about whether the selected lock held.
func (p *Pane) proof() (contain.Seen, bool) {
	l, ok := p.selected()
	if !ok || p.fate.name != l.Name || !p.fate.ready {
		return contain.Seen{}, false
	}
	for _, seen := range [][]contain.Seen{p.fate.held.Breaches, p.fate.held.Ended} {
		if len(seen) > 0 {
			return seen[0], true
		}
	}
	return contain.Seen{}, false
}

// showProof opens the events at the one that says most.
func (p *Pane) showProof() tea.Cmd {
	seen, ok := p.proof()
	if !ok {
		return nil
	}
	p.env.Out.Put(pane.Go{Page: pane.PageEvents, Subject: pane.Subject{
		Entity: seen.Whose, At: seen.Time, Event: &investigations.Event{ID: seen.ID, UID: seen.Event, Type: seen.Type, Time: seen.Time},
	}})
	return nil
}
