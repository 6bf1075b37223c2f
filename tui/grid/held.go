package grid

import "slices"

// Held returns a copy of the rows in memory, so that the owner of the grid can
// forget what it keeps for rows that went away.
func (g *Grid[K]) Held() []Row[K] { return slices.Clone(g.rows) }

// SetColumns replaces the columns, for example because texts of another width
// are to stand in them. The rows stay; there are as many cells as before.
func (g *Grid[K]) SetColumns(columns []Column) { g.columns = columns }
