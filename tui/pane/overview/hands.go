package overview

import (
	"context"
	"fmt"
	"slices"
	"time"

	"cordon/investigations"
	"cordon/tui/pane"
)

// handEvents bounds the events that are read for the hands, the newest ones.
const handEvents = 30_000

// hand is one address that an identity was used from, with what was done there.
type hand struct {
	address                         string
	first, last                     time.Time
	logins, failed, certs, sessions int
	other                           int
}

// handTypes are the events whose source address says who sat there. Others, such
// as commands inside a session, repeat the address of the session.
var handTypes = map[string]func(*hand, *investigations.Event){
	"user.login": func(h *hand, e *investigations.Event) {
		if e.Outcome == investigations.OutcomeFailure {
			h.failed++
			return
		}
		h.logins++
	},
	"cert.create":       func(h *hand, _ *investigations.Event) { h.certs++ },
	"session.start":     func(h *hand, _ *investigations.Event) { h.sessions++ },
	"db.session.start":  func(h *hand, _ *investigations.Event) { h.sessions++ },
	"app.session.start": func(h *hand, _ *investigations.Event) { h.sessions++ },
	"kube.request":      func(h *hand, _ *investigations.Event) { h.other++ },
	"mfa.add":           func(h *hand, _ *investigations.Event) { h.other++ },
	"bot.join":          func(h *hand, _ *investigations.Event) { h.logins++ },
}

// readHands groups the logins, certificates and sessions of an identity by the
// address they came from, the first seen first.
func readHands(ctx context.Context, evidence pane.Evidence, e investigations.Entity) (out []hand, bound bool, err error) {
	if e.Kind == investigations.KindAddress {
		return nil, false, nil
	}
	groups, err := evidence.Groups(ctx, e)
	if err != nil {
		return nil, false, fmt.Errorf("read the hands of %s: %w", e, err)
	}
	var ids []int64
	for _, g := range groups {
		if _, counts := handTypes[g.Type]; counts && (e.Kind != investigations.KindUser || g.Role == investigations.RoleActor) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > handEvents {
		ids, bound = ids[len(ids)-handEvents:], true
	}
	byAddress := make(map[string]*hand)
	err = evidence.Each(ctx, ids, func(ev *investigations.Event) error {
		from, ok := ev.First(investigations.KindAddress, investigations.RoleSource)
		if !ok {
			return nil
		}
		h := byAddress[from.Entity.Name]
		if h == nil {
			h = &hand{address: from.Entity.Name, first: ev.Time}
			byAddress[h.address] = h
		}
		if ev.Time.Before(h.first) {
			h.first = ev.Time
		}
		if ev.Time.After(h.last) {
			h.last = ev.Time
		}
		handTypes[ev.Type](h, ev)
		return nil
	})
	if err != nil {
		return nil, false, fmt.Errorf("read the hands of %s: %w", e, err)
	}
	for _, h := range byAddress {
		out = append(out, *h)
	}
	slices.SortFunc(out, func(a, b hand) int {
		if c := a.first.Compare(b.first); c != 0 {
			return c
		}
		return compare(a.address, b.address)
	})
	return out, bound, nil
}
