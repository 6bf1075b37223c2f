package sessions

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"
	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/playback/recording"
	"cordon/tui/action"
	"cordon/tui/pane"
)

const sidOther = "4be1c9d2-0000-4000-8000-000000000006"

// evil is a name that would drive a terminal.
const evil = "eve\x1b]0;PAYLOAD\x07\u202e@example.com"

// busy is the small case with a session in which more happens: somebody with a
// hostile name joins, programs are seen by enhanced recording, locks are placed,
// and another session overlaps.
func busy(t testing.TB) *evidence {
	ev := small(t)
	join := apievents.UserMetadata{User: evil}
	ev.recordings[1] = tape(t, "80:24", 3*time.Minute, func(w *recording.Writer) {
		check(t, w.Print(at(0), []byte("\x1b]0;PAYLOAD\x07root@shop-1:~# ")))
		check(t, w.Print(at(1*time.Second), []byte("cat /etc/shadow\r\n")))
		check(t, w.Print(at(1500*time.Millisecond), []byte("root:$6$x:19800:0:99999:7:::\r\n\x1b]52;c;UEFZTE9BRA==\x07root@shop-1:~# ")))
		check(t, w.Event(&apievents.SessionJoin{Metadata: apievents.Metadata{Type: "session.join", ID: "join", Time: at(10 * time.Second)}, UserMetadata: join}))
		check(t, w.Print(at(20*time.Second), []byte("ls keys\r\n\x1b[32mid_rsa\x1b[0m  shadow.bak\r\nroot@shop-1:~# ")))
		check(t, w.Event(&apievents.SessionLeave{Metadata: apievents.Metadata{Type: "session.leave", ID: "leave", Time: at(25 * time.Second)}, UserMetadata: join}))
		check(t, w.Print(at(170*time.Second), []byte("exit\r\n")))
	})
	ev.recordings[6] = tape(t, "100:30", 60*time.Second, func(w *recording.Writer) {
		check(t, w.Print(at(5*time.Second), []byte("omar@jump-1:~$ ")))
		check(t, w.Print(at(15*time.Second), []byte("tail -f shadow.log\r\nnew login\r\n")))
	})
	other := ev.sessions[0]
	other.ID, other.User, other.Login, other.HostLabel, other.RecordingID = sidOther, "omar@example.com", "omar", "jump-1", 6
	other.Start, other.End = t0, at(60*time.Second)
	ev.sessions[0].End = at(3 * time.Minute)
	ev.sessions = append(ev.sessions, other)
	entity := func(kind investigations.Kind, name string) investigations.Entity {
		return investigations.Entity{Kind: kind, Name: name}
	}
	lock := func(id int64, typ string, d time.Duration, name string, on investigations.Entity) investigations.Event {
		e := investigations.Event{ID: id, UID: fmt.Sprint(typ, id), Type: typ, Time: at(d), Involved: []investigations.Involvement{
			{Role: investigations.RoleActor, Entity: entity(investigations.KindUser, "vera@example.com")},
			{Role: investigations.RoleSubject, Entity: entity(investigations.KindLock, name)},
		}}
		if !on.IsZero() {
			e.Involved = append(e.Involved, investigations.Involvement{Role: investigations.RoleSubject, Entity: on})
		}
		return e
	}
	dana := entity(investigations.KindUser, "dana@example.com")
	ev.events = append(ev.events,
		lock(10, "lock.created", -time.Hour, "before", dana),
		lock(11, "lock.created", 30*time.Second, "somebody", entity(investigations.KindUser, "omar@example.com")),
		sessionEvent(12, "net", "session.network", 21*time.Second, "203.0.113.9 443"),
		lock(13, "lock.deleted", 40*time.Second, "before", investigations.Entity{}),
		lock(14, "lock.created", 170*time.Second, "after", dana),
		lock(15, "lock.deleted", 10*time.Minute, "after", investigations.Entity{}),
	)
	return ev
}

// TestStates_golden draws the replay in each of its states.
func TestStates_golden(t *testing.T) {
	t.Parallel()
	states := map[string]func(b *bench){
		"playing": func(b *bench) {
			b.pane.seek(21 * time.Second)
			b.do(action.PlayPause)
			for b.pane.replay.player.State().Cut.Left == 0 {
				b.tick()
			}
		},
		"note": func(b *bench) {
			b.do(action.MarkerNext, action.Note)
			b.answer("she is not alone\x1b[31m here")
			b.run(b.pane.Refresh())
			b.pane.seek(0)
			b.do(action.MarkerNext)
		},
		"transcript": func(b *bench) { b.do(action.Transcript, action.MoveDown) },
		"hits": func(b *bench) {
			b.do(action.FindAll)
			b.answer("shadow")
		},
		"diff": func(b *bench) {
			b.pane.seek(1500 * time.Millisecond)
			b.do(action.Diff)
			b.pane.seek(21 * time.Second)
			b.do(action.Diff)
		},
		"beside": func(b *bench) { b.do(action.NextPane, action.MoveBottom, action.MoveUp) },
		"two": func(b *bench) {
			if b.pane.Disabled(action.SecondSession) != "" {
				return
			}
			b.pane.seek(16 * time.Second)
			b.do(action.SecondSession)
			b.pick(0)
		},
	}
	for name, reach := range states {
		for _, size := range sizes {
			for _, theme := range []string{"dark", "mono"} {
				if name == "two" && size[0] < twoWidth {
					continue
				}
				t.Run(fmt.Sprintf("%s_%dx%d_%s", name, size[0], size[1], theme), func(t *testing.T) {
					t.Parallel()
					b := newBench(t, busy(t), theme, size[0], size[1])
					b.open(sidShell)
					reach(b)
					scr := b.draw()
					onlyOurBytes(t, scr.Render(), "PAYLOAD\x07", "UEFZTE9BRA", "\u202e", "\x1b]")
					golden.RequireEqual(t, text(scr))
				})
			}
		}
	}
}

func TestBeside_showsTheLocksOfWhoTookPart(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 200, 54)
	b.open(sidShell)
	var got []string
	for _, r := range b.pane.replay.beside.rows {
		if strings.HasPrefix(r.Cells[1].Text, "lock.") {
			got = append(got, r.Cells[0].Text+" "+r.Cells[1].Text)
		}
	}
	want := []string{
		"+00:40 lock.deleted user dana@example.com by vera@example.com",
		"+02:50 lock.created user dana@example.com by vera@example.com",
		"+10:00 lock.deleted user dana@example.com by vera@example.com",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestBeside_thePictureGoesAlongAndTheSelectionStays(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		b := newBench(t, busy(t), "mono", size[0], size[1])
		b.open(sidShell)
		b.do(action.NextPane, action.MoveBottom)
		// The last row lies behind the end of the recording.
		row, _ := b.pane.replay.beside.selected()
		if row.at != 10*time.Minute || b.pane.replay.position() != 3*time.Minute {
			t.Errorf("%v: the row at %v shows %v", size, row.at, b.pane.replay.position())
		}
		b.wants("lock.deleted user dana@example.com", "exit")
		b.do(action.MoveTop, action.MoveDown)
		row, _ = b.pane.replay.beside.selected()
		if row.at == 0 && row.text == "" || row.at != b.pane.replay.position() {
			t.Errorf("%v: the row at %v shows %v", size, row.at, b.pane.replay.position())
		}
		// What moves the picture moves the selection.
		b.pane.seek(21 * time.Second)
		if row, _ = b.pane.replay.beside.selected(); row.text != "connects to 203.0.113.9 443" {
			t.Errorf("%v: at 21 s the row is %q", size, row.text)
		}
		b.do(action.NextPane)
		if b.pane.replay.inside {
			t.Errorf("%v: the keys stay in the list", size)
		}
	}
}

func TestNotes_areKeptEditedAndTakenAway(t *testing.T) {
	t.Parallel()
	ev := busy(t)
	b := newBench(t, ev, "mono", 200, 54)
	b.open(sidShell)
	b.pane.seek(20 * time.Second)
	b.do(action.Note)
	b.answer("reads the keys")
	b.run(b.pane.Refresh())
	b.wants("✎ reads the keys", "+00:20   reads the keys")
	b.do(action.Note)
	b.answer("copies the keys")
	b.run(b.pane.Refresh())
	b.wants("✎ copies the keys")
	// Another console reads them out of the journal.
	again := newBench(t, ev, "mono", 80, 18)
	again.open(sidShell)
	again.pane.seek(15 * time.Second)
	again.do(action.MarkerNext)
	again.wants("00:00:20.0", "✎ copies the keys")
	again.do(action.Note)
	again.answer("")
	again.run(again.pane.Refresh())
	if notes := again.pane.replay.beside.notes; len(notes) != 0 {
		t.Errorf("notes %+v", notes)
	}
	var said []string
	for _, e := range ev.journal {
		if e.Action == journal.ActionNote {
			said = append(said, e.Note)
		}
	}
	if diff := cmp.Diff([]string{"reads the keys", "copies the keys", ""}, said); diff != "" {
		t.Errorf("the journal: %s", diff)
	}
}

func TestNotesOf_hostileEntriesAreHarmless(t *testing.T) {
	t.Parallel()
	entry := func(seq int64, detail, text string) journal.Entry {
		return journal.Entry{Seq: seq, Action: journal.ActionNote, Detail: detail, Note: text}
	}
	got := notesOf([]journal.Entry{
		entry(1, `{"session":"a","at_ms":-5}`, "first"), entry(2, `{"session":"b","at_ms":5}`, "another session's"), entry(3, `{`, "broken"),
		entry(4, `{"session":"a","at_ms":9,"edits":99}`, "edits nothing"), entry(5, `{"session":"b","edits":1}`, "from another session"),
		{Seq: 6, Action: journal.ActionLockPlan, Detail: `{"session":"a"}`, Note: "no note"},
		entry(7, "", "no detail"),
	}, "a")
	if diff := cmp.Diff([]note{{seq: 1, text: "first"}}, got, cmp.AllowUnexported(note{})); diff != "" {
		t.Error(diff)
	}
}

func TestHits_leadToTheMomentAndBack(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 80, 18)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.do(action.FindScreens)
	b.answer("SHADOW")
	b.wants(`lines in 2 recordings`, "cat /etc/shadow", "tail -f shadow.log")
	b.do(action.NextMatch, action.NextMatch, action.NextMatch, action.PrevMatch)
	hit, _ := b.pane.hits.selected()
	b.do(action.Open)
	r := b.pane.replay
	if r == nil || r.session.RecordingID != hit.Recording || r.position() < hit.Offset {
		t.Fatalf("the hit at %v leads to %+v", hit.Offset, r)
	}
	b.wants("matches \"SHADOW\"")
	b.do(action.Close)
	b.wants("lines in 2 recordings")
	if again, _ := b.pane.hits.selected(); again != hit {
		t.Errorf("the selection is on %+v", again)
	}
	b.do(action.Close)
	if b.pane.hits != nil || b.pane.replay != nil {
		t.Error("esc does not lead back to the list")
	}
	b.do(action.FindScreens)
	b.answer("no such text")
	if got := b.said(); !strings.Contains(got, "stood on no screen of the 3 recordings") {
		t.Errorf("said %q", got)
	}
}

func TestHits_ofASessionThatIsNotInTheList(t *testing.T) {
	t.Parallel()
	ev := busy(t)
	b := newBench(t, ev, "mono", 80, 18)
	b.run(b.pane.Show(pane.Subject{Entity: dana}))
	b.pane.list.all = slices.DeleteFunc(slices.Clone(b.pane.list.all), func(s investigations.Session) bool { return s.ID == sidOther })
	b.pane.list.fill(b.env)
	b.do(action.FindScreens)
	b.answer("tail -f")
	b.do(action.Open)
	b.wants("omar@jump-1", "tail -f shadow.log")
}

func TestDiff_marksTheCellsThatDiffer(t *testing.T) {
	t.Parallel()
	a, b := recordedScreen("same\r\nold text\r\n"), recordedScreen("same\r\nnew text\r\nmore")
	rows, marked := differences(a, b)
	if diff := cmp.Diff([]int{1, 2}, rows); diff != "" {
		t.Error(diff)
	}
	for y, want := range []string{".....", "###..", "####."} {
		got := ""
		for x := range len(want) {
			got += map[bool]string{true: "#", false: "."}[marked(x, y)]
		}
		if got != want {
			t.Errorf("row %d is marked %s, want %s", y, got, want)
		}
	}
	if rows, _ := differences(a, a.Clone()); len(rows) != 0 {
		t.Errorf("a screen differs from itself in %v", rows)
	}
}

func TestDiff_isSeenWithoutColour(t *testing.T) {
	t.Parallel()
	for _, size := range sizes {
		b := newBench(t, busy(t), "mono", size[0], size[1])
		b.open(sidShell)
		b.pane.seek(1500 * time.Millisecond)
		b.do(action.Diff)
		b.pane.seek(21 * time.Second)
		b.do(action.Diff)
		marked := ""
		scr := b.draw()
		for _, line := range scr.Lines {
			for x := range line {
				if line[x].Style.Attrs&uv.AttrReverse != 0 {
					marked += line[x].Content
				}
			}
		}
		if !strings.Contains(marked, "lskeys") || !strings.Contains(marked, "id_rsashadow.bak") || strings.Contains(marked, "cat") {
			t.Errorf("%v: marked is %q", size, marked)
		}
	}
}

func TestDiff_escForgetsIt(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 80, 18)
	b.open(sidShell)
	b.do(action.Diff)
	b.wants("A")
	b.pane.seek(20 * time.Second)
	b.do(action.Diff)
	b.wants("A 00:00:00.0  B 00:00:20.0", "rows differ")
	// Time goes on in it.
	b.do(action.SeekBack, action.SeekBack, action.SeekBack)
	b.wants("B 00:00:05.0")
	if got := b.pane.CopyText(); !strings.Contains(got, "1 A root@shop-1:~#\n1 B root@shop-1:~# cat /etc/shadow\n") {
		t.Errorf("copied %q", got)
	}
	b.do(action.Close)
	if b.pane.replay == nil || b.pane.replay.diff != nil {
		t.Error("esc does not forget it")
	}
}

func TestTwo_showTheSameTimeOfDay(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 200, 54)
	b.open(sidShell)
	b.do(action.SecondSession)
	b.pick(0)
	b.pane.seek(16 * time.Second)
	b.wants("omar@jump-1", "tail -f shadow.log", "cat /etc/shadow", "idle time in full")
	b.pane.seek(10 * time.Second)
	if b.wants("omar@jump-1:~$"); strings.Contains(b.text(), "tail -f") {
		t.Error("the second session is ahead")
	}
	b.pane.seek(2 * time.Minute)
	b.wants("ended 1m 00s ago")
	last := b.ev.journal[len(b.ev.journal)-1]
	if last.Action != journal.ActionRecordingOpen || last.Target != "session "+sidOther {
		t.Errorf("the journal ends with %+v", last)
	}
	b.do(action.Close)
	b.wants("idle cut to 1s", "beside")
}

func TestTwo_needWidth(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 80, 18)
	b.open(sidShell)
	if why := b.pane.Disabled(action.SecondSession); why != "two sessions need a screen of 160 columns, this one has 80" {
		t.Errorf("disabled: %q", why)
	}
}

func TestTwo_saysWhenNoneOverlaps(t *testing.T) {
	t.Parallel()
	b := newBench(t, small(t), "mono", 200, 54)
	b.open(sidShell)
	b.do(action.SecondSession)
	if got := b.said(); !strings.Contains(got, "overlaps this one") {
		t.Errorf("said %q", got)
	}
}

func TestExport_writesPictureAndText(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 80, 18)
	b.open(sidShell)
	b.pane.seek(2 * time.Second)
	b.do(action.Export)
	b.answer("shadow")
	if got := b.said(); !strings.Contains(got, "/exports/shadow.svg and /exports/shadow.txt") {
		t.Errorf("said %q", got)
	}
	if !strings.HasPrefix(b.files["shadow.txt"], "root@shop-1:~# cat /etc/shadow\nroot:$6$x") || !strings.Contains(b.files["shadow.svg"], "cat /etc/shadow") {
		t.Errorf("files %q", b.files)
	}
	last := b.ev.journal[len(b.ev.journal)-1]
	if last.Action != journal.ActionExport || last.Command != "cordon frame "+sidShell+" --at 2s --format svg" {
		t.Errorf("the journal ends with %+v", last)
	}
	b.do(action.Export)
	b.answer("shadow")
	if got := b.said(); !strings.Contains(got, "Not written: shadow.svg exists already") {
		t.Errorf("said %q", got)
	}
}

func TestCopy_takesTheScreenOrTheLineOfTheCursor(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 80, 18)
	b.open(sidShell)
	b.pane.seek(2 * time.Second)
	if got, want := b.pane.CopyText(), "root@shop-1:~# cat /etc/shadow\nroot:$6$x:19800:0:99999:7:::\nroot@shop-1:~#"; got != want {
		t.Errorf("copied %q", got)
	}
	b.env.Out.Take()
	b.do(action.CopyLine)
	for _, w := range b.env.Out.Take() {
		if c, ok := w.(pane.Copy); !ok || c.Text != "root@shop-1:~#" {
			t.Errorf("copied %+v", w)
		}
	}
	if got := plainText("a\x1b[31m\u009b\tb\nc\x7f"); got != "a[31mb\nc" {
		t.Errorf("copied %q", got)
	}
}

func TestJump_takesEveryForm(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 80, 18)
	b.open(sidShell)
	for text, want := range map[string]time.Duration{"50": 90 * time.Second, "1:10": 70 * time.Second, "15s": 15 * time.Second, "2026-10-06T22:03:43Z": 10 * time.Second} {
		b.do(action.SeekPercent)
		b.answer(text)
		if got := b.pane.replay.position(); got != want {
			t.Errorf("%s leads to %v", text, got)
		}
	}
	b.do(action.SeekPercent)
	b.answer("1h")
	if got := b.said(); !strings.Contains(got, "outside the recording") {
		t.Errorf("said %q", got)
	}
}

func TestTranscript_copiesItsLineAndKnowsTheCommands(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 80, 18)
	b.open(sidShell)
	b.do(action.Transcript)
	b.wants("→ +00:00   root@shop-1:~# cat /etc/shadow", "→ +00:01   root@shop-1:~# ls keys")
	if b.pane.CopyText() != "" || !strings.Contains(b.pane.Selected().Text, "root@shop-1") {
		t.Errorf("copies %q, %q", b.pane.CopyText(), b.pane.Selected().Text)
	}
}

func TestPresence_isShownWhileItLasts(t *testing.T) {
	t.Parallel()
	b := newBench(t, busy(t), "mono", 200, 54)
	b.open(sidShell)
	if strings.Contains(strings.SplitN(b.text(), "\n", 2)[0], "with eve") {
		t.Error("present before the join")
	}
	b.pane.seek(12 * time.Second)
	if !strings.Contains(strings.SplitN(b.text(), "\n", 2)[0], "with eve") {
		t.Errorf("not present after the join:\n%s", b.text())
	}
}
