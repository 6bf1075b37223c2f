package grid

import (
	"fmt"
	"slices"

	"cordon/themes"
)

// source is a sorted set of keys that answers requests as a store would.
type source struct {
	keys []int64
	// version changes the text of all rows, so that stale rows can be told.
	version int
}

func newSource(n int) *source {
	s := &source{}
	for i := range n {
		s.keys = append(s.keys, int64(i+1)*10)
	}
	return s
}

func (s *source) row(key int64) Row[int64] {
	return Row[int64]{Key: key, Cells: []Cell{
		{Text: fmt.Sprintf("22:03:%02d", key/10%60)},
		{Text: fmt.Sprintf("event %d v%d", key, s.version)},
		{Text: fmt.Sprint(key), Role: themes.Muted},
		{Text: "dana@example.com"},
	}}
}

func (s *source) insert(key int64) {
	if i, ok := slices.BinarySearch(s.keys, key); !ok {
		s.keys = slices.Insert(s.keys, i, key)
	}
}

func (s *source) remove(key int64) {
	if i, ok := slices.BinarySearch(s.keys, key); ok {
		s.keys = slices.Delete(s.keys, i, i+1)
	}
}

func (s *source) answer(r Request[int64]) Window[int64] {
	i, found := slices.BinarySearch(s.keys, r.Key)
	from, to := 0, len(s.keys)
	switch r.Kind {
	case First:
		to = r.Limit
	case Last:
		from = len(s.keys) - r.Limit
	case After:
		if from = i; found {
			from++
		}
		to = from + r.Limit
	case Before:
		to = i
		from = to - r.Limit
	case Around:
		from = i - r.Limit/2
		to = from + r.Limit
	}
	from = max(0, from)
	to = max(from, min(to, len(s.keys)))
	w := Window[int64]{
		ID: r.ID, AtStart: from == 0, AtEnd: to == len(s.keys), At: i - from,
		First: int64(from), Total: int64(len(s.keys)),
	}
	for _, key := range s.keys[from:to] {
		w.Rows = append(w.Rows, s.row(key))
	}
	return w
}

// settle answers requests until none is left and returns how many there were.
func settle(g *Grid[int64], s *source) int {
	for n := range 100 {
		r, ok := g.Need()
		if !ok {
			return n
		}
		g.Deliver(s.answer(r))
	}
	return 100
}
