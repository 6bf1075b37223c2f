package rules

import (
	"slices"
	"time"
)

// Bounds on sequences that have begun.
const (
	maxPartials   = 20000 // of one rule
	maxPerValue   = 32    // that wait for the same value
	maxBindValues = 16    // of one name
)

// partial is a sequence that has begun.
type partial struct {
	began  time.Time
	bound  map[string][]string
	events []trace
	why    []string
	next   []string
	over   bool // it went on, or its time ran out
}

// sequence is the state of a rule with steps: for each step those that wait for
// it, by the value of the step's first known name.
type sequence struct {
	keys    []binding // of each step but the first
	waiting []map[string][]*partial
	size    int
}

func newSequence(r *Rule) sequence {
	s := sequence{}
	known := map[string]bool{}
	for i, step := range r.steps() {
		s.waiting = append(s.waiting, map[string][]*partial{})
		s.keys = append(s.keys, binding{})
		if k := slices.IndexFunc(step.bind, func(b binding) bool { return known[b.name] }); i > 0 && k >= 0 {
			s.keys[i] = step.bind[k]
		}
		for _, b := range step.bind {
			known[b.name] = true
		}
	}
	return s
}

// follow begins a sequence with the event, or goes on with those that wait for
// it.
func (r *runner) follow(v *view, step int) {
	if v.event().Time.IsZero() {
		return
	}
	if step == 0 {
		r.advance(v, 0, &partial{began: v.event().Time})
		return
	}
	s := &r.sequence
	for _, value := range v.values(s.keys[step].from) {
		list := s.waiting[step][value]
		for _, p := range list {
			if !p.over && v.event().Time.Sub(p.began) > r.rule.Within {
				p.over = true
			}
			if !p.over && r.steps[step].continues(v, p) {
				p.over = true
				r.advance(v, step, p)
			}
		}
		s.prune(step, value)
	}
}

// continues reports whether the event fits what the sequence has bound.
func (s *Step) continues(v *view, p *partial) bool {
	for _, b := range s.bind {
		if known, ok := p.bound[b.name]; ok && !shares(known, v.values(b.from)) {
			return false
		}
	}
	for _, b := range s.differs {
		got := v.values(b.from)
		if len(got) == 0 || shares(p.bound[b.name], got) {
			return false
		}
	}
	return true
}

// advance takes the event in as the given step.
func (r *runner) advance(v *view, step int, p *partial) {
	next := &partial{began: p.began, bound: map[string][]string{}, events: append(slices.Clone(p.events), v.trace())}
	for name, values := range p.bound {
		next.bound[name] = values
	}
	for _, b := range r.steps[step].bind {
		if _, ok := next.bound[b.name]; ok {
			continue
		}
		values := v.values(b.from)
		if len(values) == 0 {
			return // nothing that a later step could have in common
		}
		next.bound[b.name] = values[:min(len(values), maxBindValues)]
	}
	next.why = r.rule.why.collect(v, step, p.why, some)
	next.next = r.rule.next.collect(v, step, p.next, first)
	if step == len(r.rule.Then) {
		r.report(v, r.groupOf(v), match{events: next.events, why: next.why, next: next.next})
		return
	}
	r.wait(v, step+1, next)
}

// wait puts a sequence where its next event will find it.
func (r *runner) wait(v *view, step int, p *partial) {
	s := &r.sequence
	if s.size >= maxPartials && r.maySweep(v.event().Time, r.rule.Within) {
		s.sweep(v.event().Time, r.rule.Within)
	}
	if s.size >= maxPartials {
		r.lost++
		return
	}
	for _, value := range p.bound[s.keys[step].name] {
		list := s.waiting[step][value]
		if len(list) >= maxPerValue {
			if !list[0].over && v.event().Time.Sub(list[0].began) <= r.rule.Within {
				r.lost++
			}
			list = list[1:]
			s.size--
		}
		s.waiting[step][value] = append(list, p)
		s.size++
	}
}

func (s *sequence) prune(step int, value string) {
	list, ok := s.waiting[step][value]
	if !ok {
		return
	}
	before := len(list)
	list = slices.DeleteFunc(list, func(p *partial) bool { return p.over })
	s.size -= before - len(list)
	if len(list) == 0 {
		delete(s.waiting[step], value)
		return
	}
	s.waiting[step][value] = list
}

// sweep forgets sequences whose time ran out.
func (s *sequence) sweep(now time.Time, within time.Duration) {
	for step := range s.waiting {
		for value, list := range s.waiting[step] {
			for _, p := range list {
				p.over = p.over || now.Sub(p.began) > within
			}
			s.prune(step, value)
		}
	}
}
