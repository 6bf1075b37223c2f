package safetext

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"pgregory.net/rapid"
)

func TestClean(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, in, want, ascii string }{
		{"plain", "dana@example.com ~", "dana@example.com ~", "dana@example.com ~"},
		{"empty", "", "", ""},
		{"escape", "\x1b[31mred\x1b[0m", "␛[31mred␛[0m", "^[[31mred^[[0m"},
		{"bell and nul", "a\a\x00b", "a␇␀b", "a^G^@b"},
		{"delete", "a\x7f", "a␡", "a^?"},
		{"line ends", "a\nb\r\nc\rd", "a⏎b⏎c␍d", "a^Jb^Jc^Md"},
		{"tab", "a\tb", "a␉b", "a^Ib"},
		{"c1 as rune", "\u009b31m", "‹U+009B›31m", "<U+009B>31m"},
		{"c1 as byte", "\x9b31m", "‹x9B›31m", "<x9B>31m"},
		{"next line", "a\u0085b", "a‹U+0085›b", "a<U+0085>b"},
		{"bidi override", "user\u202etxt.exe", "user‹U+202E›txt.exe", "user<U+202E>txt.exe"},
		{"bidi isolate", "\u2066x\u2069", "‹U+2066›x‹U+2069›", "<U+2066>x<U+2069>"},
		{"arabic letter mark", "\u061cx", "‹U+061C›x", "<U+061C>x"},
		{"zero width", "ad\u200bmin\ufeff", "ad‹U+200B›min‹U+FEFF›", "ad<U+200B>min<U+FEFF>"},
		{"line separator", "a\u2028b", "a‹U+2028›b", "a<U+2028>b"},
		{"soft hyphen", "a\u00adb", "a‹U+00AD›b", "a<U+00AD>b"},
		{"odd spaces", "admin\u00a0\u3000", "admin‹U+00A0›‹U+3000›", "admin<U+00A0><U+3000>"},
		{"fillers", "\u3164\u115f\u2800", "‹U+3164›‹U+115F›‹U+2800›", "<U+3164><U+115F><U+2800>"},
		{"variation selector", "\u2764\ufe0f", "❤‹U+FE0F›", "<U+2764><U+FE0F>"},
		{"tags", "a\U000e0041", "a‹U+E0041›", "a<U+E0041>"},
		{"private use", "\ue000", "‹U+E000›", "<U+E000>"},
		{"joined emoji", "👩\u200d💻", "👩‹U+200D›💻", "<U+1F469><U+200D><U+1F4BB>"},
		{"letters", "Grüße 東京 مرحبا", "Grüße 東京 مرحبا", ""},
		{"mark on a letter", "e\u0301", "e\u0301", "e<U+0301>"},
		{"mark on nothing", "\u0301e", "‹U+0301›e", "<U+0301>e"},
		{"mark on a symbol", "\x1b\u0301", "␛‹U+0301›", "^[<U+0301>"},
		{"stack of marks", "e" + strings.Repeat("\u0301", 6), "e" + strings.Repeat("\u0301", 4) + "‹U+0301›‹U+0301›", ""},
		{"half a rune", "a\xe6\x9d", "a‹xE6›‹x9D›", "a<xE6><x9D>"},
		{"overlong", "\xc0\x9b", "‹xC0›‹x9B›", "<xC0><x9B>"},
		{"surrogate", "\xed\xa0\x80", "‹xED›‹xA0›‹x80›", "<xED><xA0><x80>"},
		{"replacement rune itself", "\ufffd", "\ufffd", "<U+FFFD>"},
	} {
		if got := Clean(tc.in); got != tc.want {
			t.Errorf("%s: Clean(%q) = %q, want %q", tc.name, tc.in, got, tc.want)
		}
		if got := ASCII.Clean(tc.in); tc.ascii != "" && got != tc.ascii {
			t.Errorf("%s: ASCII.Clean(%q) = %q, want %q", tc.name, tc.in, got, tc.ascii)
		}
	}
}

func TestLines(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		want []string
	}{
		{"", nil},
		{"\n", []string{""}},
		{"a", []string{"a"}},
		{"a\nb\r\nc\n", []string{"a", "b", "c"}},
		{"a\n\nb", []string{"a", "", "b"}},
		{"\tx\n1234567\ty\n12345678\tz", []string{"        x", "1234567 y", "12345678        z"}},
		{"a\rb", []string{"a␍b"}},
	} {
		got := Lines(tc.in)
		if strings.Join(got, "|") != strings.Join(tc.want, "|") || len(got) != len(tc.want) {
			t.Errorf("Lines(%q) = %q, want %q", tc.in, got, tc.want)
		}
	}
}

func TestTruncate(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		s           string
		width       int
		right, left string
	}{
		{"abcdef", 6, "abcdef", "abcdef"},
		{"abcdef", 4, "abc…", "…def"},
		{"abcdef", 1, "a", "f"},
		{"abcdef", 0, "", ""},
		{"abcdef", -3, "", ""},
		{"東京都庁", 5, "東京…", "…都庁"},
		{"東京都庁", 4, "東…", "…庁"},
		{"", 3, "", ""},
	} {
		if got := Truncate(tc.s, tc.width, "…"); got != tc.right {
			t.Errorf("Truncate(%q, %d) = %q, want %q", tc.s, tc.width, got, tc.right)
		}
		if got := TruncateLeft(tc.s, tc.width, "…"); got != tc.left {
			t.Errorf("TruncateLeft(%q, %d) = %q, want %q", tc.s, tc.width, got, tc.left)
		}
		if got := Width(Fit(tc.s, tc.width, "…")); got != max(0, tc.width) {
			t.Errorf("Fit(%q, %d) is %d wide", tc.s, tc.width, got)
		}
	}
}

func TestCleanMax_saysThatItCut(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		in   string
		max  int
		want string
	}{
		{"abcdef", 6, "abcdef"},
		{"abcdef", 5, "ab…"},
		{"abcdef", 2, ""},
		{"abcdef", 0, ""},
		{"abcdef", -1, ""},
		{"\x1b\x1b", 6, "␛␛"},
		{"\x1b\x1b", 5, "…"},
	} {
		if got := CleanMax(tc.in, tc.max); got != tc.want {
			t.Errorf("CleanMax(%q, %d) = %q, want %q", tc.in, tc.max, got, tc.want)
		}
	}
}

// requireSafe fails when a text could drive a terminal or hide something.
func requireSafe(t interface{ Fatalf(string, ...any) }, out string, f Form) {
	if !utf8.ValidString(out) {
		t.Fatalf("%q is not UTF-8", out)
	}
	for i, r := range out {
		switch {
		case r < 0x20 || r >= 0x7f && r < 0xa0:
			t.Fatalf("%q holds a control at %d", out, i)
		case f == ASCII && r > 0x7e:
			t.Fatalf("%q is not ASCII at %d", out, i)
		case unicode.In(r, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp, unicode.Bidi_Control, unicode.Variation_Selector):
			t.Fatalf("%q hides U+%04X at %d", out, r, i)
		}
	}
}

// hostile draws texts in which dangerous pieces are common.
func hostile() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.String(),
		rapid.SampledFrom([]string{
			"\x1b]52;c;aGk=\a", "\x1b[2J", "\x9b2J", "\u009b2J", "\r", "\n", "\r\n", "\t", "\x00", "\x7f", "\u202e", "\u2066",
			"\u200d", "\u0301", "\u0301\u0301\u0301\u0301\u0301", "\xff", "\xe2\x80", "\xf0\x9f", "東", "👍🏽", "e\u0301", "\u1160", "‹U+202E›", "a",
		}),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) string { return string(b) }),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 12), func(p []string) string { return strings.Join(p, "") })
}

func TestClean_isSafeBoundedAndIdempotent(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := hostile().Draw(t, "in")
		for _, f := range []Form{Unicode, ASCII} {
			out := f.Clean(in)
			requireSafe(t, out, f)
			if len(out) > maxGrowth*len(in) {
				t.Fatalf("%d bytes became %d", len(in), len(out))
			}
			if again := f.Clean(out); again != out {
				t.Fatalf("cleaned twice %q became %q", out, again)
			}
			bound := rapid.IntRange(0, 40).Draw(t, "bound")
			cut := f.CleanMax(in, bound)
			requireSafe(t, cut, f)
			if len(cut) > bound {
				t.Fatalf("CleanMax(%d) is %d bytes", bound, len(cut))
			}
			for _, line := range f.Lines(in) {
				requireSafe(t, line, f)
			}
			width := rapid.IntRange(0, 20).Draw(t, "width")
			for _, s := range []string{Truncate(out, width, "…"), TruncateLeft(out, width, "…")} {
				if Width(s) > width {
					t.Fatalf("%q is wider than %d", s, width)
				}
			}
		}
	})
}

func TestJSON_isTheSameValueWithNothingToActOn(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]string{"text": rapid.String().Draw(t, "text") + "\u009b2J\u202e\u200b\x7f\u2028\U000e0041"}
		plain, err := json.MarshalIndent(want, "", "  ")
		if err != nil {
			t.Fatal(err)
		}
		got := JSON(plain)
		for _, r := range string(got) {
			if r != '\n' && r != ' ' && !unicode.IsPrint(r) {
				t.Fatalf("%U in %s", r, got)
			}
		}
		var back map[string]string
		if err := json.Unmarshal(got, &back); err != nil || back["text"] != want["text"] {
			t.Fatalf("%q became %q: %v", want["text"], back["text"], err)
		}
	})
	if got, want := string(JSON([]byte("\"a\x9bb\""))), `"a\ufffdb"`; got != want {
		t.Errorf("a byte that is not UTF-8: %s, want %s", got, want)
	}
}

func TestWriter_anySplitGivesTheSameText(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		in := hostile().Draw(t, "in")
		f := rapid.SampledFrom([]Form{Unicode, ASCII}).Draw(t, "form")
		var whole, split bytes.Buffer
		write := func(b *bytes.Buffer, next func(rest int) int) {
			w := NewWriter(b, f)
			for rest := in; rest != ""; {
				n := next(len(rest))
				if got, err := w.Write([]byte(rest[:n])); got != n || err != nil {
					t.Fatalf("Write = %d, %v", got, err)
				}
				rest = rest[n:]
			}
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
		write(&whole, func(rest int) int { return rest })
		write(&split, func(rest int) int { return rapid.IntRange(1, rest).Draw(t, "n") })
		if whole.String() != split.String() {
			t.Fatalf("split gave %q, whole %q", split.String(), whole.String())
		}
		requireSafe(t, strings.NewReplacer("\n", "", "\t", "").Replace(whole.String()), f)
	})
}

func TestClean_plainTextDoesNotAllocate(t *testing.T) {
	s := strings.Repeat("dana@example.com ", 20)
	if n := testing.AllocsPerRun(100, func() { _ = Clean(s) }); n != 0 {
		t.Errorf("Clean allocates %v times", n)
	}
}

func FuzzClean(f *testing.F) {
	for _, seed := range []string{"", "plain", "\x1b]0;title\a", "\u202e\u2066", "\xff\xfe", "e\u0301\u0301\u0301\u0301\u0301\u0301", "a\r\nb\x9b", "\ufe0f\u200d👍🏽"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		for _, form := range []Form{Unicode, ASCII} {
			out := form.Clean(in)
			requireSafe(t, out, form)
			if len(out) > maxGrowth*len(in) || form.Clean(out) != out {
				t.Fatalf("Clean(%q) = %q", in, out)
			}
			requireSafe(t, form.CleanMax(in, 16), form)
			for _, line := range form.Lines(in) {
				requireSafe(t, line, form)
			}
		}
	})
}

func BenchmarkClean(b *testing.B) {
	for name, s := range map[string]string{
		"plain":   strings.Repeat("cat /etc/passwd ", 8),
		"unicode": strings.Repeat("Grüße aus 東京 ", 8),
		"hostile": strings.Repeat("\x1b[31m\u202e\xff", 16),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			b.ReportAllocs()
			for b.Loop() {
				_ = Clean(s)
			}
		})
	}
}
