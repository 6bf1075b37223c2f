package rules

import (
	"fmt"
	"strings"

	"github.com/valyala/fastjson"

	"cordon/investigations"
	"cordon/investigations/rules/command"
)

// Bounds on what one event can contribute.
const (
	maxValues = 64   // values of one field
	maxValue  = 4096 // bytes of a value
)

// zeroTime is how Teleport writes "no time".
const zeroTime = "0001-01-01T00:00:00Z"

// source says where in an event a value stands: a JSON path, or a role and kind
// of cordon's table of entities.
type source struct {
	text string
	path []string
	role investigations.Role
	kind investigations.Kind
	// or is looked at where this one has no value.
	or *source
}

// parseSource reads `identity/user`, `roles`, `addr.remote` or `@actor.user`, or
// several of them with `|` between: the first that has a value counts.
func parseSource(s string) (source, error) {
	if head, rest, several := strings.Cut(s, "|"); several {
		out, err := parseSource(head)
		if err != nil {
			return source{}, err
		}
		or, err := parseSource(rest)
		out.or = &or
		return out, err
	}
	ref, isRole := strings.CutPrefix(s, "@")
	if !isRole {
		if s == "" {
			return source{}, fmt.Errorf("the field is empty: write a JSON path such as identity/user, or a role such as @actor.user")
		}
		return source{text: s, path: strings.Split(strings.ReplaceAll(s, "[]", ""), "/")}, nil
	}
	roleName, kindName, _ := strings.Cut(ref, ".")
	out := source{text: s}
	for _, r := range investigations.Roles() {
		if r.String() == roleName {
			out.role = r
		}
	}
	kind, ok := investigations.ParseKind(kindName)
	if out.role == investigations.RoleNone || !ok {
		return source{}, fmt.Errorf("%q is no role and kind: write @role.kind, for example @actor.user or @source.address", s)
	}
	out.kind = kind
	return out, nil
}

// view is one event while rules look at it.
type view struct {
	kind   string // the event's type
	line   []byte
	load   func() *investigations.Event
	parser *fastjson.Parser
	judge  func(line string) []command.Finding

	ev      *investigations.Event // nil until it is asked for, as is json
	json    *fastjson.Value
	judged  bool
	dangers []command.Finding
	kept    *trace
}

// event is the typed part of the line.
func (v *view) event() *investigations.Event {
	if v.ev == nil {
		v.ev = v.load()
	}
	return v.ev
}

// parse reads the line, once.
func (v *view) parse() (err error) {
	if v.json == nil {
		v.json, err = v.parser.ParseBytes(v.line)
	}
	return err
}

// values are the texts that stand at the source. Arrays stand for their
// elements; numbers and booleans are as they are written.
func (v *view) values(s source) []string {
	out := v.own(s)
	if s.or != nil && first(out) == "" {
		return v.values(*s.or)
	}
	return out
}

// own are the values of the source itself, without its alternatives.
func (v *view) own(s source) []string {
	if s.path == nil {
		var out []string
		for _, in := range v.event().Involved {
			if in.Role == s.role && in.Entity.Kind == s.kind && in.Entity.Name != "" && len(out) < maxValues {
				out = append(out, in.Entity.Name)
			}
		}
		return out
	}
	var out []string
	v.walk(s, func(j *fastjson.Value) {
		text, ok := scalar(j)
		if ok && len(out) < maxValues {
			out = append(out, text[:min(len(text), maxValue)])
		}
	})
	return out
}

// exists reports whether anything stands at the source: empty texts, empty
// lists, objects without keys and the zero time are nothing.
func (v *view) exists(s source) bool {
	if s.or != nil && v.exists(*s.or) {
		return true
	}
	if s.path == nil {
		return len(v.own(s)) > 0
	}
	found := false
	v.walk(s, func(j *fastjson.Value) {
		text, ok := scalar(j)
		if j.Type() == fastjson.TypeObject {
			o, _ := j.Object()
			ok, text = o.Len() > 0, "{}"
		}
		found = found || ok && text != "" && text != zeroTime
	})
	return found
}

// walk yields what stands at a path.
func (v *view) walk(s source, yield func(*fastjson.Value)) {
	if v.parse() != nil {
		return // look counted it
	}
	path := s.path
	if path[0] == "addr.remote" || path[0] == "addr.local" {
		// Some pipelines take the dot for nesting, others replace it.
		outer, inner, _ := strings.Cut(path[0], ".")
		if v.json.Get(path[0]) == nil {
			if j := v.json.Get(outer + "_" + inner); j != nil {
				descend(j, path[1:], yield)
				return
			}
			path = append([]string{outer, inner}, path[1:]...)
		}
	}
	descend(v.json, path, yield)
}

func descend(j *fastjson.Value, path []string, yield func(*fastjson.Value)) {
	if j == nil {
		return
	}
	if j.Type() == fastjson.TypeArray {
		items, _ := j.Array()
		for _, item := range items[:min(len(items), maxValues)] {
			descend(item, path, yield)
		}
		return
	}
	if len(path) == 0 {
		yield(j)
		return
	}
	if j.Type() == fastjson.TypeObject {
		descend(j.Get(path[0]), path[1:], yield)
	}
}

// scalar is the text of a value that has one.
func scalar(j *fastjson.Value) (string, bool) {
	switch j.Type() {
	case fastjson.TypeString:
		b, _ := j.StringBytes()
		return string(b), true
	case fastjson.TypeNumber, fastjson.TypeTrue, fastjson.TypeFalse:
		return string(j.MarshalTo(nil)), true
	}
	return "", false
}

// danger says what is dangerous about the event's command line.
func (v *view) danger() []command.Finding {
	if v.judged {
		return v.dangers
	}
	v.judged = true
	if v.kind == "session.command" {
		words := v.values(source{path: []string{"path"}})
		if len(words) == 0 {
			words = v.values(source{path: []string{"program"}})
		}
		if len(words) > 0 {
			v.dangers = command.ClassifyArgs(append(words[:1:1], v.values(source{path: []string{"argv"}})...))
		}
		return v.dangers
	}
	for _, line := range v.values(source{path: []string{"command"}}) {
		v.dangers = append(v.dangers, v.judge(line)...)
	}
	if initial := v.values(source{path: []string{"initial_command"}}); len(initial) > 0 {
		v.dangers = append(v.dangers, v.judge(strings.Join(initial, " "))...)
	}
	return v.dangers
}
