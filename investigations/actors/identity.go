package actors

import (
	"time"

	"cordon/investigations"
)

// Proof is one event and what it shows about an identity.
type Proof struct {
	Says  string    `json:"says"`
	Type  string    `json:"type"`
	Event string    `json:"event"` // uid; may be empty
	ID    int64     `json:"-"`     // of the event in this case
	Time  time.Time `json:"time,omitzero"`
}

// Identity is one party of a case.
type Identity struct {
	investigations.Entity
	Label string                    `json:"label,omitempty"`
	Class investigations.ActorClass `json:"class"`
	// Proof are the events that show the class, the strongest first; none of an
	// unknown identity.
	Proof []Proof `json:"proof,omitempty"`
	// Contrary are events that speak against it.
	Contrary []Proof `json:"contrary,omitempty"`
	// Note is what to know about the class, one sentence.
	Note string `json:"note,omitempty"`
	// Events is how many events it did, refused log-ins aside, First and Last
	// when.
	Events int       `json:"events"`
	First  time.Time `json:"first,omitzero"`
	Last   time.Time `json:"last,omitzero"`
	// Edits is how many of them changed users, roles and other resources.
	Edits int `json:"edits"`
}

// Edits is what the identities of one class changed.
type Edits struct {
	Class investigations.ActorClass `json:"class"`
	// N counts events; one that names two identities of the class counts once
	// for each.
	N     int            `json:"events"`
	First time.Time      `json:"first,omitzero"`
	Last  time.Time      `json:"last,omitzero"`
	Types map[string]int `json:"types"`
	// Proof is the first of them in the evidence; nil where there is none.
	Proof *Proof `json:"proof,omitempty"`
}
