package actors

import (
	"strings"

	"cordon/investigations"
)

// Book is who is who in a case. It is not written to once made, so several
// goroutines may read it.
type Book struct {
	// Identities are the users, bots and joined hosts of the case: people first,
	// then machines, then whom nothing shows; by name within a class.
	Identities []Identity `json:"identities"`
	// Edits are what each class changed, the classes in their order.
	Edits []Edits `json:"edits"`
	// Unsaid are changes of users that name the changed user as who did it, as
	// some versions log them: by whom they were made, nothing says.
	Unsaid Edits `json:"edits_by_nobody_named"`
	// Refused is how many names stand in refused log-ins alone.
	Refused int `json:"names_only_refused"`

	classes map[investigations.Entity]investigations.ActorClass
}

// Class is the class of an identity; unknown of one that the case has not seen.
func (b *Book) Class(e investigations.Entity) investigations.ActorClass {
	if b == nil {
		return investigations.ActorUnknown
	}
	return b.classes[e]
}

// Machine reports whether an entity is certain to be a machine that acts.
func (b *Book) Machine(e investigations.Entity) bool { return b.Class(e).Machine() }

// Count is how many identities a class has.
func (b *Book) Count(class investigations.ActorClass) int {
	n := 0
	for i := range b.Identities {
		if b.Identities[i].Class == class {
			n++
		}
	}
	return n
}

// doing are the roles in which one has a hand in an event.
func doing(r investigations.Role) bool {
	switch r {
	case investigations.RoleActor, investigations.RoleUpdater, investigations.RoleReviewer, investigations.RoleImpersonator:
		return true
	}
	return false
}

// hand reports whether an involvement is of somebody who had a hand in the
// event. A delegator is one too: the decision was theirs.
func hand(v *investigations.Involvement) bool {
	switch v.Entity.Kind {
	case investigations.KindUser:
		return doing(v.Role) || v.Role == investigations.RoleVia
	case investigations.KindBot:
		return v.Role == investigations.RoleActor
	}
	return false
}

// claimed reports whether the names of an event are only claimed: whoever is
// refused can have given any name.
func claimed(ev *investigations.Event) bool {
	switch ev.Type {
	case "auth":
		return true
	case "user.login", "bot.join":
		return ev.Outcome == investigations.OutcomeFailure
	}
	return false
}

// bySync reports whether events of the type are written by the sync of an
// identity provider.
func bySync(eventType string) bool {
	for _, prefix := range []string{"okta.", "scim.", "aws_identity_center."} {
		if strings.HasPrefix(eventType, prefix) {
			return true
		}
	}
	return false
}

// aboutItself reports whether the event is a change of a user that names the
// changed user alone as who made it.
func aboutItself(ev *investigations.Event) bool {
	if ev.Type != "user.create" && ev.Type != "user.update" {
		return false
	}
	changed, ok := ev.First(investigations.KindUser, investigations.RoleSubject)
	if !ok {
		return false
	}
	for i := range ev.Involved {
		if v := &ev.Involved[i]; v.Entity != changed.Entity && hand(v) {
			return false
		}
	}
	return true
}

// MachineAlone reports whether machines did the event and nobody else had a
// hand in it, for certain.
func (b *Book) MachineAlone(ev *investigations.Event) bool {
	if bySync(ev.Type) {
		return true
	}
	if claimed(ev) || aboutItself(ev) {
		return false
	}
	some := false
	for i := range ev.Involved {
		if v := &ev.Involved[i]; hand(v) {
			if !b.Machine(v.Entity) {
				return false
			}
			some = true
		}
	}
	return some
}

// Did reports whether somebody of a class had a hand in the event; the words are
// those of [investigations.ActorWords]. `person` is
// anybody of the people, `machine` an event that machines alone did, `unknown`
// one that names nobody, or somebody of whom nothing shows a class.
func (b *Book) Did(ev *investigations.Event, word string) bool {
	switch {
	case word == investigations.ActorMachine:
		return b.MachineAlone(ev)
	case bySync(ev.Type):
		return word == investigations.ActorSync.String()
	case claimed(ev) || aboutItself(ev):
		return word == investigations.ActorUnknown.String()
	}
	some := false
	for i := range ev.Involved {
		v := &ev.Involved[i]
		if !hand(v) {
			continue
		}
		some = true
		class := b.Class(v.Entity)
		if class.String() == word || word == investigations.ActorPerson.String() && class.Person() {
			return true
		}
	}
	return !some && word == investigations.ActorUnknown.String()
}
