package pane

import (
	"errors"

	"cordon/tui/action"
	"cordon/tui/grid"
)

// ErrStopped stands in the place of what a page did not read, because Esc ended
// it; a page reads again when an action moves on it.
var ErrStopped = errors.New("stopped with esc; any key that moves goes on")

// MoveGrid runs an action that moves the selection of a table. It reports
// whether the action is one.
func MoveGrid[K comparable](g *grid.Grid[K], id action.ID) bool {
	switch id {
	case action.MoveUp:
		g.Move(-1)
	case action.MoveDown:
		g.Move(1)
	case action.PageUp:
		g.Page(-1)
	case action.PageDown:
		g.Page(1)
	case action.MoveTop:
		g.Home()
	case action.MoveBottom:
		g.End()
	default:
		return false
	}
	return true
}

// MoveBy is by how many rows an action moves in a list of n rows of which room
// are on the screen; it reports whether the action is one that moves.
func MoveBy(id action.ID, room, n int) (rows int, moves bool) {
	switch id {
	case action.MoveUp:
		return -1, true
	case action.MoveDown:
		return 1, true
	case action.PageUp:
		return -max(1, room-1), true
	case action.PageDown:
		return max(1, room-1), true
	case action.MoveTop:
		return -n, true
	case action.MoveBottom:
		return n, true
	}
	return 0, false
}
