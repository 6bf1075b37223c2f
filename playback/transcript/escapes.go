package transcript

// escapes follows the control sequences of a session as far as it must be known
// whether bytes can change any other row than those the cursor goes over.
type escapes struct {
	open   bool // the last sequence has no end yet
	region bool // a part of the screen may scroll alone
}

// plain takes the next bytes and reports whether they are plain text: it
// touches the rows from where the cursor was to where it is now, and no other.
// When in doubt they are not.
func (e *escapes) plain(data []byte) bool {
	plain := !e.open && !e.region
	if e.open {
		data = e.end(data)
	}
	for {
		i := next(data)
		if i < 0 {
			return plain
		}
		plain = false
		c := data[i]
		data = data[i+1:]
		switch {
		case c == 0x1b && len(data) > 0 && data[0] == '[':
			data = e.end(data[1:])
		case c == 0x1b:
			// Any other sequence is over after one byte, or two; what strings
			// hold is swallowed by the screen and changes nothing.
			e.open = len(data) == 0
		case c == 0x9b:
			data = e.end(data)
		}
	}
}

// end looks for the last byte of a control sequence and returns what follows.
func (e *escapes) end(data []byte) []byte {
	for i, c := range data {
		switch {
		case c == '[' && i == 0 && e.open: // ESC came before, this follows it
		case c >= 0x40 && c <= 0x7e:
			e.open = false
			if c == 'r' {
				// Without numbers the whole screen scrolls again; when the
				// numbers came earlier, that cannot be told.
				e.region = i > 0 || e.region
			}
			return data[i+1:]
		}
	}
	e.open = true
	return nil
}

// next finds what can open a sequence, ESC and the eight-bit CSI, and the
// eight-bit RI, which may scroll down. The eight-bit ones are also halves of
// characters, which is then a needless look at more rows.
func next(data []byte) int {
	for i, c := range data {
		if c == 0x1b || c == 0x9b || c == 0x8d {
			return i
		}
	}
	return -1
}
