package contain

import (
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
)

// Level says how a lock may be placed.
type Level uint8

// The levels of a verdict.
const (
	Narrow  Level = iota // one key
	Wide                 // the name is typed first
	Refused              // not at all
)

// String is the level as a word.
func (l Level) String() string {
	switch l {
	case Narrow:
		return "narrow"
	case Wide:
		return "wide"
	default:
		return "refused"
	}
}

// MarshalText writes the level's word.
func (l Level) MarshalText() ([]byte, error) { return []byte(l.String()), nil }

// Verdict is the guards' answer to a plan.
type Verdict struct {
	Level Level `json:"level"`
	// Reasons say why it is not narrow, one sentence each.
	Reasons []string `json:"reasons,omitempty"`
	// Confirm is what to type for a wide lock: the name of what is wide.
	Confirm string `json:"confirm,omitempty"`
	// Warnings do not stop anyone.
	Warnings []string `json:"warnings,omitempty"`
}

// Guard is what is known of the responder and the cluster besides the
// evidence. Everything may be empty.
type Guard struct {
	Operator     string   // Teleport user of the responder
	Clusters     []string // names of the clusters in the evidence
	Roles        []string // roles of the responder
	Admins       []string // users known to be able to remove a lock
	ControlHosts []string // host ids of the auth and proxy servers
}

// Judge says how a lock on the targets may be placed. It decides on what is
// given alone: impact comes from Assess.
func Judge(targets []Target, im Impact, g Guard) Verdict {
	var v Verdict
	if len(targets) == 0 {
		return Verdict{Level: Refused, Reasons: []string{"A lock without a target locks nothing."}}
	}
	for _, t := range targets {
		if err := t.check(); err != nil {
			return Verdict{Level: Refused, Reasons: []string{sentence(err.Error())}}
		}
		v.target(t, im, g)
	}
	if im.You && !slices.ContainsFunc(targets, func(t Target) bool { return t == Target{FieldUser, g.Operator} }) {
		v.wide(targets[0], "It hits YOU: "+g.Operator+" would be cut off.")
	}
	if len(im.Bots) > 0 {
		v.wide(targets[0], fmt.Sprintf("Bots stop: %s.", list(im.Bots)))
	}
	if hitsAll(im, g.Admins) {
		v.wide(targets[0], "It hits every administrator known here: nobody would be left to remove it.")
	}
	for _, t := range im.Unseen {
		v.Warnings = append(v.Warnings, fmt.Sprintf("The %s %s is in no event of this evidence: check the name. Teleport accepts a lock on anything.", t.Field.Title(), t.Value))
	}
	if im.AtLeast {
		v.Warnings = append(v.Warnings, "The evidence holds more than was counted: the figures are at least these.")
	}
	return v
}

// target adds what one target alone makes wide.
func (v *Verdict) target(t Target, im Impact, g Guard) {
	switch t.Field {
	case FieldRole:
		v.wide(t, fmt.Sprintf("It hits everyone who holds the role: %s seen.", count(len(im.Users), "user", im.AtLeast)))
		if slices.Contains(g.Roles, t.Value) {
			v.wide(t, "It hits YOU: you hold this role.")
		}
		for _, name := range g.Admins {
			if slices.ContainsFunc(im.Users, func(u UserHit) bool { return u.Name == name }) {
				v.wide(t, "Administrators are among them.")
				break
			}
		}
	case FieldLogin:
		v.wide(t, fmt.Sprintf("It hits everyone who logs in as %s on any host: %s seen.", t.Value, count(len(im.Users), "user", im.AtLeast)))
	case FieldUser:
		switch {
		case g.Operator != "" && t.Value == g.Operator:
			v.wide(t, "This is YOU: you would be cut off, and could not remove it.")
		case isBuiltin(t.Value):
			v.wide(t, "This is Teleport's own identity, not a person.")
		}
	case FieldServerID, FieldNode:
		if im.Control || slices.Contains(g.ControlHosts, t.Value) {
			v.wide(t, "This server runs Teleport itself: the lock would cut off the cluster, and you.")
		}
	case FieldBotInstanceID, FieldJoinToken:
		v.wide(t, "Bots stop: all that run on it.")
	}
}

func (v *Verdict) wide(t Target, reason string) {
	v.Level = Wide
	if v.Confirm == "" {
		v.Confirm = t.Value
	}
	if !slices.Contains(v.Reasons, reason) {
		v.Reasons = append(v.Reasons, reason)
	}
}

// Confirmed reports whether the typed text confirms the plan. Only the exact
// name does; blanks around it are forgiven.
func (v Verdict) Confirmed(typed string) bool {
	switch v.Level {
	case Narrow:
		return true
	case Wide:
		return strings.TrimSpace(typed) == strings.TrimSpace(v.Confirm)
	default:
		return false
	}
}

// isBuiltin reports names that Teleport's own components act under: `system`
// and `<host id>.<cluster>`.
func isBuiltin(user string) bool {
	if user == "system" {
		return true
	}
	host, cluster, ok := strings.Cut(user, ".")
	if !ok || cluster == "" {
		return false
	}
	_, err := uuid.Parse(host)
	return err == nil && len(host) == 36
}

func hitsAll(im Impact, names []string) bool {
	for _, name := range names {
		if !slices.ContainsFunc(im.Users, func(u UserHit) bool { return u.Name == name }) {
			return false
		}
	}
	return len(names) > 0
}

func count(n int, what string, atLeast bool) string {
	s := fmt.Sprintf("%d %s", n, what)
	if n != 1 {
		s += "s"
	}
	if atLeast {
		s = "at least " + s
	}
	return s
}

// list names a few and counts the rest.
func list(names []string) string {
	const shown = 5
	if len(names) <= shown {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:shown], ", "), len(names)-shown)
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:] + "."
}
