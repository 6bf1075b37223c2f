package screen

import (
	"image"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/playback/term"
	"cordon/themes"
	"cordon/tui/draw"
)

func styles(t testing.TB, name string, ascii bool) *themes.Styles {
	t.Helper()
	p, err := themes.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := themes.New(themes.Options{Palette: p, ASCII: ascii})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func picture(cols, rows int, bytes string) *term.Screen {
	s := term.New(cols, rows)
	_, _ = s.Write([]byte(bytes))
	return s
}

func drawn(t testing.TB, theme string, ascii bool, size image.Point, s *term.Screen, v View) uv.ScreenBuffer {
	t.Helper()
	scr := uv.NewScreenBuffer(size.X, size.Y)
	Draw(draw.On(scr, styles(t, theme, ascii)), scr.Bounds(), s, v)
	return scr
}

func lines(scr uv.ScreenBuffer) (out []string) {
	for _, line := range scr.Lines {
		row := ""
		for _, cell := range line {
			row += cell.Content
		}
		out = append(out, row)
	}
	return out
}

func TestDraw_placesThePicture(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		size   image.Point
		bytes  string
		origin image.Point
		want   []string
	}{
		{"smaller than the area", image.Pt(8, 4), "ab\r\ncd", image.Pt(3, 3), []string{"········", "··ab  ··", "··cd  ··", "········"}},
		{"as large", image.Pt(4, 2), "ab\r\ncd", image.Point{}, []string{"ab  ", "cd  "}},
		{"larger", image.Pt(2, 1), "abcd\r\nefgh", image.Pt(1, 1), []string{"fg"}},
		{"origin out of bounds", image.Pt(2, 1), "abcd\r\nefgh", image.Pt(99, 99), []string{"gh"}},
		{"half a wide character at the left edge", image.Pt(3, 1), "東b", image.Pt(1, 0), []string{" b "}},
		{"half a wide character at the right edge", image.Pt(2, 1), "a東", image.Point{}, []string{"a "}},
		{"joined pictures are the first of them", image.Pt(4, 1), "👩\u200d💻x", image.Point{}, []string{"👩x "}},
		{"combined characters stay one cell", image.Pt(4, 1), "e\u0301x", image.Point{}, []string{"e\u0301x  "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got := lines(drawn(t, "mono", false, tt.size, picture(4, 2, tt.bytes), View{Origin: tt.origin}))
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDraw_scrollback(t *testing.T) {
	t.Parallel()
	s := picture(4, 2, "one\r\ntwo\r\nsix\r\nten")
	for above, want := range map[int][]string{
		0: {"six ", "ten "}, 1: {"two ", "six "}, 2: {"one ", "two "}, 3: {"    ", "one "},
	} {
		scr := drawn(t, "mono", false, image.Pt(4, 2), s, View{Above: above, Cursor: true})
		if diff := cmp.Diff(want, lines(scr)); diff != "" {
			t.Errorf("%d above: %s", above, diff)
		}
		if shown := scr.CellAt(3, 1).Style.Attrs&uv.AttrReverse != 0; shown != (above == 0) {
			t.Errorf("%d above: the cursor is shown: %v", above, shown)
		}
	}
}

func TestDraw_mapsStyles(t *testing.T) {
	t.Parallel()
	s := picture(10, 1, "\x1b[31ma\x1b[0;38;5;200mb\x1b[0;38;2;1;2;3mc\x1b[0;1;3;9md\x1b[0;4:3me\x1b[0;8;5mf\x1b[0mg")
	scr := drawn(t, "dark", false, image.Pt(10, 1), s, View{Cursor: true})
	at := func(x int) uv.Style { return scr.CellAt(x, 0).Style }
	if at(0).Fg != ansi.Red || at(1).Fg != ansi.IndexedColor(200) {
		t.Errorf("colours are %v and %v", at(0).Fg, at(1).Fg)
	}
	if r, g, b, _ := at(2).Fg.RGBA(); r>>8 != 1 || g>>8 != 2 || b>>8 != 3 {
		t.Errorf("the direct colour is %v", at(2).Fg)
	}
	if want := uint8(uv.AttrBold | uv.AttrItalic | uv.AttrStrikethrough); at(3).Attrs != want {
		t.Errorf("attributes are %b", at(3).Attrs)
	}
	if at(4).Underline != ansi.UnderlineCurly {
		t.Errorf("the underline is %v", at(4).Underline)
	}
	if at(5).Attrs != 0 {
		t.Errorf("concealed and blinking is %b", at(5).Attrs)
	}
	if at(7).Attrs&uv.AttrReverse == 0 {
		t.Error("no cursor is shown")
	}
	for x, cell := range drawn(t, "mono", false, image.Pt(10, 1), s, View{}).Lines[0] {
		if cell.Style.Fg != nil || cell.Style.Bg != nil {
			t.Errorf("column %d has a colour without any being allowed", x)
		}
	}
}

func TestDraw_marksAMatch(t *testing.T) {
	t.Parallel()
	scr := drawn(t, "dark", false, image.Pt(12, 1), picture(12, 1, "a 東Shadow b"), View{Match: "東shad"})
	marked := ""
	for _, cell := range scr.Lines[0] {
		if want := styles(t, "dark", false).Style(themes.Match); cell.Style.Equal(&want) {
			marked += cell.Content
		}
	}
	if marked != "東Shad" {
		t.Errorf("marked is %q", marked)
	}
}

func TestDraw_hiddenRunesNeverReachTheTerminal(t *testing.T) {
	t.Parallel()
	s := picture(40, 2, "a\u202eb\u200bc\u2066d\ue000e\u2764\ufe0ff\U000e0041g\u3164h")
	for _, ascii := range []bool{false, true} {
		got := strings.Join(lines(drawn(t, "mono", ascii, image.Pt(40, 2), s, View{})), "")
		if strings.ContainsAny(got, "\u202e\u200b\u2066\ue000\ufe0f\U000e0041\u3164") {
			t.Errorf("hidden runes in %q", got)
		}
		for _, visible := range "abcdefgh" {
			if !strings.ContainsRune(got, visible) {
				t.Errorf("%q is lost in %q", visible, got)
			}
		}
		if ascii && strings.ContainsFunc(got, func(r rune) bool { return r > 0x7e }) {
			t.Errorf("%q is not ASCII", got)
		}
	}
}

// TestDraw_anyBytes holds what every picture must: the cells cover the area, no
// text is wider than its cell, no control character is among them.
func TestDraw_anyBytes(t *testing.T) {
	t.Parallel()
	look := styles(t, "dark", false)
	rapid.Check(t, func(t *rapid.T) {
		s := term.New(rapid.IntRange(1, 30).Draw(t, "cols"), rapid.IntRange(1, 10).Draw(t, "rows"))
		_, _ = s.Write(rapid.SliceOf(rapid.Byte()).Draw(t, "bytes"))
		_, _ = s.Write([]byte(rapid.String().Draw(t, "text")))
		scr := uv.NewScreenBuffer(rapid.IntRange(1, 40).Draw(t, "width"), rapid.IntRange(1, 12).Draw(t, "height"))
		Draw(draw.On(scr, look), scr.Bounds(), s, View{
			Origin: image.Pt(rapid.IntRange(-5, 40).Draw(t, "x"), rapid.IntRange(-5, 20).Draw(t, "y")), Cursor: true,
		})
		for y, line := range scr.Lines {
			width := 0
			for _, cell := range line {
				width += ansi.StringWidthWc(cell.Content)
				if strings.ContainsFunc(cell.Content, func(r rune) bool { return r < 0x20 || r >= 0x7f && r < 0xa0 }) {
					t.Fatalf("row %d holds %q", y, cell.Content)
				}
			}
			if width != scr.Width() {
				t.Fatalf("row %d is %d columns wide", y, width)
			}
		}
	})
}

func TestFollow_keepsTheCursorInView(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		point := func(name string, most image.Point) image.Point {
			return image.Pt(rapid.IntRange(0, most.X).Draw(t, name+"x"), rapid.IntRange(0, most.Y).Draw(t, name+"y"))
		}
		size := point("picture", image.Pt(199, 99)).Add(image.Pt(1, 1))
		view := point("view", image.Pt(199, 99)).Add(image.Pt(6, 1))
		cursor := point("cursor", size.Sub(image.Pt(1, 1)))
		got := Follow(point("origin", image.Pt(300, 300)), cursor, size, view)
		if !cursor.In(image.Rectangle{Min: got, Max: got.Add(view)}) {
			t.Fatalf("cursor %v is not in view %v of %v from %v", cursor, view, size, got)
		}
		if got != Follow(got, cursor, size, view) {
			t.Fatal("following twice moves again")
		}
	})
}

func BenchmarkDraw(b *testing.B) {
	s := term.New(200, 60)
	for range 60 {
		_, _ = s.Write([]byte("\x1b[32mlorem\x1b[0m ipsum \x1b[1;44mdolor\x1b[0m sit amet ──┼── 東京 " + strings.Repeat("x", 120) + "\r\n"))
	}
	scr := uv.NewScreenBuffer(200, 60)
	c := draw.On(scr, styles(b, "dark", false))
	for b.Loop() {
		Draw(c, scr.Bounds(), s, View{Cursor: true})
	}
}
