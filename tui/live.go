package tui

import (
	"context"
	"fmt"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// LiveMsg says how the following of a live cluster stands. Whoever follows sends
// one when something changed, a few a second at most; the evidence holds what
// came already. Nothing on the screen moves by it: the pages show what arrived
// when the responder asks for it, and only the first events of an empty case by
// themselves.
type LiveMsg struct {
	Added  int64     // events added to the case since the console was opened
	Newest time.Time // of them, zero while there is none
	// Answered is when the cluster last answered with all that was new; zero while
	// its log is read for the first time.
	Answered time.Time
	// Lost says why the cluster does not answer just now, in one sentence, and
	// Next when it is asked again. Empty while it does.
	Lost string
	Next time.Time
	// Ended says why nothing follows any more; empty while something does.
	Ended string
	// Until is when the certificate of the connection ends; zero where that is not
	// known.
	Until time.Time
	// Alarms are sentences about locks that do not hold.
	Alarms []string
	// Locks counts how often the cluster's locks changed; the first reading is
	// one of them.
	Locks int
}

// liveState is what the console knows of the cluster it follows.
type liveState struct {
	on    bool
	last  LiveMsg
	shown int64 // how many of the added events the pages show
	// checked is how many were there when it was last looked what proves a step.
	checked int64
	alarm   string // the alarm told last
}

// tookLive takes a message of the follower. Only what rests on the locks is read
// again by itself, when they change and when the connection is back: who is locked
// must not be old, and no selection moves by it.
func (a *App) tookLive(msg LiveMsg) tea.Cmd {
	was := a.live.last
	a.live.last = msg
	a.tellPages()
	switch {
	case len(msg.Alarms) > 0 && msg.Alarms[0] != a.live.alarm:
		a.live.alarm = msg.Alarms[0]
		a.say(themes.Danger, a.styles.Glyphs.Warn+" "+safetext.Clean(msg.Alarms[0]))
	case msg.Ended != "" && was.Ended == "":
		a.say(themes.Danger, "No longer following: "+safetext.Clean(msg.Ended))
	case msg.Lost != "" && was.Lost == "":
		a.say(themes.Warning, safetext.Clean(msg.Lost)+"; it is tried again.")
	case msg.Lost == "" && was.Lost != "":
		a.say(themes.OK, "Connected again.")
		a.status.until = a.env.Now().Add(connectedFor)
	}
	if !a.ready {
		return nil
	}
	cmds := []tea.Cmd{a.showFirst(), a.checkSteps()}
	lost := msg.Lost != ""
	if lost != (was.Lost != "") {
		a.arrange()
	}
	if msg.Locks != was.Locks || !lost && was.Lost != "" {
		cmds = append(cmds, a.refresh())
	}
	return tea.Batch(cmds...)
}

// tellPages tells the pages how the following stands.
func (a *App) tellPages() {
	if last := &a.live.last; a.live.on {
		*a.env.Following = pane.Following{Added: last.Added, Waiting: a.waiting(), Answered: last.Answered, Lost: last.Lost, Ended: last.Ended != ""}
	}
}

// connectedFor is how long it stands there that the connection is back.
const connectedFor = 30 * time.Second

// showFirst shows the first events of a case that was empty: no cursor stands on
// anything that could move. Later ones wait until they are asked for.
func (a *App) showFirst() tea.Cmd {
	if a.coverage.Events > 0 || a.live.shown > 0 || a.live.last.Added == 0 {
		return nil
	}
	return a.showArrived()
}

// tickPage tells the open page that time went on, unless a terminal covers it.
func (a *App) tickPage() tea.Cmd {
	if t, ok := a.pane().(pane.Ticker); ok && a.children.front == nil {
		return t.Tick()
	}
	return nil
}

// waiting is how many events arrived that the pages do not show yet.
func (a *App) waiting() int64 { return a.live.last.Added - a.live.shown }

const loadArrived = "what arrived"

// showArrived reads the pages again, each where it is, and asks the cluster how far
// the open steps are.
func (a *App) showArrived() tea.Cmd {
	a.live.shown = a.live.last.Added
	a.tellPages()
	evidence := a.env.Evidence
	read := a.loader.Load(loadArrived, func(ctx context.Context) (any, error) {
		return evidence.Coverage(ctx)
	})
	return tea.Batch(read, a.askCluster())
}

// arrived shows the pages again with what is in the case now.
func (a *App) arrived(answer pane.LoadedMsg) tea.Cmd {
	if answer.Err != nil {
		a.say(themes.Danger, "What arrived cannot be read: "+safetext.Clean(answer.Err.Error()))
		return nil
	}
	if coverage, ok := answer.Value.(investigations.Coverage); ok {
		a.takeCoverage(coverage)
	}
	a.notePlace()
	clear(a.shown)
	cmds := []tea.Cmd{a.showPage(), a.refresh()}
	for _, p := range a.pages {
		if r, ok := p.pane.(pane.Arriver); ok {
			cmds = append(cmds, r.Arrived())
		}
	}
	return tea.Batch(cmds...)
}

// takeCoverage keeps what the case holds, for the header and the clock.
func (a *App) takeCoverage(c investigations.Coverage) {
	a.coverage = c
	a.clock.from, a.clock.to = c.From, c.To
}

// liveLine says how fresh the screen is, in a few words.
func (a *App) liveLine() draw.Line {
	if !a.live.on {
		return nil
	}
	l := &a.live.last
	now := a.env.Now()
	var line draw.Line
	switch {
	case l.Ended != "":
		line = draw.Line{draw.T(themes.Danger, "not following any more")}
	case l.Lost != "" && l.Next.After(now):
		line = draw.Line{draw.T(themes.Danger, fmt.Sprintf("no connection, again in %s", seconds(l.Next.Sub(now))))}
	case l.Lost != "":
		line = draw.Line{draw.T(themes.Danger, "no connection")}
	case l.Newest.IsZero():
		line = draw.Line{draw.T(themes.Muted, "no event yet")}
	default:
		line = draw.Line{draw.T(themes.Muted, fmt.Sprintf("last event %s ago", seconds(max(0, now.Sub(l.Newest)))))}
	}
	if n := a.waiting(); n > 0 {
		line = append(line, draw.T(themes.Accent, fmt.Sprintf("  +%d new (R)", n)))
	}
	return append(line, certificateLine(l.Until, now)...)
}

// endsSoon is how long before its end the certificate is spoken of.
const endsSoon = 15 * time.Minute

// certificateLine warns of the end of the connection's certificate.
func certificateLine(until, now time.Time) draw.Line {
	switch left := until.Sub(now); {
	case until.IsZero() || left > endsSoon:
		return nil
	case left <= 0:
		return draw.Line{draw.T(themes.Danger, "  certificate ended: log in again")}
	default:
		return draw.Line{draw.T(themes.Warning, "  certificate ends in "+seconds(left))}
	}
}

// seconds is a length of time in its largest unit.
func seconds(d time.Duration) string {
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%d h", int(d.Hours()))
	}
	return fmt.Sprintf("%d days", int(d.Hours()/24))
}
