package views

import "context"

// Scanner reads the events behind a view. The case file is one; a test's list
// of lines is another. Several scans may be under way at once, also in turns on
// one goroutine.
type Scanner interface {
	// Scan yields the rows of one mention of a view, in no particular order, on
	// the goroutine that called it. The values are used again for the next row.
	// n is how many equal rows the call stands for: always 1 unless the scan is
	// Counted. An error of yield ends the scan and comes back as it is.
	Scan(ctx context.Context, s *Scan, yield func(row []Value, n int64) error) (Read, error)
}

// Read says what a scan went through.
type Read struct {
	Events    int64 // events that were looked at
	WrongType int64 // values given as NULL because their JSON type was not the column's
}

// Scan is what one mention of a view asks for: rows of these columns for which
// every condition is true.
type Scan struct {
	View *View
	// Columns are the columns that take part. A row holds the first Shown of
	// them; the others decide in conditions only. A row may hold them too.
	Columns []*Column
	Shown   int
	Where   []Condition
	// Counted says that equal rows may be given once, with their number.
	Counted bool
}

// Condition is a conjunct of a WHERE that concerns one view alone.
type Condition struct {
	// Uses are the columns that decide, as indexes into Scan.Columns. Where it
	// is one column, the answer depends on its value alone, so that it can be
	// asked once for each distinct value.
	Uses []int
	// Holds reports whether the condition is true (not false, not NULL) of the
	// values of the columns it uses, in that order. Several goroutines may ask.
	Holds func(values []Value) bool
	// Instants says of each column in Uses whether the condition takes its text
	// through from_iso8601_timestamp alone: Holds may then be given a Time, of
	// the same millisecond, for a text that is such a timestamp.
	Instants []bool
	// NotNull says of each column in Uses whether the condition surely does not
	// hold where it is NULL.
	NotNull []bool
	// Equals lists the only texts of the column Uses[0] for which the condition
	// can be true; nil when nothing of the kind is known. An index may use it.
	Equals []string
}
