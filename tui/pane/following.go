package pane

import (
	"fmt"
	"time"

	"cordon/tui/draw"
)

// Following is how the following of a live cluster stands, as the app was told
// last. Only the app writes it.
type Following struct {
	Added   int64 // events added to the case since the console was opened
	Waiting int64 // of them, those that the pages do not show yet
	// Answered is when the cluster last answered with all that was new; zero while
	// its log is read for the first time.
	Answered time.Time
	// Lost says why the cluster does not answer just now; empty while it does. It
	// must pass safetext.
	Lost string
	// Ended says that nothing follows any more.
	Ended bool
}

// Reading says how far the log is read for the first time, and is empty when that
// is done, and on files: before, what is not in the case may only not have arrived.
func (f *Following) Reading() string {
	if f == nil || f.Ended || !f.Answered.IsZero() {
		return ""
	}
	return "Reading the cluster's log, events so far: " + draw.Count(f.Added) + "."
}

// Unseen says what it means that the pages show nothing of an entity, whose name
// must have passed safetext.
func (f *Following) Unseen(who string) string {
	reading := f.Reading()
	switch {
	case f != nil && f.Waiting > 0:
		return fmt.Sprintf("No event shown here names %s, and %s more arrived: R shows them. %s", who, draw.Count(f.Waiting), reading)
	case reading != "":
		return fmt.Sprintf("%s None of them names %s yet.", reading, who)
	}
	return "This evidence has never seen " + who + ". That is not the same as: it did nothing. Page 8 shows what was read and what is missing."
}
