package actors

import (
	"cmp"
	"context"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

// editTypes are the events that change who may do what, or what there is: exact
// names, or prefixes that end in a dot.
var editTypes = []string{
	"user.create", "user.update", "user.delete", "reset_password_token.create", "role.", "lock.", "join_token.",
	"scoped_token.", "bot.create", "bot.update", "bot.delete", "access_list.", "github.", "oidc.", "saml.created",
	"saml.updated", "saml.deleted", "saml.idp.service.provider.", "login_rule.", "trusted_cluster.",
	"trusted_cluster_token.create", "auth_preference.update", "cluster_networking_config.update",
	"session_recording_config.update", "integration.", "plugin.", "discovery_config.", "static_host_user.",
	"workload_identity.", "cert_auth_override.", "app.create", "app.update", "app.delete", "db.create", "db.update",
	"db.delete", "kube.create", "kube.update", "kube.delete", "device.create", "device.delete",
}

// syncEdits are the events by which the sync of an identity provider tells what
// it changed. They name nobody who did it.
var syncEdits = map[string]bool{
	"okta.groups.update": true, "okta.applications.update": true, "okta.assignment.process": true, "okta.assignment.cleanup": true,
	"okta.access_list.sync": true, "okta.user.sync": true, "scim.create": true, "scim.update": true, "scim.delete": true,
	"scim.patch": true, "aws_identity_center.resource_sync.success": true,
}

func isEdit(eventType string) bool {
	return slices.ContainsFunc(editTypes, func(t string) bool {
		return t == eventType || strings.HasSuffix(t, ".") && strings.HasPrefix(eventType, t)
	})
}

// readEdits counts what each identity changed, each event once. A change of a
// user that names the changed user alone as who made it is nobody's: some
// versions log every change so.
func (g *gathering) readEdits(ctx context.Context) error {
	for _, m := range g.users {
		slices.Sort(m.changed)
		seen := map[int64]bool{}
		for _, p := range m.wrote {
			var mine, nobodys []int64
			for _, id := range p.IDs {
				if seen[id] {
					continue
				}
				seen[id] = true
				if g.namesNobody(m, p.Type, id) {
					nobodys = append(nobodys, id)
				} else {
					mine = append(mine, id)
				}
			}
			g.count(&m.edits, p, mine)
			g.count(&g.unsaid, p, nobodys)
		}
		m.Edits = m.edits.N
		if m.host != "" && m.edits.N > 0 {
			g.onEvent(m.edits.Proof.ID, func(ev *investigations.Event) { m.show(signHostWrote, ev) })
		}
	}
	types, err := g.of.TypeGroups(ctx)
	for _, p := range types {
		if syncEdits[p.Type] && !strings.HasSuffix(p.Code, "E") {
			g.count(&g.synced, p, p.IDs)
		}
	}
	return err
}

// namesNobody reports whether an event that an identity did changed that
// identity's own user and names nobody else as who wrote it.
func (g *gathering) namesNobody(m *member, eventType string, id int64) bool {
	if !userChange(eventType) {
		return false
	}
	_, itself := slices.BinarySearch(m.changed, id)
	by := g.updated[id]
	return itself && (by == "" || by == m.Name)
}

// count adds events of a posting list to edits.
func (g *gathering) count(e *Edits, p pivot.Group, ids []int64) {
	if len(ids) == 0 {
		return
	}
	e.N += len(ids)
	e.Types[p.Type] += len(ids)
	e.span(p.First, p.Last)
	if e.Proof == nil || ids[0] < e.Proof.ID {
		e.Proof = &Proof{ID: ids[0]}
		g.onEvent(ids[0], func(ev *investigations.Event) {
			if e.Proof.ID == ev.ID {
				*e.Proof = proofOf("the first of them in the evidence", ev)
			}
		})
	}
}

func (e *Edits) span(first, last time.Time) {
	if !first.IsZero() && (e.First.IsZero() || first.Before(e.First)) {
		e.First = first
	}
	if last.After(e.Last) {
		e.Last = last
	}
}

// join adds the edits of another identity of the class.
func (e *Edits) join(o Edits) {
	e.N += o.N
	for t, n := range o.Types {
		e.Types[t] += n
	}
	e.span(o.First, o.Last)
	if e.Proof == nil || o.Proof != nil && o.Proof.ID < e.Proof.ID {
		e.Proof = o.Proof
	}
}

// book closes the gathering: every identity gets its class.
func (g *gathering) book() *Book {
	b := &Book{
		Identities: []Identity{}, Edits: []Edits{}, Unsaid: g.unsaid, Refused: g.refused,
		classes: map[investigations.Entity]investigations.ActorClass{},
	}
	byClass := map[investigations.ActorClass]*Edits{}
	if g.synced.N > 0 {
		byClass[investigations.ActorSync] = &g.synced
	}
	for _, m := range append(slices.Collect(maps.Values(g.users)), g.others...) {
		v := decide(m.signs, m.onlyRequests)
		m.Class, m.Proof, m.Contrary, m.Note = v.class, v.proof, v.contrary, v.note
		b.classes[m.Entity] = v.class
		if !g.isUser(m) {
			b.Identities = append(b.Identities, m.Identity)
		}
		if m.edits.N == 0 {
			continue
		}
		if byClass[v.class] == nil {
			byClass[v.class] = &Edits{Class: v.class, Types: map[string]int{}}
		}
		byClass[v.class].join(m.edits)
	}
	for _, class := range append(investigations.ActorClasses()[1:], investigations.ActorUnknown) {
		if e := byClass[class]; e != nil {
			b.Edits = append(b.Edits, *e)
		}
	}
	slices.SortFunc(b.Identities, func(x, y Identity) int {
		return cmp.Or(cmp.Compare(place(x.Class), place(y.Class)), cmp.Compare(x.Kind, y.Kind), strings.Compare(x.Name, y.Name))
	})
	return b
}

// isUser reports whether a bot is listed as the user under whose name it acts.
func (g *gathering) isUser(m *member) bool {
	return m.Kind == investigations.KindBot && g.users["bot-"+m.Name] != nil
}

// place is where a class stands among the others: whom nothing shows comes last.
func place(c investigations.ActorClass) int {
	if c == investigations.ActorUnknown {
		return math.MaxInt
	}
	return int(c)
}
