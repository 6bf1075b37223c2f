package sessions

import (
	"context"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// lockPage is how many lock events are read at a time.
const lockPage = 500

// lockEvent is a lock that was placed on, or taken from, somebody or something
// that took part in a session.
type lockEvent struct {
	event investigations.Event
	on    []investigations.Involvement // what it locks
}

// sentence says what was locked and by whom.
func (l *lockEvent) sentence() string {
	words := []string{safetext.CleanMax(l.event.Type, 80)}
	for _, v := range l.on {
		words = append(words, v.Entity.Kind.Title(), safetext.CleanMax(pane.NameOf(v), 120))
	}
	if by, ok := l.event.Actor(); ok {
		words = append(words, "by", safetext.CleanMax(pane.NameOf(by), 120))
	}
	return strings.Join(words, " ")
}

// locksOn finds the locks of whoever and whatever took part, from a time on. That a lock was taken away names the lock alone, so the ones placed before
// that time are read too.
func locksOn(ctx context.Context, evidence pane.Evidence, took map[investigations.Entity]bool, from time.Time) ([]lockEvent, error) {
	term := filter.Term{Key: filter.KeyEvent}
	for _, typ := range contain.LockTypes {
		term.Values = append(term.Values, filter.Value{Text: typ})
	}
	selected, err := evidence.Select(ctx, filter.Expr{}.With(term))
	if err != nil {
		return nil, err
	}
	var out []lockEvent
	placed := map[string][]investigations.Involvement{} // by the lock's name
	var at *investigations.Position
	for len(out) < maxBeside {
		page, err := selected.Window(ctx, at, false, lockPage)
		if err != nil || len(page) == 0 {
			return out, err
		}
		for i := range page {
			e := page[i]
			on := lockedBy(&e, took, placed)
			if len(on) > 0 && !e.Time.Before(from) {
				e.Involved = slices.Clone(e.Involved)
				out = append(out, lockEvent{event: e, on: on})
			}
		}
		last := page[len(page)-1].Position()
		at = &last
	}
	return out, nil
}

// tookPart are the people, requests, hosts and other things that can be locked
// among what the events of a user's session involve.
func tookPart(user string, events []investigations.Event) map[investigations.Entity]bool {
	out := map[investigations.Entity]bool{{Kind: investigations.KindUser, Name: user}: true}
	for i := range events {
		for _, v := range events[i].Involved {
			switch v.Entity.Kind {
			case investigations.KindSession, investigations.KindCluster, investigations.KindAddress, investigations.KindLock:
			default:
				out[v.Entity] = true
			}
		}
	}
	return out
}

// lockedBy is what of those who took part a lock event is about, and remembers
// it by the lock's name.
func lockedBy(e *investigations.Event, took map[investigations.Entity]bool, placed map[string][]investigations.Involvement) []investigations.Involvement {
	var on []investigations.Involvement
	name := ""
	for _, v := range e.Involved {
		switch {
		case v.Role != investigations.RoleSubject:
		case v.Entity.Kind == investigations.KindLock:
			name = v.Entity.Name
		case took[v.Entity]:
			on = append(on, v)
		}
	}
	switch {
	case name == "":
	case len(on) > 0:
		placed[name] = on
	default:
		on = placed[name]
	}
	return on
}
