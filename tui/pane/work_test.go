package pane

import (
	"context"
	"errors"
	"testing"
	"time"
)

func TestLoader_dropsTheAnswerToAnOlderQuestion(t *testing.T) {
	t.Parallel()
	w := NewWork()
	l := NewLoader(w)
	answer := func(v int) func(context.Context) (any, error) {
		return func(context.Context) (any, error) { return v, nil }
	}
	first, second := l.Load("rows", answer(1)), l.Load("rows", answer(2))
	if w.Busy() != 2 {
		t.Errorf("%d running", w.Busy())
	}
	if names, _ := w.Loud(); len(names) != 1 {
		t.Errorf("waiting for %v", names)
	}
	old, ok := first().(LoadedMsg)
	if !ok || w.Finish(old) {
		t.Error("the older answer is wanted")
	}
	newer, _ := second().(LoadedMsg)
	if !w.Finish(newer) {
		t.Error("the newer answer is not wanted")
	}
	if name, got, ok := l.Take(newer); !ok || name != "rows" || got.Value != 2 {
		t.Errorf("took %q %v %v", name, got.Value, ok)
	}
	if _, _, ok := NewLoader(w).Take(newer); ok {
		t.Error("another loader took the answer")
	}
	if w.Finish(newer) || w.Busy() != 0 || l.Loading("rows") {
		t.Error("finished twice")
	}
}

func TestWork_cancelsWhatIsWaitedForAndNothingElse(t *testing.T) {
	t.Parallel()
	w := NewWork()
	l := NewLoader(w)
	wait := func(ctx context.Context) (any, error) { return nil, ctx.Err() }
	loud, quiet := l.Load("rows", wait), l.LoadQuietly("lock", wait)
	if n := w.CancelLoud(); n != 1 {
		t.Errorf("cancelled %d", n)
	}
	if msg, _ := loud().(LoadedMsg); !msg.Cancelled() {
		t.Error("the loud one goes on")
	}
	if msg, _ := quiet().(LoadedMsg); msg.Cancelled() {
		t.Error("the quiet one was cancelled")
	}
	w.CancelAll()
	if msg, _ := quiet().(LoadedMsg); !errors.Is(msg.Err, context.Canceled) {
		t.Error("the quiet one survived the end")
	}
}

func TestWork_isPatientBeforeItShows(t *testing.T) {
	t.Parallel()
	now := time.Unix(0, 0)
	w := NewWork()
	w.Now = func() time.Time { return now }
	_ = NewLoader(w).Load("rows", nil)
	if names, _ := w.Loud(); len(names) != 0 {
		t.Error("shown at once")
	}
	now = now.Add(2 * time.Second)
	if names, since := w.Loud(); len(names) != 1 || since != 2*time.Second {
		t.Errorf("%v for %v", names, since)
	}
	w.CancelAll()
}
