package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations/filter"
	"cordon/investigations/journal"
	"cordon/store"
	"cordon/store/teleport"
)

const followExamples = `cordon follow --case incident
cordon follow --case incident --proxy teleport.example.com:443 --identity ./identity
cordon follow --case incident --since 2026-11-18T20:00:00Z --until-now`

// followAsk is what a person asks of `cordon follow`.
type followAsk struct {
	caseName string
	cluster  clusterAsk
	since    string
	untilNow bool
}

func (p *program) followVerb() *cobra.Command {
	var ask followAsk
	cmd := &cobra.Command{
		Use:   "follow --case NAME",
		Short: "Add a live cluster's audit events to a case as they happen",
		Long: "Add a cluster's audit events to a case, from a moment on and then as they happen, until Ctrl+C. Run again, it goes on where the case ends. The case is made where there is none. A lost connection is waited for; events that the case has are not added twice.\n\n" +
			"Another terminal can have the case open meanwhile: cordon open NAME.cordon",
		Example: followExamples,
	}
	cmd.Flags().StringVar(&ask.caseName, "case", "", "the case to add to; it is made where there is none")
	withCluster(cmd, &ask.cluster)
	cmd.Flags().StringVar(&ask.since, "since", "", sinceHelp)
	cmd.Flags().BoolVar(&ask.untilNow, "until-now", false, "stop when everything up to now is there")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if len(args) > 0 {
			return misuse("name the case with --case NAME", "%q is one word too many", args[0])
		}
		return p.follow(ctx, ask)
	})
	return cmd
}

const sinceHelp = "begin so long ago, such as 24h, or at a moment, such as 2026-11-18T20:00 (default: where the case's events of this cluster end; 24h ago where it has none)"

// The log of a cluster is read on from a little before the newest event that a
// case has of it, and where it has none from a day ago.
const (
	readAgain = 10 * time.Minute
	readFirst = 24 * time.Hour
)

// sinceWhen reads a length of time before now, or a moment; zero for no text.
func (p *program) sinceWhen(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	if d, err := time.ParseDuration(text); err == nil && d >= 0 {
		return p.now().Add(-d), nil
	}
	at, err := filter.Moment(text, p.now())
	if err != nil {
		return at, misuse("for example --since 24h or --since 2026-11-18T20:00", "--since %q is neither a length of time nor a moment", text)
	}
	return at, nil
}

// begins is where to begin to read a cluster's log: at the moment asked for, else
// where the case's events of it end.
func (p *program) begins(ctx context.Context, asked time.Time, c *store.Case, cluster *teleport.Cluster) (time.Time, error) {
	if !asked.IsZero() {
		return asked, nil
	}
	now := p.now()
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return now, err
	}
	// Beside the events of another cluster it is not known where this one's end.
	if len(coverage.Clusters) != 1 || coverage.Clusters[0] != cluster.Name {
		return now.Add(-readFirst), nil
	}
	end := coverage.To
	if end.After(now) {
		end = now
	}
	return end.Add(-readAgain), nil
}

func (p *program) follow(ctx context.Context, ask followAsk) (err error) {
	asked, err := p.sinceWhen(ask.since)
	if err != nil {
		return err
	}
	c, err := p.liveCase(ctx, ask.caseName)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	cluster, err := p.connect(ctx, ask.cluster)
	if err != nil {
		return err
	}
	defer joined(&err, cluster)
	p.tell("%s", clusterLine(cluster))
	since, err := p.begins(ctx, asked, c, cluster)
	if err != nil {
		return err
	}
	p.tell("reading its log from %s on", moment(since))
	// Said before as well: a run that is killed says nothing at its end.
	note := func(result string) error {
		_, err := c.Record(context.WithoutCancel(ctx), journal.Entry{
			Time: p.now(), Operator: p.operator(), Mode: journal.ModeLive, Action: journal.ActionEvidenceAdd, Target: cluster.Name, Result: result,
		})
		return err
	}
	if err := note("following its log from " + moment(since) + " on"); err != nil {
		return err
	}
	feed, err := c.OpenFeed(cluster.Name, store.Options{Now: p.now, Operator: p.operator(), Command: "cordon follow"})
	if err != nil {
		return err
	}
	f := &following{of: p, feed: feed}
	err = f.run(ctx, cluster, since, ask.untilNow)
	// What came so far is ended properly, also after Ctrl+C.
	err = errors.Join(err, feed.Close(context.WithoutCancel(ctx)))
	p.tell("%s added to %s", counted(f.added, "new event"), c.Path())
	return errors.Join(err, note(fmt.Sprintf("%s added, from %s on", counted(f.added, "event"), moment(since))))
}

// following is one run of `cordon follow`.
type following struct {
	of    *program
	feed  *store.Feed
	added int64
	lost  bool
	told  time.Time
}

func (f *following) run(ctx context.Context, cluster *teleport.Cluster, since time.Time, untilNow bool) error {
	if untilNow {
		var batch []teleport.Event
		err := cluster.Search(ctx, since, time.Time{}, func(e teleport.Event) error {
			if batch = append(batch, e); len(batch) < 1000 {
				return nil
			}
			full := batch
			batch = nil
			return f.take(ctx, full)
		})
		return errors.Join(err, f.take(ctx, batch))
	}
	err := cluster.Follow(ctx, teleport.FollowOptions{Since: since, State: f.state}, f.take)
	if errors.Is(err, context.Canceled) {
		return nil // Ctrl+C is how it ends
	}
	return err
}

func (f *following) take(ctx context.Context, batch []teleport.Event) error {
	if len(batch) == 0 {
		return nil
	}
	// A batch that was begun is kept whole, also after Ctrl+C.
	n, err := f.feed.Add(context.WithoutCancel(ctx), teleport.Lines(batch))
	f.added += n
	return err
}

// state tells once when the connection is lost and when it is back, and how far
// it has come from time to time.
func (f *following) state(s teleport.FollowState) {
	now := f.of.now()
	switch {
	case s.Err != nil && !f.lost:
		f.lost = true
		f.of.tell("%s; it is tried again", s.Err)
	case s.Err == nil && f.lost:
		f.lost = false
		f.of.tell("connected again")
	case s.Err == nil && now.Sub(f.told) > 10*time.Second:
		f.told = now
		newest := "no event yet"
		if !s.Newest.IsZero() {
			newest = "newest " + moment(s.Newest)
		}
		f.of.tell("%s added, %s", counted(f.added, "event"), newest)
	}
}
