package sessions

import (
	"fmt"
	"strings"
	"testing"

	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/tui/action"
	"cordon/tui/pane"
)

var dana = investigations.Entity{Kind: investigations.KindUser, Name: "dana@example.com"}

// sizes are the areas that a page gets on a terminal of 80x24 and of 200x60.
var sizes = [][2]int{{80, 18}, {200, 54}}

func TestList_golden(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		for _, theme := range []string{"dark", "mono"} {
			t.Run(fmt.Sprintf("%dx%d_%s", size[0], size[1], theme), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, small(t), theme, size[0], size[1])
				b.run(b.pane.Show(pane.Subject{Entity: dana}))
				golden.RequireEqual(t, b.text())
			})
		}
	}
}

func TestList_saysWhyThereIsNothingToWatch(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	for _, want := range []string{
		"Recorded whole. Enter watches it.",
		"tctl recordings download " + sidMissing,
		"it may still run",
		"Recorded whole",
		"The recording is not complete",
	} {
		if got := strings.Join(strings.Fields(b.text()), " "); !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, b.text())
		}
		b.do(action.MoveDown)
	}
}

func TestList_enterWithoutARecordingLeadsToTheEvents(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 20)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.do(action.MoveDown, action.Open)
	var went pane.Go
	for _, w := range b.env.Out.Take() {
		if g, ok := w.(pane.Go); ok {
			went = g
		}
	}
	if went.Page != pane.PageEvents || went.Subject.Entity.Name != sidMissing {
		t.Errorf("went to %+v", went)
	}
	if b.pane.Scope() != action.Sessions || len(b.ev.journal) != 0 {
		t.Error("a replay was opened without a recording")
	}
	if got, want := b.pane.Selected().Text, "tctl recordings download "+sidMissing; got != want {
		t.Errorf("copies %q, want %q", got, want)
	}
}

func TestList_emptySaysWhatItDoesNotMean(t *testing.T) {
	t.Parallel()
	b := newBench(t, &evidence{}, "mono", 80, 20)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.wants("No session of dana@example.com in this evidence.", "gaps")
	if b.pane.Disabled(action.Open) == "" {
		t.Error("nothing can be opened, and open is not disabled")
	}
}

func TestList_hostileFieldsAreData(t *testing.T) {
	t.Parallel()
	ev := small(t)
	ev.sessions[0].User = "eve\x1b]52;c;aGk=\x07\u202egnp"
	ev.sessions[0].HostLabel = "h\x9b31m\r\n"
	b := newBench(t, ev, "dark", 120, 20)
	b.run(b.pane.Show(pane.Subject{}))
	onlyOurBytes(t, b.draw().Render(), "\u202e", "\r\n31m")
}

func TestRestore_goesBackToTheRow(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 20)
	show := b.pane.Show(pane.Subject{Entity: dana})
	b.run(b.pane.Restore(sidNone))
	b.run(show)
	if got := b.pane.Keep(); got != sidNone {
		t.Errorf("the row is %s", got)
	}
}
