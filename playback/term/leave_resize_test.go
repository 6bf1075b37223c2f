package term

import "testing"

// While a resize tells of the rows that leave, every row of the old screen can
// be read.
func TestOnLeave_duringResizeAllRowsCanBeRead(t *testing.T) {
	t.Parallel()
	s := New(10, 6)
	s.Write([]byte("1\r\n2\r\n3\r\n4\r\n5\r\n6\x1b[3;1H"))
	var left []string
	s.OnLeave(func(y int, _ Leave) {
		for row := range 6 {
			s.AppendLine(nil, row)
		}
		left = append(left, s.Line(y))
	})
	s.Resize(10, 2)
	if len(left) != 4 {
		t.Errorf("told of %q, want four rows", left)
	}
}
