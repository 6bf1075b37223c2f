// Package grid is a table that shows a window of a row source which may hold
// millions of rows. It knows nothing of events: rows are a key and some cells.
//
// The grid does no IO. After every change the app asks [Grid.Need]; when rows
// are missing it gets a [Request] that names a row and a direction, fetches them
// by keyset in a command, and hands the answer to [Grid.Deliver]. One request is
// under way at a time. Each carries a number; an answer to an older one is
// dropped, so a slow query can never overwrite a newer view.
//
// The selection is a key and not a position. It stays on its row, and on its
// line of the screen, when rows arrive, when the source is read again, or when
// the window moves; when its row has gone, the nearest one takes its place.
//
// The grid keeps at most a few screens of rows and shows only rows that were
// delivered to it. Cells must have passed safetext.
package grid
