package sessions

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"

	"cordon/investigations/journal"
	"cordon/playback/recording"
	"cordon/tui/action"
	"cordon/tui/pane"
)

func TestReplay_golden(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		for _, theme := range []string{"dark", "mono"} {
			t.Run(fmt.Sprintf("%dx%d_%s", size[0], size[1], theme), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, small(t), theme, size[0], size[1])
				b.open(sidShell)
				b.pane.seek(2 * time.Second)
				golden.RequireEqual(t, b.text())
			})
		}
	}
}

func TestReplay_afterTheResizeGolden(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.open(sidShell)
	b.do(action.FindHere)
	b.answer("EXIT")
	b.wants("00:00:30.0", `1 of 1 matches "EXIT"`, "120x40")
	golden.RequireEqual(t, b.text())
}

func TestTranscript_golden(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.open(sidShell)
	b.do(action.Transcript)
	golden.RequireEqual(t, b.text())
}

func TestReplay_opensAtOnceAndIsJournalled(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 40)
	b.open(sidShell)
	b.wants("root@shop-1:~#", "paused", "00:00:00.0 / 00:00:40.0", "80x24", "session starts")
	want := []journal.Entry{{
		Seq: 1, Time: now, Operator: "vera", Mode: journal.ModeDryRun, Action: journal.ActionRecordingOpen,
		Target: "session " + sidShell, Command: "cordon play " + sidShell, Result: "root@shop-1",
	}}
	if diff := cmp.Diff(want, b.ev.journal); diff != "" {
		t.Error(diff)
	}
}

func TestReplay_playsByTheInjectedClock(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 40)
	b.open(sidShell)
	b.do(action.PlayPause)
	if !b.pane.Busy() {
		t.Fatal("it does not play")
	}
	for range 12 {
		if b.sleep < frameTime || b.sleep > idleTime {
			t.Fatalf("sleeps %v", b.sleep)
		}
		b.tick()
	}
	if at := b.pane.replay.position(); at < 1500*time.Millisecond {
		t.Errorf("after %v it is at %v", b.now.Sub(now), at)
	}
	b.wants("playing", "cat /etc/shadow", "東京")
	b.do(action.PlayPause)
	b.wants("paused")
	if b.pane.Busy() {
		t.Error("it plays on")
	}
}

func TestReplay_idleTimeIsCut(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 40)
	b.open(sidShell)
	b.pane.seek(4 * time.Second)
	b.do(action.PlayPause)
	began := b.now
	for range 200 {
		if !b.pane.Busy() {
			break
		}
		b.tick()
	}
	if took := b.now.Sub(began); took > 5*time.Second {
		t.Errorf("36 seconds with two pauses took %v", took)
	}
	b.wants("ended", "00:00:40.0 / 00:00:40.0")
}

func TestReplay_aSleepingMachinePlaysNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 40)
	b.open(sidShell)
	b.do(action.PlayPause)
	b.tick()
	was := b.pane.replay.position()
	b.now = b.now.Add(3 * time.Hour)
	b.tick()
	if at := b.pane.replay.position(); at-was > sleepTime {
		t.Errorf("three hours of sleep played %v", at-was)
	}
}

func TestReplay_lateTicksCountForNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 40)
	b.open(sidShell)
	b.do(action.PlayPause)
	old := b.due
	b.do(action.PlayPause)
	b.now = b.now.Add(time.Second)
	if cmd, mine := b.pane.Receive(old); cmd != nil || !mine || b.pane.replay.position() != 0 {
		t.Error("an old tick moved a paused recording")
	}
}

func TestReplay_keysSeek(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 120, 40)
	b.open(sidShell)
	steps := []struct {
		id   action.ID
		want time.Duration
	}{
		{action.SeekForward, 5 * time.Second},
		{action.SeekForwardFar, 9 * time.Second},
		{action.SeekBackFar, 5 * time.Second},
		{action.SeekBack, 0},
		{action.SeekBack, 0},
		{action.FrameNext, 1 * time.Second},
		{action.FramePrev, 0},
		{action.MarkerNext, 1 * time.Second}, // the command is dangerous
		{action.MarkerNext, 4 * time.Second},
	}
	for _, s := range steps {
		b.do(s.id)
		if got := b.pane.replay.position().Round(time.Millisecond); got != s.want {
			t.Errorf("%s goes to %v, want %v", s.id, got, s.want)
		}
	}
	b.do(action.SeekPercent)
	b.answer("75 %")
	if got := b.pane.replay.position(); got != 30*time.Second {
		t.Errorf("75 %% is %v", got)
	}
	b.do(action.Faster, action.Faster)
	b.wants("4x")
}

func TestBeside_followsAndSeeks(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 160, 40)
	b.open(sidShell)
	rows := func() (out []string) {
		for _, r := range b.pane.replay.beside.rows {
			out = append(out, r.Cells[0].Text+" "+r.Cells[1].Text)
		}
		return out
	}
	want := []string{
		"+00:00 session starts: root@shop-1", "+00:01 runs /usr/bin/cat /etc/shadow",
		"+00:04 terminal is now 120x40", "+00:40 session ends",
	}
	if diff := cmp.Diff(want, rows()); diff != "" {
		t.Error(diff)
	}
	b.pane.seek(5 * time.Second)
	b.wants("▶ +00:04")
	b.do(action.NextPane, action.MoveTop, action.MoveDown, action.Open)
	if got := b.pane.replay.position(); got != 1200*time.Millisecond {
		t.Errorf("the row seeks to %v", got)
	}
	if e := b.pane.Selected().Event; e == nil || e.UID != "cmd" {
		t.Errorf("the selected event is %+v", e)
	}
}

func TestTranscript_enterSeeks(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 20)
	b.open(sidShell)
	b.do(action.Transcript)
	b.wants("cat /etc/shadow", "東京 cafe\u0301")
	for range 10 {
		line, _ := b.pane.replay.lines.current()
		if strings.Contains(line.Text, "東京") {
			break
		}
		b.do(action.MoveDown)
	}
	b.do(action.Open)
	b.wants("00:00:01.5", "paused")
}

func TestFind_saysWhenThereIsNothing(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 20)
	b.open(sidShell)
	if b.pane.Disabled(action.NextMatch) == "" {
		t.Error("next match works without a text")
	}
	b.do(action.FindHere)
	b.answer("no such text")
	if got := b.said(); !strings.Contains(got, "at no time on this screen") {
		t.Errorf("said %q", got)
	}
}

func TestDatabase_isAListOfStatements(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.open(sidDB)
	b.wants("A database session has no screen", "SELECT * FROM cards")
	if b.pane.Disabled(action.PlayPause) == "" {
		t.Error("a recording without a terminal plays")
	}
	golden.RequireEqual(t, b.text())
}

func TestReplay_whatIsNoRecordingSaysSo(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.open(sidBroken)
	b.wants("The recording cannot be shown", "not a session recording")
	b.do(action.Close)
	if b.pane.Scope() != action.Sessions {
		t.Error("esc does not lead back")
	}
}

func TestReplay_withoutAnEndSaysSo(t *testing.T) {
	t.Parallel()
	ev := small(t)
	ev.recordings[1] = tape(t, "80:24", 0, func(w *recording.Writer) {
		check(t, w.Print(at(time.Second), []byte("tail -f app.log\r\n")))
	})
	b := newBench(t, ev, "mono", 80, 18)
	b.open(sidShell)
	b.wants("! incomplete", "no end of the session")
}

// TestReplay_longRecordingIsWatchedWhileItIsRead plays the first piece while the
// rest is read, and keeps the place when the whole takes over.
func TestReplay_longRecordingIsWatchedWhileItIsRead(t *testing.T) {
	t.Parallel()
	ev := small(t)
	line := append(bytes.Repeat([]byte("x"), 78), '\r', '\n')
	ev.recordings[1] = tape(t, "80:24", 100*time.Second, func(w *recording.Writer) {
		for i := range 100 {
			check(t, w.Print(at(time.Duration(i)*time.Second), bytes.Repeat(line, 500)))
		}
		check(t, w.Print(at(100*time.Second), []byte("the end")))
	})
	b := newBench(t, ev, "mono", 80, 20)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	s, _ := b.pane.list.selected()
	first := b.pane.openReplay(s, time.Time{})
	// Only the first answer is taken: the rest of the recording is still read.
	for _, c := range flatten(first) {
		if msg, ok := c().(pane.LoadedMsg); ok && b.env.Work.Finish(msg) {
			_, _ = b.pane.Receive(msg)
		}
	}
	r := b.pane.replay
	if r.whole || r.player == nil {
		t.Fatalf("whole %v, player %v", r.whole, r.player)
	}
	b.run(b.pane.Handle(action.PlayPause))
	b.tick()
	b.wants("playing")
	b.run(b.pane.Handle(action.SeekPercent))
	b.env.Out.Take()
	b.pane.seekPercent(100)
	b.wants("going there once it is read")
	b.run(b.pane.loadRest())
	if !r.whole || r.pending != nil || r.position() != 100*time.Second {
		t.Errorf("whole %v, pending %v, at %v", r.whole, r.pending, r.position())
	}
	b.wants("the end", "00:01:40.0 / 00:01:40.0")
}

// hostile is everything that a recording could try on the terminal that plays it.
var hostile = []string{
	"\x1b]52;c;cGF5bG9hZA==\x07", "\x1b]0;PAYLOAD title\x07", "\x1b]2;PAYLOAD\x1b\\", "\x1b]8;;https://PAYLOAD.example\x1b\\link\x1b]8;;\x1b\\",
	"\x1b]7;file://PAYLOAD/\x07", "\x1b]9;PAYLOAD\x07", "\x1b]777;notify;PAYLOAD;x\x07", "\x1b]1337;File=inline=1:UEFZTE9BRA==\x07",
	"\x1b]4;1;?\x07", "\x1b]10;?\x07", "\x1b[c", "\x1b[>c", "\x1b[=c", "\x1b[5n", "\x1b[6n", "\x1b[?6n", "\x1b[18t", "\x1b[21t", "\x1b[14t",
	"\x1b[?1049h", "\x1b[?1000h", "\x1b[?1006h", "\x1b[?2004h", "\x1b[?25l", "\x1b[?5h", "\x1b[?1004h", "\x1b[>1u", "\x1b[>4;2m", "\x1b[?9001h",
	"\x1bP+q544e\x1b\\", "\x1bP$qm\x1b\\", "\x1bPPAYLOAD\x1b\\", "\x1b_GPAYLOAD\x1b\\", "\x1b^PAYLOAD\x1b\\", "\x1bXPAYLOAD\x1b\\",
	"\x9b31m", "\x9d0;seen\x9c", "\x90seen\x9c", "\u009b6n", "\u009d0;seen\u009c", "\x1bc", "\x1b[!p", "\x1b#8", "\x05", "\x07", "\x0e", "\x1b(0",
	"\x1b[8mconcealed\x1b[0m", "\x1b[5mblink\x1b[0m", "a\u202ereversed\u202c", "b\u200b\u200d\ufeff", "a\u0301\u0301\u0301\u0301\u0301\u0301", "c\U000e0041", "\x1b[31;1;58;5;9;4:3mred\x1b[0m",
	"\x1b[200;200H!", "\x1b[99999999b", "\x1b[1;1H\x1b[K 1 Over  2 Event  LIVE",
}

func TestReplay_nothingOfAHostileRecordingReachesTheTerminal(t *testing.T) {
	t.Parallel()
	ev := small(t)
	ev.recordings[1] = tape(t, "80:24", 90*time.Second, func(w *recording.Writer) {
		for i, bytes := range hostile {
			check(t, w.Print(at(time.Duration(i)*time.Second), []byte(bytes+" line\r\n")))
		}
		check(t, w.Print(at(80*time.Second), []byte(strings.Join(hostile, ""))))
	})
	for _, size := range append(sizes, [2]int{120, 40}) {
		for _, theme := range []string{"dark", "mono"} {
			b := newBench(t, ev, theme, size[0], size[1])
			b.open(sidShell)
			for {
				onlyOurBytes(t, b.draw().Render(), "PAYLOAD", "cGF5bG9hZA", "UEFZTE9BRA", "\u202e", "\u200b", "\U000e0041")
				was := b.pane.replay.player.Frame()
				b.do(action.FrameNext)
				if b.pane.replay.player.Frame() == was {
					break
				}
			}
			b.do(action.Transcript)
			onlyOurBytes(t, b.draw().Render(), "cGF5bG9hZA", "\u202e", "\u200b")
		}
	}
}

// onlyOurBytes checks that what goes to the terminal is text and SGR, and holds
// none of the words.
func onlyOurBytes(t testing.TB, rendered string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(rendered, w) {
			t.Errorf("%q reaches the terminal", w)
		}
	}
	parser := ansi.NewParser()
	var state byte
	for rest := rendered; len(rest) > 0; {
		seq, width, n, next := ansi.DecodeSequence(rest, state, parser)
		state, rest = next, rest[n:]
		if width > 0 || seq == "\n" || seq == "\r" || !strings.ContainsFunc(seq, unicode.IsControl) {
			continue
		}
		if !strings.HasPrefix(seq, "\x1b[") || !strings.HasSuffix(seq, "m") || strings.ContainsAny(seq, "<=>?") {
			t.Fatalf("%q reaches the terminal", seq)
		}
		for _, p := range strings.FieldsFunc(seq[2:len(seq)-1], func(r rune) bool { return r == ';' }) {
			if p == "8" || p == "5" && !strings.Contains(seq, "38;5") && !strings.Contains(seq, "48;5") && !strings.Contains(seq, "58;5") && !strings.Contains(seq, "58:5") {
				t.Errorf("%q hides or blinks", seq)
			}
		}
	}
}

func TestReplay_coloursAreKeptAndMonoKeepsTheWeight(t *testing.T) {
	t.Parallel()
	find := func(theme, content string) uv.Style {
		b := newBench(t, small(t), theme, 80, 30)
		b.open(sidShell)
		b.pane.seek(2 * time.Second)
		scr := b.draw()
		for _, line := range scr.Lines {
			for x := range line {
				if line[x].Content == content {
					return line[x].Style
				}
			}
		}
		t.Fatalf("no %q on the screen", content)
		return uv.Style{}
	}
	if s := find("dark", "$"); s.Fg != ansi.Red && s.Attrs&uv.AttrBold == 0 {
		t.Errorf("red and bold is %+v", s)
	}
	if s := find("mono", "東"); s.Fg != nil || s.Underline != ansi.UnderlineSingle {
		t.Errorf("underlined is %+v", s)
	}
	if s := find("mono", "v"); s.Fg != nil || s.Attrs&uv.AttrReverse == 0 {
		t.Errorf("reversed is %+v", s)
	}
}

func TestReplay_smallestSizesDoNotPanic(t *testing.T) {
	t.Parallel()
	ev := small(t)
	for _, id := range []string{sidShell, sidDB, sidBroken} {
		for w := 0; w < 130; w += 13 {
			for h := 0; h < 14; h += 2 {
				b := newBench(t, ev, "mono", w, h)
				b.open(id)
				_ = b.text()
				for _, act := range []action.ID{action.MoveDown, action.NextPane, action.PlayPause, action.Transcript, action.MoveRight, action.PageDown, action.Close, action.Diff, action.Diff, action.MoveDown, action.Close} {
					b.run(b.pane.Handle(act))
					_ = b.text()
				}
			}
		}
	}
}

func TestRestore_goesBackIntoTheReplay(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.open(sidShell)
	b.pane.seek(30 * time.Second)
	place := b.pane.Keep()

	other := newBench(t, small(t), "mono", 80, 18)
	show := other.pane.Show(pane.Subject{Entity: dana})
	other.run(other.pane.Restore(place))
	other.run(show)
	if got := other.pane.Keep(); got != place {
		t.Errorf("the place is %q, want %q", got, place)
	}
	other.run(other.pane.Restore(sidMissing))
	if got := other.pane.Keep(); got != sidMissing || other.pane.Scope() != action.Sessions {
		t.Errorf("the place is %q in %s", got, other.pane.Scope())
	}
}

func TestShow_opensTheReplayAtAMoment(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.run(b.pane.Show(pane.Subject{Session: sidShell, At: at(4 * time.Second)}))
	if got := b.pane.replay.position(); got != 4*time.Second {
		t.Errorf("it opens at %v", got)
	}
	b.run(b.pane.Show(pane.Subject{Session: sidShell, At: at(30 * time.Second)}))
	if got := b.pane.replay.position(); got != 30*time.Second || len(b.ev.journal) != 1 {
		t.Errorf("it goes to %v, opened %d times", got, len(b.ev.journal))
	}
}

func TestPan_movesALargerPictureAndFollowsAgain(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 60, 14)
	b.open(sidShell)
	b.pane.seek(2 * time.Second)
	b.wants("cols 1-60/80 rows 1-10/24")
	b.do(action.MoveRight, action.MoveDown, action.MoveDown)
	b.wants("cols 5-64/80 rows 3-12/24")
	b.do(action.MoveTop)
	b.wants("cols 1-60/80 rows 3-12/24")
	b.do(action.PlayPause)
	b.wants("cols 1-60")
	if b.pane.replay.held {
		t.Error("playing does not follow the cursor again")
	}
}

// A full-screen program that parks the cursor in the last corner is shown from
// the corner where its text begins.
func TestReplay_aParkedCursorHidesNothing(t *testing.T) {
	t.Parallel()
	ev := small(t)
	ev.recordings[1] = tape(t, "120:40", 0, func(w *recording.Writer) {
		check(t, w.Print(at(time.Second), []byte("\x1b[?1049h\x1b[Hevery 2.0s: date\x1b[40;120H")))
	})
	b := newBench(t, ev, "mono", 60, 14)
	b.open(sidShell)
	b.pane.seek(2 * time.Second)
	b.wants("every 2.0s: date", "cols 1-60/120 rows 1-")
}

// BenchmarkLongRecording measures what a key costs with 100 MB of output.
func BenchmarkLongRecording(b *testing.B) {
	ev := small(b)
	chunk := bytes.Repeat([]byte("\x1b[32m2026-10-06T22:03:33Z\x1b[0m INFO request served in 12 ms, nothing to see here at all\r\n"), 48)
	ev.recordings[1] = tape(b, "120:40", 0, func(w *recording.Writer) {
		for i := range 100 << 20 / len(chunk) {
			check(b, w.Print(at(time.Duration(i)*20*time.Millisecond), chunk))
		}
	})
	p := newBench(b, ev, "dark", 200, 54)
	p.open(sidShell)
	pl := p.pane.replay.player
	b.Run("seek and draw", func(b *testing.B) {
		i := 0
		for b.Loop() {
			p.pane.seek(pl.Duration() / 97 * time.Duration(i*31%97))
			_ = p.draw()
			i++
		}
	})
	b.Run("tick at 32x and draw", func(b *testing.B) {
		p.pane.seek(0)
		p.do(action.PlayPause, action.Faster, action.Faster, action.Faster, action.Faster, action.Faster)
		for b.Loop() {
			if !p.pane.Busy() {
				p.do(action.PlayPause)
			}
			p.tick()
			_ = p.draw()
		}
	})
}

func TestReplay_cancelledReadingSaysSo(t *testing.T) {
	t.Parallel()
	ev := small(t)
	ev.recordings[1] = tape(t, "80:24", 0, func(w *recording.Writer) {
		for i := range 60 {
			check(t, w.Print(at(time.Duration(i)*time.Second), bytes.Repeat([]byte("0123456789abcde\n"), 2048)))
		}
	})
	b := newBench(t, ev, "mono", 120, 40)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	s, _ := b.pane.list.selected()
	for _, c := range flatten(b.pane.openReplay(s, time.Time{})) {
		if msg, ok := c().(pane.LoadedMsg); ok && b.env.Work.Finish(msg) {
			_, _ = b.pane.Receive(msg)
		}
	}
	rest := b.pane.loadRest()
	if n := b.env.Work.CancelLoud(); n == 0 {
		t.Fatal("nothing to cancel")
	}
	b.run(rest)
	b.wants("Only the beginning of the recording was read: cancelled.", "! incomplete")

	opening := b.pane.openReplay(s, time.Time{})
	b.env.Work.CancelLoud()
	b.run(opening)
	if b.pane.Scope() != action.Sessions {
		t.Error("a cancelled opening stays open")
	}
}

func TestNote_isAboutTheMoment(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 80, 18)
	b.open(sidShell)
	b.pane.seek(4 * time.Second)
	b.do(action.Note)
	b.answer("she reads the shadow file here")
	last := b.ev.journal[len(b.ev.journal)-1]
	if last.Action != journal.ActionNote || last.Target != "session "+sidShell+" at 00:00:04.0" || !strings.Contains(last.Detail, `"at_ms":4000`) {
		t.Errorf("the note is %+v", last)
	}
}
