package views

import (
	"context"
	"fmt"
	"strings"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations/queries"
)

const (
	maxValue = 128 << 20 // bytes of one value that SQLite makes
	cacheKiB = 64 << 10  // what SQLite keeps in memory of a sort or a join; the rest is in a temporary file
)

// run is one statement while it is answered.
type run struct {
	ctx     context.Context
	scanner Scanner
	program *program
	read    Read
	// failure is the first error of a scan or a function. SQLite hands on its
	// text alone.
	failure error
}

func (r *run) fail(err error) {
	if r.failure == nil {
		r.failure = err
	}
}

// answer runs the program on a connection of its own that holds nothing but the
// scans.
func (r *run) answer(limit int, sink queries.Sink) (queries.Summary, error) {
	var summary queries.Summary
	conn, err := sqlite.OpenConn(":memory:", sqlite.OpenReadWrite, sqlite.OpenMemory)
	if err != nil {
		return summary, fmt.Errorf("open the query engine: %w", err)
	}
	defer conn.Close()
	if err := r.prepare(conn); err != nil {
		return summary, fmt.Errorf("set up the query engine: %w", err)
	}
	conn.SetInterrupt(r.ctx.Done())
	defer conn.SetInterrupt(nil)
	stmt, _, err := conn.PrepareTransient(r.program.sql)
	if err != nil {
		return summary, r.explain(err)
	}
	defer stmt.Finalize()
	for i, v := range r.program.params {
		if v.Kind == Float {
			stmt.BindFloat(i+1, v.float())
		} else {
			stmt.BindText(i+1, v.Text)
		}
	}
	columns := make([]queries.Column, len(r.program.columns))
	for i, c := range r.program.columns {
		columns[i] = queries.Column{Name: c.name, Type: c.typ.String()}
	}
	if err := sink.Columns(columns); err != nil {
		return summary, err
	}
	err = r.rows(stmt, limit, sink, &summary)
	summary.Scanned = r.read.Events
	summary.Warnings = r.warnings()
	return summary, err
}

func (r *run) rows(stmt *sqlite.Stmt, limit int, sink queries.Sink, summary *queries.Summary) error {
	row := make([]any, len(r.program.columns))
	for {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		more, err := stmt.Step()
		if err != nil {
			return r.explain(err)
		}
		if !more {
			return nil
		}
		if limit > 0 && summary.Rows == limit {
			summary.Limited = true
			return nil
		}
		for i, c := range r.program.columns {
			row[i] = columnValue(stmt, i, c.typ)
		}
		if err := sink.Row(row); err != nil {
			return err
		}
		summary.Rows++
	}
}

// prepare gives the connection its limits, the tables and the functions of the
// program, and lets it do nothing but read them. An authorizer would say the
// same: it is not used, because the binding keeps authorizers by the address of
// a connection and loses one when another connection is closed at that moment.
func (r *run) prepare(conn *sqlite.Conn) error {
	setup := fmt.Sprintf("PRAGMA temp_store = FILE; PRAGMA cache_size = -%d; PRAGMA trusted_schema = OFF; PRAGMA query_only = ON;", cacheKiB)
	if err := sqlitex.ExecuteScript(conn, setup, nil); err != nil {
		return err
	}
	conn.Limit(sqlite.LimitLength, maxValue)
	conn.Limit(sqlite.LimitAttached, 0)
	for _, s := range r.program.scans {
		if err := conn.SetModule(s.name, &sqlite.Module{Connect: (&scanTable{run: r, program: s}).connect}); err != nil {
			return err
		}
	}
	for _, src := range r.program.unnests {
		if err := conn.SetModule("unnest_"+itoa(src.id), &sqlite.Module{Connect: (&unnestTable{source: src}).connect}); err != nil {
			return err
		}
	}
	for _, f := range r.program.functions {
		if err := conn.CreateFunction(f.name, f.implementation(r)); err != nil {
			return err
		}
	}
	for _, c := range r.program.collects {
		if err := conn.CreateFunction(c.name, c.implementation(r)); err != nil {
			return err
		}
	}
	return nil
}

func (f *fused) implementation(r *run) *sqlite.FunctionImpl {
	values := make([]Value, len(f.leaves))
	return &sqlite.FunctionImpl{
		NArgs: len(f.leaves), Deterministic: true,
		Scalar: func(_ sqlite.Context, args []sqlite.Value) (sqlite.Value, error) {
			for i, a := range args {
				values[i] = fromSQLite(a, f.leaves[i].typ)
			}
			v, err := f.eval(&frame{row: values})
			if err != nil {
				r.fail(err)
			}
			return toSQLite(v), err
		},
	}
}

func (c *collectProgram) implementation(r *run) *sqlite.FunctionImpl {
	var types []*Type
	for _, a := range c.node.args {
		types = append(types, a.typ)
	}
	return &sqlite.FunctionImpl{
		NArgs: len(types), Deterministic: true,
		MakeAggregate: func(sqlite.Context) (sqlite.AggregateFunction, error) {
			return &collecting{
				collector: c.node.agg.def.collect(c.node), types: types,
				args: make([]Value, len(types)), fail: r.fail,
			}, nil
		},
	}
}

// explain turns an error of SQLite into one for the person who typed.
func (r *run) explain(err error) error {
	if ctxErr := r.ctx.Err(); ctxErr != nil {
		return ctxErr
	}
	if r.failure != nil {
		return r.failure
	}
	switch code := sqlite.ErrCode(err).ToPrimary(); {
	case code == sqlite.ResultInterrupt:
		return context.Canceled
	case code == sqlite.ResultTooBig:
		return &queries.Error{Text: fmt.Sprintf("A value grows beyond %d MiB.", maxValue>>20), Hint: "Group by more columns, or filter."}
	case code == sqlite.ResultFull || code == sqlite.ResultIOErr:
		return fmt.Errorf("the query needs more space for sorting than there is in the folder for temporary files: %w", err)
	case strings.Contains(err.Error(), "integer overflow"):
		return &queries.Error{Text: "The sum does not fit 64 bits.", Hint: "Write sum(CAST(… AS double))."}
	}
	for _, limit := range []string{"Expression tree is too large", "stack overflow", "too many", "at most"} {
		if strings.Contains(err.Error(), limit) {
			return &queries.Error{Text: "The statement is nested too deeply or joins too much.", Hint: "Ask in parts."}
		}
	}
	return fmt.Errorf("answer the query: %w", err)
}

// warnings are the sentences about what the answer cannot say.
func (r *run) warnings() []string {
	var list []string
	if n := r.read.WrongType; n > 0 {
		values := "1 value has"
		if n > 1 {
			values = fmt.Sprintf("%d values have", n)
		}
		list = append(list, values+" another JSON type than the column and count as NULL; event_data shows the line.")
	}
	return append(list, r.program.notes.sentences()...)
}

// columnValue reads a column of the answer as what queries.Sink takes.
func columnValue(stmt *sqlite.Stmt, i int, t *Type) any {
	if stmt.ColumnIsNull(i) {
		return nil
	}
	switch k := t.kind(); k {
	case Text:
		return stmt.ColumnText(i)
	case JSON:
		return goValue(Value{Kind: JSON, Text: stmt.ColumnText(i)}, t)
	case Float:
		return stmt.ColumnFloat(i)
	case Null:
		return nil
	default:
		return goValue(Value{Kind: k, Int: stmt.ColumnInt64(i)}, t)
	}
}

// goValue is a value as what queries.Sink takes.
func goValue(v Value, t *Type) any {
	switch {
	case v.null():
		return nil
	case t.Base == Boolean:
		return v.Int != 0
	case t.Base == DateType || t.timestamp():
		return v.asTime()
	case t.Base == IntervalDay:
		return time.Duration(v.Int) * time.Millisecond
	case t.is(IntervalMonth):
		return formatValue(v, t)
	case t.Base == Double:
		return v.float()
	case t.Base == Array:
		list := []any{}
		for _, raw := range elements(v.Text) {
			list = append(list, goValue(decodePart(raw, t.Elem), t.Elem))
		}
		return list
	case t.Base == Row:
		record := queries.Record{}
		for i, raw := range elements(v.Text) {
			f := t.Fields[i]
			record = append(record, queries.Field{Name: f.Name, Value: goValue(decodePart(raw, f.Type), f.Type)})
		}
		return record
	case v.Kind == Int:
		return v.Int
	}
	return v.Text
}
