package contain_test

import (
	"context"
	"os/exec"
	"strings"
	"testing"
	"time"
	"unicode"

	"pgregory.net/rapid"

	"cordon/investigations/contain"
)

func TestQuote(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                         `''`,
		"mallory@example.com":      "mallory@example.com",
		"bot-ci":                   "bot-ci",
		"compromised, see case":    "'compromised, see case'",
		"it's":                     `'it'\''s'`,
		"$(reboot)`id`":            "'$(reboot)`id`'",
		"~root":                    "'~root'",
		"a=b":                      "'a=b'",
		"*":                        "'*'",
		"!!":                       "'!!'",
		"é":                        "'é'",
		"a\nb":                     `"$(printf 'a\012b')"`,
		"-n\n":                     `"$(printf '\055n')"` + "'\n'",
		"\x1b]52;c;AA==\a":         `"$(printf '\033\13552\073c\073AA\075\075\007')"`,
		"user\u202etxt.exe":        `"$(printf 'user\342\200\256txt.exe')"`,
		"100%\t!":                  `"$(printf '100\045\011\041')"`,
		"nul\x00byte":              "nulbyte",
		"\u00a0":                   `"$(printf '\302\240')"`,
		"broken \xff utf-8":        `"$(printf 'broken \377 utf\0558')"`,
		"it's\ttwo":                `"$(printf 'it\047s\011two')"`,
		"white space at the end  ": "'white space at the end  '",
	}
	for in, want := range tests {
		if got := contain.Quote(in); got != want {
			t.Errorf("Quote(%q) = %s, want %s", in, got, want)
		}
	}
}

// shells are those of this machine; each must read back what was quoted.
func shells(t interface{ Skip(...any) }) []string {
	var found []string
	for _, name := range []string{"sh", "bash", "dash", "zsh", "busybox"} {
		if _, err := exec.LookPath(name); err == nil {
			found = append(found, name)
		}
	}
	if len(found) == 0 {
		t.Skip("there is no shell here")
	}
	return found
}

// argument runs a shell that prints the arguments of the line, each between
// marks, so that a value that splits or vanishes shows.
func arguments(t interface{ Fatalf(string, ...any) }, ctx context.Context, shell, line string) string {
	args := []string{"-c", "printf '<%s>' " + line}
	if shell == "busybox" {
		args = append([]string{"sh"}, args...)
	}
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	out, err := exec.CommandContext(ctx, shell, args...).CombinedOutput()
	if err != nil {
		t.Fatalf("%s: %v\n%s", line, err, out)
	}
	return string(out)
}

var hostile = []string{
	"", " ", "-", "--role=editor", "'", "''", `'"'"'`, `"`, `\`, `\\`, "\n", "\n\n", "a\n", "\na", "a\n\n b\n",
	"$HOME", "${x:-y}", "$(echo pwned)", "`echo pwned`", "; echo pwned", "| cat", "&& true", "> out", "< in", "#", "~", "*", "?", "[a]", "{a,b}", "!!", "^x^y",
	"%s%d%n", `\033[2J`, "\x1b[2J", "\x1b]52;c;cm0gLXJm\a", "\r", "\t", "\x7f", "é", "日本", "\u202e", "\u200b", "\ufeff", "a\u0301",
	"\xff\xfe", "a\xffb\n", "-n\n", "=x", "a=b", "\\n", "printf '%s'", `$'\n'`, "a b\tc\nd", strings.Repeat("'", 50), strings.Repeat("x\n", 200),
}

func TestQuote_everyShellReadsItBack(t *testing.T) {
	t.Parallel()
	for _, shell := range shells(t) {
		var line, want strings.Builder
		for _, s := range hostile {
			line.WriteString(contain.Quote(s) + " --user=" + contain.Quote(s) + " ")
			want.WriteString("<" + s + "><--user=" + s + ">")
		}
		if got := arguments(t, t.Context(), shell, line.String()); got != want.String() {
			t.Errorf("%s read\n%q\nwant\n%q", shell, got, want.String())
		}
	}
}

func TestQuote_anyTextReadsBack(t *testing.T) {
	t.Parallel()
	found := shells(t)
	ctx := t.Context()
	rapid.Check(t, func(t *rapid.T) {
		// A few values a run: starting a shell is what takes the time.
		values := rapid.SliceOfN(rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) })), 20, 40).Draw(t, "values")
		var line, want strings.Builder
		for _, v := range values {
			v = strings.ReplaceAll(v, "\x00", "")
			q := contain.Quote(v)
			if body := strings.TrimRight(q, "\n'"); strings.ContainsFunc(body, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Fatalf("Quote(%q) = %q holds what does not show", v, q)
			}
			line.WriteString(q + " ")
			want.WriteString("<" + v + ">")
		}
		shell := rapid.SampledFrom(found).Draw(t, "shell")
		if got := arguments(t, ctx, shell, line.String()); got != want.String() {
			t.Fatalf("%s read %q, want %q", shell, got, want.String())
		}
	})
}

func FuzzQuote(f *testing.F) {
	for _, s := range hostile {
		f.Add(s)
	}
	found := shells(f)
	f.Fuzz(func(t *testing.T, s string) {
		if strings.IndexByte(s, 0) >= 0 || len(s) > 4096 {
			return
		}
		if got := arguments(t, t.Context(), found[0], contain.Quote(s)); got != "<"+s+">" {
			t.Fatalf("Quote(%q) = %q reads as %q", s, contain.Quote(s), got)
		}
	})
}
