package views

import (
	"cmp"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/valyala/fastjson"
)

// elements splits an array or a row, written as appendTyped writes it, into the
// texts of its parts.
func elements(text string) []string {
	if len(text) <= 2 {
		return nil
	}
	var parts []string
	depth, start, quoted := 0, 1, false
	for i := 1; i < len(text)-1; i++ {
		switch c := text[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
		case c == ']' || c == '}':
			depth--
		case c == ',' && depth == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:len(text)-1])
}

// decodePart reads one part of an array or a row of this type.
func decodePart(raw string, t *Type) Value {
	switch {
	case raw == "null" && t.Base != JSONType:
		return Value{}
	case t.is(Array, Row, JSONType):
		return Value{Kind: JSON, Text: raw}
	case raw == "true" || raw == "false":
		return boolValue(raw == "true")
	case t.Base == Double:
		f, _ := strconv.ParseFloat(strings.Trim(raw, `"`), 64)
		return doubleValue(f)
	case raw != "" && raw[0] == '"':
		return textValue(unquote(raw))
	}
	n, _ := strconv.ParseInt(raw, 10, 64)
	kind := Int
	switch {
	case t.Base == DateType:
		kind = Date
	case t.timestamp():
		kind = Time
	}
	return Value{Kind: kind, Int: n}
}

func unquote(raw string) string {
	if !strings.Contains(raw, `\`) {
		return raw[1 : len(raw)-1]
	}
	var p fastjson.Parser
	j, err := p.Parse(raw)
	if err != nil {
		return raw
	}
	return string(j.GetStringBytes())
}

func arrayValue(parts []string) Value {
	return Value{Kind: JSON, Text: "[" + strings.Join(parts, ",") + "]"}
}

// rawPart writes a value as it stands in an array.
func rawPart(v Value) string { return string(appendValue(nil, v)) }

// defineArrays adds the functions on arrays. Elements are equal when their
// texts are.
func defineArrays() {
	define("cardinality(array(T)) bigint", builtin{one: func(_ *node, a Value) (Value, error) {
		return intValue(int64(len(elements(a.Text)))), nil
	}})
	define("contains(array(T), T) boolean", builtin{two: contains})
	define("element_at(array(T), bigint) T", builtin{two: func(n *node, a, b Value) (Value, error) { return elementAt(n.typ, a, b.Int, false) }})
	define("element_at(json, varchar) varchar", builtin{two: jsonMember})
	define("array_join(array(T), varchar, varchar?) varchar", builtin{many: arrayJoin})
	define("array_position(array(T), T) bigint", builtin{two: func(_ *node, a, b Value) (Value, error) {
		return intValue(int64(slices.Index(elements(a.Text), rawPart(b)) + 1)), nil
	}})
	define("array_remove(array(T), T) array(T)", builtin{two: func(_ *node, a, b Value) (Value, error) {
		gone := rawPart(b)
		return arrayValue(slices.DeleteFunc(elements(a.Text), func(s string) bool { return s == gone })), nil
	}})
	define("array_distinct(array(T)) array(T)", builtin{one: func(_ *node, a Value) (Value, error) {
		return arrayValue(distinct(elements(a.Text))), nil
	}})
	define("array_sort(array(O)) array(O)", builtin{one: func(n *node, a Value) (Value, error) { return arraySort(n.typ.Elem, a), nil }})
	define("array_min(array(O)) O", builtin{one: func(n *node, a Value) (Value, error) { return arrayBest(n.typ, a, -1), nil }})
	define("array_max(array(O)) O", builtin{one: func(n *node, a Value) (Value, error) { return arrayBest(n.typ, a, 1), nil }})
	define("array_union(array(T), array(T)) array(T)", builtin{two: func(_ *node, a, b Value) (Value, error) {
		return arrayValue(distinct(append(elements(a.Text), elements(b.Text)...))), nil
	}})
	define("array_intersect(array(T), array(T)) array(T)", builtin{two: func(_ *node, a, b Value) (Value, error) {
		return arrayValue(keep(distinct(elements(a.Text)), elements(b.Text), true)), nil
	}})
	define("array_except(array(T), array(T)) array(T)", builtin{two: func(_ *node, a, b Value) (Value, error) {
		return arrayValue(keep(distinct(elements(a.Text)), elements(b.Text), false)), nil
	}})
	define("arrays_overlap(array(T), array(T)) boolean", builtin{two: func(_ *node, a, b Value) (Value, error) {
		return boolValue(len(keep(elements(a.Text), elements(b.Text), true)) > 0), nil
	}})
	define("reverse(array(T)) array(T)", builtin{one: func(_ *node, a Value) (Value, error) {
		parts := elements(a.Text)
		slices.Reverse(parts)
		return arrayValue(parts), nil
	}})
	define("concat(array(T), array(T)...) array(T)", builtin{many: func(_ *node, a []Value) (Value, error) {
		var parts []string
		for _, v := range a {
			parts = append(parts, elements(v.Text)...)
		}
		return arrayValue(parts), nil
	}})
	define("flatten(array(array(T))) array(T)", builtin{one: func(_ *node, a Value) (Value, error) {
		var parts []string
		for _, inner := range elements(a.Text) {
			if inner != "null" {
				parts = append(parts, elements(inner)...)
			}
		}
		return arrayValue(parts), nil
	}})
	define("slice(array(T), bigint, bigint) array(T)", builtin{many: slice})
}

// opArray makes an array of values.
var opArray = &builtin{
	name: "array",
	build: func(c *compiler, n *node) evalFn {
		args := c.all(n.args)
		return func(f *frame) (Value, error) {
			out := []byte{'['}
			for i, arg := range args {
				v, err := arg(f)
				if err != nil {
					return Value{}, err
				}
				if i > 0 {
					out = append(out, ',')
				}
				out = appendValue(out, v)
			}
			return Value{Kind: JSON, Text: string(append(out, ']'))}, nil
		}
	},
}

// opSubscript is a[i]; outside of the array it is an error, as in Trino.
var opSubscript = &builtin{name: "subscript", two: func(n *node, a, b Value) (Value, error) {
	return elementAt(n.typ, a, b.Int, true)
}}

// opField takes a field of a row by its place, which is the second argument.
var opField = &builtin{name: "field", two: func(n *node, a, b Value) (Value, error) {
	parts := elements(a.Text)
	if b.Int >= int64(len(parts)) {
		return Value{}, nil
	}
	return decodePart(parts[b.Int], n.typ), nil
}}

// contains is true, false, or NULL where an element is NULL and none is equal.
func contains(_ *node, a, b Value) (Value, error) {
	want := rawPart(b)
	parts := elements(a.Text)
	found := slices.Contains(parts, want)
	return boolValue(found).unless(!found && slices.Contains(parts, "null")), nil
}

func elementAt(t *Type, a Value, i int64, strict bool) (Value, error) {
	parts := elements(a.Text)
	n := int64(len(parts))
	switch {
	case i == 0:
		return Value{}, errorf("elements are counted from 1")
	case strict && (i < 0 || i > n):
		return Value{}, errorf("the array has %d elements, not %d: element_at(…) gives NULL without a warning", n, i)
	case i < 0:
		i += n + 1
	}
	if i < 1 || i > n {
		return Value{}, nil
	}
	return decodePart(parts[i-1], t), nil
}

func arrayJoin(n *node, a []Value) (Value, error) {
	elem := n.args[0].typ.Elem
	if elem.is(Array, Row) {
		return Value{}, errorf("array_join takes an array of single values")
	}
	var parts []string
	for _, raw := range elements(a[0].Text) {
		v := decodePart(raw, elem)
		switch {
		case !v.null():
			parts = append(parts, formatValue(v, elem))
		case len(a) == 3:
			parts = append(parts, a[2].Text)
		}
	}
	return textValue(strings.Join(parts, a[1].Text)), nil
}

func distinct(parts []string) []string {
	seen := map[string]bool{}
	var out []string
	for _, p := range parts {
		if !seen[p] {
			seen[p] = true
			out = append(out, p)
		}
	}
	return out
}

// keep leaves those of parts that are among the others, or those that are not.
func keep(parts, others []string, among bool) []string {
	set := map[string]bool{}
	for _, o := range others {
		set[o] = true
	}
	var out []string
	for _, p := range parts {
		if set[p] == among {
			out = append(out, p)
		}
	}
	return out
}

func arraySort(elem *Type, a Value) Value {
	parts := elements(a.Text)
	values := make([]Value, len(parts))
	order := make([]int, len(parts))
	for i, raw := range parts {
		values[i], order[i] = decodePart(raw, elem), i
	}
	sort.SliceStable(order, func(i, j int) bool {
		x, y := values[order[i]], values[order[j]]
		if x.null() || y.null() {
			return !x.null() && y.null()
		}
		return compare(x, y) < 0
	})
	sorted := make([]string, len(parts))
	for i, at := range order {
		sorted[i] = parts[at]
	}
	return arrayValue(sorted)
}

// arrayBest is the least or greatest element; NULL where one is NULL.
func arrayBest(elem *Type, a Value, sign int) Value {
	best := Value{}
	for _, raw := range elements(a.Text) {
		v := decodePart(raw, elem)
		if v.null() {
			return Value{}
		}
		if best.null() || cmp.Compare(compare(v, best), 0) == sign {
			best = v
		}
	}
	return best
}

func slice(_ *node, a []Value) (Value, error) {
	parts := elements(a[0].Text)
	start, n := a[1].Int, a[2].Int
	switch {
	case start == 0:
		return Value{}, errorf("elements are counted from 1")
	case n < 0:
		return Value{}, errorf("the length is negative")
	case start < 0:
		start += int64(len(parts)) + 1
	}
	if start < 1 || start > int64(len(parts)) {
		return arrayValue(nil), nil
	}
	parts = parts[start-1:]
	return arrayValue(parts[:min(n, int64(len(parts)))]), nil
}
