package prompt

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/playback/term"
)

// run feeds frames a second apart and returns the commands.
func run(cols, rows int, frames ...string) []Command {
	s := term.New(cols, rows)
	var t Tracker
	at := time.Duration(0)
	var out []Command
	for _, f := range frames {
		at += time.Second
		t.Write(s, at, []byte(f), func(p []byte) { _, _ = s.Write(p) })
		out = append(out, t.Take()...)
	}
	t.Finish(at)
	return append(out, t.Take()...)
}

// typed is a prompt, a line behind it, what it puts out, and so on.
func typed(prompt string, lines ...string) []string {
	out := []string{prompt}
	for _, l := range lines {
		text, answer, _ := strings.Cut(l, "|")
		out = append(out, text[:1], text[1:], "\r\n", answer, prompt)
	}
	return out
}

func TestTracker(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name   string
		frames []string
		want   []string // confidence, prompt and text
	}{
		{"a user's prompt that comes again", typed("alice@web-1:~$ ", "id|x\r\n", "ls|y\r\n"), []string{"sure alice@web-1:~$ id", "sure alice@web-1:~$ ls"}},
		{"and once", []string{"[root@web-1 src]# ", "id", "\r\n", "x\r\n"}, []string{"likely [root@web-1 src]# id"}},
		{"from one user to another", []string{"alice@web-1:~$ ", "su -\r\n", "Password: ", "\r\n", "root@web-1:~# ", "id\r\n", "uid=0\r\n", "root@web-1:~# "}, []string{"likely alice@web-1:~$ su -", "sure root@web-1:~# id"}},
		{"no sign at its end", typed("alice@web-1 ~ %", "id|x\r\n", "ls|x\r\n"), []string{"sure alice@web-1 ~ %id", "sure alice@web-1 ~ %ls"}},
		{"psql", []string{"shop=> ", "select 1\r\n", "shop-> ", ";\r\n", " 1\r\n", "shop=> "}, []string{"sure shop=> select 1\n;"}},
		{"mysql", []string{"mysql> ", "select 1\r\n", "    -> ", ";\r\n", " 1\r\n", "mysql> "}, []string{"sure mysql> select 1\n;"}},
		{"mariadb", typed("MariaDB [shop]> ", "show tables;|x\r\n"), []string{"sure MariaDB [shop]> show tables;"}},
		{"a prompt of no known form, again", typed("shop » ", "ab|x\r\n", "cd|x\r\n"), []string{"likely shop » ab", "likely shop » cd"}},
		{"once", []string{"shop » ", "ab\r\n", "x\r\n"}, nil},
		{"with a clock", []string{"[10:00] > ", "ab\r\n", "[10:01] > ", "cd\r\n", "[10:02] > "}, []string{"likely [10:00] > ab", "likely [10:01] > cd"}},
		{"a question is none", typed("Continue? ", "yes|", "yes|"), nil},
		{"a password is none", typed("Password: ", "yes|", "yes|"), nil},
		{"progress is none", typed("Copying... ", "done|", "done|"), nil},
		{"a percentage is none", []string{"load 50% ", "x\r\n", "load 60% ", "x\r\n", "load 70% "}, nil},
		{"a bar is none", []string{"#", "##", "###\r\n", "#", "##\r\n"}, nil},
		{"a line left with ^C", typed("$ ", "sleep^C|", "id|x\r\n"), []string{"sure $ id"}},
		{"nothing entered", []string{"$ ", "\r\n", "$ ", "\r\n", "$ "}, nil},
		{"an old shell's completions", []string{"$ ", "cat ma", "\r\nmain.c make.sh\r\n$ cat ma", "in.c", "\r\n", "x\r\n$ "}, []string{"sure $ cat main.c"}},
		{"completions below, and back", []string{"$ ", "cat ma", "\r\nmain.c make.sh\x1b[A\r\x1b[8C", "in.c", "\r\n", "\x1b[Jx\r\n$ "}, []string{"sure $ cat main.c"}},
		{"a history search", []string{"$ ", "\r(search)`i': id\b\b", "\r\x1b[K$ id", "\r\n", "x\r\n$ "}, []string{"sure $ id"}},
		{"clear in one piece", []string{"$ ", "clear\r\n\x1b[H\x1b[2J$ ", "id\r\n", "$ "}, []string{"sure $ clear", "sure $ id"}},
		{"a full-screen program", []string{"$ ", "vi\r\n\x1b[?1049h$ ", "not this\r\n", "\x1b[?1049l", "$ ", "id\r\n", "$ "}, []string{"sure $ vi", "sure $ id"}},
		{"lines in one piece, asked for", []string{"\x1b[?2004h$ ", "id\r\n\x1b[?2004l\rx\r\n\x1b[?2004h$ pwd\r\n\x1b[?2004l\r/\r\n\x1b[?2004h$ "}, []string{"sure $ id", "sure $ pwd"}},
		{"the same line twice, asked for", []string{"\x1b[?2004h$ ", "id\r\n\x1b[?2004l\rx\r\n\x1b[?2004h$ id\r\n\x1b[?2004l\rx\r\n\x1b[?2004h$ "}, []string{"sure $ id", "sure $ id"}},
		{"printed, not waited for", []string{"$ ", "cat log\r\n", "$ rm -rf /\r\n$ id\r\n", "$ "}, []string{"sure $ cat log"}},
		{"behind output without a newline", append(typed("web-1:~$ ", "id|x\r\n"), "cat x\r\n", "no end", "web-1:~$ ", "ls\r\n", "web-1:~$ "), []string{"sure web-1:~$ id", "sure web-1:~$ cat x", "likely web-1:~$ ls"}},
		{"wider than the screen", append([]string{"$ "}, "echo "+strings.Repeat("ab", 60), "\r\n", "x\r\n", "$ "), []string{"sure $ echo " + strings.Repeat("ab", 60)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			var got []string
			for _, c := range run(80, 10, tt.frames...) {
				got = append(got, fmt.Sprintf("%s %s%s", c.Confidence, c.Prompt, c.Text))
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestTracker_tellsTheMoments(t *testing.T) {
	t.Parallel()
	got := run(80, 10, typed("alice@web-1:~$ ", "id|a\r\nb\r\n")...)
	want := []Command{{
		Shown: time.Second, Began: 2 * time.Second, At: 4 * time.Second, Until: 6 * time.Second,
		Prompt: "alice@web-1:~$ ", Text: "id", Lines: 2, Confidence: Sure,
	}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

var hostile = []string{
	"$ ", "alice@web-1:~$ ", "> ", "id", "^C", "\r\n", "\n", "\r", "\b", "\x1b[A", "\x1b[H", "\x1b[2J", "\x1b[K", "\x1b[?2004h", "\x1b[?2004l",
	"\x1b[?1049h", "\x1b[?1049l", "\x1b[7m", "\x1b[m", "日本", "e\u0301", "\xff", "λ ", "❯ ", strings.Repeat("x", 30), "\x1b[2;4r", "\x1b[L", "\x1b[3S", "└─$ ",
}

// The tracker only looks: whatever comes, the screen is what it is without it,
// and what it finds is bounded and in order.
func TestTracker_leavesTheScreenAlone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s, plain := term.New(20, 5), term.New(20, 5)
		var tr Tracker
		var all []Command
		for i := range rapid.IntRange(0, 40).Draw(rt, "frames") {
			at := time.Duration(i) * time.Second
			if rapid.IntRange(0, 9).Draw(rt, "kind") == 0 {
				cols, rows := rapid.IntRange(1, 30).Draw(rt, "cols"), rapid.IntRange(1, 8).Draw(rt, "rows")
				s.Resize(cols, rows)
				plain.Resize(cols, rows)
				tr.Resized(s, at)
				continue
			}
			data := []byte(strings.Join(rapid.SliceOfN(rapid.SampledFrom(hostile), 0, 10).Draw(rt, "pieces"), ""))
			tr.Write(s, at, data, func(p []byte) { _, _ = s.Write(p) })
			_, _ = plain.Write(data)
			all = append(all, tr.Take()...)
		}
		tr.Finish(time.Minute)
		all = append(all, tr.Take()...)
		if !s.Equal(plain) {
			rt.Fatal("the screen differs")
		}
		for _, c := range all {
			if c.Text == "" || c.Confidence == 0 || c.Shown > c.Began || c.Began > c.At || c.At > c.Until || len(c.Text) > maxText {
				rt.Fatalf("command %+v", c)
			}
		}
	})
}

// Neither many commands nor long ones make the tracker grow without limit.
func TestTracker_isBounded(t *testing.T) {
	t.Parallel()
	s := term.New(1000, 50)
	var tr Tracker
	long := strings.Repeat("é", 10_000)
	feed := func(text string) { tr.Write(s, 0, []byte(text), func(p []byte) { _, _ = s.Write(p) }) }
	for range 20 {
		feed("$ ")
		feed(long + "\r\n")
	}
	for i := range 2 * maxForms {
		feed(fmt.Sprintf("%s » ", strings.Repeat("a", i%200+1)))
		feed("x\r\n")
	}
	for _, c := range tr.Take() {
		if len(c.Text) > maxText || strings.ContainsRune(c.Text, '\uFFFD') {
			t.Errorf("a command of %d bytes", len(c.Text))
		}
	}
	if len(tr.seen) > maxForms || len(tr.exact) > maxForms || tr.kept > maxHeld {
		t.Errorf("%d prompts, %d exact, %d held", len(tr.seen), len(tr.exact), tr.kept)
	}
	for range maxCommands + 10 {
		feed("$ ")
		feed("id\r\n")
	}
	if n := len(tr.Take()); n > maxCommands {
		t.Errorf("%d commands", n)
	}
}
