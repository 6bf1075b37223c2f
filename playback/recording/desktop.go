package recording

import (
	"encoding/binary"
	"fmt"
	"strings"
	"time"
)

// desktopPeriod is how much of a desktop session one line of its timeline
// covers.
const desktopPeriod = 10 * time.Second

// desktop counts what a desktop recording is made of: a terminal cannot show
// its pictures, but it can say how much happened when.
type desktop struct {
	all    activity
	period activity
	from   time.Duration // when the period began
	start  time.Time     // of the recording
	width  uint32        // of the screen; 0 when no message named it
	height uint32
}

// activity is a number of messages by kind.
type activity struct {
	pictures, mouse, keys, clipboard, other int64
	copied                                  int64 // bytes of the clipboard
}

// The first byte of a desktop message is its type.
const (
	tdpScreen    = 1
	tdpPicture   = 2
	tdpMouseMove = 3
	tdpMouseKey  = 4
	tdpKeyboard  = 5
	tdpClipboard = 6
	tdpWheel     = 8
	tdpPicture2  = 27
	tdpFastPath  = 29
	tdpActivated = 31
)

// add takes one message and returns the lines of the timeline that are due.
func (d *desktop) add(at time.Duration, message []byte) []byte {
	var out []byte
	if d.period != (activity{}) && at-d.from >= desktopPeriod {
		out = d.line(out)
	}
	if d.period == (activity{}) {
		d.from = at
	}
	d.period.add(message)
	d.all.add(message)
	if w, h, ok := screenSize(message); ok && (w != d.width || h != d.height) {
		d.width, d.height = w, h
		out = fmt.Appendf(out, "%s  the desktop is %dx%d\r\n", d.day(at), w, h)
	}
	return out
}

// rest is the line of a period that nothing ended.
func (d *desktop) rest() (line []byte, some bool) {
	if d.period == (activity{}) {
		return nil, false
	}
	return d.line(nil), true
}

func (d *desktop) line(out []byte) []byte {
	out = fmt.Appendf(out, "%s  %s\r\n", d.day(d.from), d.period)
	d.period = activity{}
	return out
}

// day is the time of day of a moment of the recording.
func (d *desktop) day(at time.Duration) string {
	if d.start.IsZero() {
		return day(d.start)
	}
	return day(d.start.Add(at))
}

func (a *activity) add(message []byte) {
	if len(message) == 0 {
		a.other++
		return
	}
	switch message[0] {
	case tdpPicture, tdpPicture2, tdpFastPath:
		a.pictures++
	case tdpMouseMove, tdpMouseKey, tdpWheel:
		a.mouse++
	case tdpKeyboard:
		a.keys++
	case tdpClipboard:
		a.clipboard++
		a.copied += int64(max(len(message)-5, 0)) // after the type and a length
	default:
		a.other++
	}
}

// String lists what there was.
func (a activity) String() string {
	var out []string
	for _, one := range []struct {
		n         int64
		word, end string
	}{{a.pictures, "picture", "s"}, {a.mouse, "mouse message", "s"}, {a.keys, "key", "s"}, {a.other, "other message", "s"}} {
		switch {
		case one.n == 1:
			out = append(out, "1 "+one.word)
		case one.n > 1:
			out = append(out, fmt.Sprintf("%d %s%s", one.n, one.word, one.end))
		}
	}
	if a.clipboard > 0 {
		out = append(out, fmt.Sprintf("clipboard %d bytes", a.copied))
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, ", ")
}

// screenSize is the size a message says the desktop has.
func screenSize(message []byte) (width, height uint32, ok bool) {
	switch {
	case len(message) == 9 && message[0] == tdpScreen:
		return binary.BigEndian.Uint32(message[1:]), binary.BigEndian.Uint32(message[5:]), true
	case len(message) == 9 && message[0] == tdpActivated:
		return uint32(binary.BigEndian.Uint16(message[5:])), uint32(binary.BigEndian.Uint16(message[7:])), true
	}
	return 0, 0, false
}

func (d *desktop) sentence() string {
	out := "A desktop session: "
	if d.width > 0 {
		out = fmt.Sprintf("A desktop session of %dx%d: ", d.width, d.height)
	}
	return out + d.all.String() + ". Its pictures are not shown here, only when there were some; `tsh recordings export SESSION` makes a video."
}
