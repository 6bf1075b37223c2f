package lineage

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
)

// Status says how sure an edge is.
type Status string

// The two of them: what the log proves, and what it leaves open.
const (
	Proved    Status = "proved"
	Ambiguous Status = "ambiguous"
)

// Edge ties an entity to the one it came from, with the event that shows it.
type Edge struct {
	investigations.Entity
	Label  string                `json:"label,omitempty"`
	Depth  int                   `json:"depth"` // 1 for what the identity itself reached
	Via    string                `json:"via"`   // type of the event
	Event  string                `json:"event"` // its uid
	ID     int64                 `json:"-"`     // its case id
	Time   time.Time             `json:"time,omitzero"`
	Parent investigations.Entity `json:"parent"`
	Status Status                `json:"status"`
	Reason string                `json:"reason"` // one sentence for a person
	// Why is the end of the reason: what more makes the edge sure, or not.
	Why string `json:"-"`
	// Hands are whose hands the act was in, where some are marked.
	Hands hands.Side `json:"hands,omitempty"`
	// Verdict is what the responder decided about the edge, Said when and why.
	Verdict judgement.Verdict `json:"verdict,omitempty"`
	Said    judgement.Said    `json:"decided,omitzero"`
	// Since is when the first event happened that says the same, surely or not:
	// the child is followed from then on.
	Since time.Time `json:"-"`
	// Existed says that the child was there before the event, which reads as if it
	// was made.
	Existed bool `json:"-"`
	// Tainted says that the edge makes its child part of the attack: it is proved
	// or accepted, and so is a way to its parent.
	Tainted bool `json:"-"`
}

// Key names the edge for a decision about it.
func (e Edge) Key() judgement.Edge {
	return judgement.Edge{Parent: e.Parent, Child: e.Entity, Via: e.Via, Event: e.Event}
}

// order sorts edges breadth first: by depth, then as they happened.
func order(edges []Edge) {
	slices.SortFunc(edges, func(a, b Edge) int {
		return cmp.Or(
			cmp.Compare(a.Depth, b.Depth), a.Time.Compare(b.Time), strings.Compare(a.Event, b.Event),
			compareEntities(a.Parent, b.Parent), compareEntities(a.Entity, b.Entity),
			strings.Compare(a.Via, b.Via), strings.Compare(a.Reason, b.Reason),
		)
	})
}

func compareEntities(a, b investigations.Entity) int {
	return cmp.Or(cmp.Compare(a.Kind, b.Kind), strings.Compare(a.Name, b.Name))
}

// name gives every edge the label that some edge has for its entity: not every
// event that names a thing says what people call it.
func name(lists ...[]Edge) {
	labels := make(map[investigations.Entity]string)
	for _, edges := range lists {
		for _, e := range edges {
			if e.Label != "" && labels[e.Entity] == "" {
				labels[e.Entity] = e.Label
			}
		}
	}
	for _, edges := range lists {
		for i := range edges {
			if edges[i].Label == "" {
				edges[i].Label = labels[edges[i].Entity]
			}
		}
	}
}

// labelOf is what a person calls the child of an edge, as far as its event
// says: for a session where it ran, for a request what was asked for.
func labelOf(ev *investigations.Event, child investigations.Involvement) string {
	switch child.Entity.Kind {
	case investigations.KindSession:
		return sessionLabel(ev)
	case investigations.KindCertificate:
		if who, ok := ev.First(investigations.KindUser, investigations.RoleActor); ok {
			return who.Entity.Name
		}
	case investigations.KindRequest:
		var roles []string
		for _, v := range ev.Involved {
			if v.Entity.Kind == investigations.KindRole && v.Role == investigations.RoleTarget {
				roles = append(roles, v.Entity.Name)
			}
		}
		return strings.Join(roles, ", ")
	}
	return child.Label
}

func sessionLabel(ev *investigations.Event) string {
	where := ""
	for _, kind := range []investigations.Kind{
		investigations.KindDatabase, investigations.KindApp, investigations.KindDesktop, investigations.KindKubeCluster, investigations.KindHost,
	} {
		if v, ok := ev.First(kind, investigations.RoleTarget); ok {
			where = cmp.Or(v.Label, v.Entity.Name)
			break
		}
	}
	login, ok := ev.First(investigations.KindOSLogin, investigations.RoleTarget)
	switch {
	case ok && where != "":
		return login.Entity.Name + "@" + where
	case ok:
		return login.Entity.Name
	}
	return where
}
