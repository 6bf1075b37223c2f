package lineage_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/hands"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot/pivottest"
)

// boardOf is the lock board of the made incident.
func boardOf(t *testing.T, idx *pivottest.Index) contain.Board {
	t.Helper()
	log, err := os.ReadFile(filepath.Join("testdata", "incident", "audit.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	var records []contain.Record
	lines := bytes.Split(log, []byte("\n"))
	for i, ev := range idx.Events() {
		if ev.Type == "lock.created" {
			records = append(records, contain.Record{Event: &ev, Raw: lines[i]})
		}
	}
	return contain.NewBoard(records, nil)
}

func TestMeasure_countsWhatHostileHandsTouched(t *testing.T) {
	t.Parallel()
	idx, want := incident(t)
	now := time.Date(2026, 10, 6, 22, 30, 0, 0, time.UTC)
	s, err := lineage.Measure(context.Background(), idx, want.ask(t, idx, want.marked()), boardOf(t, idx), now)
	if err != nil {
		t.Fatal(err)
	}
	if n := len(s.Identities); n != 7 || s.Contained() != 1 || s.Identities[0].Name != want.Identity || !s.Identities[0].Contained {
		t.Errorf("%d identities, %d contained, first %s; want 7, 1 and dana", n, s.Contained(), s.Identities[0].Name)
	}
	// victor came from the thief's address; peggy was given a role of theirs.
	var undecided []string
	for _, e := range s.Undecided {
		undecided = append(undecided, e.Name)
	}
	if diff := cmp.Diff([]string{"peggy@example.com", "victor@example.com"}, undecided); diff != "" {
		t.Errorf("undecided (-want +got):\n%s", diff)
	}
	if sure, maybe := s.Count(investigations.KindHost); sure != 3 || maybe != 0 {
		t.Errorf("%d hosts and perhaps %d more, want 3 and 0", sure, maybe)
	}
	byHands := map[hands.Side]int{}
	for _, session := range s.Sessions {
		byHands[session.Hands]++
	}
	if diff := cmp.Diff(map[hands.Side]int{hands.Hostile: 8, hands.Ambiguous: 4}, byHands); diff != "" {
		t.Errorf("sessions (-want +got):\n%s", diff)
	}
	// dana's are over or cut by the lock; it does not reach deployer, whose
	// certificate she signed.
	if sure, maybe := s.OpenSessions(); sure != 6 || maybe != 3 {
		t.Errorf("%d sessions open and perhaps %d more, want 6 and 3", sure, maybe)
	}
	for _, a := range s.Acts {
		if a.Type == "user.login" && a != (lineage.Act{Type: "user.login", Hostile: 3, Owner: 2}) {
			t.Errorf("logins %+v, want 3 by hostile hands and 2 by the owner's", a)
		}
	}
	began := time.Date(2026, 10, 6, 22, 0, 10, 0, time.UTC)
	if d := s.Dwell; !d.From.Equal(began) || d.FromEvent != "i02" || d.Contained || !d.Until.Equal(now) {
		t.Errorf("dwell %+v, want from the first login that succeeded until now", d)
	}
}

func TestMeasure_dwellEndsWhenTheLastIdentityIsContained(t *testing.T) {
	t.Parallel()
	idx, err := pivottest.New(at(
		`{"event":"user.login","user":"eve","success":true,"addr.remote":"203.0.113.9:1"}`,
		`{"event":"user.create","user":"eve","name":"puppet","addr.remote":"203.0.113.9:1"}`,
		`{"event":"scp","code":"T3004I","user":"puppet","path":"/etc/shadow","server_id":"h-1"}`,
		`{"event":"scp","code":"T3005I","user":"eve","path":"/tmp/x","server_id":"h-1"}`,
	))
	if err != nil {
		t.Fatal(err)
	}
	eve := investigations.Entity{Kind: investigations.KindUser, Name: "eve"}
	mark := judgement.Mark{Identity: eve, Key: judgement.NewKey(judgement.FacetAddress, "203.0.113.9"), Side: judgement.Hostile}
	started := time.Date(2026, 10, 6, 22, 0, 0, 0, time.UTC)
	lock := func(user string, after time.Duration) contain.Lock {
		return contain.Lock{Name: user, Targets: []contain.Target{{Field: contain.FieldUser, Value: user}}, Created: started.Add(after), EndSaid: true}
	}
	for _, tt := range []struct {
		name      string
		marks     judgement.Judgement
		board     contain.Board
		contained bool
		length    time.Duration
		files     lineage.Files
	}{
		{"no hands are marked", judgement.Judgement{}, nil, false, 0, lineage.Files{Out: 1, In: 1}},
		{"nothing is locked", judgement.Judgement{}.With(mark), nil, false, time.Hour, lineage.Files{Out: 1, Maybe: 1}},
		{"one is locked", judgement.Judgement{}.With(mark), contain.Board{lock("eve", time.Minute)}, false, time.Hour, lineage.Files{Out: 1, Maybe: 1}},
		{"both are locked", judgement.Judgement{}.With(mark), contain.Board{lock("eve", time.Minute), lock("puppet", 2*time.Minute)}, true, 2 * time.Minute, lineage.Files{Out: 1, Maybe: 1}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			l, err := lineage.Follow(ctx, idx, lineage.Question{Identity: eve, Depth: 4, Judgement: tt.marks})
			if err != nil {
				t.Fatal(err)
			}
			s, err := lineage.Measure(ctx, idx, l, tt.board, started.Add(time.Hour))
			if err != nil {
				t.Fatal(err)
			}
			if s.Dwell.Contained != tt.contained || s.Dwell.Length() != tt.length {
				t.Errorf("dwell %s, contained %t; want %s, %t", s.Dwell.Length(), s.Dwell.Contained, tt.length, tt.contained)
			}
			if s.Files != tt.files {
				t.Errorf("files %+v, want %+v", s.Files, tt.files)
			}
		})
	}
}
