package store

import (
	"context"
	"runtime"
	"slices"
	"sync/atomic"

	"golang.org/x/sync/errgroup"
	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations/filter"
	"cordon/store/framing"
)

// textTerm is the first term that asks for a text in the line, -1 when there is
// none.
func textTerm(expr filter.Expr) int {
	return slices.IndexFunc(expr.Terms, func(t filter.Term) bool { return t.Key == filter.KeyText && !t.Negate })
}

// eventsWith looks through the whole case for the lines that hold one of the
// texts of a term, on all processors, a chunk at a time: a chunk that holds
// none of them as it stands is not taken apart. It gives the ids ascending.
func (c *Case) eventsWith(ctx context.Context, t *filter.Term) ([]int64, error) {
	var needles [][]byte
	for _, v := range t.Values {
		needles = append(needles, v.Needles()...)
	}
	var chunks []int64
	err := c.read(ctx, func(conn *sqlite.Conn) error {
		return sqlitex.Execute(conn, `SELECT id FROM chunk WHERE first_event IS NOT NULL ORDER BY id`, &sqlitex.ExecOptions{
			ResultFunc: func(stmt *sqlite.Stmt) error { chunks = append(chunks, stmt.ColumnInt64(0)); return nil },
		})
	})
	if err != nil {
		return nil, err
	}
	workers, ctx := errgroup.WithContext(ctx)
	found := make([][]int64, min(runtime.GOMAXPROCS(0), readers-1))
	var next atomic.Int64
	for w := range found {
		workers.Go(func() error {
			return c.read(ctx, func(conn *sqlite.Conn) error {
				r := newRawReader(conn)
				defer r.close()
				for ctx.Err() == nil {
					i := int(next.Add(1)) - 1
					if i >= len(chunks) {
						return nil
					}
					var err error
					if found[w], err = r.linesWith(found[w], chunks[i], needles); err != nil {
						return err
					}
				}
				return ctx.Err()
			})
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	out := slices.Concat(found...)
	slices.Sort(out)
	return out, nil
}

// linesWith appends the events of a chunk whose line holds one of the needles.
func (r *rawReader) linesWith(dst []int64, id int64, needles [][]byte) ([]int64, error) {
	stmt, err := r.conn.Prepare(`SELECT ` + chunkColumns + ` FROM chunk WHERE id = ?`)
	if err != nil {
		return dst, err
	}
	defer stmt.Reset()
	stmt.BindInt64(1, id)
	if row, err := stmt.Step(); err != nil || !row {
		return dst, err
	}
	c, err := r.chunk(stmt)
	if err != nil {
		return dst, err
	}
	defer func() { r.spare = c.data }()
	has := func(b []byte) bool {
		return slices.ContainsFunc(needles, func(n []byte) bool { return filter.ContainsFold(b, n) })
	}
	asItStands := !slices.ContainsFunc(c.spans, func(s span) bool { return s.form != framing.FormPlain })
	if asItStands && !has(c.data) {
		return dst, nil
	}
	for id := c.first; id < c.first+c.events; id++ {
		line, err := c.line(id)
		if err != nil {
			return dst, err
		}
		if has(line) {
			dst = append(dst, id)
		}
	}
	return dst, nil
}
