package transcript

// maxJoined bounds a line that wraps for ever.
const maxJoined = 64 << 10

// joiner makes one line of rows that wrapped and leave one after the other.
type joiner struct {
	open bool
	line Line
	next int // the row that may go on with it
}

// add takes a row; ok is true when a line is whole. A line whose next row is
// not the one that comes ends as it is.
func (j *joiner) add(y, next int, line Line, wrapped bool, end func(Line)) (whole Line, ok bool) {
	if j.open && next != 0 && y != j.next {
		j.flush(end)
	}
	if j.open {
		j.line.Text += line.Text
		j.line.Last = max(j.line.Last, line.Last)
	} else {
		j.line = line
	}
	j.open, j.next = wrapped && len(j.line.Text) < maxJoined, next
	return j.line, !j.open
}

// flush ends a line whose next row never came.
func (j *joiner) flush(end func(Line)) {
	if j.open {
		j.open = false
		end(j.line)
	}
}
