package screen

import (
	"image"

	uv "github.com/charmbracelet/ultraviolet"
)

// Place says which part of a picture is shown where. A picture that is smaller
// than the area stands in its middle; of a larger one the part at origin is
// shown, as far as there is one.
func Place(area uv.Rectangle, picture, origin image.Point) (shown uv.Rectangle, from image.Point) {
	w, h := max(0, min(picture.X, area.Dx())), max(0, min(picture.Y, area.Dy()))
	from = Clamp(origin, picture, image.Pt(area.Dx(), area.Dy()))
	x, y := area.Min.X+(area.Dx()-w)/2, area.Min.Y+(area.Dy()-h)/2
	return image.Rect(x, y, x+w, y+h), from
}

// Clamp brings an origin into the range in which a view of some size shows
// nothing but the picture.
func Clamp(origin, picture, view image.Point) image.Point {
	return image.Pt(
		max(0, min(origin.X, picture.X-view.X)),
		max(0, min(origin.Y, picture.Y-view.Y)),
	)
}

// Fits reports whether a view shows the whole picture.
func Fits(picture, view image.Point) bool { return picture.X <= view.X && picture.Y <= view.Y }

// Follow moves an origin as little as needed for the cursor to be in view. The
// left edge is preferred while the cursor can be seen from there, because that
// is where lines begin.
func Follow(origin, cursor, picture, view image.Point) image.Point {
	const ahead = 4 // columns in front of the cursor, so that typing does not push the edge
	switch {
	case cursor.X < view.X-ahead:
		origin.X = 0
	case cursor.X < origin.X || cursor.X >= origin.X+view.X-ahead:
		origin.X = cursor.X - view.X + 1 + ahead
	}
	if cursor.Y < origin.Y {
		origin.Y = cursor.Y
	}
	if cursor.Y >= origin.Y+view.Y {
		origin.Y = cursor.Y - view.Y + 1
	}
	return Clamp(origin, picture, view)
}
