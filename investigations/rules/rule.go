package rules

import (
	"time"
)

// Severity is how much a finding of the rule matters by itself.
type Severity string

// The severities.
const (
	Low      Severity = "low"
	Medium   Severity = "medium"
	High     Severity = "high"
	Critical Severity = "critical"
)

// Severities lists the severities, the gravest first.
func Severities() []Severity { return []Severity{Critical, High, Medium, Low} }

// AtLeast reports whether the severity is as grave as another, or graver.
func (s Severity) AtLeast(o Severity) bool { return s.rank() >= o.rank() }

// rank orders severities; 0 is an unknown one.
func (s Severity) rank() int {
	switch s {
	case Low:
		return 1
	case Medium:
		return 2
	case High:
		return 3
	case Critical:
		return 4
	}
	return 0
}

// Rule is one detection. docs/rules.md says what each key means to a writer of
// rules.
type Rule struct {
	ID       string   `yaml:"id"`
	Title    string   `yaml:"title"`
	Severity Severity `yaml:"severity"`
	Attack   []string `yaml:"attack"` // ATT&CK technique ids
	// Log says which servers log what the rule needs, and what must be turned
	// on for it.
	Log string `yaml:"log"`
	// About says what a finding can mean, harmless reasons included.
	About string `yaml:"about"`
	On    Step   `yaml:"on"`
	// Then are the steps that follow On, in order, all inside Within.
	Then   []Step        `yaml:"then"`
	Within time.Duration `yaml:"within"`
	// At most one of Threshold and FirstSeen, and neither with Then.
	Threshold *Threshold `yaml:"threshold"`
	FirstSeen *FirstSeen `yaml:"first_seen"`
	// Allow lists conditions under which an event does not count.
	Allow []Node `yaml:"allow"`
	// Group are the values by which findings are put together; without it, the
	// actor or else the address.
	Group []string `yaml:"group"`
	Why   string   `yaml:"why"`
	Next  string   `yaml:"next"`

	Fixtures []Fixture `yaml:"fixtures"`

	// File is where the rule was read from.
	File string `yaml:"-"`

	group     []source
	why, next template
}

// Step is what one event must be.
type Step struct {
	// Events are event types, exact or a prefix followed by `*`.
	Events []string `yaml:"events"`
	Where  []Node   `yaml:"where"`
	// Bind names values. A name that an earlier step bound must have a value in
	// common with this event.
	Bind map[string]string `yaml:"bind"`
	// Differs are names of earlier steps that must have no value in common with
	// this event.
	Differs map[string]string `yaml:"differs"`

	bind, differs []binding // in the order of their names
}

// binding is a name and the value it stands for.
type binding struct {
	name string
	from source
}

// Threshold asks for several events with the same values of By inside Within:
// Count of them, Count different values of Distinct, or a total of AtLeast over
// the numbers of Sum.
type Threshold struct {
	Within   time.Duration `yaml:"within"`
	By       []string      `yaml:"by"`
	Count    int           `yaml:"count"`
	Distinct string        `yaml:"distinct"`
	Sum      string        `yaml:"sum"`
	AtLeast  float64       `yaml:"at_least"`

	by            []source
	distinct, sum source
}

// FirstSeen asks for a value of Of that By never had before, once By has been
// seen for as long as Learn.
type FirstSeen struct {
	Of    string        `yaml:"of"`
	By    []string      `yaml:"by"`
	Learn time.Duration `yaml:"learn"`

	of source
	by []source
}

// steps are all steps of the rule.
func (r *Rule) steps() []*Step {
	out := []*Step{&r.On}
	for i := range r.Then {
		out = append(out, &r.Then[i])
	}
	return out
}
