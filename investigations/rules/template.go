package rules

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// missing stands for a value that an event does not have.
const missing = "(not logged)"

// template is text with values of events in it: {user}, {@source.address},
// {1:user} for the first step of a sequence, and {count}, {values}, {danger}.
type template []part

type part struct {
	text  string
	value bool
	step  int // of the event, from 0
	// from is where the value stands, for all but the words of the finding.
	from source
	word string // count, values or danger
	// classes are the dangers that the rule asks for, and so those it tells.
	classes []string
}

// template compiles a text of the rule. A value without a step is that of the
// last one.
func (r *Rule) template(s string) (template, error) {
	var t template
	steps := 1 + len(r.Then)
	for s != "" {
		text, rest, open := strings.Cut(s, "{")
		t = append(t, part{text: text})
		if !open {
			break
		}
		ref, after, closed := strings.Cut(rest, "}")
		if !closed {
			return nil, fmt.Errorf("%q has a { without a }", s)
		}
		p := part{value: true, step: steps - 1}
		if n, field, ok := strings.Cut(ref, ":"); ok {
			step, err := strconv.Atoi(n)
			if err != nil || step < 1 || step > steps {
				return nil, fmt.Errorf("{%s} names no step: write {1:user}", ref)
			}
			p.step, ref = step-1, field
		}
		switch ref {
		case "count", "values", "danger":
			p.word = ref
			p.classes = r.dangers()
		default:
			from, err := parseSource(ref)
			if err != nil {
				return nil, err
			}
			p.from = from
		}
		t = append(t, p)
		s = after
	}
	return t, nil
}

// collect keeps what a template needs of the event of one step, so that the
// event itself need not be kept. pick makes one text of a field's values.
func (t template) collect(v *view, step int, into []string, pick func([]string) string) []string {
	if into == nil {
		into = make([]string, len(t))
	} else {
		into = slices.Clone(into)
	}
	for i, p := range t {
		switch {
		case !p.value || p.step != step:
		case p.word == "danger":
			var whys []string
			for _, d := range v.danger() {
				why := d.Why + " (" + d.Text + ")"
				if slices.Contains(p.classes, string(d.Class)) && len(whys) < 3 && !slices.Contains(whys, why) {
					whys = append(whys, why)
				}
			}
			into[i] = strings.Join(whys, "; ")
		case p.word == "":
			into[i] = pick(v.values(p.from))
		}
	}
	return into
}

// render puts the text together. quote is applied to each value.
func (t template) render(values []string, count int, distinct []string, quote func(string) string) string {
	var b strings.Builder
	for i, p := range t {
		switch {
		case !p.value:
			b.WriteString(p.text)
		case p.word == "count":
			b.WriteString(strconv.Itoa(count))
		case p.word == "values":
			b.WriteString(quote(some(distinct)))
		case i >= len(values) || values[i] == "":
			b.WriteString(missing)
		default:
			b.WriteString(quote(values[i]))
		}
	}
	return b.String()
}

// some is a few values as text; long ones are cut.
func some(values []string) string {
	const few, long = 5, 200
	var out []string
	for _, v := range values {
		if len(v) > long {
			v = strings.ToValidUTF8(v[:long], "") + "…"
		}
		if v != "" && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	if more := len(out) - few; more > 0 {
		return strings.Join(out[:few], ", ") + fmt.Sprintf(" and %d more", more)
	}
	return strings.Join(out, ", ")
}

// first is the first value that says something.
func first(values []string) string {
	for _, v := range values {
		if v != "" {
			return v
		}
	}
	return ""
}
