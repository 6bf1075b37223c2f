package main

import (
	"fmt"

	"cordon/investigations/queries"
	"cordon/tui/safetext"
)

// queryTable prints an answer as a table, laid out for some hundred rows at a
// time. On a terminal that is too narrow for the table every row is printed as
// a record instead: one line for each column that is not NULL.
type queryTable struct {
	p       *program
	columns []queries.Column
	rows    [][]string
	printed int
	laidOut bool
	records bool
}

var _ queries.Writer = (*queryTable)(nil)

// Columns implements [queries.Sink].
func (t *queryTable) Columns(columns []queries.Column) error {
	t.columns = append(t.columns, columns...)
	return nil
}

// Row implements [queries.Sink].
func (t *queryTable) Row(values []any) error {
	row := make([]string, len(values))
	for i, v := range values {
		row[i] = cellText(v, t.columns[i].Type)
	}
	t.rows = append(t.rows, row)
	if len(t.rows) < tableRows {
		return nil
	}
	return t.flush()
}

// Close implements [queries.Writer].
func (t *queryTable) Close() error { return t.flush() }

func (t *queryTable) flush() error {
	if len(t.rows) == 0 {
		return nil
	}
	return t.p.print(t.layOut)
}

// layOut prints the rows that were gathered. The first ones decide the form.
func (t *queryTable) layOut(out *plain) {
	head := make([]string, len(t.columns))
	for i, c := range t.columns {
		head[i] = c.Name
	}
	table := append([][]string{head}, t.rows...)
	if !t.laidOut {
		t.laidOut, t.records = true, out.width > 0 && widthOf(out.form, table) > out.width
	}
	if t.records {
		t.writeRecords(out)
	} else {
		out.table(table, t.numbers()...)
	}
	t.printed += len(t.rows)
	t.rows = t.rows[:0]
}

// numbers are the columns that stand flush right.
func (t *queryTable) numbers() []int {
	var out []int
	for i, c := range t.columns {
		switch c.Type {
		case "integer", "bigint", "smallint", "tinyint", "double", "real":
			out = append(out, i)
		}
	}
	return out
}

func (t *queryTable) writeRecords(out *plain) {
	width := 0
	for _, c := range t.columns {
		width = max(width, safetext.Width(out.form.Clean(c.Name)))
	}
	for n, row := range t.rows {
		out.line("row %s", number(t.printed+n+1))
		for i, cell := range row {
			if cell != queries.Null {
				name := safetext.Fit(out.form.Clean(t.columns[i].Name), width, "")
				out.wrapped("  "+name+"  ", cell)
			}
		}
	}
}

// widthOf is how many columns of a terminal a table takes.
func widthOf(form safetext.Form, rows [][]string) int {
	var widths []int
	for _, row := range rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], safetext.Width(form.Clean(cell)))
		}
	}
	sum := max(0, len(widths)-1) * 2
	for _, w := range widths {
		sum += w
	}
	return sum
}

// schema prints the views, with their columns where they were asked for by name.
func (t *plain) schema(views []queries.View, named bool) {
	if !named {
		rows := [][]string{{"view", "columns", "what its rows are"}}
		for _, v := range views {
			doc := v.Doc
			if v.Extra {
				doc += " (not in Access Monitoring)"
			}
			rows = append(rows, []string{v.Name, fmt.Sprint(len(v.Columns)), doc})
		}
		t.table(rows, 1)
		return
	}
	for i, v := range views {
		if i > 0 {
			t.line("")
		}
		t.line("%s  %s", v.Name, v.Doc)
		var rows [][]string
		for _, c := range v.Columns {
			rows = append(rows, []string{" ", c.Name, c.Type})
		}
		for _, c := range v.Hidden {
			rows = append(rows, []string{" ", c.Name, c.Type + " (not in SELECT *)"})
		}
		t.table(rows)
	}
}

// named prints the named queries by group.
func (t *plain) named(all []queries.Named) {
	var rows [][]string
	for _, group := range groupsOf(all) {
		rows = append(rows, []string{string(group)})
		for _, n := range all {
			if n.Group != group {
				continue
			}
			title := n.Title
			if n.NeedsIdentity() {
				title += " (--identity)"
			}
			rows = append(rows, []string{"  " + n.Name, title})
		}
	}
	// The names of groups do not widen the first column.
	var block [][]string
	for _, row := range rows {
		if len(row) == 1 {
			t.table(block)
			block = nil
			t.line("%s", row[0])
			continue
		}
		block = append(block, row)
	}
	t.table(block)
}

func groupsOf(all []queries.Named) []queries.Group {
	var out []queries.Group
	seen := map[queries.Group]bool{}
	for _, n := range all {
		if !seen[n.Group] {
			seen[n.Group] = true
			out = append(out, n.Group)
		}
	}
	return out
}
