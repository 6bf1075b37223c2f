package framing

import "bytes"

// decorated notes keys that a pipeline added to an event or renamed in it.
func (p *parts) decorated(key []byte) {
	switch key[0] {
	case '@':
		p.extra = true
	case 'a':
		switch string(key) {
		case "addr_remote", "addr_local":
			p.extra = true
		case "addr.remote", "addr.local":
			p.dotted = true
		}
	case 'p':
		switch string(key) {
		case "p_log_type", "p_row_id", "p_event_time", "p_parse_time":
			p.extra, p.panther = true, true
		}
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
		case !p.dotted && string(key) == "addr_remote":
			key = []byte("addr.remote")
		case !p.dotted && string(key) == "addr_local":
			key = []byte("addr.local")
		}
		if len(out) > 1 {
			out = append(out, ',')
		}
		out = appendText(out, key)
		out = append(append(out, ':'), b[from:to]...)
	}
	return u.keep(append(out, '}'))
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
