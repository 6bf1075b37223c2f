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
	findings []*Finding
	latest   map[string]*Finding // by group
	lost     int

	windows  map[string]*window
	swept    time.Time // when windows or sequences that ran out were last looked for
	known    map[string]*history
	sequence sequence
}

func newRunner(r *Rule) *runner {
	return &runner{
		rule: r, latest: map[string]*Finding{}, windows: map[string]*window{}, known: map[string]*history{},
		sequence: newSequence(r),
	}
}

// event offers an event to one step of the rule.
func (r *runner) event(v *view, step int) {
	if !allHold(r.rule.steps()[step].Where, v) || anyHolds(r.rule.Allow, v) {
		return
	}
	switch {
	case len(r.rule.Then) > 0:
		r.follow(v, step)
	case r.rule.Threshold != nil:
		r.count(v)
	case r.rule.FirstSeen != nil:
		r.learn(v)
	default:
		r.report(v, match{events: []trace{traceOf(v.ev)}})
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
func (r *runner) report(v *view, m match) {
	group := r.groupOf(v)
	f := r.latest[group]
	fresh := f == nil || !f.Last.IsZero() && v.ev.Time.Sub(f.Last) > quiet
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
			f.Next = pivotOn(v.ev)
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
	if actor, ok := v.ev.Actor(); ok {
		return actor.Entity.String()
	}
	if addr, ok := v.ev.First(investigations.KindAddress, investigations.RoleSource); ok {
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
func (r *runner) learn(v *view) {
	const most = 256 // values of one key
	f := r.rule.FirstSeen
	key := keyOf(v, f.by)
	values := v.values(f.of)
	if strings.Trim(key, "\x00") == "" || len(values) == 0 || v.ev.Time.IsZero() {
		return
	}
	h := r.known[key]
	if h == nil {
		if len(r.known) >= maxKeys {
			r.lost++
			return
		}
		h = &history{since: v.ev.Time, values: map[string]bool{}}
		r.known[key] = h
	}
	for _, value := range values {
		if h.values[value] || value == "" {
			continue
		}
		if len(h.values) >= most {
			r.lost++
			return
		}
		h.values[value] = true
		if v.ev.Time.Sub(h.since) >= f.Learn {
			r.report(v, match{events: []trace{traceOf(v.ev)}, distinct: []string{value}})
		}
	}
}
