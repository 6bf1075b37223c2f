package sessions

import (
	"image"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/tui/draw"
)

const (
	// besideWidth is the width of the page from which the events stand beside
	// the picture, and both have frames. Below it every column is the picture's.
	besideWidth = 110
	besideLeast = 38
	// roomy is the height from which what is wrong with a recording has a line
	// of its own.
	roomy = 28
)

// layout is where the parts of a replay are; empty ones are not drawn.
type layout struct {
	header, box, picture, beside uv.Rectangle
	lanes, bar, state, sentence  uv.Rectangle
	problem                      uv.Rectangle
}

// besideWay is where the rows of what happened beside the picture stand.
type besideWay uint8

const (
	besideOn    besideWay = iota // to the right where there is room, else nowhere
	besideOff                    // nowhere
	besideBelow                  // to the right where there is room, else below the picture
)

// belowLeast is the height of the picture's place from which it can be shared
// with rows below.
const belowLeast = 7

// layoutOf shares an area out; cols is the width of the recorded picture, and
// lanes how many rows stand above the time bar.
func layoutOf(area uv.Rectangle, cols int, way besideWay, lanes int) layout {
	var l layout
	rest := area
	if area.Dy() >= 5 {
		l.header, rest = draw.CutTop(rest, 1)
	}
	if area.Dy() >= roomy {
		l.problem, rest = draw.CutBottom(rest, 1)
	}
	if area.Dy() >= 12 {
		l.sentence, rest = draw.CutBottom(rest, 1)
	}
	if area.Dy() >= 4 {
		l.state, rest = draw.CutBottom(rest, 1)
	}
	if area.Dy() >= 8 {
		l.bar, rest = draw.CutBottom(rest, 1)
	}
	if area.Dy() >= 12 {
		l.lanes, rest = draw.CutBottom(rest, lanes)
	}
	if area.Dx() < besideWidth {
		if way == besideBelow && rest.Dy() >= belowLeast {
			l.beside, rest = draw.CutBottom(rest, min(14, max(4, rest.Dy()*2/5)))
		}
		l.box, l.picture = rest, rest
		return l
	}
	if way != besideOff {
		width := min(max(besideLeast, area.Dx()-cols-2), area.Dx()*2/5)
		l.beside, rest = draw.CutRight(rest, width)
	}
	l.box = rest
	l.picture = inside(rest)
	return l
}

// wordsLayout is that of a recording without a picture: there is nothing to
// play, so the lines have the room of the bar.
func wordsLayout(area uv.Rectangle) layout {
	var l layout
	l.header, l.box = draw.CutTop(area, min(1, area.Dy()/5))
	l.picture = l.box
	if area.Dx() >= besideWidth {
		l.picture = inside(l.box)
	}
	return l
}

// inside is the area within the frame of a box.
func inside(box uv.Rectangle) uv.Rectangle {
	return uv.Rect(box.Min.X+1, box.Min.Y+1, max(0, box.Dx()-2), max(0, box.Dy()-2))
}

func (r *replay) layout(area uv.Rectangle) layout {
	cols := 80
	if r.terminal() {
		cols, _ = r.player.Screen().Size()
	}
	if r.player != nil && !r.terminal() {
		return wordsLayout(area)
	}
	return layoutOf(area, cols, r.way(), r.lanes())
}

func (r *replay) way() besideWay {
	switch {
	case r.listed() || r.alone || r.differing() || r.second != nil:
		return besideOff
	case r.inside:
		return besideBelow
	default:
		return besideOn
	}
}

// covers reports whether the rows beside a picture hide a part of it that there is
// room for otherwise. The responder can then have the picture alone.
func covers(width, cols int) bool { return cols+2 <= width && width < cols+2+besideLeast }

// covered reports whether the rows beside hide a part of this picture.
func (r *replay) covered() bool {
	if !r.terminal() {
		return false
	}
	cols, _ := r.player.Screen().Size()
	return covers(r.size.X, cols)
}

// besideShown reports whether the rows beside are on the screen, and besideFits
// whether they can be.
func (r *replay) besideShown() bool {
	return !r.layout(image.Rectangle{Max: r.size}).beside.Empty()
}

func (r *replay) besideFits() bool {
	if r.listed() || r.differing() || r.second != nil {
		return false
	}
	return r.size.X >= besideWidth || layoutOf(image.Rectangle{Max: r.size}, 80, besideOn, r.lanes()).picture.Dy() >= belowLeast
}

func (r *replay) resize(size image.Point) {
	r.size = size
	r.place()
	r.follow()
}

// place tells the lists how large they are.
func (r *replay) place() {
	r.inside = r.inside && r.besideFits()
	r.alone = r.alone && r.covered()
	l := r.layout(image.Rectangle{Max: r.size})
	rows := inside(l.beside)
	if r.size.X < besideWidth {
		_, rows = draw.CutTop(l.beside, 1)
	}
	r.beside.resize(rows.Size())
	_, text := r.linesArea(l)
	r.lines.resize(text.Size())
}
