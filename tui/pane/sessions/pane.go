package sessions

import (
	"context"
	"fmt"
	"image"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// maxSessions is how many sessions are listed, the newest ones.
const maxSessions = 5000

// The names of the pane's loads, as they are shown while they run.
const (
	loadSessions   = "sessions"
	loadRecording  = "recording"
	loadRest       = "rest of the recording"
	loadBeside     = "events of the session"
	loadTranscript = "transcript"
	loadFind       = "find in the recording"
	loadJournal    = "journal"
	loadNotes      = "notes"
	loadHits       = "find in all recordings"
	loadOverlap    = "sessions at the same time"
	loadSecond     = "second recording"
	loadExport     = "export"
	loadRunning    = "what runs now"
	loadFetch      = "the recording from the cluster"
)

// Pane is the page.
type Pane struct {
	env    pane.Env
	loader *pane.Loader
	size   image.Point

	of     investigations.Entity
	list   *list
	replay *replay // nil while the list is shown
	hits   *hits   // nil while no text is looked for in all recordings
	// wanted is a replay that was asked for before its session was known.
	wanted pane.Subject
	ticks  uint64 // the tick that counts is the last one
	// askedRunning is when the cluster was last asked what runs.
	askedRunning time.Time
	fetching     fetching
	// after is tea.Tick; tests have no time to wait.
	after func(time.Duration, func(time.Time) tea.Msg) tea.Cmd
}

var (
	_ pane.Pane     = (*Pane)(nil)
	_ pane.Spreader = (*Pane)(nil)
	_ pane.Keeper   = (*Pane)(nil)
	_ pane.Crumb    = (*Pane)(nil)
	_ pane.Busier   = (*Pane)(nil)
	_ pane.Mouser   = (*Pane)(nil)
	_ pane.Pivoter  = (*Pane)(nil)
	_ pane.Hinter   = (*Pane)(nil)
	_ pane.Hider    = (*Pane)(nil)

	_ pane.Refresher = (*Pane)(nil)
	_ pane.Locker    = (*Pane)(nil)
	_ pane.Ticker    = (*Pane)(nil)
	_ pane.Arriver   = (*Pane)(nil)
)

// New makes the page.
func New(env pane.Env) *Pane {
	p := &Pane{env: env, loader: pane.NewLoader(env.Work), list: newList(), after: tea.Tick}
	if env.Live != nil {
		p.list.running = &running{}
	}
	return p
}

// Scope is the replay's while one is shown.
func (p *Pane) Scope() action.Scope {
	if p.replay != nil && !p.hitsShown() {
		return action.Replay
	}
	return action.Sessions
}

// Show lists the sessions of the subject's entity, and opens the replay of its
// session where it names one. The same subject again leaves the page as it is.
func (p *Pane) Show(s pane.Subject) tea.Cmd {
	of, session := s.Entity, s.Session
	if session == "" && of.Kind == investigations.KindSession {
		session = of.Name
	}
	if r := p.replay; r != nil && of == p.of && (session == "" || session == r.session.ID) {
		if at, ok := r.offsetOf(s.At); ok {
			p.seek(at)
			return p.wake()
		}
		return nil
	}
	p.leaveReplay()
	p.hits = nil
	p.wanted = pane.Subject{Session: session, At: s.At}
	if p.list.loaded && of == p.of {
		return p.openWanted()
	}
	p.of, p.list.of = of, of
	p.list.reset()
	return tea.Batch(p.loadSessions(), p.loadRunning())
}

func (p *Pane) loadSessions() tea.Cmd {
	evidence, of, wanted := p.env.Evidence, p.of, p.wanted.Session
	return p.loader.Load(loadSessions, func(ctx context.Context) (any, error) {
		all, err := evidence.Sessions(ctx, of, maxSessions)
		if err != nil || wanted == "" {
			return all, err
		}
		for _, s := range all {
			if s.ID == wanted {
				return all, nil
			}
		}
		// Asked for by its id, though it is not one of this identity's own.
		s, ok, err := evidence.Session(ctx, wanted)
		if ok {
			all = append(all, s)
		}
		return all, err
	})
}

// openWanted selects the session that was asked for and opens its replay.
func (p *Pane) openWanted() tea.Cmd {
	w := p.wanted
	p.wanted = pane.Subject{}
	if w.Session == "" {
		return nil
	}
	p.list.untouched = false
	if !p.list.find(w.Session) {
		p.say(themes.Warning, fmt.Sprintf("Session %s is not in this evidence.", safetext.CleanMax(w.Session, 80)))
		return nil
	}
	s, _ := p.list.selected()
	if s.RecordingID == 0 {
		return nil
	}
	return p.openReplay(s, w.At)
}

// Resize tells the size of the area that the page will be drawn into.
func (p *Pane) Resize(size image.Point) {
	p.size = size
	p.list.resize(size)
	if p.hits != nil {
		p.hits.resize(size)
	}
	if p.replay != nil {
		p.replay.resize(size)
	}
}

// Draw draws the list or the replay.
func (p *Pane) Draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	switch {
	case p.hitsShown():
		p.hits.draw(c, area, focused)
		return
	case p.replay != nil:
		p.replay.draw(c, area, p.env, focused)
		return
	}
	words := ""
	if s, ok := p.list.selected(); ok {
		words, _ = p.comes(s)
	}
	p.list.draw(c, area, p.env, words, focused)
}

// Handle runs an action.
func (p *Pane) Handle(id action.ID) tea.Cmd {
	if id == action.Clock {
		p.list.fill(p.env)
		if p.hits != nil {
			p.hits.label()
		}
		return nil
	}
	p.list.untouched = false
	if p.hitsShown() {
		return p.handleHits(id)
	}
	if id == action.Note {
		p.note()
		return nil
	}
	if p.replay != nil {
		return p.handleReplay(id)
	}
	switch id {
	case action.Open:
		return p.open()
	case action.FindScreens:
		p.askAll()
		return nil
	case action.Observe, action.JoinPeer, action.Terminate:
		p.askJoin(id, joinings[id])
		return nil
	case action.Fetch:
		return p.fetch()
	}
	p.list.move(id)
	return nil
}

// open opens the replay of the selected session, or its events where there is
// no recording.
func (p *Pane) open() tea.Cmd {
	if p.list.err != nil {
		return p.loadSessions()
	}
	s, ok := p.list.selected()
	if !ok {
		return nil
	}
	if s.RecordingID != 0 {
		return p.openReplay(s, time.Time{})
	}
	text := "There is no recording to watch: these are the session's events."
	if _, runs := p.list.runs(s.ID); runs {
		text = "It runs now: these are its events so far."
	}
	p.say(themes.Muted, text)
	p.goToEvents(s)
	return nil
}

func (p *Pane) goToEvents(s investigations.Session) {
	p.env.Out.Put(pane.Go{Page: pane.PageEvents, Subject: pane.Subject{
		Entity: sessionEntity(s), Label: where(s), Session: s.ID, At: s.Start,
	}})
}

// Disabled says why an action cannot run here.
func (p *Pane) Disabled(id action.ID) string {
	switch {
	case p.hitsShown():
		return disabledHits(id)
	case p.replay != nil:
		return p.disabledReplay(id)
	}
	switch id {
	case action.Open, action.Copy, action.Note:
		if _, ok := p.list.selected(); !ok && (id != action.Open || p.list.err == nil) {
			return "no session is selected"
		}
	case action.Observe, action.JoinPeer, action.Terminate:
		return p.noJoining()
	case action.Fetch:
		return p.noFetch()
	case action.NextMatch, action.PrevMatch:
		return "open a recording and find a text first"
	case action.Star:
		return "sessions are not starred, their events are"
	case action.Close:
		return "nothing is open"
	}
	return ""
}

// Selected is the session at hand, with the moment that is shown.
func (p *Pane) Selected() pane.Subject {
	switch {
	case p.hitsShown():
		return p.hits.subject()
	case p.replay != nil:
		return p.replay.subject()
	}
	s, ok := p.list.selected()
	if !ok {
		return pane.Subject{}
	}
	return subjectOf(s)
}

func subjectOf(s investigations.Session) pane.Subject {
	return pane.Subject{
		Entity: sessionEntity(s), Label: where(s), Session: s.ID, At: s.Start, Text: copyOf(s),
	}
}

// copyOf is what helps most on a clipboard: the command that fetches a
// recording that is missing, else the session's id.
func copyOf(s investigations.Session) string {
	if s.Recording == stateMissing {
		return downloadCommand(s)
	}
	return s.ID
}

func sessionEntity(s investigations.Session) investigations.Entity {
	return investigations.Entity{Kind: investigations.KindSession, Name: s.ID}
}

func (p *Pane) current() (investigations.Session, bool) {
	if p.replay != nil {
		return p.replay.session, true
	}
	return p.list.selected()
}

// Spread reports that a replay can use the whole width.
func (p *Pane) Spread() bool { return p.replay != nil || p.hitsShown() }

// Crumb says which session is on the screen.
func (p *Pane) Crumb() string {
	switch {
	case p.hitsShown():
		return "find in all recordings"
	case p.replay == nil:
		return ""
	}
	return "replay " + where(p.replay.session)
}

// Busy reports that a recording is playing.
func (p *Pane) Busy() bool { return p.replay != nil && p.replay.playing() }

// Hide stops a recording that plays: nobody watches it under another page.
func (p *Pane) Hide() {
	p.fetching.plays = false
	r := p.replay
	if r == nil || r.player == nil {
		return
	}
	r.resume = false
	now := p.env.Now()
	r.player.Pause(now)
	r.moved(now)
	p.ticks++
}

// Pivots are the places that a session leads to: who, what it reached, and from
// where.
func (p *Pane) Pivots() []investigations.Involvement {
	s, ok := p.current()
	if !ok {
		return nil
	}
	return leads(s)
}

// Hint says what to do next.
func (p *Pane) Hint() string {
	switch {
	case p.hitsShown():
		return "Enter goes to the moment of the line; esc leaves the finds"
	case p.replay != nil:
		return p.replay.hint()
	}
	s, ok := p.list.selected()
	if r, runs := p.list.runs(s.ID); runs && noJoin(r) == "" {
		return "o observes " + where(s) + "; those in it see that"
	}
	if ok && s.RecordingID != 0 {
		return "Enter watches what was done on the screen of " + where(s)
	}
	return ""
}

// Click selects the row under the mouse, or the event beside a replay.
func (p *Pane) Click(at uv.Position, area uv.Rectangle) tea.Cmd {
	switch {
	case p.hitsShown():
		p.hits.click(at, area)
		return nil
	case p.replay != nil:
		return p.clickReplay(at, area)
	}
	p.list.untouched = false
	p.list.click(at, area)
	return nil
}

// Wheel moves the selection, or the text or picture of a replay.
func (p *Pane) Wheel(n int) tea.Cmd {
	switch {
	case p.hitsShown():
		p.hits.grid.Move(n)
		return nil
	case p.replay != nil:
		return p.wheelReplay(n)
	}
	p.list.untouched = false
	p.list.grid.Move(n)
	return nil
}

func (p *Pane) say(role themes.Role, text string) {
	p.env.Out.Put(pane.Say{Role: role, Text: text})
}
