package term

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScreen_keepsModes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in   string
		want Mode
	}{
		{"", ModeAutoWrap | ModeCursorVisible},
		{"\x1b[?25l", ModeAutoWrap},
		{"\x1b[?7;25l", 0},
		{"\x1b[?1h\x1b=", defaultModes | ModeCursorKeys | ModeKeypad},
		{"\x1b[?1h\x1b=\x1b[?1l\x1b>", defaultModes},
		{"\x1b[?1000;1002;1003;1006h", defaultModes | ModeMouseNormal | ModeMouseButton | ModeMouseAny | ModeMouseSGR},
		{"\x1b[?1004h\x1b[?2004h", defaultModes | ModeFocus | ModeBracketedPaste},
		{"\x1b[?2026h", defaultModes | ModeSynchronized},
		{"\x1b[?2026h\x1b[?2026l", defaultModes},
		{"\x1b[?5h", defaultModes | ModeReverse},
		{"\x1b[?69h", defaultModes | ModeMargins},
		{"\x1b[?69h\x1b[!p", defaultModes},
		{"\x1b[4;20h", defaultModes | ModeInsert | ModeNewline},
		{"\x1b[?9999h\x1b[99h\x1b[h\x1b[?h", defaultModes},
		{"\x1b[4h\x1b[?1;2004;25h\x1b[?25l\x1b[!p", defaultModes | ModeBracketedPaste},
		{"\x1b[?1000;2004h\x1bc", defaultModes},
	} {
		s := newScreen(t, 10, 4, c.in)
		if got := s.Modes(); got != c.want {
			t.Errorf("%q: modes %b, want %b", c.in, got, c.want)
		}
		if s.Cursor().Visible != c.want.Has(ModeCursorVisible) {
			t.Errorf("%q: cursor visible is %v", c.in, s.Cursor().Visible)
		}
	}
}

func TestScreen_keepsTitleAndDirectory(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ in, title, icon, dir string }{
		{in: "\x1b]0;both\a", title: "both", icon: "both"},
		{in: "\x1b]2;title\x1b\\\x1b]1;icon\x1b\\", title: "title", icon: "icon"},
		{in: "\x1b]2;a;b;c\a", title: "a;b;c"},
		{in: "\x1b]2;Москва 字\a", title: "Москва 字"},
		{in: "\x1b]2;a\xffb\a", title: "a\ufffdb"},
		{in: "\x1b]2;old\a\x1b]2;\a", title: ""},
		{in: "\x1b]2;kept\a\x1b]2;lost\x18", title: "kept"},
		{in: "\x1b]2;by utf8\u009c", title: "by utf8"},
		{in: "\x1b]2;one\nline\a", title: "oneline"},
		{in: "\x1b]7;file://host.example.com/tmp\a", dir: "file://host.example.com/tmp"},
		{in: "\x1b]2;a\a\x1b[22;0t\x1b]2;b\a\x1b[23;0t", title: "a"},
		{in: "\x1b[23t\x1b]2;a\a", title: "a"},
		{in: "\x1b]2;a\a\x1bc", title: ""},
		{in: "\x1b]2;" + strings.Repeat("x", 2*maxTitle) + "\a", title: strings.Repeat("x", maxTitle)},
		{in: "\x1b]2;kept\a\x1b]2;" + strings.Repeat("x", 2*maxOSC) + "\a", title: "kept"},
	} {
		s := newScreen(t, 10, 4, c.in)
		if s.Title() != c.title || s.IconName() != c.icon || s.Dir() != c.dir {
			t.Errorf("%.40q: title %.40q, icon %q, directory %q", c.in, s.Title(), s.IconName(), s.Dir())
		}
		if got := visible(s); len(got) != 0 {
			t.Errorf("%.40q shows %q", c.in, got)
		}
	}
}

func TestScreen_keepsCursorShape(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 10, 4, "\x1b[5 q")
	if got := s.Cursor().Shape; got != 5 {
		t.Errorf("shape %d, want 5", got)
	}
	feed(t, s, "\x1b[77 q")
	if got := s.Cursor().Shape; got != 5 {
		t.Errorf("shape %d after an unknown one, want 5", got)
	}
	feed(t, s, "\x1b[ q")
	if got := s.Cursor().Shape; got != 0 {
		t.Errorf("shape %d, want 0", got)
	}
}

func TestScreen_marksWrappedLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		want     []bool
	}{
		{"line that goes on", "0123456789ab", []bool{true, false, false}},
		{"line that ends at the margin", "0123456789\r\nab", []bool{false, false, false}},
		{"wide character at the margin", "012345678字", []bool{true, false, false}},
		{"end erased", "0123456789ab\x1b[1;5H\x1b[K", []bool{false, false, false}},
		{"continuation erased", "0123456789ab\r\x1b[K", []bool{false, false, false}},
		{"line inserted between", "0123456789ab\x1b[L", []bool{false, false, false}},
		{"continuation deleted", "0123456789ab\x1b[M", []bool{false, false, false}},
		{"scrolled down out of reach", "\x1b[2;1H0123456789ab\x1b[H\x1bM", []bool{false, false, false}},
		{"scrolled up", "\n\n0123456789ab", []bool{false, true, false}},
	} {
		s := newScreen(t, 10, 3, c.in)
		got := []bool{s.Wrapped(0), s.Wrapped(1), s.Wrapped(2)}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s: wrapped (-want +got):\n%s", c.name, diff)
		}
	}
	if s := New(3, 3); s.Wrapped(-1) || s.Wrapped(3) {
		t.Error("a row outside is wrapped")
	}
}

func scrolled(s *Screen) []string {
	var out []string
	for i := range s.ScrolledLines() {
		out = append(out, s.ScrolledLine(i))
	}
	return out
}

func TestScreen_keepsScrollback(t *testing.T) {
	t.Parallel()
	lines := func(n int) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "line %d\r\n", i)
		}
		return b.String()
	}
	for _, c := range []struct {
		name  string
		limit int
		in    string
		want  []string
		total uint64
	}{
		{"none yet", 9, "a", nil, 0},
		{"lines", 9, lines(5), []string{"line 0", "line 1"}, 2},
		{"bounded", 2, lines(9), []string{"line 4", "line 5"}, 6},
		{"switched off", 0, lines(9), nil, 6},
		{"region at the top", 9, "a\r\nb\r\nc\r\nd\x1b[1;2r\x1b[2;1H\n", []string{"a"}, 1},
		{"region further down", 9, "a\r\nb\r\nc\r\nd\x1b[2;3r\x1b[3;1H\n", nil, 0},
		{"scroll up", 9, "a\r\nb\r\nc\x1b[2S", []string{"a", "b"}, 2},
		{"deleted lines do not count", 9, "a\r\nb\x1b[H\x1b[M", nil, 0},
		{"alternate screen", 9, "\x1b[?1049h" + lines(9), nil, 0},
		{"erased", 9, lines(5) + "\x1b[3J", nil, 2},
		{"reset", 9, lines(5) + "\x1bc", nil, 2},
	} {
		s := New(10, 4)
		s.SetScrollback(c.limit)
		feed(t, s, c.in)
		if diff := cmp.Diff(c.want, scrolled(s)); diff != "" {
			t.Errorf("%s: scrollback (-want +got):\n%s", c.name, diff)
		}
		if got := s.ScrolledTotal(); got != c.total {
			t.Errorf("%s: total %d, want %d", c.name, got, c.total)
		}
	}
}

func TestScreen_changesScrollback(t *testing.T) {
	t.Parallel()
	s := New(10, 2)
	s.SetScrollback(3)
	feed(t, s, "1\r\n2\r\n3\r\n4\r\n5\r\n6\r\n7")
	s.SetScrollback(2)
	if diff := cmp.Diff([]string{"4", "5"}, scrolled(s)); diff != "" {
		t.Errorf("fewer (-want +got):\n%s", diff)
	}
	s.SetScrollback(4)
	feed(t, s, "\r\n8\r\n\x1b[31m999999999999")
	if diff := cmp.Diff([]string{"5", "6", "7", "8"}, scrolled(s)); diff != "" {
		t.Errorf("more (-want +got):\n%s", diff)
	}
	feed(t, s, "\r\n")
	if row := s.ScrolledRow(3, nil); len(row) != 10 || row[0].Style.FG != Indexed(1) || !s.ScrolledWrapped(3) {
		t.Errorf("last line %+v, wrapped %v", row, s.ScrolledWrapped(3))
	}
	if s.ScrolledLine(-1) != "" || s.ScrolledLine(4) != "" || len(s.ScrolledRow(9, nil)) != 0 || s.ScrolledWrapped(9) {
		t.Error("a line outside is something")
	}
}

func TestScreen_tellsOfLeavingLines(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		want     []string
	}{
		{"scrolled", "1\r\n2\r\n\r\n4\r\n5\r\n6", []string{"scrolled 1", "scrolled 2", "scrolled "}},
		{"cleared", "1\r\n\r\n3\x1b[2J", []string{"erased 1", "erased 3"}},
		{"cleared from home", "1\r\n2\x1b[H\x1b[J", []string{"erased 1", "erased 2"}},
		{"cleared below", "1\r\n2\r\n3\x1b[2;1H\x1b[J", []string{"erased 3"}},
		{"reset", "main\x1b[?1049halt\x1bc", []string{"erased     alt", "erased main"}},
		{"left the alternate screen", "\x1b[?1047halt\x1b[?1047l", []string{"erased alt"}},
		{"deleted", "1\r\n2\x1b[H\x1b[M", []string{"erased 1"}},
		{"pushed off the region", "1\r\n2\r\n3\x1b[H\x1b[L", []string{"erased 3"}},
		{"scrolled between margins", "1\r\n2\r\n3\x1b[?69h\x1b[1;5s\x1b[3;1H\n", []string{"erased 1"}},
		{"scrolled down between margins", "1\r\n2\r\n3\x1b[?69h\x1b[1;5s\x1b[H\x1bM", []string{"erased 3"}},
		{"filled", "1\r\n2\r\n3\x1b[65;2;1;2;4$x", []string{"erased 2"}},
		{"wrapped", "abcdefghijkl\r\n2\r\n3\r\n4", []string{"scrolled abcdefghij+", "scrolled kl"}},
	} {
		s := New(10, 3)
		var got []string
		s.OnLeave(func(y int, why Leave) {
			text := map[Leave]string{Scrolled: "scrolled ", Erased: "erased "}[why] + s.Line(y)
			if s.Wrapped(y) {
				text += "+"
			}
			got = append(got, text)
		})
		feed(t, s, c.in)
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.name, diff)
		}
	}
}

func TestScreen_tellsALineThatCameBackOnce(t *testing.T) {
	t.Parallel()
	s := New(10, 3)
	var got []string
	s.OnLeave(func(y int, _ Leave) { got = append(got, s.Line(y)) })
	feed(t, s, "1\r\n2\r\n3\r\n4\r\n5")
	s.Resize(10, 5)
	if diff := cmp.Diff([]string{"1", "2", "3", "4", "5"}, visible(s)); diff != "" {
		t.Fatalf("taller (-want +got):\n%s", diff)
	}
	feed(t, s, "\x1b[2;1Hchanged\x1b[5;1H\r\n\r\n\r\n6")
	if diff := cmp.Diff([]string{"1", "2", "changed", "3"}, got); diff != "" {
		t.Errorf("told (-want +got):\n%s", diff)
	}
	c := s.Clone()
	told := len(got)
	feed(t, c, "\r\n\r\n\r\n\r\n")
	if len(got) != told {
		t.Error("a clone tells the function of its origin")
	}
}
