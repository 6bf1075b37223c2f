package player

import (
	"time"

	"cordon/playback/recording"
)

// SeekTo goes to a moment of the recording.
func (p *Player) SeekTo(now time.Time, to time.Duration) Effects {
	return p.Handle(Input{Kind: Seek, Now: now, To: to})
}

// SeekBy goes forward, or back when by is negative.
func (p *Player) SeekBy(now time.Time, by time.Duration) Effects {
	p.Tick(now)
	return p.SeekTo(now, p.state.At+by)
}

// SeekPercent goes to a share of the duration.
func (p *Player) SeekPercent(now time.Time, percent float64) Effects {
	return p.SeekTo(now, Percent(p.Duration(), percent))
}

// SeekTime goes to a time of day. Without a start it does nothing.
func (p *Player) SeekTime(now, to time.Time) Effects {
	if p.rec.Meta.Start.IsZero() {
		return Effects{}
	}
	return p.SeekTo(now, to.Sub(p.rec.Meta.Start))
}

// SeekFrame goes to the state after n frames.
func (p *Player) SeekFrame(now time.Time, n int) Effects {
	return p.Handle(Input{Kind: SeekFrame, Now: now, Frame: n})
}

// NextMarker goes to the first marker behind the position, PrevMarker to the
// last one before it. The marker is returned, or false when there is none.
func (p *Player) NextMarker(now time.Time) (Marker, bool) {
	p.Tick(now)
	for _, m := range p.Markers() {
		if m.At > p.state.At {
			p.SeekTo(now, m.At)
			return m, true
		}
	}
	return Marker{}, false
}

// PrevMarker is the opposite of NextMarker.
func (p *Player) PrevMarker(now time.Time) (Marker, bool) {
	p.Tick(now)
	marks := p.Markers()
	for i := len(marks) - 1; i >= 0; i-- {
		if marks[i].At < p.state.At {
			p.SeekTo(now, marks[i].At)
			return marks[i], true
		}
	}
	return Marker{}, false
}

// SeekMarker goes to the n-th of Markers, from 0.
func (p *Player) SeekMarker(now time.Time, n int) (Marker, bool) {
	p.Tick(now)
	marks := p.Markers()
	if n < 0 || n >= len(marks) {
		return Marker{}, false
	}
	p.SeekTo(now, marks[n].At)
	return marks[n], true
}

// SeekEvent goes to the audit event with a uid, to the state in which it is the
// last frame shown. It is false when the recording holds no such event.
func (p *Player) SeekEvent(now time.Time, uid string) (*recording.Event, bool) {
	for i := range p.rec.Frames {
		if e := p.rec.Frames[i].Event; e != nil && e.UID == uid && uid != "" {
			p.SeekFrame(now, i+1)
			return e, true
		}
	}
	return nil, false
}

// NextEvent goes to the first audit event behind the position, PrevEvent to the
// last one before it. The event is returned, or false when there is none.
func (p *Player) NextEvent(now time.Time) (*recording.Event, bool) {
	p.Tick(now)
	for i := p.state.Frame; i < len(p.rec.Frames); i++ {
		if e := p.rec.Frames[i].Event; e != nil {
			p.SeekFrame(now, i+1)
			return e, true
		}
	}
	return nil, false
}

// PrevEvent is the opposite of NextEvent.
func (p *Player) PrevEvent(now time.Time) (*recording.Event, bool) {
	p.Tick(now)
	for i := p.state.Frame - 2; i >= 0; i-- {
		if e := p.rec.Frames[i].Event; e != nil {
			p.SeekFrame(now, i+1)
			return e, true
		}
	}
	return nil, false
}

// Percent is a share of a duration, in bounds.
func Percent(d time.Duration, percent float64) time.Duration {
	switch {
	case !(percent > 0):
		return 0
	case percent >= 100:
		return d
	default:
		return time.Duration(float64(d) * percent / 100)
	}
}
