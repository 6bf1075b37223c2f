package sessions

import (
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/tui/pane"
)

// keepStep is how far apart the places of a playing replay are.
const keepStep = 10 * time.Second

// Keep is the place in the page: the selected session, and in a replay the
// moment. While it plays only every few seconds are a place of their own, since
// each is written into the case.
func (p *Pane) Keep() string {
	s, ok := p.current()
	switch {
	case !ok:
		return ""
	case p.replay == nil:
		return s.ID
	case p.replay.playing():
		return s.ID + "@" + p.replay.position().Truncate(keepStep).String()
	default:
		return s.ID + "@" + p.replay.position().String()
	}
}

// Restore goes back to a place.
func (p *Pane) Restore(place string) tea.Cmd {
	id, at, replay := strings.Cut(place, "@")
	if id == "" {
		return nil
	}
	p.list.untouched = false
	offset, err := time.ParseDuration(at)
	if !replay || err != nil {
		p.leaveReplay()
		p.wanted, p.list.keep = pane.Subject{}, id
	} else if p.replay != nil && p.replay.session.ID == id {
		p.seek(offset)
		return p.wake()
	} else {
		p.wanted, p.list.offset = pane.Subject{Session: id}, offset
	}
	if !p.list.loaded {
		return nil
	}
	return p.settle()
}

// settle goes where the responder wanted to be, now that the list is there.
func (p *Pane) settle() tea.Cmd {
	if keep := p.list.keep; keep != "" {
		p.list.find(keep)
		p.list.keep = ""
	}
	return p.openWanted()
}
