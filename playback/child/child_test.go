//go:build unix

package child

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"cordon/playback/term"
)

func TestStart_showsWhatTheChildWrites(t *testing.T) {
	t.Parallel()
	c := sh(t, `printf 'a\033[31mb\033[0m\nlast'`)
	if status := ends(t, c); status != (Status{}) || status.String() != "ended with exit code 0" {
		t.Errorf("status %+v, %q", status, status)
	}
	s := c.Snapshot()
	if s.Line(0) != "ab" || s.Line(1) != "last" || s.Cell(1, 0).Style.FG != term.Indexed(1) {
		t.Errorf("the screen shows %q", s.Text()[:2])
	}
}

func TestExited_saysHow(t *testing.T) {
	t.Parallel()
	for script, want := range map[string]string{
		"exit 7":        "ended with exit code 7",
		"kill -9 $$":    "was ended by SIGKILL",
		"kill -TERM $$": "was ended by SIGTERM",
	} {
		if got := ends(t, sh(t, script)).String(); got != want {
			t.Errorf("%s %s, want %s", script, got, want)
		}
	}
}

func TestExited_notWhileItRuns(t *testing.T) {
	t.Parallel()
	c := sh(t, "echo on; exec sleep 1000")
	sees(t, c, "on")
	if status, ended := c.Exited(); ended {
		t.Errorf("it %s", status)
	}
}

func TestStart_saysWhyNot(t *testing.T) {
	t.Parallel()
	for want, argv := range map[string][]string{
		"no program was named": nil,
		"start cordon-no-such-program: it is not installed, or its folder is not in the PATH": {"cordon-no-such-program"},
		"start /no/such/program: ": {"/no/such/program"},
	} {
		if _, err := Start(t.Context(), Command{Argv: argv}, 80, 24); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q gives %v", argv, err)
		}
	}
}

func TestWrite_isTyping(t *testing.T) {
	t.Parallel()
	c := sh(t, `read line; echo "got $line"`)
	types(t, c, "two words\r")
	sees(t, c, "got two words")
	ends(t, c)
	types(t, c, "into nothing")
}

func TestWrite_isRefusedAndNeverWaitsWhenNobodyReads(t *testing.T) {
	t.Parallel()
	c := sh(t, "stty raw -echo; echo ready; exec sleep 1000")
	sees(t, c, "ready")
	line := bytes.Repeat([]byte("0123456789abcde\n"), 4<<10) // 64 KiB
	refused := 0
	for range 160 {
		if err := c.Write(line); errors.Is(err, ErrFull) {
			refused++
		} else if err != nil {
			t.Fatal(err)
		}
	}
	if taken := 160 - refused; refused == 0 || taken*len(line) > 2*maxPending {
		t.Errorf("%d of 160 pieces were taken", taken)
	}
	if err := c.Write(make([]byte, maxPending+1)); !errors.Is(err, ErrFull) {
		t.Errorf("too much at once gives %v", err)
	}
}

func TestWrite_longTextArrivesWhole(t *testing.T) {
	t.Parallel()
	text := bytes.Repeat([]byte("0123456789\x00\x03\xff\n"), 50_000)
	file := filepath.Join(t.TempDir(), "want")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	c := run(t, 80, 24, "sh", "-c", `stty raw -echo; echo ready; head -c $1 | cmp - "$0" && echo same`, file, strconv.Itoa(len(text)))
	sees(t, c, "ready")
	types(t, c, string(text))
	sees(t, c, "same")
}

func TestResize_isSeenByTheChild(t *testing.T) {
	t.Parallel()
	c := run(t, 80, 24, "sh", "-c", `trap 'stty size' WINCH; stty size; while :; do read x; done`)
	sees(t, c, "24 80")
	c.Resize(100, 30)
	s := sees(t, c, "30 100")
	if cols, rows := s.Size(); cols != 100 || rows != 30 {
		t.Errorf("the screen is %dx%d", cols, rows)
	}
	c.Resize(0, 100_000)
	if cols, rows := c.Snapshot().Size(); cols != 1 || rows != term.MaxRows {
		t.Errorf("the screen is %dx%d", cols, rows)
	}
}

func TestResize_afterTheEndOnlyDraws(t *testing.T) {
	t.Parallel()
	c := sh(t, "printf 0123456789")
	ends(t, c)
	c.Resize(5, 4)
	if got := c.Snapshot().Text(); got[0] != "01234" || got[1] != "56789" {
		t.Errorf("the screen shows %q", got)
	}
}

func TestFlood_isCoalescedAndComplete(t *testing.T) {
	t.Parallel()
	c := sh(t, `yes | head -c 10000000; echo; echo the end`)
	ends(t, c) // with nobody listening
	if n := len(c.Changed()); n != 1 {
		t.Errorf("%d notes wait, want 1", n)
	}
	s := c.Snapshot()
	if got, want := s.ScrolledLines(), term.DefaultScrollback; got != want {
		t.Errorf("%d lines are kept, want %d", got, want)
	}
	// Every y has a line; a blank one, the end and the cursor's row follow.
	if got, want := s.ScrolledTotal(), uint64(5_000_000+3-24); got != want {
		t.Errorf("%d lines scrolled away, want %d", got, want)
	}
}

func TestSnapshot_isApartFromTheChild(t *testing.T) {
	t.Parallel()
	// Combined characters live in tables that a copy shares until one side writes.
	c := sh(t, `i=0; while [ $i -lt 3000 ]; do printf "e\314\201$i \033[4;58;5;${i}mu\033[0m "; i=$((i+1)); done; echo done`)
	for {
		s := c.Snapshot()
		_, rows := s.Size()
		before := strings.Join(s.Text(), "\n")
		for y := range rows {
			s.Row(y, nil)
		}
		if after := strings.Join(s.Text(), "\n"); after != before {
			t.Fatalf("a copy changed from %q to %q", before, after)
		}
		if strings.Contains(before, "done") {
			break
		}
		<-c.Changed()
	}
	ends(t, c)
}

func TestFeed_aCharacterInThreeWrites(t *testing.T) {
	t.Parallel()
	c := sh(t, `stty raw -echo; for byte in 346 274 242; do printf "\\$byte"; head -c 1 >got; done; echo done`)
	for range 3 {
		types(t, c, "x")
	}
	if s := sees(t, c, "done"); !strings.HasSuffix(s.Line(0), "漢done") {
		t.Errorf("the screen shows %q", s.Line(0))
	}
}

func TestKill_hangsUpFirst(t *testing.T) {
	t.Parallel()
	c := sh(t, `trap 'echo told; exit 3' HUP; echo ready; while :; do sleep 0.01; done`)
	sees(t, c, "ready")
	c.killAfter(patience)
	if status := ends(t, c); status.Code != 3 {
		t.Errorf("it %s", status)
	}
	if !strings.Contains(strings.Join(c.Snapshot().Text(), "\n"), "told") {
		t.Error("what it said last is not on the screen")
	}
	c.Kill()
}

func TestKill_endsWhatIgnoresIt(t *testing.T) {
	t.Parallel()
	c := sh(t, `trap '' HUP; sleep 1000 & echo "pid $!."; wait`)
	s := sees(t, c, ".")
	line := s.Line(0)
	c.killAfter(0)
	if status := ends(t, c); status.Signal != "SIGKILL" {
		t.Errorf("it %s", status)
	}
	pid, err := strconv.Atoi(strings.Trim(line, "pid ."))
	if err != nil {
		t.Fatal(err)
	}
	gone(t, pid)
}

// gone waits until a process of a killed group has been collected by whoever
// inherited it, or is a corpse that nobody collects.
func gone(t *testing.T, pid int) {
	t.Helper()
	for syscall.Kill(pid, 0) == nil {
		stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
		if err != nil || bytes.Contains(stat, []byte(") Z ")) {
			return
		}
	}
}

func TestKill_endsAJobInTheForeground(t *testing.T) {
	t.Parallel()
	c := run(t, 80, 24, "sh", "-i")
	sees(t, c, ">")
	types(t, c, "sh -c 'trap \"echo told; exit\" HUP; echo up; while :; do sleep 0.01; done'\r")
	until(t, c, "the job", func(s *term.Screen) bool { return s.Line(1) == "up" })
	c.killAfter(patience)
	ends(t, c)
	if got := c.Snapshot().Text(); !slices.Contains(got, "told") {
		t.Errorf("the screen shows %q", got)
	}
}

func TestStart_endsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	c, err := Start(ctx, Command{Argv: []string{"sleep", "1000"}}, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if status := ends(t, c); status.Signal != "SIGHUP" {
		t.Errorf("it %s", status)
	}
}

func TestDone_whenAnotherKeepsTheTerminalOpen(t *testing.T) {
	t.Parallel()
	c := sh(t, `trap '' HUP; (sleep 1000) & echo "pid $!."; exit 4`)
	if status := ends(t, c); status.Code != 4 {
		t.Errorf("it %s", status)
	}
	pid, err := strconv.Atoi(strings.Trim(c.Snapshot().Line(0), "pid ."))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Errorf("what it left running is gone: %v", err)
	}
}

func TestStart_addsToTheEnvironment(t *testing.T) {
	t.Parallel()
	c, err := Start(t.Context(), Command{
		Argv: []string{"sh", "-c", `echo "$ONE $TWO"`}, Env: append(os.Environ(), "ONE=given", "TWO=given"), Add: []string{"TWO=added"},
	}, 80, 24)
	if err != nil {
		t.Fatal(err)
	}
	ends(t, c)
	if got := c.Snapshot().Line(0); got != "given added" {
		t.Errorf("it has %q", got)
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	got := environment([]string{"PATH=/bin", "CORDON_OPERATOR=x", "TERM=dumb", "TMUX=/tmp/x", "COLUMNS=3", "TELEPORT_PROXY=p", "NO_COLOR=1"}, nil)
	want := "PATH=/bin TELEPORT_PROXY=p NO_COLOR=1 TERM=xterm-256color COLORTERM=truecolor"
	if s := strings.Join(got, " "); s != want {
		t.Errorf("%s, want %s", s, want)
	}
	if len(environment(nil, nil)) < 3 {
		t.Error("cordon's own environment was not taken")
	}
}
