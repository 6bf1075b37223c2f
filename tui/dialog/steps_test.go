package dialog

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"pgregory.net/rapid"

	"cordon/themes"
	"cordon/tui/draw"
)

// someSteps are a lock, a command, a text, and a command after a long text.
func someSteps() []Step {
	long := Step{Lines: []draw.Line{{draw.T(themes.Accent, "3 $ tctl users reset dana@example.com")}}, Copy: "tctl users reset dana@example.com", Verb: "open a shell"}
	for i := range 30 {
		long.Lines = append(long.Lines, draw.Line{draw.T(themes.Text, fmt.Sprintf("· MFA device %d of 東京, which never ends and has a name that is rather long to read in one go", i))})
	}
	return []Step{
		{
			Head: []draw.Line{draw.Plain("What ends it all."), {}, {draw.T(themes.Title, "cut off now")}},
			Lines: []draw.Line{
				{draw.T(themes.Accent, "1 $ tctl lock --user=dana@example.com --message='compromised, see case' --ttl=24h")},
				{draw.T(themes.Title, "cuts now")},
				{draw.T(themes.Text, "  session 4be1c9d2 root@shop-1")},
			},
			Copy: "tctl lock --user=dana@example.com", Verb: "lock it",
		},
		{
			Head:  []draw.Line{{}, {draw.T(themes.Title, "take away for good")}},
			Lines: []draw.Line{{draw.T(themes.Accent, "2 $ tctl users rm relay@example.com")}, {draw.T(themes.OK, "✓ done: user.delete 22:04:12")}},
			Copy:  "tctl users rm relay@example.com", Verb: "open a shell",
		},
		{Lines: []draw.Line{{draw.T(themes.Warning, "? nobody decided on the role prod-root")}}, Why: "There is nothing to do here."},
		long,
	}
}

func newSteps(c *clock, cols, rows int) *Steps {
	d := NewSteps("plan", "plan: end what is left", "all of it", c.read)
	d.Show(someSteps())
	d.Resize(uv.Rect(0, 0, cols, rows))
	return d
}

func TestSteps_walk(t *testing.T) {
	t.Parallel()
	d := newSteps(newClock(), 80, 40)
	for _, move := range []struct {
		key  string
		want int
	}{{"j", 1}, {"down", 2}, {"k", 1}, {"up", 0}, {"up", 0}, {"G", 3}, {"home", 0}, {"end", 3}, {"g", 0}, {"pgdown", 3}, {"pgup", 0}} {
		if got := d.Handle(press(move.key)); got != nil || d.Marked() != move.want {
			t.Fatalf("%s gave %v and marks %d, want %d", move.key, got, d.Marked(), move.want)
		}
	}
	d.Handle(tea.MouseWheelMsg{Button: tea.MouseWheelDown})
	if d.Marked() != 1 {
		t.Errorf("the wheel marks %d", d.Marked())
	}
	d.Handle(tea.MouseWheelMsg{Button: tea.MouseWheelUp})
	if d.Marked() != 0 {
		t.Errorf("the wheel marks %d", d.Marked())
	}
}

func TestSteps_aStepThatIsTooLongIsScrolledToItsEnd(t *testing.T) {
	t.Parallel()
	d := newSteps(newClock(), 60, 20)
	d.Mark(3)
	scr := func() string { return drawn(t, d, 60, 20) }
	if !strings.Contains(scr(), "tctl users reset") || strings.Contains(scr(), "device 29") {
		t.Fatalf("it does not begin at its beginning:\n%s", scr())
	}
	for range 200 {
		d.Handle(press("down"))
	}
	if !strings.Contains(scr(), "device 29") || d.Marked() != 3 {
		t.Fatalf("its end is out of reach:\n%s", scr())
	}
	for range 200 {
		if d.Handle(press("up")); d.Marked() != 3 {
			break
		}
	}
	if d.Marked() != 2 {
		t.Errorf("the step before is out of reach")
	}
}

func TestSteps_openWithWhatTheyAreForAlsoAboveALongStep(t *testing.T) {
	t.Parallel()
	for _, rows := range []int{12, 20, 24} {
		d := NewSteps("plan", "plan", "all of it", newClock().read)
		steps := someSteps()
		d.Show(steps) // before the size is known
		d.Mark(0)
		d.Resize(uv.Rect(0, 0, 60, rows))
		for _, line := range steps[3].Lines { // it grows as more is known
			steps = slices.Clone(steps)
			steps[0].Lines = append(slices.Clone(steps[0].Lines), line)
			d.Show(steps)
		}
		if got := drawn(t, d, 60, rows); !strings.Contains(got, "What ends it all.") || !strings.Contains(got, "1 $ tctl lock") {
			t.Errorf("with %d rows it opens on\n%s", rows, got)
		}
		d.Handle(press("down"))
		d.Handle(press("up"))
		if d.top != 0 {
			t.Errorf("with %d rows what it is for is out of reach, above line %d", rows, d.top)
		}
	}
}

func TestSteps_enterTakesTheMarkedOneUp(t *testing.T) {
	t.Parallel()
	c := newClock()
	d := newSteps(c, 80, 24)
	enter := func(rest time.Duration) Outcome {
		c.advance(rest)
		return d.Handle(press("enter"))
	}
	if got := enter(time.Second); got != (Picked{ID: "plan", Index: 0}) {
		t.Errorf("enter gave %v", got)
	}
	if got := enter(burstGap); got != nil || !strings.Contains(drawn(t, d, 80, 24), "Press Enter again.") {
		t.Errorf("enter as fast as a paste gave %v", got)
	}
	d.Mark(2)
	if got := enter(time.Second); got != nil || !strings.Contains(drawn(t, d, 80, 24), "There is nothing to do here.") {
		t.Errorf("enter where nothing is to be done gave %v", got)
	}
	d.Mark(1)
	if got := enter(time.Second); got != (Picked{ID: "plan", Index: 1}) {
		t.Errorf("enter gave %v", got)
	}
	if got := d.Handle(tea.PasteMsg{Content: "\n\n"}); got != nil {
		t.Errorf("a paste gave %v", got)
	}
}

func TestSteps_takesNoKeyInTheFirstMoment(t *testing.T) {
	t.Parallel()
	c := newClock()
	o := NewOverlay(c.read)
	o.Open(newSteps(c, 80, 24))
	c.advance(Quiet - time.Millisecond)
	if got, taken := o.Handle(press("enter")); got != nil || !taken {
		t.Errorf("enter gave %v", got)
	}
	c.advance(Quiet)
	if got, _ := o.Handle(press("enter")); got != (Picked{ID: "plan", Index: 0}) || o.Active() {
		t.Errorf("enter gave %v", got)
	}
}

func TestSteps_copiesOneOrAllAndStaysOpen(t *testing.T) {
	t.Parallel()
	d := newSteps(newClock(), 80, 24)
	d.Mark(1)
	for key, want := range map[string]Outcome{
		"y": Copied{ID: "plan", Text: "tctl users rm relay@example.com"}, "Y": Copied{ID: "plan", Text: "all of it"},
		"esc": Closed{ID: "plan"}, "q": Closed{ID: "plan"}, "x": nil,
	} {
		if got := d.Handle(press(key)); got != want {
			t.Errorf("%s gave %v, want %v", key, got, want)
		}
	}
	for key, note := range map[string]string{"y": " copied ", "Y": " all copied "} {
		d.Handle(press(key))
		if got := drawn(t, d, 80, 24); !strings.Contains(got, note) {
			t.Errorf("after %s it does not say%q:\n%s", key, note, got)
		}
	}
	d.Mark(2)
	if got := d.Handle(press("y")); got != nil {
		t.Errorf("y gave %v where there is nothing to copy", got)
	}
}

func TestSteps_othersAreShownUnderTheMark(t *testing.T) {
	t.Parallel()
	d := newSteps(newClock(), 80, 24)
	d.Mark(1)
	steps := someSteps()
	for i := range 40 {
		steps[0].Lines = append(steps[0].Lines, draw.Plain(fmt.Sprintf("what it cuts, %d", i)))
	}
	d.Show(steps)
	if got := drawn(t, d, 80, 24); d.Marked() != 1 || !strings.Contains(got, "2 $ tctl users rm relay") || !strings.Contains(got, "done: user.delete") {
		t.Errorf("it marks %d:\n%s", d.Marked(), got)
	}
	d.Show(steps[:1])
	if d.Marked() != 0 {
		t.Errorf("it marks %d of 1", d.Marked())
	}
	d.Show(nil)
	for _, key := range []string{"j", "k", "pgdown", "pgup", "G", "enter", "y"} {
		if got := d.Handle(press(key)); got != nil {
			t.Errorf("%s gave %v without steps", key, got)
		}
	}
	drawn(t, d, 80, 24)
}

// Whatever is pressed at whatever size, some of the marked step is in sight, and
// its first line unless it was scrolled through. The first step may be cut below its
// head.
func TestSteps_theMarkedOneIsInSight(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d := newSteps(newClock(), rapid.IntRange(10, 120).Draw(t, "cols"), rapid.IntRange(5, 50).Draw(t, "rows"))
		keys := rapid.SampledFrom([]string{"up", "down", "down", "pgup", "pgdown", "home", "end", "resize", "mark"})
		for range rapid.IntRange(1, 60).Draw(t, "keys") {
			was := d.Marked()
			switch key := keys.Draw(t, "key"); key {
			case "resize":
				d.Resize(uv.Rect(0, 0, rapid.IntRange(10, 120).Draw(t, "cols"), rapid.IntRange(5, 50).Draw(t, "rows")))
			case "mark":
				d.Mark(rapid.IntRange(-1, 9).Draw(t, "mark"))
			default:
				d.Handle(press(key))
			}
			from, to := d.laid.from[d.at], d.laid.to[d.at]
			if d.top >= to || d.top+d.rows <= from || d.top < 0 {
				t.Fatalf("step %d in lines %d to %d is out of sight at %d with %d rows", d.at, from, to, d.top, d.rows)
			}
			if whole := to-from <= d.rows && (d.at > 0 || to <= d.rows); (whole || d.at != was) && (d.top > from || whole && d.top+d.rows < to) {
				t.Fatalf("step %d in lines %d to %d is cut at %d with %d rows", d.at, from, to, d.top, d.rows)
			}
		}
	})
}

func drawn(t *testing.T, d Dialog, cols, rows int) string {
	t.Helper()
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	scr := uv.NewScreenBuffer(cols, rows)
	d.Draw(draw.On(scr, styles), scr.Bounds())
	return scr.String()
}
