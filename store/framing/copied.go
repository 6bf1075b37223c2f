package framing

import "bytes"

// copied finds the event in a row of the events table of Teleport's Postgres
// backend as COPY writes it: cells between tabs, the time, the id, …, the event,
// each with a backslash before what is special. False when b is no such row.
func (u *unwrapper) copied(b []byte, depth int) (found, bool) {
	// 2026-03-01 09:00:00.123+00, then a UUID.
	first := bytes.IndexByte(b[:min(len(b), 40)], '\t')
	if first < len("2026-03-01 09:00:00") || b[4] != '-' || b[10] != ' ' || b[13] != ':' {
		return found{}, false
	}
	rest := b[first+1:]
	if len(rest) < 37 || rest[36] != '\t' || rest[8] != '-' || rest[23] != '-' {
		return found{}, false
	}
	for len(rest) > 0 {
		cell, after, _ := bytes.Cut(rest, []byte{'\t'})
		if cell = bytes.TrimSpace(cell); len(cell) > 1 && cell[0] == '{' {
			at := len(b) - len(rest)
			if bytes.IndexByte(cell, '\\') < 0 {
				got := u.object(cell, depth)
				return got.shifted(at).called("postgres"), true
			}
			got := u.object(u.uncopy(cell), depth)
			got.at = -1
			return got.called("postgres"), true
		}
		rest = after
	}
	return found{}, false
}

// called names the envelope that an event was found in.
func (f found) called(wrap string) found {
	f.wrap = wrap
	return f
}

// uncopy takes the backslashes away that COPY put into a cell.
func (u *unwrapper) uncopy(cell []byte) []byte {
	out := u.room(len(cell))
	for i := 0; i < len(cell); i++ {
		c := cell[i]
		if c == '\\' && i+1 < len(cell) {
			i++
			if c = cell[i]; c >= 'a' {
				if at := bytes.IndexByte([]byte("bfnrtv"), c); at >= 0 {
					c = "\b\f\n\r\t\v"[at]
				}
			}
		}
		out = append(out, c)
	}
	return u.keep(out)
}
