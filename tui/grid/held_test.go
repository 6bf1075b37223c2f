package grid

import "testing"

func TestHeld_isACopyOfTheRowsInMemory(t *testing.T) {
	t.Parallel()
	g := New[int]([]Column{{Title: "a", Min: 4}}, "")
	r, ok := g.Need()
	if !ok {
		t.Fatal("asks for nothing")
	}
	g.Deliver(Window[int]{ID: r.ID, Rows: []Row[int]{{Key: 1}, {Key: 2}}, AtStart: true, AtEnd: true, First: 0, Total: 2})
	held := g.Held()
	if len(held) != 2 || held[1].Key != 2 {
		t.Fatalf("%v", held)
	}
	held[0].Key = 7
	if key, _ := g.Selected(); key != 1 {
		t.Error("the copy reaches into the grid")
	}
	g.SetColumns([]Column{{Title: "b", Min: 8}})
	if key, _ := g.Selected(); key != 1 || len(g.Held()) != 2 {
		t.Error("other columns moved the selection")
	}
}
