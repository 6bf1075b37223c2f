package sessions

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	apievents "github.com/gravitational/teleport/api/types/events"
	"go.uber.org/goleak"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/journal"
	"cordon/investigations/pivot"
	"cordon/playback/recording"
	"cordon/playback/term"
	"cordon/playback/transcript"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// t0 is when the session of these tests begins, and now when somebody looks.
var (
	t0  = time.Date(2026, 10, 6, 22, 3, 33, 0, time.UTC)
	now = t0.Add(10 * time.Hour)
)

const (
	sidShell   = "4be1c9d2-0000-4000-8000-000000000001"
	sidMissing = "4be1c9d2-0000-4000-8000-000000000002"
	sidNone    = "4be1c9d2-0000-4000-8000-000000000003"
	sidDB      = "4be1c9d2-0000-4000-8000-000000000004"
	sidBroken  = "4be1c9d2-0000-4000-8000-000000000005"
)

// evidence is a small case in memory.
type evidence struct {
	pane.Evidence // what is not here is not asked for
	sessions      []investigations.Session
	recordings    map[int64][]byte
	events        []investigations.Event
	journal       []journal.Entry
	asked         investigations.Entity
}

func (e *evidence) Sessions(_ context.Context, of investigations.Entity, limit int) ([]investigations.Session, error) {
	e.asked = of
	return e.sessions[max(0, len(e.sessions)-limit):], nil
}

func (e *evidence) Session(_ context.Context, id string) (investigations.Session, bool, error) {
	for _, s := range e.sessions {
		if s.ID == id {
			return s, true, nil
		}
	}
	return investigations.Session{}, false, nil
}

func (e *evidence) OpenRecording(_ context.Context, id int64) (io.ReadCloser, error) {
	data, ok := e.recordings[id]
	if !ok {
		return nil, fmt.Errorf("open recording %d: no such recording", id)
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (e *evidence) Groups(_ context.Context, of investigations.Entity) ([]pivot.Group, error) {
	g := pivot.Group{Role: investigations.RoleTarget}
	for i := range e.events {
		if v, ok := e.events[i].First(investigations.KindSession, investigations.RoleTarget); ok && v.Entity == of {
			g.IDs = append(g.IDs, e.events[i].ID)
			g.N++
		}
	}
	return []pivot.Group{g}, nil
}

func (e *evidence) Each(_ context.Context, ids []int64, yield func(*investigations.Event) error) error {
	for _, id := range ids {
		i := slices.IndexFunc(e.events, func(ev investigations.Event) bool { return ev.ID == id })
		reused := e.events[i]
		if err := yield(&reused); err != nil {
			return err
		}
	}
	return nil
}

func (e *evidence) Journal(context.Context) ([]journal.Entry, error) { return e.journal, nil }

// Select takes a filter of event types.
func (e *evidence) Select(_ context.Context, expr filter.Expr) (pane.Selection, error) {
	var out selection
	for i := range e.events {
		if expr.Match(&e.events[i], nil) {
			out = append(out, e.events[i])
		}
	}
	return out, nil
}

type selection []investigations.Event

func (s selection) Count() (n int64, exact bool) { return int64(len(s)), true }

func (s selection) Window(_ context.Context, from *investigations.Position, _ bool, limit int) ([]investigations.Event, error) {
	at := 0
	for from != nil && at < len(s) && s[at].Position().Compare(*from) <= 0 {
		at++
	}
	return slices.Clone(s[at:min(len(s), at+limit)]), nil
}

// SearchScreens looks through the transcripts of all recordings.
func (e *evidence) SearchScreens(ctx context.Context, text string, limit int) (found investigations.ScreenSearch, err error) {
	for _, s := range e.sessions {
		rec, err := recording.Load(ctx, bytes.NewReader(e.recordings[s.RecordingID]))
		if err != nil {
			continue
		}
		found.Searched++
		lines, err := transcript.Of(ctx, rec)
		if err != nil {
			return found, err
		}
		in := 0
		for _, l := range lines {
			if filter.ContainsFold([]byte(l.Text), []byte(text)) {
				in = 1
				found.Total++
				found.Hits = append(found.Hits, investigations.ScreenHit{
					Recording: s.RecordingID, Session: s.ID, User: s.User, Login: s.Login, Host: s.HostLabel, Start: rec.Meta.Start, Offset: l.At, Line: l.Text,
				})
			}
		}
		found.In += in
	}
	found.Hits = found.Hits[:min(limit, len(found.Hits))]
	return found, nil
}

func (e *evidence) Record(_ context.Context, entry journal.Entry) (journal.Entry, error) {
	entry.Seq = int64(len(e.journal) + 1)
	e.journal = append(e.journal, entry)
	return entry, nil
}

// utc writes times as the tests want them.
type utc struct{}

func (utc) Time(t time.Time) string  { return t.UTC().Format("15:04:05") }
func (utc) Short(t time.Time) string { return t.UTC().Format("15:04:05") }
func (utc) Zone() string             { return "UTC" }
func (utc) T0() time.Time            { return t0 }

func at(d time.Duration) time.Time { return t0.Add(d) }

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tape writes a recording: a start, what write adds, an end if there is one.
func tape(t testing.TB, size string, end time.Duration, write func(w *recording.Writer)) []byte {
	return record(t, func(w *recording.Writer) {
		check(t, w.Event(&apievents.SessionStart{
			Metadata:           apievents.Metadata{Type: "session.start", Code: "T2000I", ID: "start", Time: t0, ClusterName: "example"},
			UserMetadata:       apievents.UserMetadata{User: "dana@example.com", Login: "root"},
			SessionMetadata:    apievents.SessionMetadata{SessionID: sidShell},
			ServerMetadata:     apievents.ServerMetadata{ServerID: "host-id", ServerHostname: "shop-1"},
			ConnectionMetadata: apievents.ConnectionMetadata{RemoteAddr: "203.0.113.66:5000", Protocol: "ssh"},
			TerminalSize:       size,
		}))
		write(w)
		if end > 0 {
			check(t, w.Event(&apievents.SessionEnd{
				Metadata: apievents.Metadata{Type: "session.end", Code: "T2004I", ID: "end", Time: at(end)}, Interactive: true,
				StartTime: t0, EndTime: at(end),
			}))
		}
	})
}

func record(t testing.TB, write func(w *recording.Writer)) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := recording.NewWriter(&buf, recording.WriterOptions{})
	check(t, err)
	write(w)
	check(t, w.Close())
	return buf.Bytes()
}

// shell is a session with colours, wide characters, a resize and a long pause.
func shell(t testing.TB) []byte {
	return tape(t, "80:24", 40*time.Second, func(w *recording.Writer) {
		check(t, w.Print(at(0), []byte("root@shop-1:~# ")))
		check(t, w.Print(at(1*time.Second), []byte("cat /etc/shadow\r\n")))
		check(t, w.Print(at(1500*time.Millisecond), []byte("\x1b[1;31mroot:$6$x:19800:0:99999:7:::\x1b[0m\r\n\x1b[4m東京\x1b[0m cafe\u0301\r\n\x1b[7mreverse\x1b[0m\r\nroot@shop-1:~# ")))
		check(t, w.Event(&apievents.Resize{Metadata: apievents.Metadata{Type: "resize", ID: "resize", Time: at(4 * time.Second)}, TerminalSize: "120:40"}))
		check(t, w.Print(at(30*time.Second), []byte("exit\r\n")))
	})
}

func sessionEvent(id int64, uid, kind string, d time.Duration, text string) investigations.Event {
	return investigations.Event{
		ID: id, UID: uid, Type: kind, Time: at(d), Text: text,
		Involved: []investigations.Involvement{
			{Role: investigations.RoleActor, Entity: investigations.Entity{Kind: investigations.KindUser, Name: "dana@example.com"}},
			{Role: investigations.RoleTarget, Entity: investigations.Entity{Kind: investigations.KindSession, Name: sidShell}},
		},
	}
}

func small(t testing.TB) *evidence {
	host := func(id, state string, rec int64, start time.Duration) investigations.Session {
		return investigations.Session{
			ID: id, Kind: "ssh", User: "dana@example.com", Login: "root", Host: "host-id", HostLabel: "shop-1", Address: "203.0.113.66",
			Start: at(start), End: at(start + 40*time.Second), Interactive: true, Recording: state, RecordingID: rec, Commands: 3,
		}
	}
	db := host(sidDB, stateRecorded, 4, 5*time.Minute)
	db.Kind, db.Login, db.HostLabel, db.Commands = "db", "app", "orders", 0
	open := host(sidNone, stateNone, 0, 4*time.Minute)
	open.End = time.Time{}
	return &evidence{
		sessions: []investigations.Session{
			host(sidShell, stateRecorded, 1, 0), host(sidMissing, stateMissing, 0, 2*time.Minute), open, db,
			host(sidBroken, stateIncomplete, 5, 6*time.Minute),
		},
		recordings: map[int64][]byte{
			1: shell(t), 5: []byte("this is no recording"),
			4: record(t, func(w *recording.Writer) {
				check(t, w.Event(&apievents.DatabaseSessionStart{
					Metadata:         apievents.Metadata{Type: "db.session.start", ID: "s1", Time: t0},
					UserMetadata:     apievents.UserMetadata{User: "dana@example.com"},
					DatabaseMetadata: apievents.DatabaseMetadata{DatabaseService: "orders", DatabaseUser: "app", DatabaseProtocol: "postgres"},
					Status:           apievents.Status{Success: true},
				}))
				check(t, w.Event(&apievents.DatabaseSessionQuery{
					Metadata: apievents.Metadata{Type: "db.session.query", ID: "q1", Time: at(2 * time.Second)}, DatabaseQuery: "SELECT * FROM cards",
				}))
			}),
		},
		events: []investigations.Event{
			sessionEvent(1, "start", "session.start", 0, ""),
			sessionEvent(2, "cmd", "session.command", 1200*time.Millisecond, "/usr/bin/cat /etc/shadow"),
			sessionEvent(3, "end", "session.end", 40*time.Second, ""),
		},
	}
}

// bench is a pane with everything around it that the app would be.
type bench struct {
	t     testing.TB
	env   pane.Env
	ev    *evidence
	pane  *Pane
	now   time.Time
	sleep time.Duration // what the last tick was asked for
	due   tea.Msg
	size  image.Point
	files map[string]string // what was exported
}

func newBench(t testing.TB, ev *evidence, theme string, width, height int) *bench {
	t.Helper()
	p, err := themes.Load(theme)
	check(t, err)
	styles, err := themes.New(themes.Options{Palette: p})
	check(t, err)
	b := &bench{t: t, ev: ev, now: now, size: image.Pt(width, height), files: map[string]string{}}
	b.env = pane.Env{
		Evidence: ev, Clock: utc{}, Styles: styles, Now: func() time.Time { return b.now },
		Work: pane.NewWork(), Out: &pane.Outbox{}, Drafts: dialog.Drafts{},
		Export: b.export,
		Desk:   &contain.Desk{Guard: contain.Guard{Operator: "vera"}, Mode: journal.ModeDryRun},
	}
	b.pane = New(b.env)
	b.pane.after = func(d time.Duration, f func(time.Time) tea.Msg) tea.Cmd {
		b.sleep, b.due = d, f(b.now)
		return nil
	}
	b.pane.Resize(b.size)
	return b
}

func (b *bench) export(name string, content []byte) (string, error) {
	if _, ok := b.files[name]; ok {
		return "", fmt.Errorf("%s exists already", name)
	}
	b.files[name] = string(content)
	return "/exports/" + name, nil
}

// run does the commands that come of a command, like the app.
func (b *bench) run(cmd tea.Cmd) {
	b.t.Helper()
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			b.run(c)
		}
	case pane.LoadedMsg:
		if b.env.Work.Finish(msg) {
			next, _ := b.pane.Receive(msg)
			b.run(next)
		}
	default:
		b.t.Fatalf("unexpected message %T", msg)
	}
}

func (b *bench) do(ids ...action.ID) {
	b.t.Helper()
	for _, id := range ids {
		if why := b.pane.Disabled(id); why != "" {
			b.t.Fatalf("%s is disabled: %s", id, why)
		}
		b.run(b.pane.Handle(id))
	}
}

// tick lets the time pass that the pane asked to sleep.
func (b *bench) tick() {
	b.t.Helper()
	msg := b.due
	b.due = nil
	b.now = b.now.Add(b.sleep)
	next, mine := b.pane.Receive(msg)
	if !mine {
		b.t.Fatal("the tick was not the pane's")
	}
	b.run(next)
}

// answer submits a text to the dialog that the pane opened.
func (b *bench) answer(text string) {
	b.t.Helper()
	for _, w := range b.env.Out.Take() {
		if open, ok := w.(pane.Open); ok {
			b.run(open.Then(dialog.Submitted{ID: open.Dialog.ID(), Text: text}))
			return
		}
	}
	b.t.Fatal("no dialog was opened")
}

func (b *bench) said() string {
	var said []string
	for _, w := range b.env.Out.Take() {
		if s, ok := w.(pane.Say); ok {
			said = append(said, s.Text)
		}
	}
	return strings.Join(said, "\n")
}

func (b *bench) open(id string) {
	b.t.Helper()
	b.run(b.pane.Show(pane.Subject{Session: id}))
}

func (b *bench) draw() uv.ScreenBuffer {
	scr := uv.NewScreenBuffer(b.size.X, b.size.Y)
	b.pane.Draw(draw.On(scr, b.env.Styles), scr.Bounds(), true)
	return scr
}

// text returns the screen as text, one line per row.
func (b *bench) text() string { return text(b.draw()) }

func text(scr uv.ScreenBuffer) string {
	var out strings.Builder
	for _, line := range scr.Lines {
		row := ""
		for _, cell := range line {
			row += cell.Content
		}
		out.WriteString(strings.TrimRight(row, " ") + "\n")
	}
	return out.String()
}

func (b *bench) wants(parts ...string) {
	b.t.Helper()
	screen := b.text()
	for _, p := range parts {
		if !strings.Contains(screen, p) {
			b.t.Errorf("the screen does not show %q:\n%s", p, screen)
		}
	}
}

func flatten(cmd tea.Cmd) []tea.Cmd {
	if cmd == nil {
		return nil
	}
	if batch, ok := cmd().(tea.BatchMsg); ok {
		return batch
	}
	return nil
}

// pick takes an option of the choice that the pane opened.
func (b *bench) pick(n int) {
	b.t.Helper()
	for _, w := range b.env.Out.Take() {
		if open, ok := w.(pane.Open); ok {
			b.run(open.Then(dialog.Picked{ID: open.Dialog.ID(), Index: n}))
			return
		}
	}
	b.t.Fatal("no choice was opened")
}

// recordedScreen is a screen on which something was written.
func recordedScreen(output string) *term.Screen {
	s := term.New(40, 6)
	_, _ = s.Write([]byte(output))
	return s
}
