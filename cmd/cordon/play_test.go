//go:build !windows

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"

	"cordon/playback/term"
	"cordon/tui/safetext"
)

// screenful is a recording that tries to drive the terminal in every way.
const screenful = `{"version":2,"width":60,"height":5}
[0.0,"o","\u001b]52;c;cm0gLXJm\u0007\u001b]0;owned\u0007\u001b[31mbefore\u001b[6n\u001b[c\u001bP$q\"p\u001b\\\u001b[?1000h\u001b[?2004h after \u202eevil 漢字 \u001b]8;;https://example.com\u0007link\u001b]8;;\u0007\r\n"]
[0.1,"o","\u001b[?1049h\u001b[2Jsecond screen\u0007\u001b[5i\u001b#8"]
`

// TestPlay_onTerminal plays in a real pty and looks at every byte it gets.
func TestPlay_onTerminal(t *testing.T) {
	t.Parallel()
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pty: %v", err)
	}
	if err := pty.Setsize(master, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		t.Fatal(err)
	}
	path := writeFile(t, "evil.cast", screenful)
	got := make(chan []byte)
	go func() {
		var all bytes.Buffer
		buf := make([]byte, 4096)
		typed := false
		for {
			n, err := master.Read(buf)
			all.Write(buf[:n])
			if !typed && bytes.Contains(all.Bytes(), []byte("EEEEE")) {
				typed = true // the alignment pattern is the last thing the recording draws
				_, _ = master.Write([]byte("q"))
			}
			if err != nil {
				break
			}
		}
		got <- all.Bytes()
	}()
	var said bytes.Buffer
	p := &program{in: tty, out: tty, errs: &said, now: time.Now, env: func(string) string { return "" }}
	code := p.run(t.Context(), []string{"play", path})
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	all := <-got
	if err := master.Close(); err != nil {
		t.Fatal(err)
	}
	if code != exitDone || !strings.Contains(said.String(), "evil.cast: shown up to") {
		t.Errorf("exit code %d, said %q", code, said.String())
	}
	for _, never := range []string{"cm0gLXJm", "\x1b]", "\x1bP", "\x1b[6n", "\x1b[c", "\x1b[5i", "\x1b#", "?1000", "?2004", "\x07", "\u202e", "example.com"} {
		if bytes.Contains(all, []byte(never)) {
			t.Errorf("the terminal got %q", never)
		}
	}
	for _, always := range []string{"\x1b[?1049h", "\x1b[?1049l", "\x1b[?25h", "q quit"} {
		if !bytes.Contains(all, []byte(always)) {
			t.Errorf("the terminal never got %q", always)
		}
	}
	wantOwnControls(t, all)
}

// wantOwnControls allows only the sequences that the stage itself writes.
func wantOwnControls(t *testing.T, all []byte) {
	t.Helper()
	s := string(all)
	for i := strings.IndexByte(s, 0x1b); i >= 0; i = strings.IndexByte(s, 0x1b) {
		s = s[i+1:]
		end := strings.IndexFunc(s[1:], func(r rune) bool { return r >= 0x40 && r <= 0x7e })
		if s == "" || s[0] != '[' || end < 0 || !strings.ContainsRune("mHKJGhl", rune(s[end+1])) {
			t.Fatalf("the terminal got an escape that is not the stage's own: %q", s[:min(len(s), 20)])
		}
	}
}

func TestStage_row(t *testing.T) {
	t.Parallel()
	s := &stage{form: safetext.Unicode, cols: 10, rows: 5, out: io.Discard}
	screen := term.New(12, 1)
	_, _ = screen.Write([]byte("a\x1b[1;31mb\x1b[0m漢\x1b[8mpw\x1b[0m"))
	cells := screen.Row(0, nil)
	const want = "a\x1b[0;1;38;5;1mb\x1b[0m漢\x1b[5G\x1b[0m  "
	if got := s.row(cells, 0, -1); got != want {
		t.Errorf("row = %q, want %q", got, want)
	}
	// A wide character that ends the row is whole.
	screen = term.New(12, 1)
	_, _ = screen.Write([]byte("a漢"))
	if got := s.row(screen.Row(0, nil), 0, -1); !strings.Contains(got, "漢") {
		t.Errorf("row = %q", got)
	}
	// A wide character that the terminal's edge would cut is not written.
	s.cols = 3
	if got := s.row(cells, 0, -1); strings.Contains(got, "漢") {
		t.Errorf("row = %q", got)
	}
}

func TestStage_statusNamesTheWayOut(t *testing.T) {
	t.Parallel()
	const line = " playing  00:00:02 / 00:00:20  1x  incomplete"
	const who = "  root@app-1  mallory@example.com"
	for cols, want := range map[int]string{
		200: line + who + "  space pause  <- -> 5 s  q quit",
		80:  line + "  space pause  <- -> 5 s  q quit",
		60:  line + "  q quit",
	} {
		s := &stage{form: safetext.Unicode, cols: cols}
		if got := s.fitting(line, who); got != want {
			t.Errorf("%d columns: %q", cols, got)
		}
	}
}

// A terminal that cannot place text gets the transcript, and no console.
func TestPlay_onDumbTerminal(t *testing.T) {
	t.Parallel()
	master, tty, err := pty.Open()
	if err != nil {
		t.Skipf("no pty: %v", err)
	}
	got := make(chan []byte)
	go func() {
		all, _ := io.ReadAll(master)
		got <- all
	}()
	path := writeFile(t, "s.cast", `{"version":2,"width":10,"height":2}`+"\n"+`[0.1,"o","\u001b[31mhello"]`+"\n")
	var said bytes.Buffer
	p := &program{in: tty, out: tty, errs: &said, now: time.Now, env: func(key string) string { return map[string]string{"TERM": "dumb"}[key] }}
	if code := p.run(t.Context(), []string{"play", path}); code != exitDone {
		t.Errorf("exit code %d, said %q", code, said.String())
	}
	if code := p.run(t.Context(), []string{"demo"}); code != exitUsage || !strings.Contains(said.String(), "needs a terminal") {
		t.Errorf("exit code %d, said %q", code, said.String())
	}
	if err := tty.Close(); err != nil {
		t.Fatal(err)
	}
	if all := <-got; !bytes.Contains(all, []byte("hello")) || bytes.ContainsRune(all, 0x1b) {
		t.Errorf("the terminal got %q", all)
	}
	if err := master.Close(); err != nil {
		t.Fatal(err)
	}
}
