package contain

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
)

// What a lock needs to reach every part of a cluster, and how long a session
// that it cuts may go on being recorded.
const (
	settles = 5 * time.Second
	lingers = 20 * time.Second
)

// HoldVerdict is what followed a lock says of it.
type HoldVerdict uint8

// The verdicts. A login line says nothing either way: while a user is locked a
// `user.login` with success can still be logged, and no certificate follows.
const (
	HoldUnknown HoldVerdict = iota // nothing of the target was seen since
	Holds                          // it was refused, or cut, and got nothing
	Broken                         // it got a certificate or a session, or went on acting, all the same
)

// String is the verdict as a person reads it.
func (v HoldVerdict) String() string {
	return [...]string{"not known", "holds", "does not hold"}[min(v, Broken)]
}

// MarshalText writes the verdict's words.
func (v HoldVerdict) MarshalText() ([]byte, error) { return []byte(v.String()), nil }

// Seen is one event that followed a lock.
type Seen struct {
	Event string                `json:"event"` // uid
	ID    int64                 `json:"-"`     // case id
	Type  string                `json:"type"`
	Time  time.Time             `json:"time"`
	Whose investigations.Entity `json:"whose"` // who got it, for a breach
	// Session is the id of a session that ended.
	Session string `json:"sid,omitempty"`
	// Carried says that somebody else got it with a certificate that the target
	// signed: a lock of the target does not reach it.
	Carried bool `json:"carried,omitempty"`
	// Settling says that it came within seconds of the lock, which may have been
	// on its way.
	Settling bool `json:"settling,omitempty"`
}

// Holding is what the evidence shows of a lock since it was placed.
type Holding struct {
	Verdict  HoldVerdict `json:"verdict"`
	Since    time.Time   `json:"since"`
	Until    time.Time   `json:"until,omitzero"` // when it ended; zero while it is in force
	EndSaid  bool        `json:"end_known"`      // else it may have been over before that
	Breaches []Seen      `json:"breaches"`       // certificates, sessions, and what was done in one, oldest first
	Ended    []Seen      `json:"ended"`          // sessions of the target that ended since, each once
	Cut      int         `json:"disconnects"`    // connections that the cluster cut since
	Refused  int         `json:"refused"`        // refusals of the target since
	tried    int         // log-ins among them: anybody can try one with a wrong password
	Last     time.Time   `json:"last_refused,omitzero"`
	// Lingering counts what the target did no longer after the lock than a session
	// may linger, and Activity other events of it later than that.
	Lingering int `json:"lingering"`
	Activity  int `json:"activity"`
}

// Words are the verdict in one sentence.
func (h Holding) Words() string {
	switch h.Verdict {
	case Broken:
		b := h.Breaches[0]
		how := b.how()
		words := fmt.Sprintf("does not hold: %s %s since", b.Whose.Name, how)
		if b.Carried {
			words = fmt.Sprintf("does not hold: %s %s with a certificate that the locked one signed; lock %s too", b.Whose.Name, how, b.Whose.Name)
		}
		if !h.EndSaid {
			words += ", unless it was over by then: the log does not say when it ends"
		}
		return words
	case Holds:
		var did []string
		if n := len(h.Ended); n > 0 {
			did = append(did, count(n, "session", false)+" ended")
		}
		if h.Cut > 0 {
			did = append(did, count(h.Cut, "connection", false)+" cut")
		}
		if h.Refused > 0 {
			did = append(did, count(h.Refused, "refusal", false))
		}
		return "holds: " + strings.Join(did, ", ") + " since, no certificate and no session"
	}
	switch {
	case len(h.Breaches) > 0:
		return fmt.Sprintf("%s %s while the lock was on its way, nothing since: whether it holds is not known yet", h.Breaches[0].Whose.Name, h.Breaches[0].how())
	case h.Lingering > 0:
		return "only what a session writes that is being cut was seen since: whether it holds is not known yet"
	case h.Activity > 0:
		return fmt.Sprintf("no certificate and no session since, but %s: whether it holds is not known", count(h.Activity, "other event", false))
	case h.tried > 0:
		return "only log-ins that failed were seen since, which anybody can try: whether it holds is not known"
	}
	return "nothing of it was seen since: whether it holds is not known"
}

// Got reports whether it is a certificate or a session that somebody got, not
// what was done with one.
func (s Seen) Got() bool { return s.Type == certificateType || slices.Contains(SessionTypes, s.Type) }

// how says what somebody got, or went on doing.
func (s Seen) how() string {
	switch {
	case s.Type == certificateType:
		return "got a certificate"
	case s.Got():
		return "got a session"
	}
	return "went on (" + s.Type + ")"
}

const (
	certificateType = "cert.create"
	loginType       = "user.login"
)

// inSession are the events of somebody at work in a session.
var inSession = []string{
	"exec", "session.command", "session.network", "scp", "sftp", "port", "port.local", "port.remote", "subsystem",
	"db.session.query", "kube.request", "app.session.request",
}

// decisions have their vote as their outcome: a denial is no refusal of who denies.
var decisions = []string{"access_request.review", "access_request.update"}

// refused reports whether an event shows that the cluster refused its actor. In a
// session it does not: there the command failed, which had been let through.
func refused(ev *investigations.Event) bool {
	return ev.Outcome == investigations.OutcomeFailure &&
		!slices.Contains(inSession, ev.Type) && !slices.Contains(decisions, ev.Type)
}

// acts reports whether an event shows its actor at work, with a session or a
// certificate that works: not what a session writes when it ends. Servers before 13
// name a changed user as the one who changed it.
func acts(ev *investigations.Event) bool {
	if actor, ok := ev.Actor(); ok && ev.Type == "user.create" {
		if made, ok := ev.First(investigations.KindUser, subject); ok && made.Entity == actor.Entity {
			return false
		}
	}
	return slices.Contains(inSession, ev.Type) || slices.ContainsFunc(Ties, func(t Tie) bool { return slices.Contains(t.Types, ev.Type) })
}

// bySelf are the parts in which a user gets or does something.
var bySelf = []investigations.Role{
	investigations.RoleActor, investigations.RoleImpersonator, investigations.RoleVia, investigations.RoleUpdater, investigations.RoleReviewer,
}

// carries are the parts in which the target of a lock gets or does something. To
// grant a role, or to ask for one, is not to use it.
func carries(target investigations.Entity) []investigations.Role {
	switch {
	case target.Kind == investigations.KindUser:
		return bySelf
	case isPlace(target):
		return []investigations.Role{investigations.RoleTarget}
	}
	return []investigations.Role{investigations.RoleVia}
}

// isPlace reports whether a lock of the target keeps people out of somewhere. They
// get certificates and requests for it all the same.
func isPlace(target investigations.Entity) bool {
	return slices.Contains([]investigations.Kind{investigations.KindHost, investigations.KindOSLogin, investigations.KindDesktop}, target.Kind)
}

// Held says what the evidence shows since a lock was placed. A lock "holds" by
// certificates and sessions, not by logins.
func Held(ctx context.Context, facts Facts, l Lock) (Holding, error) {
	h := Holding{Since: l.Created, Until: ended(l), EndSaid: l.EndSaid || !l.Released.IsZero(), Breaches: []Seen{}, Ended: []Seen{}}
	if l.Created.IsZero() || l.Dry {
		return h, nil
	}
	for _, t := range l.Targets {
		if err := h.target(ctx, facts, t); err != nil {
			return h, fmt.Errorf("see whether the lock on %s holds: %w", t, err)
		}
	}
	byTime := func(a, b Seen) int {
		if c := a.Time.Compare(b.Time); c != 0 {
			return c
		}
		return strings.Compare(a.Event, b.Event)
	}
	slices.SortFunc(h.Breaches, byTime)
	slices.SortFunc(h.Ended, byTime)
	settled := slices.ContainsFunc(h.Breaches, func(s Seen) bool { return !s.Settling })
	switch {
	case settled:
		h.Verdict = Broken
		// What came once the lock had settled is what the sentence is about.
		slices.SortStableFunc(h.Breaches, func(a, b Seen) int { return boolOrder(a.Settling, b.Settling) })
	case len(h.Ended) > 0 || h.Cut > 0 || h.Refused > h.tried:
		h.Verdict = Holds
	}
	return h, nil
}

func boolOrder(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

// ended is when the lock ceased to be in force; zero where nothing says so.
func ended(l Lock) time.Time {
	switch {
	case l.Released.IsZero():
		return l.Expires
	case l.Expires.IsZero() || l.Released.Before(l.Expires):
		return l.Released
	}
	return l.Expires
}

// target reads what followed for one target of the lock.
func (h *Holding) target(ctx context.Context, facts Facts, t Target) error {
	e := t.Entity()
	if e.IsZero() {
		return nil
	}
	groups, err := facts.Groups(ctx, e)
	if err != nil {
		return err
	}
	var ids []int64
	for _, g := range groups {
		if slices.Contains(carries(e), g.Role) && !g.Last.Before(h.Since) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	return facts.Each(ctx, ids, func(ev *investigations.Event) error {
		if !ev.Time.Before(h.Since) && (h.Until.IsZero() || ev.Time.Before(h.Until)) {
			h.see(ev, e)
		}
		return ctx.Err()
	})
}

// see takes one event of the target into account.
func (h *Holding) see(ev *investigations.Event, target investigations.Entity) {
	seen := Seen{Event: ev.UID, ID: ev.ID, Type: ev.Type, Time: ev.Time, Whose: target, Settling: ev.Time.Sub(h.Since) <= settles}
	switch {
	case isPlace(target) && (ev.Type == certificateType || strings.HasPrefix(ev.Type, "access_request.")):
	case refused(ev):
		if h.Refused++; ev.Type == loginType {
			h.tried++
		}
		if ev.Time.After(h.Last) {
			h.Last = ev.Time
		}
	case ev.Type == certificateType || slices.Contains(SessionTypes, ev.Type) || acts(ev) && ev.Time.Sub(h.Since) > lingers:
		if actor, ok := ev.Actor(); ok {
			seen.Whose = actor.Entity
			seen.Carried = target.Kind == investigations.KindUser && actor.Entity != target
		}
		h.Breaches = append(h.Breaches, seen)
	case acts(ev):
		h.Lingering++
	case ev.Type == "client.disconnect":
		h.Cut++
	case slices.Contains(endTypes, ev.Type):
		if session, ok := ev.First(investigations.KindSession, investigations.RoleTarget); ok {
			seen.Session = session.Entity.Name
		}
		if !slices.ContainsFunc(h.Ended, func(s Seen) bool { return s.Session == seen.Session && seen.Session != "" }) {
			h.Ended = append(h.Ended, seen)
		}
	case ev.Type != loginType && ev.Time.Sub(h.Since) > lingers:
		h.Activity++
	}
}
