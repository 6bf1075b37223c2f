package sessions

import (
	"context"
	"errors"
	"fmt"
	"image"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/playback/transcript"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/pane/screen"
	"cordon/tui/safetext"
)

// replay is one recording on the screen.
type replay struct {
	session investigations.Session
	player  *player.Player // nil until the first piece is read
	err     error
	cut     string        // why only the beginning was read
	whole   bool          // nothing more is to be read
	read    *atomic.Int64 // bytes of the whole recording that were read so far
	resume  bool          // played, and stopped only where the first piece ends
	first   time.Duration // where to begin
	at      time.Time     // the same as a time of day
	pending *jump         // a seek that waits for the rest of the recording
	last    time.Time     // when time was let pass last

	size   image.Point
	origin image.Point // of a picture that is larger than its place
	held   bool        // moved by hand: the picture does not follow the cursor

	needle  string
	matches []transcript.Match
	found   *recording.Recording // what the matches are of

	stops  []stop
	others []player.Presence // who was there besides the session's user
	diff   *diff             // nil while no screen is remembered
	second *second           // nil while one session is shown

	beside  *beside
	inside  bool // the rows beside the picture have the keys
	alone   bool // the picture is shown without them
	lines   *lines
	showing bool // the transcript lies in place of the picture
}

// jump is a seek that could not be done yet.
type jump struct {
	to      time.Duration
	percent float64
	share   bool // percent counts
}

func newReplay(s investigations.Session, at time.Time, glyphs themes.Glyphs) *replay {
	return &replay{session: s, at: at, beside: newBeside(s.User, glyphs), lines: newLines(glyphs)}
}

// leaveReplay goes back to the list; what the replay was reading is cancelled.
func (p *Pane) leaveReplay() {
	if p.replay == nil {
		return
	}
	for _, name := range []string{loadRecording, loadRest, loadBeside, loadNotes, loadTranscript, loadFind, loadOverlap, loadSecond} {
		p.loader.Cancel(name)
	}
	p.replay = nil
	p.ticks++
}

// receiveReplay takes an answer that belongs to the replay.
func (p *Pane) receiveReplay(name string, value any, err error) tea.Cmd {
	r := p.replay
	if err != nil {
		p.failed(name, err)
		return nil
	}
	switch v := value.(type) {
	case opened:
		return p.opened(v)
	case audit:
		r.beside.setAudit(v)
		r.moved(p.env.Now())
	case []note:
		r.beside.setNotes(v)
		r.setStops()
		r.moved(p.env.Now())
	case transcript.Transcript:
		r.lines.setTranscript(v)
		r.lines.follow(r.position())
	case found:
		return p.found(v)
	case []investigations.Session:
		p.chooseSecond(v)
	case secondOpened:
		p.secondOpened(v)
	}
	return nil
}

// failed says what could not be read. What the responder cancelled themselves
// needs no words.
func (p *Pane) failed(name string, err error) {
	r := p.replay
	cancelled := errors.Is(err, context.Canceled)
	why := safetext.Clean(err.Error())
	if cancelled {
		why = "cancelled"
	}
	switch {
	case name == loadRecording && cancelled:
		p.leaveReplay()
	case name == loadRecording:
		if errors.Is(err, recording.ErrNotRecording) {
			err = fmt.Errorf("%w; its bytes are kept as evidence all the same", err)
		}
		r.err = err
	case name == loadRest:
		r.whole, r.pending, r.read = true, nil, nil
		r.cut = "Only the beginning of the recording was read: " + why + ". Open it again to read all of it."
	case name == loadSecond:
		p.leaveSecond()
		p.say(themes.Warning, "No second session: "+why+".")
	case name == loadTranscript:
		r.showing = false
		r.place()
		p.say(themes.Warning, "No transcript: "+why+".")
	case !cancelled:
		p.say(themes.Danger, "Not loaded, "+name+": "+why)
	}
}

// opened takes the first piece of a recording, or the whole that replaces it.
func (p *Pane) opened(o opened) tea.Cmd {
	r, now := p.replay, p.env.Now()
	was := r.player
	r.player, r.whole, r.last = o.player, o.whole, now
	r.beside.setRecording(r.player.Recording())
	r.others = othersIn(r.player.Recording(), r.session.User)
	var more tea.Cmd
	switch {
	case was == nil:
		if at, ok := r.offsetOf(r.at); ok {
			r.first = at
		}
		p.seek(r.first)
		if !r.player.Recording().Meta.Terminal {
			r.lines.setLines(r.player.Recording().Lines())
		}
		if p.hits != nil {
			r.needle = p.hits.text
			r.lines.start(r.first)
			more = p.loadMatches(r.needle)
		}
	default:
		carryOver(was, r.player, now, r.resume)
		r.lines.done = false
		more = p.readAgain()
		if !r.player.Recording().Meta.Terminal {
			r.lines.setLines(r.player.Recording().Lines())
		}
	}
	r.setStops()
	r.place()
	if !r.whole {
		return tea.Batch(more, p.loadRest(), p.wake())
	}
	p.settlePending()
	r.moved(now)
	return tea.Batch(more, p.wake())
}

// readAgain makes anew what was made of the first piece.
func (p *Pane) readAgain() tea.Cmd {
	var cmds []tea.Cmd
	if p.replay.showing {
		cmds = append(cmds, p.loadTranscript())
	}
	if p.replay.needle != "" {
		cmds = append(cmds, p.loadMatches(p.replay.needle))
	}
	return tea.Batch(cmds...)
}

// carryOver gives a player the state of the one that it replaces.
func carryOver(was, is *player.Player, now time.Time, resume bool) {
	state := was.State()
	is.Handle(player.Input{Kind: player.SetSpeed, Now: now, Speed: state.Speed})
	is.Handle(player.Input{Kind: player.SetIdleCut, Now: now, To: state.IdleCut})
	is.SeekTo(now, state.At)
	if resume {
		is.Play(now)
	}
}

// seek goes to a moment of the recording, at once where it has been read.
func (p *Pane) seek(to time.Duration) {
	r := p.replay
	if r.player == nil {
		r.first, r.at = to, time.Time{}
		return
	}
	if !r.whole && to > r.player.Duration() {
		r.pending = &jump{to: to}
		return
	}
	r.pending = nil
	now := p.env.Now()
	r.player.SeekTo(now, to)
	r.moved(now)
}

// seekPercent goes to a share of the recording, whose length is known only
// when all of it has been read.
func (p *Pane) seekPercent(percent float64) {
	r := p.replay
	if !r.whole {
		r.pending = &jump{percent: percent, share: true}
		return
	}
	r.pending = nil
	now := p.env.Now()
	r.player.SeekPercent(now, percent)
	r.moved(now)
}

func (p *Pane) settlePending() {
	j := p.replay.pending
	switch {
	case j == nil:
	case j.share:
		p.seekPercent(j.percent)
	default:
		p.seek(j.to)
	}
}

// moved brings everything that follows the position up to date.
func (r *replay) moved(now time.Time) {
	if r.player == nil {
		return
	}
	r.follow()
	r.beside.follow(r.position())
	r.second.sync(now, r.player.Time())
	if r.whole && !r.player.Playing() {
		r.resume = false
	}
}

// follow keeps the cursor in sight, unless the picture was moved by hand.
func (r *replay) follow() {
	if r.held || r.player == nil {
		return
	}
	s := r.player.Screen()
	cols, rows := s.Size()
	cur := s.Cursor()
	view := pane.Size(r.layout(image.Rectangle{Max: r.size}).picture)
	if !cur.Visible {
		r.origin = screen.Clamp(r.origin, image.Pt(cols, rows), view)
		return
	}
	at := image.Pt(cur.X, cur.Y)
	if s.Alternate() && at == image.Pt(cols-1, rows-1) {
		at = image.Point{} // parked in the last corner, as watch does: its text begins in the first
	}
	r.origin = screen.Follow(r.origin, at, image.Pt(cols, rows), view)
}

func (r *replay) playing() bool { return r.player != nil && r.player.Playing() }

func (r *replay) position() time.Duration {
	if r.player == nil {
		return r.first
	}
	return r.player.Position()
}

// offsetOf is a time of day as a position, if the recording says when it began.
func (r *replay) offsetOf(at time.Time) (time.Duration, bool) {
	if at.IsZero() || r.player == nil || r.player.Recording().Meta.Start.IsZero() {
		return 0, false
	}
	return max(0, at.Sub(r.player.Recording().Meta.Start)), true
}

// terminal reports whether there is a picture.
func (r *replay) terminal() bool {
	return r.player != nil && r.player.Recording().Meta.Terminal
}

// subject is what the replay is about now: the event that has the keys, else
// the session at its moment.
func (r *replay) subject() pane.Subject {
	s := subjectOf(r.session)
	if r.player != nil && !r.player.Time().IsZero() {
		s.At = r.player.Time()
	}
	s.Text = r.session.ID
	if r.listed() {
		if text, ok := r.lines.selected(); ok {
			s.Text = text
		}
		return s
	}
	if row, ok := r.beside.selected(); ok && r.inside {
		s.Event, s.Text = row.event, row.text
		if row.note != nil {
			s.Text = row.note.text
		}
		if row.event != nil {
			s.At = row.event.Time
		}
	}
	return s
}

// listed reports whether lines of text are shown in place of a picture.
func (r *replay) listed() bool { return r.player != nil && (r.showing || !r.terminal()) }

// hint says what to do next.
func (r *replay) hint() string {
	switch {
	case r.player == nil || !r.terminal():
		return ""
	case r.player.Playing():
		return "Watch for what was typed and what came back; ] goes to the next marker"
	case r.position() == 0:
		return "Space plays it; / finds a text on its screen"
	default:
		return ""
	}
}
