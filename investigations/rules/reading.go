package rules

import (
	"context"

	"cordon/investigations"
)

// Source is where the rules' events come from: a case.
type Source interface {
	// ReadEvents reads the events that are asked for, each once. It ends with
	// the error of Take, or that of ctx.
	ReadEvents(ctx context.Context, ask Reading) error
}

// Reading asks for events with their lines. Event and line are valid during the
// call only.
type Reading struct {
	// Choose is told once, before anything is read, which event types there are,
	// and reports for each whether its events are asked for. A type may come in
	// several parts.
	Choose func(types []EventType) []bool
	// Look is given each event asked for, from several goroutines and in no order.
	// Where it returns a note, event, line and note go to Take.
	Look func(g Glance) (note any)
	// Take is called by one goroutine, in the case's order: by time, then by
	// position in the session.
	Take func(ev *investigations.Event, line []byte, note any) error
	// Progress, unless nil, is told now and then how many of the events asked
	// for have been read.
	Progress func(done, total int64)
}

// EventType is a type of events, and how many of them there are.
type EventType struct {
	Name   string
	Events int64
}

// Glance is an event as Look gets it. Most are let go after a look at the line,
// so the typed part is made when it is asked for.
type Glance struct {
	Type  string
	Line  []byte
	Event func() *investigations.Event
}
