package overview

import (
	"context"
	"fmt"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/tui/pane"
)

// The names of the pane's loads, as they are shown while they run.
const (
	loadOverview = "overview"
	loadActivity = "activity"
	loadScope    = "scope"
	loadHands    = "hands"
	loadActors   = "who is who"
)

// report is what the page knows of one identity.
type report struct {
	*lineage.Report
	marks judgement.Judgement
	whose *whose      // nil until the hands were read
	reach *pane.Reach // nil until it was measured
	// missing says what could not be read, in sentences.
	missing []string
}

// activity is how many events of an identity fell into each part of the case.
type activity struct {
	from, to time.Time
	buckets  []int
}

func (p *Pane) load() tea.Cmd {
	if p.subject.Entity.IsZero() {
		evidence := p.env.Evidence
		return p.loader.Load(loadOverview, func(ctx context.Context) (any, error) { return readRoster(ctx, evidence) })
	}
	return tea.Batch(p.loadReport(), p.loadActivity(), p.loadActors())
}

func (p *Pane) loadReport() tea.Cmd {
	env, e := p.env, p.subject.Entity
	return p.loader.Load(loadOverview, func(ctx context.Context) (any, error) { return readReport(ctx, env, e) })
}

func readReport(ctx context.Context, env pane.Env, e investigations.Entity) (*report, error) {
	entries, err := env.Evidence.Journal(ctx)
	if err != nil {
		return nil, err
	}
	r := &report{marks: judgement.Read(entries)}
	r.Report, err = lineage.Answer(ctx, env.Evidence, lineage.Question{
		Identity: e, Depth: lineage.DefaultDepth, Since: env.Clock.T0(), Judgement: r.marks, Lines: env.Evidence,
	}, env.Clock.T0())
	return r, err
}

// loadScope measures how far the incident reaches. It comes after the report: it
// asks about each identity that was reached, which takes longer.
func (p *Pane) loadScope() tea.Cmd {
	env, whole := p.env, p.report.Whole
	return p.loader.LoadQuietly(loadScope, func(ctx context.Context) (any, error) {
		r, err := pane.ReadReach(ctx, env, whole)
		return &r, err
	})
}

const (
	// activityEvents bounds the events whose times are read; of more, every n-th.
	activityEvents = 20_000
	// activityBuckets is how finely times are kept: more than any screen is wide.
	activityBuckets = 480
)

func (p *Pane) loadActivity() tea.Cmd {
	evidence, e := p.env.Evidence, p.subject.Entity
	return p.loader.LoadQuietly(loadActivity, func(ctx context.Context) (any, error) {
		return readActivity(ctx, evidence, e)
	})
}

func readActivity(ctx context.Context, evidence pane.Evidence, e investigations.Entity) (*activity, error) {
	coverage, err := evidence.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := evidence.Groups(ctx, e)
	if err != nil {
		return nil, fmt.Errorf("read the activity of %s: %w", e, err)
	}
	var ids []int64
	for _, g := range groups {
		ids = append(ids, g.IDs...)
	}
	slices.Sort(ids)
	ids = thin(slices.Compact(ids), activityEvents)
	a := &activity{from: coverage.From, to: coverage.To, buckets: make([]int, activityBuckets)}
	length := a.to.Sub(a.from) + 1
	err = evidence.Each(ctx, ids, func(ev *investigations.Event) error {
		if at := ev.Time.Sub(a.from); !ev.Time.IsZero() && at >= 0 && at < length {
			a.buckets[int(float64(at)/float64(length)*activityBuckets)]++
		}
		return nil
	})
	return a, err
}

// thin leaves at most n ids, evenly.
func thin(ids []int64, n int) []int64 {
	if len(ids) <= n {
		return ids
	}
	out := make([]int64, n)
	for i := range out {
		out[i] = ids[i*len(ids)/n]
	}
	return out
}
