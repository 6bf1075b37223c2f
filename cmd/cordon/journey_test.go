package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"cordon/testdata/demo"
)

// demoFolder unpacks the bundled incident.
func demoFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "evidence")
	if err := os.CopyFS(dir, demo.FS); err != nil {
		t.Fatal(err)
	}
	return dir
}

const (
	enter     = "\r"
	escape    = "\x1b"
	backspace = "\x7f"
	right     = "\x1b[C"
	farRight  = "\x1b[1;2C"
)

// The first incident, end to end: from a folder of logs to a lock, and back to
// the same place another day.
func TestJourney_fromAFolderOfLogsToALock(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state := []string{"XDG_STATE_HOME=" + filepath.Join(dir, "state")}
	file := filepath.Join(dir, "incident.cordon")
	if out, code := run(t, "ingest", "--case", file, demoFolder(t)); code != 0 {
		t.Fatalf("ingest ended with %d: %s", code, out)
	}

	c := openConsole(t, 120, 40, state, "open", "--who", demo.Compromised, file)
	first := c.sees(demo.Compromised, "DRY-RUN", "6 gaps", demo.HostileAddress, "join tokens", "access requests", "scope", "next:",
		"$ tctl lock --user="+demo.Compromised)
	if !regexp.MustCompile(`logins +12 `).MatchString(first) {
		t.Errorf("the first screen does not count 12 logins:\n%s", first)
	}

	// To the identity that she created.
	c.moves(regexp.MustCompile(`users +2`))
	c.press("p")
	c.sees("pivot to", "▸ "+demo.CreatedUser+"  user, subject")
	c.press(enter)
	c.sees("▸ " + demo.CreatedUser + "  user")

	// To the recorded session that began from there.
	c.press("4")
	c.sees("[4 Sessions]", "recording")
	c.moves(regexp.MustCompile(`recorded|incomplete`))
	c.press(enter)
	c.sees("paused", "00:00:00.0")
	c.press(" ")
	c.sees("playing")
	c.press(" ")
	c.sees("paused")
	c.press(farRight, farRight, farRight)
	before := c.until("a later moment", func(s string) bool {
		return strings.Contains(s, "paused") && !strings.Contains(s, "00:00:00.0 /")
	})
	c.press(right)
	c.until("five seconds on", func(s string) bool { return s != before && strings.Contains(s, "paused") })
	c.press(escape)
	c.until("the list", func(s string) bool { return strings.Contains(s, "[4 Sessions]") && !strings.Contains(s, "paused") })

	// One key plans the lock, one key takes it back.
	c.press("1")
	c.sees("[1 Overview]", "$ tctl lock --user="+demo.CreatedUser)
	c.press("L")
	c.sees("planned", "tctl lock --user="+demo.CreatedUser)
	c.press("5")
	c.sees("[5 Locks]", "1 planned", "user "+demo.CreatedUser)
	c.press("u")
	c.sees("[5 Locks]", "0 planned")
	c.press("q")
	c.quits()

	again := openConsole(t, 80, 24, state, "open", file)
	again.sees("[5 Lock", demo.CreatedUser)
	again.press("q")
	again.quits()

	checkJourneyJournal(t, file)
	if out, code := run(t, "verify", file); code != 0 {
		t.Errorf("verify ended with %d: %s", code, out)
	}
	flipByte(t, file, []byte("lock.plan"))
	if out, code := run(t, "verify", file); code != 1 || !strings.Contains(out, "journal") {
		t.Errorf("verify of a changed journal ended with %d: %s", code, out)
	}
}

// checkJourneyJournal expects the acts of the journey in the case.
func checkJourneyJournal(t *testing.T, file string) {
	t.Helper()
	out, code := run(t, "locks", "--case", file, "--json")
	if code != 0 && code != 1 {
		t.Fatalf("locks ended with %d: %s", code, out)
	}
	var board struct {
		Locks []struct {
			State   string `json:"state"`
			Command string `json:"command"`
		} `json:"locks"`
	}
	if err := json.Unmarshal([]byte(out), &board); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	for _, l := range board.Locks {
		if l.State == "dropped" && strings.HasPrefix(l.Command, "tctl lock --user="+demo.CreatedUser) {
			return
		}
	}
	t.Errorf("the board does not tell of the plan that was dropped: %s", out)
}
