package teleport

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/gravitational/teleport/api/types"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/survive"
)

var _ survive.Cluster = (*Cluster)(nil)

// Standing says what the cluster has of each thing now, in their order. It only
// reads: what is a list on the cluster is read once, the rest thing by thing.
//
// The cluster answers from a cache, so an answer may be a second old: who asks
// right after a change may have to ask again. What the version, the edition or
// the identity's roles do not give is survive.Unasked with the sentence that says
// so; the error is a lost connection, or the context's.
func (c *Cluster) Standing(ctx context.Context, things []survive.Thing) ([]survive.Standing, error) {
	q := c.newInquiry(ctx)
	out := make([]survive.Standing, len(things))
	for i, t := range things {
		s, err := q.ask(ctx, t)
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case errors.Is(err, ErrLost):
			return nil, err
		case err != nil:
			s = survive.Standing{Note: err.Error()}
		}
		s.Thing, s.At = t, q.at
		out[i] = s
	}
	return out, nil
}

// inquiry is one round of questions. Its lists are read when they are asked for
// first.
type inquiry struct {
	cluster *Cluster
	at      time.Time
	asked   map[investigations.Kind]int // look-ups by name

	users      func() ([]types.User, error)
	roles      func() ([]types.Role, error)
	tokens     func() ([]types.ProvisionToken, error)
	locks      func() ([]contain.Lock, error)
	connectors func() ([]string, error)
	mine       func() ([]types.Role, error) // roles of this identity
}

func (c *Cluster) newInquiry(ctx context.Context) *inquiry {
	return &inquiry{
		cluster: c, at: c.options.Now().UTC(), asked: map[investigations.Kind]int{},
		users:      sync.OnceValues(func() ([]types.User, error) { return c.allUsers(ctx) }),
		roles:      sync.OnceValues(func() ([]types.Role, error) { return c.allRoles(ctx) }),
		tokens:     sync.OnceValues(func() ([]types.ProvisionToken, error) { return c.allTokens(ctx) }),
		locks:      sync.OnceValues(func() ([]contain.Lock, error) { return c.Locker().Locks(ctx) }),
		connectors: sync.OnceValues(func() ([]string, error) { return c.allConnectors(ctx) }),
		mine:       sync.OnceValues(func() ([]types.Role, error) { return c.ownRoles(ctx) }),
	}
}

// ask answers for one thing. Of the answer only the state, the note and the roles
// are set.
func (q *inquiry) ask(ctx context.Context, t survive.Thing) (survive.Standing, error) {
	name := t.Entity.Name
	if !t.List.IsZero() {
		return q.member(ctx, t.List.Name, name)
	}
	switch t.Entity.Kind {
	case investigations.KindUser:
		return q.user(name)
	case investigations.KindBot:
		return q.user(contain.BotUser(name))
	case investigations.KindRole:
		roles, err := q.roles()
		return held(slices.ContainsFunc(roles, func(r types.Role) bool { return r.GetName() == name })), err
	case investigations.KindToken:
		return q.token(name)
	case investigations.KindLock:
		return q.lock(name)
	case investigations.KindConnector:
		names, err := q.connectors()
		if slices.Contains(names, name) { // also where another kind of them is refused
			err = nil
		}
		return held(slices.Contains(names, name)), err
	case investigations.KindRequest:
		return q.request(ctx, name)
	}
	return q.named(ctx, t.Entity)
}

// held is the answer for what a whole list has or has not.
func held(there bool) survive.Standing {
	if there {
		return survive.Standing{State: survive.There}
	}
	return survive.Standing{State: survive.Gone}
}

func (q *inquiry) user(name string) (survive.Standing, error) {
	users, err := q.users()
	if err != nil {
		return survive.Standing{}, err
	}
	for _, u := range users {
		if u.GetName() == name {
			return survive.Standing{State: survive.There, Roles: slices.Sorted(slices.Values(u.GetRoles()))}, nil
		}
	}
	return held(false), nil
}

// token looks for a join token by its name as a log has it: masked, where the
// name is a password. Several can have one mask.
func (q *inquiry) token(name string) (survive.Standing, error) {
	tokens, err := q.tokens()
	if err != nil {
		return survive.Standing{}, err
	}
	n := 0
	for _, t := range tokens {
		if t.GetSafeName() == name || t.GetName() == name {
			n++
		}
	}
	s := held(n > 0)
	if n > 1 {
		s.Note = fmt.Sprintf("%d join tokens look like this in the log", n)
	}
	return s, nil
}

// lock is gone when it is over, too.
func (q *inquiry) lock(name string) (survive.Standing, error) {
	locks, err := q.locks()
	if err != nil {
		return survive.Standing{}, err
	}
	for _, l := range locks {
		if l.Name == name {
			return q.until("", l.Expires), nil
		}
	}
	return held(false), nil
}

// until is the answer for what is there, and over at its end. A zero end, also
// that of a clock of seconds, is not known.
func (q *inquiry) until(note string, end time.Time) survive.Standing {
	s := held(true)
	if !end.After(time.Unix(0, 0)) {
		s.Note = note
		return s
	}
	words := "until "
	if !end.After(q.at) {
		s, words = held(false), "over since "
	}
	if note != "" {
		note += ", "
	}
	s.Note = note + words + end.UTC().Format(time.RFC3339)
	return s
}
