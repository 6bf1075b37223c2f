package store

import (
	"errors"
	"slices"

	"zombiezen.com/go/sqlite"

	"cordon/investigations"
	"cordon/store/views"
)

// posted lists the entities of which an event must involve one, by the index of
// the condition that says so: the condition wants one of some texts in a column,
// and every event with such a text there involves the entity it names.
func posted(conn *sqlite.Conn, events []string, ask *views.Scan) (map[int][]int64, error) {
	out := make(map[int][]int64)
	for i, cond := range ask.Where {
		if len(cond.Equals) == 0 || slices.Contains(cond.Equals, "") {
			continue
		}
		col := ask.Columns[cond.Uses[0]]
		if col.Source != views.FromPath || col.Type.Base != views.Varchar {
			continue
		}
		kinds := kindsNamed(events, pathOf(col))
		if len(kinds) == 0 {
			continue
		}
		entities := []int64{} // not nil: none of the texts may name anything
		for _, text := range cond.Equals {
			for _, k := range kinds {
				id, err := entityNumber(conn, investigations.Entity{Kind: k, Name: investigations.CanonicalName(k, text)})
				if err != nil {
					return nil, err
				}
				if id != 0 {
					entities = append(entities, id)
				}
			}
		}
		out[i] = entities
	}
	return out, nil
}

// kindsNamed are the kinds of entity that a text at a path names, whichever of
// the event types it stands in; none where in one of them it may name nothing,
// or something else than the text says.
func kindsNamed(events []string, path string) []investigations.Kind {
	var kinds []investigations.Kind
	for _, event := range events {
		if real, ok := investigations.Aliases[event]; ok {
			event = real
		}
		named := false
		for _, row := range investigations.RowsFor(event) {
			switch {
			case row.Field != path:
			case row.When.Field != "" || row.Port || row.Kind == investigations.KindUnknown || row.Kind == investigations.KindAddress:
				return nil
			default:
				named = true
				if !slices.Contains(kinds, row.Kind) {
					kinds = append(kinds, row.Kind)
				}
			}
		}
		if !named {
			return nil
		}
	}
	return kinds
}

// keepPosted leaves the events that involve one of some entities.
func (w *columnScan) keepPosted(entities []int64) error {
	ids, err := w.events()
	if err != nil {
		return err
	}
	var involved []int64
	stmt, err := w.conn.Prepare(`SELECT lists FROM posting WHERE entity = ? AND segment = ?`)
	if err != nil {
		return err
	}
	defer stmt.Reset()
	for _, entity := range entities {
		stmt.BindInt64(1, entity)
		stmt.BindInt64(2, w.segment)
		row, err := stmt.Step()
		if err != nil {
			return err
		}
		if row {
			err = eachList(w.segment, columnBlob(stmt, 0), nil, func(l list) error { involved = append(involved, l.ids...); return nil })
		}
		if err = errors.Join(err, stmt.Reset()); err != nil {
			return err
		}
	}
	slices.Sort(involved)
	left := w.alive[:0]
	for _, i := range w.alive {
		if _, ok := slices.BinarySearch(involved, ids[i]); ok {
			left = append(left, i)
		}
	}
	w.alive = left
	return nil
}
