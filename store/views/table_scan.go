package views

import (
	"errors"
	"iter"
	"strings"

	"zombiezen.com/go/sqlite"
)

// scanTable is one mention of a view as a virtual table.
type scanTable struct {
	run     *run
	program *scanProgram
}

func (t *scanTable) connect(*sqlite.Conn, *sqlite.VTableConnectOptions) (sqlite.VTable, *sqlite.VTableConfig, error) {
	columns := append([]string(nil), t.program.columns...)
	if t.program.scan.Counted {
		columns = append(columns, "n")
	}
	if len(columns) == 0 {
		columns = []string{"z"}
	}
	return t, &sqlite.VTableConfig{Declaration: "CREATE TABLE x(" + strings.Join(columns, ", ") + ")"}, nil
}

// BestIndex offers one way: the whole scan. What could narrow it is in it.
func (t *scanTable) BestIndex(*sqlite.IndexInputs) (*sqlite.IndexOutputs, error) {
	return &sqlite.IndexOutputs{EstimatedCost: 1e7, EstimatedRows: 1e6}, nil
}

// Open makes a cursor, which scans anew.
func (t *scanTable) Open() (sqlite.VTableCursor, error) { return &scanCursor{table: t}, nil }

// Disconnect has nothing to release.
func (t *scanTable) Disconnect() error { return nil }

// Destroy has nothing to tear down.
func (t *scanTable) Destroy() error { return nil }

// scanCursor pulls the rows out of a scan, one at a time and without copying.
type scanCursor struct {
	table *scanTable
	next  func() (scanRow, bool)
	stop  func()
	row   scanRow
	more  bool
	id    int64
}

type scanRow struct {
	values []Value
	n      int64
}

// errStopped ends a scan of which no more rows are wanted.
var errStopped = errors.New("no more rows are wanted")

// Filter begins the scan.
func (c *scanCursor) Filter(sqlite.IndexID, []sqlite.Value) error {
	if err := c.Close(); err != nil {
		return err
	}
	run := c.table.run
	c.next, c.stop = iter.Pull(func(yield func(scanRow) bool) {
		read, err := run.scanner.Scan(run.ctx, c.table.program.scan, func(values []Value, n int64) error {
			if !yield(scanRow{values, n}) {
				return errStopped
			}
			return nil
		})
		run.read.Events += read.Events
		run.read.WrongType += read.WrongType
		if err != nil && !errors.Is(err, errStopped) {
			run.fail(err)
		}
	})
	return c.Next()
}

// Next moves to the next row.
func (c *scanCursor) Next() error {
	c.row, c.more = c.next()
	c.id++
	if !c.more {
		return c.table.run.failure
	}
	return nil
}

// EOF reports whether there are no more rows.
func (c *scanCursor) EOF() bool { return !c.more }

// Column is a value of the row.
func (c *scanCursor) Column(i int, _ bool) (sqlite.Value, error) {
	if i == len(c.table.program.columns) {
		return sqlite.IntegerValue(c.row.n), nil
	}
	return toSQLite(c.row.values[i]), nil
}

// RowID is the place of the row in the scan.
func (c *scanCursor) RowID() (int64, error) { return c.id, nil }

// Close ends the scan.
func (c *scanCursor) Close() error {
	if c.stop != nil {
		c.stop()
	}
	return nil
}
