package rules

import (
	"context"
	"sync"

	"cordon/investigations"
)

// Where what ends a sequence is rare and what begins it is not, such as somebody
// joining a session and sessions, most beginnings wait for nothing. The few ends
// are read first, so that only what they can go on from is kept.
const (
	fewEnds    = 2000  // events that can end a sequence are few up to here,
	manyBegins = 20    // when there are so many times more that can begin it
	mostEnds   = 20000 // values that ends have, else nothing is gained
)

// awaited are the values by which the ends of a rule's sequences find their
// beginnings.
type awaited struct {
	from   source // where a beginning has the value
	values map[string]bool
}

// lookAhead reads the few events that can end sequences with many beginnings.
func (e *engine) lookAhead(ctx context.Context, src Source) error {
	var mu sync.Mutex
	var rare []*runner
	choose := func(types []EventType) []bool {
		chosen := make([]bool, len(types))
		for _, r := range e.runners {
			if !r.await(types) {
				continue
			}
			rare = append(rare, r)
			for i, t := range types {
				chosen[i] = chosen[i] || r.steps[1].wants(t.Name)
			}
		}
		return chosen
	}
	look := func(g Glance) any {
		p := e.parsers.Get()
		defer e.parsers.Put(p)
		v := &view{kind: g.Type, line: g.Line, load: g.Event, parser: p, judge: e.judge}
		mu.Lock()
		defer mu.Unlock()
		for _, r := range rare {
			if r.steps[1].wants(g.Type) {
				for _, value := range v.values(r.sequence.keys[1].from) {
					r.awaited.values[value] = true
				}
			}
		}
		return nil
	}
	take := func(*investigations.Event, []byte, any) error { return nil }
	if err := src.ReadEvents(ctx, Reading{Choose: choose, Look: look, Take: take}); err != nil {
		return err
	}
	for _, r := range rare {
		if len(r.awaited.values) > mostEnds {
			r.awaited = nil
		}
	}
	return nil
}

// await prepares a rule for which it is worth while to read ends first, and
// reports whether it is.
func (r *runner) await(types []EventType) bool {
	if len(r.steps) != 2 {
		return false
	}
	begins, ends := r.steps[0].events(types), r.steps[1].events(types)
	if ends == 0 || ends > fewEnds || begins < manyBegins*ends {
		return false
	}
	for _, b := range r.steps[0].bind {
		if b.name == r.sequence.keys[1].name {
			r.awaited = &awaited{b.from, map[string]bool{}}
			return true
		}
	}
	return false
}

// begins reports whether an event can begin a sequence that ends.
func (a *awaited) begins(v *view) bool {
	if a == nil {
		return true
	}
	for _, value := range v.values(a.from) {
		if a.values[value] {
			return true
		}
	}
	return false
}
