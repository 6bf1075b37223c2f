package teleport

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	secreportsv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/secreports/v1"
	"github.com/gravitational/teleport/api/trail"
	"github.com/gravitational/trace"

	"cordon/investigations/queries"
)

// AccessMonitoring answers audit SQL on the cluster. Its values are texts, as
// the cluster gives them.
type AccessMonitoring struct {
	cluster *Cluster
	days    int
	service secreportsv1.SecReportsServiceClient
}

var _ queries.Engine = (*AccessMonitoring)(nil)

// AccessMonitoring asks the cluster about the last days.
func (c *Cluster) AccessMonitoring(days int) *AccessMonitoring {
	return &AccessMonitoring{cluster: c, days: days, service: secreportsv1.NewSecReportsServiceClient(c.client.GetConnection())}
}

// Name says which cluster answers, and for how long back.
func (a *AccessMonitoring) Name() string {
	return fmt.Sprintf("Access Monitoring of %s, last %d days", a.cluster.Name, a.days)
}

// Views lists what the cluster's own queries can name.
func (a *AccessMonitoring) Views(ctx context.Context) ([]queries.View, error) {
	var schema *secreportsv1.GetSchemaResponse
	err := a.cluster.call(ctx, "read the views", func(ctx context.Context) (err error) {
		schema, err = a.service.GetSchema(ctx, &secreportsv1.GetSchemaRequest{})
		return trail.FromGRPC(err)
	})
	if err != nil {
		return nil, a.explain(err)
	}
	out := make([]queries.View, 0, len(schema.GetViews()))
	for _, v := range schema.GetViews() {
		view := queries.View{Name: v.GetName(), Doc: v.GetDesc()}
		for _, c := range v.GetColumns() {
			view.Columns = append(view.Columns, queries.Column{Name: c.GetName(), Type: c.GetType()})
		}
		out = append(out, view)
	}
	return out, nil
}

// Run asks the cluster, page by page. Athena works while the first page is
// waited for, so that has as long as the context.
func (a *AccessMonitoring) Run(ctx context.Context, sql string, limit int, sink queries.Sink) (queries.Summary, error) {
	var sum queries.Summary
	started, err := a.service.RunAuditQuery(ctx, &secreportsv1.RunAuditQueryRequest{Query: sql, Days: int32(a.days)})
	if err != nil {
		return sum, a.failed(ctx, err)
	}
	r := &rowReader{sink: sink, limit: limit}
	for token := ""; ; {
		page, err := a.service.GetAuditQueryResult(ctx, &secreportsv1.GetAuditQueryResultRequest{ResultId: started.GetResultId(), NextToken: token})
		if err != nil {
			return r.sum, a.failed(ctx, err)
		}
		if err := r.page(page.GetResult()); err != nil {
			return r.sum, err
		}
		if token = page.GetNextToken(); token == "" || r.sum.Limited {
			return r.sum, nil
		}
	}
}

// rowReader hands the pages of an answer to a sink.
type rowReader struct {
	sink   queries.Sink
	limit  int
	values []any
	sum    queries.Summary
}

func (r *rowReader) page(set *secreportsv1.QueryResultSet) error {
	rows := set.GetRows()
	if r.values == nil {
		columns := make([]queries.Column, len(set.GetColumnInfo()))
		for i, c := range set.GetColumnInfo() {
			columns[i] = queries.Column{Name: c.GetName(), Type: c.GetType()}
		}
		if r.values = make([]any, len(columns)); r.values == nil {
			return errors.New("the cluster's answer has no columns")
		}
		if err := r.sink.Columns(columns); err != nil {
			return err
		}
		// The first row of all repeats the names.
		if len(rows) > 0 {
			rows = rows[1:]
		}
	}
	for _, row := range rows {
		if r.limit > 0 && r.sum.Rows == r.limit {
			r.sum.Limited = true
			return nil
		}
		for i := range r.values {
			r.values[i] = nil
			if i < len(row.GetData()) {
				r.values[i] = row.GetData()[i]
			}
		}
		if err := r.sink.Row(r.values); err != nil {
			return err
		}
		r.sum.Rows++
	}
	return nil
}

// position is where Athena says that a statement is wrong.
var position = regexp.MustCompile(`line (\d+):(\d+): *`)

// failed makes a sentence of what the cluster says to a query.
func (a *AccessMonitoring) failed(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	err = trail.FromGRPC(err)
	if trace.IsBadParameter(err) {
		out := &queries.Error{Text: plain(err), Hint: "these are the cluster's own words; the case answers the same SQL"}
		if m := position.FindStringSubmatch(out.Text); m != nil {
			out.Line, _ = strconv.Atoi(m[1])
			out.Col, _ = strconv.Atoi(m[2])
			out.Text = strings.Replace(out.Text, m[0], "", 1) // whoever shows it shows the place
		}
		return out
	}
	return a.explain(explain("ask the cluster", err))
}

// explain says what it takes where the cluster does not offer audit SQL.
func (a *AccessMonitoring) explain(err error) error {
	var known *Error
	switch {
	case !errors.As(err, &known):
		return err
	case errors.Is(err, ErrNotOffered):
		known.Hint = a.cluster.notOffered("audit_query")
	case trace.IsLimitExceeded(known.cause):
		known.Hint = "the cluster limits what its queries may cost: ask for fewer days"
	}
	return err
}
