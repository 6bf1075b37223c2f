package query

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var named = map[string]rune{
	"up": tea.KeyUp, "down": tea.KeyDown, "left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "enter": tea.KeyEnter,
	"backspace": tea.KeyBackspace, "delete": tea.KeyDelete, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
}

func press(key string) tea.KeyPressMsg {
	mod := tea.KeyMod(0)
	for _, m := range []struct {
		name string
		mod  tea.KeyMod
	}{{"ctrl+", tea.ModCtrl}, {"alt+", tea.ModAlt}} {
		if rest, ok := strings.CutPrefix(key, m.name); ok {
			key, mod = rest, m.mod
		}
	}
	if code, ok := named[key]; ok {
		return tea.KeyPressMsg{Code: code, Mod: mod}
	}
	msg := tea.KeyPressMsg{Code: []rune(key)[0], Mod: mod}
	if mod == 0 {
		msg.Text = key
	}
	return msg
}

// newEditor puts the cursor where | stands.
func newEditor(text string) *editor {
	e := &editor{want: -1}
	e.put(text)
	if i := strings.IndexByte(text, '|'); i >= 0 {
		e.at = len([]rune(text[:i])) + 1
		e.cut(e.at - 1)
		e.past = nil
	}
	return e
}

func (e *editor) marked() string { return string(e.text[:e.at]) + "|" + string(e.text[e.at:]) }

func TestEditor_keys(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ from, keys, want string }{
		{"ab|c", "x", "abx|c"},
		{"a\nb|c\nd", "up", "a|\nbc\nd"},
		{"abc|\nd\nefg", "down down", "abc\nd\nefg|"},
		{"ab|", "down", "ab|"},
		{"a\nbc|", "home", "a\n|bc"},
		{"a\n|bc", "end", "a\nbc|"},
		{"a\n|bc", "left", "a|\nbc"},
		{"|", "left backspace", "|"},
		{"a|", "right delete", "a|"},
		{"a\n|b", "backspace", "a|b"},
		{"a|\nb", "delete", "a|b"},
		{"a b_c|", "ctrl+w", "a |"},
		{"a  b.c|", "ctrl+left ctrl+left", "a  |b.c"},
		{"|a b", "ctrl+right", "a| b"},
		{"a\nb|c", "ctrl+u", "a\n|c"},
		{"a|b\nc", "ctrl+k", "a|\nc"},
		{"a|\nc", "ctrl+k", "a|c"},
		{"  a|", "enter b", "  a\n  b|"},
		{"a\nb\nc\nd|", "pgup", "a\nb|\nc\nd"},
		{"|a\nb\nc\nd", "pgdown", "a\nb\n|c\nd"},
		{"ab|", "c d ctrl+z", "ab|"},
		{"ab|", "c left d ctrl+z", "ab|c"},
		{"ab|", "ctrl+w ctrl+z", "ab|"},
		{"|", "ctrl+z", "|"},
		{"ä|ö", "backspace", "|ö"},
	} {
		e := newEditor(test.from)
		for key := range strings.FieldsSeq(test.keys) {
			if !e.key(press(key), 2) {
				t.Errorf("%s: %s was not taken", test.from, key)
			}
		}
		if got := e.marked(); got != test.want {
			t.Errorf("%q %s: %q, want %q", test.from, test.keys, got, test.want)
		}
	}
	e := newEditor("a|")
	if e.key(press("ctrl+x"), 1) || e.key(tea.KeyPressMsg{Code: tea.KeyF1}, 1) || e.marked() != "a|" {
		t.Error("a key without a meaning changed the text")
	}
}

func TestEditor_takesAnyTextAsText(t *testing.T) {
	t.Parallel()
	e := newEditor("")
	e.insert("a\r\nb\tc\x1b[31m\x00\x9b\xff\rd")
	if got := e.string(); got != "a\nb    c[31m\nd" {
		t.Errorf("%q", got)
	}
	e.insert(strings.Repeat("x", maxText))
	if len(e.text) != maxText {
		t.Errorf("%d runes", len(e.text))
	}
}

// Whatever is pressed, the cursor stays in the text and in sight, nothing but
// printable text is in it, and it can be drawn in any area.
func TestEditor_anyKeys(t *testing.T) {
	t.Parallel()
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"up", "down", "left", "right", "home", "end", "enter", "backspace", "delete", "pgup", "pgdown", "ctrl+z", "ctrl+k", "ctrl+u", "ctrl+w", "ctrl+left", "alt+d", "a", "'", "-", "東", "\u0301"}
	rapid.Check(t, func(t *rapid.T) {
		e := newEditor("")
		e.insert(rapid.String().Draw(t, "text"))
		height := rapid.IntRange(1, 5).Draw(t, "height")
		for range rapid.IntRange(0, 40).Draw(t, "n") {
			e.key(press(rapid.SampledFrom(keys).Draw(t, "key")), height)
			e.follow(height)
			line, _ := e.place()
			if e.at < 0 || e.at > len(e.text) || line < e.top || line >= e.top+height {
				t.Fatalf("cursor %d of %d, line %d, top %d", e.at, len(e.text), line, e.top)
			}
		}
		width := rapid.IntRange(0, 30).Draw(t, "width")
		scr := uv.NewScreenBuffer(width, height)
		at := rapid.IntRange(0, len(e.string())).Draw(t, "wrong")
		drawEditor(draw.On(scr, styles), scr.Bounds(), e, nil, true, spot{at, at + 1})
	})
}

func TestLineRuns_areTheText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		sql := rapid.OneOf(rapid.String(), rapid.StringMatching(`[-'"/*; a-z0-9\n]{0,40}`)).Draw(t, "sql")
		var lines []string
		for _, l := range lineRuns(sql, nil, spot{}) {
			text := ""
			for _, p := range l.pieces {
				text += p.text
			}
			lines = append(lines, text)
		}
		if got := strings.Join(lines, "\n"); got != sql {
			t.Fatalf("%q became %q", sql, got)
		}
	})
}

func TestLineRuns_markTheMistake(t *testing.T) {
	t.Parallel()
	sql := "SELECT\n  nam FROM x"
	for _, test := range []struct {
		line, col int
		text      string
		lineWrong int
	}{{2, 3, "nam", 1}, {1, 1, "SELECT", 0}, {2, 13, "", 1}, {9, 1, "", -1}, {0, 0, "", -1}} {
		s := spotOf(sql, &queries.Error{Line: test.line, Col: test.col})
		got, at := "", -1
		for i, l := range lineRuns(sql, nil, s) {
			if l.wrong {
				at = i
			}
			for _, p := range l.pieces {
				if p.wrong {
					got += p.text
				}
			}
		}
		if got != test.text || at != test.lineWrong {
			t.Errorf("%d:%d marks %q in line %d", test.line, test.col, got, at)
		}
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	var h history
	if _, ok := h.step("now", -1); ok {
		t.Error("went back to nothing")
	}
	for _, sql := range []string{"a", "b", "a"} {
		h.add(sql)
	}
	var got []string
	for _, by := range []int{-1, -1, -1, 1, 1, 1} {
		if sql, ok := h.step("draft", by); ok {
			got = append(got, sql)
		} else {
			got = append(got, "-")
		}
	}
	if text := strings.Join(got, " "); text != "a b - a draft -" {
		t.Error(text)
	}
	for i := range 3 * maxHistory {
		h.add(strings.Repeat("x", i))
	}
	if len(h.all) != maxHistory {
		t.Errorf("%d are remembered", len(h.all))
	}
}

func TestTable_keepsTheCellInSight(t *testing.T) {
	t.Parallel()
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		columns, rows := rapid.IntRange(0, 12).Draw(t, "columns"), rapid.IntRange(0, 30).Draw(t, "rows")
		answer := queries.Table{}
		for range columns {
			answer.Columns = append(answer.Columns, queries.Column{Name: rapid.StringN(0, 60, -1).Draw(t, "name"), Type: "varchar"})
		}
		for range rows {
			row := make([]any, columns)
			for i := range row {
				row[i] = rapid.StringN(0, 60, -1).Draw(t, "cell")
			}
			answer.Rows = append(answer.Rows, row)
		}
		tab := newTable(answer, safetext.Unicode)
		width, height := rapid.IntRange(0, 90).Draw(t, "width"), rapid.IntRange(0, 20).Draw(t, "height")
		tab.resize(width, height-1)
		for range 20 {
			tab.move(rapid.IntRange(-40, 40).Draw(t, "down"), rapid.IntRange(-12, 12).Draw(t, "right"))
			if rows > 0 && (tab.row < tab.top || tab.row >= tab.top+tab.height) || columns > 0 && (tab.col < tab.left || tab.col != tab.left && !tab.whole(tab.col)) {
				t.Fatalf("cell %d,%d is not in sight: top %d of %d, left %d", tab.row, tab.col, tab.top, tab.height, tab.left)
			}
			scr := uv.NewScreenBuffer(width, height)
			tab.draw(draw.On(scr, styles), scr.Bounds(), true)
		}
	})
}
