package player

import (
	"slices"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

// maxPresence bounds how many stays are told.
const maxPresence = 1000

// Presence is a stay of somebody in a session. User is untrusted. The log does
// not say whether somebody watched, typed or moderated.
type Presence struct {
	User     string
	From, To time.Duration
	Left     bool // the log says that they left; else To is the end of what is known
}

// PresentIn is who was in a session, from when to when, in the order in which
// they came. Somebody who joins twice is there twice, and leaves first where they
// joined first, as the log does not say which stay ends.
func PresentIn(rec *recording.Recording) []Presence {
	var out []Presence
	come := func(user string, at time.Duration) {
		if user != "" && len(out) < maxPresence {
			out = append(out, Presence{User: user, From: at, To: -1})
		}
	}
	for i := range rec.Frames {
		f := &rec.Frames[i]
		if f.Event == nil {
			continue
		}
		switch e := f.Event.Audit().(type) {
		case *apievents.SessionStart:
			come(e.User, f.At)
		case *apievents.SessionJoin:
			// Some versions log that the one who starts a session joins it.
			if len(out) != 1 || out[0].User != e.User || f.At-out[0].From > time.Second {
				come(e.User, f.At)
			}
		case *apievents.SessionLeave:
			if n := slices.IndexFunc(out, func(p Presence) bool { return p.User == e.User && p.To < 0 }); n >= 0 {
				out[n].To, out[n].Left = f.At, true
			}
		}
	}
	for i := range out {
		if out[i].To < 0 {
			out[i].To = rec.Duration()
		}
	}
	return out
}
