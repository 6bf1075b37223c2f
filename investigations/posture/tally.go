package posture

import (
	"cmp"
	"slices"
	"strings"
)

// shade says how the events of a fact count.
type shade uint8

const (
	weakShade  shade = iota // they show a weakness
	goodShade               // they show that there is none
	asideShade              // they decide nothing, yet are worth knowing
)

// maxNames bounds the names that a fact tells apart; those beyond are counted
// together.
const maxNames = 5000

// otherNames stands for the names beyond the bound.
const otherNames = "(others)"

// tally is what a check has counted.
type tally struct {
	facts    map[factKey]*count
	last     factKey // the fact that was counted last
	lastFact *count
	requests map[string]*request
}

type factKey struct {
	shade shade
	what  string
}

// count is a fact in the making.
type count struct {
	n           int
	who, by     names
	lists       names // of names to tell apart by, as the lines have them
	first, last Proof
}

// names counts events by name.
type names map[string]*int

func (m names) bump(name string, n int) {
	if name == "" {
		return
	}
	if have := m[name]; have != nil {
		*have += n
		return
	}
	if len(m) >= maxNames {
		name = otherNames
		if have := m[name]; have != nil {
			*have += n
			return
		}
	}
	m[name] = &n
}

func (m names) join(o names) {
	for name, n := range o {
		m.bump(name, *n)
	}
}

func newTally() *tally {
	return &tally{facts: map[factKey]*count{}, requests: map[string]*request{}}
}

func (t *tally) fact(s shade, what string) *count {
	key := factKey{s, what}
	if t.lastFact != nil && t.last == key {
		return t.lastFact
	}
	c := t.facts[key]
	if c == nil {
		c = &count{who: names{}, by: names{}, lists: names{}}
		t.facts[key] = c
	}
	t.last, t.lastFact = key, c
	return c
}

// see counts an event: what it shows, whom it concerns, and what else tells it
// apart from others.
func (t *tally) see(s shade, what string, r *record, who string, by ...string) {
	t.add(s, what, r.proof(), who, by...)
}

// seeEach is see where a list in the event's line tells it apart.
func (t *tally) seeEach(s shade, what string, r *record, who, field string) {
	c := t.fact(s, what)
	c.add(r.proof(), who)
	raw := r.raw(field)
	if have := c.lists[string(raw)]; have != nil {
		*have++
	} else if len(raw) > len("[]") {
		c.lists.bump(string(raw), 1)
	}
}

func (t *tally) add(s shade, what string, p Proof, who string, by ...string) {
	c := t.fact(s, what)
	c.add(p, who)
	for _, name := range by {
		c.by.bump(name, 1)
	}
}

func (c *count) add(p Proof, who string) {
	c.n++
	c.who.bump(who, 1)
	c.prove(p, p)
}

// spread counts each name of the lists.
func (c *count) spread() {
	m := newMemory()
	for raw, n := range c.lists {
		for _, name := range m.list([]byte(raw)) {
			c.by.bump(name, *n)
		}
	}
	c.lists = names{}
}

// prove stretches the range of proofs.
func (c *count) prove(first, last Proof) {
	if c.first.Type == "" || first.before(c.first) {
		c.first = first
	}
	if c.last.Type == "" || c.last.before(last) {
		c.last = last
	}
}

// before orders proofs by time; those without one come last.
func (p Proof) before(o Proof) bool {
	switch {
	case p.Time.IsZero() || o.Time.IsZero():
		return !p.Time.IsZero() || o.Time.IsZero() && p.ID < o.ID
	case p.Time.Equal(o.Time):
		return p.ID < o.ID
	}
	return p.Time.Before(o.Time)
}

// join adds what another tally of the same check has counted.
func (t *tally) join(o *tally) {
	for key, from := range o.facts {
		c := t.facts[key]
		if c == nil {
			t.facts[key] = from
			continue
		}
		c.n += from.n
		c.who.join(from.who)
		c.by.join(from.by)
		c.lists.join(from.lists)
		c.prove(from.first, from.last)
	}
	for id, from := range o.requests {
		t.request(id).join(from)
	}
}

// total is how many events have a shade.
func (t *tally) total(s shade) int {
	n := 0
	for key, c := range t.facts {
		if key.shade == s {
			n += c.n
		}
	}
	return n
}

// shows are the facts for the report: weak ones first, then by their number.
func (t *tally) shows() []Fact {
	type made struct {
		Fact
		shade shade
	}
	var all []made
	for key, c := range t.facts {
		c.spread()
		f := Fact{What: key.what, Weak: key.shade == weakShade, N: c.n}
		f.Who, f.MoreWho = shares(c.who)
		f.By, f.MoreBy = shares(c.by)
		if c.first.Type != "" {
			first, last := c.first, c.last
			f.First, f.Last = &first, &last
		}
		all = append(all, made{f, key.shade})
	}
	slices.SortFunc(all, func(a, b made) int {
		return cmp.Or(cmp.Compare(a.shade, b.shade), cmp.Compare(b.N, a.N), strings.Compare(a.What, b.What))
	})
	out := make([]Fact, len(all))
	for i := range all {
		out[i] = all[i].Fact
	}
	return out
}

func shares(m names) (list []Share, more int) {
	for name, n := range m {
		list = append(list, Share{name, *n})
	}
	slices.SortFunc(list, func(a, b Share) int { return cmp.Or(cmp.Compare(b.N, a.N), strings.Compare(a.Name, b.Name)) })
	if len(list) > Listed {
		return list[:Listed], len(list) - Listed
	}
	return list, 0
}
