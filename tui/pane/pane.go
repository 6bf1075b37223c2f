// Package pane declares what a page of the console is made of, and what it is
// given to work with. Each page lives in a file or sub-package of its own.
//
// A pane is a plain struct: the app calls it, it never calls the app. It draws
// from memory only. What it lacks it asks for with a command; the answer comes
// back through Receive with the generation it was asked under, and an answer to
// an older question is dropped there.
package pane

import (
	"context"
	"image"
	"io"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/journal"
	"cordon/investigations/pivot"
	"cordon/investigations/rules"
	"cordon/tui/action"
	"cordon/tui/draw"
)

// Pane is a rectangle of the screen with its own state.
type Pane interface {
	// Scope is where the pane's keys belong; it may change with its state.
	Scope() action.Scope
	// Show tells the pane what the trail's current stop is about; it may load.
	Show(s Subject) tea.Cmd
	Resize(size image.Point)
	Draw(c draw.Canvas, area uv.Rectangle, focused bool)
	// Handle runs an action of the pane's scope, or one that moves.
	Handle(id action.ID) tea.Cmd
	// Disabled says why an action cannot run here, or is empty.
	Disabled(id action.ID) string
	// Receive takes a message that is not input: the result of a command of
	// the pane's own. It reports whether the message was the pane's.
	Receive(msg tea.Msg) (tea.Cmd, bool)
	// Selected is what the highlighted row is about: the subject of pivot, lock,
	// copy and note.
	Selected() Subject
}

// Subject is what a row, a page or a stop of the trail is about. Fields that do
// not apply are empty.
type Subject struct {
	Entity  investigations.Entity // what p pivots to and L locks
	Label   string                // what people call it
	Event   *investigations.Event // the event the row shows
	Session string                // the session the row shows or belongs to
	At      time.Time             // the moment, to go to in a replay
	Filter  string                // a filter of events that shows what the row counts
	Text    string                // what y copies
}

// Clock writes a moment as the responder chose: UTC, local, or since T0.
type Clock interface {
	// T0 is the moment the incident began; zero when nobody has said.
	T0() time.Time
	Time(t time.Time) string  // with the day where it is not the case's own
	Short(t time.Time) string // the time of day, or the offset
	Zone() string             // what stands beside it
}

// Evidence is the open case as the console reads it. The store implements it.
type Evidence interface {
	pivot.Index
	contain.Facts
	contain.Book
	rules.Source

	Select(ctx context.Context, expr filter.Expr) (Selection, error)
	Raw(ctx context.Context, id int64) ([]byte, error)
	// RawEach yields the lines of events in the order given. A line is valid
	// during the call.
	RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error
	Origin(ctx context.Context, id int64) (investigations.Origin, error)
	Sessions(ctx context.Context, of investigations.Entity, limit int) ([]investigations.Session, error)
	Session(ctx context.Context, id string) (investigations.Session, bool, error)
	OpenRecording(ctx context.Context, id int64) (io.ReadCloser, error)
	SearchScreens(ctx context.Context, text string, limit int) (investigations.ScreenSearch, error)
	Sources(ctx context.Context) ([]investigations.Source, error)
	Rejects(ctx context.Context, limit int) ([]investigations.Reject, error)
	Days(ctx context.Context) ([]investigations.Day, error)
	TypeGroups(ctx context.Context) ([]pivot.Group, error)
	Actors(ctx context.Context) (*actors.Book, error)
	Journal(ctx context.Context) ([]journal.Entry, error)
	State(ctx context.Context, key string) (string, error)
	SetState(ctx context.Context, key, value string) error
	Star(ctx context.Context, event int64, on bool) error
	Stars(ctx context.Context) ([]int64, error)
	Name() string      // of the case file, for the header
	WrittenBy() string // the process that adds evidence just now; empty for none
}

// Selection is a filtered run of events, read in windows by keyset.
type Selection interface {
	// Count is how many events there are; exact is false where it is only the
	// most there can be.
	Count() (n int64, exact bool)
	// Window reads up to limit events after or before a position (nil: from
	// the start, or the end), oldest first in both directions.
	Window(ctx context.Context, from *investigations.Position, back bool, limit int) ([]investigations.Event, error)
}
