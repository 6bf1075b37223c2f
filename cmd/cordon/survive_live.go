package main

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/survive"
	"cordon/store"
	"cordon/store/teleport"
)

// clusterNow is what a cluster says of the things that the steps are about. A nil
// one was not asked.
type clusterNow struct {
	Name     string             `json:"name"`
	Version  string             `json:"version"`
	At       time.Time          `json:"at"`
	Standing []survive.Standing `json:"standing"`
}

// surviveDesk is a desk for looking: its board has the locks in force on the
// cluster.
func (p *program) surviveDesk(ctx context.Context, c *store.Case, coverage investigations.Coverage, cluster *teleport.Cluster) (*contain.Desk, error) {
	p.tell("%s", clusterLine(cluster))
	p.tellOther(coverage, cluster)
	locker := cluster.Locker()
	if _, err := locker.Locks(ctx); err != nil {
		if !teleport.Degraded(err) {
			return nil, err
		}
		p.tell("the locks in force are told by the evidence and the journal alone: %s", err)
	}
	guard := contain.Guard{Operator: cluster.Who.User}
	return &contain.Desk{Facts: c, Book: c, Locker: locker, Guard: guard, Mode: journal.ModeLive, Cluster: cluster.Name, Now: p.now}, nil
}

// nowOf asks a cluster what still stands of an answer. Without a cluster there is
// nothing to say.
func (p *program) nowOf(ctx context.Context, c *store.Case, cluster *teleport.Cluster, r *survive.Report) (*clusterNow, error) {
	if cluster == nil {
		return nil, nil
	}
	said, err := standsNow(ctx, c, cluster, r.Things())
	if err != nil {
		return nil, err
	}
	return &clusterNow{cluster.Name, cluster.Version, p.now().UTC(), said}, nil
}

// of gives what the cluster says of a step, a line for each thing, and whether
// by that the step is done.
func (n *clusterNow) of(a survive.Action) (lines []string, done bool) {
	if n == nil {
		return nil, false
	}
	said, done := a.Settled(n.Standing)
	for i, s := range said {
		if i == itemsShown {
			lines = append(lines, fmt.Sprintf("and %d more", len(said)-i))
			break
		}
		words := standingWords(s, done)
		if len(said) > 1 {
			words = s.Entity.Name + ": " + words
		}
		lines = append(lines, words)
	}
	return lines, done
}

func standingWords(s survive.Standing, done bool) string {
	var words string
	switch {
	case s.State == survive.Unasked:
		return s.State.String() + ": " + s.Note
	case done && s.State == survive.Gone:
		words = "done: gone on the cluster"
	case done:
		words = "done: on the cluster"
	default:
		words = "on the cluster now: " + s.State.String()
	}
	if len(s.Roles) > 0 {
		words += " with " + strings.Join(s.Roles, ", ")
	}
	if s.Note != "" {
		words += ", " + s.Note
	}
	return words
}

// heading says which cluster was asked, and when.
func (n *clusterNow) heading() string {
	return fmt.Sprintf("asked %s (version %s) at %s, which may be a second behind", n.Name, n.Version, moment(n.At))
}

// sum says how far the steps are that the cluster can be asked about.
func (n *clusterNow) sum(r *survive.Report) string {
	var done, open, unknown int
	for _, a := range slices.Concat(r.Actions(), r.Doubtful()) {
		switch said, settled := a.Settled(n.Standing); {
		case len(said) == 0:
		case settled:
			done++
		case slices.ContainsFunc(said, func(s survive.Standing) bool { return s.State == survive.Unasked }):
			unknown++
		default:
			open++
		}
	}
	switch {
	case done+open+unknown == 0:
		return "no step here is one that a cluster can be asked about"
	case open+unknown == 0:
		return fmt.Sprintf("by %s nothing is left to do of the %s that it can be asked about", n.Name, counted(done, "step"))
	}
	return fmt.Sprintf("by %s, of the %s that it can be asked about: %d left to do, %d done, %d not known", n.Name, counted(done+open+unknown, "step"), open, done, unknown)
}

// surviveAnswer is the answer of `cordon survive --json`.
type surviveAnswer struct {
	report  *survive.Report
	cluster *clusterNow
}

// MarshalJSON is the report, and beside its members the cluster where one was
// asked.
func (a surviveAnswer) MarshalJSON() ([]byte, error) {
	report, err := json.Marshal(a.report)
	if err != nil || a.cluster == nil {
		return report, err
	}
	cluster, err := json.Marshal(a.cluster)
	return slices.Concat(report[:len(report)-1], []byte(`,"cluster":`), cluster, []byte("}")), err
}
