package journal

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Mode says what the console could do to the cluster when the entry was made.
type Mode string

// The modes of the console.
const (
	ModeDryRun   Mode = "dry-run"  // commands are shown, nothing is changed
	ModeLive     Mode = "live"     // connected, locks are real
	ModeExercise Mode = "exercise" // a scripted incident answers
)

// Action says what was done.
type Action string

// The actions cordon records. A journal may hold others: readers show them as
// they stand.
const (
	ActionCaseOpen      Action = "case.open"
	ActionEvidenceAdd   Action = "evidence.add"
	ActionRecordingOpen Action = "recording.open"
	ActionExport        Action = "recording.export" // a screen was written into files
	ActionNote          Action = "note"
	ActionLockPlan      Action = "lock.plan"   // dry-run: shown, not placed
	ActionLockSend      Action = "lock.send"   // live: about to be asked of the cluster
	ActionLockPlace     Action = "lock.place"  // live or exercise: placed
	ActionLockRefuse    Action = "lock.refuse" // asked for and not placed
	ActionLockUnsure    Action = "lock.unsure" // sent, and the answer was lost
	ActionLockExtend    Action = "lock.extend" // its end moved
	ActionLockUndo      Action = "lock.undo"   // the plan dropped or the lock removed
	ActionLockSeen      Action = "lock.seen"   // its end, read from the cluster: the log does not say it
	ActionProgramRun    Action = "program.run" // a shell or another program beside the case
	ActionProgramEnd    Action = "program.end"
	ActionStepProved    Action = "step.proved"  // a command typed beside the case was carried out
	ActionQuerySave     Action = "query.save"   // a query was given a name
	ActionQueryExport   Action = "query.export" // the answer to a query was written into a file
	ActionHandsMark     Action = "hands.mark"   // keys of an identity marked hostile, owner or unmarked
	ActionEdgeAccept    Action = "edge.accept"  // a step of the lineage taken as true
	ActionEdgeRefuse    Action = "edge.refuse"
	ActionEdgeReopen    Action = "edge.reopen"     // neither accepted nor refused any more
	ActionDismiss       Action = "finding.dismiss" // a detection needs no more looking at
	ActionReopen        Action = "finding.reopen"  // it does after all
)

// timeLayout keeps milliseconds, as the case file does, with a fixed width so
// that one moment has one encoding.
const timeLayout = "2006-01-02T15:04:05.000Z"

// Hash is a SHA-256 sum, written as hex.
type Hash [sha256.Size]byte

// String is the hash in lower-case hex.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// IsZero reports whether the hash is that before the first entry.
func (h Hash) IsZero() bool { return h == Hash{} }

// MarshalText writes the hash as hex.
func (h Hash) MarshalText() ([]byte, error) { return []byte(h.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (h *Hash) UnmarshalText(b []byte) error {
	if len(b) != hex.EncodedLen(len(h)) {
		return fmt.Errorf("a hash has %d hex digits, this has %d characters", hex.EncodedLen(len(h)), len(b))
	}
	var got Hash
	if _, err := hex.Decode(got[:], b); err != nil {
		return fmt.Errorf("read hash: %w", err)
	}
	*h = got
	return nil
}

// Entry is one act of the responder.
type Entry struct {
	Seq      int64     `json:"seq"` // counted from 1
	Time     time.Time `json:"time"`
	Operator string    `json:"operator"`
	Mode     Mode      `json:"mode"`
	Action   Action    `json:"action"`
	Target   string    `json:"target,omitempty"`  // what it was done to, for a person
	Command  string    `json:"command,omitempty"` // the equivalent command line
	Result   string    `json:"result,omitempty"`  // one sentence
	Note     string    `json:"note,omitempty"`    // the responder's own words
	// Detail is what programs need to read the entry back: JSON whose form
	// belongs to the action, empty where there is none.
	Detail string `json:"detail,omitempty"`
	Prev   Hash   `json:"prev"` // hash of the entry before, zero for the first
	Hash   Hash   `json:"hash"`
}

// Head is the end of a journal: the number and hash of its last entry. The
// zero Head is an empty journal.
type Head struct {
	Seq  int64 `json:"seq"`
	Hash Hash  `json:"hash"`
}

// Head is the end of a journal whose last entry this is.
func (e Entry) Head() Head { return Head{e.Seq, e.Hash} }

// Append completes a new entry so that it follows head: Seq, Prev and Hash are
// set. Its time is cut to milliseconds in UTC and its texts made valid UTF-8,
// so that every store and export gives back what was hashed.
func Append(head Head, e Entry) Entry {
	e.Seq, e.Prev = head.Seq+1, head.Hash
	e.Time = e.Time.UTC().Truncate(time.Millisecond)
	e.Operator = clean(e.Operator)
	e.Mode = Mode(clean(string(e.Mode)))
	e.Action = Action(clean(string(e.Action)))
	e.Target, e.Command = clean(e.Target), clean(e.Command)
	e.Result, e.Note, e.Detail = clean(e.Result), clean(e.Note), clean(e.Detail)
	e.Hash = e.Sum()
	return e
}

func clean(s string) string { return strings.ToValidUTF8(s, "\uFFFD") }

// Sum is the hash that the entry should carry.
func (e Entry) Sum() Hash {
	return sha256.Sum256(e.encode(nil))
}

// encode appends the canonical encoding of the entry. Lengths stand before
// every field, so no two entries share an encoding.
func (e Entry) encode(b []byte) []byte {
	b = append(b, "cordon journal 1\n"...)
	for _, field := range [...]string{
		e.Prev.String(), strconv.FormatInt(e.Seq, 10), encodeTime(e.Time),
		e.Operator, string(e.Mode), string(e.Action),
		e.Target, e.Command, e.Result, e.Note, e.Detail,
	} {
		b = strconv.AppendInt(b, int64(len(field)), 10)
		b = append(b, ':')
		b = append(b, field...)
		b = append(b, ',')
	}
	return b
}

// encodeTime writes whole milliseconds as documented. A time that Append never
// makes keeps its finer part, so that adding some to an entry is noticed.
func encodeTime(t time.Time) string {
	t = t.UTC()
	if t.Truncate(time.Millisecond).Equal(t) {
		return t.Format(timeLayout)
	}
	return t.Format("2006-01-02T15:04:05.000000000Z")
}
