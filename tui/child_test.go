//go:build unix

package tui

import (
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/tui/dialog"
	"cordon/tui/tuitest"
)

// patience is how long a program may take to show what is waited for. It is a
// guard against hanging, not a measure of speed.
const patience = time.Minute

// live runs a console whose commands run side by side, as those that wait for a
// program must.
type live struct {
	*driver
	past    atomic.Int64 // how much later than the first moment it is
	msgs    chan tea.Msg
	running sync.WaitGroup
}

func driveLive(t *testing.T, s setup) *live {
	t.Helper()
	l := &live{msgs: make(chan tea.Msg)}
	s.clock = func() time.Time { return tuitest.Now.Add(time.Duration(l.past.Load())) }
	l.driver = drive(t, s)
	t.Cleanup(func() {
		for _, p := range l.app.children.all {
			p.Kill()
		}
		over := make(chan struct{})
		go func() { l.running.Wait(); close(over) }()
		for {
			select {
			case <-l.msgs:
			case <-over:
				return
			}
		}
	})
	return l
}

func (l *live) send(msg tea.Msg) {
	_, cmd := l.app.Update(msg)
	l.start(cmd)
}

func (l *live) start(cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	l.running.Add(1)
	go func() {
		defer l.running.Done()
		if msg := cmd(); msg != nil {
			l.msgs <- msg
		}
	}()
}

// take takes what a command brought.
func (l *live) take(msg tea.Msg) {
	switch msg := msg.(type) {
	case tea.BatchMsg:
		for _, cmd := range msg {
			l.start(cmd)
		}
	case tea.QuitMsg:
		l.quit = true
	default:
		l.send(msg)
	}
}

// press presses keys as a person does; typed is for text.
func (l *live) press(keys ...string) {
	for _, k := range keys {
		l.past.Add(int64(dialog.Quiet))
		l.send(keyOf(k))
	}
}

func (l *live) typed(text string) {
	for _, r := range text {
		l.past.Add(int64(100 * time.Millisecond))
		l.send(tea.KeyPressMsg{Code: r, Text: string(r)})
	}
}

// until waits for a condition.
func (l *live) until(what string, ok func() bool) {
	l.t.Helper()
	guard := time.After(patience)
	for !ok() {
		select {
		case msg := <-l.msgs:
			l.take(msg)
		case <-guard:
			l.t.Fatalf("waited for %s; the screen shows:\n%s", what, textOf(l.app.render()))
		}
	}
}

// sees waits for texts on the screen.
func (l *live) sees(texts ...string) {
	l.t.Helper()
	l.until(strings.Join(texts, ", "), func() bool {
		screen := textOf(l.app.render())
		return !slices.ContainsFunc(texts, func(text string) bool { return !strings.Contains(screen, text) })
	})
}

// did returns the acts in the journal.
func (l *live) did() (acts []string) {
	l.t.Helper()
	entries, err := l.app.env.Evidence.Journal(l.t.Context())
	if err != nil {
		l.t.Fatal(err)
	}
	for _, e := range entries {
		acts = append(acts, strings.TrimSpace(string(e.Action)+" "+e.Target+" "+e.Command+" "+e.Result))
	}
	if err := journal.Verify(entries); err != nil {
		l.t.Error(err)
	}
	return acts
}

func (l *live) wantJournal(want ...string) {
	l.t.Helper()
	if got := l.did(); !slices.Equal(got, want) {
		l.t.Errorf("the journal says %q, want %q", got, want)
	}
}

func TestChild_shellBesideTheCase(t *testing.T) {
	t.Parallel()
	l := driveLive(t, setup{palette: "mono", size: small, identity: tuitest.Dana, shell: "sh"})
	l.press("!", "L") // typed ahead: not for the page, and the shell is not there yet
	l.sees("shell  $ sh", "running", "ctrl+] back to the console", "DRY-RUN")

	// Every key is the program's, and the size is that of its place.
	l.typed("stty size; echo L:q?$((40+2))")
	l.press("enter")
	l.sees("20 80", "L:q?42")
	l.wantJournal("program.run shell sh")
	l.send(tea.PasteMsg{Content: "echo pas"})
	l.send(tea.PasteMsg{Content: "ted\n"})
	l.until("the paste", func() bool { return strings.Contains(textOf(l.app.render()), "\npasted\n") })
	l.send(tea.WindowSizeMsg{Width: 120, Height: 40})
	l.typed("stty size")
	l.press("enter")
	l.sees("36 120")

	// The console has its keys back, and the program goes on.
	l.press("ctrl+]")
	l.sees("! shell runs", "[1 Overview]", "$ tctl lock --user=dana@example.com")
	l.press("2")
	l.sees("[2 Events]")
	l.press("!")
	l.sees("running", "L:q?42", "36 120")

	// What was typed for the program does not act on the console when it ends.
	l.typed("exit 7")
	l.press("enter")
	l.sees("ended with exit code 7", "esc out")
	l.send(keyOf("q"))
	l.send(keyOf("enter"))
	l.sees("ended with exit code 7")
	l.press("L")
	l.sees("Close the terminal first (esc)")
	l.press("esc")
	l.sees("[2 Events]")
	l.until("the end in the journal", func() bool { return len(l.did()) == 2 })
	l.wantJournal("program.run shell sh", "program.end shell sh ended with exit code 7")
	if l.quit || len(l.app.children.all) != 0 {
		t.Errorf("quit %v, %d programs", l.quit, len(l.app.children.all))
	}
}

func TestChild_scrollback(t *testing.T) {
	t.Parallel()
	l := driveLive(t, setup{palette: "dark", size: small, shell: "sh"})
	l.start(l.app.openChild([]string{"sh", "-c", "seq -f 'line %g.' 100; read x; echo more; read x"}, "counting"))
	l.sees("line 100.")
	l.press("shift+pgup")
	l.sees("line 63.", "19 lines below")
	l.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelUp})
	l.sees("line 60.", "22 lines below")
	l.send(tea.MouseWheelMsg{X: 5, Y: 5, Button: tea.MouseWheelDown})
	l.press("shift+pgdown")
	l.sees("line 100.")
	l.press("shift+pgup", "enter")
	l.sees("more") // typing goes back to where the cursor is
}

func TestChild_quitAsksOnce(t *testing.T) {
	t.Parallel()
	l := driveLive(t, setup{palette: "mono", size: small, shell: "sh"})
	l.press("!")
	l.sees("running")
	l.press("ctrl+]", "q")
	l.sees("leave cordon", "shell runs beside the case, and ends with cordon.")
	l.press("esc", "j")
	l.sees("! shell runs")
	l.press("q", "y")
	l.until("the end", func() bool { return l.quit })
	if acts := l.did(); len(acts) != 2 || !strings.HasPrefix(acts[1], "program.end shell sh ") {
		t.Errorf("the journal says %q", acts)
	}
}

func TestChild_endsOutOfSight(t *testing.T) {
	t.Parallel()
	l := driveLive(t, setup{palette: "mono", size: small, shell: "sh"})
	l.start(l.app.openChild([]string{"sh", "-c", "read x; echo bye; kill -9 $$"}, "a helper"))
	l.sees("running")
	l.press("enter", "ctrl+]")
	l.sees("a helper was ended by SIGKILL; ! shows its screen.")
	l.press("!")
	l.sees("bye", "was ended by SIGKILL")
	l.press("q")
	l.until("the end", func() bool { return l.quit }) // nothing runs: nothing is asked
}

func TestChild_severalAreChosenFrom(t *testing.T) {
	t.Parallel()
	l := driveLive(t, setup{palette: "mono", size: small, shell: "sh"})
	for _, title := range []string{"first one", "second one"} {
		l.start(l.app.openChild([]string{"sh", "-c", "read x; exit 3"}, title))
		l.sees(title, "running")
		l.press("ctrl+]")
	}
	l.sees("! 2 programs run")
	l.press("!")
	l.sees("programs beside the case", "first one", "second one")
	l.press("1")
	l.sees("first one  $ sh -c 'read x; exit 3'", "running")
	l.press("enter")
	l.sees("ended with exit code 3")
	l.press("esc")
	l.sees("! second one runs")
}

func TestChild_saysWhyNot(t *testing.T) {
	t.Parallel()
	l := driveLive(t, setup{palette: "mono", size: small, shell: "/no/such/shell"})
	l.press("!")
	l.sees("Not opened: start /no/such/shell", "[1 Overview]")
	l.wantJournal()
}
