package contain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
)

// What a lock says and how long it holds when the responder does not say.
const (
	DefaultMessage = "compromised, see case"
	DefaultTTL     = 24 * time.Hour
)

// Forever is the TTL of a lock without end.
const Forever time.Duration = -1

// Request is what the responder asks for.
type Request struct {
	Targets []Target
	Message string        // empty: DefaultMessage
	TTL     time.Duration // 0: DefaultTTL, Forever: no end
	Expires time.Time     // instead of TTL
	Server  Server
}

// Prepare makes the plan that is shown before it is placed: with its impact in
// the evidence and the guards' verdict.
func Prepare(ctx context.Context, facts Facts, r Request, g Guard, random io.Reader) (Plan, error) {
	p, err := NewPlan(r, random)
	if err != nil {
		return Plan{}, err
	}
	if p.Impact, err = Assess(ctx, facts, p.Targets, g); err != nil {
		return Plan{}, fmt.Errorf("assess the lock of %s: %w", p.Title(), err)
	}
	p.Verdict = Judge(p.Targets, p.Impact, g)
	return p, nil
}

// Plan is a lock before it is placed.
type Plan struct {
	// Name is the lock's name in the cluster, a UUID chosen beforehand, so that
	// sending it twice still makes one lock.
	Name    string        `json:"name"`
	Targets []Target      `json:"targets"`
	Message string        `json:"message"`
	TTL     time.Duration `json:"-"`                // 0 when Expires is set or the lock has no end
	Expires time.Time     `json:"expires,omitzero"` // as asked for; zero with a TTL or without end
	Impact  Impact        `json:"impact"`
	Verdict Verdict       `json:"verdict"`
	// Others are what could be locked in its place: the access request of a
	// session whose user is the target.
	Others []Target `json:"others,omitempty"`
}

// MarshalJSON adds what a person would read: the length, the command and what
// the lock does not do.
func (p Plan) MarshalJSON() ([]byte, error) {
	type plain Plan
	return json.Marshal(struct {
		plain
		TTL     string   `json:"ttl,omitempty"`
		Command string   `json:"command"`
		Limits  []string `json:"limits,omitempty"`
	}{plain(p), p.ttl(), p.Command(), p.Limits()})
}

func (p Plan) ttl() string {
	if p.TTL <= 0 {
		return ""
	}
	return formatTTL(p.TTL)
}

// NewPlan makes a plan that can be sent: every refusal of Teleport's that can
// be known beforehand is an error here. random gives the lock its name.
func NewPlan(r Request, random io.Reader) (Plan, error) {
	if len(r.Targets) == 0 {
		return Plan{}, errors.New("nothing to lock: name at least one target, such as --user=NAME")
	}
	seen := make(map[Field]bool, len(r.Targets))
	for _, t := range r.Targets {
		if err := t.check(); err != nil {
			return Plan{}, err
		}
		if err := r.Server.gate(t.Field); err != nil {
			return Plan{}, err
		}
		if seen[t.Field] {
			return Plan{}, fmt.Errorf("%s is given twice: one lock holds one of each, place two locks", t.Field.Flag())
		}
		seen[t.Field] = true
	}
	p := Plan{Targets: append([]Target(nil), r.Targets...), Message: r.Message, TTL: r.TTL, Expires: r.Expires.UTC()}
	if p.Message == "" {
		p.Message = DefaultMessage
	}
	if !utf8.ValidString(p.Message) || strings.IndexByte(p.Message, 0) >= 0 {
		return Plan{}, errors.New("the message of the lock must be text: it holds a NUL byte or is no valid UTF-8")
	}
	if err := p.setTime(); err != nil {
		return Plan{}, err
	}
	name, err := uuid.NewRandomFromReader(random)
	if err != nil {
		return Plan{}, fmt.Errorf("choose a name for the lock: %w", err)
	}
	p.Name = name.String()
	return p, nil
}

func (p *Plan) setTime() error {
	switch {
	case !p.Expires.IsZero() && p.TTL != 0:
		return errors.New("use only one of --expires and --ttl")
	case !p.Expires.IsZero():
		if !p.Expires.Equal(p.Expires.Truncate(time.Second)) {
			return errors.New("--expires takes whole seconds")
		}
	case p.TTL == Forever:
		p.TTL = 0
	case p.TTL == 0:
		p.TTL = DefaultTTL
	case p.TTL < time.Second:
		return fmt.Errorf("a lock for %s would end before it starts: use --ttl=%s", p.TTL, formatTTL(DefaultTTL))
	}
	return nil
}

// Ends is when the lock ends if it is placed now; zero for never.
func (p Plan) Ends(now time.Time) time.Time {
	if p.TTL > 0 {
		return now.UTC().Add(p.TTL).Truncate(time.Second)
	}
	return p.Expires
}

// Length is how long the lock holds, for a person: "24h", "until
// 2026-11-19T08:00:00Z" or "no end".
func (p Plan) Length() string {
	switch {
	case p.TTL > 0:
		return formatTTL(p.TTL)
	case !p.Expires.IsZero():
		return "until " + p.Expires.Format(time.RFC3339)
	default:
		return "no end"
	}
}

// Title names what the lock hits: "user alice@example.com", and several fields
// joined by "or", which is what they mean.
func (p Plan) Title() string { return title(p.Targets) }

func title(targets []Target) string {
	parts := make([]string, len(targets))
	for i, t := range targets {
		parts[i] = t.String()
	}
	return strings.Join(parts, " or ")
}

// OrNote explains a lock with several fields; empty for a lock with one.
func (p Plan) OrNote() string {
	if len(p.Targets) < 2 {
		return ""
	}
	return "Several fields mean OR: everything that matches any one of them is locked."
}

// Limits say what this kind of lock leaves alone, one sentence a target.
func (p Plan) Limits() []string {
	var out []string
	for _, t := range p.Targets {
		if s := limits[t.Field]; s != "" {
			out = append(out, s)
		}
	}
	return out
}

var limits = map[Field]string{
	FieldUser:           "What it made, and certificates it holds in other names, stay usable.",
	FieldMFADevice:      "Only what was signed in with this MFA device: the user may have another.",
	FieldDevice:         "Only connections from this device: the user may have another.",
	FieldAccessRequest:  "The user keeps every role held without this request.",
	FieldServerID:       "The same users stay active on every other server.",
	FieldNode:           "SSH on this host only: the same users stay active everywhere else.",
	FieldWindowsDesktop: "The same users stay active on every other desktop.",
}

// Command is the `tctl lock` line that places the lock. tctl chooses a name of
// its own and prints it.
func (p Plan) Command() string {
	var b strings.Builder
	b.WriteString("tctl lock")
	for _, t := range p.Targets {
		b.WriteString(" " + t.Field.Flag() + "=" + Quote(t.Value))
	}
	b.WriteString(" --message=" + Quote(p.Message))
	switch {
	case p.TTL > 0:
		b.WriteString(" --ttl=" + formatTTL(p.TTL))
	case !p.Expires.IsZero():
		b.WriteString(" --expires=" + p.Expires.Format(time.RFC3339))
	}
	return b.String()
}

// UndoCommand is the line that removes a lock by its name. Blanks and more than
// one slash tctl does not read as part of it: such a name is for cordon.
func UndoCommand(name string) string {
	before, after, _ := strings.Cut(name, "/")
	if before == "" || strings.ContainsAny(name, " \t") || strings.HasSuffix(name, "/") || strings.Contains(after, "/") {
		return UnlockCommand(name)
	}
	return "tctl rm " + Quote("lock/"+name)
}

// UnlockCommand is the line with which cordon removes a lock.
func UnlockCommand(name string) string {
	line := "cordon unlock --live --case NAME "
	if strings.HasPrefix(name, "-") {
		line += "-- "
	}
	return line + Quote(name)
}

// Undo is the line that removes the lock once it is placed under Name: by
// cordon, or with `tctl create` from YAML.
func (p Plan) Undo() string { return UndoCommand(p.Name) }

// YAML is the plan as a resource for `tctl create`, under the chosen name. now
// is when it would be placed, since a resource has no TTL.
func (p Plan) YAML(now time.Time) string {
	return Lock{Name: p.Name, Targets: p.Targets, Message: p.Message, Expires: p.Ends(now)}.YAML()
}

// YAML is the lock as a resource for `tctl create -f`, which overwrites the lock
// of that name.
func (l Lock) YAML() string {
	var b strings.Builder
	b.WriteString("kind: lock\nversion: v2\nmetadata:\n  name: " + yamlString(l.Name) + "\nspec:\n  target:\n")
	for _, t := range l.Targets {
		b.WriteString("    " + t.Field.String() + ": " + yamlString(t.Value) + "\n")
	}
	b.WriteString("  message: " + yamlString(l.Message) + "\n")
	if !l.Expires.IsZero() {
		b.WriteString("  expires: " + yamlString(l.Expires.UTC().Format(time.RFC3339)) + "\n")
	}
	return b.String()
}

// yamlString quotes a value. Go's escapes for valid UTF-8 are YAML's too.
func yamlString(s string) string { return strconv.Quote(s) }

// formatTTL writes a duration as tctl reads it, without zero parts: 24h, 90m.
func formatTTL(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}
