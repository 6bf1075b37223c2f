package tuitest

import (
	"cmp"
	"context"
	"strings"
	"time"

	"cordon/investigations/queries"
)

// Engine answers audit SQL from a list: the first entry whose key the SQL holds
// is the answer. It knows no SQL, so that what the page shows rests on nothing
// but the answer.
type Engine struct {
	// Called is its name; empty for "this case".
	Called string
	// Listed are its views; nil for two. Refuses, where it is set, is the answer
	// to everything that is asked.
	Listed  []queries.View
	Refuses error
	Answers []Answer
	// Asked are the statements that were run.
	Asked []string
	// Wait, where it is set, is read from before the first row.
	Wait chan struct{}
}

// Answer is what [Engine] says to SQL that holds a key.
type Answer struct {
	Key     string
	Columns []queries.Column
	Rows    [][]any
	Warning string
	Err     error
}

var _ queries.Engine = (*Engine)(nil)

// Name implements [queries.Engine].
func (e *Engine) Name() string { return cmp.Or(e.Called, "this case") }

// Views implements [queries.Engine].
func (e *Engine) Views(context.Context) ([]queries.View, error) {
	if e.Refuses != nil || e.Listed != nil {
		return e.Listed, e.Refuses
	}
	return []queries.View{
		{Name: "exec", Doc: "Commands.", Columns: []queries.Column{{Name: "event_date", Type: "date"}, {Name: "command", Type: "varchar"}, {Name: "user", Type: "varchar"}}},
		{Name: "session_start", Doc: "Sessions.", Columns: []queries.Column{{Name: "event_date", Type: "date"}, {Name: "sid", Type: "varchar"}, {Name: "user", Type: "varchar"}}},
	}, nil
}

// Run implements [queries.Engine].
func (e *Engine) Run(ctx context.Context, sql string, limit int, sink queries.Sink) (queries.Summary, error) {
	e.Asked = append(e.Asked, sql)
	if e.Refuses != nil {
		return queries.Summary{}, e.Refuses
	}
	var s queries.Summary
	if e.Called == "" { // a cluster does not say it
		s.Scanned = 16
	}
	for _, a := range e.Answers {
		if !strings.Contains(sql, a.Key) {
			continue
		}
		if a.Warning != "" {
			s.Warnings = []string{a.Warning}
		}
		if a.Err != nil {
			return s, a.Err
		}
		return e.send(ctx, a, limit, sink, s)
	}
	return s, sink.Columns([]queries.Column{{Name: "event_date", Type: "date"}, {Name: "count", Type: "bigint"}, {Name: "user", Type: "varchar"}})
}

func (e *Engine) send(ctx context.Context, a Answer, limit int, sink queries.Sink, s queries.Summary) (queries.Summary, error) {
	if err := sink.Columns(a.Columns); err != nil {
		return s, err
	}
	if e.Wait != nil {
		select {
		case <-e.Wait:
		case <-ctx.Done():
			return s, ctx.Err()
		}
	}
	for _, row := range a.Rows {
		if limit > 0 && s.Rows == limit {
			s.Limited = true
			return s, nil
		}
		s.Rows++
		if err := sink.Row(row); err != nil {
			return s, err
		}
	}
	return s, nil
}

// Day is midnight of a day of October 2026.
func Day(n int) time.Time { return time.Date(2026, 10, n, 0, 0, 0, 0, time.UTC) }

// NewClusterEngine returns an engine that answers as a cluster does: all values
// are texts, and it has views of its own.
func NewClusterEngine() *Engine {
	return &Engine{
		Called: "Access Monitoring of teleport.example.com, last 7 days",
		Listed: []queries.View{{Name: "session_data", Columns: []queries.Column{{Name: "user", Type: "varchar"}}}},
		Answers: []Answer{
			{Key: "access_requests", Columns: []queries.Column{
				{Name: "event_time", Type: "timestamp(3)"}, {Name: "addr_remote", Type: "varchar"}, {Name: "access_requests", Type: "array"}, {Name: "rows", Type: "bigint"}, {Name: "user", Type: "varchar"},
			}, Rows: [][]any{
				{"2026-10-06 22:03:33.374", "203.0.113.66:47004", "[7f1c0000-0000-4000-8000-000000000001]", "2", Dana.Name},
				{"2026-10-05 08:00:00.000", "198.51.100.7:51002", nil, "14", "omar@example.com\x1b[2J"},
			}},
			{Key: "nam FROM", Err: &queries.Error{Line: 2, Col: 3, Text: "Column 'nam' cannot be resolved", Hint: "these are the cluster's own words; the case answers the same SQL"}},
		},
	}
}

// NewEngine returns an engine that knows the sessions of the incident, with
// what an attacker could write into them, a report and a mistake.
func NewEngine() *Engine {
	const host = "2f9c7a10-0000-4000-8000-00000000000b"
	sessions := []queries.Column{
		{Name: "compromised_identity", Type: "varchar"},
		{Name: "threat_actor_ip", Type: "varchar"},
		{Name: "event_time", Type: "timestamp(3)"},
		{Name: "login", Type: "varchar"},
		{Name: "server_hostname", Type: "varchar"},
		{Name: "server_id", Type: "varchar"},
		{Name: "access_requests", Type: "array(varchar)"},
		{Name: "with_mfa", Type: "varchar"},
		{Name: "session_recording_id", Type: "varchar"},
		{Name: "uid", Type: "varchar"},
	}
	counts := []queries.Column{{Name: "event_date", Type: "date"}, {Name: "count", Type: "bigint"}, {Name: "user", Type: "varchar"}}
	return &Engine{Answers: []Answer{
		{Key: "session_recording_id", Columns: sessions, Rows: [][]any{
			{Dana.Name, "198.51.100.7:51002", T0.Add(-38 * time.Hour), "ubuntu", "jump-1", host, nil, nil, "4be1c9d2-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000003"},
			{Dana.Name, "203.0.113.66:47004", T0.Add(29 * time.Second), "root", "shop-1", host, []any{"7f1c0000-0000-4000-8000-000000000001"}, nil, Session, "00000000-0000-4000-8000-000000000013"},
		}},
		{Key: "hostile", Columns: []queries.Column{{Name: "a\x1b[31m\u202e", Type: "varchar"}, {Name: "b", Type: "row(x varchar)"}, {Name: "n", Type: "bigint"}, {Name: "empty", Type: "varchar"}}, Rows: [][]any{
			{"\x1b]0;owned\x07\x1b[2J\r\nsecond line", queries.Record{{Name: "x", Value: "\u202egnp.exe"}}, int64(-1), ""},
			{"=cmd|' /C calc'!A0", nil, nil, "\u200b\u00ad"},
			{strings.Repeat("東京", 300), queries.Record{{Name: "x", Value: strings.Repeat("e\u0301\u0301\u0301\u0301", 40)}}, int64(1 << 60), "\xff\xfe"},
		}},
		{Key: "nam FROM", Err: &queries.Error{Line: 2, Col: 3, Text: "There is no column nam in session_start.", Hint: "Did you mean namespace?"}},
		{Key: "login='root'", Columns: counts, Rows: [][]any{{Day(6), int64(1), Dana.Name}}},
		{Key: "proto='ssh'", Columns: counts, Rows: [][]any{{Day(5), int64(1), Dana.Name}, {Day(6), int64(7), Dana.Name}, {Day(6), int64(2), "omar@example.com"}}},
		{Key: "db_user='postgres'", Err: &queries.Error{Text: "The view could not be read."}},
	}}
}
