package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations/queries"
)

// auditReports are asked in audit SQL, as text.
var auditReports = []struct{ work, sql string }{
	{"sessions as root, by day and user", `SELECT event_date, user, count(*) FROM session_start WHERE login = 'root' GROUP BY event_date, user`},
	{"certificates, by day and user", `SELECT event_date, identity_user, count(*) FROM cert_create GROUP BY event_date, identity_user`},
	{"commands and hosts, by day and user", `SELECT event_date, user, count(*), count(DISTINCT server_hostname) FROM exec GROUP BY event_date, user`},
	{"access requests, by day and user", `SELECT event_date, user, count(*) FROM access_request_create GROUP BY event_date, user`},
	{"failed logins, by day and user", `SELECT event_date, user, count(*) FROM user_login WHERE code LIKE '%W' GROUP BY event_date, user`},
}

// reports asks the reports, and all questions of the Privileged Access Report as
// one piece of work.
func (p *prober) reports(ctx context.Context) error {
	for _, r := range auditReports {
		if err := p.report(ctx, workAudit+r.work, []string{r.sql}); err != nil {
			return err
		}
	}
	var texts []string
	for _, q := range queries.ReportQueries() {
		texts = append(texts, q.SQL)
	}
	return p.report(ctx, workPrivileged, texts)
}

// report asks audit SQL once for the rows, and again for the time.
func (p *prober) report(ctx context.Context, work string, texts []string) error {
	engine := p.c.Engine(time.Now)
	ask := func() (tables []*table, n int64, err error) {
		for _, sql := range texts {
			t := &table{}
			if _, err := engine.Run(ctx, sql, 0, t); err != nil {
				return nil, 0, fmt.Errorf("%s: %w", work, err)
			}
			tables = append(tables, t)
			n += int64(len(t.rows))
		}
		return tables, n, nil
	}
	tables, _, err := ask()
	if err != nil {
		return err
	}
	err = p.again(work, func() (int64, error) {
		_, n, err := ask()
		return n, err
	})
	if err == nil {
		p.samples[len(p.samples)-1].Answer = answerOf(tables)
	}
	return err
}

// table is an answer in memory.
type table struct{ rows [][]any }

// Columns implements [queries.Sink].
func (t *table) Columns([]queries.Column) error { return nil }

// Row implements [queries.Sink].
func (t *table) Row(values []any) error {
	t.rows = append(t.rows, slices.Clone(values))
	return nil
}

// answerOf is a hash of the rows of some answers, whatever their order: the
// peer's script hashes its own the same way.
func answerOf(tables []*table) string {
	sum := sha256.New()
	for _, t := range tables {
		var lines []string
		for _, row := range t.rows {
			var cells []string
			for _, v := range row {
				cells = append(cells, cellText(v))
			}
			lines = append(lines, strings.Join(cells, "\t"))
		}
		slices.Sort(lines)
		fmt.Fprint(sum, strings.Join(lines, "\n"), "\n\n")
	}
	return hex.EncodeToString(sum.Sum(nil))[:16]
}

// cellText is a value as DuckDB's package for node prints it.
func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return `\N`
	case time.Time:
		return v.Format(time.DateOnly)
	}
	return fmt.Sprint(v)
}
