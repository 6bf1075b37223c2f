package player

import (
	"cmp"
	"fmt"
	"slices"
	"time"
	"unicode/utf8"

	"cordon/playback/recording"
	"cordon/playback/term"
	"cordon/playback/transcript/prompt"
)

// MarkerKind says what a marker stands for.
type MarkerKind string

// The kinds of markers.
const (
	MarkResize   MarkerKind = "resize"
	MarkJoin     MarkerKind = "join"
	MarkLeave    MarkerKind = "leave"
	MarkEnter    MarkerKind = "full screen"
	MarkExit     MarkerKind = "back to the shell"
	MarkBurst    MarkerKind = "burst"
	MarkLong     MarkerKind = "long output"
	MarkIdle     MarkerKind = "idle"
	MarkSudo     MarkerKind = "other user"
	MarkPassword MarkerKind = "password prompt"
	MarkPaste    MarkerKind = "paste"
	MarkError    MarkerKind = "error"
	MarkDownload MarkerKind = "download and run"
	MarkDanger   MarkerKind = "dangerous command"
	MarkTeleport MarkerKind = "Teleport says"
	MarkEvent    MarkerKind = "event"
	MarkEnd      MarkerKind = "end"
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
	longLines   = 200

	maxMarkers    = 10_000
	maxOfKind     = 2_000 // so that one kind cannot keep the others out
	maxMarkerText = 300   // bytes
)

// Classifier says whether a command line is dangerous, and by what name.
type Classifier func(line string) (name string, ok bool)

// marker watches the frames go by.
type marker struct {
	list     []Marker
	ofKind   map[MarkerKind]int
	classify Classifier

	seen    bool
	last    time.Duration
	full    bool
	entered time.Duration

	window []output // the outputs of the last second, from head on
	head   int
	bytes  int
	burst  burst

	lines rows
	shell shell
}

type output struct {
	at time.Duration
	n  int
}

func (m *marker) add(kind MarkerKind, at, until time.Duration, text string) {
	if m.ofKind == nil {
		m.ofKind = map[MarkerKind]int{}
	}
	if len(m.list) >= maxMarkers || m.ofKind[kind] >= maxOfKind {
		return
	}
	m.ofKind[kind]++
	m.list = append(m.list, Marker{Kind: kind, At: at, Until: until, Text: clip(text)})
}

// clip cuts a text to what a marker holds, between two characters.
func clip(s string) string {
	if len(s) <= maxMarkerText {
		return s
	}
	end := maxMarkerText
	for end > 0 && !utf8.RuneStart(s[end]) {
		end--
	}
	return s[:end] + "\u2026"
}

// see takes in the next frame and the screen after it.
func (m *marker) see(f recording.Frame, s *term.Screen, t *prompt.Tracker) {
	if m.seen && f.At-m.last >= idleGap {
		m.add(MarkIdle, m.last, f.At, fmt.Sprintf("nothing happens for %s", spell(f.At-m.last)))
	}
	m.seen, m.last = true, f.At
	m.fullScreen(f.At, s.Alternate(), t)
	switch {
	case f.Type == recording.Output:
		m.output(f)
		m.readRows(f.At, s, t)
		m.commands(t.Take())
	case f.Type == recording.Resize:
		m.add(MarkResize, f.At, f.At, fmt.Sprintf("the terminal is now %dx%d", f.Cols, f.Rows))
	case f.Event != nil:
		m.event(f)
	}
}

// fullScreen notes that a full-screen program came or went.
func (m *marker) fullScreen(at time.Duration, full bool, t *prompt.Tracker) {
	if full == m.full {
		return
	}
	m.full = full
	if !full {
		m.add(MarkExit, at, at, fmt.Sprintf("the full-screen program ends after %s", spell(at-m.entered)))
		return
	}
	m.entered = at
	text := "a full-screen program takes the screen"
	if c, ok := t.Running(); ok {
		text += ": " + c.Text
	}
	m.add(MarkEnter, at, at, text)
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
	case "session.command":
		m.program(f)
		return
	case "client.disconnect", "session.rejected", "asciicast.marker":
	default:
		return
	}
	m.add(kind, f.At, f.At, f.Event.Summary)
}

// sorted is the markers in time, with what has not ended so far and the end of a
// recording that is not complete.
func (m *marker) sorted(rec *recording.Recording, t *prompt.Tracker) []Marker {
	out := slices.Clone(m.list)
	if b := m.burst; b.on {
		out = append(out, Marker{Kind: MarkBurst, At: b.at, Until: b.until, Text: b.text()})
	}
	if c, ok := t.Running(); ok {
		now := marker{classify: m.classify, shell: m.shell.clone()}
		now.commands([]prompt.Command{c})
		out = append(out, now.list...)
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
