package rules

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/valyala/fastjson"

	"cordon/investigations"
	"cordon/investigations/rules/command"
)

// Result is what the rules found and what that rests on.
type Result struct {
	Findings []*Finding `json:"findings"` // gravest first, then earliest
	Events   int64      `json:"events"`   // events of the types that a rule looks at
	// Blind are the rules for which there is no event at all of a type they need,
	// by id: that they found nothing says nothing.
	Blind  []string `json:"blind"`
	Unread int64    `json:"unread"` // events whose line is no JSON that can be read: no rule saw them
	// Incomplete says, by rule, how often a bound on memory was hit, after
	// which the rule may have missed something.
	Incomplete map[string]int `json:"incomplete,omitempty"`
}

// Run gives the events of a case to the rules. progress, unless nil, is told now
// and then how many events of how many have been looked at.
func Run(ctx context.Context, src Source, list []*Rule, progress func(done, total int64)) (*Result, error) {
	e := newEngine(list)
	if err := e.lookAhead(ctx, src); err != nil {
		return nil, fmt.Errorf("look for detections: %w", err)
	}
	ask := Reading{Choose: e.choose, Look: e.look, Take: e.take, Progress: progress}
	if err := src.ReadEvents(ctx, ask); err != nil {
		return nil, fmt.Errorf("look for detections: %w", err)
	}
	return e.result(), nil
}

// engine runs rules over events. What an event says by itself is judged by look,
// on all processors; what several say together by take, in their order.
type engine struct {
	runners []*runner
	byType  map[string][]interest
	blind   []string
	parsers fastjson.ParserPool
	parser  fastjson.Parser // of take
	events  atomic.Int64
	unread  atomic.Int64
	judged  sync.Map     // command line to []command.Finding
	lines   atomic.Int64 // that were offered to judged
}

// interest is a step of a rule that wants events of a type.
type interest struct {
	runner *runner
	step   int
}

// sighting is the note on an event that fits at least one step of a rule.
type sighting struct {
	fits    []fit
	judged  bool
	dangers []command.Finding
}

// fit is a step of a rule that an event fits, with what the rule's memory is
// asked for. The values are found by look, so that take, which is for one
// goroutine, seldom needs the line.
type fit struct {
	interest
	group  string   // of the finding, where each event is one by itself
	key    string   // of the window or history
	values []string // to be counted, added up or known
}

func newEngine(list []*Rule) *engine {
	e := &engine{}
	for _, r := range list {
		e.runners = append(e.runners, newRunner(r))
	}
	return e
}

// choose finds which rules can speak at all: those for each of whose steps there
// are events. Of a type, later steps come first, so that one event is never two
// steps of the same sequence.
func (e *engine) choose(types []EventType) []bool {
	e.byType = make(map[string][]interest, len(types))
	for _, r := range e.runners {
		if !r.hasEvents(types) {
			e.blind = append(e.blind, r.rule.ID)
			continue
		}
		for i := len(r.steps) - 1; i >= 0; i-- {
			for _, t := range types {
				if want := (interest{r, i}); r.steps[i].wants(t.Name) && !slices.Contains(e.byType[t.Name], want) {
					e.byType[t.Name] = append(e.byType[t.Name], want)
				}
			}
		}
	}
	chosen := make([]bool, len(types))
	for i, t := range types {
		chosen[i] = len(e.byType[t.Name]) > 0
	}
	return chosen
}

// hasEvents reports whether there are events for each step.
func (r *runner) hasEvents(types []EventType) bool {
	for _, s := range r.steps {
		if s.events(types) == 0 {
			return false
		}
	}
	return true
}

// events is how many events have the types of the step.
func (s *Step) events(types []EventType) (n int64) {
	for _, t := range types {
		if s.wants(t.Name) {
			n += t.Events
		}
	}
	return n
}

// wants reports whether events of a type can be the step.
func (s *Step) wants(eventType string) bool {
	if real, ok := investigations.Aliases[eventType]; ok {
		eventType = real
	}
	for _, t := range s.Events {
		prefix, isPrefix := strings.CutSuffix(t, "*")
		if t == eventType || isPrefix && strings.HasPrefix(eventType, prefix) {
			return true
		}
	}
	return false
}

// look finds the steps whose conditions an event fulfils.
func (e *engine) look(g Glance) any {
	e.events.Add(1)
	p := e.parsers.Get()
	defer e.parsers.Put(p)
	v := &view{kind: g.Type, line: g.Line, load: g.Event, parser: p, judge: e.judge}
	if err := v.parse(); err != nil {
		e.unread.Add(1)
		return nil
	}
	var fits []fit
	for _, in := range e.byType[g.Type] {
		if in.runner.holds(v, in.step) {
			fits = append(fits, in.runner.fit(v, in))
		}
	}
	if len(fits) == 0 {
		return nil
	}
	return &sighting{fits, v.judged, v.dangers}
}

// take hands an event to the steps that it fits.
func (e *engine) take(ev *investigations.Event, line []byte, note any) error {
	s := note.(*sighting)
	v := &view{kind: ev.Type, ev: ev, line: line, parser: &e.parser, judge: e.judge, judged: s.judged, dangers: s.dangers}
	for i := range s.fits {
		s.fits[i].runner.event(v, &s.fits[i])
	}
	return nil
}

// judge says what is dangerous about a command line. The same lines are run over
// and over, so the last ones are remembered.
func (e *engine) judge(line string) []command.Finding {
	const remembered, longest = 4096, 512
	if known, ok := e.judged.Load(line); ok {
		return known.([]command.Finding)
	}
	found := command.Classify(line)
	if len(line) <= longest && e.lines.Add(1) <= remembered {
		e.judged.Store(line, found)
	}
	return found
}

func (e *engine) result() *Result {
	out := &Result{Events: e.events.Load(), Unread: e.unread.Load(), Findings: []*Finding{}, Blind: append([]string{}, e.blind...)}
	for _, r := range e.runners {
		out.Findings = append(out.Findings, r.findings...)
		if r.lost > 0 {
			if out.Incomplete == nil {
				out.Incomplete = map[string]int{}
			}
			out.Incomplete[r.rule.ID] = r.lost
		}
	}
	for _, f := range out.Findings {
		f.name()
		f.settle()
	}
	sortFindings(out.Findings)
	return out
}
