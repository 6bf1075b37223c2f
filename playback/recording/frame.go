package recording

import (
	"strings"
	"time"
)

// FrameType says what a frame carries.
type FrameType uint8

// The kinds of frames.
const (
	Output   FrameType = iota + 1 // bytes for the terminal, in Data
	Resize                        // a new size, in Cols and Rows; Event is set when an audit event said so
	Note                          // an audit event that changes nothing on a recorded screen, in Event
	Graphics                      // a piece of a desktop session, which a terminal cannot show
)

// String names the type as it appears in JSON.
func (t FrameType) String() string {
	switch t {
	case Output:
		return "output"
	case Resize:
		return "resize"
	case Graphics:
		return "graphics"
	case Note:
		return "event"
	default:
		return "unknown"
	}
}

// Frame is one step of a recording. A session that had no terminal (database,
// application, desktop) gets a composed screen: Data of its Note and Graphics
// frames then holds, as safe text for a terminal, what is to be read there.
type Frame struct {
	At    time.Duration // since the recording's start; never less than the frame before
	Type  FrameType
	Cols  int
	Rows  int
	Data  []byte // read only: frames share one buffer
	Event *Event
}

// Words is what a frame says in words, line by line: its part of a composed
// screen, or else the summary of its event. The text is untrusted.
func (f *Frame) Words() []string {
	switch {
	case f.Type == Output || f.Type == Resize && f.Event == nil:
		return nil
	case len(f.Data) > 0:
		return strings.Split(strings.TrimSuffix(string(f.Data), "\r\n"), "\r\n")
	case f.Event != nil && f.Event.Summary != "":
		return []string{f.Event.Summary}
	}
	return nil
}

// Kind says what kind of session a recording holds.
type Kind string

// The kinds of sessions.
const (
	KindUnknown   Kind = "unknown"
	KindSSH       Kind = "ssh"
	KindKube      Kind = "kube"
	KindDatabase  Kind = "db"
	KindApp       Kind = "app"
	KindDesktop   Kind = "desktop"
	KindAsciicast Kind = "asciicast"
)

// Meta is what a recording says about itself. Fields it does not name are
// empty; a recording of an application, for example, names no user.
type Meta struct {
	Format    Format
	Kind      Kind
	SessionID string
	ChunkID   string // application sessions are recorded in chunks; the file is named after the chunk
	User      string
	Login     string // the OS login, database user or Windows user
	Host      string // the host, pod, database service, application or desktop
	HostID    string
	Cluster   string
	Address   string // where the user came from
	Protocol  string // as Teleport writes it: ssh, kube, postgres
	Database  string
	Command   string // the command a session without a shell was started with
	Title     string // asciicast only
	Version   string // of the Teleport server that recorded, when it says so

	Start        time.Time // time of the first event; zero when the recording has none
	End          time.Time // time of the last event
	Cols, Rows   int       // the size at the start
	Terminal     bool      // a terminal was recorded
	Composed     bool      // none was, and a screen is composed from the events
	Ended        bool      // the recording holds the event that ends the session
	Denied       bool      // the session was refused and nothing could follow
	Participants []string  // each name once, in the order they appeared
	Parts        int       // parts of the file, Teleport formats only
	KeyIDs       []string  // fingerprints of the keys an encrypted recording asks for
}

// Screen reports whether the frames put something on a screen.
func (m *Meta) Screen() bool { return m.Terminal || m.Composed }

// ProblemKind says what is wrong with a recording.
type ProblemKind string

// The kinds of problems.
const (
	ProblemTruncated ProblemKind = "truncated"     // the file ends in the middle
	ProblemCorrupt   ProblemKind = "corrupt"       // a part cannot be unpacked or decoded to its end
	ProblemHole      ProblemKind = "hole"          // events are missing by their index
	ProblemDuplicate ProblemKind = "duplicate"     // events with an index already seen were left out
	ProblemUnknown   ProblemKind = "unknown event" // an event newer than this program
	ProblemBadEvent  ProblemKind = "bad event"     // one event that cannot be decoded
	ProblemBadLine   ProblemKind = "bad line"      // one line of an asciicast that cannot be read
	ProblemNoEnd     ProblemKind = "no end"        // the session's end is not in the recording
	ProblemEmpty     ProblemKind = "empty"         // no events at all
	ProblemEncrypted ProblemKind = "encrypted"     // parts that only the cluster can open
	ProblemLegacy    ProblemKind = "legacy"        // a recording of Teleport before 4.4 that lacks one of its files
	ProblemNoScreen  ProblemKind = "no terminal"   // there is nothing to show on a screen
	ProblemSize      ProblemKind = "size"          // a terminal size that was brought into bounds
	ProblemLimit     ProblemKind = "limit"         // larger than the caller allowed
	ProblemRead      ProblemKind = "read"          // the file could not be read further
)

// Problem is one kind of damage or absence, however often it was met.
type Problem struct {
	Kind     ProblemKind
	Count    int64  // how many events, parts or lines
	Sentence string // for people; safe text, no bytes from the recording
	Missing  bool   // something of the session is not shown because of it

	// Where it was met first, in Teleport's formats: the part, counted from 1,
	// the byte of the unpacked file that the part begins at, and the time of the
	// session.
	Part int
	Byte int64
	At   time.Duration
}

// Line is one moment of a session in words.
type Line struct {
	At   time.Duration
	Text string
}
