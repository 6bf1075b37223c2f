package themes

import (
	"fmt"
	"image/color"
	"strconv"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

var terminalColors = map[string]ansi.BasicColor{
	"black": ansi.Black, "red": ansi.Red, "green": ansi.Green, "yellow": ansi.Yellow,
	"blue": ansi.Blue, "magenta": ansi.Magenta, "cyan": ansi.Cyan, "white": ansi.White,
	"bright-black": ansi.BrightBlack, "bright-red": ansi.BrightRed,
	"bright-green": ansi.BrightGreen, "bright-yellow": ansi.BrightYellow,
	"bright-blue": ansi.BrightBlue, "bright-magenta": ansi.BrightMagenta,
	"bright-cyan": ansi.BrightCyan, "bright-white": ansi.BrightWhite,
}

var attributes = map[string]uint8{
	"bold": uv.AttrBold, "faint": uv.AttrFaint, "italic": uv.AttrItalic, "reverse": uv.AttrReverse,
}

// parseLook reads "[COLOUR] [on COLOUR] [attribute]...".
func parseLook(look string) (uv.Style, error) {
	var s uv.Style
	words := strings.Fields(strings.ToLower(look))
	for i := 0; i < len(words); i++ {
		word := words[i]
		if attr, ok := attributes[word]; ok {
			s.Attrs |= attr
			continue
		}
		if word == "underline" {
			s.Underline = ansi.UnderlineSingle
			continue
		}
		ground := word == "on"
		if ground {
			i++
			if i == len(words) {
				return uv.Style{}, fmt.Errorf("%q: a colour must follow \"on\"", look)
			}
			word = words[i]
		}
		c, err := parseColor(word)
		if err != nil {
			return uv.Style{}, fmt.Errorf("%q: %w", look, err)
		}
		if ground {
			s.Bg = c
		} else {
			s.Fg = c
		}
	}
	return s, nil
}

// parseColor returns nil for default, which is the terminal's own colour.
func parseColor(word string) (color.Color, error) {
	if word == "default" {
		return nil, nil
	}
	if c, ok := terminalColors[word]; ok {
		return c, nil
	}
	if len(word) == 7 && word[0] == '#' {
		if v, err := strconv.ParseUint(word[1:], 16, 24); err == nil {
			return color.RGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}, nil
		}
	}
	return nil, fmt.Errorf("%q is not a colour (#rrggbb, a terminal colour such as bright-red, or default) or attribute", word)
}
