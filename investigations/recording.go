package investigations

import "time"

// Session is what the log and the recordings together know of one session.
type Session struct {
	ID           string    `json:"sid"`
	Kind         string    `json:"kind"` // ssh, kube, db, app, desktop
	User         string    `json:"user"`
	Login        string    `json:"login,omitempty"`
	Host         string    `json:"host,omitempty"` // host UUID, or database, app, desktop name
	HostLabel    string    `json:"host_label,omitempty"`
	Address      string    `json:"address,omitempty"`
	Start        time.Time `json:"start,omitzero"`
	End          time.Time `json:"end,omitzero"` // zero: no end in this evidence
	Interactive  bool      `json:"interactive"`
	Participants []string  `json:"participants,omitempty"`
	Commands     int       `json:"commands"`  // exec and session.command events
	Uploaded     bool      `json:"uploaded"`  // session.upload seen
	Recording    string    `json:"recording"` // recorded, incomplete, encrypted, missing, none
	// RecordingID is the number of the recording in the case, 0 when none.
	RecordingID int64 `json:"-"`
}

// Recording is one recording file in the case.
type Recording struct {
	ID       int64
	Session  string // session UUID from its content, else from its name
	Name     string // as given
	Format   string // teleport v1, asciicast v2, …
	Kind     string // ssh, kube, db, app, desktop, asciicast, unknown
	User     string // who and where, as the recording itself says
	Login    string
	Host     string
	Size     int64
	SHA256   string
	Complete bool
	Detail   string // why it is not complete, or what it is
	Start    time.Time
	Duration time.Duration
	Cols     int
	Rows     int
}
