package sessions

import (
	"image"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"pgregory.net/rapid"
)

func TestLayout_sizes(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name                string
		size                image.Point
		cols                int
		way                 besideWay
		picture, beside     image.Point
		bar, state, problem bool
	}{
		{"80x24", image.Pt(80, 18), 80, besideOn, image.Pt(80, 14), image.Point{}, true, true, false},
		{"60x20", image.Pt(60, 14), 80, besideOn, image.Pt(60, 10), image.Point{}, true, true, false},
		{"200x60", image.Pt(200, 54), 80, besideOn, image.Pt(118, 47), image.Pt(80, 49), true, true, true},
		{"200x60 and a wide picture", image.Pt(200, 54), 140, besideOn, image.Pt(140, 47), image.Pt(58, 49), true, true, true},
		{"200x60 with lines", image.Pt(200, 54), 140, besideOff, image.Pt(198, 47), image.Point{}, true, true, true},
		{"120x40", image.Pt(120, 34), 80, besideOn, image.Pt(80, 27), image.Pt(38, 29), true, true, true},
		{"80x24 with rows below", image.Pt(80, 18), 80, besideBelow, image.Pt(80, 9), image.Pt(80, 5), true, true, false},
		{"80x10 with no room below", image.Pt(80, 9), 80, besideBelow, image.Pt(80, 6), image.Point{}, true, true, false},
		{"five rows", image.Pt(80, 5), 80, besideOn, image.Pt(80, 3), image.Point{}, false, true, false},
		{"one cell", image.Pt(1, 1), 80, besideOn, image.Pt(1, 1), image.Point{}, false, false, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			l := layoutOf(image.Rectangle{Max: tt.size}, tt.cols, tt.way, 0)
			if l.picture.Size() != tt.picture || l.beside.Size() != tt.beside {
				t.Errorf("picture %v, beside %v; want %v, %v", l.picture.Size(), l.beside.Size(), tt.picture, tt.beside)
			}
			if l.bar.Empty() == tt.bar || l.state.Empty() == tt.state || l.problem.Empty() == tt.problem {
				t.Errorf("bar %v, state %v, problem %v", l.bar, l.state, l.problem)
			}
		})
	}
}

func TestLayout_partsDoNotOverlap(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		area := uv.Rect(rapid.IntRange(0, 9).Draw(t, "x"), rapid.IntRange(0, 9).Draw(t, "y"),
			rapid.IntRange(0, 250).Draw(t, "width"), rapid.IntRange(0, 80).Draw(t, "height"))
		l := layoutOf(area, rapid.IntRange(1, 1000).Draw(t, "cols"), rapid.SampledFrom([]besideWay{besideOn, besideOff, besideBelow}).Draw(t, "way"), rapid.IntRange(0, 3).Draw(t, "lanes"))
		parts := []uv.Rectangle{l.header, l.box, l.beside, l.lanes, l.bar, l.state, l.sentence, l.problem}
		for i, a := range parts {
			if !a.Empty() && !a.In(area) {
				t.Fatalf("part %d %v leaves %v", i, a, area)
			}
			for _, b := range parts[i+1:] {
				if a.Overlaps(b) {
					t.Fatalf("%v overlaps %v", a, b)
				}
			}
		}
		if !l.picture.Empty() && !l.picture.In(l.box) {
			t.Fatalf("the picture %v is not in its box %v", l.picture, l.box)
		}
	})
}
