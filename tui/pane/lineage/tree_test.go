package lineage

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/lineage"
	"cordon/themes"
)

var start = time.Date(2026, 10, 6, 22, 0, 0, 0, time.UTC)

// edge is one of the i-th second: child at a depth below parent.
func edge(i, depth int, kind investigations.Kind, parent, child string) lineage.Edge {
	return lineage.Edge{
		Entity: investigations.Entity{Kind: kind, Name: child}, Parent: user(parent), Depth: depth, Via: "v", Event: fmt.Sprint("e", i),
		Time: start.Add(time.Duration(i) * time.Second), Status: lineage.Proved, Reason: parent + " to " + child,
	}
}

// drawn is the tree as text.
func drawn(lines []line) string {
	styles, err := themes.New(themes.Options{})
	if err != nil {
		panic(err)
	}
	var out []string
	for _, l := range lines {
		text := l.note
		if l.node != nil {
			text = l.node.text()
			if l.folded {
				text += fmt.Sprint(" +", len(l.node.kids))
			}
		}
		out = append(out, l.branch(&styles.Glyphs)+text)
	}
	return strings.Join(out, "\n")
}

func silent(*node) string { return "" }

func TestGrow_hangsEachEdgeBelowWhatReachedItsParent(t *testing.T) {
	t.Parallel()
	edges := []lineage.Edge{
		edge(2, 1, investigations.KindUser, "ann", "ben"), edge(1, 1, investigations.KindUser, "ann", "cy"),
		edge(3, 1, investigations.KindUser, "ann", "ben"),
		edge(4, 2, investigations.KindUser, "ben", "dee"),
		edge(5, 3, investigations.KindSession, "dee", "s1"), edge(6, 3, investigations.KindSession, "dee", "s2"),
		edge(7, 3, investigations.KindSession, "dee", "s3"), edge(8, 3, investigations.KindSession, "dee", "s4"), edge(9, 3, investigations.KindUser, "dee", "eve"),
	}
	tree := grow(edges, user("ann"))
	note := func(n *node) string {
		if n.edge.Name == "eve" {
			return "no activity"
		}
		return ""
	}
	want := `├─ to cy
├─ to ben
│  └─ to dee
│     ├─ 4 sessions +4
│     └─ to eve
│        └─ no activity
└─ to ben`
	if diff := cmp.Diff(want, drawn(unfold(tree, map[string]bool{}, note))); diff != "" {
		t.Error(diff)
	}
	turned := map[string]bool{tree[1].key(): true}
	if diff := cmp.Diff("├─ to cy\n├─ to ben +1\n└─ to ben", drawn(unfold(tree, turned, note))); diff != "" {
		t.Error(diff)
	}
	bundle := tree[1].kids[0].kids[0]
	turned = map[string]bool{bundle.key(): true, tree[1].key(): false}
	if got := drawn(unfold(tree, turned, silent)); !strings.Contains(got, "│     │  ├─ to s1\n") || len(bundle.edges()) != 4 {
		t.Errorf("unfolded:\n%s", got)
	}
}

func TestGrow_losesNoEdgeThatHangsOnNothing(t *testing.T) {
	t.Parallel()
	edges := []lineage.Edge{edge(1, 1, investigations.KindUser, "ann", "ben"), edge(2, 3, investigations.KindUser, "cy", "dee"), edge(3, 4, investigations.KindUser, "dee", "eve")}
	if got := drawn(unfold(grow(edges, user("ann")), map[string]bool{}, silent)); got != "├─ to ben\n└─ to dee\n   └─ to eve" {
		t.Errorf("\n%s", got)
	}
}

func TestOwnersOf_areOneFoldedBundle(t *testing.T) {
	t.Parallel()
	tree := ownersOf([]lineage.Edge{edge(1, 1, investigations.KindUser, "ann", "ben"), edge(2, 1, investigations.KindSession, "ann", "s")})
	if got := drawn(unfold(tree, map[string]bool{}, silent)); got != "└─ 2 steps by the owner's hands +2" {
		t.Error(got)
	}
	if ownersOf(nil) != nil {
		t.Error("a bundle of nothing")
	}
}

// TestGrow_showsEveryEdgeOnce builds lineages as a trace gives them, breadth
// first, entities reached again included.
func TestGrow_showsEveryEdgeOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var edges []lineage.Edge
		level, i := []string{"root"}, 0
		for depth := 1; depth <= 4; depth++ {
			var next []string
			for _, parent := range level {
				for range rapid.IntRange(0, 5).Draw(rt, "kids") {
					i++
					kind := rapid.SampledFrom([]investigations.Kind{investigations.KindUser, investigations.KindSession, investigations.KindCertificate}).Draw(rt, "kind")
					name := fmt.Sprint("n", rapid.IntRange(1, 12).Draw(rt, "name"))
					edges = append(edges, edge(i, depth, kind, parent, name))
					if kind == investigations.KindUser {
						next = append(next, name)
					}
				}
			}
			level = next
			if len(edges) > 200 {
				break
			}
		}
		all := map[string]bool{}
		var turn func([]*node)
		turn = func(nodes []*node) {
			for _, n := range nodes {
				if n.bundle {
					all[n.key()] = true
				}
				turn(n.kids)
			}
		}
		tree := grow(edges, user("root"))
		turn(tree)
		seen := map[string]int{}
		for _, l := range unfold(tree, all, silent) {
			if l.node != nil && !l.node.bundle {
				seen[l.node.edge.Event]++
			}
		}
		for _, e := range edges {
			if seen[e.Event] != 1 {
				rt.Fatalf("edge %s of depth %d is shown %d times", e.Event, e.Depth, seen[e.Event])
			}
		}
	})
}

func TestNoPlan_saysWhyThereIsNone(t *testing.T) {
	t.Parallel()
	p := &Pane{}
	if got := p.noPlan(); !strings.Contains(got, "still being read") {
		t.Error(got)
	}
	p.facts = &facts{restErr: errors.New("the disk\x1b is gone")}
	if got := p.noPlan(); got != "What is left was not read: the disk␛ is gone" {
		t.Error(got)
	}
	p.facts = &facts{}
	if got := p.noPlan(); !strings.Contains(got, "still being looked up") {
		t.Error(got)
	}
}
