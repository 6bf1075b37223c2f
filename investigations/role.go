package investigations

// Role says what part an entity played in an event. The numbers are written
// into case files, so new roles go at the end and there are at most 15.
type Role uint8

// The parts an entity can play in an event.
const (
	RoleNone         Role = iota
	RoleActor             // did it, or tried to under this name
	RoleRequester         // asked for what the event decides on
	RoleReviewer          // approved or denied it
	RoleUpdater           // wrote the resource (`updated_by`)
	RoleImpersonator      // acted behind the actor's name
	RoleSubject           // was acted upon: created, changed, locked
	RoleMember            // was put on or taken off a list, or took part
	RoleTarget            // was reached or granted: host, login, database, role
	RoleSource            // where it came from: address
	RoleVia               // what made it possible: request, token, device, held role
	roleEnd
)

var roleNames = [roleEnd]string{
	"none", "actor", "requester", "reviewer", "updater", "impersonator", "subject", "member", "target", "source", "via",
}

// String is the role's name in JSON and on screen.
func (r Role) String() string {
	if r < roleEnd {
		return roleNames[r]
	}
	return roleNames[RoleNone]
}

// MarshalText writes the role's name.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// Roles lists every role.
func Roles() []Role {
	out := make([]Role, 0, roleEnd-1)
	for r := RoleActor; r < roleEnd; r++ {
		out = append(out, r)
	}
	return out
}

// Involvement is one entity in one role of one event.
type Involvement struct {
	Role   Role   `json:"role"`
	Entity Entity `json:"entity"`
	// Label is what people call the entity where the event says so: a host
	// name, an MFA device's name. Empty when the event does not say.
	Label string `json:"label,omitempty"`
}
