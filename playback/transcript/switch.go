package transcript

import "bytes"

// switches are the private modes that show the other screen.
var switches = [][]byte{[]byte("1049"), []byte("1047"), []byte("47")}

// untilSwitch is how many bytes come before the next sequence that enters the
// alternate screen, or leaves it when it is shown; all of them when none does.
// A sequence that is split between two frames is missed, which only costs the
// picture of the program's last screen.
func untilSwitch(data []byte, leaving bool) int {
	for from := 0; ; {
		i := bytes.Index(data[from:], []byte("\x1b[?"))
		if i < 0 {
			return len(data)
		}
		from += i
		if n := switchLen(data[from:]); n > 0 && (data[from+n-1] == 'l') == leaving {
			return from
		}
		from += 3
	}
}

// switchLen is the length of the sequence at the start of data if it switches
// screens, else 0. Modes are often set several at a time.
func switchLen(data []byte) int {
	const most = 64
	if len(data) < 3 || data[0] != 0x1b || data[1] != '[' || data[2] != '?' {
		return 0
	}
	for i := 3; i < min(len(data), most); i++ {
		switch c := data[i]; {
		case c >= '0' && c <= '9' || c == ';':
		case c == 'h' || c == 'l':
			for mode := range bytes.SplitSeq(data[3:i], []byte(";")) {
				for _, s := range switches {
					if bytes.Equal(mode, s) {
						return i + 1
					}
				}
			}
			return 0
		default:
			return 0
		}
	}
	return 0
}
