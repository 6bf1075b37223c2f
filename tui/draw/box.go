package draw

import (
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
)

// Box is a frame in the shape of the console's mode, with a title in its upper
// border and notes in its corners.
type Box struct {
	Title Line
	// Right stands at the right end of the upper border, Foot at the right end
	// of the lower one. Both give way to the title.
	Right, Foot Line
	// Focused marks the box that has the keys: by the cursor glyph before its
	// title as well as by colour.
	Focused bool
	// Role overrides the role of the border, for example for a dangerous dialog.
	Role themes.Role
}

// Box draws the frame, clears what is inside and returns the inner area. An
// area too small for a frame is returned whole, without one.
func (c Canvas) Box(area uv.Rectangle, b Box) uv.Rectangle {
	c.Clear(area)
	if area.Dx() < 4 || area.Dy() < 3 {
		return normal(area)
	}
	role := b.Role
	if role == themes.Text {
		role = themes.Border
		if b.Focused {
			role = themes.Focus
		}
	}
	c.frame(area, role)
	top := Pad(Row(area, 0), 1)
	title := b.Title
	if b.Focused {
		title = append(Line{T(themes.Focus, c.Glyphs().Cursor+" ")}, title...)
	}
	took := c.label(top, title, false)
	if rest := top.Dx() - took; c.lineWidth(b.Right)+2 <= rest {
		c.label(top, b.Right, true)
	}
	if foot := Pad(Row(area, area.Dy()-1), 1); c.lineWidth(b.Foot)+2 <= foot.Dx() {
		c.label(foot, b.Foot, true)
	}
	return uv.Rect(area.Min.X+1, area.Min.Y+1, area.Dx()-2, area.Dy()-2)
}

// label draws a line with a blank on each side into a border.
func (c Canvas) label(border uv.Rectangle, l Line, right bool) int {
	if len(l) == 0 {
		return 0
	}
	padded := make(Line, 0, len(l)+2)
	padded = append(padded, T(themes.Text, " "))
	padded = append(padded, l...)
	padded = append(padded, T(themes.Text, " "))
	if right {
		return c.Right(border, padded...)
	}
	return c.Line(border, padded...)
}

func (c Canvas) frame(area uv.Rectangle, role themes.Role) {
	f := c.Styles.Frame
	style := c.style(role)
	left, right := area.Min.X, area.Max.X-1
	top, bottom := area.Min.Y, area.Max.Y-1
	c.fill(uv.Rect(left+1, top, area.Dx()-2, 1), f.Top, style)
	c.fill(uv.Rect(left+1, bottom, area.Dx()-2, 1), f.Bottom, style)
	c.fill(uv.Rect(left, top+1, 1, area.Dy()-2), f.Left, style)
	c.fill(uv.Rect(right, top+1, 1, area.Dy()-2), f.Right, style)
	c.put(left, top, left+1, f.TopLeft, style)
	c.put(right, top, right+1, f.TopRight, style)
	c.put(left, bottom, left+1, f.BottomLeft, style)
	c.put(right, bottom, right+1, f.BottomRight, style)
}
