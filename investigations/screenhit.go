package investigations

import "time"

// ScreenHit is a line that stood on the screen of a recorded session, or a
// sentence of a recording without a screen, in which a text was found.
type ScreenHit struct {
	Recording int64         // id of the recording in this case
	Session   string        // session id; as logged
	User      string        // who and where, as the recording itself says
	Login     string        //
	Host      string        //
	Start     time.Time     // of the recording, UTC; zero when it names none
	Offset    time.Duration // when the line first appeared, since Start
	Line      string        // untrusted
}

// Time is when the line first appeared, UTC; zero when the recording names no
// time of day.
func (h ScreenHit) Time() time.Time {
	if h.Start.IsZero() {
		return time.Time{}
	}
	return h.Start.Add(h.Offset)
}

// ScreenSearch is the answer of a search through the screens of a case.
type ScreenSearch struct {
	Hits []ScreenHit // in order of recording and moment, up to the limit asked for
	// Total is how many lines hold the text; it may be more than there are Hits.
	Total int
	// In is how many recordings hold it, and Searched how many were looked
	// through: those that hold any text.
	In, Searched int
}
