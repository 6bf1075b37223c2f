package queries

import (
	"context"
	"strings"
	"time"
)

// fakeEngine gives the same answer to every query, or the error.
type fakeEngine struct {
	columns []Column
	rows    [][]any
	err     error
	asked   []string
	failOn  string // the error comes for queries that hold this
}

func (e *fakeEngine) Name() string { return "a fake" }

func (e *fakeEngine) Views(context.Context) ([]View, error) { return testViews, nil }

func (e *fakeEngine) Run(ctx context.Context, sql string, limit int, sink Sink) (Summary, error) {
	e.asked = append(e.asked, sql)
	if e.err != nil && strings.Contains(sql, e.failOn) {
		return Summary{}, e.err
	}
	if err := sink.Columns(e.columns); err != nil {
		return Summary{}, err
	}
	scratch := make([]any, len(e.columns))
	s := Summary{}
	for _, row := range e.rows {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		if limit > 0 && s.Rows == limit {
			s.Limited = true
			return s, nil
		}
		copy(scratch, row)
		s.Rows++
		if err := sink.Row(scratch); err != nil {
			return s, err
		}
	}
	return s, nil
}

var testViews = []View{
	{Name: "cert_create", Columns: []Column{{Name: "event_date", Type: "date"}, {Name: "identity_user", Type: "varchar"}, {Name: "identity_roles", Type: "array(varchar)"}}},
	{Name: "exec", Columns: []Column{{Name: "event_date", Type: "date"}, {Name: "command", Type: "varchar"}, {Name: "exitCode", Type: "varchar"}, {Name: "user", Type: "varchar"}}},
	{Name: "session_start", Columns: []Column{{Name: "event_date", Type: "date"}, {Name: "sid", Type: "varchar"}, {Name: "user", Type: "varchar"}}},
}

func day(n int) time.Time { return time.Date(2026, 10, n, 0, 0, 0, 0, time.UTC) }
