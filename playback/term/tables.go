package term

// The bounds of the side tables. They are far above what programs print and
// keep a hostile stream from growing a screen.
const (
	maxClusters     = 1 << 15
	maxClusterRunes = 32
	maxExtras       = 1 << 13
	maxLinks        = 1 << 12
	maxLinkBytes    = 1 << 20
)

// clusters holds the texts of cells with more than one rune. Each entry is an
// earlier text (a rune or an entry) and one rune more, so adding a mark to a
// cell is one look-up. Entries never change; a table shared with a clone is
// copied before something is added.
type clusters struct {
	owner uint64
	list  []cluster // entry 0 is not used
	index []uint32  // open addressing, a power of two, 0 is free
	// rest is how many new texts are dropped before a full table is swept
	// once more, so that a sweep that frees nothing is not repeated at once.
	rest int
}

type cluster struct {
	head  uint32 // textKey of what comes before
	tail  rune
	first rune
	runes int
	text  string
}

func newClusters(owner uint64) *clusters {
	return &clusters{owner: owner, list: make([]cluster, 1), index: make([]uint32, 64)}
}

// slot returns where in the index head+tail is, or would be put.
func (c *clusters) slot(head uint32, tail rune) int {
	mask := uint32(len(c.index) - 1)
	i := (head*0x9e3779b1 ^ uint32(tail)*0x85ebca6b) >> 7 & mask
	for {
		n := c.index[i]
		if n == 0 || c.list[n].head == head && c.list[n].tail == tail {
			return int(i)
		}
		i = (i + 1) & mask
	}
}

// add puts a new entry in and returns its number.
func (c *clusters) add(head uint32, tail rune) uint32 {
	e := cluster{head: head, tail: tail, first: rune(head & textMask), runes: 2}
	text := string(e.first)
	if head&textCluster != 0 {
		h := &c.list[head&textMask]
		e.first, e.runes, text = h.first, h.runes+1, h.text
	}
	e.text = text + string(tail)
	n := uint32(len(c.list))
	c.list = append(c.list, e)
	if len(c.list)*2 > len(c.index) {
		c.grow()
	} else {
		c.index[c.slot(head, tail)] = n
	}
	return n
}

func (c *clusters) grow() {
	c.index = make([]uint32, len(c.index)*2)
	for n := 1; n < len(c.list); n++ {
		c.index[c.slot(c.list[n].head, c.list[n].tail)] = uint32(n)
	}
}

// combine returns the text of a cell after r was added to it. When a bound is
// reached the text stays what it was.
func (s *Screen) combine(text uint32, r rune) uint32 {
	c := s.clusters
	key := text & textKey
	if key == 0 {
		key = ' '
	}
	if n := c.index[c.slot(key, r)]; n != 0 {
		return text&^textKey | textCluster | n
	}
	if key&textCluster != 0 && c.list[key&textMask].runes >= maxClusterRunes {
		return text
	}
	if len(c.list) >= maxClusters {
		// The numbers change in a sweep, so this one mark is not added.
		s.sweepClusters()
		return text
	}
	if epoch := s.epoch.Load(); c.owner != epoch {
		c = &clusters{
			owner: epoch,
			list:  append([]cluster(nil), c.list...),
			index: append([]uint32(nil), c.index...),
			rest:  c.rest,
		}
		s.clusters = c
	}
	return text&^textKey | textCluster | c.add(key, r)
}

// sweepClusters makes a new table of the texts that are still to be seen.
func (s *Screen) sweepClusters() {
	if s.clusters.rest > 0 {
		s.clusters.rest--
		return
	}
	old := s.clusters
	s.clusters = newClusters(s.epoch.Load())
	moved := make(map[uint32]uint32)
	for _, rows := range [][]*row{s.main.rows, s.alt.rows, s.back.lines} {
		for i, r := range rows {
			rows[i] = s.moveClusters(r, old, moved)
		}
	}
	if len(s.clusters.list) > maxClusters/2 {
		s.clusters.rest = maxClusters / 2
	}
}

// private returns a copy of a row of another owner, in its own width. If that
// is not the screen's, the copy still must not be printed to.
func (s *Screen) private(r *row) *row {
	c := *r
	c.cells = append([]cell(nil), r.cells...)
	if c.owner = 0; r.width == s.cols {
		c.owner = s.epoch.Load()
	}
	return &c
}

// moveClusters returns r with its clusters' numbers in the new table.
func (s *Screen) moveClusters(r *row, old *clusters, moved map[uint32]uint32) *row {
	mine := r.owner == s.epoch.Load()
	for x := range r.cells[:r.used] {
		if r.cells[x].text&textCluster == 0 {
			continue
		}
		if !mine {
			r, mine = s.private(r), true
		}
		c := &r.cells[x]
		c.text = c.text&^textKey | s.moveCluster(c.text&textKey, old, moved)
	}
	return r
}

// moveCluster enters one text and the texts it is built of.
func (s *Screen) moveCluster(key uint32, old *clusters, moved map[uint32]uint32) uint32 {
	if key&textCluster == 0 {
		return key
	}
	if n, ok := moved[key]; ok {
		return n
	}
	e := &old.list[key&textMask]
	head := s.moveCluster(e.head, old, moved)
	n := textCluster | s.clusters.add(head, e.tail)
	moved[key] = n
	return n
}

// extras holds what few cells have: hyperlinks and underline colours. A cell
// carries the number of a pair of them. When a bound is reached, further pairs
// are not kept and the cells show without.
type extras struct {
	owner     uint64
	list      []extra
	index     map[extra]uint16
	links     []link
	linkIndex map[link]uint16
	linkBytes int
}

type extra struct {
	color Color
	link  uint16
}

// link is a hyperlink of OSC 8; id tells two links to one address apart.
type link struct{ id, url string }

func newExtras(owner uint64) *extras {
	return &extras{
		owner: owner,
		list:  make([]extra, 1), index: map[extra]uint16{{}: 0},
		links: make([]link, 1), linkIndex: map[link]uint16{{}: 0},
	}
}

// ownExtras returns the table for writing.
func (s *Screen) ownExtras() *extras {
	epoch := s.epoch.Load()
	old := s.extras
	if old.owner == epoch {
		return old
	}
	e := newExtras(epoch)
	e.list = append(e.list[:0], old.list...)
	e.links = append(e.links[:0], old.links...)
	for i, v := range e.list {
		e.index[v] = uint16(i)
	}
	for i, v := range e.links {
		e.linkIndex[v] = uint16(i)
	}
	e.linkBytes = old.linkBytes
	s.extras = e
	return e
}

// setExtra gives the pen a link and an underline colour.
func (s *Screen) setExtra(v extra) {
	n, ok := s.extras.index[v]
	if !ok && len(s.extras.list) < maxExtras {
		e := s.ownExtras()
		n = uint16(len(e.list))
		e.list = append(e.list, v)
		e.index[v] = n
	}
	s.pen.extra = n
}

// setLink starts a hyperlink for what is printed from now on; an empty address
// ends it.
func (s *Screen) setLink(v link) {
	if v.url == "" {
		v = link{}
	}
	n, ok := s.extras.linkIndex[v]
	if size := len(v.id) + len(v.url); !ok && len(s.extras.links) < maxLinks && s.extras.linkBytes+size <= maxLinkBytes {
		e := s.ownExtras()
		n = uint16(len(e.links))
		e.links = append(e.links, v)
		e.linkIndex[v] = n
		e.linkBytes += size
	}
	s.setExtra(extra{color: s.extras.list[s.pen.extra].color, link: n})
}
