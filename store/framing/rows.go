package framing

import (
	"fmt"
	"strings"

	"cordon/investigations/extract"
)

// dataColumn holds the event in Teleport's Athena table and all taken from it.
const dataColumn = "event_data"

// maxColumns bounds the columns of a result or sheet that are told apart.
const maxColumns = 256

// row reads the record as a row of a query result, {"data":["…",…]} as `tctl`
// prints it or {"Data":[{"VarCharValue":"…"},…]} as Athena answers. The first
// row names the columns and is no record. False when it is no such row.
func (u *unwrapper) row(s *sink, from, end int, p *parts) bool {
	if p.cells.empty() || !p.kind.empty() || p.bad {
		return false
	}
	cells, ok := u.rowCells(s.data[from+p.cells.from : from+p.cells.to])
	if !ok {
		return false
	}
	u.seen.rows++
	base := from + p.cells.from
	column := -1
	for i, c := range cells {
		if string(s.data[base+c.from:base+c.to]) == `"`+dataColumn+`"` {
			column = i
		}
	}
	if u.columns == nil || column >= 0 {
		u.columns = make([]string, len(cells))
		for i, c := range cells {
			if !c.empty() {
				u.columns[i] = string(extract.Unescape(nil, s.data[base+c.from+1:base+c.to-1]))
			}
		}
		return true
	}
	for i, name := range u.columns {
		if name == dataColumn {
			column = i
		}
	}
	switch {
	case column < 0:
		u.add(s, from, end, none("a row of a query result without an event_data column: "+columnList(u.columns)), from, FormWrapped)
	case column >= len(cells) || cells[column].empty():
		u.add(s, from, end, none("a row of a query result whose event_data is missing"), from, FormWrapped)
	default:
		c := cells[column]
		got := u.text(s.data[base+c.from:base+c.to], 0)
		u.addCell(s, from, end, got, base+c.from, c.to-c.from, FormWrapped)
	}
	return true
}

// rowCells lists the texts of a row; an empty span stands for no value.
func (u *unwrapper) rowCells(b []byte) ([]span, bool) {
	cells := u.cells[:0]
	m := walk(b)
	for len(cells) < maxColumns {
		from, to, ok := m.element()
		if !ok {
			break
		}
		switch b[from] {
		case '"':
		case '{':
			inner := walk(b[from:to])
			key, a, z, ok := inner.next()
			switch {
			case !ok && !inner.bad:
				from, to = 0, 0
			case ok && string(key) == "VarCharValue" && b[from+a] == '"':
				from, to = from+a, from+z
			default:
				return nil, false
			}
		case 'n':
			from, to = 0, 0
		default:
			return nil, false
		}
		cells = append(cells, span{from, to})
	}
	u.cells = cells
	return cells, len(cells) > 0 && !m.bad
}

// columnList names columns for a reason, not too long.
func columnList(names []string) string {
	const most = 8
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", cut(strings.Join(names[:most], ", ")), len(names)-most)
	}
	return cut(strings.Join(names, ", "))
}

// cut bounds text from evidence that goes into a reason.
func cut(s string) string {
	const most = 200
	if len(s) > most {
		return strings.ToValidUTF8(s[:most], "") + "…"
	}
	return s
}
