package lineage

import (
	"cmp"
	"slices"

	"cordon/investigations"
	"cordon/investigations/lineage"
	"cordon/themes"
)

// bundleFrom is how many edges of one sort, which lead nowhere on, are shown as
// one row that can be unfolded.
const bundleFrom = 4

// node is one edge of the tree, or a bundle of several.
type node struct {
	edge   lineage.Edge
	bundle bool // kids are edges of one sort; edge is the first of them
	owners bool // they are the owner's, and no part of the lineage
	kids   []*node
}

// key names a node for good, so that folds and the selection survive another
// reading.
func (n *node) key() string {
	e := &n.edge
	key := e.Parent.String() + " " + e.Entity.String() + " " + e.Via + " " + e.Event
	if n.owners {
		key = "owner " + key
	}
	if n.bundle {
		key = "bundle " + e.Parent.String() + " " + e.Kind.String()
		if n.owners {
			key = "owner's"
		}
	}
	return key
}

// edges are the edges that a decision about the node is about.
func (n *node) edges() []lineage.Edge {
	if !n.bundle {
		return []lineage.Edge{n.edge}
	}
	var out []lineage.Edge
	for _, kid := range n.kids {
		out = append(out, kid.edges()...)
	}
	return out
}

// ownersOf makes one bundle of the steps that the owner's hands took.
func ownersOf(edges []lineage.Edge) []*node {
	if len(edges) == 0 {
		return nil
	}
	b := &node{edge: edges[0], bundle: true, owners: true}
	for _, e := range edges {
		b.kids = append(b.kids, &node{edge: e, owners: true})
	}
	return []*node{b}
}

// place is where the edges below an entity hang: an entity that is reached in
// several ways is opened once, at the first of the least depth.
type place struct {
	entity investigations.Entity
	depth  int
}

// grow makes the tree of the edges, which come breadth first, below a root.
func grow(edges []lineage.Edge, root investigations.Entity) []*node {
	below := make(map[place][]*node)
	for _, e := range edges {
		at := place{e.Parent, e.Depth - 1}
		below[at] = append(below[at], &node{edge: e})
	}
	var hang func(place) []*node
	hang = func(at place) []*node {
		kids := below[at]
		delete(below, at)
		slices.SortStableFunc(kids, func(a, b *node) int {
			return cmp.Or(a.edge.Time.Compare(b.edge.Time), cmp.Compare(a.key(), b.key()))
		})
		for _, n := range kids {
			n.kids = hang(place{n.edge.Entity, n.edge.Depth})
		}
		return bundle(kids)
	}
	tree := hang(place{root, 0})
	for _, e := range edges {
		// What hangs on nothing that is shown is shown all the same.
		tree = append(tree, hang(place{e.Parent, e.Depth - 1})...)
	}
	return tree
}

// bundle puts the many edges of one sort that lead nowhere on into one node.
func bundle(kids []*node) []*node {
	leaves := make(map[investigations.Kind]int)
	for _, n := range kids {
		if n.bundles() {
			leaves[n.edge.Kind]++
		}
	}
	var out []*node
	bundles := make(map[investigations.Kind]*node)
	for _, n := range kids {
		if !n.bundles() || leaves[n.edge.Kind] < bundleFrom {
			out = append(out, n)
			continue
		}
		b := bundles[n.edge.Kind]
		if b == nil {
			b = &node{edge: n.edge, bundle: true}
			bundles[n.edge.Kind] = b
			out = append(out, b)
		}
		b.kids = append(b.kids, n)
	}
	return out
}

// bundles reports whether a node may go into a bundle.
func (n *node) bundles() bool {
	return len(n.kids) == 0 && (n.edge.Kind == investigations.KindSession || n.edge.Kind == investigations.KindCertificate)
}

// line is one row on the screen: a node, or a note below one.
type line struct {
	node *node
	// last says of each level whether the node on it is the last of its siblings.
	last   []bool
	folded bool
	note   string // of a line that is no node
}

// unfold lists the rows of a tree as far as it is unfolded. Turned are the nodes
// that the responder folded or unfolded: bundles begin folded, others open. Note
// gives the sentence below a node, or nothing.
func unfold(nodes []*node, turned map[string]bool, note func(*node) string) []line {
	var out []line
	var walk func(nodes []*node, last []bool)
	walk = func(nodes []*node, last []bool) {
		for i, n := range nodes {
			at := append(slices.Clip(last), i == len(nodes)-1)
			l := line{node: n, last: at, folded: len(n.kids) > 0 && n.bundle != turned[n.key()]}
			out = append(out, l)
			if l.folded {
				continue
			}
			if text := note(n); text != "" {
				out = append(out, line{last: append(slices.Clip(at), true), note: text})
			}
			walk(n.kids, at)
		}
	}
	walk(nodes, nil)
	return out
}

// branch draws the lines of the tree before a row.
func (l *line) branch(g *themes.Glyphs) string {
	var b string
	if len(l.last) == 0 {
		return b
	}
	for _, last := range l.last[:len(l.last)-1] {
		if last {
			b += "   "
		} else {
			b += g.TreeLine + "  "
		}
	}
	if l.last[len(l.last)-1] {
		return b + g.TreeEnd + g.TreeDash + " "
	}
	return b + g.TreeTee + g.TreeDash + " "
}
