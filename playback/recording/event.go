package recording

import (
	"encoding/json"
	"fmt"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

const fieldSessionPrint = 7 // of events.OneOf

// Event is an audit event inside a recording.
type Event struct {
	Type    string
	Code    string
	UID     string
	Index   int64
	Time    time.Time
	Summary string // what happened, in words; holds untrusted text

	oneOf int // field of events.OneOf
	audit apievents.AuditEvent
	json  []byte // for events that did not come as protobuf
	cast  string // the code of an asciicast's event
	text  string // and its data
}

// Audit is the event as Teleport's type, or nil when it is newer than this
// program or not from Teleport.
func (e *Event) Audit() apievents.AuditEvent { return e.audit }

// JSON is the event as Teleport spells it in its audit log, for display.
func (e *Event) JSON() []byte {
	if e.audit != nil {
		if out, err := json.Marshal(e.audit); err == nil {
			return out
		}
	}
	if e.json != nil {
		return e.json
	}
	out, err := json.Marshal(struct {
		Index int64      `json:"ei"`
		Type  string     `json:"event,omitempty"`
		UID   string     `json:"uid,omitempty"`
		Code  string     `json:"code,omitempty"`
		Time  *time.Time `json:"time,omitempty"`
		Field int        `json:"oneof_field,omitempty"`
	}{e.Index, e.Type, e.UID, e.Code, known(e.Time), e.oneOf})
	if err != nil { // strings, numbers and a checked time always marshal
		return []byte("{}")
	}
	return out
}

func known(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// decodeEvent reads one events.OneOf that is not a plain print. An event of a
// type this program does not know is returned with what its metadata says.
func decodeEvent(msg []byte) (ev *Event, err error) {
	var one apievents.OneOf
	if err := one.Unmarshal(msg); err != nil {
		return nil, fmt.Errorf("decode event: %w", err)
	}
	audit, err := apievents.FromOneOf(one)
	if err != nil {
		num, ev, err := unknownEvent(msg)
		if err != nil {
			return nil, err
		}
		ev.oneOf = num
		ev.Summary = fmt.Sprintf("unknown event (field %d)", num)
		if ev.Type != "" {
			ev.Summary = fmt.Sprintf("unknown event %s (field %d)", ev.Type, num)
		}
		return &ev, nil
	}
	ev = &Event{
		Type:  audit.GetType(),
		Code:  audit.GetCode(),
		UID:   audit.GetID(),
		Index: audit.GetIndex(),
		Time:  audit.GetTime().UTC(),
		audit: audit,
	}
	return ev, nil
}
