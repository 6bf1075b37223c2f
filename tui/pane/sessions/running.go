package sessions

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// running are the sessions that run on the cluster, as it last said.
type running struct {
	all  []pane.Running // of everybody
	here []pane.Running // those of whom the list is about, the newest first
	// openers are the users of whom the log says that they opened a session in which
	// the cluster names nobody, by its id.
	openers map[string]string
	at      time.Time // when the cluster said so; zero before it did
	err     error     // why it did not the last time
}

// maxOpeners bounds the sessions whose user is looked for in the log at a time, the
// newest ones.
const maxOpeners = 50

// runningEvery is how often the cluster is asked while the list is in sight.
const runningEvery = 5 * time.Second

// loadRunning asks the cluster what runs.
func (p *Pane) loadRunning() tea.Cmd {
	live := p.env.Live
	if live == nil || p.loader.Loading(loadRunning) {
		return nil
	}
	p.askedRunning = p.env.Now()
	evidence, known := p.env.Evidence, p.list.running.openers
	return p.loader.LoadQuietly(loadRunning, func(ctx context.Context) (any, error) {
		all, err := live.Running(ctx)
		if err != nil {
			return nil, err
		}
		return running{all: all, openers: openersIn(ctx, evidence, all, known)}, nil
	})
}

// openersIn are the users of whom the log says that they opened the sessions in
// which the cluster names nobody. What is known is not looked for again. What cannot
// be read is left out: that a session runs must be shown all the same.
func openersIn(ctx context.Context, evidence pane.Evidence, all []pane.Running, known map[string]string) map[string]string {
	out := map[string]string{}
	looked := 0
	for _, r := range slices.Backward(all) {
		switch {
		case len(r.Participants) > 0:
			continue
		case known[r.ID] != "":
			out[r.ID] = known[r.ID]
			continue
		case looked == maxOpeners:
			continue
		}
		looked++
		if s, _, err := evidence.Session(ctx, r.ID); err == nil && s.User != "" {
			out[r.ID] = s.User
		}
	}
	return out
}

// Tick asks the cluster again while the list is in sight.
func (p *Pane) Tick() tea.Cmd {
	if p.replay != nil || p.hitsShown() || p.env.Now().Sub(p.askedRunning) < runningEvery {
		return nil
	}
	return p.loadRunning()
}

// Arrived reads the list again, where it is.
func (p *Pane) Arrived() tea.Cmd {
	if !p.list.loaded {
		return nil
	}
	return tea.Batch(p.reload(), p.loadRunning())
}

// reload reads the list again and keeps the selection.
func (p *Pane) reload() tea.Cmd {
	if id, ok := p.list.grid.Selected(); ok {
		p.list.keep = id
	}
	return p.loadSessions()
}

// tookRunning takes what runs. The selection stays where it is, unless nobody chose
// it yet: then it goes to what runs.
func (p *Pane) tookRunning(answer pane.LoadedMsg) {
	r := p.list.running
	if answer.Cancelled() {
		return
	}
	if r.err = answer.Err; r.err == nil {
		said, _ := answer.Value.(running)
		r.all, r.openers, r.at = said.all, said.openers, p.env.Now()
	}
	p.list.fill(p.env)
	if p.list.loaded && p.list.untouched {
		p.list.begin(p.env.Clock.T0())
		p.list.untouched = false
	}
}

// narrow leaves of what runs that which the list is about, the newest first. The
// cluster says who takes part; for all else the log says which sessions they are.
func (l *list) narrow(of investigations.Entity) {
	if l.running == nil {
		return
	}
	l.running.here = slices.DeleteFunc(slices.Clone(l.running.all), func(r pane.Running) bool {
		switch {
		case of.IsZero() || l.logged(r.ID) >= 0:
			return false
		case of.Kind == investigations.KindUser:
			return l.running.openers[r.ID] != of.Name && !slices.ContainsFunc(r.Participants, func(p pane.Participant) bool { return p.User == of.Name })
		}
		return true
	})
	slices.SortStableFunc(l.running.here, func(a, b pane.Running) int { return b.Start.Compare(a.Start) })
}

// logged is the index of a session in the list of the log, or -1.
func (l *list) logged(id string) int {
	return slices.IndexFunc(l.all, func(s investigations.Session) bool { return s.ID == id })
}

// runs returns a session that runs, if it does.
func (l *list) runs(id string) (pane.Running, bool) {
	if l.running == nil {
		return pane.Running{}, false
	}
	i := slices.IndexFunc(l.running.here, func(r pane.Running) bool { return r.ID == id })
	if i < 0 {
		return pane.Running{}, false
	}
	return l.running.here[i], true
}

// runningSession is a running session as the cluster says what it is; where it names
// nobody, the log says whose it is.
func (l *list) runningSession(r pane.Running) investigations.Session {
	s := investigations.Session{ID: r.ID, Kind: r.Kind, User: l.running.openers[r.ID], Login: r.Login, HostLabel: r.Where, Start: r.Start, Interactive: true, Recording: stateNone}
	for _, p := range r.Participants {
		s.Participants = append(s.Participants, p.User)
	}
	if len(r.Participants) > 0 {
		s.User = r.Participants[0].User
	}
	return s
}

// runningRow is the row of a session that runs.
func (l *list) runningRow(r pane.Running, env pane.Env) grid.Row[string] {
	s := l.runningSession(r)
	if i := l.logged(r.ID); i >= 0 {
		s.User, s.Address, s.Commands = cmp.Or(s.User, l.all[i].User), l.all[i].Address, l.all[i].Commands
	}
	row := sessionRow(s, env)
	who := safetext.Clean(s.User)
	if n := len(r.Participants) - 1; n > 0 {
		who += fmt.Sprintf(" +%d", n)
	}
	row.Cells[1] = grid.Cell{Text: spell(env.Now().Sub(r.Start)), Role: themes.Warning}
	row.Cells[2].Text = orDash(who, env.Styles.Glyphs.Dash)
	row.Cells[6] = grid.Cell{Text: "running", Role: themes.Warning}
	row.Mark, row.MarkRole = env.Styles.Glyphs.Warn, themes.Warning
	return row
}

// drawRunning says how much runs now, and when that was.
func (l *list) drawRunning(c draw.Canvas, area uv.Rectangle, env pane.Env) {
	r := l.running
	if r == nil || area.Empty() {
		return
	}
	c.Clear(area)
	var line draw.Line
	switch n, others := len(r.here), len(r.all)-len(r.here); {
	case r.at.IsZero() && r.err == nil:
		line = draw.Line{draw.T(themes.Muted, "asking the cluster what runs now")}
	case r.at.IsZero():
		line = draw.Line{draw.T(themes.Warning, env.Styles.Glyphs.Warn+" what runs now is not known: "+safetext.Clean(r.err.Error()))}
	default:
		role := themes.Muted
		if n > 0 {
			role = themes.Warning
		}
		line = draw.Line{draw.T(role, fmt.Sprintf("%d running now", n))}
		if others > 0 {
			line = append(line, draw.T(themes.Muted, fmt.Sprintf(" and %d of others", others)))
		}
		line = append(line, draw.T(themes.Muted, "  as of "+env.Clock.Short(r.at)))
		if r.err != nil {
			line = append(line, draw.T(themes.Warning, "  not answered since: "+safetext.Clean(r.err.Error())))
		}
	}
	c.Line(draw.Pad(area, 1), line...)
}

// runningLines say of a session that runs who takes part, why, and what can be
// done about it.
func (l *list) runningLines(r pane.Running, width int) []draw.Line {
	var who []string
	for _, p := range r.Participants {
		name := safetext.CleanMax(p.User, 80)
		if p.Mode != "" {
			name += " (" + safetext.CleanMax(p.Mode, 20) + ")"
		}
		who = append(who, name)
	}
	text := "In it: " + strings.Join(who, ", ") + "."
	if len(who) == 0 {
		text = "The cluster does not say who is in it."
		if user := l.running.openers[r.ID]; user != "" {
			text += " The log says that " + safetext.CleanMax(user, 80) + " opened it."
		}
	}
	if r.Reason != "" {
		text += ` Reason: "` + safetext.CleanMax(r.Reason, 200) + `".`
	}
	lines := draw.Wrap(themes.Text, text, width)
	if why := noJoin(r); why != "" {
		return append(lines, draw.Wrap(themes.Muted, why, width)...)
	}
	return append(lines, draw.Wrap(themes.Muted, "o observes, O joins and types, t ends it as moderator, L locks its user.", width)...)
}

// LockTargets names whom L locks of a session that runs and is not in the log:
// whoever opened it. Of one in the log the app looks up its user and its access
// requests.
func (p *Pane) LockTargets() ([]contain.Target, error) {
	if p.replay != nil || p.hitsShown() {
		return nil, nil
	}
	id, ok := p.list.grid.Selected()
	if !ok || p.list.logged(id) >= 0 {
		return nil, nil
	}
	r, ok := p.list.runs(id)
	if !ok || p.list.running.openers[id] != "" {
		return nil, nil
	}
	return contain.TargetsOfSession(p.list.runningSession(r), nil)
}
