package investigations

import (
	"strings"
	"time"
)

// GapKind names a way in which evidence is known to be incomplete.
type GapKind string

// The kinds of gap that a case reports, the one that weighs most for a responder
// first.
const (
	GapDay           GapKind = "day_missing"            // no event on a day between days that have some
	GapNotLogged     GapKind = "session_not_logged"     // a recording, no event of its session
	GapIndex         GapKind = "index_hole"             // a hole in `ei` inside one database session
	GapClock         GapKind = "clock_skew"             // times of a host that cannot be right
	GapNoEnd         GapKind = "session_without_end"    // a session's start, no end of it
	GapNoStart       GapKind = "session_without_start"  // a session's end, no start of it
	GapRecording     GapKind = "recording_incomplete"   // empty, truncated, damaged or encrypted recording
	GapLostRecording GapKind = "recording_not_uploaded" // a recorded session without a recording anywhere
	GapNoRecording   GapKind = "recording_missing"      // the log says uploaded, no recording in the case
	GapToken         GapKind = "token_unknown"          // a join token was used, its creation is not logged
)

var gapTitles = map[GapKind]string{
	GapDay: "day missing", GapNotLogged: "session not logged", GapIndex: "events missing", GapClock: "clock wrong", GapNoEnd: "session open",
	GapNoStart: "start not seen", GapRecording: "recording not whole", GapLostRecording: "recording lost",
	GapNoRecording: "recording missing", GapToken: "token unknown",
}

// Title is the kind in two or three words for a person. A kind that this
// version does not know, from a newer case file, is spelt as it is.
func (k GapKind) Title() string {
	if title, ok := gapTitles[k]; ok {
		return title
	}
	return strings.ReplaceAll(string(k), "_", " ")
}

// Gap is one hole in the evidence. From and To bound it in UTC where it is a
// stretch of time; Entity names what it concerns.
type Gap struct {
	Kind   GapKind   `json:"kind"`
	From   time.Time `json:"from,omitzero"`
	To     time.Time `json:"to,omitzero"`
	Entity *Entity   `json:"entity,omitempty"`
	Detail string    `json:"detail"` // one sentence for a person
	Count  int       `json:"count,omitempty"`
}

// Source is one file given as evidence.
type Source struct {
	ID            int64     `json:"id"`
	Name          string    `json:"name"` // as given, or the path inside the folder given
	Format        string    `json:"format"`
	Size          int64     `json:"size"`           // bytes of the file as given
	SHA256        string    `json:"sha256"`         // of the file as given
	ContentSize   int64     `json:"content_size"`   // bytes after decompression
	ContentSHA256 string    `json:"content_sha256"` // after decompression
	Events        int64     `json:"events"`         // new events it added
	Duplicates    int64     `json:"duplicates"`     // events that were in the case already
	Rejects       int64     `json:"rejects"`        // lines kept but not understood
	Complete      bool      `json:"complete"`       // read to its end
	Problem       string    `json:"problem,omitempty"`
	Base          int64     `json:"base,omitempty"`      // source whose bytes it begins with
	BaseSize      int64     `json:"base_size,omitempty"` // how many of them
	Added         time.Time `json:"added"`
}

// Reject is a stretch of a source that is no event. Its bytes are kept.
type Reject struct {
	Source string `json:"source"`
	Line   int64  `json:"line"`   // counted from 1
	Offset int64  `json:"offset"` // in the content, from 0
	Length int64  `json:"length"`
	Reason string `json:"reason"`
}

// Coverage says what a case's answers rest on. Every answer carries it, so
// that "no rows" is never read as "did not happen".
type Coverage struct {
	From        time.Time `json:"from,omitzero"`
	To          time.Time `json:"to,omitzero"`
	Events      int64     `json:"events"`
	Sources     int       `json:"sources"`
	Duplicates  int64     `json:"duplicates"`
	Rejects     int64     `json:"rejects"`
	UIDReused   int64     `json:"uid_reused"`
	Recordings  int       `json:"recordings"`
	Clusters    []string  `json:"clusters"`
	ServerMajor int       `json:"server_major,omitempty"` // newest `server_version` seen; 0 unknown
	Gaps        []Gap     `json:"gaps"`
}

// Day is one UTC day of a case and how many events it has.
type Day struct {
	Start  time.Time `json:"day"`
	Events int64     `json:"events"`
}

// Origin is where an event stands in the evidence.
type Origin struct {
	Source string `json:"source"`
	Line   int64  `json:"line"`   // counted from 1
	Offset int64  `json:"offset"` // in the content, from 0
	Length int64  `json:"length"`
}
