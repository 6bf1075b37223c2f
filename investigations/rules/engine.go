package rules

import (
	"context"
	"fmt"
	"strings"

	"github.com/valyala/fastjson"

	"cordon/investigations"
)

// Source yields the events of a case with their lines, in the case's order:
// by time, then by position in the session. Event and line are reused between
// calls.
type Source interface {
	Events(ctx context.Context, yield func(ev *investigations.Event, line []byte) error) error
}

// Result is what the rules found and what that rests on.
type Result struct {
	Findings []*Finding `json:"findings"` // gravest first, then earliest
	Events   int        `json:"events"`   // events read
	Unread   int        `json:"unread"`   // events whose line is no JSON that can be read: no rule saw them
	// Incomplete says, by rule, how often a bound on memory was hit, after
	// which the rule may have missed something.
	Incomplete map[string]int `json:"incomplete,omitempty"`
}

// Run gives the events to the rules.
func Run(ctx context.Context, src Source, list []*Rule) (*Result, error) {
	e := newEngine(list)
	if err := src.Events(ctx, e.event); err != nil {
		return nil, fmt.Errorf("look for detections: %w", err)
	}
	return e.result(), nil
}

// engine runs rules over events.
type engine struct {
	runners []*runner
	byType  map[string][]interest
	parser  fastjson.Parser
	events  int
	unread  int
}

// interest is a step of a rule that wants events of a type.
type interest struct {
	runner *runner
	step   int
}

func newEngine(list []*Rule) *engine {
	e := &engine{byType: map[string][]interest{}}
	for _, r := range list {
		e.runners = append(e.runners, newRunner(r))
	}
	return e
}

// interests finds who wants events of the type. Later steps come first, so that
// one event is never two steps of the same sequence.
func (e *engine) interests(eventType string) []interest {
	const remembered = 4096
	if real, ok := investigations.Aliases[eventType]; ok {
		eventType = real
	}
	list, ok := e.byType[eventType]
	if ok {
		return list
	}
	for _, r := range e.runners {
		steps := r.rule.steps()
		for i := len(steps) - 1; i >= 0; i-- {
			if steps[i].wants(eventType) {
				list = append(list, interest{r, i})
			}
		}
	}
	if len(e.byType) < remembered {
		e.byType[strings.Clone(eventType)] = list
	}
	return list
}

func (s *Step) wants(eventType string) bool {
	for _, t := range s.Events {
		prefix, isPrefix := strings.CutSuffix(t, "*")
		if t == eventType || isPrefix && strings.HasPrefix(eventType, prefix) {
			return true
		}
	}
	return false
}

func (e *engine) event(ev *investigations.Event, line []byte) error {
	e.events++
	list := e.interests(ev.Type)
	if len(list) == 0 {
		return nil
	}
	j, err := e.parser.ParseBytes(line)
	if err != nil {
		e.unread++
		return nil
	}
	v := &view{ev: ev, json: j}
	for _, in := range list {
		in.runner.event(v, in.step)
	}
	return nil
}

func (e *engine) result() *Result {
	out := &Result{Events: e.events, Unread: e.unread, Findings: []*Finding{}}
	for _, r := range e.runners {
		out.Findings = append(out.Findings, r.findings...)
		if r.lost > 0 {
			if out.Incomplete == nil {
				out.Incomplete = map[string]int{}
			}
			out.Incomplete[r.rule.ID] = r.lost
		}
	}
	sortFindings(out.Findings)
	return out
}
