package framing

import "bytes"

// decorated notes keys that a pipeline added to an event or renamed in it.
func (p *parts) decorated(key, value []byte) {
	switch key[0] {
	case '@':
		p.added = true
	case 'a':
		switch string(key) {
		case "addr_remote", "addr_local":
			p.renamed = true
		case "addr.remote", "addr.local":
			p.dotted = true
		case "addr":
			p.renamed = p.renamed || isSplit(value)
		}
	case 'p':
		switch string(key) {
		case "p_log_type", "p_row_id", "p_event_time", "p_parse_time":
			p.added, p.panther = true, true
		}
	}
}

// isSplit tells whether the value of `addr` is what a pipeline that takes dots
// for nesting made of `addr.local` and `addr.remote`.
func isSplit(value []byte) bool {
	if value[0] != '{' {
		return false
	}
	m := walk(value)
	n := 0
	for {
		key, from, _, ok := m.next()
		if !ok {
			return n > 0 && !m.bad
		}
		if string(key) != "local" && string(key) != "remote" || value[from] != '"' {
			return false
		}
		n++
	}
}

// clean writes an event without the keys that a pipeline added and with
// Teleport's name for those it renamed. All else stays as it is written.
func (u *unwrapper) clean(b []byte, p *parts) []byte {
	out := append(u.room(len(b)), '{')
	m := walk(b)
	for {
		key, from, to, ok := m.next()
		if !ok {
			break
		}
		switch {
		case bytes.HasPrefix(key, []byte("@")), p.panther && bytes.HasPrefix(key, []byte("p_")):
			continue
		case !p.dotted && string(key) == "addr" && isSplit(b[from:to]):
			inner := walk(b[from:to])
			for {
				key, a, z, ok := inner.next()
				if !ok {
					break
				}
				out = appendMember(out, append([]byte("addr."), key...), b[from+a:from+z])
			}
			continue
		case !p.dotted && string(key) == "addr_remote":
			key = []byte("addr.remote")
		case !p.dotted && string(key) == "addr_local":
			key = []byte("addr.local")
		}
		out = appendMember(out, key, b[from:to])
	}
	return u.keep(append(out, '}'))
}

// appendMember adds a member to an object that is being written.
func appendMember(out, key, value []byte) []byte {
	if len(out) > 1 {
		out = append(out, ',')
	}
	out = append(appendText(out, key), ':')
	return append(out, value...)
}

const hexDigits = "0123456789abcdef"

// appendText writes a JSON text with the least escapes.
func appendText(dst, s []byte) []byte {
	dst = append(dst, '"')
	for _, c := range s {
		switch {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}
