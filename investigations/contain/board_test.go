package contain_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/investigations/extract"
	"cordon/investigations/journal"
)

// records reads lines as ingest does.
func records(t testing.TB, lines ...string) []contain.Record {
	t.Helper()
	var out []contain.Record
	for i, line := range lines {
		ev, err := extract.Event([]byte(line))
		if err != nil {
			t.Fatal(err)
		}
		ev.ID = int64(i + 1)
		out = append(out, contain.Record{Event: &ev, Raw: []byte(line)})
	}
	return out
}

const (
	oldLock = `{"event":"lock.created","uid":"u1","time":"2026-11-18T20:00:00Z","name":"n-old","expires":"0001-01-01T00:00:00Z","updated_by":"victor","user":"victor","target":{"user":"mallory"}}`
	oldGone = `{"event":"lock.deleted","uid":"u2","time":"2026-11-18T20:10:00Z","name":"n-old","expires":"0001-01-01T00:00:00Z","user":"ivy"}`
	newLock = `{"event":"lock.created","uid":"u3","time":"2026-11-18T20:20:00Z","name":"n-new","expires":"2026-11-18T22:00:00Z","updated_by":"ivy","user":"ivy","target":{},"lock":{"target":{"role":"ops","login":"root"}}}`
	empty   = `{"event":"lock.created","uid":"u4","time":"2026-11-18T20:30:00Z","name":"n-empty","expires":"0001-01-01T00:00:00Z","user":"ivy","target":{}}`
	future  = `{"event":"lock.created","uid":"u5","time":"2026-11-18T20:40:00Z","name":"n-future","expires":"0001-01-01T00:00:00Z","user":"ivy","lock":{"target":{"planet":"mars"}}}`
	bot     = `{"event":"lock.created","uid":"u6","time":"2026-11-18T20:50:00Z","name":"n-bot","user":"ivy","target":{"bot_instance_id":"i-1"}}`
	partly  = `{"event":"lock.created","uid":"u8","time":"2026-11-18T20:52:00Z","name":"n-partly","user":"ivy","target":{"user":"carol","login":"","planet":"mars"}}`
	orphan  = `{"event":"lock.deleted","uid":"u7","time":"2026-11-18T20:55:00Z","name":"n-orphan","user":"ivy"}`
)

func briefBoard(b contain.Board, now time.Time) string {
	var s strings.Builder
	for _, l := range b {
		fmt.Fprintf(&s, "%s %s: %s by %s", l.Name, l.State(now), l.Title(), l.By)
		if left, ok := l.Left(now); ok {
			fmt.Fprintf(&s, ", %s left", left)
		} else if l.EndSaid {
			s.WriteString(", no end")
		}
		if l.ReleasedBy != "" {
			fmt.Fprintf(&s, ", released by %s", l.ReleasedBy)
		}
		s.WriteString("\n")
	}
	return s.String()
}

// A lock that is written again with another end is the same lock: since when it
// holds, and what happened since, does not begin anew.
func TestNewBoard_anExtendedLockStandsSinceItWasMade(t *testing.T) {
	t.Parallel()
	const (
		made   = `{"event":"lock.created","uid":"e1","time":"2026-11-18T20:00:00Z","name":"n-1","expires":"2026-11-18T21:30:00Z","user":"victor","target":{"user":"mallory"}}`
		moved  = `{"event":"lock.created","uid":"e2","time":"2026-11-18T20:20:00Z","name":"n-1","expires":"2026-11-19T20:00:00Z","user":"ivy","target":{"user":"mallory"}}`
		other  = `{"event":"lock.created","uid":"e3","time":"2026-11-18T20:20:00Z","name":"n-1","expires":"2026-11-19T20:00:00Z","user":"ivy","target":{"user":"carol"}}`
		after  = `{"event":"lock.created","uid":"e4","time":"2026-11-18T21:40:00Z","name":"n-1","expires":"2026-11-19T20:00:00Z","user":"ivy","target":{"user":"mallory"}}`
		gone   = `{"event":"lock.deleted","uid":"e5","time":"2026-11-18T20:10:00Z","name":"n-1","user":"ivy"}`
		begins = "2026-11-18 20:00:00 +0000 UTC victor"
		anew   = "2026-11-18 20:20:00 +0000 UTC ivy"
	)
	for name, test := range map[string]struct {
		lines []string
		want  string
	}{
		"extended":                  {[]string{made, moved}, begins},
		"pointed at somebody else":  {[]string{made, other}, anew},
		"made again after its end":  {[]string{made, after}, "2026-11-18 21:40:00 +0000 UTC ivy"},
		"made again after a remove": {[]string{made, gone, moved}, anew},
	} {
		board := contain.NewBoard(records(t, test.lines...), nil)
		if len(board) != 1 {
			t.Fatalf("%s: %d locks", name, len(board))
		}
		l := board[0]
		if got := fmt.Sprint(l.Created, " ", l.By); got != test.want || l.Expires.Day() != 19 {
			t.Errorf("%s: made %s, ends %v, want %s", name, got, l.Expires, test.want)
		}
	}
}

func TestNewBoard_fromEvidence(t *testing.T) {
	t.Parallel()
	events := records(t, oldLock, oldGone, newLock, empty, future, bot, partly, orphan)
	want := `n-orphan released: target not in this evidence by , released by ivy
n-old released: user mallory by victor, released by ivy
n-new in force: role ops or OS login root by ivy, 1h0m0s left
n-empty empty: no target: locks nothing, remove it by ivy
n-future in force: target not in this evidence by ivy
n-bot in force: bot instance i-1 by ivy
n-partly in force: user carol or a target not known here by ivy
`
	for i := range 5 { // In any order.
		rand.New(rand.NewPCG(1, uint64(i))).Shuffle(len(events), func(a, b int) { events[a], events[b] = events[b], events[a] })
		if diff := cmp.Diff(want, briefBoard(contain.NewBoard(events, nil), now)); diff != "" {
			t.Fatalf("(-want +got):\n%s", diff)
		}
	}
	later := contain.NewBoard(events, nil).At(now.Add(time.Hour), contain.StateExpired)
	if len(later) != 1 || later[0].Name != "n-new" {
		t.Errorf("expired an hour later: %+v", later)
	}
}

func TestNewBoard_createdAgainIsOverwritten(t *testing.T) {
	t.Parallel()
	again := `{"event":"lock.created","uid":"u9","time":"2026-11-18T20:15:00Z","name":"n-old","user":"victor","target":{"user":"eve"}}`
	got := briefBoard(contain.NewBoard(records(t, oldLock, oldGone, again), nil), now)
	if want := "n-old in force: user eve by victor\n"; got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

// Lines in somebody's wrapping, or that cannot be read, still show the lock as
// far as the index knows it.
func TestNewBoard_withoutItsOwnBytes(t *testing.T) {
	t.Parallel()
	for _, raw := range []string{"", "{", `{"name":"shipper","expires":"2020-01-01T00:00:00Z","log":"…"}`, `[1]`} {
		events := records(t, oldLock)
		events[0].Raw = []byte(raw)
		if got, want := briefBoard(contain.NewBoard(events, nil), now), "n-old in force: user mallory by victor\n"; got != want {
			t.Errorf("with %q: %s want %s", raw, got, want)
		}
	}
	hostile := strings.Replace(oldLock, `{"user":"mallory"}`, `{"user":["mallory"],"role":7,"login":"root"}`, 1)
	if got, want := briefBoard(contain.NewBoard(records(t, hostile), nil), now), "n-old in force: OS login root or a target not known here by victor\n"; got != want {
		t.Errorf("got %s want %s", got, want)
	}
}

// session is a dry run with its journal, as the console drives it.
type session struct {
	t       *testing.T
	clock   time.Time
	locker  *contain.DryRun
	entries []journal.Entry
}

func newSession(t *testing.T) *session {
	s := &session{t: t, clock: now}
	s.locker = contain.NewDryRun(func() time.Time { return s.clock }, nil)
	return s
}

func (s *session) add(e journal.Entry) {
	var head journal.Head
	if n := len(s.entries); n > 0 {
		head = s.entries[n-1].Head()
	}
	s.entries = append(s.entries, journal.Append(head, e))
}

func (s *session) lock(seed byte, user string) contain.Lock {
	s.t.Helper()
	l, err := s.locker.Lock(s.t.Context(), containtest.Plan(s.t, seed, contain.Request{Targets: one(contain.FieldUser, user)}))
	if err != nil {
		s.t.Fatal(err)
	}
	s.add(contain.PlaceEntry(l, "ivy", journal.ModeDryRun, s.clock))
	return l
}

func (s *session) undo(name string) {
	s.t.Helper()
	l, err := s.locker.Unlock(s.t.Context(), name)
	if err != nil {
		s.t.Fatal(err)
	}
	s.add(contain.UndoEntry(l, "ivy", journal.ModeDryRun, s.clock))
}

func TestBoard_plannedIsNotContained(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	l := s.lock(1, "mallory")
	mallory := investigations.Entity{Kind: investigations.KindUser, Name: "mallory"}
	board := contain.NewBoard(nil, s.entries)
	if got, want := briefBoard(board, now), l.Name+" planned: user mallory by ivy, 24h0m0s left\n"; got != want {
		t.Errorf("got %s want %s", got, want)
	}
	if _, ok := board.Contained(mallory, now); ok {
		t.Error("a planned lock counts as contained")
	}
	if l.UndoCommand() != "" || board[0].UndoCommand() != "" {
		t.Error("a lock that was never sent has a command to remove it")
	}
	var already *contain.AlreadyError
	if err := board.Already(one(contain.FieldUser, "mallory"), now); !errors.As(err, &already) || already.State != contain.StatePlanned || !strings.Contains(err.Error(), "already planned") {
		t.Errorf("Already = %v", err)
	}
	if _, err := s.locker.Lock(t.Context(), containtest.Plan(t, 9, contain.Request{Targets: one(contain.FieldUser, "mallory")})); !errors.As(err, &already) {
		t.Errorf("the second plan: %v", err)
	}
	if err := board.Already(one(contain.FieldUser, "eve"), now); err != nil {
		t.Errorf("another user: %v", err)
	}
	if err := board.Already(one(contain.FieldUser, "mallory"), now.Add(25*time.Hour)); err != nil {
		t.Errorf("after the plan's end: %v", err)
	}
	s.undo(l.Name)
	board = contain.NewBoard(nil, s.entries)
	if board[0].State(now) != contain.StateDropped {
		t.Errorf("after the undo: %s", briefBoard(board, now))
	}
	if err := board.Already(one(contain.FieldUser, "mallory"), now); err != nil {
		t.Errorf("after the undo: %v", err)
	}
	if err := journal.Verify(s.entries); err != nil {
		t.Error(err)
	}
}

func TestBoard_inForceIsContained(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	s.lock(1, "mallory")
	board := contain.NewBoard(records(t, oldLock, newLock), s.entries)
	l, ok := board.Contained(investigations.Entity{Kind: investigations.KindUser, Name: "mallory"}, now)
	if !ok || l.Name != "n-old" {
		t.Errorf("contained by %+v", l)
	}
	var already *contain.AlreadyError
	if err := board.Already(one(contain.FieldUser, "mallory"), now); !errors.As(err, &already) || already.State != contain.StatePlanned || already.Unsure() {
		t.Errorf("Already = %v, a plan goes before a lock that may be over", err)
	}
	log := contain.NewBoard(records(t, oldLock, newLock), nil)
	if err := log.Already(one(contain.FieldUser, "mallory"), now); !errors.As(err, &already) || already.Lock.Name != "n-old" || !already.Unsure() || !strings.Contains(err.Error(), "already locked") {
		t.Errorf("Already = %v, want the lock of the log, which may be over", err)
	}
	if err := board.Already([]contain.Target{{Field: contain.FieldLogin, Value: "root"}, {Field: contain.FieldRole, Value: "ops"}}, now); err == nil {
		t.Error("the same fields in another order are not recognised")
	}
	if err := board.Already(one(contain.FieldRole, "ops"), now); err != nil {
		t.Errorf("one of two fields: %v", err)
	}
	if got := l.UndoCommand(); got != "tctl rm lock/n-old" {
		t.Errorf("undo = %s", got)
	}
}

func TestBoard_botIsItsUser(t *testing.T) {
	t.Parallel()
	board := contain.NewBoard(records(t, strings.Replace(oldLock, "mallory", "bot-ci", 1)), nil)
	if _, ok := board.Contained(investigations.Entity{Kind: investigations.KindBot, Name: "ci"}, now); !ok {
		t.Error("the lock of bot-ci does not contain the bot ci")
	}
}

// A lock placed here shows up in the log later: one lock, with the message
// and the end that an old server's log leaves out.
func TestNewBoard_joinsEvidenceAndJournal(t *testing.T) {
	t.Parallel()
	placed := contain.Lock{
		Name: "n-old", Targets: one(contain.FieldUser, "mallory"), Message: "IR-7", Created: now,
		Expires: now.Add(time.Hour), Command: "tctl lock --user=mallory", Origin: contain.OriginJournal,
	}
	s := newSession(t)
	s.add(contain.PlaceEntry(placed, "ivy", journal.ModeLive, now))
	board := contain.NewBoard(records(t, oldLock), s.entries)
	if len(board) != 1 {
		t.Fatalf("%d locks, want one: %s", len(board), briefBoard(board, now))
	}
	l := board[0]
	if l.Message != "IR-7" || !l.Expires.Equal(now.Add(time.Hour)) || l.State(now) != contain.StateInForce || l.Event != "u1" || l.Command == "" {
		t.Errorf("lock %+v", l)
	}
	s.add(contain.UndoEntry(l, "ivy", journal.ModeLive, now.Add(time.Minute)))
	if s.entries[1].Command != "tctl rm lock/n-old" || s.entries[1].Result != "lock removed" {
		t.Errorf("undo entry %+v", s.entries[1])
	}
	board = contain.NewBoard(records(t, oldLock), s.entries)
	if board[0].State(now) != contain.StateReleased || board[0].ReleasedBy != "ivy" {
		t.Errorf("after the undo: %s", briefBoard(board, now))
	}
}

func TestNewBoard_skipsForeignEntries(t *testing.T) {
	t.Parallel()
	var entries []journal.Entry
	for _, detail := range []string{"", "{", "null", `{"name":""}`, `{"name":"n","targets":[{"field":"planet","value":"mars"}]}`} {
		for _, action := range []journal.Action{journal.ActionLockPlan, journal.ActionLockPlace, journal.ActionLockUndo, journal.ActionNote} {
			entries = append(entries, journal.Entry{Action: action, Detail: detail, Time: now})
		}
	}
	if board := contain.NewBoard(nil, entries); len(board) != 0 {
		t.Errorf("board %s", briefBoard(board, now))
	}
}

func TestLastLock(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	if _, _, ok := contain.LastLock(s.entries, now); ok {
		t.Error("an empty journal has a lock to undo")
	}
	first := s.lock(1, "mallory")
	s.clock = s.clock.Add(10 * time.Second)
	second := s.lock(2, "relay")
	s.add(journal.Entry{Time: s.clock, Action: journal.ActionNote, Note: "called the owner"})

	l, left, ok := contain.LastLock(s.entries, s.clock.Add(12*time.Second))
	if !ok || l.Name != second.Name || left != 18*time.Second || !l.Dry || l.Title() != "user relay" {
		t.Errorf("LastLock = %+v, %v, %v", l, left, ok)
	}
	if _, _, ok := contain.LastLock(s.entries, s.clock.Add(contain.UndoWindow)); ok {
		t.Error("the window does not close")
	}
	if _, left, ok := contain.LastLock(s.entries, s.clock.Add(-time.Hour)); !ok || left != contain.UndoWindow {
		t.Errorf("a clock set back: %v, %v", left, ok)
	}
	s.undo(second.Name)
	if l, _, ok := contain.LastLock(s.entries, s.clock); ok {
		t.Errorf("after the undo, the key would undo %s (the older lock is %s)", l.Name, first.Name)
	}
	s.add(contain.RefuseEntry(containtest.Plan(t, 3, contain.Request{Targets: one(contain.FieldUser, "eve")}), errors.New("needs lock: create"), "ivy", journal.ModeLive, s.clock))
	if _, _, ok := contain.LastLock(s.entries, s.clock); ok {
		t.Error("a refused lock can be undone")
	}
}

func TestNewDryRun_goesOnWhereTheBoardStands(t *testing.T) {
	t.Parallel()
	s := newSession(t)
	dropped, kept := s.lock(1, "mallory"), s.lock(2, "relay")
	s.undo(dropped.Name)
	board := contain.NewBoard(records(t, newLock), s.entries)
	again := contain.NewDryRun(func() time.Time { return now }, board)
	locks, err := again.Locks(t.Context())
	if err != nil || len(locks) != 1 || locks[0].Name != kept.Name {
		t.Errorf("locks %+v, %v", locks, err)
	}
	if _, err := again.Unlock(t.Context(), kept.Name); err != nil {
		t.Errorf("undo of a plan made before: %v", err)
	}
}

func FuzzNewBoard(f *testing.F) {
	for _, line := range []string{oldLock, oldGone, newLock, empty, future, bot, orphan, `{"event":"lock.created","name":"n","lock":{"target":[1]},"target":"x"}`} {
		f.Add([]byte(line), `{"name":"n-old"}`)
	}
	f.Fuzz(func(t *testing.T, line []byte, detail string) {
		ev, err := extract.Event(line)
		if err != nil {
			return
		}
		entries := []journal.Entry{
			{Action: journal.ActionLockPlace, Detail: detail, Time: now},
			{Action: journal.ActionLockUndo, Detail: detail, Time: now},
		}
		for _, l := range contain.NewBoard([]contain.Record{{Event: &ev, Raw: line}}, entries) {
			_, _, _ = l.State(now), l.Title(), l.UndoCommand()
		}
	})
}
