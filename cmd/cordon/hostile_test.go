package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

// mark stands in each sequence below that must never be seen, so that its
// payload is noticed wherever it comes out.
const mark = "PWNED"

// tricks are what a recording could try on the terminal that plays it.
var tricks = []string{
	"\x1b]52;c;" + mark + "UFdORUQ=\x07", "\x1b]52;p;" + mark + "\x1b\\", "\x1b]0;" + mark + "\x07", "\x1b]2;" + mark + "\x1b\\",
	"\x1b]7;file://" + mark + "/\x07", "\x1b]8;;http://" + mark + ".example.com\x07link\x1b]8;;\x07", "\x1b]9;" + mark + "\x07",
	"\x1b]777;notify;" + mark + ";x\x07", "\x1b]1337;File=name=" + mark + ":AAAA\x07", "\x1b]4;1;rgb:ff/00/00\x07", "\x1b]10;?\x07", "\x1b]11;#123456\x07",
	"\x1bP+q" + mark + "\x1b\\", "\x1bP$qm\x1b\\", "\x1bPtmux;\x1b\x1b]52;c;" + mark + "\x07\x1b\\", "\x1b_G" + mark + "\x1b\\", "\x1b^" + mark + "\x1b\\", "\x1bX" + mark + "\x1b\\",
	"\x1b[c", "\x1b[>c", "\x1b[=c", "\x1b[5n", "\x1b[6n", "\x1b[?15n", "\x1b[14t", "\x1b[18t", "\x1b[21t", "\x1b[8;5;5t", "\x1b[?2026$p",
	"\x1b[?1000h", "\x1b[?1003h", "\x1b[?1006h", "\x1b[?2004h", "\x1b[?1004h", "\x1b[?47h\x1b[?47l", "\x1b[?5h", "\x1b[?3h", "\x1b[?9001h",
	"\x1b[2J\x1b[3J", "\x1b[1;2r", "\x1b(0lqk\x1b(B", "\x1bc", "\x1b[!p", "\x1b#8", "\x1b[20h", "\x1b[4h", "\x07", "\x05", "\x9b5n", "\u009b5n",
	"\x1b[999999999b", "\x1b]0;" + mark, "\x18", "\x1b[?1049h", "\x1b[?25l", "\x1b[>4;2m", "\x1b[>1u", "\x1b[2;2'z",
}

const hostileSession = "6f1d2c3b-0000-4000-8000-0000000000aa"

// evidenceWith makes a folder with a log of one session and its recording,
// which prints the texts a second apart.
func evidenceWith(t *testing.T, prints []string) string {
	t.Helper()
	start := time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)
	meta := func(typ, code string, at time.Time) apievents.Metadata {
		return apievents.Metadata{Type: typ, Code: code, Time: at, ClusterName: "c.example.com"}
	}
	session := apievents.SessionMetadata{SessionID: hostileSession}
	user := apievents.UserMetadata{User: "eve@example.com", Login: "root"}
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.WriterOptions{})
	check := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	check(err)
	check(w.Event(&apievents.SessionStart{Metadata: meta("session.start", "T2000I", start), SessionMetadata: session, UserMetadata: user, TerminalSize: "80:20"}))
	for i, p := range prints {
		check(w.Print(start.Add(time.Duration(i)*time.Second), []byte(p)))
	}
	end := start.Add(time.Duration(len(prints)) * time.Second)
	check(w.Event(&apievents.SessionEnd{Metadata: meta("session.end", "T2004I", end), SessionMetadata: session, UserMetadata: user, StartTime: start, EndTime: end}))
	check(w.Close())
	dir := t.TempDir()
	log := fmt.Sprintf(`{"ei":0,"event":"session.start","uid":"u1","code":"T2000I","time":"2026-03-01T09:00:00Z","cluster_name":"c.example.com","user":"eve@example.com","login":"root","sid":%q,"server_id":"h1","server_hostname":"web-1"}
{"ei":9,"event":"session.end","uid":"u2","code":"T2004I","time":%q,"cluster_name":"c.example.com","user":"eve@example.com","login":"root","sid":%q}
`, hostileSession, end.Format(time.RFC3339), hostileSession)
	check(os.WriteFile(filepath.Join(dir, "day.log"), []byte(log), 0o600))
	check(os.WriteFile(filepath.Join(dir, hostileSession+".tar"), file.Bytes(), 0o600))
	return dir
}

// watch plays the recording in the console from beginning to end, frame by
// frame, and returns every byte that the console wrote.
func watch(t *testing.T, dir string, prints int) []byte {
	t.Helper()
	file := filepath.Join(t.TempDir(), "case.cordon")
	if out, code := run(t, "ingest", "--case", file, dir); code != 0 {
		t.Fatalf("ingest ended with %d: %s", code, out)
	}
	c := openConsole(t, 100, 32, []string{"XDG_STATE_HOME=" + t.TempDir()}, "open", "--who", "eve@example.com", file)
	c.sees("eve@example.com", "DRY-RUN")
	c.sees("leads to") // keys do nothing before the case is read
	c.press("4")
	c.sees("[4 Sessions]", "recorded")
	c.press(enter)
	c.sees("paused")
	last := ""
	for range prints - 1 {
		c.press(".")
		last = c.until("the next frame", func(s string) bool {
			return position.FindString(s) != position.FindString(last) && position.MatchString(s)
		})
	}
	c.press("t")
	c.sees("transcript")
	c.press("q")
	c.quits()
	return c.raw.Bytes()
}

// position is where the replay stands, as its state line writes it.
var position = regexp.MustCompile(`\d\d:\d\d:\d\d\.\d / `)

// controlSequences lists the control sequences in bytes, but for those that only
// place the cursor, erase, scroll or colour.
func controlSequences(b []byte) map[string]bool {
	out := make(map[string]bool)
	p := ansi.NewParser()
	var state byte
	for len(b) > 0 {
		seq, _, n, next := ansi.DecodeSequence(b, state, p)
		b, state = b[n:], next
		switch {
		case len(seq) == 0 || seq[0] >= ' ' && seq[0] != 0x7f && (seq[0] < 0x80 || len(seq) > 1):
		case seq[0] == '\r' || seq[0] == '\n' || seq[0] == '\b' || seq[0] == '\t':
		case ansi.HasCsiPrefix(seq) && bytes.IndexByte([]byte("mHABCDEFGIZ`dKJXb@PLMSTr"), seq[len(seq)-1]) >= 0 && !bytes.ContainsAny(seq, "?>=<"):
		case string(seq) == "\x1bM": // how the renderer moves up a line, when that is shortest
		default:
			out[fmt.Sprintf("%q", seq)] = true
		}
	}
	return out
}

// No byte of a recording reaches the terminal uninterpreted: while it plays one
// full of tricks, the console writes no sequence that it does not write while
// it plays plain text, and no payload.
func TestConsole_playsAHostileRecordingUnharmed(t *testing.T) {
	t.Parallel()
	var plain, bad []string
	for i, trick := range tricks {
		plain = append(plain, fmt.Sprintf("line %d\r\n", i))
		bad = append(bad, fmt.Sprintf("line %d%s\r\n", i, trick))
	}
	calm := watch(t, evidenceWith(t, plain), len(plain))
	wild := watch(t, evidenceWith(t, bad), len(bad))
	if bytes.Contains(wild, []byte(mark)) {
		i := bytes.Index(wild, []byte(mark))
		t.Errorf("a payload came out: %q", wild[max(0, i-60):i+20])
	}
	own := controlSequences(calm)
	var foreign []string
	for s := range controlSequences(wild) {
		if !own[s] {
			foreign = append(foreign, s)
		}
	}
	slices.Sort(foreign)
	if len(foreign) > 0 {
		t.Errorf("sequences that the console does not write by itself: %s", strings.Join(foreign, " "))
	}
	if len(own) == 0 {
		t.Error("no sequence was seen at all: the capture does not work")
	}
}
