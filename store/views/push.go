package views

// pushDown moves what a scan can decide into the scans: the conditions that
// concern one view alone, through the queries between, and the counting of equal
// rows where rows are only counted. It drops the columns that nobody uses. The
// answer is the same without it.
func pushDown(q *boundQuery) { pushBody(q.body, q.order) }

func pushBody(body boundBody, order []orderKey) {
	switch body := body.(type) {
	case *boundQuery:
		pushDown(body)
	case *boundSetOp:
		pushBody(body.left, nil)
		pushBody(body.right, nil)
	case *boundSelect:
		body.push(order)
	}
}

func (s *boundSelect) push(order []orderKey) {
	for _, n := range s.expressions(order) {
		n.walk(func(n *node) bool {
			if n.query != nil {
				pushDown(n.query)
			}
			return true
		})
	}
	s.where = s.keep(s.where)
	for _, item := range s.from {
		s.pushJoin(item)
	}
	used := s.used(order)
	for _, src := range s.sources {
		if src.query != nil {
			src.query.prune(used[src])
			pushDown(src.query)
		}
	}
	s.count(order)
}

// expressions lists all expressions of the block and of its joins.
func (s *boundSelect) expressions(order []orderKey) []*node {
	list := append([]*node(nil), s.where...)
	list = append(list, s.group...)
	if s.having != nil {
		list = append(list, s.having)
	}
	for _, item := range s.items {
		list = append(list, item.expr)
	}
	for _, o := range order {
		if o.expr != nil {
			list = append(list, o.expr)
		}
	}
	for _, item := range s.from {
		list = append(list, joinConditions(item)...)
	}
	for _, src := range s.sources {
		if src.unnest != nil {
			list = append(list, src.unnest.args...)
		}
	}
	return list
}

func joinConditions(item fromItem) []*node {
	j, ok := item.(*boundJoin)
	if !ok {
		return nil
	}
	list := append([]*node(nil), j.on...)
	return append(append(list, joinConditions(j.left)...), joinConditions(j.right)...)
}

// keep hands the conditions that one source decides to it and returns the
// others. A source that an outer join fills up with NULLs takes none.
func (s *boundSelect) keep(conditions []*node) []*node {
	var rest []*node
	for _, n := range conditions {
		src := s.sourceOf(n)
		if src == nil || src.nullable || !src.take(n) {
			rest = append(rest, n)
		}
	}
	return rest
}

// take makes a condition on the source alone part of it, where that can be.
func (src *source) take(n *node) bool {
	switch {
	case src.scan != nil:
		src.scan.where = append(src.scan.where, n)
		return true
	case src.query != nil && src.query.takes(n):
		src.query.take(n)
		return true
	}
	return false
}

// takes reports whether a condition on the columns of the query can as well be
// one on the rows that it is made of.
func (q *boundQuery) takes(n *node) bool {
	return q.limit < 0 && q.offset < 0 && bodyTakes(q.body, n)
}

func bodyTakes(body boundBody, n *node) bool {
	switch body := body.(type) {
	case *boundQuery:
		return body.takes(n)
	case *boundSetOp:
		return body.op == "UNION ALL" && bodyTakes(body.left, n) && bodyTakes(body.right, n)
	}
	s := body.(*boundSelect)
	return !s.aggregated && !s.windowed && s.inside(n).pure()
}

func (q *boundQuery) take(n *node) { bodyTake(q.body, n) }

func bodyTake(body boundBody, n *node) {
	switch body := body.(type) {
	case *boundQuery:
		body.take(n)
	case *boundSetOp:
		bodyTake(body.left, n)
		bodyTake(body.right, n)
	case *boundSelect:
		body.where = append(body.where, body.inside(n))
	}
}

// inside writes a condition on what the block shows as one on what that is made
// of.
func (s *boundSelect) inside(n *node) *node {
	if n.kind == columnNode {
		return s.items[n.index].expr
	}
	if len(n.args) == 0 {
		return n
	}
	c := *n
	c.args = make([]*node, len(n.args))
	for i, a := range n.args {
		c.args[i] = s.inside(a)
	}
	return &c
}

// sourceOf is the one source of the block that decides a condition; nil when
// there is none or more than one.
func (s *boundSelect) sourceOf(n *node) *source {
	if !n.pure() {
		return nil
	}
	var found *source
	one := true
	n.walk(func(n *node) bool {
		if n.kind == columnNode {
			one = one && (found == nil || found == n.src)
			found = n.src
		}
		return true
	})
	if !one || found == nil {
		return nil
	}
	for _, src := range s.sources {
		if src == found {
			return found
		}
	}
	return nil
}

// pushJoin hands over what an ON says of one view. Rows of the inner side of a
// LEFT JOIN that fail the ON are as good as absent.
func (s *boundSelect) pushJoin(item fromItem) {
	j, ok := item.(*boundJoin)
	if !ok {
		return
	}
	s.pushJoin(j.left)
	s.pushJoin(j.right)
	switch right, isSource := j.right.(*source); {
	case j.kind == "INNER":
		j.on = s.keep(j.on)
	case j.kind == "LEFT" && isSource:
		var rest []*node
		for _, n := range j.on {
			if s.sourceOf(n) != right || !right.take(n) {
				rest = append(rest, n)
			}
		}
		j.on = rest
	}
}

// count lets the only view of a block give equal rows once, with their number,
// where nothing but aggregates and DISTINCT sees how often they are there.
func (s *boundSelect) count(order []orderKey) {
	if len(s.from) != 1 || !s.aggregated && (!s.distinct || s.windowed) {
		return
	}
	src, ok := s.from[0].(*source)
	if !ok || src.scan == nil {
		return
	}
	for _, n := range s.expressions(order) {
		possible := true
		n.walk(func(n *node) bool {
			if n.kind == aggregateNode && n.over == nil && n.agg.def.counted == nil {
				possible = false
			}
			return true
		})
		if !possible {
			return
		}
	}
	s.counted = src
}

// used lists the columns of its sources that the block and the queries inside
// its expressions name.
func (s *boundSelect) used(order []orderKey) map[*source]map[int]bool {
	used := map[*source]map[int]bool{}
	for _, src := range s.sources {
		used[src] = map[int]bool{}
	}
	mark := func(n *node) {
		if columns := used[n.src]; columns != nil {
			columns[n.index] = true
		}
	}
	for _, n := range s.expressions(order) {
		n.walk(func(n *node) bool {
			if n.kind == columnNode {
				mark(n)
			}
			if n.query != nil {
				for _, c := range n.query.outer {
					mark(c)
				}
			}
			return true
		})
	}
	for _, src := range s.sources {
		if src.query != nil {
			for _, c := range src.query.outer {
				mark(c)
			}
		}
	}
	return used
}

// prune puts NULL in the place of what the query shows and nobody uses, so that
// the views below need not be asked for it.
func (q *boundQuery) prune(used map[int]bool) {
	for _, o := range q.order {
		if o.ordinal > 0 {
			used[o.ordinal-1] = true
		}
	}
	pruneBody(q.body, used)
}

func pruneBody(body boundBody, used map[int]bool) {
	switch body := body.(type) {
	case *boundQuery:
		body.prune(used)
	case *boundSetOp:
		if body.op == "UNION ALL" {
			pruneBody(body.left, used)
			pruneBody(body.right, used)
		}
	case *boundSelect:
		// Every value counts for DISTINCT, and an aggregate alone makes one row.
		if body.distinct || body.aggregated && len(body.group) == 0 {
			return
		}
		for i, item := range body.items {
			if !used[i] {
				body.items[i].expr = literal(item.expr.typ, Value{}, item.expr.pos)
			}
		}
	}
}

// equals lists the only texts of the column for which a condition can be true;
// ok is false when that is not known.
func equals(n *node, column int) (texts []string, ok bool) {
	if n.kind != callNode {
		return nil, false
	}
	isColumn := func(n *node) bool { return n.kind == columnNode && n.index == column }
	switch n.fn {
	case comparisons["="]:
		for i, a := range n.args {
			other := n.args[1-i]
			if isColumn(a) && other.kind == literalNode && other.value.Kind == Text {
				return []string{other.value.Text}, true
			}
		}
	case opIn:
		if !isColumn(n.args[0]) {
			return nil, false
		}
		for _, a := range n.args[1:] {
			if a.kind != literalNode || a.value.Kind != Text && !a.value.null() {
				return nil, false
			}
			if !a.value.null() {
				texts = append(texts, a.value.Text)
			}
		}
		return texts, texts != nil
	case opOr:
		for _, a := range n.args {
			t, ok := equals(a, column)
			if !ok {
				return nil, false
			}
			texts = append(texts, t...)
		}
		return texts, true
	case opAnd:
		for _, a := range n.args {
			if t, ok := equals(a, column); ok {
				return t, true
			}
		}
	}
	return nil, false
}
