package tui

import (
	"context"
	"errors"
	"fmt"
	"slices"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// maxSessionEvents bounds the events of a session that are read for the access
// requests it used.
const maxSessionEvents = 2000

// preview is what the lock key would do just now. It is prepared for the selected
// row as soon as the row is selected, and the key places this plan and no other.
type preview struct {
	asked lockRequest
	// ready says that plan or reason belongs to asked.
	ready bool
	// stale says that the locks changed since.
	stale   bool
	plan    contain.Plan
	reason  string // why there is no lock, and what to lock instead
	already string // the same lock is planned or in force
	planned bool   // it is only planned
	// unsure says that it is in force as far as the log says, which names no end.
	unsure bool
}

// lockRequest is what a row asks to lock. A session's targets are looked up.
type lockRequest struct {
	targets []contain.Target
	session string
	reason  string
}

func (r lockRequest) equal(o lockRequest) bool {
	return r.session == o.session && r.reason == o.reason && slices.Equal(r.targets, o.targets)
}

// wanted is what the selected row of the open page asks to lock.
func (a *App) wanted() lockRequest {
	p := a.pane()
	if p == nil {
		return lockRequest{}
	}
	if l, ok := p.(pane.Locker); ok {
		targets, err := l.LockTargets()
		if err != nil {
			return lockRequest{reason: err.Error()}
		}
		if len(targets) > 0 {
			return lockRequest{targets: targets}
		}
	}
	s := p.Selected()
	if s.Entity.Kind == investigations.KindSession || s.Entity.IsZero() && s.Session != "" {
		id := s.Session
		if s.Entity.Kind == investigations.KindSession {
			id = s.Entity.Name
		}
		return lockRequest{session: id}
	}
	target, err := contain.TargetOf(s.Entity, a.env.Server)
	if err != nil {
		return lockRequest{reason: err.Error()}
	}
	return lockRequest{targets: []contain.Target{target}}
}

// prepared is the answer to a request.
type prepared struct {
	plan    contain.Plan
	reason  string
	already string
	planned bool
	unsure  bool
	board   *contain.Board
}

// follow prepares the plan of the selected row when it is another one than that
// of the preview.
func (a *App) follow() tea.Cmd {
	if !a.ready || a.env.Desk == nil {
		return nil
	}
	want := a.wanted()
	if !a.preview.stale && want.equal(a.preview.asked) {
		return nil
	}
	a.preview = preview{asked: want}
	if want.reason != "" {
		a.loader.Cancel(loadPreview)
		a.preview.ready, a.preview.reason = true, safetext.Clean(want.reason)
		return nil
	}
	p := a.preparer()
	return a.loader.LoadQuietly(loadPreview, func(ctx context.Context) (any, error) { return p.prepare(ctx, want) })
}

// preparer is what a plan is prepared from. The board is read once and kept
// until a lock changes; placing a lock reads it again.
type preparer struct {
	desk     *contain.Desk
	evidence pane.Evidence
	server   contain.Server
	board    *contain.Board
}

func (a *App) preparer() preparer {
	return preparer{desk: a.env.Desk, evidence: a.env.Evidence, server: a.env.Server, board: a.board}
}

func (a preparer) prepare(ctx context.Context, want lockRequest) (prepared, error) {
	targets := want.targets
	if want.session != "" {
		var err error
		if targets, err = sessionTargets(ctx, a.evidence, want.session); err != nil {
			if errors.Is(err, contain.ErrNoLock) {
				return prepared{reason: err.Error()}, nil
			}
			return prepared{}, err
		}
	}
	p, err := a.plan(ctx, contain.Request{Targets: targets[:1], Server: a.server})
	p.plan.Others = targets[1:]
	return p, err
}

// plan prepares a lock as it is asked for.
func (a preparer) plan(ctx context.Context, request contain.Request) (prepared, error) {
	plan, err := a.desk.Prepare(ctx, request)
	if err != nil {
		return prepared{}, err
	}
	if a.board == nil {
		board, err := a.desk.Board(ctx)
		if err != nil {
			return prepared{}, err
		}
		a.board = &board
	}
	p := prepared{plan: plan, board: a.board}
	if err := a.board.Already(plan.Targets, a.desk.Now()); err != nil {
		var already *contain.AlreadyError
		p.already = err.Error()
		if errors.As(err, &already) {
			p.planned = already.State == contain.StatePlanned
			p.unsure = already.Unsure()
		}
	}
	return p, nil
}

// sessionTargets are what ends a session: its user, then its access requests.
func sessionTargets(ctx context.Context, evidence pane.Evidence, id string) ([]contain.Target, error) {
	session, ok, err := evidence.Session(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("read session %s: %w", id, err)
	}
	if !ok {
		session = investigations.Session{ID: id}
	}
	groups, err := evidence.Groups(ctx, investigations.Entity{Kind: investigations.KindSession, Name: id})
	if err != nil {
		return nil, fmt.Errorf("read session %s: %w", id, err)
	}
	var ids []int64
	for _, g := range groups {
		ids = append(ids, g.IDs[:min(len(g.IDs), maxSessionEvents)]...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	var requests []string
	err = evidence.Each(ctx, ids[:min(len(ids), maxSessionEvents)], func(e *investigations.Event) error {
		for _, v := range e.Involved {
			if v.Entity.Kind == investigations.KindRequest && v.Role == investigations.RoleVia && !slices.Contains(requests, v.Entity.Name) {
				requests = append(requests, v.Entity.Name)
			}
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read session %s: %w", id, err)
	}
	return contain.TargetsOfSession(session, requests)
}

// take takes the answer to the newest request.
func (p *preview) take(answer pane.LoadedMsg) {
	if answer.Cancelled() {
		return
	}
	p.ready = true
	if answer.Err != nil {
		p.reason = "The lock could not be prepared: " + safetext.Clean(answer.Err.Error())
		return
	}
	got, _ := answer.Value.(prepared)
	p.plan, p.reason, p.already = got.plan, safetext.Clean(got.reason), safetext.Clean(got.already)
	p.planned, p.unsure = got.planned, got.unsure
}
