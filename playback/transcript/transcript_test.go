package transcript

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/playback/transcript/prompt"
)

var t0 = time.Date(2026, 3, 4, 9, 0, 0, 0, time.UTC)

const sec = time.Second

func out(at time.Duration, s string) recording.Frame {
	return recording.Frame{At: at, Type: recording.Output, Data: []byte(s)}
}

func resize(at time.Duration, cols, rows int) recording.Frame {
	return recording.Frame{At: at, Type: recording.Resize, Cols: cols, Rows: rows}
}

func note(at time.Duration, text string) recording.Frame {
	return recording.Frame{At: at, Type: recording.Note, Event: &recording.Event{Type: "session.join", Summary: text}}
}

func rec(cols, rows int, frames ...recording.Frame) *recording.Recording {
	return &recording.Recording{Meta: recording.Meta{Start: t0, Cols: cols, Rows: rows, Terminal: true}, Frames: frames, Complete: true}
}

func text(at, last time.Duration, s string) Line {
	return Line{At: at, Last: last, Kind: Text, Text: s}
}

func numbers(from, to int) string {
	var b strings.Builder
	for i := from; i <= to; i++ {
		fmt.Fprintf(&b, "%d\r\n", i)
	}
	return b.String()
}

func TestOf(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rec  *recording.Recording
		want []Line
	}{
		{
			"a command as it was typed, with its answer",
			rec(40, 5, out(0, "$ "), out(1*sec, "l"), out(2*sec, "sx\b \b"), out(3*sec, "\r\na b\r\n$ ")),
			[]Line{text(0, 2*sec, "$ ls"), text(3*sec, 3*sec, "a b"), text(3*sec, 3*sec, "$")},
		},
		{
			"a progress bar is its last state",
			rec(40, 5, out(1*sec, "10%"), out(2*sec, "\r50%"), out(3*sec, "\r100%"), out(4*sec, "\r\ndone")),
			[]Line{text(1*sec, 3*sec, "100%"), text(4*sec, 4*sec, "done")},
		},
		{
			"lines scroll off in a burst",
			rec(40, 3, out(1*sec, numbers(1, 6)), out(2*sec, numbers(7, 8))),
			[]Line{
				text(1*sec, 1*sec, "1"), text(1*sec, 1*sec, "2"), text(1*sec, 1*sec, "3"), text(1*sec, 1*sec, "4"),
				text(1*sec, 1*sec, "5"), text(1*sec, 1*sec, "6"), text(2*sec, 2*sec, "7"), text(2*sec, 2*sec, "8"),
			},
		},
		{
			"a line keeps its time while it scrolls",
			rec(40, 3, out(1*sec, "a\r\n"), out(2*sec, "b\r\n"), out(3*sec, "c\r\n"), out(4*sec, "d\r\ne\r\nf")),
			[]Line{text(1*sec, 1*sec, "a"), text(2*sec, 2*sec, "b"), text(3*sec, 3*sec, "c"), text(4*sec, 4*sec, "d"), text(4*sec, 4*sec, "e"), text(4*sec, 4*sec, "f")},
		},
		{
			"a wrapped line is whole, on the screen and above it",
			rec(5, 3, out(1*sec, "abcdefgh\r\n"), out(2*sec, "x\r\n"), out(3*sec, "klmnopq")),
			[]Line{text(1*sec, 1*sec, "abcdefgh"), text(2*sec, 2*sec, "x"), text(3*sec, 3*sec, "klmnopq")},
		},
		{
			"a wrapped line stays whole on a wider screen",
			rec(5, 3, out(1*sec, "abcdefgh\r\n"), resize(2*sec, 12, 3), out(3*sec, "x")),
			[]Line{text(1*sec, 1*sec, "abcdefgh"), text(3*sec, 3*sec, "x")},
		},
		{
			"clearing takes what was there",
			rec(40, 5, out(1*sec, "secret\r\n$ "), out(2*sec, "\x1b[H\x1b[2J"), out(3*sec, "$ ")),
			[]Line{text(1*sec, 1*sec, "secret"), text(1*sec, 1*sec, "$"), text(3*sec, 3*sec, "$")},
		},
		{
			"a shell that wipes and writes again says it once",
			rec(40, 5, out(1*sec, "a\r\nb\r\n$ x"), out(2*sec, "\x1b[H\x1b[J"), out(2*sec, "a\r\nb\r\n"), out(3*sec, "$ xy")),
			[]Line{text(1*sec, 2*sec, "a"), text(1*sec, 2*sec, "b"), text(1*sec, 3*sec, "$ xy")},
		},
		{
			"a screen cleared again and again",
			rec(40, 5, out(1*sec, "head\r\n1"), out(2*sec, "\x1b[H\x1b[2Jhead\r\n2"), out(3*sec, "\x1b[H\x1b[2Jhead\r\n3")),
			[]Line{text(1*sec, 3*sec, "head"), text(1*sec, 1*sec, "1"), text(2*sec, 2*sec, "2"), text(3*sec, 3*sec, "3")},
		},
		{
			"a full-screen program is one line and its last screen",
			rec(20, 3, out(0, "$ sudo vim /etc/x\r\n"), out(1*sec, "\x1b[?1049h\x1b[Hone"), out(5*sec, "\x1b[2;1Htwo"), out(13*sec, "\x1b[?1049l$ ")),
			[]Line{
				text(0, 0, "$ sudo vim /etc/x"),
				{At: 1 * sec, Last: 13 * sec, Kind: Full, Text: "[vim: full screen, 12s]"},
				{At: 13 * sec, Last: 13 * sec, Kind: Shot, Text: "one"},
				{At: 13 * sec, Last: 13 * sec, Kind: Shot, Text: "two"},
				text(13*sec, 13*sec, "$"),
			},
		},
		{
			"a full-screen program at the end",
			rec(20, 3, out(0, "hi"), out(1*sec, "\x1b[?1;47;25h\x1b[Hmore"), out(1400*time.Millisecond, "\x1b[2;1H--")),
			[]Line{
				text(0, 0, "hi"),
				{At: 1 * sec, Last: 1400 * time.Millisecond, Kind: Full, Text: "[a program: full screen, 400ms]"},
				{At: 1400 * time.Millisecond, Last: 1400 * time.Millisecond, Kind: Shot, Text: "more"},
				{At: 1400 * time.Millisecond, Last: 1400 * time.Millisecond, Kind: Shot, Text: "--"},
			},
		},
		{
			"what scrolled away comes back on a taller screen and is said once",
			rec(20, 3, out(0, numbers(1, 4)), resize(1*sec, 20, 6), out(2*sec, "x")),
			[]Line{text(0, 0, "1"), text(0, 0, "2"), text(0, 0, "3"), text(0, 0, "4"), text(2*sec, 2*sec, "x")},
		},
		{
			"a narrower screen does not cut the text",
			rec(20, 3, out(0, "abcdefghij\r\nklm\r\n"), resize(1*sec, 5, 3), out(2*sec, "x\r\ny\r\nz")),
			[]Line{text(0, 0, "abcdefghij"), text(0, 0, "klm"), text(2*sec, 2*sec, "x"), text(2*sec, 2*sec, "y"), text(2*sec, 2*sec, "z")},
		},
		{
			"a screen that is narrower for a while does not change the lines",
			rec(20, 3, out(0, "abcdefghij\r\nklm\r\n"), resize(1*sec, 5, 3), resize(2*sec, 20, 3), out(3*sec, "x")),
			[]Line{text(0, 0, "abcdefghij"), text(0, 0, "klm"), text(3*sec, 3*sec, "x")},
		},
		{
			"lines that came back and were cut for a while are said once",
			rec(20, 2, out(0, "abcdefghij\r\nb\r\nc\r\n"), resize(1*sec, 5, 4), resize(2*sec, 20, 4), out(3*sec, "x")),
			[]Line{text(0, 0, "abcdefghij"), text(0, 0, "b"), text(0, 0, "c"), text(3*sec, 3*sec, "x")},
		},
		{
			"a resize under a full-screen program",
			rec(20, 4, out(0, numbers(1, 3)), out(1*sec, "\x1b[?1049h"), resize(2*sec, 20, 2), out(3*sec, "\x1b[?1049l"), out(4*sec, "4")),
			[]Line{
				text(0, 0, "1"), text(0, 0, "2"), text(0, 0, "3"),
				{At: 1 * sec, Last: 3 * sec, Kind: Full, Text: "[a program: full screen, 2s]"},
				text(4*sec, 4*sec, "4"),
			},
		},
		{
			"events stand where they happened",
			rec(20, 3, out(0, "a\r\n"), note(1*sec, "bob joins"), out(2*sec, "b")),
			[]Line{text(0, 0, "a"), {At: 1 * sec, Last: 1 * sec, Kind: Event, Text: "bob joins"}, text(2*sec, 2*sec, "b")},
		},
		{
			"a status line below a scroll region",
			rec(20, 4, out(0, "\x1b[1;3r\x1b[4;1Hstatus 1\x1b[1;1H"), out(1*sec, "a\r\nb\r\n"), out(2*sec, "c\r\nd\r\n"), out(3*sec, "e\x1b7\x1b[4;1Hstatus 2\x1b8")),
			[]Line{
				text(0, 3*sec, "status 2"), text(1*sec, 1*sec, "a"), text(1*sec, 1*sec, "b"),
				text(2*sec, 2*sec, "c"), text(2*sec, 2*sec, "d"), text(3*sec, 3*sec, "e"),
			},
		},
		{
			"a sequence split between frames",
			rec(20, 4, out(0, "a\r\nb"), out(1*sec, "\x1b["), out(2*sec, "H"), out(3*sec, "\x1b[?1049"), out(4*sec, "hfull"), out(5*sec, "\x1b[?1049l!")),
			[]Line{
				text(0, 5*sec, "!"), text(0, 0, "b"),
				{At: 4 * sec, Last: 5 * sec, Kind: Full, Text: "[a program: full screen, 1s]"},
				{At: 5 * sec, Last: 5 * sec, Kind: Shot, Text: "full"},
			},
		},
		{"nothing", rec(20, 3), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Of(t.Context(), tt.rec)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got, cmpopts.IgnoreUnexported(Line{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOf_cancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Of(ctx, rec(9, 9, out(0, "x"))); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if _, err := Find(ctx, rec(9, 9, out(0, "x")), "x"); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

// Plain lines are in the transcript once each, in order, however the bytes were
// split and however small the screen is.
func TestOf_plainLinesOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var want []string
		var b strings.Builder
		for i := range rapid.IntRange(0, 40).Draw(rt, "lines") {
			line := fmt.Sprintf("%d %s", i, rapid.StringMatching(`[a-z]{0,30}`).Draw(rt, "line"))
			line = strings.TrimRight(line, " ")
			want = append(want, line)
			b.WriteString(line + "\r\n")
		}
		var frames []recording.Frame
		rest, at := b.String(), time.Duration(0)
		for len(rest) > 0 {
			n := rapid.IntRange(1, len(rest)).Draw(rt, "n")
			frames = append(frames, out(at, rest[:n]))
			rest, at = rest[n:], at+time.Second
		}
		lines, err := Of(t.Context(), rec(rapid.IntRange(2, 40).Draw(rt, "cols"), rapid.IntRange(1, 10).Draw(rt, "rows"), frames...))
		if err != nil {
			rt.Fatal(err)
		}
		var got []string
		var last time.Duration
		for _, l := range lines {
			got = append(got, l.Text)
			if l.At < last || l.Last < l.At {
				rt.Fatalf("line %+v after %v", l, last)
			}
			last = l.At
		}
		if diff := cmp.Diff(want, got); diff != "" {
			rt.Fatalf("(-want +got):\n%s", diff)
		}
	})
}

// Every text that a transcript holds is found on the screen at its moment, and
// nothing drawn from hostile bytes makes either fail.
func TestFind_seesWhatTheTranscriptHolds(t *testing.T) {
	t.Parallel()
	pieces := []string{"ab", "CD ", "\x8d", "\x1bM", "\x9b", "[", "2", ";", "r", "\n\n\n", "\r\n", "\x1b[2J", "\x1b[H", "\x1b[?1049h", "\x1b[?1049l", "\x1b[?47", "h", "\x1b[K", "\x1b[2;4r", "\x1b[M", "\x1b[L", "é日", "\b", "\xff"}
	rapid.Check(t, func(rt *rapid.T) {
		var frames []recording.Frame
		at := time.Duration(0)
		for range rapid.IntRange(0, 20).Draw(rt, "frames") {
			at += sec
			if rapid.IntRange(0, 7).Draw(rt, "resize") == 0 {
				frames = append(frames, resize(at, rapid.IntRange(1, 20).Draw(rt, "cols"), rapid.IntRange(1, 8).Draw(rt, "rows")))
				continue
			}
			frames = append(frames, out(at, strings.Join(rapid.SliceOfN(rapid.SampledFrom(pieces), 0, 10).Draw(rt, "pieces"), "")))
		}
		r := rec(12, 5, frames...)
		lines, err := Of(t.Context(), r)
		if err != nil {
			rt.Fatal(err)
		}
		for i, l := range lines {
			if i > 0 && l.At < lines[i-1].At {
				rt.Fatalf("line %d is out of order", i)
			}
		}
		matches, err := Find(t.Context(), r, "AB")
		if err != nil {
			rt.Fatal(err)
		}
		for i, m := range matches {
			if m.Until < m.At || i > 0 && m.At < matches[i-1].Until || !strings.Contains(strings.ToLower(m.Line), "ab") {
				rt.Fatalf("matches %+v", matches)
			}
		}
		// The screen itself is the judge of what is shown after each frame.
		for _, f := range frames {
			shown := false
			for _, line := range logical(ScreenAt(r, f.At)) {
				shown = shown || strings.Contains(strings.ToLower(line), "ab")
			}
			found := false
			for _, m := range matches {
				found = found || m.At <= f.At && (f.At < m.Until || m.Until == r.Duration())
			}
			if shown && !found {
				rt.Fatalf("at %v the text is on the screen and was not found: %+v\n%q", f.At, matches, ScreenAt(r, f.At).Screen.Text())
			}
		}
	})
}

// logical is the lines of a screen with wrapped rows joined.
func logical(s Screenshot) []string {
	var out []string
	open := false
	for y := range s.Screen.Text() {
		row := string(prompt.AppendRow(nil, s.Screen, y))
		if open {
			out[len(out)-1] += row
		} else {
			out = append(out, row)
		}
		open = s.Screen.Wrapped(y)
	}
	return out
}

func TestFind(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		rec  *recording.Recording
		text string
		want []Match
	}{
		{"comes and goes", rec(20, 3, out(0, "$ "), out(1*sec, "cat SHADOW"), out(2*sec, "\x1b[H\x1b[2J"), out(3*sec, "x")), "shadow", []Match{{1 * sec, 2 * sec, "$ cat SHADOW"}}},
		{"stays to the end", rec(20, 3, out(1*sec, "root"), out(4*sec, "\r\nx")), "ROOT", []Match{{1 * sec, 4 * sec, "root"}}},
		{"typed letter by letter", rec(20, 3, out(0, "r"), out(1*sec, "o"), out(2*sec, "ot"), out(3*sec, "\r    ")), "root", []Match{{2 * sec, 3 * sec, "root"}}},
		{"gone inside a burst", rec(20, 3, out(1*sec, "root\r\n"+numbers(1, 9)), out(2*sec, "x")), "root", []Match{{1 * sec, 1 * sec, "root"}}},
		{"over the margin", rec(5, 3, out(1*sec, "xxxpassword\r\n")), "password", []Match{{1 * sec, 1 * sec, "xxxpassword"}}},
		{"over the margin in a burst", rec(5, 3, out(1*sec, "xxxpassword\r\n"+numbers(1, 9)), out(2*sec, "y")), "password", []Match{{1 * sec, 1 * sec, "xxxpassword"}}},
		{"on the screen of a program", rec(20, 3, out(1*sec, "\x1b[?1049hroot"), out(2*sec, "\x1b[?1049l")), "root", []Match{{1 * sec, 2 * sec, "root"}}},
		{"overwritten in place", rec(20, 3, out(1*sec, "root"), out(2*sec, "\rxxxx"), out(3*sec, "\rroot"), out(4*sec, "\ryyyy")), "root", []Match{{1 * sec, 2 * sec, "root"}, {3 * sec, 4 * sec, "root"}}},
		{"other scripts", rec(20, 3, out(1*sec, "ÄRGER 日本")), "ärger", []Match{{1 * sec, 1 * sec, "ÄRGER 日本"}}},
		{"in an event", rec(20, 3, note(1*sec, "SELECT * FROM cards")), "cards", []Match{{1 * sec, 1 * sec, "SELECT * FROM cards"}}},
		{"cut by a narrower screen", rec(20, 3, out(1*sec, "root"), resize(2*sec, 2, 3), out(3*sec, "x")), "root", []Match{{1 * sec, 2 * sec, "root"}}},
		{"absent", rec(20, 3, out(1*sec, "toor")), "root", nil},
		{"empty", rec(20, 3, out(1*sec, "toor")), "", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			got, err := Find(t.Context(), tt.rec, tt.text)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestScreenAt(t *testing.T) {
	t.Parallel()
	r := rec(6, 2, out(1*sec, "ab  "), out(2*sec, "\r\ncd"), resize(4*sec, 8, 3))
	shot := ScreenAtPercent(r, 50)
	if shot.At != 2*sec || shot.Text() != "ab\ncd\n" {
		t.Errorf("%v %q", shot.At, shot.Text())
	}
	got, err := json.Marshal(shot)
	if err != nil {
		t.Fatal(err)
	}
	want := `{"at":2,"time":"2026-03-04T09:00:02Z","cols":6,"rows":2,"cursor":{"x":2,"y":1,"visible":true},"alternate":false,"lines":["ab","cd"]}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if cols, rows := ScreenAt(r, time.Hour).Screen.Size(); cols != 8 || rows != 3 {
		t.Errorf("the end is %dx%d", cols, rows)
	}
	if got := ScreenAt(r, -sec).Text(); got != "\n\n" {
		t.Errorf("before the start: %q", got)
	}
	p := player.New(r)
	p.SeekPercent(t0, 50)
	if !p.Screen().Equal(shot.Screen) {
		t.Error("a screenshot differs from the player's screen")
	}
}

func TestProgramName(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"vim /etc/x": "vim", "sudo -E /usr/bin/less x": "less", "A=1 env B=2 top": "top", "": "", "sudo": "",
	} {
		if got := firstProgram(command); got != want {
			t.Errorf("%q: %q", command, got)
		}
	}
}

func FuzzOf(f *testing.F) {
	f.Add([]byte("$ vim\r\n\x1b[?1049h\x1b[Hx\x1b[?1049l$ \x1b[2J"), uint8(3))
	f.Add([]byte("abc\x1b[5;1H\x1b[J\x1b[2;3r\n\n\x1b[?1;47h\x1b[?47l\x1bc"), uint8(1))
	f.Add([]byte("\x1b[?2004h$ ls\r\n\x1b[?2004lx\r\n\x1b[?2004h$ id\n\x1b[A\r\x1b[7mpaste\x1b[m\r\n> more\r\n$ "), uint8(14))
	f.Fuzz(func(t *testing.T, data []byte, size uint8) {
		var frames []recording.Frame
		n := int(size)%16 + 1
		for at := time.Duration(0); len(data) > 0; at++ {
			k := min(n, len(data))
			frames = append(frames, out(at, string(data[:k])))
			if data[0]%16 == 0 {
				frames = append(frames, resize(at, int(data[0])+1, int(data[k-1])%30+1))
			}
			data = data[k:]
		}
		r := rec(20, 5, frames...)
		tr, err := Read(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		lines := tr.Lines
		for _, c := range tr.Commands {
			if c.Text == "" || c.From > c.To || c.To > len(lines) || c.Shown > c.Began || c.Began > c.At || c.At > c.Until {
				t.Fatalf("command %+v", c)
			}
		}
		for i := range lines {
			if i > 0 && lines[i].At < lines[i-1].At {
				t.Fatalf("line %d is out of order", i)
			}
		}
		if _, err := Find(t.Context(), r, "a"); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkOf(b *testing.B) {
	line := "\x1b[32m2026-03-04T09:00:00Z\x1b[0m \x1b[1;33mWARN\x1b[0m svc=cart req=0123456789abcdef took longer than it should\r\n"
	var frames []recording.Frame
	size := 0
	for i := range 4000 {
		frames = append(frames, out(time.Duration(i)*20*time.Millisecond, strings.Repeat(line, 40)))
		size += 40 * len(line)
	}
	r := rec(120, 40, frames...)
	for name, run := range map[string]func() error{
		"transcript": func() error { _, err := Of(b.Context(), r); return err },
		"find":       func() error { _, err := Find(b.Context(), r, "shadow"); return err },
		"screen":     func() error { ScreenAtPercent(r, 100); return nil },
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(size))
			for b.Loop() {
				if err := run(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// What was composed for a session without a terminal is its transcript, line by
// line.
func TestOf_composedScreen(t *testing.T) {
	t.Parallel()
	rec := &recording.Recording{Frames: []recording.Frame{
		{At: 0, Type: recording.Note, Event: &recording.Event{Type: "db.session.start", Summary: "starts"}},
		{At: 1, Type: recording.Note, Event: &recording.Event{Type: "db.session.query", Summary: "SELECT\n1"}, Data: []byte("=> SELECT\r\n-> 1\r\n")},
		{At: 2, Type: recording.Graphics, Data: []byte("1 picture\r\n")},
		{At: 3, Type: recording.Graphics},
	}}
	lines, err := Of(t.Context(), rec)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range lines {
		got = append(got, fmt.Sprintf("%d %s %s", l.At, l.Kind, l.Text))
	}
	if diff := cmp.Diff([]string{"0 event starts", "1 event => SELECT", "1 event -> 1", "2 event 1 picture"}, got); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
}
