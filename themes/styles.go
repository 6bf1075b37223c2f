package themes

import (
	uv "github.com/charmbracelet/ultraviolet"
)

// Styles is a palette made ready for drawing. It is built once and never
// changed; switching the theme builds another one.
type Styles struct {
	Name   string
	Dark   bool
	Mode   Mode
	Glyphs Glyphs
	Frame  Frame

	roles [roleCount]uv.Style
}

// Options say how styles are chosen for a terminal.
type Options struct {
	// Palette is what to draw with; the zero value means the dark palette.
	Palette Palette
	Mode    Mode
	// ASCII selects glyphs and borders without Unicode.
	ASCII bool
}

// New derives the styles of all roles. A role that names no background stands
// on that of the text, so a light palette is readable in a dark terminal.
func New(o Options) (*Styles, error) {
	if len(o.Palette.Roles) == 0 {
		p, err := Load("dark")
		if err != nil {
			return nil, err
		}
		o.Palette = p
	}
	s := &Styles{
		Name: o.Palette.Name, Dark: o.Palette.Dark, Mode: o.Mode,
		Glyphs: unicodeGlyphs(), Frame: o.Mode.frame(o.ASCII),
	}
	if o.ASCII {
		s.Glyphs = asciiGlyphs()
	}
	for r := range roleCount {
		look, err := parseLook(o.Palette.Roles[r.String()])
		if err != nil {
			return nil, err
		}
		if r != Text {
			if look.Bg == nil {
				look.Bg = s.roles[Text].Bg
			}
			if look.Fg == nil {
				look.Fg = s.roles[Text].Fg
			}
		}
		s.roles[r] = look
	}
	return s, nil
}

// Choose returns the name of the palette to use. getenv is os.Getenv; a
// NO_COLOR that is set and not empty wins over what was asked for.
func Choose(asked string, darkTerminal bool, getenv func(string) string) string {
	switch {
	case getenv("NO_COLOR") != "":
		return "mono"
	case asked != "":
		return asked
	case darkTerminal:
		return "dark"
	default:
		return "light"
	}
}

// Style returns the style of a role.
func (s *Styles) Style(r Role) uv.Style {
	if r >= roleCount {
		r = Text
	}
	return s.roles[r]
}

// Over returns the style of a role on the ground of another one, for example
// a danger mark in the selected row. A reversed ground wins entirely: mixing
// colours into it would make the text unreadable.
func (s *Styles) Over(ground, r Role) uv.Style {
	g, top := s.Style(ground), s.Style(r)
	if r == Text || g.Attrs&uv.AttrReverse != 0 {
		g.Attrs |= top.Attrs & uv.AttrBold
		return g
	}
	if g.Bg != s.roles[Text].Bg {
		// The contrast of a role is only known on the text's ground. On another
		// one the ground's own foreground is used, and the role keeps its weight.
		g.Attrs |= top.Attrs &^ uv.AttrFaint
		g.Underline = max(g.Underline, top.Underline)
		return g
	}
	top.Attrs |= g.Attrs
	return top
}
