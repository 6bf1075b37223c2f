package views

import (
	"fmt"
	"sort"
	"strings"
	"sync"

	"cordon/store/views/syntax"
)

// builtin is a function or an operator. Each has one implementation in Go,
// which decides conditions inside a scan and which SQLite calls for the rest;
// comparisons and logic have a form in SQL besides, so that SQLite can use them
// for joins.
type builtin struct {
	name   string
	params []param
	result string // the type of the answer, in the words of the signature

	// One of these works the value out. The first three are asked with values
	// that are not NULL, and NULL in is NULL out; build is for all others.
	one   func(n *node, a Value) (Value, error)
	two   func(n *node, a, b Value) (Value, error)
	many  func(n *node, args []Value) (Value, error)
	build func(c *compiler, n *node) evalFn

	// prepare makes `two` of a constant second argument, once for a query.
	prepare func(second Value) (func(n *node, a Value) (Value, error), error)

	// check says what is wrong with a constant in the place of an argument. It
	// stands at that place; nil checks nothing.
	check []func(s string) error

	sql func(args []string) string // nil: SQLite calls the Go function
}

// param is a parameter of a signature.
type param struct {
	typ      string
	optional bool
	repeated bool
}

// define adds a function.
func define(signature string, b builtin) {
	f := signed(signature, b)
	registry[f.name] = append(registry[f.name], f)
}

// signed gives a function its signature, `name(type, type?, type...) type`. T is
// any type and the same wherever it stands, N a number, O what can be sorted.
func signed(signature string, b builtin) *builtin {
	name, rest, _ := strings.Cut(signature, "(")
	cut := strings.LastIndex(rest, ") ")
	b.name, b.result = name, rest[cut+2:]
	for _, p := range splitTop(rest[:cut]) {
		q := param{typ: strings.TrimRight(p, ".?")}
		q.optional = strings.HasSuffix(p, "?")
		q.repeated = strings.HasSuffix(p, "...")
		b.params = append(b.params, q)
	}
	return &b
}

// registry holds the functions by name, the overloads in the order in which
// they are tried.
var registry = map[string][]*builtin{}

var defineAll = sync.OnceFunc(func() {
	defineText()
	defineRegexp()
	defineTime()
	defineMath()
	defineArrays()
	defineJSON()
	defineLambdas()
	defineAggregates()
	defineWindows()
})

// functionNames lists the functions, aggregates and window functions, sorted.
var functionNames = sync.OnceValue(func() []string {
	defineAll()
	seen := map[string]bool{}
	for name := range registry {
		seen[name] = true
	}
	for name := range aggregates {
		seen[name] = true
	}
	for name := range windowFunctions {
		seen[name] = true
	}
	for name := range specialForms {
		seen[name] = true
	}
	names := make([]string, 0, len(seen))
	for name := range seen {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
})

func splitTop(s string) []string {
	var parts []string
	depth, start := 0, 0
	for i, c := range s {
		switch {
		case c == '(':
			depth++
		case c == ')':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, strings.TrimSpace(s[start:i]))
			start = i + 1
		}
	}
	if last := strings.TrimSpace(s[start:]); last != "" {
		parts = append(parts, last)
	}
	return parts
}

// signatureType is a type by its word in a signature; nil for those that stand
// for several.
func signatureType(word string) *Type {
	switch word {
	case "varchar":
		return tVarchar
	case "bigint":
		return tBigint
	case "double":
		return tDouble
	case "boolean":
		return tBoolean
	case "date":
		return tDate
	case "timestamp":
		return tTimestamp
	case "timestamptz":
		return tTimestampTZ
	case "interval":
		return tIntervalDay
	case "months":
		return tIntervalMonth
	case "json":
		return tJSON
	}
	return nil
}

// matching tries to call a function with arguments of these types.
type matching struct{ bound map[string]*Type }

// match says what the arguments have to be taken as and what comes out; ok is
// false where the function does not take them.
func (f *builtin) match(args []*node) (types []*Type, result *Type, ok bool) {
	m := matching{bound: map[string]*Type{}}
	words := make([]string, len(args))
	for i := range args {
		p, found := f.param(i)
		if !found || !m.meet(p.typ, args[i].typ) {
			return nil, nil, false
		}
		words[i] = p.typ
	}
	if len(args) < f.least() {
		return nil, nil, false
	}
	for _, w := range words {
		types = append(types, m.resolve(w))
	}
	return types, m.resolve(f.result), true
}

func (f *builtin) param(i int) (param, bool) {
	if i < len(f.params) {
		return f.params[i], true
	}
	if n := len(f.params); n > 0 && f.params[n-1].repeated {
		return f.params[n-1], true
	}
	return param{}, false
}

func (f *builtin) least() int {
	n := 0
	for _, p := range f.params {
		if !p.optional && !p.repeated {
			n++
		}
	}
	return n
}

// meet fits an argument's type to the word of a signature.
func (m *matching) meet(word string, t *Type) bool {
	if inner, ok := strings.CutPrefix(word, "array("); ok {
		if t.Base == Unknown {
			return m.meet(inner[:len(inner)-1], t)
		}
		return t.Base == Array && m.meet(inner[:len(inner)-1], t.Elem)
	}
	if want := signatureType(word); want != nil {
		c := common(t, want)
		return c != nil && c.equal(want)
	}
	if t.Base == function {
		return word == "lambda"
	}
	if word == "lambda" || word == "N" && !t.numeric() && t.Base != Unknown || word == "O" && !t.orderable() {
		return false
	}
	if had := m.bound[word]; had != nil {
		c := common(had, t)
		if c == nil {
			return false
		}
		t = c
	}
	m.bound[word] = t
	return true
}

func (m *matching) resolve(word string) *Type {
	if inner, ok := strings.CutPrefix(word, "array("); ok {
		return arrayOf(m.resolve(inner[:len(inner)-1]))
	}
	if t := signatureType(word); t != nil {
		return t
	}
	if word == "lambda" {
		return &Type{Base: function}
	}
	if t := m.bound[word]; t != nil {
		return t
	}
	return tUnknown
}

// usage lists how a function is called.
func usage(overloads []*builtin) string {
	var forms []string
	for _, f := range overloads {
		var ps []string
		for _, p := range f.params {
			s := strings.NewReplacer("N", "number", "O", "any", "T", "any", "timestamptz", "timestamp").Replace(p.typ)
			if p.optional {
				s = "[" + s + "]"
			}
			if p.repeated {
				s += ", …"
			}
			ps = append(ps, s)
		}
		forms = append(forms, f.name+"("+strings.Join(ps, ", ")+")")
	}
	return strings.Join(forms, " or ")
}

// callNamed binds a call of a function by its name.
func (b *binder) callNamed(name string, pos syntax.Pos, args []*node) *node {
	overloads := registry[name]
	if len(overloads) == 0 {
		b.fail(pos, nearestHint(name, functionNames()), "There is no function %s.", quoteName(name))
	}
	for _, f := range overloads {
		types, result, ok := f.match(args)
		if !ok {
			continue
		}
		coerced := make([]*node, len(args))
		for i, a := range args {
			coerced[i] = b.coerce(a, types[i])
		}
		return b.fold(call(f, result, pos, coerced...))
	}
	b.fail(pos, "It is "+usage(overloads)+"."+timeHint(args), "%s does not take (%s).", name, typeList(args))
	return nil
}

func typeList(args []*node) string {
	var s []string
	for _, a := range args {
		s = append(s, a.typ.String())
	}
	return strings.Join(s, ", ")
}

func errorf(format string, args ...any) error { return fmt.Errorf(format, args...) }
