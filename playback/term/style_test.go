package term

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

// under is the attribute of an underline style.
func under(u Underline) Attr { return Attr(0).WithUnderline(u) }

// styleCases are bytes and the style of a character printed after them, on a
// screen of 10 by 2.
var styleCases = []struct {
	name, in string // the style is that of the character after in
	want     Style
}{
	{"none", "", Style{}},
	{"bold", "\x1b[1m", Style{Attrs: Bold}},
	{"bold and red", "\x1b[1;31m", Style{Attrs: Bold, FG: Indexed(1)}},
	{"all attributes", "\x1b[1;2;3;4;5;7;8;9;53m", Style{Attrs: Bold | Faint | Italic | under(SingleUnderline) | Blink | Reverse | Conceal | Strike | Overline}},
	{"all attributes off again", "\x1b[1;2;3;4;5;7;8;9;53m\x1b[22;23;24;25;27;28;29;55m", Style{}},
	{"reset", "\x1b[1;31;42m\x1b[m", Style{}},
	{"reset by zero", "\x1b[1;31;42m\x1b[0m", Style{}},
	{"empty parameter is zero", "\x1b[1;31m\x1b[;4m", Style{Attrs: under(SingleUnderline)}},
	{"foreground", "\x1b[37m", Style{FG: Indexed(7)}},
	{"background", "\x1b[44m", Style{BG: Indexed(4)}},
	{"bright", "\x1b[91;107m", Style{FG: Indexed(9), BG: Indexed(15)}},
	{"default colours", "\x1b[31;41m\x1b[39;49m", Style{}},
	{"256 colours", "\x1b[38;5;200;48;5;17m", Style{FG: Indexed(200), BG: Indexed(17)}},
	{"256 colours with colons", "\x1b[38:5:200;48:5:17m", Style{FG: Indexed(200), BG: Indexed(17)}},
	{"direct colour", "\x1b[38;2;1;2;3;48;2;4;5;6m", Style{FG: RGB(1, 2, 3), BG: RGB(4, 5, 6)}},
	{"direct colour with colons", "\x1b[38:2:1:2:3m", Style{FG: RGB(1, 2, 3)}},
	{"direct colour with a colour space", "\x1b[38:2::1:2:3m", Style{FG: RGB(1, 2, 3)}},
	{"direct colour with a tolerance", "\x1b[38:2::1:2:3:0:0m", Style{FG: RGB(1, 2, 3)}},
	{"colour then attribute", "\x1b[38;5;1;1m", Style{FG: Indexed(1), Attrs: Bold}},
	{"colons then attribute", "\x1b[38:5:1;1m", Style{FG: Indexed(1), Attrs: Bold}},
	{"components are clamped", "\x1b[38;2;999;0;256m", Style{FG: RGB(255, 0, 255)}},
	{"colour cut short", "\x1b[1;38;5m", Style{Attrs: Bold}},
	{"direct colour cut short", "\x1b[1;38;2;3m", Style{Attrs: Bold}},
	{"unknown colour kind", "\x1b[38;9;1m", Style{Attrs: Bold}},
	{"unknown colour kind with colons", "\x1b[38:9:1;3m", Style{Attrs: Italic}},
	{"double underline", "\x1b[21m", Style{Attrs: under(DoubleUnderline)}},
	{"curly underline", "\x1b[4:3m", Style{Attrs: under(CurlyUnderline)}},
	{"dotted underline", "\x1b[4:4m", Style{Attrs: under(DottedUnderline)}},
	{"dashed underline", "\x1b[4:5m", Style{Attrs: under(DashedUnderline)}},
	{"underline off by style", "\x1b[4m\x1b[4:0m", Style{}},
	{"unknown underline style", "\x1b[4m\x1b[4:9m", Style{Attrs: under(SingleUnderline)}},
	{"underline colour", "\x1b[4;58;5;9m", Style{Attrs: under(SingleUnderline), UnderlineColor: Indexed(9)}},
	{"underline colour with colons", "\x1b[58:2::9:8:7m", Style{UnderlineColor: RGB(9, 8, 7)}},
	{"underline colour off", "\x1b[58:5:9m\x1b[59m", Style{}},
	{"underline colour reset", "\x1b[58:5:9m\x1b[m", Style{}},
	{"unknown attributes", "\x1b[10;26;50;99;200;65535m", Style{}},
	{"keyboard protocol is no colour", "\x1b[>4;1m", Style{}},
	{"saved with the cursor", "\x1b[1;31m\x1b7\x1b[m\x1b8", Style{Attrs: Bold, FG: Indexed(1)}},
	{"soft reset", "\x1b[1;31;58:5:9m\x1b[!p", Style{}},
	{"hard reset", "\x1b[1;31m\x1bc", Style{}},
}

func TestScreen_stylesCells(t *testing.T) {
	t.Parallel()
	for _, c := range styleCases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 10, 2, c.in+"X")
			if diff := cmp.Diff(Cell{Rune: 'X', Width: 1, Style: c.want}, s.Cell(0, 0)); diff != "" {
				t.Errorf("cell (-want +got):\n%s", diff)
			}
		})
	}
}

func TestScreen_erasesInTheBackgroundColour(t *testing.T) {
	t.Parallel()
	red := Style{BG: Indexed(1)}
	for _, c := range []struct {
		name, in string
		x, y     int
	}{
		{"erase line", "\x1b[1;41m\x1b[K", 9, 0},
		{"erase screen", "\x1b[1;41m\x1b[2J", 9, 2},
		{"erase characters", "\x1b[1;41m\x1b[3X", 2, 0},
		{"insert", "abc\r\x1b[1;41m\x1b[2@", 1, 0},
		{"delete", "abc\r\x1b[1;41m\x1b[2P", 9, 0},
		{"insert line", "abc\r\x1b[1;41m\x1b[L", 9, 0},
		{"delete line", "abc\r\x1b[1;41m\x1b[M", 0, 2},
		{"scroll", "\x1b[3;1H\x1b[1;41m\n", 5, 2},
		{"alternate screen", "\x1b[1;41m\x1b[?1049h", 5, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := newScreen(t, 10, 3, c.in)
			if diff := cmp.Diff(Cell{Rune: ' ', Width: 1, Style: red}, s.Cell(c.x, c.y)); diff != "" {
				t.Errorf("cell %d,%d (-want +got):\n%s", c.x, c.y, diff)
			}
		})
	}
}

func TestScreen_keepsHyperlinksAsText(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 20, 2, "\x1b]8;;https://example.com/a\x1b\\A\x1b[1;58:5:3mB\x1b[0mC\x1b]8;;\x1b\\D\x1b]8;id=x:y=z;https://example.com/a\aE")
	var links []string
	for x := range 5 {
		links = append(links, s.Link(s.Cell(x, 0).Style.Link))
	}
	const a = "https://example.com/a"
	if diff := cmp.Diff([]string{a, a, a, "", a}, links); diff != "" {
		t.Errorf("links (-want +got):\n%s", diff)
	}
	if s.Cell(0, 0).Style.Link == s.Cell(4, 0).Style.Link {
		t.Error("links with another id are one link")
	}
	if got := s.Cell(1, 0).Style.UnderlineColor; got != Indexed(3) {
		t.Errorf("underline colour in a link is %v", got)
	}
	if got := s.Link(9999); got != "" {
		t.Errorf("unknown link is %q", got)
	}
}

func TestColor_tellsItsKind(t *testing.T) {
	t.Parallel()
	if c := Color(0); !c.IsDefault() {
		t.Error("the zero colour is not the default")
	}
	if i, ok := Indexed(0).Index(); i != 0 || !ok || Indexed(0).IsDefault() {
		t.Error("palette entry 0 is not itself")
	}
	if r, g, b, ok := RGB(1, 2, 3).RGB(); r != 1 || g != 2 || b != 3 || !ok {
		t.Error("a direct colour is not itself")
	}
	if _, ok := RGB(1, 2, 3).Index(); ok {
		t.Error("a direct colour is in the palette")
	}
	if _, _, _, ok := Indexed(3).RGB(); ok {
		t.Error("a palette entry is a direct colour")
	}
}

func TestCell_textOfWideAndCombined(t *testing.T) {
	t.Parallel()
	s := newScreen(t, 10, 1, "字e\u0301 👩\u200d🚀")
	var got []Cell
	for _, c := range s.Row(0, nil) {
		c.Style = Style{}
		got = append(got, c)
	}
	blank := Cell{Rune: ' ', Width: 1}
	want := []Cell{
		{Rune: '字', Width: 2},
		{},
		{Rune: 'e', Cluster: "e\u0301", Width: 1},
		blank,
		{Rune: '👩', Cluster: "👩\u200d🚀", Width: 2},
		{},
		blank, blank, blank, blank,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("row (-want +got):\n%s", diff)
	}
	if got := s.Cell(0, 0).Text() + s.Cell(1, 0).Text() + s.Cell(2, 0).Text(); got != "字e\u0301" {
		t.Errorf("text is %q", got)
	}
	if diff := cmp.Diff(blank, s.Cell(99, -1)); diff != "" {
		t.Errorf("cell outside (-want +got):\n%s", diff)
	}
}
