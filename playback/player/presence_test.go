package player

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

// written is what a reader makes of events: the way to events as Teleport writes
// them.
func written(t *testing.T, events ...apievents.AuditEvent) *recording.Recording {
	t.Helper()
	var file bytes.Buffer
	w, err := recording.NewWriter(&file, recording.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range events {
		if err := w.Event(e); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	rec, err := recording.Load(t.Context(), &file)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

func logged(t *testing.T, e apievents.AuditEvent) *recording.Event {
	t.Helper()
	e.SetTime(t0)
	return written(t, e).Frames[0].Event
}

func meta(kind string, at time.Duration) apievents.Metadata {
	return apievents.Metadata{Type: kind, Time: t0.Add(at), ID: kind + at.String()}
}

func session(t *testing.T) *recording.Recording {
	t.Helper()
	who := func(name string) apievents.UserMetadata { return apievents.UserMetadata{User: name} }
	return written(
		t,
		&apievents.SessionStart{Metadata: meta("session.start", 0), UserMetadata: who("alice"), TerminalSize: "80:24"},
		&apievents.SessionJoin{Metadata: meta("session.join", sec/2), UserMetadata: who("alice")},
		&apievents.SessionJoin{Metadata: meta("session.join", 2*sec), UserMetadata: who("bob")},
		&apievents.SessionJoin{Metadata: meta("session.join", 3*sec), UserMetadata: who("bob")},
		&apievents.SessionLeave{Metadata: meta("session.leave", 4*sec), UserMetadata: who("bob")},
		&apievents.SessionLeave{Metadata: meta("session.leave", 5*sec), UserMetadata: who("nobody")},
		&apievents.SessionEnd{Metadata: meta("session.end", 6*sec), UserMetadata: who("alice")},
	)
}

func TestPresentIn(t *testing.T) {
	t.Parallel()
	want := []Presence{
		{User: "alice", From: 0, To: 6 * sec},
		{User: "bob", From: 2 * sec, To: 4 * sec, Left: true},
		{User: "bob", From: 3 * sec, To: 6 * sec},
	}
	if diff := cmp.Diff(want, PresentIn(session(t))); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if got := PresentIn(&recording.Recording{}); got != nil {
		t.Errorf("in nothing: %+v", got)
	}
}

func TestPlayer_seeksEventsAndMarkers(t *testing.T) {
	t.Parallel()
	p := New(session(t))
	var at []time.Duration
	for _, ok := p.NextEvent(t0); ok; _, ok = p.NextEvent(t0) {
		at = append(at, p.Position())
	}
	if diff := cmp.Diff([]time.Duration{sec / 2, 2 * sec, 3 * sec, 4 * sec, 5 * sec, 6 * sec}, at); diff != "" {
		t.Errorf("forward (-want +got):\n%s", diff)
	}
	if e, ok := p.PrevEvent(t0); !ok || e.Type != "session.leave" || p.Position() != 5*sec {
		t.Errorf("back: %+v at %v", e, p.Position())
	}
	if e, ok := p.SeekEvent(t0, "session.join3s"); !ok || e.Type != "session.join" || p.Frame() != 4 {
		t.Errorf("by uid: %+v, frame %d", e, p.Frame())
	}
	if _, ok := p.SeekEvent(t0, "no such"); ok {
		t.Error("found what is not there")
	}
	if m, ok := p.SeekMarker(t0, 1); !ok || m.Kind != MarkJoin || p.Position() != m.At {
		t.Errorf("marker %+v at %v", m, p.Position())
	}
	if _, ok := p.SeekMarker(t0, 1000); ok {
		t.Error("a marker that is not there")
	}
	if _, ok := p.SeekMarker(t0, -1); ok {
		t.Error("a marker before the first")
	}
}
