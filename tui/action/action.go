package action

// ID names an action for good: in code, in the responder's key file and in the
// journal. It is an imperative, such as lock.place.
type ID string

// Scope is where the keys of an action work.
type Scope string

// The scopes. Global is the end of every chain.
const (
	Global   Scope = "everywhere"
	Overview Scope = "overview"
	Events   Scope = "events"
	Lineage  Scope = "lineage"
	Sessions Scope = "sessions"
	Replay   Scope = "replay"
	Locks    Scope = "locks"
	Findings Scope = "findings"
	Query    Scope = "query"
	Case     Scope = "case"
	// Terminal is where a program runs that takes all other keys itself.
	Terminal Scope = "terminal"
)

// Action describes one thing that can be done.
type Action struct {
	ID ID
	// Keys are key names as Bubble Tea spells them: "L", "ctrl+c", "shift+left".
	Keys []string
	// Short is one or two words for the footer.
	Short string
	// Long is one sentence for the help, without a full stop.
	Long  string
	Scope Scope
	// Danger marks actions that can cut somebody off.
	Danger bool
	// Weight is the importance in the footer: the lowest is left out first, and
	// zero keeps the action out of the footer.
	Weight int
}

// State answers whether an action can run now.
type State interface {
	// Disabled returns why the action cannot run, or an empty string.
	Disabled(id ID) string
}

// Ready is a [State] in which everything can run.
type Ready struct{}

// Disabled returns an empty string.
func (Ready) Disabled(ID) string { return "" }

var _ State = Ready{}

// Func makes a [State] of a function.
type Func func(id ID) string

// Disabled calls the function.
func (f Func) Disabled(id ID) string { return f(id) }

var _ State = Func(nil)
