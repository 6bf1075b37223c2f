// Package queries holds what a responder asks of an audit log in SQL: the
// engine that answers, as an interface, and the named queries that ship with
// cordon, the Privileged Access Report among them.
//
// The SQL is that of Teleport's Access Monitoring: its views, its columns and
// the Trino constructs of its documentation. Whichever engine answers is named
// beside the answer. An engine reads and never writes, whatever is typed.
package queries

import (
	"context"
	"strings"
)

// Engine answers audit SQL.
type Engine interface {
	// Name says who answers, in a few words, for example "this case".
	Name() string
	// Views lists the views that a query can name, by name.
	Views(ctx context.Context) ([]View, error)
	// Run answers one statement: the sink learns the columns once, then gets the
	// rows, at most limit of them (0: all). An *Error points into the text.
	Run(ctx context.Context, sql string, limit int, sink Sink) (Summary, error)
}

// Sink takes an answer while it is made. An error that it returns ends the
// query and comes back from Run.
type Sink interface {
	Columns(columns []Column) error
	// Row takes the values of one row, one for each column; the slice is used
	// again for the next row. A value is nil (NULL), bool, int64, float64,
	// string, time.Time (date and timestamp, UTC), time.Duration (interval),
	// []any (array) or Record (row).
	Row(values []any) error
}

// Column is one column of a view or of an answer.
type Column struct {
	Name string
	Type string // as Trino writes it: varchar, integer, array(varchar), …
}

// Record is a value of Trino's type row: named fields in their order.
type Record []Field

// Field is one field of a Record.
type Field struct {
	Name  string
	Value any
}

// View is a table that a query can name.
type View struct {
	Name  string
	Doc   string // one sentence
	Extra bool   // Access Monitoring does not offer it
	// Columns in the order of SELECT *.
	Columns []Column
	// Hidden are the columns that can be named but that SELECT * leaves out.
	Hidden []Column
}

// Summary says how an answer came about.
type Summary struct {
	Rows     int
	Limited  bool     // there are more rows than the limit
	Scanned  int64    // events that were looked at
	Warnings []string // sentences about what the answer cannot say
}

// Error is a statement that cannot be answered as it stands.
type Error struct {
	Line, Col int    // where, counted from 1 in characters; 0 when nowhere
	Text      string // one sentence
	Hint      string // what to type instead, or empty
}

// Error is the sentence, without its place.
func (e *Error) Error() string { return e.Text }

// Excerpt is the line of the text that the error points into: what stands in
// front of the place, what stands at it, and the rest of the line. All are empty
// where the error has no place in the text.
func (e *Error) Excerpt(sql string) (before, at, after string) {
	lines := strings.Split(sql, "\n")
	if e.Line < 1 || e.Line > len(lines) || e.Col < 1 {
		return "", "", ""
	}
	line := []rune(strings.TrimSuffix(lines[e.Line-1], "\r"))
	col := min(e.Col-1, len(line))
	before, rest := string(line[:col]), string(line[col:])
	if tokens := Tokens(rest); len(tokens) > 0 {
		at = rest[:tokens[0].End]
	}
	return before, at, rest[len(at):]
}
