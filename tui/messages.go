package tui

import (
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/tui/pane"
)

// tickedMsg says that the time of day in the header is old.
type tickedMsg struct{}

// spunMsg says that the progress in the status line is old.
type spunMsg struct{}

// wheelRestedMsg ends a burst of wheel messages, which are answered together.
type wheelRestedMsg struct{}

// saveDueMsg says that it is time to write the trail into the case.
type saveDueMsg struct{}

// openedCase is what the app reads of the case before it shows anything.
type openedCase struct {
	coverage investigations.Coverage
	trail    string
	t0       string
}

// placedLock is what came of an attempt to place a lock.
type placedLock struct {
	plan contain.Plan
	lock contain.Lock
}

// undoneLock is what came of an undo.
type undoneLock struct{ lock contain.Lock }

// lockAnswer is the answer to either.
type lockAnswer = pane.LoadedMsg

// undoable is the lock that the undo key would remove, and until when.
type undoable struct {
	lock  contain.Lock
	until time.Time
}
