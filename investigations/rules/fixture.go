package rules

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"cordon/investigations"
	"cordon/investigations/extract"
)

// Fixture is a case in miniature: events that match, and changes to them after
// which they do not. A change touches only what one condition looks at, so it
// shows that the condition is needed.
type Fixture struct {
	Name   string `yaml:"name"`
	Events string `yaml:"events"` // one event a line
	// Says is the finding's why.
	Says string `yaml:"says"`
	But  []Edit `yaml:"but"`
}

// Edit changes one line of the fixture.
type Edit struct {
	Name  string         `yaml:"name"`
	Line  int            `yaml:"line"`  // from 1; 0 is the last one
	Set   map[string]any `yaml:"set"`   // JSON paths and their new values
	Unset []string       `yaml:"unset"` // JSON paths that go
	Drop  bool           `yaml:"drop"`  // the whole line goes
}

// Test runs the fixtures of a rule and says what is wrong with each.
func Test(r *Rule) []error {
	var problems []error
	fail := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("rule %s: "+format, append([]any{r.ID}, args...)...))
	}
	negatives := 0
	for _, f := range r.Fixtures {
		lines := strings.Split(strings.TrimSpace(f.Events), "\n")
		res, err := runLines(r, lines)
		switch {
		case err != nil:
			fail("fixture %q: %w", f.Name, err)
			continue
		case len(res.Findings) == 0:
			fail("fixture %q: its events do not match", f.Name)
			continue
		case res.Findings[0].Why != f.Says:
			fail("fixture %q: the finding says %q, not %q", f.Name, res.Findings[0].Why, f.Says)
		}
		if why := res.Findings[0].Why; strings.Contains(why, missing) {
			fail("fixture %q: a value of %q is not in the events", f.Name, why)
		}
		if next := res.Findings[0].Next; !strings.HasPrefix(next, r.next[0].text) {
			fail("fixture %q: a value of next is not in the events, so it says %q", f.Name, next)
		}
		for _, edit := range f.But {
			negatives++
			changed, err := edit.apply(lines)
			if err != nil {
				fail("fixture %q, but %q: %w", f.Name, edit.Name, err)
				continue
			}
			switch res, err := runLines(r, changed); {
			case err != nil:
				fail("fixture %q, but %q: %w", f.Name, edit.Name, err)
			case len(res.Findings) > 0:
				fail("fixture %q, but %q: the events still match", f.Name, edit.Name)
			}
		}
	}
	if len(r.Fixtures) == 0 || negatives == 0 {
		fail("it needs a fixture that matches and, under but, a change after which it does not")
	}
	return problems
}

func runLines(r *Rule, lines []string) (*Result, error) {
	return Run(context.Background(), fixtureLines(lines), []*Rule{r}, nil)
}

// fixtureLines is a source over the lines of a fixture.
type fixtureLines []string

// ReadEvents reads the lines in their order.
func (f fixtureLines) ReadEvents(_ context.Context, ask Reading) error {
	events := make([]investigations.Event, len(f))
	types := make([]EventType, len(f))
	for i, text := range f {
		var err error
		if events[i], err = extract.Event([]byte(text)); err != nil {
			return fmt.Errorf("line %d is no event: %w", i+1, err)
		}
		events[i].ID = int64(i + 1)
		types[i] = EventType{events[i].Type, 1}
	}
	chosen := ask.Choose(types)
	for i, text := range f {
		if !chosen[i] {
			continue
		}
		g := Glance{events[i].Type, []byte(text), func() *investigations.Event { return &events[i] }}
		if note := ask.Look(g); note != nil {
			if err := ask.Take(&events[i], []byte(text), note); err != nil {
				return err
			}
		}
	}
	return nil
}

// apply returns the lines with the change made.
func (e Edit) apply(lines []string) ([]string, error) {
	at := e.Line - 1
	if e.Line == 0 {
		at = len(lines) - 1
	}
	if at < 0 || at >= len(lines) {
		return nil, fmt.Errorf("there is no line %d", e.Line)
	}
	out := append([]string(nil), lines...)
	if e.Drop {
		return append(out[:at], out[at+1:]...), nil
	}
	if len(e.Set) == 0 && len(e.Unset) == 0 {
		return nil, errors.New("it changes nothing: write set, unset or drop")
	}
	var event map[string]any
	d := json.NewDecoder(strings.NewReader(lines[at]))
	d.UseNumber()
	if err := d.Decode(&event); err != nil {
		return nil, fmt.Errorf("line %d is no event: %w", at+1, err)
	}
	for path, value := range e.Set {
		put(event, strings.Split(path, "/"), value)
	}
	for _, path := range e.Unset {
		put(event, strings.Split(path, "/"), nil)
	}
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(event); err != nil {
		return nil, fmt.Errorf("change line %d: %w", at+1, err)
	}
	out[at] = strings.TrimSpace(b.String())
	return out, nil
}

// put sets what stands at the path; nil takes it away.
func put(in map[string]any, path []string, value any) {
	for ; len(path) > 1; path = path[1:] {
		inner, ok := in[path[0]].(map[string]any)
		if !ok {
			inner = map[string]any{}
			in[path[0]] = inner
		}
		in = inner
	}
	if value == nil {
		delete(in, path[0])
		return
	}
	in[path[0]] = value
}
