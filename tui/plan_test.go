package tui

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/survive"
	"cordon/tui/dialog"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

const (
	removeRelay   = "tctl users rm relay@example.com"
	removeRequest = "tctl requests rm --force 7f1c0000-0000-4000-8000-000000000001"
)

var relay = survive.Thing{Entity: investigations.Entity{Kind: investigations.KindUser, Name: "relay@example.com"}}

// plan opens the plan of dana and waits until it takes keys.
func (d *driver) plan() *driver {
	d.press("3", "P")
	d.now = d.now.Add(dialog.Quiet)
	return d
}

// begun takes a step as if its command had been put into a shell, which the driver
// does not open.
func (d *driver) begun(command string) {
	d.app.steps = append(d.app.steps, step{of: survive.Step{Command: command}, since: d.now})
}

// provedIn are the results of the steps that the journal calls proved.
func provedIn(t *testing.T, d *driver) (proved []string) {
	t.Helper()
	for _, e := range journalOf(t, d) {
		if e.Action == journal.ActionStepProved {
			proved = append(proved, strings.Join([]string{string(e.Mode), e.Target, e.Result}, " | "))
		}
	}
	return proved
}

func TestPlan_golden(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]string{"lock": {}, "steps": {"G", "k", "k", "k"}, "end": {"G"}} {
		for _, size := range []image.Point{{60, 20}, small, {200, 60}} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size.X, size.Y), func(t *testing.T) {
				t.Parallel()
				c := cluster()
				c.Says(survive.Standing{Thing: relay, State: survive.Gone},
					survive.Standing{Thing: survive.Thing{Entity: investigations.Entity{Kind: investigations.KindRequest, Name: "7f1c0000-0000-4000-8000-000000000001"}}, State: survive.There, Note: "APPROVED " + harmful})
				d := drive(t, setup{palette: "mono", size: size, identity: tuitest.Dana, cluster: c})
				d.begun(removeRequest)
				golden.RequireEqual(t, []byte(d.plan().press(keys...).screen()))
			})
		}
	}
}

func TestPlan_enterPlacesANarrowLock(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c).plan().expect("▸ 1 $ tctl lock --user=dana@example.com", "cuts now", "root@shop-1", "enter lock it")
	d.press("enter").refuse("plan: end what is left").expect("undoes it", "locked: $ tctl lock --user=dana@example.com")
	held, err := c.Locks(t.Context())
	if err != nil || len(held) != 2 || held[1].Title() != "user dana@example.com" {
		t.Fatalf("%v, %v", held, err)
	}
	// It is no step any more, and what it holds says so.
	d.plan().refuse("1 $ tctl lock").expect("held by a lock", "user dana@example.com, the identity itself").press("esc")
	d.press("u").expect("undone: user dana@example.com is no longer locked").plan().expect("1 $ tctl lock --user=dana@example.com")
}

func TestPlan_enterPlansALockWithoutACluster(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, operator: "ann@example.com"}).plan()
	d.expect("enter plan it").press("enter").expect("planned: $ tctl lock --user=dana@example.com")
	d.plan().expect("○ user dana@example.com: already planned").refuse("enter plan it")
	d.press("enter").expect("Nothing to do: user dana@example.com: already planned", "plan: end what is left")
	if acts := journalOf(t, d); len(acts) != 1 {
		t.Errorf("the journal says %v", acts)
	}
}

func TestPlan_enterOnAWideLockAsksForItsName(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, operator: "dana@example.com", cluster: c}).plan()
	d.expect("! This is YOU", "asks for its name first", "enter lock it, by its name")
	d.press("enter").expect("Type dana@example.com to lock it").press("enter")
	d.now = d.now.Add(dialog.Quiet)
	d.press("enter").expect("this is not the name of the user").press("esc").expect("Nothing was locked.")
	if held, _ := c.Locks(t.Context()); len(held) != 1 {
		t.Errorf("%d locks are held", len(held))
	}
	d.plan().press("enter")
	d.now = d.now.Add(dialog.Quiet)
	d.typed("dana@example.com").press("enter").expect("locked: $ tctl lock --user=dana@example.com")
	if held, _ := c.Locks(t.Context()); len(held) != 2 {
		t.Errorf("%d locks are held", len(held))
	}
}

func TestPlan_nothingIsTakenUpByPasteOrAtOnce(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c).press("3", "P", "enter").expect("enter lock it")
	d.send(tea.PasteMsg{Content: "\n\n"})
	d.now = d.now.Add(time.Second)
	d.send(tea.PasteMsg{Content: "\n\n"})
	d.send(keyOf("x"))
	d.send(keyOf("enter"))
	d.expect("Press Enter again.")
	if held, _ := c.Locks(t.Context()); len(held) != 1 {
		t.Errorf("%d locks are held", len(held))
	}
}

func TestPlan_copiesOneStepOrAll(t *testing.T) {
	t.Parallel()
	d := liveDriver(t, cluster()).plan().press("j", "y")
	if got := d.app.copied; got != "tctl lock --access-request=7f1c0000-0000-4000-8000-000000000001 --message='compromised, see case' --ttl=24h" {
		t.Errorf("y copies %q", got)
	}
	d.press("Y", "esc")
	if got := d.app.copied; !strings.HasPrefix(got, "# cut off now\ntctl lock --user=dana@example.com") || !strings.Contains(got, "\n# take away for good\n"+removeRelay+"\n") {
		t.Errorf("Y copies %q", got)
	}
	if got := d.app.copiedCommands(); len(got) != 5 {
		t.Errorf("run copied offers %q", got)
	}
}

func TestPlan_asksTheClusterAgainEachTimeItIsOpened(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c).plan().expect("! still there on the cluster, asked ").press("esc")
	c.Says(survive.Standing{Thing: relay, State: survive.Gone})
	d.plan().expect("✓ done: gone on the cluster, asked ", "! still there on the cluster").press("esc")
	c.Says(survive.Standing{Thing: relay, Note: "not granted " + harmful})
	d.plan().expect("? not known: not granted fix ␛[31mit").press("esc")
	c.Fails(errors.New("the cluster does not answer"))
	d.plan().expect("? not known: the cluster does not answer")
	if asked := c.Asked(); len(asked) != 4 || !slices.Contains(asked[0], relay) {
		t.Errorf("asked %v", asked)
	}
	if proved := provedIn(t, d); proved != nil {
		t.Errorf("a step that nobody took here is proved: %q", proved)
	}
}

func TestPlan_withoutAClusterNobodyIsAsked(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: image.Pt(200, 60), identity: tuitest.Dana})
	d.begun(removeRelay)
	d.begun("tctl tokens ls")
	d.plan().refuse("on the cluster", "asking", "waiting").expect("opened in a shell; newer evidence would prove it", "opened in a shell; it only looks")
}

func TestPlan_noLockIsPutIntoAShell(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.New(omarLoggedIn + "\n" + danaMadeEve)
	if err != nil {
		t.Fatal(err)
	}
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana, evidence: evidence}).plan()
	told := false
	for i, part := range d.app.plan.of.Parts {
		if !strings.HasPrefix(part.Step.Command, "tctl lock") {
			continue
		}
		d.app.plan.dialog.Mark(i)
		d.run(d.app.followPlan())
		d.expect("enter plan it").refuse("open a shell   y")
		told = told || strings.Contains(part.Lines[0][0].Text, "A lock of the user dana@example.com stops")
	}
	if !told {
		t.Error("the plan does not tell of certificates from before the evidence")
	}
}

func TestPlan_isOpenedAgainAtTheStepThatWasMarked(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana}).plan()
	parts := d.app.plan.of.Parts
	for i := range parts {
		d.app.plan.dialog.Mark(i)
		d.press("esc").plan()
		if got := d.app.plan.dialog.Marked(); got != i {
			t.Errorf("step %d, %q: it is opened at %d", i, parts[i].Step.Command, got)
		}
	}
	twice := []pane.PlanPart{{Step: survive.Step{Command: "tctl tokens ls"}}, {}, {Step: survive.Step{Command: "tctl tokens ls"}}}
	d.app.plan.of.Parts, parts = twice, twice
	d.app.plan.dialog.Mark(2)
	if got := d.app.markedBefore(parts); got != 2 {
		t.Errorf("of two with one command it is opened at %d", got)
	}
	if got := d.app.markedBefore(parts[2:]); got != 0 {
		t.Errorf("where those before are done it is opened at %d", got)
	}
}

func TestSteps_areProvedByTheClusterAndRecordedOnce(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c)
	var rests []time.Duration
	var due []tea.Msg
	d.app.timer = func(after time.Duration, msg tea.Msg) tea.Cmd {
		if _, ok := msg.(askAgainMsg); ok {
			rests, due = append(rests, after), append(due, msg)
		}
		return nil
	}
	d.begun(removeRelay)
	d.run(d.app.readBack())
	d.send(due[0])
	if proved := provedIn(t, d); proved != nil {
		t.Fatalf("proved by %q while it is there", proved)
	}
	c.Says(survive.Standing{Thing: relay, State: survive.Gone})
	d.send(due[0]) // of a rest that is long over
	d.refuse("✓")
	d.send(due[1])
	at := d.app.clock.Time(d.now)
	d.expect("✓ gone on the cluster at " + at + ": " + removeRelay)
	d.send(due[1])
	d.plan().expect("✓ done: gone on the cluster, asked "+at).press("esc", "R")
	want := []string{"live | " + removeRelay + " | gone on the cluster, asked " + d.app.steps[0].done.UTC().Format(time.RFC3339)}
	if got := provedIn(t, d); !slices.Equal(got, want) {
		t.Errorf("the journal says %q, want %q", got, want)
	}
	if want := []time.Duration{2 * time.Second, 5 * time.Second}; !slices.Equal(rests, want) {
		t.Errorf("it rests %v, want %v", rests, want)
	}
	d.press("8", "tab", "tab", "tab").expect("step.proved").press("enter").expect("result", "gone on the cluster, asked")
}

func TestSteps_whatIsStillThereIsSaidInTheEnd(t *testing.T) {
	t.Parallel()
	c := cluster()
	d := liveDriver(t, c)
	d.begun(removeRelay)
	d.run(d.app.readBack()) // the driver's rests are over at once
	d.expect("still there on the cluster at ", "R asks again: "+removeRelay)
	if asked := c.Asked(); len(asked) != 1+len(askRests) {
		t.Errorf("it was asked %d times", len(asked))
	}
	c.Fails(errors.New("the cluster does not answer"))
	d.press("R")
	d.run(d.app.readBack())
	d.expect("Whether it was carried out is not known: the cluster does not answer")
}

func TestSteps_sayWhatWillProveThem(t *testing.T) {
	t.Parallel()
	for command, want := range map[string][2]string{
		removeRelay:                          {"Asking the cluster, and waiting for user.delete: ", "No cluster is followed: user.delete in newer evidence would prove "},
		"tctl tokens rm abc":                 {"It leaves no event; asking the cluster: ", "It leaves no event, and no cluster is followed that could be asked: "},
		"tctl users reset relay@example.com": {"Waiting for the event that proves it, reset_password_token.create: ", "No cluster is followed: reset_password_token.create in newer evidence would prove "},
		"tsh logout":                         {"Nothing is known that would prove this: ", "Nothing is known that would prove this: "},
		"tctl tokens ls":                     {"It only looks, its shell shows the answer (!): ", "It only looks, its shell shows the answer (!): "},
		"tctl get roles":                     {"It only looks, its shell shows the answer (!): ", "It only looks, its shell shows the answer (!): "},
	} {
		for i, c := range []*tuitest.Cluster{cluster(), nil} {
			d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, cluster: c})
			d.begun(command)
			d.app.sayStep()
			d.expect(want[i] + command)
		}
	}
}

func TestPlan_hostileNamesAreShownAndNotPutIntoAShell(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.New(strings.Join([]string{
		`{"event":"user.create","time":"2026-10-06T22:03:06Z","uid":"u1","user":"mallory","name":"x` + hostile + `","roles":["r"]}`,
		`{"event":"user.create","time":"2026-10-06T22:03:07Z","uid":"u2","user":"mallory","name":"$(reboot); 'x","roles":["r"]}`,
	}, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	c := cluster()
	d := drive(t, setup{palette: "mono", size: image.Pt(200, 60), evidence: evidence, cluster: c, identity: investigations.Entity{Kind: investigations.KindUser, Name: "mallory"}}).plan()
	checkCells(t, d)
	unsafe, quoted := false, false
	for i, part := range d.app.plan.of.Parts {
		if !strings.HasPrefix(part.Step.Command, "tctl users rm") {
			continue
		}
		d.app.plan.dialog.Mark(i)
		checkCells(t, d)
		if strings.Contains(part.Step.Command, "reboot") {
			quoted = true
			d.expect(`tctl users rm '$(reboot); '\''x'`, "enter open a shell")
			continue
		}
		unsafe = true
		d.refuse("enter open a shell").press("enter").expect("It cannot be put into a shell").press("x")
	}
	if !unsafe || !quoted || len(d.app.steps) != 0 {
		t.Errorf("of an unsafe name %v, of a quoted one %v, opened %v", unsafe, quoted, d.app.steps)
	}
}
