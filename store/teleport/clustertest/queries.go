package clustertest

import (
	"context"
	"strconv"

	secreportsv1 "github.com/gravitational/teleport/api/gen/proto/go/teleport/secreports/v1"
	"github.com/gravitational/trace"
)

// answer is what a query gives: the columns, then the rows.
type answer struct {
	days int32
	rows [][]string
}

// Answer sets what audit SQL gives for a text: the names of the columns, then
// the rows. A text without an answer is refused as Athena refuses it.
func (c *Cluster) Answer(sql string, rows ...[]string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.held.answers[sql] = &answer{rows: rows}
}

// AskedDays is for how many days a text was asked last.
func (c *Cluster) AskedDays(sql string) int32 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.held.answers[sql].days
}

// secReports is Access Monitoring.
type secReports struct {
	secreportsv1.UnimplementedSecReportsServiceServer
	cluster *Cluster
}

// rowsAPage is how many rows a page of an answer holds.
const rowsAPage = 100

func (s *secReports) RunAuditQuery(ctx context.Context, r *secreportsv1.RunAuditQueryRequest) (out *secreportsv1.RunAuditQueryResponse, err error) {
	err = s.cluster.locked(ctx, "audit_query", func(h *state) error {
		a, ok := h.answers[r.Query]
		if !ok {
			return trace.BadParameter("line 1:1: mismatched input")
		}
		a.days = r.Days
		out = &secreportsv1.RunAuditQueryResponse{ResultId: r.Query}
		return nil
	}, "use")
	return out, err
}

func (s *secReports) GetSchema(ctx context.Context, _ *secreportsv1.GetSchemaRequest) (*secreportsv1.GetSchemaResponse, error) {
	if err := s.cluster.allow(ctx, "audit_query", "read"); err != nil {
		return nil, err
	}
	return &secreportsv1.GetSchemaResponse{Views: []*secreportsv1.GetSchemaResponse_ViewDesc{{
		Name: "exec", Desc: "Commands that were run.", Columns: []*secreportsv1.GetSchemaResponse_ViewDesc_ColumnDesc{{Name: "user", Type: "varchar"}},
	}}}, nil
}

func (s *secReports) GetAuditQueryResult(ctx context.Context, r *secreportsv1.GetAuditQueryResultRequest) (out *secreportsv1.GetAuditQueryResultResponse, err error) {
	err = s.cluster.locked(ctx, "audit_query", func(h *state) error {
		a, ok := h.answers[r.ResultId]
		if !ok {
			return trace.NotFound("no result %q", r.ResultId)
		}
		from, _ := strconv.Atoi(r.NextToken)
		to := min(len(a.rows), from+rowsAPage)
		out = &secreportsv1.GetAuditQueryResultResponse{ResultId: r.ResultId, Result: &secreportsv1.QueryResultSet{}}
		for _, name := range a.rows[0] {
			out.Result.ColumnInfo = append(out.Result.ColumnInfo, &secreportsv1.QueryResultColumnInfo{Name: name, Type: "varchar"})
		}
		for _, row := range a.rows[from:to] {
			out.Result.Rows = append(out.Result.Rows, &secreportsv1.QueryRowResult{Data: row})
		}
		if to < len(a.rows) {
			out.NextToken = strconv.Itoa(to)
		}
		return nil
	}, "read")
	return out, err
}
