package teleport_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/types"
	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/investigations/contain"
	"cordon/investigations/contain/containtest"
	"cordon/investigations/queries"
	"cordon/playback/recording"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

func TestRecording_comesBackAsAFileThatPlays(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	const sid = "4be1c9d2-0000-4000-8000-000000000001"
	server.Record(
		sid,
		&apievents.SessionStart{Metadata: apievents.Metadata{Type: "session.start", Time: at(0)}, SessionMetadata: apievents.SessionMetadata{SessionID: sid}, TerminalSize: "80:24"},
		&apievents.SessionPrint{Metadata: apievents.Metadata{Type: "print", Time: at(100), Index: 1}, Data: []byte("# id\r\n"), Bytes: 6, DelayMilliseconds: 1000},
		&apievents.SessionEnd{Metadata: apievents.Metadata{Type: "session.end", Time: at(200), Index: 2}, SessionMetadata: apievents.SessionMetadata{SessionID: sid}},
	)
	var file bytes.Buffer
	n, err := c.Recording(t.Context(), sid, &file)
	if err != nil || n != 3 {
		t.Fatalf("%d events, %v", n, err)
	}
	got, err := recording.Load(t.Context(), &file)
	if err != nil || got.Meta.ID() != sid || !bytes.Contains(got.Frames[1].Data, []byte("# id")) {
		t.Errorf("read back: %+v, %v", got, err)
	}
}

func TestRecording_saysWhyThereIsNone(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Record("empty")
	if _, err := c.Recording(t.Context(), "none", &bytes.Buffer{}); !errors.Is(err, teleport.ErrNotFound) {
		t.Errorf("none: %v", err)
	}
	if _, err := c.Recording(t.Context(), "empty", &bytes.Buffer{}); !errors.Is(err, teleport.ErrEmptyRecording) {
		t.Errorf("empty: %v", err)
	}
	server.Grant(long.User, nil)
	if _, err := c.Recording(t.Context(), "empty", &bytes.Buffer{}); !errors.Is(err, teleport.ErrDenied) || !strings.Contains(err.Error(), "needs session: read") {
		t.Errorf("denied: %v", err)
	}
}

func TestSessions_listsWhatRuns(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	for i, state := range []types.SessionState{types.SessionState_SessionStateRunning, types.SessionState_SessionStateTerminated, types.SessionState_SessionStatePending} {
		tracker, err := types.NewSessionTracker(types.SessionTrackerSpecV1{
			SessionID: fmt.Sprintf("s%d", i), Kind: string(types.SSHSessionKind), State: state, Hostname: "shop-1", Login: "root",
			Created: at(-i), Participants: []types.Participant{{User: "dana@example.com", Mode: string(types.SessionPeerMode), LastActive: at(5)}},
		})
		if err != nil {
			t.Fatal(err)
		}
		server.Hold(tracker.(*types.SessionTrackerV1))
	}
	got, err := c.Sessions(t.Context())
	if err != nil || len(got) != 2 || got[0].ID != "s2" || got[1].ID != "s0" {
		t.Fatalf("%+v, %v", got, err)
	}
	if s := got[1]; s.Where != "shop-1" || s.Login != "root" || len(s.Participants) != 1 || s.Participants[0].User != "dana@example.com" {
		t.Errorf("session %+v", s)
	}
}

func TestWatchLocks_seesWhatOthersDoAlsoAfterACut(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	lists, broken := make(chan int, 64), make(chan error, 64)
	done := make(chan error, 1)
	go func() {
		done <- c.Locker().WatchLocks(ctx, func(err error) { broken <- err }, func(locks []contain.Lock) { lists <- len(locks) })
	}()
	until := func(want int) {
		t.Helper()
		for {
			select {
			case n := <-lists:
				if n == want {
					return
				}
			case err := <-done:
				t.Fatalf("the watch ended: %v", err)
			case <-time.After(30 * time.Second):
				t.Fatalf("never saw %d locks", want)
			}
		}
	}
	until(0)
	server.PutLock(mustLock(t, "one", types.LockTarget{User: "mallory@example.com"}))
	until(1)
	server.Cut()
	server.PutLock(mustLock(t, "two", types.LockTarget{Role: "ops"}))
	until(2)
	if _, err := c.Locker().Unlock(t.Context(), "one"); err != nil {
		t.Fatal(err)
	}
	until(1)
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("ended with %v", err)
	}
}

func TestWatchLocks_endsWithARefusal(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Grant(long.User, nil)
	err := c.Locker().WatchLocks(t.Context(), func(error) {}, func([]contain.Lock) {})
	if !errors.Is(err, teleport.ErrDenied) {
		t.Errorf("error %v", err)
	}
}

// role makes a role with rules.
func role(t *testing.T, name string, allow, deny []types.Rule) *types.RoleV6 {
	t.Helper()
	r, err := types.NewRole(name, types.RoleSpecV6{Allow: types.RoleConditions{Rules: allow}, Deny: types.RoleConditions{Rules: deny}})
	if err != nil {
		t.Fatal(err)
	}
	return r.(*types.RoleV6)
}

func TestAbilities_findWhatIsMissingAndTheRoleThatGrantsIt(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	user, err := types.NewUser(long.User)
	if err != nil {
		t.Fatal(err)
	}
	user.SetRoles([]string{"auditor", "wide", "no-tokens"})
	server.Hold(
		user.(*types.UserV2),
		role(t, "auditor", []types.Rule{{Resources: []string{"event", "session"}, Verbs: []string{"list", "read"}}}, nil),
		role(t, "wide", []types.Rule{
			{Resources: []string{"token", "user", "role", "access_request", "instance", "auth_connector", "trusted_cluster", "cluster_auth_preference", "session_recording_config"}, Verbs: []string{"*"}},
			{Resources: []string{"session_tracker"}, Verbs: []string{"list"}, Where: `contains(user.spec.traits["team"], "ops")`},
			{Resources: []string{"lock"}, Verbs: []string{"list", "read"}},
		}, nil),
		role(t, "no-tokens", nil, []types.Rule{{Resources: []string{"token"}, Verbs: []string{"delete"}}}),
	)
	got, err := c.Abilities(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]teleport.Ability{}
	for _, a := range got {
		by[a.Resource] = a
	}
	for resource, missing := range map[string]string{
		"event": "[]", "session": "[]", "user": "[]", "lock": "[create update delete]", "token": "[delete]", "session_tracker": "[read]",
	} {
		if a := by[resource]; fmt.Sprint(a.Missing) != missing {
			t.Errorf("%s lacks %v, want %s", resource, a.Missing, missing)
		}
	}
	if a := by["session_tracker"]; fmt.Sprint(a.Conditional) != "[list]" {
		t.Errorf("live sessions: %+v", a)
	}
	if a := by["audit_query"]; a.NotOffered == "" || a.Met() {
		t.Errorf("audit SQL of an edition without it: %+v", a)
	}
	want := `kind: role
version: v5
metadata:
  name: cordon-responder
spec:
  allow:
    rules:
      - resources: [session_tracker] # live sessions
        verbs: [read]
      - resources: [lock] # locks
        verbs: [create, update, delete]
      - resources: [token] # join tokens
        verbs: [delete]
`
	if yaml := teleport.RoleYAML(got); yaml != want {
		t.Errorf("role:\n%s", yaml)
	}
	if yaml := teleport.RoleYAML([]teleport.Ability{by["lock"]}); !strings.Contains(yaml, "name: locksmith\n") {
		t.Errorf("role for locks alone:\n%s", yaml)
	}
}

// table collects an answer.
type table struct {
	columns []queries.Column
	rows    []string
}

func (s *table) Columns(c []queries.Column) error { s.columns = c; return nil }
func (s *table) Row(v []any) error                { s.rows = append(s.rows, fmt.Sprint(v...)); return nil }

func TestAccessMonitoring_answersPageByPage(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{Enterprise: true})
	const sql = "SELECT user FROM exec"
	rows := [][]string{{"user"}}
	for i := range 250 {
		rows = append(rows, []string{fmt.Sprintf("user-%d", i)})
	}
	server.Answer(sql, rows...)
	engine := c.AccessMonitoring(30)
	var got table
	sum, err := engine.Run(t.Context(), sql, 0, &got)
	if err != nil || sum.Rows != 250 || sum.Limited || len(got.rows) != 250 || got.rows[0] != "user-0" || got.columns[0].Name != "user" {
		t.Errorf("%+v, %v, %d rows", sum, err, len(got.rows))
	}
	if days := server.AskedDays(sql); days != 30 {
		t.Errorf("asked for %d days", days)
	}
	var few table
	if sum, err := engine.Run(t.Context(), sql, 120, &few); err != nil || sum.Rows != 120 || !sum.Limited {
		t.Errorf("limited: %+v, %v", sum, err)
	}
	if !strings.Contains(engine.Name(), clustertest.ClusterName) || !strings.Contains(engine.Name(), "30 days") {
		t.Errorf("name %q", engine.Name())
	}
}

func TestAccessMonitoring_saysWhyNot(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{Enterprise: true})
	_, err := c.AccessMonitoring(7).Run(t.Context(), "SELEKT", 0, &table{})
	var told *queries.Error
	if !errors.As(err, &told) || told.Line != 1 || told.Col != 1 || told.Text != "mismatched input" {
		t.Errorf("bad SQL: %#v", err)
	}
	server.Grant(long.User, map[string][]string{"audit_query": {"list", "read"}})
	if _, err := c.AccessMonitoring(7).Run(t.Context(), "SELECT 1", 0, &table{}); !errors.Is(err, teleport.ErrDenied) || !strings.Contains(err.Error(), "needs audit_query: use") {
		t.Errorf("denied: %v", err)
	}
	plain, _ := connect(t, clustertest.Options{})
	_, err = plain.AccessMonitoring(7).Run(t.Context(), "SELECT 1", 0, &table{})
	var known *teleport.Error
	if !errors.As(err, &known) || !errors.Is(err, teleport.ErrNotOffered) || !strings.Contains(known.Hint, "Enterprise") {
		t.Errorf("not offered: %v", err)
	}
}

func TestLocker_placesALockInUnderASecondOfCalls(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	if _, err := c.Locker().Lock(t.Context(), containtest.Plan(t, 1, request(contain.FieldUser, "mallory@example.com"))); err != nil {
		t.Fatal(err)
	}
	if n := server.Calls("GetLock") + server.Calls("UpsertLock"); n != 3 {
		t.Errorf("a lock took %d calls, want 3: is it there, place, read back", n)
	}
}
