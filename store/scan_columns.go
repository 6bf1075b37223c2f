package store

import (
	"context"
	"fmt"
	"slices"

	"zombiezen.com/go/sqlite"

	"cordon/store/views"
)

// columnScan reads rows of a view, one segment at a time. It is for one goroutine.
type columnScan struct {
	conn  *sqlite.Conn
	ask   *views.Scan
	fresh func() *rowBatch
	send  func(*rowBatch) error

	raws    *rawReader
	unpack  unpacker
	convert converter
	lines   *lineColumns
	posted  map[int][]int64 // see posted

	segment int64
	types   map[int64]bool // of the view
	n       int            // events of the view in the segment
	ids     []int64        // of them, once they are needed
	stored  *columnSegment // what the case keeps of them by column, nil for nothing
	alive   []uint32       // which of them the conditions leave
	vectors []vector
	rooms   [][]uint32 // for codes, by column
	times   []int64    // of the events that are alive, by place among ids
	batch   *rowBatch
	args    []views.Value // of a condition
	wrong   int64         // values that were of another type than their column
}

func newColumnScan(conn *sqlite.Conn, ask *views.Scan, types map[int64]bool, fresh func() *rowBatch, send func(*rowBatch) error) *columnScan {
	return &columnScan{
		conn: conn, ask: ask, types: types, fresh: fresh, send: send, raws: newRawReader(conn),
		vectors: make([]vector, len(ask.Columns)), rooms: make([][]uint32, len(ask.Columns)),
	}
}

func (w *columnScan) close() { w.raws.close() }

// begin goes to a segment and finds how many events the view has in it.
func (w *columnScan) begin(segment int64) (err error) {
	w.segment, w.ids, w.times, w.stored = segment, nil, nil, nil
	if w.ask.View.Event != "" {
		if w.stored, err = readColumns(w.conn, w.ask.View.Event, segment); err != nil {
			return err
		}
	}
	if w.stored != nil {
		most, err := selectInt(w.conn, `SELECT coalesce(max(id), 0) FROM event`)
		if err == nil && int64(w.stored.n) > most {
			err = fmt.Errorf("the case file is damaged: the columns of %s from %d on are of more events than it holds", w.ask.View.Event, segment)
		}
		w.n = w.stored.n
		return err
	}
	w.ids, err = eventsOfTypes(w.conn, segment, w.types)
	w.n = len(w.ids)
	return err
}

// events lists the events of the view in the segment.
func (w *columnScan) events() (_ []int64, err error) {
	if w.ids != nil {
		return w.ids, nil
	}
	if w.ids, err = eventsOfTypes(w.conn, w.segment, w.types); err == nil && len(w.ids) != w.n {
		err = fmt.Errorf("the case file is damaged: the columns of %s from %d on are of %d events, not %d", w.ask.View.Event, w.segment, w.n, len(w.ids))
	}
	return w.ids, err
}

// run gives the rows of those events of the segment that stand in alive and meet
// the conditions.
func (w *columnScan) run(ctx context.Context) error {
	for i, col := range w.ask.Columns {
		var err error
		if w.vectors[i], err = w.vector(i, col); err != nil {
			return err
		}
	}
	done := make([]bool, len(w.ask.Where))
	for i, cond := range w.ask.Where {
		if len(cond.Uses) != 1 || !w.vectors[cond.Uses[0]].coded() {
			continue
		}
		if err := w.keepCodes(&w.vectors[cond.Uses[0]], cond.Holds); err != nil || len(w.alive) == 0 {
			return err
		}
		done[i] = true
	}
	for i, cond := range w.ask.Where {
		if done[i] || slices.ContainsFunc(cond.Uses, func(u int) bool { return w.vectors[u].from == fromLines }) {
			continue
		}
		if err := w.keep(cond); err != nil || len(w.alive) == 0 {
			return err
		}
		done[i] = true
	}
	var left []views.Condition
	for i, cond := range w.ask.Where {
		if done[i] {
			continue
		}
		left = append(left, cond)
		if entities, ok := w.posted[i]; ok {
			if err := w.keepPosted(entities); err != nil || len(w.alive) == 0 {
				return err
			}
		}
	}
	shown := w.vectors[:w.ask.Shown]
	if len(left) > 0 || slices.ContainsFunc(shown, func(v vector) bool { return v.from == fromLines }) {
		return w.readLines(ctx, left)
	}
	for i := range shown {
		if err := w.load(&shown[i]); err != nil {
			return err
		}
	}
	if w.ask.Counted && !slices.ContainsFunc(shown, func(v vector) bool { return !v.coded() }) {
		return w.count(ctx, shown)
	}
	return w.rows(ctx, shown)
}

// vector finds where the values of a column come from.
func (w *columnScan) vector(i int, col *views.Column) (vector, error) {
	lines := vector{column: col, from: fromLines}
	switch col.Source {
	case views.FromTime:
		return vector{column: col, from: fromClock}, nil
	case views.FromDay:
		if w.stored != nil {
			v, err := dayVector(col, w.stored, w.rooms[i])
			w.rooms[i] = v.codes
			return v, err
		}
		return vector{column: col, from: fromClock}, nil
	case views.FromBlank:
		return vector{column: col, values: make([]views.Value, 1)}, nil
	case views.FromLine:
		return lines, nil
	}
	if w.stored == nil {
		return lines, nil
	}
	c := w.stored.column(pathOf(col))
	if c == nil {
		return lines, nil
	}
	v, ok, err := w.convert.storedVector(&w.unpack, col, c)
	if err != nil {
		return v, fmt.Errorf("read column %s: %w", col.Name, err)
	}
	if !ok {
		return lines, nil
	}
	v.room = &w.rooms[i]
	return v, nil
}

// load reads what a vector needs to tell its values.
func (w *columnScan) load(v *vector) (err error) {
	if v.stored != nil {
		if v.codes, v.all, err = w.unpack.codesOf(v.stored, w.n, *v.room); err != nil {
			return fmt.Errorf("read column %s: %w", v.column.Name, err)
		}
		*v.room = v.codes
		v.stored = nil
		for _, i := range w.alive {
			if v.wrong != nil && v.wrong[v.code(i)] {
				w.wrong++
			}
		}
	}
	if v.dated() && w.times == nil {
		ids, err := w.events()
		if err != nil {
			return err
		}
		if w.times, err = eventTimes(w.conn, ids, w.alive); err != nil {
			return err
		}
	}
	return nil
}

// keepCodes leaves the events for whose value in one column a condition holds.
// It is asked once for each value.
func (w *columnScan) keepCodes(v *vector, holds func([]views.Value) bool) error {
	ok := make([]bool, len(v.values))
	some, all := false, true
	for code := range v.values {
		ok[code] = holds(v.values[code : code+1])
		some, all = some || ok[code], all && ok[code]
	}
	switch {
	case !some:
		w.alive = w.alive[:0]
		return nil
	case all && v.wrong == nil: // else they are counted
		return nil
	}
	if err := w.load(v); err != nil {
		return err
	}
	left := w.alive[:0]
	for _, i := range w.alive {
		if ok[v.code(i)] {
			left = append(left, i)
		}
	}
	w.alive = left
	return nil
}

// keep leaves the events for which a condition holds.
func (w *columnScan) keep(cond views.Condition) error {
	for n, u := range cond.Uses {
		if v := &w.vectors[u]; v.from == fromCodes && len(cond.NotNull) > 0 && cond.NotNull[n] {
			if err := w.keepCodes(v, notNull); err != nil || len(w.alive) == 0 {
				return err
			}
		}
	}
	for _, u := range cond.Uses {
		if err := w.load(&w.vectors[u]); err != nil {
			return err
		}
	}
	w.args = slices.Grow(w.args[:0], len(cond.Uses))[:len(cond.Uses)]
	left := w.alive[:0]
	for _, i := range w.alive {
		for n, u := range cond.Uses {
			w.args[n] = w.argument(&w.vectors[u], i, len(cond.Instants) > 0 && cond.Instants[n])
		}
		if cond.Holds(w.args) {
			left = append(left, i)
		}
	}
	w.alive = left
	return nil
}

func notNull(values []views.Value) bool { return values[0].Kind != views.Null }

// argument is the value of a vector for a condition, which may take a time for
// the text that tells it.
func (w *columnScan) argument(v *vector, i uint32, instant bool) views.Value {
	if instant && v.relative != nil {
		if r := v.relative[v.code(i)]; r.unit != 0 {
			return views.Value{Kind: views.Time, Int: r.millisecond(w.times[i])}
		}
	}
	return w.value(v, i)
}

// value is the value of a vector that is loaded for an event.
func (w *columnScan) value(v *vector, i uint32) views.Value {
	if v.from == fromClock {
		if w.times[i] == 0 {
			return views.Value{}
		}
		return v.column.At(w.times[i])
	}
	code := v.code(i)
	if v.relative != nil && v.relative[code].unit != 0 {
		value, _ := w.convert.relativeValue(v.column, v.relative[code], w.times[i])
		return value
	}
	return v.values[code]
}

// rows gives the row of each event that is alive.
func (w *columnScan) rows(ctx context.Context, shown []vector) error {
	for n, i := range w.alive {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		id := int64(0)
		if w.ids != nil {
			id = w.ids[i]
		}
		row := w.row(id, 1)
		for c := range shown {
			row[c] = w.value(&shown[c], i)
			w.batch.bytes += len(row[c].Text)
		}
		if err := w.sendFull(); err != nil {
			return err
		}
	}
	return w.sendRest()
}

// count gives each row once, with the number of events it stands for.
func (w *columnScan) count(ctx context.Context, shown []vector) error {
	groups := 1
	for i := range shown {
		if groups *= len(shown[i].values); groups > 1<<40 {
			return w.rows(ctx, shown)
		}
	}
	n := w.tally(shown, groups)
	for group, n := range n {
		row := w.row(0, n)
		for c := len(shown) - 1; c >= 0; c-- {
			size := len(shown[c].values)
			row[c] = shown[c].values[group%size]
			w.batch.bytes += len(row[c].Text)
			group /= size
		}
		if err := w.sendFull(); err != nil {
			return err
		}
	}
	return w.sendRest()
}

// tally counts the events that are alive by the codes of their values, as one
// number in which each column is a digit.
func (w *columnScan) tally(shown []vector, groups int) func(yield func(group int, n int64) bool) {
	number := func(i uint32) int {
		group := 0
		for c := range shown {
			group = group*len(shown[c].values) + int(shown[c].code(i))
		}
		return group
	}
	if groups > 4*len(w.alive)+1024 {
		counts := make(map[int]int64)
		for _, i := range w.alive {
			counts[number(i)]++
		}
		return func(yield func(int, int64) bool) {
			for group, n := range counts {
				if !yield(group, n) {
					return
				}
			}
		}
	}
	counts := make([]int64, groups)
	for _, i := range w.alive {
		counts[number(i)]++
	}
	return func(yield func(int, int64) bool) {
		for group, n := range counts {
			if n > 0 && !yield(group, n) {
				return
			}
		}
	}
}

// row begins a row of the batch.
func (w *columnScan) row(event, n int64) []views.Value {
	if w.batch == nil {
		w.batch = w.fresh()
	}
	return w.batch.row(event, n)
}

func (w *columnScan) sendFull() error {
	if w.batch.full() {
		return w.sendRest()
	}
	return nil
}

// sendRest sends the batch begun.
func (w *columnScan) sendRest() error {
	if w.batch == nil {
		return nil
	}
	b := w.batch
	w.batch = nil
	return w.send(b)
}
