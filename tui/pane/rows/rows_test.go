package rows

import (
	"fmt"
	"testing"

	"cordon/tui/grid"
)

func some(from, to int) (out []grid.Row[int]) {
	for i := from; i < to; i++ {
		out = append(out, grid.Row[int]{Key: i, Cells: []grid.Cell{{Text: fmt.Sprint(i)}}})
	}
	return out
}

func selected(t *testing.T, g *grid.Grid[int], want int) {
	t.Helper()
	if got, ok := g.Selected(); !ok || got != want {
		t.Errorf("selected is %d, %v, want %d", got, ok, want)
	}
}

func TestSet_keepsTheSelectionByItsKey(t *testing.T) {
	t.Parallel()
	g := grid.New[int]([]grid.Column{{Title: "n", Min: 4}}, "none")
	Set(g, some(0, 500))
	selected(t, g, 0)
	if !Select(g, some(0, 500), 400) {
		t.Fatal("a key that is there was not found")
	}
	selected(t, g, 400)
	Set(g, some(100, 700))
	selected(t, g, 400)
	if Select(g, some(100, 700), 5) {
		t.Error("a key that is not there was found")
	}
	selected(t, g, 400)
	Replace(g, some(100, 700))
	selected(t, g, 100)
	g.End()
	selected(t, g, 699)
	Set(g, nil)
	if _, ok := g.Selected(); ok || g.Loading() {
		t.Error("an empty table has a selection or waits")
	}
}
