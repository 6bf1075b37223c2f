package rules

import (
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// maxKeys bounds how many users, addresses and the like one rule keeps count
// of. When they are full, those that ran out are looked for once per
// 1/sweepShare of the rule's time, not for every event.
const (
	maxKeys    = 20000
	sweepShare = 16
)

// runner is a rule at work.
type runner struct {
	rule     *Rule
	steps    []*Step
	findings []*Finding
	latest   map[string]*Finding // by group
	lost     int

	windows  map[string]*window
	swept    time.Time // when windows or sequences that ran out were last looked for
	known    map[string]*history
	sequence sequence
	awaited  *awaited // nil: whatever can begin a sequence is kept
}

func newRunner(r *Rule) *runner {
	return &runner{
		rule: r, steps: r.steps(), latest: map[string]*Finding{}, windows: map[string]*window{}, known: map[string]*history{},
		sequence: newSequence(r),
	}
}

// holds reports whether an event by itself can be the step of the rule. It changes
// nothing and may be called from several goroutines, as fit may.
func (r *runner) holds(v *view, step int) bool {
	if step == 0 && !r.awaited.begins(v) {
		return false
	}
	return allHold(r.steps[step].Where, v) && !anyHolds(r.rule.Allow, v)
}

// fit finds what event will need of an event that holds.
func (r *runner) fit(v *view, in interest) fit {
	f := fit{interest: in}
	switch {
	case len(r.rule.Then) > 0:
	case r.rule.Threshold != nil:
		f.key = keyOf(v, r.rule.Threshold.by)
		if t := r.rule.Threshold; t.Distinct != "" {
			f.values = v.values(t.distinct)
		} else if t.Sum != "" {
			f.values = v.values(t.sum)
		}
	case r.rule.FirstSeen != nil:
		f.key, f.values = keyOf(v, r.rule.FirstSeen.by), v.values(r.rule.FirstSeen.of)
	default:
		f.group = r.groupOf(v)
	}
	return f
}

// event takes an event that fits a step of the rule.
func (r *runner) event(v *view, f *fit) {
	switch {
	case len(r.rule.Then) > 0:
		r.follow(v, f.step)
	case r.rule.Threshold != nil:
		r.count(v, f)
	case r.rule.FirstSeen != nil:
		r.learn(v, f)
	default:
		r.report(v, f.group, match{events: []trace{v.trace()}})
	}
}

// match is what made a rule speak.
type match struct {
	events   []trace
	why      []string // collected from earlier steps
	next     []string
	distinct []string
	replace  bool // the text of a later match says more than that of the first
}

// report makes a finding, or adds to the one of the same group.
func (r *runner) report(v *view, group string, m match) {
	f := r.latest[group]
	fresh := f == nil || !f.Last.IsZero() && v.event().Time.Sub(f.Last) > quiet
	if fresh {
		if len(r.findings) >= maxFindings {
			r.lost++
			return
		}
		f = &Finding{Rule: r.rule.ID, Title: r.rule.Title, Severity: r.rule.Severity, Attack: r.rule.Attack, group: group}
		r.findings = append(r.findings, f)
		r.latest[group] = f
	}
	for _, e := range m.events {
		f.add(e)
	}
	if fresh || m.replace {
		last := len(r.rule.Then)
		plain := func(s string) string { return s }
		f.Why = r.rule.why.render(r.rule.why.collect(v, last, m.why, some), f.Count, m.distinct, plain)
		f.Next = r.rule.next.render(r.rule.next.collect(v, last, m.next, first), f.Count, m.distinct, contain.Quote)
		if strings.Contains(f.Next, missing) {
			f.Next = pivotOn(v.event())
		}
	}
}

// pivotOn is the command to type where that of the rule lacks a value.
func pivotOn(ev *investigations.Event) string {
	if actor, ok := ev.Actor(); ok {
		return "cordon pivot " + contain.Quote(actor.Entity.String())
	}
	return "cordon events"
}

func (r *runner) groupOf(v *view) string {
	if len(r.rule.group) > 0 {
		return keyOf(v, r.rule.group)
	}
	if actor, ok := v.event().Actor(); ok {
		return actor.Entity.String()
	}
	if addr, ok := v.event().First(investigations.KindAddress, investigations.RoleSource); ok {
		return addr.Entity.String()
	}
	return ""
}

// keyOf joins the first value of each source.
func keyOf(v *view, from []source) string {
	parts := make([]string, len(from))
	for i, s := range from {
		parts[i] = first(v.values(s))
	}
	return strings.Join(parts, "\x00")
}

// history is what one key has shown so far.
type history struct {
	since  time.Time
	values map[string]bool
}

// learn reports values that their key never had before.
func (r *runner) learn(v *view, f *fit) {
	const most = 256 // values of one key
	if strings.Trim(f.key, "\x00") == "" || len(f.values) == 0 || v.event().Time.IsZero() {
		return
	}
	h := r.known[f.key]
	if h == nil {
		if len(r.known) >= maxKeys {
			r.lost++
			return
		}
		h = &history{since: v.event().Time, values: map[string]bool{}}
		r.known[f.key] = h
	}
	for _, value := range f.values {
		if h.values[value] || value == "" {
			continue
		}
		if len(h.values) >= most {
			r.lost++
			return
		}
		h.values[value] = true
		if v.event().Time.Sub(h.since) >= r.rule.FirstSeen.Learn {
			r.report(v, r.groupOf(v), match{events: []trace{v.trace()}, distinct: []string{value}})
		}
	}
}
