package main

import (
	"context"
	"errors"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/pivot"
)

// extendAsk is what a person asks of `cordon extend`.
type extendAsk struct {
	caseName string
	ttl      time.Duration
	forever  bool
	live     bool
	cluster  clusterAsk
	json     bool
}

func (p *program) extendVerb() *cobra.Command {
	var ask extendAsk
	cmd := &cobra.Command{
		Use:     "extend --case NAME LOCK --ttl DURATION",
		Short:   "Move the end of a lock",
		Long:    "Move the end of a lock, counted from now. Of a planned lock the plan is changed; for one that is in force cordon prints the resource for tctl create -f. With --live the end is moved on the cluster.",
		Example: "cordon extend --case incident dc7cee9d-fe5e-4534-a90d-db770f0234a1 --ttl 48h\ncordon extend --live --case incident dc7cee9d-fe5e-4534-a90d-db770f0234a1 --forever",
	}
	flags := cmd.Flags()
	flags.StringVar(&ask.caseName, "case", "", "the case whose journal keeps it")
	flags.DurationVar(&ask.ttl, "ttl", 0, "how long it holds from now, such as 48h")
	flags.BoolVar(&ask.forever, "forever", false, "it has no end")
	flags.BoolVar(&ask.live, "live", false, "move it on the cluster")
	withCluster(cmd, &ask.cluster)
	flags.BoolVar(&ask.json, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		switch {
		case ask.caseName == "":
			return misuse("name the case file with --case NAME", "what is done to a lock stands in the journal of a case")
		case len(args) != 1:
			return misuse("cordon locks --case NAME lists them", "name one lock")
		case ask.forever == (ask.ttl > 0):
			return misuse("for example --ttl 48h", "give --ttl or --forever")
		}
		if err := ask.cluster.needsLive(ask.live, addLive); err != nil {
			return err
		}
		return p.extend(ctx, ask, args[0])
	})
	return cmd
}

// extendAnswer is the answer of `cordon extend --json`.
type extendAnswer struct {
	Mode     journal.Mode   `json:"mode"`
	Resource string         `json:"resource,omitempty"` // to run by hand, where nothing was sent
	Lock     contain.Lock   `json:"lock"`
	Coverage pivot.Coverage `json:"coverage"`
}

func (p *program) extend(ctx context.Context, ask extendAsk, name string) (err error) {
	c, desk, done, err := p.deskFor(ctx, ask.caseName, ask.live, ask.cluster)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	var end time.Time
	if !ask.forever {
		end = p.now().Add(ask.ttl).UTC().Truncate(time.Second)
	}
	l, err := desk.Extend(ctx, name, end)
	if errors.Is(err, contain.ErrNotFound) {
		return nothing("cordon locks --case NAME lists them", "%w", err)
	}
	if err != nil {
		return err
	}
	answer := extendAnswer{Mode: desk.Mode, Lock: l, Coverage: covered(coverage)}
	if desk.Mode == journal.ModeDryRun && !l.Dry {
		answer.Resource = l.YAML()
	}
	if ask.json {
		return p.writeJSON(answer)
	}
	return p.print(func(t *plain) { t.extended(answer) })
}

func (t *plain) extended(a extendAnswer) {
	switch {
	case a.Mode == journal.ModeLive:
		t.line("LIVE: the lock on %s now holds %s.", a.Lock.Title(), endOf(a.Lock))
	case a.Lock.Dry:
		t.line("DRY-RUN: the planned lock on %s now ends: %s. Nothing was sent.", a.Lock.Title(), endOf(a.Lock))
	default:
		t.line("DRY-RUN: the lock on %s stands as it was. To move its end, put this into a file and run: tctl create -f FILE", a.Lock.Title())
		t.line("")
		t.lines(a.Resource)
	}
}
