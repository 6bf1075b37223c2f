package survive

import (
	"encoding/json"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot"
)

// Report is the answer.
type Report struct {
	Identity string
	Entity   investigations.Entity
	Since    time.Time // nothing from before counts; zero: everything does
	At       time.Time
	Coverage pivot.Coverage
	// Items are usable at the moment asked about, or wait to be put back, what to
	// do first first.
	Items []Item
	// Held are those that a lock in force stops: they are usable again when it
	// ends.
	Held []Item
	// Unknown is what the log cannot tell.
	Unknown []Unknown
	// More counts, by kind, what lies beyond the bounds of the answer.
	More map[string]int
	// Seen says whether the case knows the identity at all.
	Seen bool
}

// Item is one thing that is left.
type Item struct {
	Kind   string                 `json:"kind"` // a key of contain.Ties, or "identity", "host", "bot_joined", "app_session"
	Entity investigations.Entity  `json:"entity"`
	Label  string                 `json:"label,omitempty"`
	List   *investigations.Entity `json:"list,omitempty"` // the access list it is on, or was taken off
	What   string                 `json:"what"`           // it, in a few words
	By     investigations.Entity  `json:"by"`             // in whose name it was done
	Since  time.Time              `json:"since,omitzero"`
	Event  string                 `json:"event,omitempty"` // uid of the event that proves it
	ID     int64                  `json:"-"`               // its case id
	Count  int                    `json:"count"`           // events, or certificates, that it stands for
	Until  Until                  `json:"until"`
	Status lineage.Status         `json:"status"`
	Doubt  string                 `json:"doubt,omitempty"` // why it is ambiguous
	Held   *Hold                  `json:"held,omitempty"`
	Notes  []string               `json:"notes,omitempty"` // sentences: what the log does not show
	Steps  []Step                 `json:"steps"`
}

// Command is the one command that ends it: the first that changes something,
// else the one that shows what to do.
func (i Item) Command() string {
	for _, s := range i.Steps {
		if s.Stage != Look {
			return s.Command
		}
	}
	for _, s := range i.Steps {
		return s.Command
	}
	return ""
}

// MarshalJSON adds the command.
func (i Item) MarshalJSON() ([]byte, error) {
	type plain Item
	if i.Steps == nil {
		i.Steps = []Step{}
	}
	return json.Marshal(struct {
		plain
		Command string `json:"command"`
	}{plain(i), i.Command()})
}

// Ends says how well the end of a thing is known.
type Ends string

// The answers to when a thing ends by itself.
const (
	EndsKnown   Ends = "known"
	EndsNever   Ends = "never"
	EndsUnknown Ends = "unknown"
)

// Until is when a thing ends by itself.
type Until struct {
	Ends Ends      `json:"ends"`
	At   time.Time `json:"at,omitzero"`   // with EndsKnown
	Why  string    `json:"why,omitempty"` // with EndsUnknown: why nobody can tell
}

func known(at time.Time) Until         { return Until{Ends: EndsKnown, At: at.UTC()} }
func never() Until                     { return Until{Ends: EndsNever} }
func unknown(why string) Until         { return Until{Ends: EndsUnknown, Why: why} }
func (u Until) over(at time.Time) bool { return u.Ends == EndsKnown && !u.At.After(at) }

// Hold is the lock in force that stops an item.
type Hold struct {
	Lock    string    `json:"lock"`  // its name
	Title   string    `json:"title"` // what it locks
	Until   time.Time `json:"until,omitzero"`
	EndSaid bool      `json:"end_known"` // a zero Until means never; else the log does not say
}

// Stage orders what is to be done.
type Stage uint8

// The stages, in their order.
const (
	Cut     Stage = iota // a lock stops it at once
	Look                 // see what is there before changing it
	Revoke               // take it away for good
	Restore              // put back what was changed
)

var stageNames = [...]string{"cut", "look", "revoke", "restore"}

// String is the stage as JSON has it.
func (s Stage) String() string { return stageNames[min(int(s), len(stageNames)-1)] }

// MarshalText writes the stage's name.
func (s Stage) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Step is one thing to do about an item.
type Step struct {
	Stage   Stage  `json:"stage"`
	Command string `json:"command"`
	Note    string `json:"note,omitempty"` // what to know before typing it
	// Lock is what the command locks; nil for every other command.
	Lock *contain.Request `json:"-"`
	// tokens are the names of join tokens as the log has them, where the command
	// cannot name them.
	tokens []string
}

// Unknown is one thing that the log cannot tell.
type Unknown struct {
	Kind    string `json:"kind"`
	Note    string `json:"note"`    // one sentence
	Command string `json:"command"` // shows what the log does not
}

// MarshalJSON writes lists, never null.
func (r Report) MarshalJSON() ([]byte, error) {
	items := func(of []Item) []Item {
		if of == nil {
			return []Item{}
		}
		return of
	}
	unknown := r.Unknown
	if unknown == nil {
		unknown = []Unknown{}
	}
	return json.Marshal(struct {
		Identity string         `json:"identity"`
		Since    time.Time      `json:"since,omitzero"`
		At       time.Time      `json:"at"`
		Coverage pivot.Coverage `json:"coverage"`
		Items    []Item         `json:"survives"`
		Held     []Item         `json:"held"`
		Unknown  []Unknown      `json:"unknown"`
		More     map[string]int `json:"more,omitempty"`
	}{r.Identity, r.Since.UTC(), r.At.UTC(), r.Coverage, items(r.Items), items(r.Held), unknown, r.More})
}
