package recording

import "fmt"

// desktop counts what a desktop recording is made of: a terminal cannot show
// its pictures, but it can say how much happened.
type desktop struct {
	pictures  int64
	mouse     int64
	clipboard int64
	keys      int64
	other     int64
}

// The first byte of a desktop message is its type.
const (
	tdpPicture   = 2
	tdpMouseMove = 3
	tdpMouseKey  = 4
	tdpKeyboard  = 5
	tdpClipboard = 6
	tdpPicture2  = 27
	tdpFastPath  = 29
)

func (d *desktop) add(message []byte) {
	if len(message) == 0 {
		d.other++
		return
	}
	switch message[0] {
	case tdpPicture, tdpPicture2, tdpFastPath:
		d.pictures++
	case tdpMouseMove, tdpMouseKey:
		d.mouse++
	case tdpKeyboard:
		d.keys++
	case tdpClipboard:
		d.clipboard++
	default:
		d.other++
	}
}

func (d *desktop) sentence() string {
	return fmt.Sprintf("A desktop session: %d pictures, %d mouse, %d key and %d clipboard messages. "+
		"A terminal cannot show it; `tsh recordings export SESSION` makes a video.", d.pictures, d.mouse, d.keys, d.clipboard)
}
