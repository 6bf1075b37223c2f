package hands

import (
	"cmp"
	"slices"
	"strings"

	"cordon/investigations"
	"cordon/investigations/judgement"
)

// gather is groups and links in the making.
type gather struct {
	groups map[judgement.Key]*Group
	links  map[pair]*Link
}

type pair struct{ a, b judgement.Key }

// add counts an event under each key that it carries, each once, and says under
// how many. Sessions are no group of their own: there is one for every start.
func (g *gather) add(ev *investigations.Event, keys []carried) (n int) {
	for i, c := range keys {
		if c.key.Facet == judgement.FacetSession || repeats(keys[:i], c.key) {
			continue
		}
		g.group(ev, c)
		n++
		for _, other := range keys[:i] {
			if other.key.Facet != judgement.FacetSession && other.tie == "" && c.tie == "" {
				g.link(ev, other.key, c.key)
			}
		}
	}
	return n
}

func repeats(before []carried, k judgement.Key) bool {
	return slices.ContainsFunc(before, func(c carried) bool { return c.key == k })
}

func (g *gather) group(ev *investigations.Event, c carried) {
	of, pos := g.groups[c.key], ev.Position()
	if of == nil {
		of = &Group{Key: c.key}
		g.groups[c.key] = of
	}
	if of.Event == "" && of.ID == 0 || sooner(pos, of.from) {
		of.First, of.Event, of.ID, of.from = ev.Time, ev.UID, ev.ID, pos
	}
	if ev.Time.After(of.Last) {
		of.Last = ev.Time
	}
	if c.label != "" && (of.Label == "" || c.label < of.Label) {
		of.Label = c.label
	}
	failed := ev.Outcome == investigations.OutcomeFailure
	switch {
	case ev.Type == "auth", ev.Type == "user.login" && failed:
		of.Failed++
	case ev.Type == "user.login", ev.Type == "bot.join":
		of.Logins++
	case ev.Type == "cert.create":
		of.Certificates++
	case opens[ev.Type] && ev.Type != "session.join" && !failed:
		of.Sessions++
	default:
		of.Other++
	}
}

func (g *gather) link(ev *investigations.Event, a, b judgement.Key) {
	if b.Compare(a) < 0 {
		a, b = b, a
	}
	of, pos := g.links[pair{a, b}], ev.Position()
	if of == nil {
		of = &Link{A: a, B: b}
		g.links[pair{a, b}] = of
	}
	of.Events++
	if of.Events == 1 || sooner(pos, of.from) {
		of.Event, of.ID, of.Time, of.from = ev.UID, ev.ID, ev.Time, pos
	}
}

// sooner orders positions as a case does, events without a time last.
func sooner(a, b investigations.Position) bool {
	if (a.Time == 0) != (b.Time == 0) {
		return b.Time == 0
	}
	return a.Compare(b) < 0
}

// finish sorts what was gathered and adds what the responder said.
func (g *gather) finish(opts Options, identity investigations.Entity) ([]Group, []Link) {
	marks := make(map[judgement.Key]judgement.Mark)
	for _, m := range opts.Judgement.Marks(identity) {
		marks[m.Key] = m
	}
	groups := make([]Group, 0, len(g.groups))
	for _, of := range g.groups {
		if m, ok := marks[of.Key]; ok {
			of.Side, of.Mark = m.Side, &m
		}
		of.New = !opts.Incident.IsZero() && !of.First.IsZero() && !of.First.Before(opts.Incident)
		groups = append(groups, *of)
	}
	rank := func(k judgement.Key) int { return slices.Index(judgement.Facets(), k.Facet) }
	slices.SortFunc(groups, func(a, b Group) int {
		if c := cmp.Compare(rank(a.Key), rank(b.Key)); c != 0 {
			return c
		}
		if a.from != b.from {
			if sooner(a.from, b.from) {
				return -1
			}
			return 1
		}
		return strings.Compare(a.Key.Value, b.Key.Value)
	})
	links := make([]Link, 0, len(g.links))
	for _, l := range g.links {
		links = append(links, *l)
	}
	slices.SortFunc(links, func(a, b Link) int { return cmp.Or(a.A.Compare(b.A), a.B.Compare(b.B)) })
	return groups, links
}
