package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/store/teleport"
)

// liveLockAnswer is the answer of `cordon lock --live --json`.
type liveLockAnswer struct {
	lockAnswer
	Cluster string             `json:"cluster"`
	Locking string             `json:"locking_mode,omitempty"` // strict or best_effort
	Running []teleport.Session `json:"running"`                // sessions of the target on the cluster, just before
}

// lockLive places a lock on the cluster.
func (p *program) lockLive(ctx context.Context, ask lockAsk, r contain.Request) (err error) {
	c, cluster, desk, done, err := p.live(ctx, ask.caseName, ask.cluster)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	r.Server.Major = cluster.Major
	plan, err := desk.Prepare(ctx, r)
	if err != nil {
		return misuse("", "%w", err)
	}
	answer := liveLockAnswer{Cluster: cluster.Name, lockAnswer: lockAnswer{
		Mode: journal.ModeLive, Command: plan.Command(), Plan: plan, Coverage: covered(coverage),
	}}
	if answer.Running, err = runningOf(ctx, cluster, plan); err != nil {
		p.tell("the sessions that run now are not known: %s", err)
	}
	if settings, err := cluster.Settings(ctx); err == nil {
		answer.Locking = settings.LockingMode
	}
	placed, err := desk.Place(ctx, plan, ask.confirm)
	var already *contain.AlreadyError
	switch {
	case errors.As(err, &already):
		answer.Already, answer.Lock = already.Error(), &already.Lock
	case errors.Is(err, contain.ErrUnconfirmed):
		return misuse("add --confirm="+contain.Quote(plan.Verdict.Confirm)+" if that is meant", "not placed: this lock is wide. %s", joinWords(plan.Verdict.Reasons...))
	case err != nil:
		return p.notPlaced(plan, err)
	default:
		answer.Lock, answer.Kept = &placed, true
	}
	if ask.json {
		return p.writeJSON(answer)
	}
	return p.print(func(t *plain) { t.liveLock(answer) })
}

// notPlaced says what to run by hand where the cluster did not do it.
func (p *program) notPlaced(plan contain.Plan, err error) error {
	var known *teleport.Error
	if errors.As(err, &known) && known.Hint != "" {
		p.tell("by hand, on the auth server: %s", plan.Command())
		return err
	}
	return &failure{exitRefused, err, "by hand, on the auth server: " + plan.Command()}
}

// runningOf lists the sessions on the cluster in which a user of the plan is.
func runningOf(ctx context.Context, cluster *teleport.Cluster, plan contain.Plan) ([]teleport.Session, error) {
	all, err := cluster.Sessions(ctx)
	if err != nil {
		return []teleport.Session{}, err
	}
	return slices.DeleteFunc(all, func(s teleport.Session) bool {
		return !slices.ContainsFunc(s.Participants, func(who teleport.Participant) bool {
			return slices.Contains(plan.Targets, contain.Target{Field: contain.FieldUser, Value: who.User})
		})
	}), nil
}

func (t *plain) liveLock(a liveLockAnswer) {
	ends := "no end"
	if !a.Lock.Expires.IsZero() {
		ends = endOf(*a.Lock)
	}
	switch {
	case a.Already != "":
		t.line("LIVE on %s: %s, %s, as %s. Nothing was sent: cordon extend moves its end.", a.Cluster, a.Already, ends, a.Lock.Name)
	default:
		t.line("LIVE on %s: locked %s, %s. Read back from the cluster as %s.", a.Cluster, a.Lock.Title(), ends, a.Lock.Name)
	}
	for _, s := range a.Plan.Verdict.Warnings {
		t.line("! %s", s)
	}
	if a.Locking == teleport.BestEffort {
		t.line("Locking mode best_effort: an agent that is cut off from the cluster just now does not know it yet.")
	}
	for _, s := range a.Running {
		where := s.Where
		if s.Login != "" {
			where = s.Login + "@" + where
		}
		t.line("ran when it was placed: session %s  %s  since %s", s.ID, where, moment(s.Started))
	}
	t.impact(a.Plan)
	t.line("")
	t.line("To remove it: %s", contain.UnlockCommand(a.Lock.Name))
	if undo := a.Lock.UndoCommand(); strings.HasPrefix(undo, "tctl ") {
		t.line("or: %s", undo)
	}
	t.line("Whether it held: cordon locks --live --case NAME")
}

// locksLive lists the locks that the cluster holds beside those of the case.
func (p *program) locksLive(ctx context.Context, caseName string, ask clusterAsk, write func(locksAnswer) error) (err error) {
	c, cluster, desk, done, err := p.live(ctx, caseName, ask)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	if _, err := desk.Locker.Locks(ctx); err != nil {
		return err
	}
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	p.tell("%s", clusterLine(cluster))
	return p.listLocks(ctx, c, desk, coverage, write)
}

// unlockLive removes a lock from the cluster.
func (p *program) unlockLive(ctx context.Context, caseName string, ask clusterAsk, name string, asJSON bool) (err error) {
	c, _, desk, done, err := p.live(ctx, caseName, ask)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, done()) }()
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	return p.release(ctx, desk, coverage, name, asJSON)
}
