package main

import (
	"context"
	"slices"
	"strings"

	"cordon/investigations"
	"cordon/investigations/survive"
	"cordon/store"
	"cordon/store/teleport"
)

// standsNow says what a cluster has of the things of a case. Of those of another
// cluster it says nothing: that a name is not here is no sign that it is gone there.
func standsNow(ctx context.Context, c *store.Case, cluster *teleport.Cluster, things []survive.Thing) ([]survive.Standing, error) {
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]survive.Standing, len(things))
	of := make([]written, len(things))
	var asked []survive.Thing
	for i, t := range things {
		if of[i], err = writtenOf(ctx, c, coverage, t); err != nil {
			return nil, err
		}
		out[i] = survive.Standing{Thing: t, Note: of[i].unlike(cluster.Name)}
		if out[i].Note == "" {
			asked = append(asked, t)
		}
	}
	said, err := cluster.Standing(ctx, asked)
	if err != nil {
		return nil, err
	}
	for i := range out {
		if out[i].Note != "" {
			continue
		}
		out[i], said = said[0], said[1:]
		if others := of[i].beside(cluster.Name); out[i].State == survive.Gone && len(others) > 0 {
			out[i].State, out[i].Note = survive.Unasked, "it is not on "+cluster.Name+", and the evidence has it on "+strings.Join(others, ", ")+" too"
		}
	}
	return out, nil
}

// written is where a thing was made or changed, as far as the evidence says.
type written struct {
	clusters []string
	scoped   bool // a token of a scope, which is in no list of join tokens
}

// eventsOfThing bounds how many events are read to see of which cluster a thing is.
const eventsOfThing = 1000

func writtenOf(ctx context.Context, c *store.Case, coverage investigations.Coverage, t survive.Thing) (w written, err error) {
	about := t.Entity
	if !t.List.IsZero() {
		about = t.List
	}
	if len(coverage.Clusters) < 2 && about.Kind != investigations.KindToken {
		return written{clusters: coverage.Clusters}, nil
	}
	groups, err := c.Groups(ctx, about)
	if err != nil {
		return w, err
	}
	var ids []int64
	for _, g := range groups {
		if g.Role == investigations.RoleSubject || about == t.List && g.Role == investigations.RoleTarget {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	err = c.Each(ctx, ids[max(0, len(ids)-eventsOfThing):], func(ev *investigations.Event) error {
		w.scoped = w.scoped || strings.HasPrefix(ev.Type, "scoped_token.")
		if ev.Cluster != "" && !slices.Contains(w.clusters, ev.Cluster) {
			w.clusters = append(w.clusters, ev.Cluster)
		}
		return ctx.Err()
	})
	if len(w.clusters) == 0 {
		w.clusters = coverage.Clusters
	}
	return w, err
}

// unlike says why a cluster is not to be asked of the thing; empty where it is.
func (w written) unlike(cluster string) string {
	switch {
	case w.scoped:
		return "cordon cannot ask for a token of a scope"
	case len(w.clusters) > 0 && !slices.Contains(w.clusters, cluster):
		return "the evidence has it on " + strings.Join(w.clusters, ", ") + ", and this is " + cluster
	}
	return ""
}

// beside are the other clusters on which the thing was made or changed.
func (w written) beside(cluster string) []string {
	return slices.DeleteFunc(slices.Clone(w.clusters), func(name string) bool { return name == cluster })
}
