package filter

import (
	"bytes"
	"encoding/json"
	"slices"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"cordon/investigations"
)

// Who knows what kind of party has a hand in an event; words are those of
// [investigations.ActorWords]. A nil Who knows nobody.
type Who interface {
	Did(ev *investigations.Event, word string) bool
}

// Matcher is a filter made ready for many events.
type Matcher struct {
	terms []matcher
	who   Who
}

type matcher struct {
	term    *Term
	kinds   []investigations.Kind
	needles [][][]byte // of ClassText: the spellings of each value
}

// Compile makes the filter ready for many events. A Matcher may be used by
// several goroutines at once. For actor: it knows nobody; see CompileWith.
func (e Expr) Compile() *Matcher { return e.CompileWith(nil) }

// CompileWith is Compile for a filter that may ask who did an event.
func (e Expr) CompileWith(who Who) *Matcher {
	m := &Matcher{terms: make([]matcher, len(e.Terms)), who: who}
	for i := range e.Terms {
		t := &e.Terms[i]
		m.terms[i] = matcher{term: t, kinds: t.Key.Info().Kinds}
		if t.Key.Info().Class != ClassText {
			continue
		}
		for _, v := range t.Values {
			m.terms[i].needles = append(m.terms[i].needles, v.Needles())
		}
	}
	return m
}

// Match reports whether the event passes the filter. raw is its line as it was
// logged; without it, text is looked for in what the event itself holds.
func (m *Matcher) Match(ev *investigations.Event, raw []byte) bool {
	for i := range m.terms {
		if m.terms[i].any(ev, raw, m.who) == m.terms[i].term.Negate {
			return false
		}
	}
	return true
}

// Match is Compile and Match for a single event.
func (e Expr) Match(ev *investigations.Event, raw []byte) bool {
	return e.Compile().Match(ev, raw)
}

// any reports whether one of the values holds, negated or not.
func (m *matcher) any(ev *investigations.Event, raw []byte, who Who) bool {
	t := m.term
	switch t.Key {
	case KeyActor:
		return t.MatchWho(ev, who)
	case KeyText:
		return m.inLine(ev, raw)
	case KeyCommand:
		return t.MatchCommand(ev.Text) || MayBeCut(len(ev.Text)) && raw != nil && m.inLine(ev, raw)
	case KeyEvent:
		return t.MatchType(ev.Type)
	case KeyCode:
		return t.MatchName(ev.Code)
	case KeyUID:
		return t.MatchName(ev.UID)
	case KeyAfter:
		return slices.ContainsFunc(t.Values, func(v Value) bool { return !ev.Time.IsZero() && !ev.Time.Before(v.Time) })
	case KeyBefore:
		return slices.ContainsFunc(t.Values, func(v Value) bool { return !ev.Time.IsZero() && ev.Time.Before(v.Time) })
	case KeyOutcome:
		return slices.ContainsFunc(t.Values, func(v Value) bool { return v.Outcome == ev.Outcome })
	}
	for i := range ev.Involved {
		v := &ev.Involved[i]
		if slices.Contains(m.kinds, v.Entity.Kind) && t.MatchEntity(v.Entity.Name, v.Label) {
			return true
		}
	}
	return false
}

// MatchWho reports whether somebody of one of the values had a hand in the event.
func (t *Term) MatchWho(ev *investigations.Event, who Who) bool {
	return slices.ContainsFunc(t.Values, func(v Value) bool {
		if who == nil {
			return v.Text == investigations.ActorUnknown.String()
		}
		return who.Did(ev, v.Text)
	})
}

// Asks reports whether the filter has a term of the key.
func (e Expr) Asks(key Key) bool {
	return slices.ContainsFunc(e.Terms, func(t Term) bool { return t.Key == key })
}

// wholeText is how long a text can be that was certainly not cut: by at most the
// rest of a character.
const wholeText = investigations.MaxText - 4

// NeedsLine reports whether the filter has to see an event's line to judge it.
func (e Expr) NeedsLine(ev *investigations.Event) bool {
	return slices.ContainsFunc(e.Terms, func(t Term) bool {
		return t.Key == KeyText || t.Key == KeyCommand && MayBeCut(len(ev.Text))
	})
}

// MatchCommand reports whether one of the values stands in a text.
func (t *Term) MatchCommand(text string) bool {
	return slices.ContainsFunc(t.Values, func(v Value) bool { return ContainsFold([]byte(text), []byte(v.Text)) })
}

// MayBeCut reports whether a text of so many bytes may be the beginning of a
// longer one, which only the line holds.
func MayBeCut(size int) bool { return size > wholeText }

// inLine looks for the texts in the line, or in the event without one.
func (m *matcher) inLine(ev *investigations.Event, raw []byte) bool {
	if raw == nil {
		return slices.ContainsFunc(m.term.Values, func(v Value) bool { return v.inEvent(ev) })
	}
	for _, spellings := range m.needles {
		for _, n := range spellings {
			if ContainsFold(raw, n) {
				return true
			}
		}
	}
	return false
}

// MatchName reports whether one of the values names s. Stores use it and the
// two below on their dictionaries to turn a term into ids.
func (t *Term) MatchName(s string) bool {
	return slices.ContainsFunc(t.Values, func(v Value) bool { return v.Match(s) })
}

// MatchEntity reports whether one of the values is an entity's name or label.
func (t *Term) MatchEntity(name, label string) bool {
	return t.MatchName(name) || label != "" && t.MatchName(label)
}

// MatchType reports whether one of the values names an event type, by any of
// the names that tools and versions give it.
func (t *Term) MatchType(eventType string) bool {
	if t.MatchName(eventType) {
		return true
	}
	if server, ok := investigations.Aliases[eventType]; ok {
		return t.MatchName(server)
	}
	for alias, server := range investigations.Aliases {
		if server == eventType && t.MatchName(alias) {
			return true
		}
	}
	return false
}

// Match reports whether the value names s: equal, or fitting its wildcards.
func (v Value) Match(s string) bool {
	if !v.Glob {
		return equalFold(s, v.Text)
	}
	return globFold(v.Text, s)
}

// Like is the value as a pattern for SQL's LIKE with ESCAPE '\'.
func (v Value) Like() string {
	var b strings.Builder
	for i := range len(v.Text) {
		switch c := v.Text[i]; {
		case v.Glob && c == '*':
			b.WriteByte('%')
		case v.Glob && c == '?':
			b.WriteByte('_')
		case c == '%' || c == '_' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// inEvent looks for the value's text in what the event itself holds.
func (v Value) inEvent(ev *investigations.Event) bool {
	needle := []byte(v.Text)
	has := func(s string) bool { return ContainsFold([]byte(s), needle) }
	if has(ev.Text) || has(ev.Type) || has(ev.Code) || has(ev.UID) || has(ev.Cluster) {
		return true
	}
	return slices.ContainsFunc(ev.Involved, func(i investigations.Involvement) bool {
		return has(i.Entity.Name) || has(i.Label)
	})
}

// Needles are the ways in which a JSON line can spell the value's text: as it
// is, and with the escapes that JSON writers use. The line holds the text if it
// holds any of them.
func (v Value) Needles() [][]byte {
	plain := []byte(v.Text)
	out := [][]byte{plain}
	add := func(n []byte) {
		if !slices.ContainsFunc(out, func(have []byte) bool { return bytes.Equal(have, n) }) {
			out = append(out, n)
		}
	}
	add(escape(v.Text, false))
	add(escape(v.Text, true))
	if quoted, err := json.Marshal(v.Text); err == nil { // Go's way: <, > and & as escapes.
		add(quoted[1 : len(quoted)-1])
	}
	if strings.ContainsRune(v.Text, '/') {
		add([]byte(strings.ReplaceAll(string(escape(v.Text, false)), "/", `\/`)))
	}
	return out
}

// escape writes text as JSON does between quotes; ascii escapes everything
// beyond ASCII too, as some writers do.
func escape(s string, ascii bool) []byte {
	var b []byte
	unit := func(u uint16) {
		b = append(b, '\\', 'u')
		b = append(b, strconv.FormatUint(0x10000|uint64(u), 16)[1:]...)
	}
	for i := 0; i < len(s); {
		r, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r == '\b' && !ascii:
			b = append(b, `\b`...)
		case r == '\f' && !ascii:
			b = append(b, `\f`...)
		case r < ' ', r == '\u2028', r == '\u2029': // Go's writer escapes these two, always.
			unit(uint16(r))
		case ascii && r >= utf8.RuneSelf && (r != utf8.RuneError || size > 1):
			for _, u := range utf16.Encode([]rune{r}) {
				unit(u)
			}
		default:
			b = append(b, s[i:i+size]...)
		}
		i += size
	}
	return b
}
