package views

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cordon/investigations/queries"
	"cordon/store/views/syntax"
)

// bound binds a statement that is right.
func bound(t testing.TB, sql string) *boundQuery {
	t.Helper()
	tree, err := syntax.Parse(sql)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	q, err := bind(sql, tree, noon)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return q
}

func pushed(t testing.TB, sql string) *program {
	q := bound(t, sql)
	pushDown(q)
	return emit(q, 0)
}

// The whole of each query of the Privileged Access Report is in its scan:
// SQLite sees groups with their numbers and decides nothing.
func TestPushDown_leavesOnlyGroupsOfTheReportQueries(t *testing.T) {
	t.Parallel()
	n := 0
	for _, q := range queries.All() {
		if q.Group != queries.GroupReport {
			continue
		}
		n++
		p := pushed(t, q.SQL)
		if len(p.scans) != 1 || !p.scans[0].scan.Counted || len(p.functions) != 0 || strings.Contains(p.sql, "WHERE") {
			t.Errorf("%s: %s", q.Name, p.sql)
		}
	}
	if n != 9 {
		t.Errorf("%d report queries", n)
	}
}

// scanText writes what a scan asks for.
func scanText(s *Scan) string {
	var shown, used []string
	for i, c := range s.Columns {
		if i < s.Shown {
			shown = append(shown, c.Name)
		} else {
			used = append(used, c.Name)
		}
	}
	text := s.View.Name + "(" + strings.Join(shown, " ") + ")"
	if used != nil {
		text += "+" + strings.Join(used, " ")
	}
	for _, c := range s.Where {
		var uses []string
		for _, i := range c.Uses {
			uses = append(uses, s.Columns[i].Name)
		}
		text += " where " + strings.Join(uses, ",")
		if c.Equals != nil {
			text += "=" + strings.Join(c.Equals, "|")
		}
	}
	if s.Counted {
		text += " counted"
	}
	return text
}

func TestPushDown_givesScansWhatConcernsThemAlone(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sql, want string }{
		{"SELECT uid FROM exec WHERE user = 'a'", "exec(uid)+user where user=a"},
		{"SELECT uid FROM exec WHERE 'a' = user OR user IN ('b', 'c', NULL)", "exec(uid)+user where user=a|b|c"},
		{"SELECT name FROM user_create WHERE user = 'a' OR updated_by = 'a'", "user_create(name)+user updated_by where user,updated_by"},
		{"SELECT uid FROM exec WHERE user = 'a' AND (login = 'b' AND command LIKE '%x%')", "exec(uid)+user login command where user=a where login=b where command"},
		{"SELECT uid FROM exec WHERE user = login", "exec(uid)+user login where user,login"},
		{"SELECT uid FROM exec WHERE user <> 'a'", "exec(uid)+user where user"},
		{"SELECT count(*) FROM exec", "exec() counted"},
		{"SELECT DISTINCT user FROM exec", "exec(user) counted"},
		{"SELECT user, row_number() OVER () FROM exec", "exec(user)"},
		{"SELECT DISTINCT user, row_number() OVER () FROM exec", "exec(user)"},
		{"SELECT array_agg(user) FROM exec", "exec(user)"},
		{"SELECT count(*) FROM exec ORDER BY cardinality(array_agg(user))", "exec(user)"},
		{"SELECT a.uid FROM exec a JOIN auth b ON a.user = b.user AND b.code = 'x' WHERE a.sid = 's'", "exec(uid user)+sid where sid=s; auth(user)+code where code=x"},
		{"SELECT a.uid FROM exec a LEFT JOIN auth b ON a.user = b.user AND b.code = 'x'", "exec(uid user); auth(user)+code where code=x"},
		{"SELECT a.uid FROM exec a LEFT JOIN auth b ON a.user = b.user WHERE b.code = 'x'", "exec(uid user); auth(code user)"},
		{"SELECT a.uid FROM exec a RIGHT JOIN auth b ON a.user = b.user WHERE a.code = 'x' AND b.code = 'y'", "exec(code uid user); auth(user)+code where code=y"},
		{"SELECT a.uid FROM exec a FULL JOIN auth b ON a.user = b.user AND a.code = 'x'", "exec(code uid user); auth(user)"},
		{"SELECT uid FROM exec a WHERE EXISTS (SELECT 1 FROM auth b WHERE b.user = a.user AND b.code = 'x')", "auth(user)+code where code=x; exec(uid user)"},
		{"SELECT u FROM (SELECT uid u, lower(user) w FROM exec WHERE sid = 's') WHERE w = 'a'", "exec(uid)+sid user where sid=s where user"},
		{"WITH x AS (SELECT * FROM exec UNION ALL SELECT * FROM exec) SELECT uid FROM (SELECT * FROM x) y WHERE user = 'a'", "exec(uid)+user where user=a; exec(uid)+user where user=a"},
		{"SELECT x.n, x.u FROM (SELECT user u, count(*) n, max(login) FROM exec GROUP BY user) x", "exec(user) counted"},
		{"SELECT 1 FROM (SELECT max(login) FROM exec) x", "exec(login) counted"},
		{"SELECT a FROM (SELECT uid a, login b, sid c FROM exec ORDER BY c LIMIT 1) x WHERE EXISTS (SELECT 1 FROM auth WHERE user = x.b)", "exec(login sid uid); auth(user)"},
		{"SELECT a FROM (SELECT DISTINCT uid a, login b FROM exec) x", "exec(login uid) counted"},
		{"SELECT u FROM (SELECT uid u, user FROM exec LIMIT 5) WHERE user = 'a'", "exec(uid user)"},
		{"SELECT n FROM (SELECT user, count(*) n FROM exec GROUP BY user) WHERE user = 'a'", "exec(user) counted"},
		{"SELECT r FROM (SELECT user, rank() OVER (ORDER BY uid) r FROM exec) WHERE user = 'a'", "exec(uid user)"},
		{"SELECT a.uid FROM exec a LEFT JOIN (SELECT user, code FROM auth) b ON a.user = b.user AND b.code = 'x'", "exec(uid user); auth(user)+code where code=x"},
		{"SELECT a.uid FROM exec a LEFT JOIN (SELECT user, code FROM auth) b ON a.user = b.user WHERE b.code = 'x'", "exec(uid user); auth(code user)"},
		{"SELECT uid FROM exec WHERE user = 'a' UNION ALL SELECT uid FROM auth WHERE user = 'b'", "auth(uid)+user where user=b; exec(uid)+user where user=a"},
	} {
		var got []string
		for _, s := range pushed(t, c.sql).scans {
			got = append(got, scanText(s.scan))
		}
		slices.Sort(got)
		want := strings.Split(c.want, "; ")
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", c.sql, strings.Join(got, "; "), strings.Join(want, "; "))
		}
	}
}

// countingScanner gives equal rows of a counted scan once, as a store may.
type countingScanner struct{ lineScanner }

func (c countingScanner) Scan(ctx context.Context, s *Scan, yield func([]Value, int64) error) (Read, error) {
	if !s.Counted {
		return c.lineScanner.Scan(ctx, s, yield)
	}
	rows := map[string][]Value{}
	count := map[string]int64{}
	read, err := c.lineScanner.Scan(ctx, s, func(row []Value, n int64) error {
		key := fmt.Sprint(row)
		rows[key] = slices.Clone(row)
		count[key] += n
		return nil
	})
	if err != nil {
		return read, err
	}
	for key, row := range rows {
		if err := yield(row, count[key]); err != nil {
			return read, err
		}
	}
	return read, nil
}

// pushQueries are statements whose answers do not depend on the order of rows.
var pushQueries = []string{
	"SELECT uid, user FROM exec WHERE user = 'a' OR user IN ('b', login)",
	"SELECT uid FROM exec WHERE NOT (user = 'a' AND login = 'b') OR code IS NULL",
	"SELECT uid FROM exec WHERE user NOT IN ('a', NULL)",
	"SELECT uid FROM exec WHERE user IS DISTINCT FROM login",
	"SELECT uid FROM exec WHERE command LIKE '%a_%' OR command NOT LIKE 'b%'",
	"SELECT uid FROM exec WHERE contains(kubernetes_groups, 'a') OR cardinality(access_requests) IS NULL",
	"SELECT uid FROM exec WHERE coalesce(user, login, 'z') >= 'b' AND length(command) BETWEEN 1 AND 3",
	"SELECT uid FROM exec WHERE ei / 2 = 1 OR ei % 2 = 0",
	"SELECT uid FROM exec WHERE CASE user WHEN 'a' THEN ei > 1 WHEN 'b' THEN NULL ELSE true END",
	"SELECT uid FROM exec WHERE event_time >= TIMESTAMP '2025-03-01 12:00:00' AND event_date < DATE '2025-03-03'",
	"SELECT uid FROM exec WHERE from_iso8601_timestamp(time) - event_time = INTERVAL '0' DAY",
	"SELECT uid FROM exec WHERE date_add('day', 1, event_date) = DATE '2025-03-02'",
	"SELECT user, count(*), count(login), count(DISTINCT login), sum(ei), avg(ei), min(ei), max(command) FROM exec GROUP BY user",
	"SELECT count(*), sum(ei), avg(ei), bool_or(ei > 2), count_if(user = 'a') FROM exec WHERE login = 'b'",
	"SELECT user, count(*) FILTER (WHERE ei > 1), sum(ei) FILTER (WHERE login = 'a') FROM exec GROUP BY 1 HAVING count(*) > 1",
	"SELECT DISTINCT user, login, ei > 1 FROM exec",
	"SELECT length(user), count(*) FROM exec GROUP BY length(user) ORDER BY count(*), 1",
	"SELECT user, rank() OVER (ORDER BY count(*) DESC), sum(count(*)) OVER () FROM exec GROUP BY user",
	"SELECT a.uid, b.uid FROM exec a JOIN auth b ON a.user = b.user AND b.login = 'a' WHERE a.login = 'b'",
	"SELECT a.uid, b.uid FROM exec a LEFT JOIN auth b ON a.user = b.user AND b.login = 'a' AND a.ei > 1",
	"SELECT a.uid, b.uid FROM exec a LEFT JOIN auth b ON a.user = b.user WHERE b.login = 'a' OR b.login IS NULL",
	"SELECT a.uid, b.uid FROM exec a RIGHT JOIN auth b ON a.user = b.user AND a.login = 'a' WHERE b.ei > 0",
	"SELECT a.uid, b.uid FROM exec a FULL JOIN auth b ON a.user = b.user AND a.login = 'a' AND b.login = 'b'",
	"SELECT user, a.uid, b.uid FROM exec a FULL JOIN auth b USING (user) WHERE user <> 'a'",
	"SELECT uid FROM exec e WHERE EXISTS (SELECT 1 FROM auth a WHERE a.user = e.user AND a.login = 'b')",
	"SELECT uid FROM exec WHERE user IN (SELECT user FROM auth WHERE ei > 1)",
	"SELECT uid, (SELECT count(*) FROM auth a WHERE a.user = e.user) FROM exec e",
	"SELECT user FROM exec WHERE ei = 1 INTERSECT SELECT user FROM auth WHERE login = 'a'",
	"SELECT user FROM exec EXCEPT SELECT user FROM auth WHERE login = 'a'",
	"SELECT u, n FROM (SELECT user u, count(*) n FROM exec WHERE ei > 0 GROUP BY user) WHERE n > 1",
	"SELECT u, w FROM (SELECT uid u, lower(user) w, ei FROM exec WHERE ei > 0) WHERE w = 'b' OR ei > 2",
	"WITH x AS (SELECT uid, user FROM exec UNION ALL SELECT code, login FROM auth) SELECT DISTINCT uid FROM (SELECT DISTINCT * FROM x) WHERE user >= 'a'",
	"SELECT a.uid, b.c FROM exec a LEFT JOIN (SELECT user, coalesce(code, 'none') c FROM auth) b ON a.user = b.user AND b.c = 'none'",
	"SELECT a.uid, b.c FROM exec a LEFT JOIN (SELECT user, coalesce(code, 'none') c FROM auth) b ON a.user = b.user WHERE b.c IS NULL OR b.c <> 'a'",
	"SELECT n FROM (SELECT user u, count(*) n, max(login) m, rank() OVER (ORDER BY user) r FROM exec GROUP BY user)",
	"SELECT 1 FROM (SELECT max(login) FROM exec)",
	"SELECT a FROM (SELECT uid a, login b, sid c FROM exec) x WHERE EXISTS (SELECT 1 FROM auth WHERE user = x.b)",
	"SELECT count(*) FROM (SELECT uid, login FROM exec UNION SELECT uid, login FROM auth)",
	"SELECT count(*) FROM (SELECT uid, g FROM exec, UNNEST(kubernetes_groups) AS t(g)) WHERE g = 'a'",
	"SELECT u FROM (SELECT uid u, (SELECT max(ei) FROM auth) m, ei FROM exec) WHERE m > 1 AND ei < 3",
	"WITH x AS (SELECT user, ei FROM exec) SELECT a.user, b.ei FROM x a JOIN x b ON a.user = b.user AND a.ei = 1",
	"SELECT uid, g, o FROM exec CROSS JOIN UNNEST(kubernetes_groups) WITH ORDINALITY AS t(g, o) WHERE user = 'a' AND g <> 'b'",
	"SELECT event, count(*) FROM events WHERE json_extract_scalar(event_data, '$.login') = 'a' GROUP BY event",
}

// Whether conditions are decided in the scans or by SQLite, and whether equal
// rows come once or many times, the answer is the same.
func TestPushDown_doesNotChangeTheAnswer(t *testing.T) {
	t.Parallel()
	text := rapid.SampledFrom([]any{nil, "a", "b", "ab", "", "B"})
	rapid.Check(t, func(t *rapid.T) {
		var lines lineScanner
		for i := range rapid.IntRange(0, 12).Draw(t, "events") {
			event := map[string]any{"uid": fmt.Sprint("u", i), "event": rapid.SampledFrom([]string{"exec", "auth"}).Draw(t, "event")}
			for _, key := range []string{"user", "login", "command", "code"} {
				if v := text.Draw(t, key); v != nil {
					event[key] = v
				}
			}
			if ei := rapid.IntRange(-1, 4).Draw(t, "ei"); ei >= 0 {
				event["ei"] = ei
			}
			for _, key := range []string{"kubernetes_groups", "access_requests"} {
				if rapid.Bool().Draw(t, key) {
					event[key] = rapid.SliceOfN(text, 0, 3).Draw(t, key)
				}
			}
			event["time"] = rapid.SampledFrom([]string{"2025-03-01T11:00:00Z", "2025-03-01T12:00:00.5Z", "2025-03-03T00:00:00Z", "never"}).Draw(t, "time")
			line, _ := json.Marshal(event)
			lines = append(lines, line)
		}
		sql := rapid.SampledFrom(pushQueries).Draw(t, "query")
		differ(t, lines, sql)
	})
}

func differ(t *rapid.T, lines lineScanner, sql string) {
	tree, err := syntax.Parse(sql)
	if err != nil {
		t.Fatal(err)
	}
	q, err := bind(sql, tree, noon)
	if err != nil {
		t.Fatal(err)
	}
	var plain, quick table
	if _, err := newTestEngine(lines).answer(t.Context(), q, 0, &plain); err != nil {
		t.Fatal(err)
	}
	engine := New(countingScanner{lines}, newTestEngine(nil).now, "counting")
	if _, err := engine.Run(t.Context(), sql, 0, &quick); err != nil {
		t.Fatal(err)
	}
	a, b := plain.lines(), quick.lines()
	slices.Sort(a)
	slices.Sort(b)
	if !slices.Equal(a, b) {
		t.Fatalf("%s\nwithout push-down:\n%s\nwith:\n%s", sql, strings.Join(a, "\n"), strings.Join(b, "\n"))
	}
}
