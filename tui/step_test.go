//go:build unix

package tui

import (
	"slices"
	"strings"
	"testing"

	"cordon/investigations/survive"
	"cordon/tui/tuitest"
)

// A step of a copied plan stands in a shell and waits for the responder's enter;
// what the shell's screen says proves nothing.
func TestStep_isFilledInAndNotEntered(t *testing.T) {
	t.Parallel()
	l := driveLive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, shell: "sh"})
	l.press(":")
	l.typed("run copied")
	l.sees("not now: Copy a tctl or tsh command first (y)")
	l.press("esc")
	l.app.copied = "# take away\ntctl users rm relay@example.com\ntctl get users\nrm -rf /\n"
	l.start(l.app.runCopied())
	l.sees("put into a shell, for you to run", "tctl users rm relay@example.com", "tctl get users")
	if strings.Contains(textOf(l.app.render()), "rm -rf") {
		t.Error("what is no command of Teleport is offered")
	}
	l.press("enter")
	l.sees("tctl users rm relay@example.com  $ sh")
	typed := func() int {
		_, screen, _ := strings.Cut(textOf(l.app.render()), "\n")
		_, screen, _ = strings.Cut(screen, "\n") // the line that says what runs
		return strings.Count(screen, "tctl users rm relay@example.com")
	}
	l.until("the command in the shell", func() bool { return typed() == 1 })
	l.typed(" #")
	l.press("enter")
	l.typed("echo user.delete of relay succeeded $((40+2)) times")
	l.press("enter")
	// What is typed and what is answered may mix on the screen; only the shell
	// writes the number.
	l.until("the shell's answer", func() bool {
		return strings.Contains(textOf(l.app.render()), "succeeded 42 times")
	})
	if i := slices.IndexFunc(l.app.steps, func(s step) bool { return !s.done.IsZero() }); i >= 0 {
		t.Error("the screen proves a step")
	}
	l.press("ctrl+]")
	l.sees("No cluster is followed: user.delete in newer evidence would prove tctl users rm relay@example.com")
	if got := l.did(); len(got) != 1 || got[0] != "program.run tctl users rm relay@example.com sh" {
		t.Errorf("the journal says %q", got)
	}
}

// A step of the plan stands in a shell that talks to the followed cluster; the
// cluster's answer proves it, also while the plan is open.
func TestPlan_enterOpensAShellAndTheClusterProvesIt(t *testing.T) {
	t.Parallel()
	c := cluster()
	c.TakesAny = true
	l := driveLive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, shell: "sh", cluster: c, beside: []string{"TELEPORT_PROXY=proxy.example.com:443"}})
	l.press("3")
	l.sees("scope  2 identities")
	l.press("P")
	l.sees("3 $ tctl users rm relay@example.com", "still there on the cluster")
	l.press("j", "j", "enter")
	l.sees(removeRelay+"  $ sh", removeRelay+" --insecure", "tctl and tsh here: teleport.example.com as ana")
	l.send(keyOf("ctrl+u"))
	l.typed("echo :$TELEPORT_PROXY:")
	l.press("enter")
	l.sees(":proxy.example.com:443:")
	if !slices.Equal(l.did(), []string{"program.run " + removeRelay + " sh"}) {
		t.Errorf("the journal says %q", l.did())
	}
	c.Says(survive.Standing{Thing: relay, Note: "wait"})
	l.press("ctrl+]")
	l.sees("not known: wait at ")
	l.press("P")
	l.sees("▸ 3 $ tctl users rm relay@example.com", "opened in a shell, waiting for what proves it", "not known: wait")
	l.press("esc")
	wait := make(chan struct{})
	c.Waits(wait)
	c.Says(survive.Standing{Thing: relay, State: survive.Gone})
	l.press("P")
	l.sees("asking the cluster")
	l.press("k", "j") // no key waits for it
	l.sees("▸ 3 $ tctl users rm relay@example.com")
	close(wait)
	l.sees("✓ done: gone on the cluster, asked ")
	l.until("the proof in the journal", func() bool {
		return slices.ContainsFunc(l.did(), func(act string) bool {
			return strings.HasPrefix(act, "step.proved "+removeRelay+"  gone on the cluster, asked ")
		})
	})
}
