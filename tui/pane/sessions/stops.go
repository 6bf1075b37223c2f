package sessions

import (
	"cmp"
	"slices"
	"sort"
	"time"

	"cordon/playback/player"
	"cordon/themes"
	"cordon/tui/safetext"
)

// stop is a moment that the marker keys go to: a marker of the recording, or a
// note of the responder's own.
type stop struct {
	at   time.Duration
	text string // safe
	own  bool
}

// look is the glyph of a stop and its role.
func (s stop) look(g *themes.Glyphs) (string, themes.Role) {
	if s.own {
		return g.Note, themes.Note
	}
	return g.Marker, themes.Warning
}

// setStops puts the markers that are known so far and the notes in order.
func (r *replay) setStops() {
	if r.player == nil || !r.terminal() {
		r.stops = nil
		return
	}
	marks := r.player.Markers()
	r.stops = make([]stop, 0, len(marks)+len(r.beside.notes))
	for _, m := range marks {
		r.stops = append(r.stops, stop{at: m.At, text: markerWords(m)})
	}
	for _, n := range r.beside.notes {
		r.stops = append(r.stops, stop{at: n.at, text: safetext.CleanMax(n.text, 400), own: true})
	}
	slices.SortStableFunc(r.stops, func(a, b stop) int { return cmp.Compare(a.at, b.at) })
}

// markerWords is what a marker says. Where its text is a sentence of its own, the
// kind would only say it twice.
func markerWords(m player.Marker) string {
	text := safetext.CleanMax(m.Text, 400)
	switch m.Kind {
	case player.MarkResize, player.MarkJoin, player.MarkLeave, player.MarkEnter, player.MarkExit, player.MarkIdle, player.MarkEnd:
		if text != "" {
			return text
		}
	}
	if text == "" {
		return string(m.Kind)
	}
	return string(m.Kind) + ": " + text
}

// lastStop is the last one that is not after the moment shown.
func (r *replay) lastStop() (stop, bool) {
	i := sort.Search(len(r.stops), func(i int) bool { return r.stops[i].at > r.position() })
	if i == 0 {
		return stop{}, false
	}
	return r.stops[i-1], true
}

// goToStop goes to the next stop after the moment shown, or to the one before it.
func (p *Pane) goToStop(step int) {
	r := p.replay
	at := r.position()
	to := -1
	for i, s := range r.stops {
		if step > 0 && s.at > at {
			to = i
			break
		}
		if step < 0 && s.at < at {
			to = i
		}
	}
	if to < 0 {
		p.say(themes.Muted, "No marker "+side(step)+" this moment.")
		return
	}
	p.seek(r.stops[to].at)
}

// side is the word for a direction in time.
func side(step int) string {
	if step > 0 {
		return "after"
	}
	return "before"
}
