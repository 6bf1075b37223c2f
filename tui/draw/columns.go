package draw

// Column says how wide a column wants to be.
type Column struct {
	Min int
	// Max bounds the growth; zero means no bound.
	Max int
	// Weight is the column's part of the width that is left over; a column of
	// weight zero keeps its minimum.
	Weight int
	// Drop is the order in which columns are left out when the width is too
	// small, highest first. A column with zero is never left out.
	Drop int
}

// Columns shares a width among columns with a gap between them. The result has
// one width per column; zero means that the column is left out. The sum never
// exceeds the width: columns that may not be dropped are cut as the last resort.
func Columns(width, gap int, cols []Column) []int {
	widths := make([]int, len(cols))
	kept := 0
	for i, col := range cols {
		widths[i] = max(1, col.Min)
		kept++
	}
	for total(widths, gap) > width {
		victim := -1
		for i, col := range cols {
			// Of equals the rightmost goes first.
			if widths[i] > 0 && col.Drop > 0 && (victim < 0 || col.Drop >= cols[victim].Drop) {
				victim = i
			}
		}
		if victim < 0 {
			break
		}
		widths[victim] = 0
		kept--
	}
	shrink(widths, gap, width)
	grow(widths, width-total(widths, gap), cols)
	return widths
}

func total(widths []int, gap int) int {
	sum, kept := 0, 0
	for _, w := range widths {
		if w > 0 {
			sum += w
			kept++
		}
	}
	return sum + max(0, kept-1)*gap
}

// shrink cuts the widest column until all fit, and drops from the right when
// even one column each is too much.
func shrink(widths []int, gap, width int) {
	for total(widths, gap) > width {
		widest := -1
		for i, w := range widths {
			if w > 1 && (widest < 0 || w > widths[widest]) {
				widest = i
			}
		}
		if widest >= 0 {
			widths[widest]--
			continue
		}
		last := len(widths) - 1
		for last >= 0 && widths[last] == 0 {
			last--
		}
		if last < 0 {
			return
		}
		widths[last] = 0
	}
}

// grow hands out what is left by weight, one column at a time so that the sum
// is exact and the bounds hold.
func grow(widths []int, left int, cols []Column) {
	given := make([]int, len(cols))
	for ; left > 0; left-- {
		best := -1
		for i, col := range cols {
			if widths[i] == 0 || col.Weight <= 0 || col.Max > 0 && widths[i] >= col.Max {
				continue
			}
			// The column that is furthest behind its share comes next.
			if best < 0 || given[i]*cols[best].Weight < given[best]*col.Weight {
				best = i
			}
		}
		if best < 0 {
			return
		}
		widths[best]++
		given[best]++
	}
}
