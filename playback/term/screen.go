package term

import "sync/atomic"

// The limits of a screen's size. A recording that claims more is clamped.
const (
	MaxCols = 1000
	MaxRows = 500
)

// DefaultScrollback is how many lines above the screen a new Screen keeps.
const DefaultScrollback = 1000

// Screen is a terminal's screen. Make one with New.
type Screen struct {
	// epoch marks what this screen may write to: rows and side tables that
	// carry it. Cloning gives both sides a new one. It is atomic so that
	// several goroutines may clone one screen that nobody writes to.
	epoch atomic.Uint64
	// onLeave is beside the state because a clone does not inherit it.
	onLeave func(y int, why Leave)
	state
}

// state is everything that a clone copies.
type state struct {
	cols, rows int
	main, alt  grid
	altShown   bool
	back       scrollback

	cursor
	top, bottom int // scroll region, both inclusive
	left, right int // margins, both inclusive
	modes       Mode
	shape       CursorShape
	tabs        tabStops
	last        rune // the last printed character, for REP
	prev        rune // the rune printed just now, 0 after any control

	title, icon string
	titles      []string // pushed by window operations
	dir         string

	empty    *row // for emptyRow
	saved    int  // work paid for
	worked   uint64
	clusters *clusters
	extras   *extras
	parser   parser
}

// grid is one of the two screens.
type grid struct {
	rows  []*row
	saved cursor // by DECSC
}

// cursor is where and how the next character is written; DECSC saves all of it.
type cursor struct {
	x, y int
	// wrap is set when the last column was just written: the cursor is really
	// behind it, and with autowrap the next character goes to the next line.
	wrap   bool
	origin bool
	pen    cell // text is 0
	sets   [4]charset
	gl     uint8 // which of sets is in use
	single uint8 // SS2 or SS3: the set for the next character only, or 0
}

// Cursor is the position of the cursor, from 0, and how it looks.
type Cursor struct {
	X, Y    int
	Visible bool
	Shape   CursorShape
}

// CursorShape is the shape asked for with DECSCUSR: 0 the terminal's own, 1
// and 2 a block, 3 and 4 an underline, 5 and 6 a bar; the odd ones blink.
type CursorShape uint8

// epochs counts the owners of rows over all screens.
var epochs atomic.Uint64

// New returns a blank screen; the size is clamped to 1..MaxCols, 1..MaxRows.
func New(cols, rows int) *Screen {
	s := &Screen{}
	s.epoch.Store(epochs.Add(1))
	s.cols, s.rows = clampSize(cols, rows)
	s.back.limit = DefaultScrollback
	s.main.rows = s.emptyRows()
	s.saved = maxSaved
	s.reset()
	return s
}

func clampSize(cols, rows int) (int, int) {
	return min(max(cols, 1), MaxCols), min(max(rows, 1), MaxRows)
}

// Clone returns an independent copy, with its scrollback and without the
// function given to OnLeave. Rows are shared until one side writes to them, so
// a copy is cheap to make; a clone keeps the scrollback of its moment alive,
// and whoever keeps many clones sets the scrollback to 0 first.
func (s *Screen) Clone() *Screen {
	c := &Screen{state: s.state}
	c.epoch.Store(epochs.Add(1))
	s.epoch.Store(epochs.Add(1))
	c.main.rows = append([]*row(nil), s.main.rows...)
	c.alt.rows = append([]*row(nil), s.alt.rows...)
	c.back.lines = append([]*row(nil), s.back.lines...)
	c.titles = append([]string(nil), s.titles...)
	c.parser.text = append([]byte(nil), s.parser.text...)
	return c
}

// Size returns the number of columns and rows.
func (s *Screen) Size() (cols, rows int) { return s.cols, s.rows }

// Cursor returns the cursor. With a wrap pending it stands on the last column.
func (s *Screen) Cursor() Cursor {
	return Cursor{X: s.x, Y: s.y, Visible: s.modes.Has(ModeCursorVisible), Shape: s.shape}
}

// Alternate reports whether the alternate screen is shown.
func (s *Screen) Alternate() bool { return s.altShown }

// Title returns the window title set by OSC 0 or 2.
func (s *Screen) Title() string { return s.title }

// IconName returns the icon name set by OSC 0 or 1.
func (s *Screen) IconName() string { return s.icon }

// Dir returns the working directory as told by OSC 7, a URL by convention.
func (s *Screen) Dir() string { return s.dir }

// Link returns the address of hyperlink n of a Style, or the empty string.
func (s *Screen) Link(n uint16) string {
	if n == 0 || int(n) >= len(s.extras.links) {
		return ""
	}
	return s.extras.links[n].url
}

// grid returns the screen that is shown.
func (s *Screen) grid() *grid {
	if s.altShown {
		return &s.alt
	}
	return &s.main
}

// reset is the state of a new screen and what RIS does to all but the cells; the
// size, the scrollback's limit and OnLeave stay.
func (s *Screen) reset() {
	epoch := s.epoch.Load()
	s.altShown = false
	s.cursor = cursor{}
	s.main.saved, s.alt.saved = cursor{}, cursor{}
	s.top, s.bottom = 0, s.rows-1
	s.left, s.right = 0, s.cols-1
	s.modes = defaultModes
	s.shape = 0
	s.tabs.reset()
	s.last, s.prev = 0, 0
	s.title, s.icon, s.dir = "", "", ""
	s.titles = nil
	if s.clusters == nil || len(s.clusters.list) > 1 {
		s.clusters = newClusters(epoch)
	}
	if s.extras == nil || len(s.extras.list) > 1 || len(s.extras.links) > 1 {
		s.extras = newExtras(epoch)
	}
	s.parser = parser{text: s.parser.text[:0]}
}
