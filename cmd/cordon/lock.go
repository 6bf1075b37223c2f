package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/pivot"
	"cordon/store"
)

const lockExamples = `cordon lock --case incident --user=mallory@example.com --ttl=10h
cordon lock --live --case incident --user=mallory@example.com --ttl=10h
cordon lock --case incident --access-request=UUID --message='IR-2026-031'
cordon lock --role=editor ./evidence
tctl get lock/NAME | cordon lock --case incident --from -`

// addLive is what to do about a flag that only a live cluster needs.
const addLive = "to act on the cluster: --live"

// lockAsk is what a person asks of `cordon lock`.
type lockAsk struct {
	caseName string
	values   map[contain.Field]*string
	from     string
	message  string
	ttl      time.Duration
	expires  string
	live     bool
	confirm  string
	cluster  clusterAsk
	json     bool
}

func (p *program) lockVerb() *cobra.Command {
	ask := lockAsk{values: make(map[contain.Field]*string)}
	cmd := &cobra.Command{
		Use:   "lock [PATH…]",
		Short: "Plan a lock: its effect and the tctl line that places it",
		Long: "Plan a lock. The flags are those of tctl lock; several targets mean OR.\n\n" +
			"It is a dry run: cordon shows the command, what it cuts and what it does not reach, and writes the plan in the case's journal. With evidence paths the plan is shown and nothing is kept.\n\n" +
			"With --live the lock is placed on the cluster, read back and compared. A wide target, such as a role, needs its name once more with --confirm.",
		Example: lockExamples,
	}
	withCase(cmd, &ask.caseName)
	flags := cmd.Flags()
	for _, f := range contain.Fields() {
		if name, ok := strings.CutPrefix(f.Flag(), "--"); ok {
			ask.values[f] = flags.String(name, "", lockHelp(f))
		}
	}
	flags.StringVar(&ask.from, "from", "", "a lock resource, YAML or JSON as tctl get lock prints it, instead of targets (-: standard input)")
	flags.StringVar(&ask.message, "message", "", "what locked-out users are told (default \""+contain.DefaultMessage+"\")")
	flags.DurationVar(&ask.ttl, "ttl", 0, "how long it holds, such as 10h (default "+contain.DefaultTTL.String()+")")
	flags.StringVar(&ask.expires, "expires", "", "when it ends, RFC 3339, instead of --ttl")
	flags.BoolVar(&ask.live, "live", false, "place it on the cluster")
	flags.StringVar(&ask.confirm, "confirm", "", "with --live: the name of a wide target, to place its lock")
	withCluster(cmd, &ask.cluster)
	flags.BoolVar(&ask.json, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		paths, err := evidenceOnly(args)
		if err != nil {
			return misuse("name the target with a flag, such as --user=NAME", "%w", err)
		}
		r, err := p.lockRequest(&ask, cmd.Flags().Changed)
		if err != nil {
			return err
		}
		if !ask.live {
			if err := ask.cluster.needsLive(false, addLive); err != nil {
				return err
			}
			if ask.confirm != "" {
				return misuse(addLive, "--confirm is for a live lock: a dry run asks nothing")
			}
			return p.lock(ctx, ask, r, paths)
		}
		if len(paths) > 0 {
			return misuse("add the evidence to the case first: cordon ingest --case NAME PATH…", "a live lock is judged by a case, not by paths")
		}
		return p.lockLive(ctx, ask, r)
	})
	return cmd
}

func lockHelp(f contain.Field) string {
	switch f {
	case contain.FieldBotInstanceID, contain.FieldJoinToken:
		return "lock this " + f.Title() + " (servers from version 18)"
	default:
		return "lock this " + f.Title()
	}
}

// lockRequest is the lock asked for, by flags or by a resource.
func (p *program) lockRequest(ask *lockAsk, changed func(string) bool) (contain.Request, error) {
	if ask.from == "" {
		return ask.request(contain.Request{}, changed)
	}
	in := p.in
	if ask.from != store.Stdin {
		f, err := os.Open(ask.from)
		if err != nil {
			return contain.Request{}, unreadable("", "read the lock resource: %w", err)
		}
		defer f.Close()
		in = f
	}
	r, err := contain.ReadResource(in, p.now())
	if err != nil {
		return r, unreadable("tctl get lock/NAME prints one", "%s: %w", ask.from, err)
	}
	for _, f := range contain.Fields() {
		if changed(strings.TrimPrefix(f.Flag(), "--")) {
			return r, misuse("change the file, or leave --from out", "%s goes with no --from", f.Flag())
		}
	}
	return ask.request(r, changed)
}

// request adds what the flags say to a request. changed tells a flag that was given empty from
// one that was not given.
func (a *lockAsk) request(r contain.Request, changed func(string) bool) (contain.Request, error) {
	if a.message != "" {
		r.Message = a.message
	}
	for _, f := range contain.Fields() {
		value := a.values[f]
		if value == nil || !changed(strings.TrimPrefix(f.Flag(), "--")) {
			continue
		}
		r.Targets = append(r.Targets, contain.Target{Field: f, Value: *value})
	}
	if changed("ttl") && a.ttl <= 0 {
		return r, misuse("for example --ttl=10h", "--ttl must be longer than nothing")
	}
	if changed("ttl") {
		r.TTL, r.Expires = a.ttl, time.Time{}
	}
	if a.expires != "" {
		end, err := time.Parse(time.RFC3339, a.expires)
		if err != nil {
			return r, misuse("for example --expires=2026-11-19T08:00:00Z", "--expires %q is no RFC 3339 time", a.expires)
		}
		if r.Expires = end; !changed("ttl") {
			r.TTL = 0
		}
	}
	// Which targets the server knows is judged once its version is known.
	if _, err := contain.NewPlan(r, rand.Reader); err != nil && !errors.Is(err, contain.ErrVersion) {
		return r, misuse("cordon lock --help lists the targets", "%w", err)
	}
	return r, nil
}

// lockAnswer is the answer of `cordon lock --json`.
type lockAnswer struct {
	Mode     journal.Mode   `json:"mode"`
	Kept     bool           `json:"kept"`              // now in the journal of a case
	Already  string         `json:"already,omitempty"` // the same lock is planned or in force
	Command  string         `json:"command"`
	Plan     contain.Plan   `json:"plan"`
	Lock     *contain.Lock  `json:"lock"` // null when evidence paths were given
	Coverage pivot.Coverage `json:"coverage"`
}

func (p *program) lock(ctx context.Context, ask lockAsk, r contain.Request, paths []string) (err error) {
	c, desk, coverage, err := p.openDesk(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	r.Server.Major = coverage.ServerMajor
	plan, err := desk.Prepare(ctx, r)
	if err != nil {
		return misuse("", "%w", err)
	}
	board, err := desk.Board(ctx)
	if err != nil {
		return err
	}
	var already *contain.AlreadyError
	if errors.As(board.Already(plan.Targets, p.now()), &already) && already.Unsure() {
		plan.Verdict.Warnings = append(plan.Verdict.Warnings, "The log has this lock already and does not say until when: it may be over. `tctl get locks` tells.")
	}
	answer := lockAnswer{Mode: journal.ModeDryRun, Command: plan.Command(), Plan: plan, Coverage: covered(coverage)}
	var unkept error
	if !c.Temporary() {
		// A dry run asked for on the command line is confirmed by being asked for.
		// Where the plan cannot be kept, its command is worth showing all the same.
		if unkept = answer.place(ctx, desk); unkept != nil && placeHint(unkept) == "" {
			return unkept
		}
	}
	if ask.json {
		err = p.writeJSON(answer)
	} else {
		err = p.print(func(t *plain) { t.lock(answer) })
	}
	return errors.Join(err, unkept)
}

func (a *lockAnswer) place(ctx context.Context, desk *contain.Desk) error {
	l, err := desk.Place(ctx, a.Plan, a.Plan.Verdict.Confirm)
	var already *contain.AlreadyError
	if errors.As(err, &already) {
		a.Already, a.Lock = already.Error(), &already.Lock
		return nil
	}
	if err != nil {
		return err
	}
	a.Lock, a.Kept = &l, true
	return nil
}

// desk is where this program prepares and records locks of a case. It gives the
// case's coverage too, which every answer carries.
func (p *program) desk(ctx context.Context, c *store.Case, now func() time.Time) (*contain.Desk, investigations.Coverage, error) {
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return nil, coverage, err
	}
	guard := contain.Guard{Operator: p.operator(), Clusters: coverage.Clusters}
	desk, err := contain.NewDryRunDesk(ctx, c, c, guard, now)
	return desk, coverage, err
}

// openDesk opens a case, or makes a temporary one of evidence paths, with its
// desk. The case is to be closed.
func (p *program) openDesk(ctx context.Context, caseName string, paths []string) (*store.Case, *contain.Desk, investigations.Coverage, error) {
	c, err := p.openCase(ctx, caseName, paths)
	if err != nil {
		return nil, nil, investigations.Coverage{}, err
	}
	desk, coverage, err := p.desk(ctx, c, p.now)
	if err != nil {
		return nil, nil, coverage, errors.Join(err, c.Close())
	}
	return c, desk, coverage, nil
}

// lock writes a plan for a person: the effect first, then the command.
func (t *plain) lock(a lockAnswer) {
	plan := a.Plan
	t.line("DRY-RUN: nothing was sent. Lock %s, %s.", plan.Title(), plan.Length())
	if a.Already != "" {
		t.line("%s", a.Already)
	}
	if note := plan.OrNote(); note != "" {
		t.line("%s", note)
	}
	for _, s := range plan.Verdict.Reasons {
		t.line("! wide: %s", s)
	}
	for _, s := range plan.Verdict.Warnings {
		t.line("! %s", s)
	}
	t.impact(plan)
	t.line("")
	t.line("  %s", a.Command)
	t.line("")
	switch {
	case a.Kept:
		t.line("In the journal as %s. To drop the plan: cordon unlock --case NAME %s", a.Lock.Name, a.Lock.Name)
	case a.Already != "":
		t.line("Nothing was added: the lock is on the board as %s.", a.Lock.Name)
	default:
		t.line("Nothing was kept: with --case NAME the plan stands in the case's journal and on its lock board.")
	}
	t.line("%s", coverageLine(a.Coverage.Coverage))
}

func (t *plain) impact(plan contain.Plan) {
	im := plan.Impact
	if len(im.Sessions) > 0 {
		t.line("cuts %s without an end in the evidence", counted(len(im.Sessions), "session"))
		for _, s := range im.Sessions {
			where := s.Where
			if s.Login != "" {
				where = s.Login + "@" + where
			}
			t.line("  %s  %s  %s  %s", s.ID, s.User, where, moment(s.Start))
		}
	}
	if len(im.Apps) > 0 {
		t.line("used %s (their ends are not logged)", counted(len(im.Apps), "application session"))
		for _, s := range im.Apps {
			t.line("  %s  %s  %s  %s", s.ID, s.User, s.Where, moment(s.Start))
		}
	}
	if len(im.Users) > 0 {
		names := make([]string, len(im.Users))
		for i, u := range im.Users {
			names[i] = u.Name
		}
		t.line("hits %s: %s", counted(len(im.Users), "user"), strings.Join(names, ", "))
	}
	for _, b := range im.Beyond {
		t.line("does not reach %s  %s, event %s", named(b.Entity, b.Label), b.Why, b.Event)
	}
	for _, s := range plan.Limits() {
		t.line("%s", s)
	}
}

func endOf(l contain.Lock) string {
	switch {
	case !l.Expires.IsZero():
		return "until " + moment(l.Expires)
	case l.EndSaid:
		return "never"
	default:
		return fmt.Sprintf("end %s", "not logged")
	}
}
