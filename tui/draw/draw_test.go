package draw

import (
	"fmt"
	"math"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/themes"
)

func styles(t testing.TB, name string, mode themes.Mode, ascii bool) *themes.Styles {
	t.Helper()
	p, err := themes.Load(name)
	if err != nil {
		t.Fatal(err)
	}
	s, err := themes.New(themes.Options{Palette: p, Mode: mode, ASCII: ascii})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// text returns the screen as text with its blanks, one line per row.
func text(scr uv.ScreenBuffer) string {
	var b strings.Builder
	for _, line := range scr.Lines {
		for _, cell := range line {
			b.WriteString(cell.Content)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// sample draws one of everything.
func sample(c Canvas, area uv.Rectangle) {
	left, right := CutLeft(area, area.Dx()*2/3)
	inner := c.Box(left, Box{
		Title: Line{T(themes.Accent, "dana@example.com"), T(themes.Muted, "  user")},
		Right: Plain("ops"), Foot: Plain("row 1 of 8"), Focused: true,
	})
	c.Ends(Row(inner, 0), Plain("hands"), Line{T(themes.Warning, "2 gaps")})
	c.Line(Row(inner, 1), T(themes.Danger, c.Glyphs().Hostile), T(themes.Text, " 203.0.113.66  first seen 22:03:11  2 logins  6 failed  2 sessions"))
	c.Ground(themes.Selection).Text(Row(inner, 2), themes.Text, "東京都庁 wide")
	c.Spark(Row(inner, 3), themes.Progress, []int{0, 1, 2, 4, 8, 16, 0, 1000000})
	c.Bar(Row(inner, 4), themes.Progress, 0.5)
	c.Middle(Row(inner, 5), T(themes.Muted, "middle"))
	box := c.Box(right, Box{Title: Plain("L  locks"), Role: themes.Danger})
	c.Lines(box, Wrap(themes.Text, "does not reach relay@example.com, made by it; aVeryLongWordWithoutAnyBlanksInItThatMustBeBroken", box.Dx()))
	bar, _ := CutRight(box, 1)
	c.Scroll(bar, 3, 5, 20)
}

func TestSample_golden(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{120, 12}, {80, 10}, {60, 9}, {20, 6}} {
		for _, mode := range []themes.Mode{themes.ModeDryRun, themes.ModeLive, themes.ModeExercise} {
			for _, ascii := range []bool{false, true} {
				t.Run(fmt.Sprintf("%dx%d_%s_%v", size[0], size[1], mode.Word(), ascii), func(t *testing.T) {
					t.Parallel()
					scr := uv.NewScreenBuffer(size[0], size[1])
					sample(On(scr, styles(t, "dark", mode, ascii)), scr.Bounds())
					golden.RequireEqual(t, text(scr))
				})
			}
		}
	}
}

func TestDrawing_neverLeavesItsArea(t *testing.T) {
	t.Parallel()
	st := styles(t, "dark", themes.ModeLive, false)
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(0, 30).Draw(t, "w"), rapid.IntRange(0, 12).Draw(t, "h")
		scr := uv.NewScreenBuffer(w, h)
		scr.Fill(&uv.Cell{Content: "x", Width: 1})
		area := uv.Rect(rapid.IntRange(-3, 30).Draw(t, "x"), rapid.IntRange(-3, 12).Draw(t, "y"),
			rapid.IntRange(-2, 40).Draw(t, "dx"), rapid.IntRange(-2, 14).Draw(t, "dy"))
		sample(On(scr, st).Within(area), area)
		for y := range h {
			for x := range w {
				if c := scr.CellAt(x, y); !uv.Pos(x, y).In(area) && c.Content != "x" {
					t.Fatalf("cell %d,%d outside %v was drawn: %q", x, y, area, c.Content)
				}
			}
		}
	})
}

func TestText_cutsWithAnEllipsisAndKeepsWideRunesWhole(t *testing.T) {
	t.Parallel()
	st := styles(t, "mono", themes.ModeDryRun, false)
	for _, tc := range []struct {
		in    string
		width int
		want  string
	}{
		{"abc", 5, "abc  "},
		{"abcdef", 5, "abcd…"},
		{"東京都", 5, "東京…"},
		{"東京都", 4, "東… "},
		{"e\u0301tude", 5, "e\u0301tude"},
		{"x", 0, ""},
		{"xy", 1, "…"},
	} {
		scr := uv.NewScreenBuffer(tc.width, 1)
		On(scr, st).Text(scr.Bounds(), themes.Text, tc.in)
		if got := strings.TrimSuffix(text(scr), "\n"); got != tc.want {
			t.Errorf("%q in %d columns is %q, want %q", tc.in, tc.width, got, tc.want)
		}
	}
}

func TestCells_neverHoldControls(t *testing.T) {
	t.Parallel()
	st := styles(t, "mono", themes.ModeDryRun, false)
	rapid.Check(t, func(t *rapid.T) {
		in := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }),
			rapid.SampledFrom([]string{"\x1b[2J", "a\u009bb", "\x9b", "\r\n", "\u0301x", "a\x7f\u0301"})).Draw(t, "in")
		scr := uv.NewScreenBuffer(20, 2)
		On(scr, st).Text(scr.Bounds(), themes.Text, in)
		for _, line := range scr.Lines {
			for _, cell := range line {
				for _, r := range cell.Content {
					if r < 0x20 || r >= 0x7f && r < 0xa0 {
						t.Fatalf("%q put %U into a cell", in, r)
					}
				}
			}
		}
	})
}

func TestCanvas_countsLikeItsScreen(t *testing.T) {
	t.Parallel()
	st := styles(t, "mono", themes.ModeDryRun, false)
	scr := uv.NewScreenBuffer(10, 1)
	for method, want := range map[ansi.Method]int{ansi.WcWidth: ansi.StringWidthWc("क्षि"), ansi.GraphemeWidth: ansi.StringWidth("क्षि")} {
		scr.Method = method
		if got := On(scr, st).Width("क्षि"); got != want {
			t.Errorf("method %d: width %d, want %d", method, got, want)
		}
	}
}

func TestColumns(t *testing.T) {
	t.Parallel()
	cols := []Column{{Min: 8}, {Min: 4, Weight: 2, Drop: 1}, {Min: 4, Weight: 1, Max: 6, Drop: 2}, {Min: 5, Weight: 1}}
	for _, tc := range []struct {
		width int
		want  []int
	}{
		{100, []int{8, 53, 6, 30}},
		{24, []int{8, 4, 4, 5}},
		{23, []int{8, 7, 0, 6}},
		{19, []int{8, 4, 0, 5}},
		{18, []int{8, 0, 0, 9}},
		{14, []int{8, 0, 0, 5}},
		{7, []int{3, 0, 0, 3}},
		{2, []int{1, 0, 0, 0}},
		{1, []int{1, 0, 0, 0}},
		{0, []int{0, 0, 0, 0}},
		{-5, []int{0, 0, 0, 0}},
	} {
		if diff := cmp.Diff(tc.want, Columns(tc.width, 1, cols)); diff != "" {
			t.Errorf("width %d (-want +got):\n%s", tc.width, diff)
		}
	}
	if got := Columns(10, 1, nil); len(got) != 0 {
		t.Errorf("no columns gave %v", got)
	}
}

func TestColumns_neverExceedTheWidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		cols := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Column {
			return Column{
				Min: rapid.IntRange(0, 30).Draw(t, "min"), Max: rapid.IntRange(0, 40).Draw(t, "max"),
				Weight: rapid.IntRange(-1, 4).Draw(t, "weight"), Drop: rapid.IntRange(0, 3).Draw(t, "drop"),
			}
		}), 0, 8).Draw(t, "cols")
		width, gap := rapid.IntRange(0, 120).Draw(t, "width"), rapid.IntRange(0, 3).Draw(t, "gap")
		got := Columns(width, gap, cols)
		if total(got, gap) > width {
			t.Fatalf("%v with gap %d is wider than %d", got, gap, width)
		}
		for i, w := range got {
			if w == 0 && cols[i].Drop == 0 && total(got, gap) > 0 && width >= 4*len(cols)*(gap+1)*30 {
				t.Fatalf("column %d was dropped", i)
			}
		}
	})
}

func TestSpark_showsASingleEventBesideThousands(t *testing.T) {
	t.Parallel()
	st := styles(t, "mono", themes.ModeDryRun, false)
	scr := uv.NewScreenBuffer(4, 1)
	On(scr, st).Spark(scr.Bounds(), themes.Progress, []int{9, 0, 1, 100000, math.MaxInt})
	if got := text(scr); got != "▁▂▂█\n" {
		t.Errorf("spark = %q", got)
	}
}

func TestBucket(t *testing.T) {
	t.Parallel()
	if diff := cmp.Diff([]int{3, 7, 11}, Bucket([]int{1, 2, 3, 4, 5, 6}, 3)); diff != "" {
		t.Error(diff)
	}
	if got := Bucket([]int{1, 2}, 5); len(got) != 2 {
		t.Errorf("few values became %v", got)
	}
	if got := Bucket([]int{1}, 0); got != nil {
		t.Errorf("no buckets gave %v", got)
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	for n, want := range map[int64][2]string{
		0: {"0", "0"}, 999: {"999", "999"}, 1000: {"1,000", "1.0k"}, 1999: {"1,999", "1.9k"}, 18206: {"18,206", "18k"},
		1234567: {"1,234,567", "1.2M"}, -4200: {"-4,200", "-4.2k"}, 10_000_000: {"10,000,000", "10M"},
		math.MinInt64: {"-9,223,372,036,854,775,808", "-9223372T"},
	} {
		if got := [2]string{Count(n), Short(n)}; got != want {
			t.Errorf("%d = %q, want %q", n, got, want)
		}
	}
}

func TestWrap_keepsAllWordsAndTheWidth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := strings.Join(rapid.SliceOf(rapid.StringMatching(`[a-z東]{1,30}`)).Draw(t, "words"), " ")
		width := rapid.IntRange(2, 20).Draw(t, "width")
		var got strings.Builder
		for _, l := range Wrap(themes.Text, in, width) {
			if ansi.StringWidth(l.String()) > width {
				t.Fatalf("%q is wider than %d", l.String(), width)
			}
			got.WriteString(strings.ReplaceAll(l.String(), " ", ""))
		}
		if got.String() != strings.ReplaceAll(in, " ", "") {
			t.Fatalf("%q became %q", in, got.String())
		}
	})
}

func TestCuts_shareTheArea(t *testing.T) {
	t.Parallel()
	area := uv.Rect(2, 3, 10, 5)
	for n := -1; n < 14; n++ {
		for _, cut := range []func(uv.Rectangle, int) (uv.Rectangle, uv.Rectangle){CutTop, CutBottom, CutLeft, CutRight} {
			a, b := cut(area, n)
			if a.Dx()*a.Dy()+b.Dx()*b.Dy() != 50 || !a.In(area) || !b.In(area) || a.Dx() < 0 || b.Dy() < 0 {
				t.Errorf("cut %d gave %v and %v", n, a, b)
			}
		}
	}
	if got := Center(area, 4, 99); got != uv.Rect(5, 3, 4, 5) {
		t.Errorf("Center = %v", got)
	}
}

// BenchmarkScreen draws a full screen and renders it to the text that a view
// hands to Bubble Tea.
func BenchmarkScreen(b *testing.B) {
	st := styles(b, "dark", themes.ModeDryRun, false)
	scr := uv.NewScreenBuffer(200, 60)
	line := Plain(strings.Repeat("session.start dana@example.com ", 6))
	b.ReportAllocs()
	for b.Loop() {
		c := On(scr, st)
		inner := c.Box(scr.Bounds(), Box{Title: Plain("events")})
		for y := range inner.Dy() {
			c.Line(Row(inner, y), line...)
		}
		_ = scr.Render()
	}
}
