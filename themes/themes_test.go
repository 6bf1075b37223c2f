package themes

import (
	"image/color"
	"math"
	"reflect"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

func stylesOf(t *testing.T, name string, o Options) *Styles {
	t.Helper()
	p, err := Load(name)
	if err != nil {
		t.Fatal(err)
	}
	o.Palette = p
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPalettes_defineEveryRole(t *testing.T) {
	t.Parallel()
	want := []string{"colorblind-blue-yellow", "colorblind-red-green", "dark", "high-contrast", "light", "mono", "terminal-16"}
	if got := Names(); !reflect.DeepEqual(got, want) {
		t.Fatalf("Names() = %q, want %q", got, want)
	}
	for _, name := range Names() {
		p, err := Load(name)
		if err != nil {
			t.Fatal(err)
		}
		if p.Name != name || p.About == "" {
			t.Errorf("%s: name %q, about %q", name, p.Name, p.About)
		}
		for _, r := range Roles() {
			if p.Roles[r.String()] == "" {
				t.Errorf("%s lacks role %s", name, r)
			}
		}
	}
}

// contrast is the ratio of WCAG 2.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (max(la, lb) + 0.05) / (min(la, lb) + 0.05)
}

func linear(v uint32) float64 {
	c := float64(v) / 0xffff
	if c <= 0.04045 {
		return c / 12.92
	}
	return math.Pow((c+0.055)/1.055, 2.4)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	return 0.2126*linear(r) + 0.7152*linear(g) + 0.0722*linear(b)
}

func TestPalettes_haveContrast(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"dark", "light", "high-contrast", "colorblind-red-green", "colorblind-blue-yellow"} {
		s := stylesOf(t, name, Options{})
		for _, r := range Roles() {
			st := s.Style(r)
			if st.Fg == nil || st.Bg == nil {
				t.Errorf("%s: role %s has no colour of its own", name, r)
				continue
			}
			want := 4.5
			switch {
			case r == Border:
				want = 3 // WCAG asks this of lines that carry no text
			case name == "high-contrast", r == Text, r == Selection:
				want = 7
			}
			if got := contrast(st.Fg, st.Bg); got < want {
				t.Errorf("%s: role %s has contrast %.2f, want %.1f", name, r, got, want)
			}
		}
	}
}

// The matrices simulate full colour blindness in linear RGB, after Machado,
// Oliveira and Fernandes (2009).
var deficiencies = map[string][9]float64{
	"protanopia":   {0.152286, 1.052583, -0.204868, 0.114503, 0.786281, 0.099216, -0.003882, -0.048116, 1.051998},
	"deuteranopia": {0.367322, 0.860646, -0.227968, 0.280085, 0.672501, 0.047413, -0.011820, 0.042940, 0.968881},
	"tritanopia":   {1.255528, -0.076749, -0.178779, -0.078411, 0.930809, 0.147602, 0.004733, 0.691367, 0.303900},
}

func seenWith(m [9]float64, c color.Color) [3]float64 {
	r, g, b, _ := c.RGBA()
	in := [3]float64{linear(r), linear(g), linear(b)}
	var out [3]float64
	for i := range out {
		out[i] = min(1, max(0, m[3*i]*in[0]+m[3*i+1]*in[1]+m[3*i+2]*in[2]))
	}
	return out
}

// lab converts linear RGB to CIE L*a*b* under D65.
func lab(c [3]float64) [3]float64 {
	f := func(v float64) float64 {
		if v > 216.0/24389 {
			return math.Cbrt(v)
		}
		return (24389.0/27*v + 16) / 116
	}
	x := f((0.4124*c[0] + 0.3576*c[1] + 0.1805*c[2]) / 0.95047)
	y := f(0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2])
	z := f((0.0193*c[0] + 0.1192*c[1] + 0.9505*c[2]) / 1.08883)
	return [3]float64{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

func TestColourBlindPalettes_keepOppositesApart(t *testing.T) {
	t.Parallel()
	opposites := [][2]Role{{Danger, OK}, {Warning, OK}, {Danger, Warning}, {Taint, OK}, {Danger, Locked}, {OK, Muted}}
	for name, kinds := range map[string][]string{
		"colorblind-red-green":   {"protanopia", "deuteranopia"},
		"colorblind-blue-yellow": {"tritanopia"},
	} {
		s := stylesOf(t, name, Options{})
		for _, kind := range kinds {
			for _, pair := range opposites {
				a := lab(seenWith(deficiencies[kind], s.Style(pair[0]).Fg))
				b := lab(seenWith(deficiencies[kind], s.Style(pair[1]).Fg))
				d := math.Sqrt((a[0]-b[0])*(a[0]-b[0]) + (a[1]-b[1])*(a[1]-b[1]) + (a[2]-b[2])*(a[2]-b[2]))
				if d < 20 {
					t.Errorf("%s: %s and %s are only %.1f apart under %s", name, pair[0], pair[1], d, kind)
				}
			}
			live, dry := s.Style(Live).Bg, s.Style(DryRun).Bg
			a, b := lab(seenWith(deficiencies[kind], live)), lab(seenWith(deficiencies[kind], dry))
			if d := math.Hypot(math.Hypot(a[0]-b[0], a[1]-b[1]), a[2]-b[2]); d < 20 {
				t.Errorf("%s: the modes are only %.1f apart under %s", name, d, kind)
			}
		}
	}
}

func TestMono_hasNoColour(t *testing.T) {
	t.Parallel()
	s := stylesOf(t, "mono", Options{})
	for _, r := range Roles() {
		if st := s.Style(r); st.Fg != nil || st.Bg != nil {
			t.Errorf("role %s has a colour", r)
		}
	}
	for _, pair := range [][2]Role{{Selection, Text}, {Selection, Inactive}, {Live, DryRun}, {Live, Exercise}, {Exercise, DryRun}, {TabActive, Tab}, {Match, Text}, {Disabled, Text}} {
		a, b := s.Style(pair[0]), s.Style(pair[1])
		if a.Equal(&b) {
			t.Errorf("%s and %s look the same", pair[0], pair[1])
		}
	}
}

func TestTerminal16_usesOnlyTheTerminalsColours(t *testing.T) {
	t.Parallel()
	s := stylesOf(t, "terminal-16", Options{})
	for _, r := range Roles() {
		st := s.Style(r)
		for _, c := range []color.Color{st.Fg, st.Bg} {
			if _, basic := c.(ansi.BasicColor); c != nil && !basic {
				t.Errorf("role %s uses %v", r, c)
			}
		}
	}
}

func TestChoose(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		asked   string
		dark    bool
		noColor string
		want    string
	}{
		{"", true, "", "dark"},
		{"", false, "", "light"},
		{"high-contrast", true, "", "high-contrast"},
		{"high-contrast", true, "1", "mono"},
		{"", false, "yes", "mono"},
	} {
		env := func(key string) string {
			if key == "NO_COLOR" {
				return tc.noColor
			}
			return ""
		}
		if got := Choose(tc.asked, tc.dark, env); got != tc.want {
			t.Errorf("Choose(%q, %v) with NO_COLOR=%q = %q, want %q", tc.asked, tc.dark, tc.noColor, got, tc.want)
		}
	}
}

func TestParse_overridesSingleRoles(t *testing.T) {
	t.Parallel()
	p, err := Parse([]byte("name: mine\nbase: light\nroles:\n  danger: \"bright-red on default bold\"\n"), "dark")
	if err != nil {
		t.Fatal(err)
	}
	light, err := Load("light")
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != "mine" || p.Roles["ok"] != light.Roles["ok"] || p.Dark {
		t.Errorf("the base was not taken: %+v", p)
	}
	s, err := New(Options{Palette: p})
	if err != nil {
		t.Fatal(err)
	}
	if got := s.Style(Danger); got.Fg != ansi.BrightRed || got.Attrs != uv.AttrBold {
		t.Errorf("danger = %+v", got)
	}
	if again, _ := Load("light"); again.Roles["danger"] != light.Roles["danger"] {
		t.Error("the shipped palette was changed")
	}
}

func TestParse_refusesMistakes(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ in, want string }{
		{"roles:\n  dangre: red", `unknown role "dangre"`},
		{"roles:\n  danger: rde", `"rde" is not a colour`},
		{"roles:\n  danger: red on", "a colour must follow"},
		{"roles:\n  danger: \"#12345\"", "is not a colour"},
		{"base: nope", `theme "nope" does not exist`},
		{"colours: {}", "decode theme"},
		{"roles: [1, 2]", "decode theme"},
		{strings.Repeat("#", maxPaletteBytes+1), "more than"},
	} {
		_, err := Parse([]byte(tc.in), "dark")
		if err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Parse(%.20q) = %v, want %q", tc.in, err, tc.want)
		}
	}
}

func TestGlyphs_areOneColumnAndHaveTwins(t *testing.T) {
	t.Parallel()
	wide, narrow := reflect.ValueOf(unicodeGlyphs()), reflect.ValueOf(asciiGlyphs())
	check := func(name, glyph string, ascii bool) {
		if ansi.StringWidth(glyph) != 1 || ansi.StringWidthWc(glyph) != 1 {
			t.Errorf("%s %q is not one column wide", name, glyph)
		}
		if ascii && (len(glyph) != 1 || glyph[0] < 0x20 || glyph[0] > 0x7e) {
			t.Errorf("%s %q is not ASCII", name, glyph)
		}
	}
	for i := range wide.NumField() {
		name := wide.Type().Field(i).Name
		switch f := wide.Field(i); f.Kind() {
		case reflect.String:
			check(name, f.String(), false)
			check(name, narrow.Field(i).String(), true)
		case reflect.Array:
			for j := range f.Len() {
				check(name, f.Index(j).String(), false)
				check(name, narrow.Field(i).Index(j).String(), true)
			}
		}
	}
}

func TestMarks_differWithinASet(t *testing.T) {
	t.Parallel()
	for _, g := range []Glyphs{unicodeGlyphs(), asciiGlyphs()} {
		seen := map[string]bool{}
		for _, mark := range []string{g.Hostile, g.Tainted, g.Locked, g.Planned, g.Star, g.Note, g.Warn, g.Question, g.Done, g.Refused} {
			if seen[mark] {
				t.Errorf("mark %q has two meanings", mark)
			}
			seen[mark] = true
		}
	}
}

func TestModes_differInWordAndEveryEdge(t *testing.T) {
	t.Parallel()
	modes := []Mode{ModeDryRun, ModeLive, ModeExercise}
	for _, ascii := range []bool{false, true} {
		for i, a := range modes {
			for _, b := range modes[i+1:] {
				fa, fb := a.frame(ascii), b.frame(ascii)
				if a.Word() == b.Word() || a.Role() == b.Role() {
					t.Errorf("modes %d and %d share a word or a role", a, b)
				}
				if fa.Top == fb.Top || fa.Bottom == fb.Bottom || fa.Left == fb.Left || fa.Right == fb.Right || fa.TopLeft == fb.TopLeft {
					t.Errorf("%s and %s share an edge (ascii %v)", a.Word(), b.Word(), ascii)
				}
			}
		}
	}
}

func TestOver_keepsSelectedTextReadable(t *testing.T) {
	t.Parallel()
	for _, name := range Names() {
		s := stylesOf(t, name, Options{})
		for _, ground := range []Role{Selection, Inactive, Input} {
			for _, r := range Roles() {
				st := s.Over(ground, r)
				if st.Fg == nil || st.Bg == nil {
					continue
				}
				if _, basic := st.Fg.(ansi.BasicColor); basic {
					continue
				}
				if got := contrast(st.Fg, st.Bg); got < 4.5 {
					t.Errorf("%s: %s on %s has contrast %.2f", name, r, ground, got)
				}
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte("base: mono\nroles:\n  danger: red on blue bold\n"))
	f.Add([]byte("a: &a [*a, *a]"))
	f.Add([]byte("roles: {text: \"#gggggg\"}"))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse(data, "dark")
		if err != nil {
			return
		}
		if _, err := New(Options{Palette: p}); err != nil {
			t.Errorf("a palette that was accepted makes no styles: %v", err)
		}
	})
}
