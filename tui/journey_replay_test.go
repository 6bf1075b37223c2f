package tui

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordon/investigations/journal"
	"cordon/tui/tuitest"
)

// TestJourney_watchASession opens a session, plays it, marks and notes what is
// seen, finds it in all recordings, compares two screens, writes one into files,
// and leads back, at both sizes.
func TestJourney_watchASession(t *testing.T) {
	t.Parallel()
	for name, setup := range map[string]setup{
		"wide":  {palette: "dark", size: wide, identity: tuitest.Dana},
		"small": {palette: "mono", size: small, identity: tuitest.Dana, ascii: true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			setup.evidence = watched(t)
			setup.export = func(name string, content []byte) (string, error) {
				path := filepath.Join(dir, filepath.Base(name))
				if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
					return "", errors.New("it exists")
				}
				return path, os.WriteFile(path, content, 0o600)
			}
			d := drive(t, setup)
			d.press("4", "end", "enter").expect("root@shop-1:~#", "paused")
			// The command that waits for the next frame is not run: the clock is the
			// test's, and the key that pauses brings the picture to it.
			d.app.Update(keyOf("space"))
			d.now = d.now.Add(1200 * time.Millisecond)
			d.press("space").expect("cat id_rsa", "paused", "00:00:01.3")
			d.press("%").typed("0").press("enter").expect("00:00:00.0 /")
			d.press("]").expect("dangerous command: reads a private SSH key")
			d.press("]").expect("nothing happens for 18.5s")
			d.press("c").typed("reads the keys").press("enter").expect("reads the keys")
			d.press("c").typed(" twice").press("enter").expect("reads the keys twice")
			d.press("f").typed("ID_RSA").press("enter").expect(`2 lines in 2 recordings of 2 hold "ID_RSA"`, "scp id_rsa")
			d.press("enter").expect("ubuntu@jump-1", "scp id_rsa")
			d.press("n").expect("root@shop-1", "cat id_rsa")
			d.press("esc").expect("2 recordings of 2").press("esc").expect("4 Sess")
			d.press("end", "enter", "d").expect("Marked 00:00:")
			d.press("%").typed("100").press("enter", "d").expect("rows differ")
			d.press("esc").press("e").expect("Export this screen")
			d.press("ctrl+u").typed("end").press("enter").expect("Written: ")
			text, err := os.ReadFile(filepath.Join(dir, "end.txt"))
			if err != nil || !strings.Contains(string(text), "root@shop-1:~# cat id_rsa\n") {
				t.Errorf("the text is %q, %v", text, err)
			}
			if svg, err := os.ReadFile(filepath.Join(dir, "end.svg")); err != nil || !strings.HasPrefix(string(svg), "<svg ") {
				t.Errorf("the picture is %.40q, %v", svg, err)
			}
			d.press("esc", "backspace").refuse("root@shop-1:~#")
			journalHolds(t, setup.evidence, journal.ActionRecordingOpen, journal.ActionNote, journal.ActionExport)
		})
	}
}

// watched is the incident with recordings of both sessions.
func watched(t *testing.T) *tuitest.Case {
	t.Helper()
	c := withRecording(t)
	c.Recordings[tuitest.Session] = []byte("{\"version\":2,\"width\":80,\"height\":24,\"timestamp\":1791324213}\n" +
		"[0.0,\"o\",\"root@shop-1:~# \"]\n[1.0,\"o\",\"cat id_rsa\\r\\n\"]\n[1.5,\"o\",\"-----BEGIN\\r\\nroot@shop-1:~# \"]\n[20.0,\"o\",\"exit\\r\\n\"]\n")
	c.Recordings["4be1c9d2-0000-4000-8000-000000000001"] = []byte("{\"version\":2,\"width\":80,\"height\":24,\"timestamp\":1791187800}\n" +
		"[0.0,\"o\",\"ubuntu@jump-1:~$ \"]\n[2.0,\"o\",\"scp id_rsa shop-1:\\r\\n\"]\n[3.0,\"o\",\"ubuntu@jump-1:~$ \"]\n")
	return c
}

func journalHolds(t *testing.T, c *tuitest.Case, actions ...journal.Action) {
	t.Helper()
	entries, err := c.Journal(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range actions {
		found := false
		for _, e := range entries {
			found = found || e.Action == a
		}
		if !found {
			t.Errorf("the journal lacks %s", a)
		}
	}
}
