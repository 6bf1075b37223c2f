package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/queries"
	"cordon/store"
	"cordon/tui/safetext"
)

const queryExamples = `cordon query "SELECT user, count(*) FROM exec GROUP BY user" ./audit
cordon query --case incident --name sessions-opened --identity mallory@example.com
cordon query --case incident --report --identity mallory@example.com
cordon query --case incident --format tctl - < query.sql
cordon query --engine teleport --days 30 "SELECT user, count(*) FROM exec GROUP BY user"
cordon query --schema session_start`

// The forms of an answer.
const (
	formatTable = "table"
	formatJSON  = "json"
	formatCSV   = "csv"
	formatTctl  = "tctl"
)

// queryDays is about how many days back a cluster is asked unless somebody says.
const queryDays = 7

// maxQuery bounds SQL that is read from standard input, in bytes.
const maxQuery = 1 << 20

// queryAsk is what a person asks of `cordon query`.
type queryAsk struct {
	caseName string
	format   string
	json     bool
	name     string
	identity string
	list     bool
	schema   bool
	report   bool
	limit    int
	timeout  time.Duration
	engine   string
	days     int
	cluster  clusterAsk
}

func (p *program) queryVerb() *cobra.Command {
	var ask queryAsk
	cmd := &cobra.Command{
		Use:   "query [SQL|-] [PATH…]",
		Short: "Ask the audit log in SQL, as in Teleport's Access Monitoring",
		Long: "Ask the audit log in SQL. The views, their columns and the dialect (Trino) are those of Teleport's Access Monitoring, so that a query from its documentation runs as it stands; --schema lists the views, those that Access Monitoring lacks among them.\n\n" +
			"Nothing that is typed can change the case: one SELECT is answered, everything else is refused. Times are UTC.\n\n" +
			"--format json is [{\"column\": value, …}]; csv is safe to open in a spreadsheet; tctl is what `tctl audit query exec` prints.\n\n" +
			"With --engine teleport the same text, or --report, runs on the cluster itself, in its Access Monitoring (Enterprise), over the last --days: for logs too large for one machine. Which engine answered stands beside the result.\n\n" +
			"Queries of your own: NAME.sql in the folder cordon/queries of your configuration (" + ownQueriesHint + "), with " + queries.Placeholder + " inside quotes where --identity goes.",
		Example: queryExamples,
	}
	withCase(cmd, &ask.caseName)
	flags := cmd.Flags()
	flags.StringVar(&ask.format, "format", formatTable, "print a table, json, csv or tctl")
	flags.BoolVar(&ask.json, "json", false, "the same as --format json")
	flags.StringVar(&ask.name, "name", "", "run the named query (--list shows them)")
	flags.StringVar(&ask.identity, "identity", "", "the user that a named query, or the report, is about")
	flags.BoolVar(&ask.list, "list", false, "list the named queries; with --case those saved in it too")
	flags.BoolVar(&ask.schema, "schema", false, "list the views, or the columns of the views named")
	flags.BoolVar(&ask.report, "report", false, "run the Privileged Access Report: nine queries, per day, with what to do")
	flags.IntVar(&ask.limit, "limit", 0, "print at most this many rows; 0 prints all")
	flags.DurationVar(&ask.timeout, "timeout", 0, "end a query that runs longer, such as 30s; 0 lets it run")
	flags.StringVar(&ask.engine, "engine", engineCase, "who answers: case, or teleport for the cluster's Access Monitoring")
	flags.IntVar(&ask.days, "days", queryDays, "with --engine teleport: ask about so many days back")
	withClusterAs(cmd, &ask.cluster, "identity-file")
	cmd.MarkFlagsMutuallyExclusive("name", "list", "schema", "report")
	cmd.MarkFlagsMutuallyExclusive("json", "format")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if err := ask.check(); err != nil {
			return err
		}
		if ask.timeout > 0 {
			var stop context.CancelFunc
			ctx, stop = context.WithTimeout(ctx, ask.timeout)
			defer stop()
		}
		return ask.ended(ctx, p.query(ctx, ask, args))
	})
	return cmd
}

// ended says so of an error that is only the end of the context.
func (ask *queryAsk) ended(ctx context.Context, err error) error {
	var said *failure
	switch {
	case err == nil || ctx.Err() == nil || errors.As(err, &said):
		return err
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		return &failure{code: exitInterrupted, err: fmt.Errorf("not answered within %s", ask.timeout), hint: "narrow it down, for example by event_date, or give it a longer --timeout"}
	}
	return ctx.Err()
}

func (ask *queryAsk) check() error {
	if ask.json {
		ask.format = formatJSON
	}
	switch {
	case ask.engine != engineCase && ask.engine != engineTeleport:
		return misuse("--engine is case or teleport", "there is no engine %q", ask.engine)
	case ask.days < 1:
		return misuse("for example --days 30", "--days must be one or more")
	case !slices.Contains([]string{formatTable, formatJSON, formatCSV, formatTctl}, ask.format):
		return misuse("--format is table, json, csv or tctl", "there is no format %q", ask.format)
	case (ask.list || ask.schema || ask.report) && ask.format != formatTable && ask.format != formatJSON:
		return misuse("--format table or json", "--list, --schema and --report have no format %s", ask.format)
	case ask.limit < 0:
		return misuse("0 prints all", "--limit must not be negative")
	case ask.timeout < 0:
		return misuse("0 lets it run", "--timeout must not be negative")
	case ask.identity != "" && ask.name == "" && !ask.report:
		return misuse("in SQL of your own write the name: user = 'mallory@example.com'", "--identity goes with --name or --report")
	case ask.report && ask.limit > 0:
		return misuse("a named query of the report takes --limit: --name weak-ssh-sessions", "--report takes no --limit")
	}
	return ask.cluster.needsLive(ask.engine == engineTeleport, "to ask the cluster: --engine teleport")
}

func (p *program) query(ctx context.Context, ask queryAsk, args []string) error {
	switch {
	case ask.schema && ask.engine == engineTeleport:
		return p.clusterSchema(ctx, ask, args)
	case ask.schema:
		return p.querySchema(ctx, ask, args)
	case ask.list:
		return p.queryList(ctx, ask, args)
	case ask.name != "" || ask.report:
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		return p.queryBy(ctx, ask, "", paths)
	}
	sql, paths, err := ownArgument(args, "the SQL")
	if err != nil {
		return err
	}
	if sql != store.Stdin && exists(sql) {
		return misuse("cordon query 'SELECT …' "+sql+", or a query from a file: cordon query - "+sql+" < FILE", "the SQL is missing")
	}
	if sql == store.Stdin {
		if sql, err = p.readSQL(); err != nil {
			return err
		}
	}
	return p.queryBy(ctx, ask, sql, paths)
}

// readSQL reads a query from standard input.
func (p *program) readSQL() (string, error) {
	text, err := io.ReadAll(io.LimitReader(p.in, maxQuery+1))
	switch {
	case err != nil:
		return "", fmt.Errorf("read the SQL: %w", err)
	case len(text) > maxQuery:
		return "", misuse("", "the SQL on standard input is longer than %s", size(maxQuery))
	case strings.TrimSpace(string(text)) == "":
		return "", misuse("cordon query - ./audit < query.sql", "there is no SQL on standard input")
	}
	return string(text), nil
}

// queryCase opens the case and asks it: sql, or what is named.
func (p *program) queryCase(ctx context.Context, ask queryAsk, sql string, paths []string) (err error) {
	c, err := p.openCase(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	if ask.report {
		return p.caseReport(ctx, ask, c.Engine(p.now), coverage)
	}
	if ask.name != "" {
		if sql, err = p.namedSQL(ctx, c, ask); err != nil {
			return err
		}
	}
	return p.runQuery(ctx, ask, c.Engine(p.now), sql, coverage)
}

// namedSQL is the SQL of --name about --identity.
func (p *program) namedSQL(ctx context.Context, c *store.Case, ask queryAsk) (string, error) {
	all, err := p.namedQueries(ctx, c)
	if err != nil {
		return "", err
	}
	n, ok := queries.Find(all, ask.name)
	switch {
	case !ok:
		return "", misuse("cordon query --list shows them", "there is no query named %q", ask.name)
	case n.NeedsIdentity() && ask.identity == "":
		return "", misuse("add --identity USER", "the query %s is about an identity", n.Name)
	case !n.NeedsIdentity() && ask.identity != "":
		return "", misuse("leave --identity out", "the query %s is about no identity", n.Name)
	}
	return n.With(ask.identity)
}

// runQuery prints the answer to a query, and on standard error who answered and
// what the answer covers.
func (p *program) runQuery(ctx context.Context, ask queryAsk, engine queries.Engine, sql string, coverage investigations.Coverage) error {
	sum, from, err := p.answer(ctx, ask, engine, sql)
	if err != nil {
		return err
	}
	if sum.Rows == 0 {
		return found("no rows from "+from, 0, coverage)
	}
	p.tell("%s from %s", counted(sum.Rows, "row"), from)
	p.tell("%s", coverageLine(coverage))
	return nil
}

// answer prints the rows of a query, and gives who answered in words.
func (p *program) answer(ctx context.Context, ask queryAsk, engine queries.Engine, sql string) (sum queries.Summary, from string, err error) {
	out := &namedColumns{Writer: p.queryWriter(ask.format)}
	if sum, err = engine.Run(ctx, sql, ask.limit, out); err != nil {
		return sum, "", badQuery(sql, err)
	}
	if err := out.Close(); err != nil {
		return sum, "", fmt.Errorf("write the answer: %w", err)
	}
	for _, w := range sum.Warnings {
		p.tell("note: %s", w)
	}
	if twice := out.twice(); len(twice) > 0 && ask.format == formatJSON {
		p.tell("note: several columns are called %s, and most readers of JSON keep the last: name them with AS", strings.Join(twice, ", "))
	}
	from = engine.Name()
	if sum.Scanned > 0 {
		from += ", " + counted(sum.Scanned, "event") + " looked at"
	}
	if sum.Limited {
		from += ", and there are more (--limit)"
	}
	return sum, from, nil
}

// badQuery shows where in a query the mistake is.
func badQuery(sql string, err error) error {
	var bad *queries.Error
	if !errors.As(err, &bad) {
		return err
	}
	if bad.Line == 0 {
		return misuse(bad.Hint, "%w", bad)
	}
	before, at, after := bad.Excerpt(sql)
	before, at = safetext.Clean(before), safetext.Clean(at)
	if cut := safetext.TruncateLeft(before, 60, "…"); cut != before {
		before = cut
	}
	return misuse(bad.Hint, "%w", &placedError{
		error: fmt.Errorf("line %d, column %d: %w", bad.Line, bad.Col, bad),
		excerpt: []string{
			safetext.Truncate(before+at+safetext.Clean(after), 100, "…"),
			strings.Repeat(" ", safetext.Width(before)) + strings.Repeat("^", max(1, min(safetext.Width(at), 40))),
		},
	})
}

// placedError is a mistake in a text, with the lines that show where.
type placedError struct {
	error
	excerpt []string
}

// Unwrap is the mistake.
func (e *placedError) Unwrap() error { return e.error }

// namedColumns remembers the names of the columns that pass.
type namedColumns struct {
	queries.Writer
	names []string
}

func (w *namedColumns) Columns(columns []queries.Column) error {
	for _, c := range columns {
		w.names = append(w.names, c.Name)
	}
	return w.Writer.Columns(columns)
}

// twice are the names that several columns have.
func (w *namedColumns) twice() []string {
	var out []string
	seen := map[string]int{}
	for _, name := range w.names {
		if seen[name]++; seen[name] == 2 {
			out = append(out, name)
		}
	}
	return out
}

func (p *program) queryWriter(format string) queries.Writer {
	switch format {
	case formatJSON:
		return queries.NewJSON(p.out)
	case formatCSV:
		return queries.NewCSV(p.out)
	case formatTctl:
		return queries.NewTctl(p.out)
	}
	return &queryTable{p: p}
}
