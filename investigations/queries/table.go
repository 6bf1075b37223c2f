package queries

import (
	"context"
	"errors"
	"sync/atomic"
)

// Table is an answer in memory.
type Table struct {
	Columns []Column
	Rows    [][]any
	Summary Summary
	// Cut says that there are more rows than these.
	Cut bool
}

// Bounds keep a table from filling the memory.
type Bounds struct {
	Rows  int
	Bytes int64 // of its texts, roughly
}

// Collector is a [Sink] that keeps the rows.
type Collector struct {
	bounds  Bounds
	columns []Column
	rows    [][]any
	bytes   int64
	full    bool
	count   atomic.Int64
}

var _ Sink = (*Collector)(nil)

// errFull ends a query whose answer is as large as may be kept.
var errFull = errors.New("the answer is larger than what is kept")

// NewCollector makes an empty collector.
func NewCollector(b Bounds) *Collector { return &Collector{bounds: b} }

// Columns implements [Sink].
func (c *Collector) Columns(columns []Column) error {
	c.columns = append([]Column(nil), columns...)
	return nil
}

// Row implements [Sink].
func (c *Collector) Row(values []any) error {
	for _, v := range values {
		c.bytes += weight(v)
	}
	if c.bytes > c.bounds.Bytes {
		c.full = true
		return errFull
	}
	c.rows = append(c.rows, append([]any(nil), values...))
	c.count.Add(1)
	return nil
}

// Count is how many rows there are so far. It may be called while the query
// runs.
func (c *Collector) Count() int64 { return c.count.Load() }

// weight is roughly how much memory a value takes.
func weight(value any) int64 {
	const each = 16
	switch v := value.(type) {
	case string:
		return each + int64(len(v))
	case []any:
		n := int64(each)
		for _, e := range v {
			n += weight(e)
		}
		return n
	case Record:
		n := int64(each)
		for _, f := range v {
			n += each + weight(f.Value)
		}
		return n
	}
	return each
}

// Run asks an engine and keeps the answer. The collector must be new.
func (c *Collector) Run(ctx context.Context, e Engine, sql string) (Table, error) {
	s, err := e.Run(ctx, sql, c.bounds.Rows, c)
	if c.full && errors.Is(err, errFull) {
		err = nil
		s.Rows, s.Limited = len(c.rows), true
	}
	return Table{Columns: c.columns, Rows: c.rows, Summary: s, Cut: s.Limited}, err
}
