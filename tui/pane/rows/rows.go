// Package rows feeds a grid from rows that are already in memory: the sessions
// of a case, the locks of a board, the events beside a replay.
//
// A grid asks for windows because a case may hold millions of events. Where all
// rows are at hand the answer is always the same one, and it is given at once,
// so that a selection moves without waiting for a command.
//
// It must not be used for what can grow without bound.
package rows

import "cordon/tui/grid"

// Set gives a grid all its rows. The selection stays on its key as long as the
// key is there.
func Set[K comparable](g *grid.Grid[K], all []grid.Row[K]) {
	g.Refresh()
	settle(g, all)
}

// Replace gives a grid the rows of another source and selects the first.
func Replace[K comparable](g *grid.Grid[K], all []grid.Row[K]) {
	g.Reset()
	settle(g, all)
}

// Select moves the selection to a key, if a row has it.
func Select[K comparable](g *grid.Grid[K], all []grid.Row[K], key K) bool {
	if index(all, key) < 0 {
		return false
	}
	g.Select(key)
	settle(g, all)
	return true
}

func settle[K comparable](g *grid.Grid[K], all []grid.Row[K]) {
	for {
		r, ok := g.Need()
		if !ok {
			return
		}
		g.Deliver(grid.Window[K]{
			ID: r.ID, Rows: all, AtStart: true, AtEnd: true,
			At: max(0, index(all, r.Key)), First: 0, Total: int64(len(all)),
		})
	}
}

func index[K comparable](all []grid.Row[K], key K) int {
	for i := range all {
		if all[i].Key == key {
			return i
		}
	}
	return -1
}
