package store

import (
	"context"
	"fmt"
	"slices"

	"cordon/investigations/extract"
	"cordon/store/views"
)

// lineColumns are the columns of a scan that are read from lines.
type lineColumns struct {
	picker *extract.Picker
	of     []int // indexes into the columns of the scan, in the picker's order
}

// readLines gives the rows of the events that are alive for which the conditions
// left hold, some of whose columns are read from lines.
func (w *columnScan) readLines(ctx context.Context, left []views.Condition) error {
	ids, err := w.events()
	if err != nil {
		return err
	}
	var paths [][]string
	w.lines = &lineColumns{}
	whole := -1
	needed := w.needed(left)
	for i := range w.vectors {
		v := &w.vectors[i]
		switch {
		case !needed[i]:
		case v.from != fromLines:
			if err := w.load(v); err != nil {
				return err
			}
		case v.column.Source == views.FromLine:
			whole = i
		default:
			w.lines.of = append(w.lines.of, i)
			paths = append(paths, v.column.Path)
		}
	}
	w.lines.picker = extract.NewPicker(paths)
	row := make([]views.Value, len(w.vectors))
	for _, i := range w.alive {
		if err := ctx.Err(); err != nil {
			return err
		}
		line, err := w.raws.event(ids[i])
		if err != nil {
			return err
		}
		if err := w.fill(row, line); err != nil {
			return fmt.Errorf("read event %d: %w", ids[i], err)
		}
		for c := range w.vectors {
			if needed[c] && w.vectors[c].from != fromLines {
				row[c] = w.value(&w.vectors[c], i)
			}
		}
		if whole >= 0 {
			row[whole] = views.Value{Kind: views.Text, Text: string(line)}
		}
		if !w.holds(left, row) {
			continue
		}
		copied := w.row(ids[i], 1)
		copy(copied, row)
		for _, v := range copied {
			w.batch.bytes += len(v.Text)
		}
		if err := w.sendFull(); err != nil {
			return err
		}
	}
	return w.sendRest()
}

// needed says which columns a row or the conditions left use.
func (w *columnScan) needed(left []views.Condition) []bool {
	out := make([]bool, len(w.vectors))
	for i := range w.ask.Shown {
		out[i] = true
	}
	for _, cond := range left {
		for _, u := range cond.Uses {
			out[u] = true
		}
	}
	return out
}

// fill sets the values of a row that stand in its line.
func (w *columnScan) fill(row []views.Value, line []byte) error {
	if len(w.lines.of) == 0 {
		return nil
	}
	cells, err := w.lines.picker.Pick(line)
	if err != nil {
		return err
	}
	for n, c := range w.lines.of {
		var wrong bool
		if row[c], wrong = w.convert.value(w.vectors[c].column, cells[n].Of(line)); wrong {
			w.wrong++
		}
	}
	return nil
}

func (w *columnScan) holds(conds []views.Condition, row []views.Value) bool {
	for _, cond := range conds {
		w.args = slices.Grow(w.args[:0], len(cond.Uses))[:len(cond.Uses)]
		for n, u := range cond.Uses {
			w.args[n] = row[u]
		}
		if !cond.Holds(w.args) {
			return false
		}
	}
	return true
}
