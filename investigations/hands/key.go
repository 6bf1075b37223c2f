package hands

import (
	"cordon/investigations"
	"cordon/investigations/judgement"
)

// tells are the entities of an event that tell hands apart, by the roles in
// which they do. An address that was connected to, or a device that is being
// enrolled, tells nothing.
var tells = []struct {
	kind  investigations.Kind
	role  investigations.Role
	facet judgement.Facet
}{
	{investigations.KindAddress, investigations.RoleSource, judgement.FacetAddress},
	{investigations.KindMFADevice, investigations.RoleVia, judgement.FacetMFADevice},
	{investigations.KindDevice, investigations.RoleVia, judgement.FacetDevice},
	{investigations.KindSession, investigations.RoleTarget, judgement.FacetSession},
}

// carried is a key of an event, or of the event that it is tied to.
type carried struct {
	key   judgement.Key
	label string
	// tie says how the key belongs to the event where it stands in another one,
	// and event is the uid of that one.
	tie, event string
}

// own lists the keys that stand in the event itself, sessions last.
func own(ev *investigations.Event) []carried {
	var out []carried
	for _, t := range tells {
		if v, ok := ev.First(t.kind, t.role); ok {
			out = append(out, carried{key: judgement.Key{Facet: t.facet, Value: v.Entity.Name}, label: v.Label})
		}
	}
	return out
}

func sessionOf(ev *investigations.Event) string {
	v, _ := ev.First(investigations.KindSession, investigations.RoleTarget)
	return v.Entity.Name
}

// opens are the types of event that begin a session, or bring somebody into it.
// A certificate for an application names the session that it is for.
var opens = map[string]bool{
	"session.start": true, "session.join": true, "db.session.start": true, "app.session.start": true, "mcp.session.start": true,
	"windows.desktop.session.start": true, "linux.desktop.session.start": true, "cert.create": true,
}
