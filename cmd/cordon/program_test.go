package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
	"unicode"
)

// runHere runs a command line in this process.
func runHere(t *testing.T, out io.Writer, args ...string) (code int, errs string) {
	t.Helper()
	var said bytes.Buffer
	p := &program{in: strings.NewReader(""), out: out, errs: &said, now: func() time.Time { return time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC) }, env: func(string) string { return "" }}
	code = p.run(t.Context(), args)
	return code, said.String()
}

func writeFile(t *testing.T, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// caseOf makes a case of a log, for tests that ask it many things.
func caseOf(t *testing.T, log string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "inc.cordon")
	if code, errs := runHere(t, io.Discard, "ingest", "--case", file, writeFile(t, "audit.log", log)); code != exitDone {
		t.Fatal(errs)
	}
	return file
}

const oneEvent = `{"ei":0,"event":"user.login","code":"T1000I","time":"2026-03-01T10:00:00.000Z","uid":"11111111-0000-4000-8000-000000000001","user":"alice@example.com","success":true}` + "\n"

func TestRun_argumentsAreUntrusted(t *testing.T) {
	t.Parallel()
	log := writeFile(t, "audit.log", oneEvent)
	for _, args := range [][]string{
		{"pivot", "\x1b]0;owned\x07", log},
		{"pivot", "alice", "no\x1b[2Jsuch\nfile"},
		{"\x1b[2Jpviot"},
		{"events", "--filter", "\x9bkey:value", log},
		{"play", "\x1b[2J"},
		{"verify", "\x1b[2J.cordon"},
		{"pivot", "--\x1b[2J"},
	} {
		var out bytes.Buffer
		code, errs := runHere(t, &out, args...)
		if code == exitDone {
			t.Errorf("%q: exit code 0", args)
		}
		if i := strings.IndexFunc(out.String()+errs, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 }); i >= 0 {
			t.Errorf("%q: a control byte was printed: %q", args, errs)
		}
	}
}

func TestRun_jsonHoldsNoControlCharacter(t *testing.T) {
	t.Parallel()
	const odd = `\u001b[2J\u007f\u009b2J\u202e\u200b\u2028`
	file := caseOf(t, `{"event":"session.start","code":"T2000I","time":"2026-03-01T10:00:00Z","uid":"`+odd+`","user":"eve","sid":"s`+odd+`","login":"`+odd+`","server_hostname":"`+odd+`","server_id":"h","addr.remote":"203.0.113.9:4"}
{"event":"user.create","code":"T1002I","time":"2026-03-01T10:00:01Z","uid":"2","user":"eve","name":"n`+odd+`","roles":["`+odd+`"]}
`)
	for _, args := range [][]string{
		{"events"},
		{"events", "--filter", "text:\u009b2J"},
		{"sessions"},
		{"actors"},
		{"findings"},
		{"posture"},
		{"search", "2J"},
		{"query", "SELECT * FROM events"},
		{"pivot", "eve"},
		{"hands", "eve"},
		{"lineage", "eve"},
		{"survive", "eve"},
		{"lock", "--user=eve"},
	} {
		var out bytes.Buffer
		runHere(t, &out, append(args, "--json", "--case", file)...)
		if out.Len() == 0 {
			t.Errorf("%q: nothing was printed", args)
		}
		for _, r := range out.String() {
			if r != '\n' && !unicode.IsPrint(r) {
				t.Errorf("%q: %U was printed", args, r)
				break
			}
		}
	}
}

// What the evidence names may be as long as an attacker likes: a person sees its
// beginning and everything else, a script all of it.
func TestRun_aHugeNameDoesNotFloodTheTerminal(t *testing.T) {
	t.Parallel()
	huge := strings.Repeat("B", 100_000)
	file := caseOf(t, strings.ReplaceAll(`{"event":"user.login","code":"T1000I","time":"2026-03-01T10:00:00Z","uid":"1","user":"annHUGE","success":true,"method":"local"}
{"event":"user.create","code":"T1002I","time":"2026-03-01T10:00:01Z","uid":"2","user":"annHUGE","name":"samHUGE","roles":["editorHUGE"]}
{"event":"exec","code":"T3002I","time":"2026-03-01T10:00:02Z","uid":"3","user":"annHUGE","login":"root","command":"cat /etc/shadow HUGE","exitCode":"0"}
{"event":"access_request.create","code":"T5000I","time":"2026-03-01T10:00:03Z","uid":"4","user":"annHUGE","id":"rHUGE","state":"PENDING"}
{"event":"access_request.review","code":"T5002I","time":"2026-03-01T10:00:04Z","uid":"5","id":"rHUGE","reviewer":"annHUGE","state":"APPROVED"}
`, "HUGE", huge))
	for _, args := range [][]string{{"actors"}, {"findings"}, {"posture"}, {"pivot", "ann" + huge}} {
		var text, all bytes.Buffer
		runHere(t, &text, append(args, "--case", file)...)
		if !strings.Contains(text.String(), "annBBB") || text.Len() > 30_000 {
			t.Errorf("%s prints %d bytes", args[0], text.Len())
		}
		runHere(t, &all, append(args, "--json", "--case", file)...)
		if !strings.Contains(all.String(), "ann"+huge) {
			t.Errorf("%s --json does not hold the whole name", args[0])
		}
	}
}

// closedPipe fails as standard output does when its reader went away.
type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) {
	return 0, &os.PathError{Op: "write", Err: syscall.EPIPE}
}

func TestRun_closedPipeIsNoFailure(t *testing.T) {
	t.Parallel()
	log := writeFile(t, "audit.log", oneEvent)
	cast := writeFile(t, "s.cast", `{"version":2,"width":10,"height":2}`+"\n"+`[0.1,"o","hello"]`+"\n")
	for _, args := range [][]string{
		{"events", log},
		{"events", "--json", log},
		{"events", "--jsonl", log},
		{"events", "--raw", log},
		{"pivot", "alice@example.com", log},
		{"pivot", "--json", "alice@example.com", log},
		{"transcript", cast},
		{"transcript", "--format", "asciicast", cast},
		{"frame", "--at", "100%", "--format", "svg", cast},
		{"lock", "--user=alice", log},
		{"version"},
	} {
		if code, errs := runHere(t, closedPipe{}, args...); code != exitDone || strings.Contains(errs, "cordon:") {
			t.Errorf("%q: exit code %d, said %q", args, code, errs)
		}
	}
}

func TestRun_cancelledSaysSo(t *testing.T) {
	t.Parallel()
	log := writeFile(t, "audit.log", oneEvent)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var said bytes.Buffer
	p := &program{in: strings.NewReader(""), out: io.Discard, errs: &said, now: time.Now, env: func(string) string { return "" }}
	if code := p.run(ctx, []string{"events", log}); code != exitInterrupted || said.String() != "cordon: interrupted\n" {
		t.Errorf("exit code %d, said %q", code, said.String())
	}
}

func TestVerify_oneFlippedByteIsFound(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log := writeFile(t, "audit.log", strings.Repeat(oneEvent, 3))
	path := filepath.Join(dir, "inc.cordon")
	if code, errs := runHere(t, io.Discard, "ingest", "--case", path, log); code != exitDone {
		t.Fatal(errs)
	}
	if code, errs := runHere(t, io.Discard, "verify", path); code != exitDone {
		t.Fatal(errs)
	}
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	// The magic of the zstd block that holds the log stands inside its page.
	at := bytes.LastIndex(whole, []byte{0x28, 0xb5, 0x2f, 0xfd})
	if at < 0 {
		t.Fatal("no block was found in the case")
	}
	whole[at+8] ^= 1
	if err := os.WriteFile(path, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code, errs := runHere(t, &out, "verify", path); code != exitNothing {
		t.Errorf("exit code %d after a flipped byte: %s%s", code, out.String(), errs)
	}
}

func TestNumber(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1000: "-1,000"} {
		if got := number(n); got != want {
			t.Errorf("number(%d) = %q", n, got)
		}
	}
}

func TestParseKeys(t *testing.T) {
	t.Parallel()
	got := parseKeys([]byte(" \x1b[D\x1b[1;2C\x1b[99;9~x\x1bOFq\x1b"))
	want := []key{keySpace, keyLeft, keyShiftRight, keyEnd, keyQuit, keyQuit}
	if len(got) != len(want) {
		t.Fatalf("parseKeys = %v, want %v", got, want)
	}
	for i := range want {
		if got[i] != want[i] {
			t.Errorf("key %d is %v, want %v", i, got[i], want[i])
		}
	}
	for n := range 64 {
		parseKeys([]byte("\x1b[" + strings.Repeat("\x1bO;1", n))[:n+1])
	}
}
