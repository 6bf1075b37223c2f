package hands

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/investigations/judgement"
	"cordon/investigations/pivot"
)

// Evidence is what hands are read from: the part of a case's index that pivots
// use too.
type Evidence interface {
	Groups(ctx context.Context, e investigations.Entity) ([]pivot.Group, error)
	Each(ctx context.Context, ids []int64, yield func(*investigations.Event) error) error
}

// Lines gives the lines of events, since user agents and the ends of
// certificates are no entities and stand only there.
type Lines interface {
	// RawEach calls yield with the line of each event, in the order given. The
	// line is valid during the call.
	RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error
}

// Tell is what hands need of a line.
type Tell struct {
	UserAgent string
	Expires   time.Time // end of a certificate
	Previous  time.Time // end of the one that it was issued from; zero where that is not said
}

// Tells is what Lines may also offer: a quicker way to the same.
type Tells interface {
	// EachTell calls yield with what the events tell, each once, in any order.
	EachTell(ctx context.Context, ids []int64, yield func(id int64, t Tell) error) error
}

// readTells reads what logins and certificates tell. A line that cannot be read
// tells nothing.
func readTells(ctx context.Context, lines Lines, ids []int64) (map[int64]Tell, error) {
	out := make(map[int64]Tell, len(ids))
	if lines == nil {
		return out, nil
	}
	if quick, ok := lines.(Tells); ok {
		return out, quick.EachTell(ctx, ids, func(id int64, t Tell) error {
			out[id] = t
			return nil
		})
	}
	err := lines.RawEach(ctx, ids, func(id int64, line []byte) error {
		var f struct {
			UserAgent string `json:"user_agent"`
			Identity  struct {
				Expires  time.Time `json:"expires"`
				Previous time.Time `json:"prev_identity_expires"`
			} `json:"identity"`
		}
		if json.Unmarshal(line, &f) == nil {
			out[id] = Tell{f.UserAgent, f.Identity.Expires, f.Identity.Previous}
		}
		return nil
	})
	return out, err
}

// signed is one certificate as the log has it.
type signed struct {
	id      int64
	uid     string
	at      time.Time
	expires time.Time
	from    time.Time // end of the certificate that it was issued from, if said
	assumed bool      // it carries an access request, and may end with that
}

// sameLogin is how close together two certificates that end in one second are
// taken to be two logins rather than one and its successor.
const sameLogin = 2 * time.Second

// chains finds for each certificate the first one it was issued from, as uid of
// the event. A certificate that is issued again ends when the first one does,
// to the second; where two logins share that second nothing ties them. One with
// an access request ends no later than the request, as every other one with it
// does, whoever holds it: nothing is tied to such an end.
func chains(certs []signed) map[int64]judgement.Key {
	slices.SortFunc(certs, func(a, b signed) int {
		if c := a.at.Compare(b.at); c != 0 {
			return c
		}
		return int(a.id - b.id)
	})
	first := make(map[int64]signed) // by the second in which it ends
	twice := make(map[int64]bool)
	for _, c := range certs {
		end := c.end()
		root, known := first[end]
		switch {
		case c.expires.IsZero() || c.end() != c.expires.Unix():
		case !known && !c.assumed:
			first[end] = c
		case !known:
		case c.at.Sub(root.at) < sameLogin:
			twice[end] = true
		}
	}
	out := make(map[int64]judgement.Key, len(certs))
	for _, c := range certs {
		root, known := first[c.end()]
		if !known || twice[c.end()] || root.at.After(c.at) {
			root = c
		}
		out[c.id] = judgement.Key{Facet: judgement.FacetCertificate, Value: root.uid}
	}
	return out
}

// end is the second that ties a certificate to the others of its chain.
func (c signed) end() int64 {
	if c.from.Unix() > 0 {
		return c.from.Unix()
	}
	return c.expires.Unix()
}
