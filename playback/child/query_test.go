//go:build unix

package child

import (
	"testing"

	"pgregory.net/rapid"

	"cordon/playback/term"
)

// asked feeds bytes as they come from a child and returns what is sent back.
func asked(pieces ...string) string {
	c := &Child{in: newInput(), changed: make(chan struct{}, 1), screen: term.New(80, 24)}
	for _, p := range pieces {
		c.feed([]byte(p))
	}
	return string(c.in.pending)
}

func TestAnswer_table(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"\x1b[c":                          "\x1b[?62;22c",
		"\x1b[0c":                         "\x1b[?62;22c",
		"\x1b[5n":                         "\x1b[0n",
		"\x1b[6n":                         "\x1b[1;1R",
		"ab\r\n\x1b[3Cc\x1b[6nd\x1b[6n":   "\x1b[2;5R\x1b[2;6R",
		"\x1b[?6n":                        "\x1b[?1;1R",
		"\x1b[?2004h\x1b[?2004$p":         "\x1b[?2004;1$y",
		"\x1b[?2004$p":                    "\x1b[?2004;2$y",
		"\x1b[?2026$p\x1b[?9999$p":        "\x1b[?2026;0$y\x1b[?9999;0$y",
		"\x1b]0;t\x1b[6n":                 "\x1b[1;1R", // the screen takes the string for ended
		"\x1b\x1b[6n":                     "\x1b[1;1R",
		"\x1b[6\x1b[5n":                   "\x1b[0n",
		"\x1b[6\x18n\x1b[?70000$p":        "",
		"\x1b[;;;;;;;;;;;;;;;;;;;;;;;;6n": "",
	} {
		if got := asked(in); got != want {
			t.Errorf("%q is answered %q, want %q", in, got, want)
		}
	}
}

// What a child wrote must not come back as if it had been typed.
func TestAnswer_never(t *testing.T) {
	t.Parallel()
	for name, in := range map[string]string{
		"window title":      "\x1b]2;rm -rf /\x07\x1b[21t",
		"icon name":         "\x1b]1;rm -rf /\x07\x1b[20t",
		"window size":       "\x1b[14t\x1b[18t\x1b[19t",
		"clipboard":         "\x1b]52;c;cm0gLXJm\x07\x1b]52;c;?\x07",
		"colours":           "\x1b]4;1;?\x07\x1b]10;?\x07\x1b]11;?\x1b\\",
		"settings":          "\x1bP$qm\x1b\\\x1bP$q\"p\x1b\\",
		"termcap":           "\x1bP+q544e\x1b\\",
		"version":           "\x1b[>q\x1b[>0q",
		"secondary":         "\x1b[>c\x1b[=c",
		"keyboard":          "\x1b[?u\x1b[?4m",
		"answerback":        "\x05",
		"printer and keys":  "\x1b[?15n\x1b[?25n\x1b[?26n",
		"checksum":          "\x1b[1;1;1;1;1;1*y",
		"parameters":        "\x1b[0x\x1b[1x",
		"an answer itself":  "\x1b[?62;22c\x1b[0n\x1b[1;1R",
		"eight-bit control": "\x9b6n\xc2\x9b6n",
		"soft reset":        "\x1b[!p\x1b[61\"p",
	} {
		if got := asked(in); got != "" {
			t.Errorf("%s: %q is answered %q", name, in, got)
		}
	}
}

func TestAnswer_anySplitIsTheSame(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		parts := rapid.SliceOf(rapid.SampledFrom([]string{"x", "\r\n", "\x1b", "[", "6n", "\x1b[6n", "\x1b[c", "\x1b]0;", "\x07", "é", "\x1b[?25$p", "\x18"})).Draw(t, "parts")
		whole := ""
		for _, p := range parts {
			whole += p
		}
		at := rapid.IntRange(0, len(whole)).Draw(t, "at")
		if once, twice := asked(whole), asked(whole[:at], whole[at:]); once != twice {
			t.Fatalf("%q split at %d is answered %q, want %q", whole, at, twice, once)
		}
	})
}

// A child that only asks and never reads costs a bounded queue.
func TestAnswer_isBounded(t *testing.T) {
	t.Parallel()
	c := &Child{in: newInput(), changed: make(chan struct{}, 1), screen: term.New(80, 24)}
	flood := make([]byte, 0, readSize)
	for len(flood) < readSize-4 {
		flood = append(flood, "\x1b[6n"...)
	}
	for range 200 {
		c.feed(flood)
	}
	if n := len(c.in.pending); n == 0 || n > maxPending {
		t.Errorf("%d bytes wait", n)
	}
}

func TestAnswer_reachesTheChild(t *testing.T) {
	t.Parallel()
	c := sh(t, `stty raw -echo; printf 'abc\033[6n'; head -c 6 | od -An -c; echo done`)
	sees(t, c, "033   [   1   ;   4   R")
	sees(t, c, "done")
	ends(t, c)
}
