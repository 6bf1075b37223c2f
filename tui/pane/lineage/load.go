package lineage

import (
	"context"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot"
	"cordon/investigations/survive"
	"cordon/tui/pane"
)

// The names of the pane's loads, as they are shown while they run.
const (
	loadLineage = "lineage"
	loadRest    = "what is left"
	loadProof   = "proof"
)

// maxSessions bounds the sessions of which the page says whether they ended.
const maxSessions = 2000

// facts are what the page shows.
type facts struct {
	root investigations.Entity
	*lineage.Lineage
	unknown  []lineage.Unknown
	seen     bool // the case knows the identity
	coverage investigations.Coverage
	// rest comes later: it asks about everything that the edges name.
	rest    *rest
	restErr error
}

// rest is what is left of what spread.
type rest struct {
	pane.Reach
	sessions map[string]investigations.Session
	idle     map[investigations.Entity]bool // nothing but what made it names it
}

func (p *Pane) load() tea.Cmd {
	env, root := p.env, p.subject.Entity
	return p.loader.Load(loadLineage, func(ctx context.Context) (any, error) { return readFacts(ctx, env, root) })
}

func readFacts(ctx context.Context, env pane.Env, root investigations.Entity) (*facts, error) {
	coverage, err := env.Evidence.Coverage(ctx)
	if err != nil {
		return nil, err
	}
	groups, err := env.Evidence.Groups(ctx, root)
	if err != nil {
		return nil, err
	}
	entries, err := env.Evidence.Journal(ctx)
	if err != nil {
		return nil, err
	}
	f := &facts{root: root, seen: len(groups) > 0, coverage: coverage}
	f.Lineage, err = lineage.Follow(ctx, env.Evidence, lineage.Question{
		Identity: root, Depth: lineage.DefaultDepth, Since: env.Clock.T0(), Judgement: judgement.Read(entries), Lines: env.Evidence,
	})
	if err != nil {
		return nil, err
	}
	f.unknown, err = lineage.Unknowns(ctx, env.Evidence, env.Evidence, f.Lineage)
	return f, err
}

// loadRest reads what is left. It comes after the tree, which is of use without.
func (p *Pane) loadRest() tea.Cmd {
	env, f := p.env, p.facts
	return p.loader.LoadQuietly(loadRest, func(ctx context.Context) (any, error) { return readRest(ctx, env, f) })
}

func readRest(ctx context.Context, env pane.Env, f *facts) (*rest, error) {
	r := &rest{sessions: map[string]investigations.Session{}, idle: map[investigations.Entity]bool{}}
	var err error
	if r.Reach, err = pane.ReadReach(ctx, env, f.Lineage); err != nil {
		return nil, err
	}
	if err := r.readSessions(ctx, env, f); err != nil {
		return nil, err
	}
	return r, r.readIdle(ctx, env, f)
}

// readSessions reads the sessions of everybody who started one in the tree.
func (r *rest) readSessions(ctx context.Context, env pane.Env, f *facts) error {
	asked := map[investigations.Entity]bool{}
	for _, e := range f.Edges {
		if e.Kind != investigations.KindSession || asked[e.Parent] || e.Parent.Kind != investigations.KindUser {
			continue
		}
		asked[e.Parent] = true
		list, err := env.Evidence.Sessions(ctx, e.Parent, maxSessions)
		if err != nil {
			return err
		}
		for _, s := range list {
			r.sessions[s.ID] = s
		}
	}
	return nil
}

// activeIn are the parts in which something is at work, by kind: of the ends of
// the tree only these kinds can be.
var activeIn = map[investigations.Kind][]investigations.Role{
	investigations.KindUser:  {investigations.RoleActor, investigations.RoleImpersonator, investigations.RoleUpdater, investigations.RoleReviewer},
	investigations.KindBot:   {investigations.RoleActor},
	investigations.KindRole:  {investigations.RoleVia},
	investigations.KindToken: {investigations.RoleVia},
	investigations.KindHost:  {investigations.RoleTarget},
}

// readIdle finds the ends of the tree that nothing shows at work since.
func (r *rest) readIdle(ctx context.Context, env pane.Env, f *facts) error {
	parents, made := map[investigations.Entity]bool{}, map[investigations.Entity]time.Time{}
	for _, e := range f.Edges {
		parents[e.Parent] = true
		if at, ok := made[e.Entity]; !ok || e.Time.Before(at) {
			made[e.Entity] = e.Time
		}
	}
	for e, at := range made {
		roles := activeIn[e.Kind]
		if roles == nil || parents[e] {
			continue
		}
		groups, err := env.Evidence.Groups(ctx, e)
		if err != nil {
			return err
		}
		r.idle[e] = !slices.ContainsFunc(groups, func(g pivot.Group) bool {
			return slices.Contains(roles, g.Role) && g.Last.After(at)
		})
	}
	return nil
}

// ended says when a session was over, if the evidence shows it.
func (r *rest) ended(id string) (at time.Time, known bool) {
	s, known := r.sessions[id]
	return s.End, known
}

// leftOf is what is left of an edge: the thing that its event or its name stands
// for, and whether a lock holds it.
func (r *rest) leftOf(e *lineage.Edge) (survive.Item, bool) {
	for _, items := range [][]survive.Item{r.Left.Items, r.Left.Held} {
		for _, item := range items {
			if item.Entity == e.Entity && (item.Event == e.Event || item.Kind == "identity" || e.Kind != investigations.KindUser) {
				return item, true
			}
		}
	}
	return survive.Item{}, false
}
