package term

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// dump writes the state of a screen in lines, as testdata/xterm/oracle.mjs does
// for xterm.js.
func dump(s *Screen) []string {
	buffer := "normal"
	if s.Alternate() {
		buffer = "alternate"
	}
	cursor := s.Cursor()
	if s.wrap {
		cursor.X++
	}
	out := []string{
		fmt.Sprintf("size %dx%d cursor %d,%d %s", s.cols, s.rows, cursor.X, cursor.Y, buffer),
		"modes " + dumpModes(s),
		"title " + s.Title(),
	}
	var cells []Cell
	for y := range s.rows {
		cells = s.Row(y, cells)
		out = s.dumpRow(out, strconv.Itoa(y), cells, s.Wrapped(y))
	}
	above := s.ScrolledLines()
	out = append(out, fmt.Sprintf("above %d", above))
	if s.Alternate() {
		return out
	}
	for i := max(above-40, 0); i < above; i++ {
		cells = s.ScrolledRow(i, cells)
		out = s.dumpRow(out, strconv.Itoa(i-above), cells, s.ScrolledWrapped(i))
	}
	return out
}

func dumpModes(s *Screen) string {
	var out []string
	for _, m := range []struct {
		mode Mode
		name string
	}{
		{ModeCursorKeys, "cursorkeys"},
		{ModeKeypad, "keypad"},
		{ModeBracketedPaste, "paste"},
		{ModeInsert, "insert"},
		{0, "origin"},
		{ModeFocus, "focus"},
		{ModeSynchronized, "synchronized"},
		{ModeAutoWrap, "wrap"},
		{ModeCursorVisible, "cursor"},
		{ModeMouseX10, "mouse=x10"},
		{ModeMouseNormal, "mouse=vt200"},
		{ModeMouseButton, "mouse=drag"},
		{ModeMouseAny, "mouse=any"},
	} {
		if m.mode == 0 && s.origin || m.mode != 0 && s.Modes().Has(m.mode) {
			out = append(out, m.name)
		}
	}
	return strings.Join(out, " ")
}

func (s *Screen) dumpRow(out []string, label string, cells []Cell, wraps bool) []string {
	var text, styles strings.Builder
	var wide []string
	from, last := 0, ""
	run := func(to int, style string) {
		if style == last && to < len(cells) {
			return
		}
		if last != "" {
			fmt.Fprintf(&styles, " %d-%d:%s", from, to-1, last)
		}
		from, last = to, style
	}
	for x, c := range cells {
		text.WriteString(c.Text())
		if c.Width == 2 {
			wide = append(wide, strconv.Itoa(x))
		}
		run(x, s.dumpStyle(c.Style))
	}
	run(len(cells), "")
	plain := strings.TrimRight(text.String(), " ")
	if plain == "" && styles.Len() == 0 && !wraps {
		return out
	}
	line := label + " " + quote(plain)
	if wide != nil {
		line += " wide=" + strings.Join(wide, ",")
	}
	if wraps {
		line += " wraps"
	}
	return append(out, line+styles.String())
}

// quote writes text as JSON does, because that is what the oracle can write.
func quote(text string) string {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(text); err != nil {
		panic(err)
	}
	return strings.NewReplacer(`\u2028`, "\u2028", `\u2029`, "\u2029").Replace(strings.TrimSuffix(b.String(), "\n"))
}

func (s *Screen) dumpStyle(st Style) string {
	var b strings.Builder
	for _, a := range []struct {
		attr Attr
		name string
	}{{Bold, "b"}, {Faint, "d"}, {Italic, "i"}} {
		if st.Attrs.Has(a.attr) {
			b.WriteString(a.name)
		}
	}
	if u := st.Attrs.Underline(); u != NoUnderline {
		fmt.Fprintf(&b, "u%d", u)
	}
	for _, a := range []struct {
		attr Attr
		name string
	}{{Blink, "k"}, {Reverse, "r"}, {Conceal, "h"}, {Strike, "s"}, {Overline, "o"}} {
		if st.Attrs.Has(a.attr) {
			b.WriteString(a.name)
		}
	}
	b.WriteString(dumpColor("F", st.FG) + dumpColor("B", st.BG))
	if st.Attrs.Underline() != NoUnderline {
		b.WriteString(dumpColor("U", st.UnderlineColor))
	}
	if st.Link != 0 {
		b.WriteString("L" + s.Link(st.Link))
	}
	return b.String()
}

func dumpColor(name string, c Color) string {
	if i, ok := c.Index(); ok {
		return name + strconv.Itoa(int(i))
	}
	if r, g, b, ok := c.RGB(); ok {
		return fmt.Sprintf("%s#%02x%02x%02x", name, r, g, b)
	}
	return ""
}
