package filter

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"cordon/investigations"
)

// Expr is a parsed filter: all terms must hold. The zero Expr lets every event
// through.
type Expr struct {
	Terms []Term
}

// Term holds when any of its values does, or none where it is negated.
// Terms of one key and sign are one term, save for text and times.
type Term struct {
	Negate bool
	Key    Key
	Values []Value
}

// Value is one thing a term looks for.
type Value struct {
	Text string
	Glob bool      // Text holds `*` or `?` as wildcards, and no blank, comma or quote
	Time time.Time // of after: and before:, UTC
	// Outcome is that of outcome: values.
	Outcome investigations.Outcome
}

// IsZero reports whether the filter lets every event through.
func (e Expr) IsZero() bool { return len(e.Terms) == 0 }

// Range is the stretch of time that the filter allows: from inclusive, to
// exclusive, zero where it is open.
func (e Expr) Range() (from, to time.Time) {
	for _, t := range e.Terms {
		switch t.Key {
		case KeyAfter:
			from = t.Values[0].Time
		case KeyBefore:
			to = t.Values[0].Time
		}
	}
	return from, to
}

// With adds a term to the filter, as typing it at the end would.
func (e Expr) With(t Term) Expr {
	out := Expr{Terms: slices.Clone(e.Terms)}
	out.add(t)
	return out
}

// Entity is the term that finds the events of an entity; ok is false for kinds
// without a key.
func Entity(e investigations.Entity) (t Term, ok bool) {
	key, ok := KeyOf(e.Kind)
	return Term{Key: key, Values: []Value{{Text: e.Name}}}, ok && e.Name != ""
}

// add joins a term to the others: values of one key and sign gather in one
// term, a word of text is a term of its own, and a new moment takes the place
// of the one before.
func (e *Expr) add(t Term) {
	class := t.Key.Info().Class
	t.Values = unique(t.Values)
	if class == ClassText {
		if !slices.ContainsFunc(e.Terms, t.equal) {
			e.Terms = append(e.Terms, t)
		}
		return
	}
	for i := range e.Terms {
		if e.Terms[i].Key != t.Key || e.Terms[i].Negate != t.Negate {
			continue
		}
		if class != ClassTime {
			t.Values = unique(append(slices.Clone(e.Terms[i].Values), t.Values...))
		}
		e.Terms[i] = t
		return
	}
	e.Terms = append(e.Terms, t)
}

func (t Term) equal(o Term) bool {
	return t.Negate == o.Negate && t.Key == o.Key && slices.Equal(t.Values, o.Values)
}

func unique(values []Value) []Value {
	out := make([]Value, 0, len(values))
	for _, v := range values {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// String is Print.
func (e Expr) String() string { return Print(e) }

// Print writes the filter in its canonical form: keys by their own names,
// moments in full, values quoted where they need it.
func Print(e Expr) string {
	var b strings.Builder
	for i, t := range e.Terms {
		if i > 0 {
			b.WriteByte(' ')
		}
		t.print(&b)
	}
	return b.String()
}

func (t Term) print(b *strings.Builder) {
	if t.Negate {
		b.WriteByte('-')
	}
	if t.Key != KeyText || len(t.Values) != 1 {
		b.WriteString(string(t.Key) + ":")
	}
	for i, v := range t.Values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(v.print(t.Key.Info().Class))
	}
}

func (v Value) print(class Class) string {
	switch class {
	case ClassTime:
		return v.Time.UTC().Format(time.RFC3339Nano)
	case ClassOutcome:
		return outcomeName(v.Outcome)
	}
	if v.Glob || isBare(v.Text, class) {
		return v.Text
	}
	return strconv.Quote(v.Text)
}

// isBare reports whether a value reads back as itself without quotes. Wildcards
// are themselves only in text, which has none; a word of text must not look
// like a key or a negation.
func isBare(s string, class Class) bool {
	special := "\"\\,*?\uFFFD"
	if class == ClassText {
		special = "\"\\,:\uFFFD"
		if strings.HasPrefix(s, "-") {
			return false
		}
	}
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r == ' ' || !strconv.IsPrint(r) || strings.ContainsRune(special, r)
	})
}

// outcomes are the words for outcomes; the first of each is the one printed.
var outcomes = []struct {
	word    string
	outcome investigations.Outcome
}{
	{"success", investigations.OutcomeSuccess},
	{"failed", investigations.OutcomeFailure},
	{"unsaid", investigations.OutcomeUnsaid},
	{"ok", investigations.OutcomeSuccess},
	{"succeeded", investigations.OutcomeSuccess},
	{"failure", investigations.OutcomeFailure},
	{"fail", investigations.OutcomeFailure},
	{"denied", investigations.OutcomeFailure},
	{"none", investigations.OutcomeUnsaid},
}

func outcomeName(o investigations.Outcome) string {
	for _, w := range outcomes {
		if w.outcome == o {
			return w.word
		}
	}
	return "unsaid"
}
