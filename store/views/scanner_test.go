package views

import (
	"bytes"
	"context"
	"testing"
	"time"

	"github.com/valyala/fastjson"

	"cordon/investigations/queries"
)

// lineScanner is a log in memory, read the slow and plain way.
type lineScanner [][]byte

func linesOf(text string) lineScanner {
	var lines lineScanner
	for line := range bytes.Lines([]byte(text)) {
		if line = bytes.TrimRight(line, "\n"); len(bytes.TrimSpace(line)) > 0 {
			lines = append(lines, line)
		}
	}
	return lines
}

func (l lineScanner) Scan(ctx context.Context, s *Scan, yield func([]Value, int64) error) (Read, error) {
	var read Read
	var p fastjson.Parser
	row := make([]Value, len(s.Columns))
	for _, line := range l {
		if err := ctx.Err(); err != nil {
			return read, err
		}
		event, err := p.ParseBytes(line)
		if err != nil {
			return read, err
		}
		if s.View.Event != "" && string(event.GetStringBytes("event")) != s.View.Event {
			continue
		}
		read.Events++
		for i, c := range s.Columns {
			v, wrong := c.Read(event)
			if c.Source == FromLine {
				v = textValue(string(line))
			}
			if wrong {
				read.WrongType++
			}
			row[i] = v
		}
		if !holdsAll(s, row) {
			continue
		}
		if err := yield(row[:s.Shown], 1); err != nil {
			return read, err
		}
	}
	return read, nil
}

func holdsAll(s *Scan, row []Value) bool {
	for _, c := range s.Where {
		values := make([]Value, len(c.Uses))
		for i, at := range c.Uses {
			values[i] = row[at]
		}
		if !c.Holds(values) {
			return false
		}
	}
	return true
}

// table is an answer held in memory.
type table struct {
	columns []queries.Column
	rows    [][]any
}

func (t *table) Columns(columns []queries.Column) error {
	t.columns = columns
	return nil
}

func (t *table) Row(values []any) error {
	t.rows = append(t.rows, append([]any(nil), values...))
	return nil
}

var noon = time.Date(2025, 3, 1, 12, 0, 0, 0, time.UTC)

func newTestEngine(lines lineScanner) *Engine {
	return New(lines, func() time.Time { return noon }, "the test")
}

// ask runs a statement that must be answered.
func ask(t testing.TB, lines lineScanner, sql string) (*table, queries.Summary) {
	t.Helper()
	var out table
	summary, err := newTestEngine(lines).Run(t.Context(), sql, 0, &out)
	if err != nil {
		t.Fatalf("%s\n%v", sql, err)
	}
	return &out, summary
}
