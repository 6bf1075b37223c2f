package tui

import (
	"encoding/json"
	"time"

	"cordon/investigations"
	"cordon/tui/pane"
)

// trailKey is the name under which the trail is kept in the case.
const trailKey = "console.trail"

// maxStops bounds the trail; the oldest stops are forgotten.
const maxStops = 64

// stop is one place of the trail: an identity under investigation, the page that
// is open, and where on each page the responder is.
type stop struct {
	Identity investigations.Entity `json:"identity,omitzero"`
	Label    string                `json:"label,omitempty"`
	Page     pane.Page             `json:"page"`
	// Opened is the page that the stop was made for, with About as its subject;
	// other pages are about the identity.
	Opened pane.Page            `json:"opened"`
	About  about                `json:"about,omitzero"`
	Places map[pane.Page]string `json:"places,omitempty"`
}

// about is a subject as it is kept: an event is named by its id alone.
type about struct {
	Entity  investigations.Entity `json:"entity,omitzero"`
	Label   string                `json:"label,omitempty"`
	Session string                `json:"session,omitempty"`
	At      time.Time             `json:"at,omitzero"`
	Filter  string                `json:"filter,omitempty"`
}

// subject is what a page of the stop is about.
func (s *stop) subject(page pane.Page) pane.Subject {
	if page == s.Opened {
		a := s.About
		return pane.Subject{Entity: a.Entity, Label: a.Label, Session: a.Session, At: a.At, Filter: a.Filter}
	}
	return pane.Subject{Entity: s.Identity, Label: s.Label}
}

func newStop(identity investigations.Entity, label string, page pane.Page, s pane.Subject) stop {
	return stop{
		Identity: identity, Label: label, Page: page, Opened: page, Places: map[pane.Page]string{},
		About: about{Entity: s.Entity, Label: s.Label, Session: s.Session, At: s.At, Filter: s.Filter},
	}
}

// trail is the way that the responder has come. It always has a current stop.
type trail struct {
	stops []stop
	at    int
}

func (t *trail) now() *stop { return &t.stops[t.at] }

// push adds a stop after the current one and goes there; what was ahead is
// forgotten.
func (t *trail) push(s stop) {
	t.stops = append(t.stops[:min(len(t.stops), t.at+1)], s)
	if over := len(t.stops) - maxStops; over > 0 {
		t.stops = append([]stop(nil), t.stops[over:]...)
	}
	t.at = len(t.stops) - 1
}

func (t *trail) canBack() bool    { return t.at > 0 }
func (t *trail) canForward() bool { return t.at < len(t.stops)-1 }

// kept is the trail as it stands in the case.
type kept struct {
	Stops []stop `json:"stops"`
	At    int    `json:"at"`
	habits
}

// habits are how the responder looks at the case, kept with the trail.
type habits struct {
	Clock       string `json:"clock,omitempty"`
	MachinesOut bool   `json:"machines_left_out,omitempty"`
}

func (t *trail) encode(h habits) string {
	b, err := json.Marshal(kept{Stops: t.stops, At: t.at, habits: h})
	if err != nil {
		return ""
	}
	return string(b)
}

// decodeTrail reads what encode wrote. Whatever does not make sense is as good
// as nothing: the console then opens at the start.
func decodeTrail(text string) (t trail, h habits, ok bool) {
	var k kept
	if text == "" || json.Unmarshal([]byte(text), &k) != nil || len(k.Stops) == 0 || len(k.Stops) > maxStops {
		return trail{}, habits{}, false
	}
	for i := range k.Stops {
		if k.Stops[i].Places == nil {
			k.Stops[i].Places = map[pane.Page]string{}
		}
	}
	return trail{stops: k.Stops, at: max(0, min(k.At, len(k.Stops)-1))}, k.habits, true
}
