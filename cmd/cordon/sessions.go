package main

import (
	"context"
	"fmt"
	"math"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/pivot"
)

const sessionsExamples = `cordon sessions ./evidence
cordon sessions --case incident --identity mallory@example.com`

func (p *program) sessionsVerb() *cobra.Command {
	var caseName, who string
	var asJSON bool
	cmd := &cobra.Command{
		Use:     "sessions [PATH…]",
		Short:   "List sessions and whether they can be replayed",
		Example: sessionsExamples,
	}
	withCase(cmd, &caseName)
	cmd.Flags().StringVar(&who, "identity", "", "only the sessions that this identity took part in")
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		return p.sessions(ctx, caseName, who, paths, asJSON)
	})
	return cmd
}

// sessionsAnswer is the answer of `cordon sessions --json`.
type sessionsAnswer struct {
	Identity string                   `json:"identity,omitempty"`
	Coverage pivot.Coverage           `json:"coverage"`
	Sessions []investigations.Session `json:"sessions"`
}

func (p *program) sessions(ctx context.Context, caseName, who string, paths []string, asJSON bool) (err error) {
	var of investigations.Entity
	if who != "" {
		if of, err = identity(who); err != nil {
			return err
		}
	}
	c, err := p.openCase(ctx, caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	list, err := c.Sessions(ctx, of, math.MaxInt32)
	if err != nil {
		return err
	}
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	if list == nil {
		list = []investigations.Session{}
	}
	if asJSON {
		err = p.writeJSON(sessionsAnswer{who, covered(coverage), list})
	} else if len(list) > 0 {
		err = p.print(func(t *plain) { t.sessions(list, coverage) })
	}
	if err != nil {
		return err
	}
	what := "this evidence shows no session"
	if who != "" {
		what += " of " + of.String()
	}
	return found(what, len(list), coverage)
}

func (t *plain) sessions(list []investigations.Session, c investigations.Coverage) {
	rows := [][]string{{"start", "length", "kind", "user", "on", "commands", "recording", "session"}}
	for _, s := range list {
		rows = append(rows, []string{moment(s.Start), lengthOf(s), s.Kind, s.User, whereOf(s), number(s.Commands), s.Recording, s.ID})
	}
	t.table(rows, 5)
	t.line("")
	t.line("%s", coverageLine(c))
}

// lengthOf says how long a session was, or that the log does not show its end.
func lengthOf(s investigations.Session) string {
	if s.End.IsZero() || s.Start.IsZero() {
		return "no end"
	}
	return clock(s.End.Sub(s.Start))
}

func whereOf(s investigations.Session) string {
	where := s.HostLabel
	if where == "" {
		where = s.Host
	}
	if s.Login != "" {
		where = s.Login + "@" + where
	}
	return where
}

// clock writes a stretch of time as hours, minutes and seconds.
func clock(d time.Duration) string {
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	seconds := int64(d / time.Second)
	return fmt.Sprintf("%s%02d:%02d:%02d", sign, seconds/3600, seconds/60%60, seconds%60)
}
