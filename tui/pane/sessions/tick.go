package sessions

import (
	"time"

	tea "charm.land/bubbletea/v2"
)

const (
	// frameTime bounds how often a playing picture is drawn, and idleTime how
	// long the clock below it may stand still.
	frameTime = 33 * time.Millisecond
	idleTime  = 200 * time.Millisecond
	// sleepTime is how late a tick may be before the time since the last one is
	// not played: the machine slept, or the console was stopped.
	sleepTime = 2 * time.Second
)

// tickMsg lets time pass. Each one is numbered, and only the last counts.
type tickMsg struct {
	of *Pane
	n  uint64
}

// wake asks for the next tick while the recording plays.
func (p *Pane) wake() tea.Cmd {
	p.ticks++
	d, ok := p.interval()
	if !ok {
		return nil
	}
	msg := tickMsg{p, p.ticks}
	return p.after(d, func(time.Time) tea.Msg { return msg })
}

// interval is how long the pane sleeps: until the next frame of the recording,
// within bounds.
func (p *Pane) interval() (time.Duration, bool) {
	if p.replay == nil || p.replay.player == nil {
		return 0, false
	}
	d, ok := p.replay.player.NextWake(p.env.Now())
	return min(max(d, frameTime), idleTime), ok
}

func (p *Pane) tick(t tickMsg) tea.Cmd {
	r := p.replay
	if t.n != p.ticks || r == nil || r.player == nil {
		return nil
	}
	now := p.env.Now()
	if late := now.Sub(r.last); late > sleepTime && r.player.Playing() {
		r.player.Pause(r.last)
		r.player.Play(now)
	}
	r.last = now
	r.player.Tick(now)
	r.moved(now)
	return p.wake()
}

// toggle plays or pauses.
func (p *Pane) toggle() {
	r, now := p.replay, p.env.Now()
	r.player.Toggle(now)
	r.last, r.held = now, false
	r.resume = r.player.Playing()
	r.moved(now)
}
