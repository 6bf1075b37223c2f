package sessions

import (
	"strings"
	"testing"
	"time"

	"cordon/tui/action"
)

func TestReplay_restsUnderAnotherPage(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 30)
	b.open(sidShell)
	b.do(action.PlayPause)
	b.tick()
	b.pane.Hide()
	stale := b.due
	if b.pane.Busy() {
		t.Error("it plays on")
	}
	was := b.pane.replay.position()
	b.now = b.now.Add(10 * time.Second)
	if cmd, mine := b.pane.Receive(stale); !mine || cmd != nil {
		t.Error("a tick from before wakes it")
	}
	if now := b.pane.replay.position(); now != was || b.pane.Keep() != sidShell+"@"+was.String() {
		t.Errorf("at %v, left at %v, kept %s", now, was, b.pane.Keep())
	}
}

func TestReplay_tabShowsThePictureAlone(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 34)
	b.open(sidShell)
	b.wants("beside")
	b.pane.seek(1500 * time.Millisecond)
	// The picture is 80 columns wide here and fits beside the rows.
	b.do(action.NextPane, action.NextPane)
	b.wants("beside", "screen")
	b.pane.Resize(b.size)
	b.size.X = 110
	b.pane.Resize(b.size)
	b.wants("tab tab: the picture alone")
	b.do(action.NextPane, action.NextPane)
	if strings.Contains(b.text(), "beside") {
		t.Errorf("not alone:\n%s", b.text())
	}
	b.do(action.NextPane)
	b.wants("beside", "tab tab")
}
