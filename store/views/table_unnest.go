package views

import (
	"strings"

	"zombiezen.com/go/sqlite"
)

// unnestTable is UNNEST as a table-valued function: the arrays are its hidden
// columns, and a shorter array ends in NULLs.
type unnestTable struct{ source *source }

func (t *unnestTable) connect(*sqlite.Conn, *sqlite.VTableConnectOptions) (sqlite.VTable, *sqlite.VTableConfig, error) {
	var columns []string
	for i := range t.source.columns {
		columns = append(columns, "c"+itoa(i))
	}
	for i := range t.source.unnest.args {
		columns = append(columns, "a"+itoa(i)+" HIDDEN")
	}
	return t, &sqlite.VTableConfig{Declaration: "CREATE TABLE x(" + strings.Join(columns, ", ") + ")"}, nil
}

// BestIndex insists on all arrays.
func (t *unnestTable) BestIndex(in *sqlite.IndexInputs) (*sqlite.IndexOutputs, error) {
	out := &sqlite.IndexOutputs{
		ConstraintUsage: make([]sqlite.IndexConstraintUsage, len(in.Constraints)),
		EstimatedCost:   10, EstimatedRows: 10,
	}
	found := 0
	for i, c := range in.Constraints {
		if arg := c.Column - len(t.source.columns); arg >= 0 && c.Op == sqlite.IndexConstraintEq && c.Usable {
			out.ConstraintUsage[i] = sqlite.IndexConstraintUsage{ArgvIndex: arg + 1, Omit: true}
			found++
		}
	}
	if found < len(t.source.unnest.args) {
		return nil, sqlite.ResultConstraint.ToError()
	}
	return out, nil
}

// Open makes a cursor.
func (t *unnestTable) Open() (sqlite.VTableCursor, error) { return &unnestCursor{table: t}, nil }

// Disconnect has nothing to release.
func (t *unnestTable) Disconnect() error { return nil }

// Destroy has nothing to tear down.
func (t *unnestTable) Destroy() error { return nil }

type unnestCursor struct {
	table  *unnestTable
	arrays [][]string
	at     int
	size   int
	row    []Value
}

// Filter takes the arrays.
func (c *unnestCursor) Filter(_ sqlite.IndexID, args []sqlite.Value) error {
	c.arrays, c.at, c.size = nil, -1, 0
	for _, a := range args {
		parts := elements(a.Text())
		c.arrays = append(c.arrays, parts)
		c.size = max(c.size, len(parts))
	}
	return c.Next()
}

// Next makes the row of the next element.
func (c *unnestCursor) Next() error {
	c.at++
	c.row = c.row[:0]
	for i, parts := range c.arrays {
		elem := c.table.source.unnest.args[i].typ.Elem
		raw := "null"
		if c.at < len(parts) {
			raw = parts[c.at]
		}
		if elem.Base != Row {
			c.row = append(c.row, decodePart(raw, elem))
			continue
		}
		fields := elements(raw)
		for k, f := range elem.Fields {
			v := Value{}
			if raw != "null" && k < len(fields) {
				v = decodePart(fields[k], f.Type)
			}
			c.row = append(c.row, v)
		}
	}
	if c.table.source.unnest.ordinality {
		c.row = append(c.row, intValue(int64(c.at+1)))
	}
	return nil
}

// EOF reports whether all elements are through.
func (c *unnestCursor) EOF() bool { return c.at >= c.size }

// Column is a value of the row; nobody asks for the arrays again.
func (c *unnestCursor) Column(i int, _ bool) (sqlite.Value, error) {
	if i >= len(c.row) {
		return sqlite.Value{}, nil
	}
	return toSQLite(c.row[i]), nil
}

// RowID is the place of the element.
func (c *unnestCursor) RowID() (int64, error) { return int64(c.at), nil }

// Close has nothing to release.
func (c *unnestCursor) Close() error { return nil }
