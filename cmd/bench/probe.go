package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/investigations/pivot"
	"cordon/store"
)

// The probe asks cordon's packages inside one process, as the console does. It is
// this program started again, so that its memory and its caches are its own.

// probeVerb starts the probe.
const probeVerb = "probe"

// warmRuns is how often a question is asked again after its first time: twice
// where that takes longer than warmTime.
const (
	warmRuns = 5
	warmTime = 2 * time.Second
)

// asked is one of the eight pivots: the events of some types in which the identity
// plays one of the roles.
type asked struct {
	key   string
	types []string
	roles []investigations.Role
}

// eightPivots are what an incident's first hour asks, by cordon's own names.
var eightPivots = []asked{
	{"access_requests", []string{"access_request.create"}, []investigations.Role{investigations.RoleActor}},
	{"join_tokens", []string{"join_token.create"}, []investigations.Role{investigations.RoleActor}},
	{"users", []string{"user.create", "user.update"}, []investigations.Role{investigations.RoleActor, investigations.RoleUpdater}},
	{"certificates", []string{"cert.create"}, []investigations.Role{investigations.RoleActor}},
	{"access_lists", []string{"access_list.member.*"}, []investigations.Role{investigations.RoleUpdater}},
	{"sessions", []string{"session.start"}, []investigations.Role{investigations.RoleActor}},
	{"commands", []string{"exec"}, []investigations.Role{investigations.RoleActor}},
	{"logins", []string{"user.login"}, []investigations.Role{investigations.RoleActor}},
}

// reviews belong to the access requests: a review counts for who gave it as well.
var reviews = asked{"access_requests", []string{"access_request.review"}, []investigations.Role{
	investigations.RoleActor, investigations.RoleReviewer, investigations.RoleRequester,
}}

func (a asked) wants(g pivot.Group) bool {
	return slices.Contains(a.roles, g.Role) && slices.ContainsFunc(a.types, func(t string) bool {
		prefix, all := strings.CutSuffix(t, "*")
		return g.Type == t || all && strings.HasPrefix(g.Type, prefix)
	})
}

// The names of work that are asked in one process.
const (
	workOpen     = "open the store"
	workFirst    = "eight pivots, first time"
	workWarm     = "eight pivots, again"
	workReport   = "blast radius, all categories"
	workCommands = "substring in commands"
	workAnyField = "substring in any field"
	workPivot    = "pivot "
	workAudit    = "report "

	workPrivileged = "Privileged Access Report"
)

// runProbe opens a case and asks it everything: CASE IDENTITY COMMAND TEXT.
func runProbe(ctx context.Context, args []string, out io.Writer) error {
	if len(args) != 4 {
		return fmt.Errorf("probe takes 4 arguments, not %d", len(args))
	}
	p := &prober{who: investigations.Entity{Kind: investigations.KindUser, Name: args[1]}}
	err := p.timed(workOpen, func() (n int64, err error) {
		p.c, err = store.Open(ctx, args[0])
		return 0, err
	})
	if err != nil {
		return err
	}
	defer p.c.Close()
	if err := p.pivots(ctx); err != nil {
		return err
	}
	for _, s := range []struct{ work, filter string }{
		{workCommands, commandFilter(args[2])}, {workAnyField, `"` + args[3] + `"`},
	} {
		if err := p.search(ctx, s.work, s.filter); err != nil {
			return err
		}
	}
	if err := p.reports(ctx); err != nil {
		return err
	}
	return json.NewEncoder(out).Encode(p.samples)
}

// commandFilter finds a text in the commands that were run.
func commandFilter(text string) string { return `event:exec command:"` + text + `"` }

type prober struct {
	c       *store.Case
	who     investigations.Entity
	samples []sample
}

// timed does a piece of work once and keeps what it took.
func (p *prober) timed(work string, do func() (int64, error)) error {
	begin, cpu := time.Now(), ownCPU()
	n, err := do()
	if err != nil {
		return fmt.Errorf("%s: %w", work, err)
	}
	p.samples = append(p.samples, sampleOf(work, spent{wall: time.Since(begin), cpu: ownCPU() - cpu}, n, 0))
	return nil
}

// again does a piece of work several times and keeps the median. The caller did
// it once before.
func (p *prober) again(work string, do func() (int64, error)) error {
	at, begin := len(p.samples), time.Now()
	for n := range warmRuns {
		if n >= 2 && time.Since(begin) > warmTime {
			break
		}
		if err := p.timed(work, do); err != nil {
			return err
		}
	}
	s := sample{Work: work, Rows: p.samples[at].Rows}
	runs := [][]sample{}
	for _, one := range p.samples[at:] {
		runs = append(runs, []sample{one})
	}
	s.WallMS, _ = middle(runs, work, wallOf)
	s.CPUMS, _ = middle(runs, work, cpuOf)
	p.samples = append(p.samples[:at], s)
	return nil
}

// pivots asks the eight pivots one after the other, the first time with nothing
// read before, then each again, and compares the counts with cordon's own report.
func (p *prober) pivots(ctx context.Context) error {
	err := p.timed(workFirst, func() (n int64, err error) {
		for _, a := range eightPivots {
			rows, err := p.rows(ctx, a)
			if err != nil {
				return 0, err
			}
			n += rows
		}
		return n, nil
	})
	if err != nil {
		return err
	}
	report, err := pivot.Of(ctx, p.c, p.who)
	if err != nil {
		return err
	}
	total := sample{Work: workWarm}
	for _, a := range eightPivots {
		if err := p.again(workPivot+a.key, func() (int64, error) { return p.rows(ctx, a) }); err != nil {
			return err
		}
		s := p.samples[len(p.samples)-1]
		if c, _ := report.Pivots.Get(a.key); int64(c.Events) != s.Rows {
			return fmt.Errorf("pivot %s: %d rows, but the report counts %d", a.key, s.Rows, c.Events)
		}
		total.Rows += s.Rows
		total.WallMS += s.WallMS
		total.CPUMS += s.CPUMS
	}
	p.samples = append(p.samples, total)
	return p.again(workReport, func() (int64, error) {
		_, err := pivot.Of(ctx, p.c, p.who)
		return 0, err
	})
}

// row is what a table shows of an event.
type row struct {
	at              time.Time
	kind, uid, text string
}

// rows reads all events of a pivot, from the index up to rows in memory.
func (p *prober) rows(ctx context.Context, a asked) (int64, error) {
	groups, err := p.c.Groups(ctx, p.who)
	if err != nil {
		return 0, err
	}
	var ids []int64
	for _, g := range groups {
		if a.wants(g) || a.key == reviews.key && reviews.wants(g) {
			ids = append(ids, g.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	out := make([]row, 0, len(ids))
	err = p.c.Each(ctx, ids, func(e *investigations.Event) error {
		out = append(out, row{e.Time, e.Type, e.UID, e.Text})
		return nil
	})
	return int64(len(out)), err
}

// search reads all events that a filter lets through, window by window.
func (p *prober) search(ctx context.Context, work, text string) error {
	expr, err := filter.Parse(text, time.Time{})
	if err != nil {
		return err
	}
	ask := func() (n int64, err error) {
		s, err := p.c.Select(ctx, expr)
		if err != nil {
			return 0, err
		}
		var from *investigations.Position
		for {
			events, err := s.Window(ctx, from, false, 500)
			if err != nil || len(events) == 0 {
				return n, err
			}
			n += int64(len(events))
			at := events[len(events)-1].Position()
			from = &at
		}
	}
	if _, err := ask(); err != nil {
		return fmt.Errorf("%s: %w", work, err)
	}
	return p.again(work, ask)
}
