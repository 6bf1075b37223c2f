package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/pivot"
	"cordon/store"
)

func (p *program) locksVerb() *cobra.Command {
	var caseName string
	var asJSON, asYAML, live bool
	var where clusterAsk
	cmd := &cobra.Command{
		Use:     "locks [PATH…]",
		Short:   "List the locks of the evidence and the plans of the journal, and whether they held",
		Example: "cordon locks --case incident\ncordon locks --live --case incident\ncordon locks --case incident --yaml > locks.yaml",
	}
	withCase(cmd, &caseName)
	cmd.Flags().BoolVar(&live, "live", false, "ask the cluster which locks it holds")
	withCluster(cmd, &where)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().BoolVar(&asYAML, "yaml", false, "print those in force and planned as resources for tctl create -f")
	cmd.MarkFlagsMutuallyExclusive("json", "yaml")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		write := p.boardText
		switch {
		case asJSON:
			write = func(a locksAnswer) error { return p.writeJSON(a) }
		case asYAML:
			write = p.boardYAML
		}
		if live {
			return p.locksLive(ctx, caseName, where, write)
		}
		if err := where.needsLive(false, addLive); err != nil {
			return err
		}
		return p.locks(ctx, caseName, paths, write)
	})
	return cmd
}

// boardLock is a lock, where it stands, and what followed it.
type boardLock struct {
	contain.Lock
	State   contain.State    `json:"state"`
	Holding *contain.Holding `json:"holding,omitempty"` // null for a plan
}

// fresh is how old the newest event of a case may be where it is said whether
// locks hold.
const fresh = time.Minute

// locksAnswer is the answer of `cordon locks --json`.
type locksAnswer struct {
	Coverage pivot.Coverage `json:"coverage"`
	Locks    []boardLock    `json:"locks"`
}

func (p *program) locks(ctx context.Context, caseName string, paths []string, write func(locksAnswer) error) (err error) {
	c, desk, coverage, err := p.openDesk(ctx, caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	return p.listLocks(ctx, c, desk, coverage, write)
}

func (p *program) listLocks(ctx context.Context, c *store.Case, desk *contain.Desk, coverage investigations.Coverage, write func(locksAnswer) error) error {
	board, err := desk.Board(ctx)
	if err != nil {
		return err
	}
	answer := locksAnswer{Coverage: covered(coverage), Locks: []boardLock{}}
	for _, l := range board {
		row := boardLock{Lock: l, State: l.State(p.now())}
		if !l.Dry {
			h, err := contain.Held(ctx, c, l)
			if err != nil {
				return err
			}
			row.Holding = &h
		}
		answer.Locks = append(answer.Locks, row)
	}
	if err := write(answer); err != nil {
		return err
	}
	if desk.Mode == journal.ModeLive && p.now().Sub(answer.Coverage.To) > fresh && len(board.At(p.now(), contain.StateInForce)) > 0 {
		p.tell("! whether they hold is told by the events of this case up to %s; newer ones: cordon follow --case NAME --until-now", moment(answer.Coverage.To))
	}
	return found("no lock is planned, and none is in this evidence", len(board), coverage)
}

func (p *program) boardText(a locksAnswer) error {
	if len(a.Locks) == 0 {
		return nil
	}
	return p.print(func(t *plain) { t.board(a) })
}

// boardYAML writes the locks that hold, or would, as resources. One whose targets
// are not all known cannot be written: it would lock nothing, or less.
func (p *program) boardYAML(a locksAnswer) error {
	for _, l := range a.Locks {
		switch {
		case l.State != contain.StateInForce && l.State != contain.StatePlanned:
		case len(l.Targets) == 0 || l.Unread:
			p.tell("left out: lock %s, of which it is not known what it locks", l.Name)
		default:
			if _, err := fmt.Fprint(p.out, "---\n", l.YAML()); err != nil {
				return fmt.Errorf("write the answer: %w", err)
			}
		}
	}
	return nil
}

func (t *plain) board(a locksAnswer) {
	rows := [][]string{{"state", "locks", "ends", "made", "by", "name"}}
	// Whose they are is told where they are of several clusters.
	several := slices.ContainsFunc(a.Locks, func(l boardLock) bool { return l.Cluster != a.Locks[0].Cluster })
	if several {
		rows[0] = append(rows[0], "cluster")
	}
	for _, l := range a.Locks {
		title := l.Title()
		if l.Unread && l.Origin != contain.OriginCluster {
			title = "the log does not say what"
		}
		row := []string{l.State.String(), title, endOf(l.Lock), moment(l.Created), l.By, l.Name}
		if several {
			row = append(row, l.Cluster)
		}
		rows = append(rows, row)
	}
	t.table(rows)
	t.line("")
	for _, l := range a.Locks {
		if words := l.held(a.Coverage.To); words != "" {
			t.line("%s: %s", l.Title(), words)
		}
	}
	t.line("%s", coverageLine(a.Coverage.Coverage))
}

// held says whether a lock held, as far as evidence that ends at a moment can
// tell; empty where nobody asks any more.
func (l boardLock) held(end time.Time) string {
	switch {
	case l.Holding == nil || l.Holding.Verdict == contain.HoldUnknown && l.State != contain.StateInForce:
		return ""
	case l.Created.IsZero():
		return "this cluster does not say when it was placed: whether it holds is not known before its log is in the case"
	case l.Holding.Verdict == contain.HoldUnknown && end.Before(l.Created):
		return "the events of this case end before it was placed: whether it holds is not known"
	}
	return l.Holding.Words()
}

func (p *program) unlockVerb() *cobra.Command {
	var caseName string
	var last, live, asJSON bool
	var where clusterAsk
	cmd := &cobra.Command{
		Use:     "unlock --case NAME LOCK",
		Short:   "Drop a planned lock, or show how to remove one that is in force",
		Long:    "Drop a planned lock, or show how to remove one that is in force. With --live the lock is removed from the cluster.",
		Example: "cordon unlock --case incident --last\ncordon unlock --live --case incident dc7cee9d-fe5e-4534-a90d-db770f0234a1",
	}
	cmd.Flags().BoolVar(&live, "live", false, "remove it from the cluster")
	withCluster(cmd, &where)
	cmd.Flags().StringVar(&caseName, "case", "", "the case file whose journal holds the plan")
	cmd.Flags().BoolVar(&last, "last", false, "the lock that was planned last, within "+contain.UndoWindow.String())
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if caseName == "" {
			return misuse("plans stand in the journal of a case", "name the case file with --case NAME")
		}
		if last && len(args) > 0 || !last && len(args) != 1 {
			return misuse("cordon locks --case NAME lists them", "name one lock, or give --last")
		}
		name := ""
		if !last {
			name = args[0]
		}
		if live {
			return p.unlockLive(ctx, caseName, where, name, asJSON)
		}
		if err := where.needsLive(false, addLive); err != nil {
			return err
		}
		return p.unlock(ctx, caseName, name, asJSON)
	})
	return cmd
}

// unlockAnswer is the answer of `cordon unlock --json`.
type unlockAnswer struct {
	Dropped  bool           `json:"dropped"` // a plan; a lock in force stands until its command is run
	Removed  bool           `json:"removed"` // from the cluster
	Command  string         `json:"command,omitempty"`
	Lock     contain.Lock   `json:"lock"`
	Coverage pivot.Coverage `json:"coverage"`
}

// unlock releases a lock by name; without one, the last that was placed.
func (p *program) unlock(ctx context.Context, caseName, name string, asJSON bool) (err error) {
	c, desk, coverage, err := p.openDesk(ctx, caseName, nil)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	return p.release(ctx, desk, coverage, name, asJSON)
}

func (p *program) release(ctx context.Context, desk *contain.Desk, coverage investigations.Coverage, name string, asJSON bool) (err error) {
	var l contain.Lock
	if name == "" {
		if _, _, ok, undoErr := desk.Undoable(ctx); undoErr == nil && !ok {
			return nothing("cordon locks --case NAME lists older ones, to be named", "no lock was planned in the last %s", contain.UndoWindow)
		}
		l, err = desk.Undo(ctx)
	} else {
		l, err = desk.Release(ctx, name)
	}
	if errors.Is(err, contain.ErrNotFound) {
		return nothing("cordon locks --case NAME lists them", "%w", err)
	}
	if err != nil {
		return err
	}
	answer := unlockAnswer{Dropped: l.Dry, Removed: desk.Mode == journal.ModeLive, Command: l.UndoCommand(), Lock: l, Coverage: covered(coverage)}
	if asJSON {
		return p.writeJSON(answer)
	}
	return p.print(func(t *plain) {
		if answer.Removed {
			t.line("LIVE: the lock on %s is removed.", l.Title())
			return
		}
		if l.Dry {
			t.line("DRY-RUN: the plan to lock %s is dropped. Nothing had been sent.", l.Title())
			return
		}
		t.line("DRY-RUN: the lock on %s stands. To remove it:", l.Title())
		t.line("")
		t.line("  %s", l.UndoCommand())
	})
}
