package lineage_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot/pivottest"
)

// world is a made-up log and what a responder said about it.
type world struct {
	lines []string
	who   investigations.Entity
	marks []judgement.Mark
	acts  []journal.Entry // what the responder decided of steps
}

var places = []string{"192.0.2.1", "192.0.2.2", "203.0.113.9"}

// drawWorld makes up a log in which most acts carry an address and some a
// device, and marks some of them. The identity asked about always has a mark.
func drawWorld(t *rapid.T) world {
	w := world{lines: pivottest.Draw(t, 40), who: investigations.Entity{Kind: investigations.KindUser, Name: "ann"}}
	for i, line := range w.lines {
		more := ""
		if place := rapid.IntRange(-1, len(places)-1).Draw(t, "place"); place >= 0 && !strings.Contains(line, "addr.remote") {
			more = fmt.Sprintf(`,"addr.remote":"%s:1"`, places[place])
		}
		if device := rapid.IntRange(0, 3).Draw(t, "device"); device > 0 && !strings.Contains(line, "mfa.add") {
			more += fmt.Sprintf(`,"with_mfa":"s%d"`, device)
		}
		w.lines[i] = strings.TrimSuffix(line, "}") + more + "}"
	}
	w.marks = []judgement.Mark{{Identity: w.who, Key: drawKey(t), Side: judgement.Hostile}}
	for range rapid.IntRange(0, 3).Draw(t, "marks") {
		w.marks = append(w.marks, judgement.Mark{
			Identity: investigations.Entity{Kind: investigations.KindUser, Name: rapid.SampledFrom(pivottest.Users).Draw(t, "marked")},
			Key:      drawKey(t), Side: rapid.SampledFrom([]judgement.Side{judgement.Hostile, judgement.Owner}).Draw(t, "side"),
		})
	}
	return w
}

func drawKey(t *rapid.T) judgement.Key {
	return rapid.SampledFrom([]judgement.Key{
		{Facet: judgement.FacetAddress, Value: places[0]},
		{Facet: judgement.FacetAddress, Value: places[1]},
		{Facet: judgement.FacetAddress, Value: places[2]},
		{Facet: judgement.FacetMFADevice, Value: "s1"},
		{Facet: judgement.FacetMFADevice, Value: "s2"},
		{Facet: judgement.FacetSession, Value: "s3"},
	}).Draw(t, "key")
}

func (w world) judgement() judgement.Judgement { return judgement.Read(w.acts).With(w.marks...) }

func (w *world) decide(e lineage.Edge, verdict judgement.Verdict) {
	w.acts = append(w.acts, judgement.EdgeEntry(judgement.Author{}, w.who, verdict, "", e.Key()))
}

func (w world) ask(t *rapid.T, j judgement.Judgement, depth int) *lineage.Lineage {
	idx, err := pivottest.New(strings.Join(w.lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	l, err := lineage.Follow(context.Background(), idx, lineage.Question{Identity: w.who, Depth: depth, Judgement: j})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// steps are the steps of a lineage, whichever event proves them, and how sure
// each is: 1 ambiguous, 2 proved or accepted with a proved way to it.
func steps(l *lineage.Lineage) map[string]int {
	out := make(map[string]int)
	for _, e := range l.Edges {
		if e.Verdict == judgement.Refused {
			continue
		}
		step := e.Parent.String() + " > " + e.Entity.String()
		if e.Kind != investigations.KindAddress && !strings.Contains(e.Reason, "also came from") {
			step += " " + e.Via
		}
		out[step] = max(out[step], 1)
		if e.Tainted {
			out[step] = 2
		}
	}
	return out
}

// grows checks that a lineage has all steps of another one, as surely, and all
// of its taint.
func grows(t *rapid.T, what string, from, to *lineage.Lineage) {
	t.Helper()
	now := steps(to)
	for step, sure := range steps(from) {
		if now[step] < sure {
			t.Fatalf("%s: %s was %d sure, now it is %d", what, step, sure, now[step])
		}
	}
	for e := range from.Taint {
		if !to.Taint.Has(e) {
			t.Fatalf("%s: %s is no longer tainted", what, e)
		}
	}
}

func TestFollow_onlyGrowsWithDepth(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		j := w.judgement()
		if rapid.Bool().Draw(rt, "unmarked") {
			j = judgement.Judgement{}
		}
		before := w.ask(rt, j, 0)
		if len(before.Edges) > 0 {
			rt.Fatalf("depth 0 finds %v", before.Edges)
		}
		for depth := 1; depth < 6; depth++ {
			l := w.ask(rt, j, depth)
			grows(rt, fmt.Sprint("depth ", depth), before, l)
			connected(rt, w.who, depth, l.Edges)
			before = l
		}
	})
}

func TestFollow_doesNotDependOnTheOrderOfLines(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		other := w
		other.lines = rapid.Permutation(w.lines).Draw(rt, "shuffled")
		a, b := w.ask(rt, w.judgement(), 4), other.ask(rt, w.judgement(), 4)
		if diff := cmp.Diff(withoutIDs(a.Edges), withoutIDs(b.Edges)); diff != "" {
			rt.Fatalf("edges:\n%s", diff)
		}
		if diff := cmp.Diff(withoutIDs(a.Owner), withoutIDs(b.Owner)); diff != "" {
			rt.Fatalf("the owner's:\n%s", diff)
		}
		if diff := cmp.Diff(a.Taint, b.Taint); diff != "" {
			rt.Fatalf("taint:\n%s", diff)
		}
	})
}

func TestFollow_onlyGrowsWithWhatIsAccepted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		for range 4 {
			before := w.ask(rt, w.judgement(), 4)
			all := append(before.Edges, before.Owner...)
			if len(all) == 0 {
				return
			}
			e := rapid.SampledFrom(all).Draw(rt, "accepted")
			w.decide(e, judgement.Accepted)
			grows(rt, "accepting "+short(e), before, w.ask(rt, w.judgement(), 4))
		}
	})
}

func TestFollow_onlyShrinksWithWhatIsRefused(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		for range 4 {
			before := w.ask(rt, w.judgement(), 4)
			if len(before.Edges) == 0 {
				return
			}
			e := rapid.SampledFrom(before.Edges).Draw(rt, "refused")
			w.decide(e, judgement.Refused)
			after := w.ask(rt, w.judgement(), 4)
			grows(rt, "taking back the refusal of "+short(e), after, before)
			for _, left := range after.Edges {
				if left.Key() == e.Key() && (left.Verdict != judgement.Refused || left.Tainted) {
					rt.Fatalf("%s was refused and stands", short(e))
				}
			}
		}
	})
}

func TestFollow_losesNothingProvedWhenMoreIsMarkedHostile(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := drawWorld(rt)
		before := w.ask(rt, w.judgement(), 4)
		who := investigations.Entity{Kind: investigations.KindUser, Name: rapid.SampledFrom(pivottest.Users).Draw(rt, "who")}
		k := drawKey(rt)
		if w.judgement().Side(who, k) == judgement.Owner {
			return
		}
		more := w.judgement().With(judgement.Mark{Identity: who, Key: k, Side: judgement.Hostile})
		after := steps(w.ask(rt, more, 4))
		for step, sure := range steps(before) {
			if sure == 2 && after[step] < 2 {
				rt.Fatalf("marking %s of %s loses %s", k, who, step)
			}
		}
	})
}

// connected checks that every edge hangs on the identity or on an edge one step
// nearer, is not older than the earliest way to its parent, and that nothing
// goes in a circle.
func connected(t *rapid.T, who investigations.Entity, depth int, edges []lineage.Edge) {
	reached := make(map[investigations.Entity]time.Time)
	at := make(map[investigations.Entity]map[int]bool)
	for _, e := range edges {
		if since, ok := reached[e.Entity]; !ok || e.Since.Before(since) {
			reached[e.Entity] = e.Since
		}
		if at[e.Entity] == nil {
			at[e.Entity] = make(map[int]bool)
		}
		at[e.Entity][e.Depth] = true
	}
	for _, e := range edges {
		if e.Depth < 1 || e.Depth > depth {
			t.Fatalf("%s is out of depth %d", short(e), depth)
		}
		if e.Parent == who {
			continue
		}
		if since, ok := reached[e.Parent]; !ok || e.Time.Before(since) || !at[e.Parent][e.Depth-1] {
			t.Fatalf("%s hangs on nothing", short(e))
		}
		if e.Entity == who || e.Entity == e.Parent {
			t.Fatalf("%s goes in a circle", short(e))
		}
	}
}

func withoutIDs(edges []lineage.Edge) []lineage.Edge {
	for i := range edges {
		edges[i].ID = 0
	}
	return edges
}
