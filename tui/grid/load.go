package grid

import "slices"

// Kind says which rows a request is for.
type Kind uint8

// The kinds of requests.
const (
	First  Kind = iota // the first rows of the source
	Last               // the last rows, in the order of the source
	After              // the rows after Key
	Before             // the rows before Key, in the order of the source, nearest ones
	Around             // Key itself with rows on both sides
)

// Request names the rows that the grid lacks.
type Request[K comparable] struct {
	ID    uint64
	Kind  Kind
	Key   K
	Limit int
}

// Window is the answer to a request: a gapless piece of the source, in its order.
type Window[K comparable] struct {
	ID   uint64
	Rows []Row[K]
	// AtStart and AtEnd say that the source has no rows before or after these.
	AtStart, AtEnd bool
	// At is, for Around, the index of the row with the key, or where it would be.
	At int
	// First is the number of rows before these, and Total that of all rows; -1
	// when not known. Rough marks a total that is an estimate.
	First, Total int64
	Rough        bool
	Err          error
}

type wanted[K comparable] struct {
	kind Kind
	key  K
}

// loader is the bookkeeping of requests.
type loader[K comparable] struct {
	wanted  wanted[K] // an explicit wish that replaces the window
	wants   bool
	pending bool
	sent    Request[K]
	jump    bool // Around moves the selection to its key instead of keeping it
	carry   int  // moves that wait for rows
}

// chunk is how many rows are asked for at once.
func (g *Grid[K]) chunk() int { return max(64, 3*g.height) }

// keep is how many rows stay in memory at most.
func (g *Grid[K]) keep() int { return 4 * g.chunk() }

// Need returns the request for the rows that are missing, once. It returns false
// while an answer is awaited, unless a newer wish has made that answer useless.
func (g *Grid[K]) Need() (Request[K], bool) {
	if g.wants {
		g.wants = false
		return g.send(g.wanted.kind, g.wanted.key), true
	}
	if g.pending || g.err != nil || len(g.rows) == 0 {
		return Request[K]{}, false
	}
	margin := g.height
	if !g.atEnd && len(g.rows)-(g.top+g.height) < margin {
		return g.send(After, g.rows[len(g.rows)-1].Key), true
	}
	if !g.atStart && g.top < margin {
		return g.send(Before, g.rows[0].Key), true
	}
	return Request[K]{}, false
}

func (g *Grid[K]) send(kind Kind, key K) Request[K] {
	g.pending = true
	g.sent = Request[K]{ID: g.sent.ID + 1, Kind: kind, Key: key, Limit: g.chunk()}
	return g.sent
}

// Loading reports whether rows are under way or about to be asked for.
func (g *Grid[K]) Loading() bool { return g.pending || g.wants }

// Reset forgets all rows and the selection: the source is another one now.
func (g *Grid[K]) Reset() {
	g.rows, g.atStart, g.atEnd = nil, false, false
	g.first, g.total, g.totalRough = -1, -1, false
	g.cursor, g.top, g.carry = 0, 0, 0
	g.hasRows, g.displaced, g.err = false, false, nil
	g.wish(First, *new(K))
}

// Refresh reads the source again around the selection, which stays on its line
// of the screen. The rows shown stay until the answer is there.
func (g *Grid[K]) Refresh() {
	g.err = nil
	if g.wants && (g.wanted.kind == First || g.wanted.kind == Last || g.wanted.kind == Around) {
		return // a wish that has not been asked for reads the new state anyway
	}
	if g.pending && (g.sent.Kind == First || g.sent.Kind == Last || g.sent.Kind == Around) {
		g.wish(g.sent.Kind, g.sent.Key)
		return
	}
	key, ok := g.Selected()
	if !ok {
		g.wish(First, key)
		return
	}
	g.jump = false
	g.wish(Around, key)
}

// Extend tells that rows may have been added at the end of the source, for
// example live events. It costs nothing while the end is out of sight.
func (g *Grid[K]) Extend(total int64, rough bool) {
	g.total, g.totalRough = total, rough
	if len(g.rows) == 0 {
		g.Refresh()
		return
	}
	g.atEnd = false
}

func (g *Grid[K]) wish(kind Kind, key K) {
	g.wanted, g.wants = wanted[K]{kind: kind, key: key}, true
	g.pending, g.err = false, nil
}

// Deliver takes the answer to a request and reports whether it was used.
func (g *Grid[K]) Deliver(w Window[K]) bool {
	if !g.pending || w.ID != g.sent.ID {
		return false
	}
	g.pending = false
	g.err = w.Err
	if w.Err != nil {
		g.carry = 0
		return true
	}
	if w.Total >= 0 {
		g.total, g.totalRough = w.Total, w.Rough
	}
	switch g.sent.Kind {
	case After:
		g.append(w)
	case Before:
		g.prepend(w)
	default:
		g.replace(w)
	}
	g.hasRows = true
	g.follow()
	if carry := g.carry; carry != 0 {
		g.carry = 0
		g.Move(carry)
	}
	return true
}

func (g *Grid[K]) append(w Window[K]) {
	g.rows = append(g.rows, w.Rows...)
	// A source that has nothing more but does not say so is not asked again.
	g.atEnd = w.AtEnd || len(w.Rows) == 0
	if cut := min(len(g.rows)-g.keep(), g.top-g.height); cut > 0 {
		g.rows = append([]Row[K](nil), g.rows[cut:]...)
		g.atStart = false
		g.cursor -= cut
		g.top -= cut
		if g.first >= 0 {
			g.first += int64(cut)
		}
	}
}

func (g *Grid[K]) prepend(w Window[K]) {
	n := len(w.Rows)
	rows := make([]Row[K], 0, n+len(g.rows))
	rows = append(append(rows, w.Rows...), g.rows...)
	g.rows = rows
	g.atStart = w.AtStart || n == 0
	g.cursor += n
	g.top += n
	switch {
	case w.AtStart:
		g.first = 0
	case g.first >= int64(n):
		g.first -= int64(n)
	default:
		g.first = w.First
	}
	if over := min(len(g.rows)-g.keep(), len(g.rows)-(g.top+2*g.height)); over > 0 {
		kept := len(g.rows) - over
		clear(g.rows[kept:])
		g.rows = g.rows[:kept]
		g.atEnd = false
	}
}

// replace puts a new window in place of the old one and finds the selection in it.
func (g *Grid[K]) replace(w Window[K]) {
	selected, had := g.Selected()
	keep := g.sent.Kind == Around && !g.jump && had
	if keep && selected != g.sent.Key && !holds(w.Rows, selected) {
		// The responder has moved on while the answer was under way, and must
		// never find another row under the cursor than the one they chose.
		g.wish(Around, selected)
		return
	}
	line := g.cursor - g.top
	g.rows = w.Rows
	g.atStart, g.atEnd = w.AtStart, w.AtEnd
	g.first = w.First
	if w.AtStart {
		g.first = 0
	}
	if w.AtEnd && g.first < 0 && g.total >= 0 && !g.totalRough {
		g.first = g.total - int64(len(w.Rows))
	}
	switch g.sent.Kind {
	case Last:
		g.cursor = len(g.rows) - 1
		g.top = g.cursor - g.height + 1
	case Around:
		if keep {
			g.land(selected, w.At, line)
		} else {
			g.land(g.sent.Key, w.At, g.height/2)
		}
	default:
		g.cursor, g.top = 0, 0
	}
}

// land puts the cursor on a key, or else on the row where it would be, and on a
// line of the screen.
func (g *Grid[K]) land(key K, row, line int) {
	g.cursor = g.index(key)
	if g.cursor < 0 {
		g.cursor = row
		g.displaced = true
	}
	g.top = g.cursor - line
}

func holds[K comparable](rows []Row[K], key K) bool {
	return slices.ContainsFunc(rows, func(r Row[K]) bool { return r.Key == key })
}
