package views

import (
	"context"
	"errors"
	"testing"
	"time"

	"cordon/investigations/queries"
)

// FuzzRun types anything: it is answered or refused in a sentence, and nothing
// of it reaches SQLite in a form that SQLite does not take.
func FuzzRun(f *testing.F) {
	for _, sql := range pushQueries {
		f.Add(sql)
	}
	for _, sql := range []string{
		"SELECT * FROM exec e FULL JOIN auth a USING (user) WHERE e.uid IN (SELECT uid FROM events WHERE a.code = code)",
		"WITH x(a, b) AS (SELECT user, count(*) FROM exec GROUP BY 1) SELECT DISTINCT a, max(b) OVER (PARTITION BY a ORDER BY b ROWS 1 PRECEDING) FROM x ORDER BY 2 DESC NULLS FIRST OFFSET 1 ROW FETCH FIRST 3 ROWS ONLY",
		"SELECT members[1].reason, m.* FROM access_list_member_create LEFT JOIN UNNEST(members) WITH ORDINALITY AS m ON true",
		"SELECT array_agg(DISTINCT user ORDER BY user), max_by(uid, event_time) FILTER (WHERE ei > 0) FROM exec HAVING count(*) > 0",
		"SELECT try(CAST(json_parse('[1]') AS array(integer))[2]), filter(ARRAY['a'], x -> x LIKE '%\\_%' ESCAPE '\\'), -ei, extract(day FROM now())",
		"SELECT CASE WHEN event_date > DATE '2025-01-01' - INTERVAL '1' MONTH THEN 'a' || user END, 1.5e3, .5, ''''/* c */ FROM exec -- x",
		"(SELECT 1 AS a UNION ALL SELECT NULL) INTERSECT SELECT 1.0 EXCEPT (SELECT 2) ORDER BY a LIMIT 1;",
		"INSERT INTO exec SELECT 1; ATTACH 'x' AS y",
		"SELECT \"\x00\xff\", '\xff' FROM \"exec\"",
	} {
		f.Add(sql)
	}
	lines := linesOf(fewEvents)
	f.Fuzz(func(t *testing.T, sql string) {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		_, err := newTestEngine(lines).Run(ctx, sql, 100, &table{})
		var refused *queries.Error
		switch {
		case err == nil, errors.Is(err, context.DeadlineExceeded):
		case !errors.As(err, &refused):
			t.Fatalf("%q: %v", sql, err)
		case refused.Text == "" || refused.Line < 0 || refused.Col < 0:
			t.Fatalf("%q is refused without a word: %+v", sql, refused)
		}
	})
}
