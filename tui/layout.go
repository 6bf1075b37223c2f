package tui

import (
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/tui/draw"
)

// The least size in which the console can be used, and from which width on the
// preview has a column of its own.
const (
	leastWidth  = 60
	leastHeight = 20
	wideWidth   = 110
)

// layout is where everything goes. Areas that do not exist are empty.
type layout struct {
	tooSmall bool
	title    uv.Rectangle // case, mode and time of day
	crumbs   uv.Rectangle // trail and T0
	tabs     uv.Rectangle
	main     uv.Rectangle // the page
	side     uv.Rectangle // the preview and what belongs to the page, on wide screens
	preview  uv.Rectangle // the preview as one line, on narrow screens
	status   uv.Rectangle // messages, progress, what to do next
	footer   uv.Rectangle // keys
}

// arrange computes the layout for a size. A page that is spread has the whole
// width and the preview below it, also on a wide screen.
func arrange(width, height int, spread bool) layout {
	all := uv.Rect(0, 0, max(0, width), max(0, height))
	if width < leastWidth || height < leastHeight {
		return layout{tooSmall: true, main: all}
	}
	var l layout
	rest := all
	l.title, rest = draw.CutTop(rest, 1)
	l.crumbs, rest = draw.CutTop(rest, 1)
	l.tabs, rest = draw.CutTop(rest, 1)
	l.footer, rest = draw.CutBottom(rest, 1)
	l.status, rest = draw.CutBottom(rest, 1)
	for _, line := range []*uv.Rectangle{&l.title, &l.crumbs, &l.tabs, &l.footer, &l.status} {
		*line = draw.Pad(*line, 1)
	}
	if width < wideWidth || spread {
		l.preview, l.main = draw.CutBottom(rest, 1)
		l.preview = draw.Pad(l.preview, 1)
		return l
	}
	l.side, l.main = draw.CutRight(rest, min(66, max(38, width*33/100)))
	return l
}

// arrangeTerminal computes the layout while a program has the page's place: it
// gets all rows but those for the case and its mode, messages and keys.
func arrangeTerminal(width, height int) layout {
	l := arrange(width, height, true)
	if l.tooSmall {
		return l
	}
	l.main = l.main.Union(l.crumbs).Union(l.tabs).Union(l.preview)
	l.main.Min.X, l.main.Max.X = 0, width
	l.crumbs, l.tabs, l.preview = uv.Rectangle{}, uv.Rectangle{}, uv.Rectangle{}
	return l
}
