package lineage_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/investigations/hands"
	"cordon/investigations/journal"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot/pivottest"
)

// truth is what testdata/incident/truth.json says, which was written by hand
// before anything could find it. Edges are written `parent > child type event`.
type truth struct {
	Identity  string
	Since     time.Time
	Hostile   []judgement.Key
	Owner     []judgement.Key
	Proved    []string
	Ambiguous []string
	Owners    []string
	Attackers []string // of the ambiguous
	Taint     []string
}

func incident(t *testing.T) (*pivottest.Index, truth) {
	t.Helper()
	var want truth
	b, err := os.ReadFile(filepath.Join("testdata", "incident", "truth.json"))
	if err == nil {
		err = json.Unmarshal(b, &want)
	}
	if err != nil {
		t.Fatal(err)
	}
	log, err := os.ReadFile(filepath.Join("testdata", "incident", "audit.ndjson"))
	if err != nil {
		t.Fatal(err)
	}
	idx, err := pivottest.New(string(log))
	if err != nil {
		t.Fatal(err)
	}
	return idx, want
}

// marked are the marks of the truth on its identity, besides what entries of a
// journal decide.
func (w truth) marked(acts ...journal.Entry) judgement.Judgement {
	var marks []judgement.Mark
	for _, k := range w.Hostile {
		marks = append(marks, judgement.Mark{Identity: w.entity(), Key: k, Side: judgement.Hostile})
	}
	for _, k := range w.Owner {
		marks = append(marks, judgement.Mark{Identity: w.entity(), Key: k, Side: judgement.Owner})
	}
	return judgement.Read(acts).With(marks...)
}

func (w truth) entity() investigations.Entity {
	return investigations.Entity{Kind: investigations.KindUser, Name: w.Identity}
}

func (w truth) ask(t *testing.T, idx *pivottest.Index, j judgement.Judgement) *lineage.Lineage {
	t.Helper()
	l, err := lineage.Follow(context.Background(), idx, lineage.Question{
		Identity: w.entity(), Depth: lineage.DefaultDepth, Since: w.Since, Judgement: j,
	})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func written(e lineage.Edge) string {
	return e.Parent.String() + " > " + e.Entity.String() + " " + e.Via + " " + e.Event
}

// of writes the edges that a condition holds for, sorted.
func of(edges []lineage.Edge, holds func(lineage.Edge) bool) []string {
	var out []string
	for _, e := range edges {
		if holds(e) {
			out = append(out, written(e))
		}
	}
	slices.Sort(out)
	return out
}

func sorted(list ...[]string) []string {
	out := slices.Concat(list...)
	slices.Sort(out)
	return out
}

func proved(e lineage.Edge) bool    { return e.Status == lineage.Proved }
func ambiguous(e lineage.Edge) bool { return e.Status == lineage.Ambiguous }

func TestFollow_findsTheWholeTruthOnceHandsAreMarked(t *testing.T) {
	t.Parallel()
	idx, want := incident(t)
	l := want.ask(t, idx, want.marked())
	if diff := cmp.Diff(sorted(want.Proved), of(l.Edges, proved)); diff != "" {
		t.Errorf("proved (-truth +found):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(want.Ambiguous), of(l.Edges, ambiguous)); diff != "" {
		t.Errorf("ambiguous (-truth +found):\n%s", diff)
	}
	if diff := cmp.Diff(sorted(want.Owners), of(l.Owner, func(e lineage.Edge) bool { return e.Hands == hands.Owner })); diff != "" {
		t.Errorf("the owner's (-truth +found):\n%s", diff)
	}
	var tainted []string
	for _, e := range l.Taint.Entities() {
		tainted = append(tainted, e.String())
	}
	if diff := cmp.Diff(sorted(want.Taint), sorted(tainted)); diff != "" {
		t.Errorf("taint (-truth +found):\n%s", diff)
	}
}

// deciding is the journal entry that decides the steps given.
func (w truth) deciding(edges []lineage.Edge, steps []string, verdict judgement.Verdict) journal.Entry {
	var keys []judgement.Edge
	for _, e := range edges {
		if slices.Contains(steps, written(e)) {
			keys = append(keys, e.Key())
		}
	}
	return judgement.EdgeEntry(judgement.Author{}, w.entity(), verdict, "", keys...)
}

func TestFollow_isWholeOnceTheAmbiguousIsDecided(t *testing.T) {
	t.Parallel()
	idx, want := incident(t)
	// What hangs on an accepted step needs no word of its own: the host that
	// joined with the token, the session from the hostile address.
	var first []string
	for _, s := range want.Attackers {
		if !strings.HasPrefix(s, "token:********0003 > ") && !strings.HasPrefix(s, "victor@example.com > ") {
			first = append(first, s)
		}
	}
	accept := want.deciding(want.ask(t, idx, want.marked()).Edges, first, judgement.Accepted)
	l := want.ask(t, idx, want.marked(accept))
	if diff := cmp.Diff(sorted(want.Proved, want.Attackers), of(l.Edges, func(e lineage.Edge) bool { return e.Tainted })); diff != "" {
		t.Errorf("taint (-truth +found):\n%s", diff)
	}
	for _, e := range l.Edges {
		if slices.Contains(first, written(e)) && (e.Verdict != judgement.Accepted || e.Status != lineage.Ambiguous) {
			t.Errorf("%s is %s and %q, want it accepted and still ambiguous by the evidence", written(e), e.Status, e.Verdict)
		}
	}
	var innocent []string
	for _, s := range want.Ambiguous {
		if !slices.Contains(want.Attackers, s) {
			innocent = append(innocent, s)
		}
	}
	l = want.ask(t, idx, want.marked(accept, want.deciding(l.Edges, innocent, judgement.Refused)))
	left := of(l.Edges, func(e lineage.Edge) bool { return e.Verdict != judgement.Refused })
	if diff := cmp.Diff(sorted(want.Proved, want.Attackers), left); diff != "" {
		t.Errorf("what is left after refusing the rest (-truth +found):\n%s", diff)
	}
}

// TestFollow_aCreatedUserIsTheAttackersWhateverIsMarked marks one address of a
// user that hostile hands created: what it did from elsewhere is theirs as well,
// unless the responder says that it has an owner.
func TestFollow_aCreatedUserIsTheAttackersWhateverIsMarked(t *testing.T) {
	t.Parallel()
	idx, err := pivottest.New(at(
		`{"event":"user.create","user":"eve","name":"puppet","addr.remote":"203.0.113.9:1"}`,
		`{"event":"session.start","user":"puppet","sid":"s-1","addr.remote":"192.0.2.7:1"}`,
	))
	if err != nil {
		t.Fatal(err)
	}
	user := func(name string) investigations.Entity {
		return investigations.Entity{Kind: investigations.KindUser, Name: name}
	}
	address := func(s string) judgement.Key { return judgement.NewKey(judgement.FacetAddress, s) }
	theirs := judgement.Judgement{}.With(
		judgement.Mark{Identity: user("eve"), Key: address("203.0.113.9"), Side: judgement.Hostile},
		judgement.Mark{Identity: user("puppet"), Key: address("192.0.2.8"), Side: judgement.Hostile},
	)
	owned := theirs.With(judgement.Mark{Identity: user("puppet"), Key: address("192.0.2.9"), Side: judgement.Owner})
	for _, tt := range []struct {
		name  string
		marks judgement.Judgement
		want  lineage.Status
	}{{"created", theirs, lineage.Proved}, {"with an owner", owned, lineage.Ambiguous}} {
		l, err := lineage.Follow(context.Background(), idx, lineage.Question{Identity: user("eve"), Depth: 4, Judgement: tt.marks})
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Edges) != 2 || l.Edges[1].Status != tt.want {
			t.Errorf("%s: %v, want the session of the created user %s", tt.name, shorts(l.Edges), tt.want)
		}
	}
}

// TestFollow_withoutMarksTakesTheOwnersActsToo measures what docs/lineage.md
// says of a lineage before hands are marked.
func TestFollow_withoutMarksTakesTheOwnersActsToo(t *testing.T) {
	t.Parallel()
	idx, want := incident(t)
	l := want.ask(t, idx, judgement.Judgement{})
	attack := sorted(want.Proved, want.Attackers)
	got := of(l.Edges, proved)
	right := 0
	for _, e := range got {
		if slices.Contains(attack, e) {
			right++
		}
	}
	if len(l.Owner) > 0 || l.ByHands {
		t.Error("hands count though none are marked")
	}
	if right != unmarkedRight || len(got) != unmarkedProved || len(attack) != attackSteps {
		t.Errorf("%d steps are called proved, %d of them among the %d of the attack; docs/lineage.md says %d, %d and %d",
			len(got), right, len(attack), unmarkedProved, unmarkedRight, attackSteps)
	}
}

// The figures of docs/lineage.md: precision is 29/39, recall 29/37.
const (
	unmarkedProved = 39
	unmarkedRight  = 29
	attackSteps    = 37
)
