package grid

import (
	"errors"
	"fmt"
	"image"
	"slices"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
	"pgregory.net/rapid"

	"cordon/themes"
	"cordon/tui/draw"
)

var columns = []Column{
	{Title: "time", Min: 8, Role: themes.Muted},
	{Title: "event", Min: 12, Weight: 3},
	{Title: "n", Min: 6, Align: Right, Drop: 2},
	{Title: "who", Min: 10, Max: 24, Weight: 1, Drop: 1, Role: themes.Accent},
}

const empty = "No events match. 2 gaps in this range: this is not proof that nothing happened."

func newGrid(height int) *Grid[int64] {
	g := New[int64](columns, empty)
	g.Resize(image.Pt(80, height), View{Bare: true})
	return g
}

func selected(t interface{ Fatal(...any) }, g *Grid[int64]) int64 {
	key, ok := g.Selected()
	if !ok {
		t.Fatal("nothing is selected")
	}
	return key
}

func TestGrid_opensOnTheFirstRow(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(1000)
	if n := settle(g, s); n != 1 {
		t.Errorf("%d requests, want 1", n)
	}
	if got := selected(t, g); got != 10 {
		t.Errorf("selected %d", got)
	}
	if got := g.Position(); got != "row 1 of 1,000" {
		t.Errorf("position %q", got)
	}
}

func TestGrid_movesThroughAMillionRowsWithBoundedMemory(t *testing.T) {
	t.Parallel()
	g, s := newGrid(20), newSource(1_000_000)
	settle(g, s)
	for range 500 {
		g.Page(1)
		settle(g, s)
		if len(g.rows) > g.keep()+g.chunk() {
			t.Fatalf("%d rows are kept", len(g.rows))
		}
	}
	if got, want := selected(t, g), int64(500*19+1)*10; got != want {
		t.Errorf("selected %d, want %d", got, want)
	}
	for range 500 {
		g.Page(-1)
		settle(g, s)
	}
	if got := selected(t, g); got != 10 {
		t.Errorf("back at %d", got)
	}
	g.End()
	settle(g, s)
	if got := g.Position(); got != "row 1,000,000 of 1,000,000" {
		t.Errorf("position %q", got)
	}
	g.Move(-5)
	settle(g, s)
	g.Home()
	settle(g, s)
	if got := g.Position(); got != "row 1 of 1,000,000" {
		t.Errorf("position %q", got)
	}
}

func TestGrid_asksOnceAndDropsOldAnswers(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(500)
	first, ok := g.Need()
	if !ok {
		t.Fatal("no request")
	}
	if again, ok := g.Need(); ok {
		t.Fatalf("asked again: %+v", again)
	}
	g.Reset()
	second, ok := g.Need()
	if !ok || second.ID == first.ID {
		t.Fatalf("after a reset: %+v, %v", second, ok)
	}
	if g.Deliver(s.answer(first)) {
		t.Error("an old answer was taken")
	}
	if !g.Deliver(s.answer(second)) || g.Deliver(s.answer(second)) {
		t.Error("the new answer was not taken exactly once")
	}
}

func TestGrid_carriesMovesUntilRowsArrive(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(1000)
	settle(g, s)
	end := len(g.rows) - 1
	g.Move(end)
	r, ok := g.Need()
	if !ok {
		t.Fatal("no request near the end")
	}
	for range 4 {
		g.Move(1)
	}
	g.Deliver(s.answer(r))
	if got, want := selected(t, g), int64(end+4+1)*10; got != want {
		t.Errorf("selected %d, want %d", got, want)
	}
}

func TestGrid_refreshKeepsTheLineOfTheScreen(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(1000)
	settle(g, s)
	g.Select(5000)
	settle(g, s)
	g.Move(3)
	line := g.cursor - g.top
	for key := int64(4900); key < 5000; key++ {
		s.insert(key)
	}
	s.version++
	g.Refresh()
	settle(g, s)
	if got := selected(t, g); got != 5030 {
		t.Errorf("selected %d", got)
	}
	if g.cursor-g.top != line {
		t.Errorf("the selection jumped from line %d to %d", line, g.cursor-g.top)
	}
	if row, _ := g.SelectedRow(); !strings.HasSuffix(row.Cells[1].Text, "v1") {
		t.Errorf("the row was not read again: %q", row.Cells[1].Text)
	}
}

func TestGrid_saysWhenTheSelectedRowWentAway(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(100)
	settle(g, s)
	g.Select(500)
	settle(g, s)
	s.remove(500)
	g.Refresh()
	settle(g, s)
	if got := selected(t, g); got != 510 || !g.Displaced() {
		t.Errorf("selected %d, displaced %v", got, g.Displaced())
	}
	g.Move(0)
	if g.Displaced() {
		t.Error("still displaced after a move")
	}
}

func TestGrid_moveDuringRefreshIsKept(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(5000)
	settle(g, s)
	g.Select(20000)
	settle(g, s)
	g.Page(3)
	settle(g, s)
	g.Select(20000)
	g.Refresh()
	r, _ := g.Need()
	g.Move(len(g.rows) - 1 - g.cursor) // far from the row that the refresh is around
	if w := s.answer(r); holds(w.Rows, selected(t, g)) {
		t.Fatal("the answer holds the row: the test shows nothing")
	}
	want := selected(t, g)
	g.Deliver(s.answer(r))
	if got := selected(t, g); got != want {
		t.Errorf("the delivery moved the selection to %d, want %d", got, want)
	}
	settle(g, s)
	if got := selected(t, g); got != want || g.Displaced() {
		t.Errorf("selected %d, want %d", got, want)
	}
}

func TestGrid_errorIsShownAndCanBeRetried(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(50)
	r, _ := g.Need()
	g.Deliver(Window[int64]{ID: r.ID, Err: errors.New("disk \x1b[2J full")})
	if _, ok := g.Need(); ok {
		t.Error("asks again by itself after an error")
	}
	if text, _ := g.message(); text != "Not loaded: disk ␛[2J full" {
		t.Errorf("message %q", text)
	}
	g.Retry()
	settle(g, s)
	if g.Err() != nil || len(g.rows) != 50 {
		t.Errorf("after a retry: %v, %d rows", g.Err(), len(g.rows))
	}
}

func TestGrid_emptySourceThatGrows(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(0)
	settle(g, s)
	if text, _ := g.message(); text != empty {
		t.Errorf("message %q", text)
	}
	g.Move(1)
	g.Page(-1)
	g.End()
	g.Home()
	s.insert(7)
	g.Extend(1, false)
	settle(g, s)
	if got := selected(t, g); got != 7 {
		t.Errorf("selected %d", got)
	}
	s.insert(9)
	g.Extend(2, false)
	settle(g, s)
	g.End()
	if got := selected(t, g); got != 9 {
		t.Errorf("selected %d", got)
	}
}

func TestGrid_silentSourceIsNotAskedForever(t *testing.T) {
	t.Parallel()
	g := newGrid(10)
	r, _ := g.Need()
	g.Deliver(Window[int64]{ID: r.ID, Rows: []Row[int64]{{Key: 1}}, First: -1, Total: -1})
	for range 3 {
		if r, ok := g.Need(); ok {
			g.Deliver(Window[int64]{ID: r.ID, First: -1, Total: -1})
		}
	}
	if r, ok := g.Need(); ok {
		t.Errorf("still asks: %+v", r)
	}
}

// TestGrid_selectionSurvives drives a grid with random moves, changes of the
// source, refreshes and late answers.
func TestGrid_selectionSurvives(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := newSource(rapid.IntRange(0, 600).Draw(t, "n"))
		g := newGrid(rapid.IntRange(1, 12).Draw(t, "height"))
		delivered := map[string]bool{}
		var held []Request[int64]
		deliver := func(r Request[int64]) {
			w := s.answer(r)
			if rapid.IntRange(0, 15).Draw(t, "fails") == 0 {
				w = Window[int64]{ID: r.ID, Err: errors.New("busy")}
			}
			for _, row := range w.Rows {
				delivered[row.Cells[1].Text] = true
			}
			before, had := g.Selected()
			carry, jump, kind := g.carry, g.jump, g.sent.Kind
			used := g.Deliver(w)
			after, has := g.Selected()
			stays := had && (!used || kind == After || kind == Before || kind == Around && !jump)
			if stays && carry == 0 && !g.Displaced() && (!has || before != after) {
				t.Fatalf("a delivery moved the selection from %d to %d", before, after)
			}
		}
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			switch rapid.IntRange(0, 12).Draw(t, "op") {
			case 0, 1:
				g.Move(rapid.IntRange(-30, 30).Draw(t, "rows"))
			case 2:
				g.Page(rapid.IntRange(-3, 3).Draw(t, "pages"))
			case 3:
				g.Home()
			case 4:
				g.End()
			case 5:
				g.Select(rapid.Int64Range(0, 6100).Draw(t, "key"))
			case 6:
				s.insert(rapid.Int64Range(0, 6100).Draw(t, "new"))
			case 7:
				s.remove(rapid.Int64Range(0, 610).Draw(t, "old") * 10)
			case 8:
				s.version++
				g.Refresh()
			case 9:
				g.Retry()
			case 10:
				g.Resize(image.Pt(80, rapid.IntRange(0, 15).Draw(t, "height")), View{})
			default:
				if r, ok := g.Need(); ok {
					held = append(held, r)
				}
				if len(held) > 0 {
					i := rapid.IntRange(0, len(held)-1).Draw(t, "which")
					deliver(held[i])
					held = slices.Delete(held, i, i+1)
				}
			}
			for _, row := range g.Visible() {
				if !delivered[row.Cells[1].Text] {
					t.Fatalf("row %q is shown but was never delivered", row.Cells[1].Text)
				}
			}
			if key, ok := g.Selected(); ok && !slices.ContainsFunc(g.Visible(), func(r Row[int64]) bool { return r.Key == key }) {
				t.Fatalf("the selected row %d is not on the screen", key)
			}
		}
		settleAndCompare(t, g, s)
	})
}

// settleAndCompare refreshes and checks that the screen is a gapless piece of
// the source, that it is full, and that the position is right.
func settleAndCompare(t *rapid.T, g *Grid[int64], s *source) {
	for _, r := range []bool{true, true} {
		if r {
			g.Retry()
			g.Refresh()
		}
		if settle(g, s) >= 100 {
			t.Fatal("the grid asks forever")
		}
	}
	visible := g.Visible()
	if want := min(g.height, len(s.keys)); len(visible) != want {
		t.Fatalf("%d rows on the screen, want %d", len(visible), want)
	}
	if len(visible) == 0 {
		return
	}
	at, ok := slices.BinarySearch(s.keys, visible[0].Key)
	if !ok {
		t.Fatalf("row %d is not in the source", visible[0].Key)
	}
	for i, row := range visible {
		if s.keys[at+i] != row.Key {
			t.Fatalf("line %d is %d, want %d", i, row.Key, s.keys[at+i])
		}
	}
	key, _ := g.Selected()
	index, _ := slices.BinarySearch(s.keys, key)
	if want := fmt.Sprintf("row %s of %s", draw.Count(int64(index+1)), draw.Count(int64(len(s.keys)))); g.Position() != want {
		t.Fatalf("position %q, want %q", g.Position(), want)
	}
}

func styles(t testing.TB, ascii bool) *themes.Styles {
	t.Helper()
	p, err := themes.Load("mono")
	if err != nil {
		t.Fatal(err)
	}
	st, err := themes.New(themes.Options{Palette: p, ASCII: ascii})
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func render(t testing.TB, g *Grid[int64], w, h int, v View, ascii bool) string {
	t.Helper()
	scr := uv.NewScreenBuffer(w, h)
	g.Resize(image.Pt(w, h), v)
	g.Draw(draw.On(scr, styles(t, ascii)), scr.Bounds(), v)
	var b strings.Builder
	for _, line := range scr.Lines {
		for _, cell := range line {
			b.WriteString(cell.Content)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

func TestDraw_golden(t *testing.T) {
	t.Parallel()
	for _, size := range [][2]int{{200, 60}, {80, 24}, {60, 20}, {30, 5}, {8, 3}, {1, 1}, {0, 0}} {
		t.Run(fmt.Sprintf("%dx%d", size[0], size[1]), func(t *testing.T) {
			t.Parallel()
			g, s := newGrid(10), newSource(40)
			settle(g, s)
			g.Update(Row[int64]{Key: 20, Mark: "▲", MarkRole: themes.Danger, Cells: []Cell{{Text: "22:03:02"}, {Text: "東京都庁 a name that is longer than its column"}, {Text: "1234567890"}}})
			g.Move(2)
			golden.RequireEqual(t, render(t, g, size[0], size[1], View{Focused: true}, false))
		})
	}
}

func TestDraw_states(t *testing.T) {
	t.Parallel()
	for name, make := range map[string]func() *Grid[int64]{
		"loading": func() *Grid[int64] { return newGrid(5) },
		"empty":   func() *Grid[int64] { g := newGrid(5); settle(g, newSource(0)); return g },
		"error": func() *Grid[int64] {
			g := newGrid(5)
			settle(g, newSource(30))
			g.Refresh()
			r, _ := g.Need()
			g.Deliver(Window[int64]{ID: r.ID, Err: errors.New("read events: the case file is locked by another cordon")})
			return g
		},
		"rough": func() *Grid[int64] {
			g := newGrid(5)
			r, _ := g.Need()
			w := newSource(300).answer(r)
			w.Rough = true
			g.Deliver(w)
			return g
		},
		"unfocused_ascii": func() *Grid[int64] { g := newGrid(5); settle(g, newSource(3)); return g },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			golden.RequireEqual(t, render(t, make(), 60, 8, View{Focused: name != "unfocused_ascii"}, name == "unfocused_ascii"))
		})
	}
}

func TestDraw_changesNothing(t *testing.T) {
	t.Parallel()
	g, s := newGrid(10), newSource(400)
	settle(g, s)
	g.Move(35)
	settle(g, s)
	before := fmt.Sprintf("%+v", *g)
	scr := uv.NewScreenBuffer(40, 7)
	g.Draw(draw.On(scr, styles(t, false)), scr.Bounds(), View{Focused: true})
	if after := fmt.Sprintf("%+v", *g); after != before {
		t.Error("drawing changed the grid")
	}
	var shown strings.Builder
	for _, line := range scr.Lines {
		shown.WriteString(line.String() + "\n")
	}
	if !strings.Contains(shown.String(), "▸  22:03:36") {
		t.Errorf("the selected row is not on a smaller screen:\n%s", shown.String())
	}
}

func TestBodyLine(t *testing.T) {
	t.Parallel()
	g := newGrid(10)
	area := uv.Rect(5, 5, 30, 10)
	for _, tc := range []struct{ x, y, want int }{{6, 5, -1}, {6, 6, 0}, {6, 13, 7}, {6, 14, -1}, {4, 7, -1}} {
		if got := g.BodyLine(area, uv.Pos(tc.x, tc.y), View{}); got != tc.want {
			t.Errorf("%d,%d is line %d, want %d", tc.x, tc.y, got, tc.want)
		}
	}
}

func BenchmarkDraw(b *testing.B) {
	g, s := newGrid(58), newSource(5000)
	settle(g, s)
	st := styles(b, false)
	scr := uv.NewScreenBuffer(200, 60)
	b.ReportAllocs()
	for b.Loop() {
		g.Draw(draw.On(scr, st), scr.Bounds(), View{Focused: true})
	}
}
