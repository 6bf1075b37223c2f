package player

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"cordon/playback/recording"
)

// MarkerKind says what a marker stands for.
type MarkerKind string

// The kinds of markers.
const (
	MarkResize MarkerKind = "resize"
	MarkJoin   MarkerKind = "join"
	MarkLeave  MarkerKind = "leave"
	MarkEnter  MarkerKind = "full screen"
	MarkExit   MarkerKind = "back to the shell"
	MarkBurst  MarkerKind = "burst"
	MarkIdle   MarkerKind = "idle"
	MarkEvent  MarkerKind = "event"
	MarkEnd    MarkerKind = "end"
)

// Marker is a moment worth jumping to. Text may hold untrusted words.
type Marker struct {
	Kind  MarkerKind
	At    time.Duration
	Until time.Duration // of what lasts; else At
	Text  string
}

const (
	burstBytes  = 64 << 10
	burstWindow = time.Second
	burstPause  = time.Second / 4
	idleGap     = 10 * time.Second
	maxMarkers  = 10_000
)

// marker watches the frames go by.
type marker struct {
	list []Marker

	seen    bool
	last    time.Duration
	full    bool
	entered time.Duration

	window []output // the outputs of the last second, from head on
	head   int
	bytes  int
	burst  burst
}

type output struct {
	at time.Duration
	n  int
}

func (m *marker) add(kind MarkerKind, at, until time.Duration, text string) {
	if len(m.list) < maxMarkers {
		m.list = append(m.list, Marker{Kind: kind, At: at, Until: until, Text: text})
	}
}

// see takes in the next frame and whether a full-screen program has the screen
// after it.
func (m *marker) see(f recording.Frame, full bool) {
	if m.seen && f.At-m.last >= idleGap {
		m.add(MarkIdle, m.last, f.At, fmt.Sprintf("nothing happens for %s", spell(f.At-m.last)))
	}
	m.seen, m.last = true, f.At
	if full != m.full {
		m.full = full
		if full {
			m.entered = f.At
			m.add(MarkEnter, f.At, f.At, "a full-screen program takes the screen")
		} else {
			m.add(MarkExit, f.At, f.At, fmt.Sprintf("the full-screen program ends after %s", spell(f.At-m.entered)))
		}
	}
	switch {
	case f.Type == recording.Output:
		m.output(f)
	case f.Type == recording.Resize:
		m.add(MarkResize, f.At, f.At, fmt.Sprintf("the terminal is now %dx%d", f.Cols, f.Rows))
	case f.Event != nil:
		m.event(f)
	}
}

func (m *marker) event(f recording.Frame) {
	kind := MarkEvent
	switch f.Event.Type {
	case "session.join":
		kind = MarkJoin
	case "session.leave":
		kind = MarkLeave
	case "session.end", "db.session.end", "windows.desktop.session.end", "asciicast.exit":
		kind = MarkEnd
	case "client.disconnect", "session.rejected", "asciicast.marker":
	default:
		return
	}
	m.add(kind, f.At, f.At, f.Event.Summary)
}

// output looks for much output in little time. A burst is one marker, however
// long it goes on; it ends where the output pauses.
func (m *marker) output(f recording.Frame) {
	if m.burst.on && f.At-m.burst.until > burstPause {
		m.endBurst()
	}
	if m.burst.on {
		m.burst.until = f.At
		m.burst.bytes += len(f.Data)
		return
	}
	m.window = append(m.window, output{f.At, len(f.Data)})
	m.bytes += len(f.Data)
	// The shortest run of outputs that is enough is where the burst begins.
	for f.At-m.window[m.head].at > burstWindow || m.bytes-m.window[m.head].n > burstBytes {
		m.bytes -= m.window[m.head].n
		m.head++
	}
	if m.bytes > burstBytes {
		m.burst = burst{on: true, at: m.window[m.head].at, until: f.At, bytes: m.bytes}
		m.window, m.head, m.bytes = m.window[:0], 0, 0
	} else if m.head > len(m.window)/2 {
		m.window = slices.Delete(m.window, 0, m.head)
		m.head = 0
	}
}

func (m *marker) endBurst() {
	b := m.burst
	m.burst = burst{}
	m.add(MarkBurst, b.at, b.until, b.text())
}

// burst is much output without a pause.
type burst struct {
	on        bool
	at, until time.Duration
	bytes     int
}

func (b burst) text() string {
	return fmt.Sprintf("%d KiB in %s", b.bytes>>10, spell(max(b.until-b.at, time.Millisecond)))
}

// sorted is the markers in time, with the end of a recording that is not
// complete.
func (m *marker) sorted(rec *recording.Recording) []Marker {
	out := slices.Clone(m.list)
	if b := m.burst; b.on {
		out = append(out, Marker{Kind: MarkBurst, At: b.at, Until: b.until, Text: b.text()})
	}
	slices.SortStableFunc(out, func(a, b Marker) int { return cmp.Compare(a.At, b.At) })
	if reason := rec.Reason(); reason != "" {
		end := rec.Duration()
		out = append(out, Marker{Kind: MarkEnd, At: end, Until: end, Text: reason})
	}
	return out
}

// spell is a duration for people: three figures are enough.
func spell(d time.Duration) string {
	switch {
	case d < time.Second:
		return d.Round(time.Millisecond).String()
	case d < time.Minute:
		return d.Round(100 * time.Millisecond).String()
	default:
		return d.Round(time.Second).String()
	}
}
