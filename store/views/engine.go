package views

import (
	"context"
	"time"

	"cordon/investigations/queries"
	"cordon/store/views/syntax"
)

// Engine answers audit SQL from a Scanner. It can be used by several
// goroutines at once where the Scanner can.
type Engine struct {
	scanner Scanner
	now     func() time.Time
	name    string
}

var _ queries.Engine = (*Engine)(nil)

// New makes an engine. now is the clock of current_date and the like, name says
// in a few words who answers.
func New(scanner Scanner, now func() time.Time, name string) *Engine {
	return &Engine{scanner: scanner, now: now, name: name}
}

// Name says who answers.
func (e *Engine) Name() string { return e.name }

// Views lists the views that a query can name, by name.
func (e *Engine) Views(context.Context) ([]queries.View, error) {
	var list []queries.View
	for _, v := range All() {
		q := queries.View{Name: v.Name, Doc: v.Doc, Extra: v.Extra}
		for _, c := range v.Columns {
			column := queries.Column{Name: c.Name, Type: c.Type.String()}
			if c.Hidden {
				q.Hidden = append(q.Hidden, column)
			} else {
				q.Columns = append(q.Columns, column)
			}
		}
		list = append(list, q)
	}
	return list, nil
}

// Run answers one statement. What is wrong with the text is a *queries.Error.
func (e *Engine) Run(ctx context.Context, sql string, limit int, sink queries.Sink) (queries.Summary, error) {
	tree, err := syntax.Parse(sql)
	if err != nil {
		return queries.Summary{}, err
	}
	q, err := bind(sql, tree, e.now())
	if err != nil {
		return queries.Summary{}, err
	}
	pushDown(q)
	return e.answer(ctx, q, limit, sink)
}

func (e *Engine) answer(ctx context.Context, q *boundQuery, limit int, sink queries.Sink) (queries.Summary, error) {
	if err := ctx.Err(); err != nil {
		return queries.Summary{}, err
	}
	r := &run{ctx: ctx, scanner: e.scanner, program: emit(q, limit)}
	return r.answer(limit, sink)
}
