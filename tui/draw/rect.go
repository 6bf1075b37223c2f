package draw

import (
	"image"

	uv "github.com/charmbracelet/ultraviolet"
)

// Row returns the n-th row of an area, or an empty area below its end.
func Row(area uv.Rectangle, n int) uv.Rectangle {
	return uv.Rect(area.Min.X, area.Min.Y+n, max(0, area.Dx()), 1).Intersect(area)
}

// CutTop splits n rows off the top.
func CutTop(area uv.Rectangle, n int) (top, rest uv.Rectangle) {
	n = max(0, min(n, area.Dy()))
	top, rest = area, area
	top.Max.Y = area.Min.Y + n
	rest.Min.Y += n
	return top, rest
}

// CutBottom splits n rows off the bottom.
func CutBottom(area uv.Rectangle, n int) (bottom, rest uv.Rectangle) {
	rest, bottom = CutTop(area, area.Dy()-max(0, n))
	return bottom, rest
}

// CutLeft splits n columns off the left.
func CutLeft(area uv.Rectangle, n int) (left, rest uv.Rectangle) {
	n = max(0, min(n, area.Dx()))
	left, rest = area, area
	left.Max.X = area.Min.X + n
	rest.Min.X += n
	return left, rest
}

// CutRight splits n columns off the right.
func CutRight(area uv.Rectangle, n int) (right, rest uv.Rectangle) {
	rest, right = CutLeft(area, area.Dx()-max(0, n))
	return right, rest
}

// Pad takes columns off both sides.
func Pad(area uv.Rectangle, columns int) uv.Rectangle {
	area.Min.X += columns
	area.Max.X -= columns
	return normal(area)
}

// Center returns a rectangle of at most the given size in the middle of an area.
func Center(area uv.Rectangle, width, height int) uv.Rectangle {
	width, height = max(0, min(width, area.Dx())), max(0, min(height, area.Dy()))
	at := image.Pt(area.Min.X+(area.Dx()-width)/2, area.Min.Y+(area.Dy()-height)/2)
	return uv.Rect(at.X, at.Y, width, height)
}

// normal turns a rectangle whose sides have crossed into an empty one.
func normal(r uv.Rectangle) uv.Rectangle {
	r.Max.X = max(r.Min.X, r.Max.X)
	r.Max.Y = max(r.Min.Y, r.Max.Y)
	return r
}
