package investigations

// ActorClass says what kind of party an identity is, as far as the evidence
// shows it.
type ActorClass uint8

// The classes. Unknown is what remains where nothing shows one: neither a
// person nor a machine.
const (
	ActorUnknown ActorClass = iota
	ActorPerson             // somebody, from where nothing shows
	ActorLocal              // a user of the cluster's own
	ActorSSO                // a user who comes through a connector
	ActorRobot              // a bot of Machine ID
	ActorAdmin              // the built-in admin of an auth host, `<host id>.<cluster>`
	ActorSystem             // Teleport itself
	ActorSync               // what carries an identity provider's users and lists over
	ActorPlugin             // what files or decides access requests for others
	ActorAgent              // a host of the cluster under its own name
	actorEnd
)

var actorNames = [actorEnd]string{"unknown", "person", "local", "sso", "robot", "admin", "system", "sync", "plugin", "agent"}

var actorTitles = [actorEnd]string{
	"unknown", "person", "local user", "SSO user", "robot", "built-in admin", "Teleport itself", "identity provider's sync",
	"access plugin", "host of the cluster",
}

// String is the class as filters and JSON write it.
func (c ActorClass) String() string {
	if c < actorEnd {
		return actorNames[c]
	}
	return actorNames[ActorUnknown]
}

// Title is the class as a person reads it.
func (c ActorClass) Title() string {
	if c < actorEnd {
		return actorTitles[c]
	}
	return actorTitles[ActorUnknown]
}

// MarshalText writes the class's name.
func (c ActorClass) MarshalText() ([]byte, error) { return []byte(c.String()), nil }

// Person reports whether the class is of people.
func (c ActorClass) Person() bool { return c == ActorPerson || c == ActorLocal || c == ActorSSO }

// Machine reports whether the class is certain to be of no people.
func (c ActorClass) Machine() bool { return c >= ActorRobot && c < actorEnd }

// ActorMachine is the word for all classes that are no people.
const ActorMachine = "machine"

// ActorWords are how classes are asked for: `machine` and the classes' names.
func ActorWords() []string {
	words := []string{ActorMachine}
	for _, c := range ActorClasses() {
		words = append(words, c.String())
	}
	return words
}

// ActorClasses lists every class.
func ActorClasses() []ActorClass {
	out := make([]ActorClass, actorEnd)
	for i := range out {
		out[i] = ActorClass(i)
	}
	return out
}
