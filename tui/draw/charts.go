package draw

import (
	"strings"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
)

// Spark draws values as a row of small bars, one column per value from the
// left; only the last values are drawn when the area is too narrow. A value
// above zero is never drawn like zero, so a single event stays visible beside
// thousands.
func (c Canvas) Spark(area uv.Rectangle, r themes.Role, values []int) {
	if area.Dx() <= 0 || area.Dy() <= 0 {
		return
	}
	c.Text(area, r, SparkText(c.Glyphs(), values[max(0, len(values)-area.Dx()):]))
}

// SparkText is the bars of [Canvas.Spark] as text, one column for each value.
func SparkText(g *themes.Glyphs, values []int) string {
	top := 1
	for _, v := range values {
		top = max(top, v)
	}
	var b strings.Builder
	for _, v := range values {
		level := 0
		if v > 0 {
			// Split so that a huge count does not overflow.
			level = 1 + int(float64(v)/float64(top)*float64(len(g.Levels)-2))
		}
		b.WriteString(g.Levels[min(level, len(g.Levels)-1)])
	}
	return b.String()
}

// Bucket sums values into n buckets of equal width, for a sparkline.
func Bucket(values []int, n int) []int {
	if n <= 0 {
		return nil
	}
	if len(values) <= n {
		return values
	}
	out := make([]int, n)
	for i, v := range values {
		out[i*n/len(values)] += v
	}
	return out
}

// Bar draws a progress bar over the first row of an area; done is from 0 to 1.
func (c Canvas) Bar(area uv.Rectangle, r themes.Role, done float64) {
	if area.Dx() <= 0 || area.Dy() <= 0 {
		return
	}
	row := Row(area, 0)
	full := int(min(1, max(0, done)) * float64(row.Dx()))
	left, rest := CutLeft(row, full)
	c.Fill(left, c.Glyphs().Full, r)
	c.Fill(rest, c.Glyphs().Empty, themes.Muted)
}

// Scroll draws a scroll bar down the first column of an area for a list of n
// rows of which shown are visible from first on.
func (c Canvas) Scroll(area uv.Rectangle, first, shown, n int) {
	if area.Dx() <= 0 || area.Dy() <= 0 || n <= shown {
		return
	}
	col, _ := CutLeft(area, 1)
	c.Fill(col, c.Glyphs().Track, themes.Border)
	height := max(1, col.Dy()*shown/n)
	at := 0
	if n > shown {
		at = (col.Dy() - height) * min(first, n-shown) / (n - shown)
	}
	c.Fill(uv.Rect(col.Min.X, col.Min.Y+at, 1, height), c.Glyphs().Thumb, themes.Muted)
}
