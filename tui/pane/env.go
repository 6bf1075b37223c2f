package pane

import (
	"image"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/queries"
	"cordon/investigations/rules"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
)

// Env is what every pane is given to work with. It is a value; what changes
// stands behind its pointers and interfaces.
type Env struct {
	Evidence Evidence
	// Desk prepares, places and undoes locks. Its Guard names the operator and
	// its Mode the mode, for entries of the journal.
	Desk *contain.Desk
	// Server is what the evidence says of the cluster's version.
	Server contain.Server
	// Clock is how the responder wants to read times. After it changed the app
	// calls Handle(action.Clock) on every pane, so that texts made before can
	// be made again.
	Clock Clock
	// Machines says whether what machines did is left aside; see [Sifter].
	Machines *Machines
	Styles   *themes.Styles
	// Rules reads the detection rules, the responder's own among them, with what
	// is wrong with those. It may take a moment.
	Rules func() ([]*rules.Rule, []error)
	// Detections is what the rules found, once they ran.
	Detections *Detections
	// Now is the time of day, injected.
	Now func() time.Time
	// Work runs what is slow; see [Loader].
	Work *Work
	// Out takes what the pane wants of the app.
	Out *Outbox
	// Drafts keeps texts that were typed and not submitted.
	Drafts dialog.Drafts
	// Export writes a new file that the responder named, readable by them alone,
	// and returns where it is. A file that exists is never written over.
	Export func(name string, content []byte) (path string, err error)
	// Live is the cluster that the console follows; nil on files.
	Live Live
	// Following is how the following of Live stands; nil on files.
	Following *Following
	// Engine answers audit SQL; nil where there is none.
	Engine queries.Engine
	// ClusterEngine answers audit SQL on the live cluster; nil on files.
	ClusterEngine queries.Engine
	// Queries are the named queries of the responder's own folder.
	Queries []queries.Named
}

// Page is a page of the console, by its digit.
type Page uint8

// The pages. The numbers between are reserved.
const (
	PageNone     Page = 0
	PageOverview Page = 1
	PageEvents   Page = 2
	PageLineage  Page = 3
	PageSessions Page = 4
	PageLocks    Page = 5
	PageFindings Page = 6
	PageQuery    Page = 7
	PageCase     Page = 8
)

// Outbox holds what a pane wants of the app. A pane puts wishes in while it is
// called; the app takes them out right afterwards.
type Outbox struct{ wishes []Wish }

// Put adds a wish.
func (o *Outbox) Put(w Wish) { o.wishes = append(o.wishes, w) }

// Take returns the wishes in the order in which they came and empties the box.
func (o *Outbox) Take() []Wish {
	wishes := o.wishes
	o.wishes = nil
	return wishes
}

// Wish is something that only the app can do.
type Wish interface{ wish() }

// Go opens a page about a subject, as a new stop of the trail. The zero page is
// the one that is open.
type Go struct {
	Page    Page
	Subject Subject
}

// Say puts a sentence into the line above the footer. The text must have passed
// safetext. It stays until the next one, and shows only as long as While reports
// true where that is not nil: what others change meanwhile must not stand there as
// news. More, when there is some, is shown in a dialog with Copy on y.
type Say struct {
	Role  themes.Role
	Text  string
	While func() bool
	More  []draw.Line
	Copy  string
}

// Open puts a dialog on top. Then is called with what came of it, also when it
// was left.
type Open struct {
	Dialog dialog.Dialog
	Then   func(dialog.Outcome) tea.Cmd
}

// Copy puts a text on the responder's clipboard because they asked for it.
type Copy struct{ Text string }

// Changed says that the pane changed the case: the journal, a lock, a star. The
// app tells every pane that is a [Refresher], and looks at the preview again.
type Changed struct{}

func (Go) wish()      {}
func (Say) wish()     {}
func (Open) wish()    {}
func (Copy) wish()    {}
func (Changed) wish() {}

// The interfaces below are what a pane may also be. The app asks.
type (
	// Refresher reads again what rests on the journal, the locks or the stars.
	Refresher interface{ Refresh() tea.Cmd }

	// Mouser takes clicks and the wheel. The area is the one that was drawn into;
	// rows are negative upwards.
	Mouser interface {
		Click(at uv.Position, area uv.Rectangle) tea.Cmd
		Wheel(rows int) tea.Cmd
	}

	// Sider draws below the lock preview, in the column on the right that wide
	// screens have.
	Sider interface {
		DrawSide(c draw.Canvas, area uv.Rectangle)
	}

	// Sided learns whether there is a column on the right just now, so that what
	// stands there is not said twice.
	Sided interface{ SideShown(on bool) }

	// Spreader can use the whole width just now: the app then shows the lock
	// preview as one line below the pane instead of a column beside it.
	Spreader interface{ Spread() bool }

	// Hider rests while another page lies over it: what moved by itself, such as
	// a recording that plays, stops where it is.
	Hider interface{ Hide() }

	// Keeper tells the place in the pane as a text of its own making, for the
	// trail, and goes back to it. Restore is called after Show; until the place
	// is reached, Keep tells the one that was asked for.
	Keeper interface {
		Keep() string
		Restore(place string) tea.Cmd
	}

	// Locker names what L locks where it is not the selected entity alone: the
	// targets of a session, in the order of preference. It is called for each
	// change of the selection and must not wait; an error is shown as the reason
	// why there is no lock.
	Locker interface {
		LockTargets() ([]contain.Target, error)
	}

	// Typist takes every key itself while Typing reports true, for example in
	// a field of the pane. Esc and ctrl+c are among them.
	Typist interface {
		Typing() bool
		Type(msg tea.Msg) tea.Cmd
	}

	// Copier puts together what y copies, where that is more than the text of the
	// selected row.
	Copier interface{ CopyText() string }

	// Crumb says in a few safe words where in the pane the responder is.
	Crumb interface{ Crumb() string }

	// Pivoter names what p can go to from the selected row, the best first, where
	// that is not the selected entity alone.
	Pivoter interface {
		Pivots() []investigations.Involvement
	}

	// Hinter says in one safe sentence what to do next here.
	Hinter interface{ Hint() string }

	// Busier says whether the pane animates by itself; the app needs to know
	// nothing more than that it is not idle.
	Busier interface{ Busy() bool }
)

// SameRow reports whether two subjects are about the same row.
func SameRow(a, b Subject) bool {
	if (a.Event == nil) != (b.Event == nil) || a.Event != nil && a.Event.ID != b.Event.ID {
		return false
	}
	return a.Entity == b.Entity && a.Session == b.Session
}

// Size is the size of an area.
func Size(area uv.Rectangle) image.Point { return image.Pt(area.Dx(), area.Dy()) }

// NameOf is what people call an entity: its label, else its name. The text is
// as logged and must pass safetext before it is drawn.
func NameOf(v investigations.Involvement) string {
	if v.Label != "" {
		return v.Label
	}
	return v.Entity.Name
}
