package sessions

import (
	"context"
	"fmt"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// fetching is a recording on its way from the cluster.
type fetching struct {
	session string
	bytes   *atomic.Int64 // so far
	plays   bool          // the responder waits for it on this page
}

// noFetch says why the recording of the selected session cannot be fetched.
func (p *Pane) noFetch() string {
	s, ok := p.list.selected()
	_, runs := p.list.runs(s.ID)
	switch {
	case !ok:
		return "no session is selected"
	case p.env.Live == nil:
		return "this is no live cluster: add the recording as a file, or cordon fetch --case NAME " + safetext.CleanMax(s.ID, 80)
	case s.RecordingID != 0 && s.Recording == stateRecorded:
		return "its recording is in the case: enter watches it"
	case runs:
		return "it still runs: its recording is whole once it ended; o observes it"
	case p.loader.Loading(loadFetch):
		return "another recording is still being fetched"
	}
	return ""
}

// fetch adds the recording of the selected session to the case.
func (p *Pane) fetch() tea.Cmd {
	s, _ := p.list.selected()
	if p.noFetch() != "" {
		return nil
	}
	f := fetching{session: s.ID, bytes: new(atomic.Int64), plays: true}
	p.fetching = f
	live := p.env.Live
	return p.loader.Load(loadFetch, func(ctx context.Context) (any, error) { return nil, live.Fetch(ctx, f.session, f.bytes) })
}

// fetched plays the recording that came, if the responder still waits for it.
func (p *Pane) fetched(answer pane.LoadedMsg) tea.Cmd {
	f := p.fetching
	p.fetching = fetching{}
	switch {
	case answer.Cancelled():
		p.say(themes.Muted, "Nothing was fetched.")
		return nil
	case answer.Err != nil:
		p.say(themes.Danger, "Not fetched: "+safetext.Clean(answer.Err.Error()))
		return nil
	}
	p.env.Out.Put(pane.Changed{})
	id, _ := p.list.grid.Selected()
	if f.plays && p.replay == nil && !p.hitsShown() && id == f.session {
		p.wanted = pane.Subject{Session: f.session}
	} else {
		p.say(themes.OK, "The recording of session "+safetext.CleanMax(shortID(f.session), 40)+" is in the case (4).")
	}
	return p.reload()
}

// explain says what there is to watch of a session, where the cluster can be
// asked for its recording.
func (l *list) explain(s investigations.Session) string {
	switch {
	case l.running == nil || s.RecordingID != 0:
		return explain(s)
	case s.Recording == stateMissing:
		return "The log says that it was recorded, and the recording is not in this case. F fetches it from the cluster and plays it. Enter shows its events."
	}
	return explain(s) + " F asks the cluster for a recording all the same."
}

// comes says how far the recording of a session is that is being fetched.
func (p *Pane) comes(s investigations.Session) (string, bool) {
	if p.fetching.session == "" || p.fetching.session != s.ID {
		return "", false
	}
	return fmt.Sprintf("Its recording is on its way from the cluster: %s so far. esc cancels.", size(p.fetching.bytes.Load())), true
}

// size writes a number of bytes for people.
func size(n int64) string {
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case n < 1000_000:
		return fmt.Sprintf("%.1f kB", float64(n)/1e3)
	default:
		return fmt.Sprintf("%.1f MB", float64(n)/1e6)
	}
}
