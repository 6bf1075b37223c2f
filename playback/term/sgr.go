package term

// rendition is SGR. Parameters are taken as xterm does: colours and underline
// styles in the form with colons of ISO 8613-6, and colours in the older form
// that goes on with semicolons.
func (s *Screen) rendition() {
	p := &s.parser
	list := p.list()
	if len(list) == 0 {
		s.plainPen()
		return
	}
	for i := 0; i < len(list); {
		end := i + 1
		if p.sub != 0 {
			for end < len(list) && p.sub>>end&1 != 0 {
				end++
			}
		}
		v := list[i]
		switch {
		case v == 38 || v == 48 || v == 58:
			var c Color
			var ok bool
			if end > i+1 {
				c, ok = colorOf(list[i+1 : end])
			} else {
				var n int
				c, n, ok = longColor(list[end:])
				end += n
			}
			if ok {
				s.setColor(v, c)
			}
		case v == 4 && end > i+1:
			if list[i+1] <= uint16(DashedUnderline) {
				s.pen.attrs = s.pen.attrs.WithUnderline(Underline(list[i+1]))
			}
		case end == i+1:
			s.renditionOf(v)
		}
		i = end
	}
}

// plainPen is SGR 0. A hyperlink goes on.
func (s *Screen) plainPen() {
	extraNow := s.pen.extra
	s.pen = cell{}
	if extraNow != 0 {
		s.setExtra(extra{link: s.extras.list[extraNow].link})
	}
}

// colorOf reads a colour in the form with colons, with or without the number
// of a colour space.
func colorOf(v []uint16) (Color, bool) {
	switch {
	case v[0] == 5 && len(v) >= 2:
		return Indexed(component(v[1])), true
	case v[0] == 2 && len(v) >= 5:
		return RGB(component(v[2]), component(v[3]), component(v[4])), true
	case v[0] == 2 && len(v) == 4:
		return RGB(component(v[1]), component(v[2]), component(v[3])), true
	}
	return 0, false
}

// longColor reads a colour in the form with semicolons and returns how many
// parameters it took; one that is cut short takes all that is left.
func longColor(v []uint16) (c Color, n int, ok bool) {
	switch {
	case len(v) == 0:
		return 0, 0, false
	case v[0] == 5 && len(v) >= 2:
		return Indexed(component(v[1])), 2, true
	case v[0] == 2 && len(v) >= 4:
		return RGB(component(v[1]), component(v[2]), component(v[3])), 4, true
	case v[0] == 5 || v[0] == 2:
		return 0, len(v), false
	}
	return 0, 1, false
}

func component(v uint16) uint8 { return uint8(min(v, 255)) }

func (s *Screen) setColor(target uint16, c Color) {
	switch target {
	case 38:
		s.pen.fg = c
	case 48:
		s.pen.bg = c
	default:
		s.setExtra(extra{color: c, link: s.extras.list[s.pen.extra].link})
	}
}

// renditionOf takes one parameter that stands for itself.
func (s *Screen) renditionOf(v uint16) {
	pen := &s.pen
	switch {
	case v == 0:
		s.plainPen()
	case v >= 30 && v <= 37:
		pen.fg = Indexed(uint8(v - 30))
	case v >= 40 && v <= 47:
		pen.bg = Indexed(uint8(v - 40))
	case v >= 90 && v <= 97:
		pen.fg = Indexed(uint8(v - 90 + 8))
	case v >= 100 && v <= 107:
		pen.bg = Indexed(uint8(v - 100 + 8))
	case v == 39:
		pen.fg = 0
	case v == 49:
		pen.bg = 0
	case v == 59:
		s.setColor(58, 0)
	case v < uint16(len(renditions)):
		pen.attrs = pen.attrs&^renditions[v].off | renditions[v].on
	}
}

const (
	underlined = Attr(SingleUnderline) << underlineShift
	doubled    = Attr(DoubleUnderline) << underlineShift
)

// renditions says what the attributes' parameters switch off and on.
var renditions = [56]struct{ off, on Attr }{
	1: {0, Bold}, 2: {0, Faint}, 3: {0, Italic}, 4: {underlineMask, underlined},
	5: {0, Blink}, 6: {0, Blink}, 7: {0, Reverse}, 8: {0, Conceal}, 9: {0, Strike},
	21: {underlineMask, doubled}, 22: {Bold | Faint, 0}, 23: {Italic, 0}, 24: {underlineMask, 0},
	25: {Blink, 0}, 27: {Reverse, 0}, 28: {Conceal, 0}, 29: {Strike, 0},
	53: {0, Overline}, 55: {Overline, 0},
}
