package views

import (
	"slices"
	"strings"
	"testing"
)

const fewEvents = `
{"event":"exec","uid":"1","time":"2025-03-01T10:00:00Z","user":"bob","login":"root","ei":2,"command":"id","sid":"s1","server_labels":{"env":"prod","key":"k"},"kubernetes_groups":["a","b"]}
{"event":"exec","uid":"2","time":"2025-03-01T11:00:00Z","user":"alice","login":"root","ei":1,"command":"ls","sid":"s2","kubernetes_groups":[]}
{"event":"exec","uid":"3","time":"2025-03-02T10:00:00Z","user":"alice","ei":3,"command":"cat","sid":"s1"}
{"event":"exec","uid":"4","time":"2025-03-02T11:00:00Z","ei":4,"sid":"s9","exitCode":"1"}
{"event":"session.start","uid":"5","time":"2025-03-01T09:59:00Z","user":"bob","sid":"s1","login":"root"}
{"event":"session.start","uid":"6","time":"2025-03-01T10:59:00Z","user":"alice","sid":"s2","login":"ubuntu"}
{"event":"session.start","uid":"7","time":"2025-03-01T12:00:00Z","user":"carol","sid":"s3","login":"root"}
{"event":"access_list.member.create","uid":"8","time":"2025-03-01T13:00:00Z","access_list_name":"admins","members":[{"member_name":"eve","membership_kind":1},{"member_name":"ops","membership_kind":2}]}
{"event":"role.created","uid":"9","time":"2025-03-01T14:00:00Z","user":"bob","name":"shadow"}
{"event":"brand.new","uid":"10","time":"2025-03-01T15:00:00Z","user":"bob","success":false,"surprise":{"x":[1]}}
`

// Statements over fewEvents, whose answers follow from reading it. The order of
// the rows counts where the statement has an ORDER BY at its end.
func TestRun_answersWhatAResponderAsks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		sql  string
		want []string
	}{
		// NULLs come last, whichever way the order goes.
		{"SELECT user FROM exec ORDER BY user", []string{"alice", "alice", "bob", "NULL"}},
		{"SELECT user FROM exec ORDER BY user DESC", []string{"bob", "alice", "alice", "NULL"}},
		{"SELECT user FROM exec ORDER BY 1 NULLS FIRST LIMIT 1", []string{"NULL"}},
		{"SELECT uid FROM exec ORDER BY length(uid) DESC, uid DESC OFFSET 1 LIMIT 2", []string{"3", "2"}},
		{"SELECT uid FROM exec ORDER BY uid FETCH FIRST 2 ROWS ONLY", []string{"1", "2"}},
		{"SELECT uid u FROM exec ORDER BY u || 'x' LIMIT 1", []string{"1"}},
		{"SELECT EXITCODE, \"exitcode\", ExitCode FROM exec WHERE exitcode IS NOT NULL", []string{"1 | 1 | 1"}},

		// Groups.
		{"SELECT user, count(*) FROM exec GROUP BY 1 ORDER BY 2 DESC, user", []string{"alice | 2", "bob | 1", "NULL | 1"}},
		{"SELECT user who, count(login) AS count FROM exec GROUP BY who HAVING count(*) > 1", []string{"alice | 1"}},
		{"SELECT count(*), count(DISTINCT user), sum(ei), avg(ei), min(ei), max(user) FROM exec", []string{"4 | 2 | 10 | 2.5 | 1 | bob"}},
		{"SELECT count(*), sum(ei), max(ei) FROM exec WHERE user = 'nobody'", []string{"0 | NULL | NULL"}},
		{"SELECT count(*) FROM exec WHERE false GROUP BY user", nil},
		{"SELECT 7, count(*) FROM exec GROUP BY 1", []string{"7 | 4"}},
		{"SELECT uid FROM exec ORDER BY 5 - 4, uid DESC LIMIT 1", []string{"4"}},
		{"SELECT 'many' FROM exec HAVING count(*) > 3", []string{"many"}},
		{"SELECT 'none' FROM exec WHERE false HAVING count(*) = 0", []string{"none"}},
		{"SELECT count(*) FILTER (WHERE ei > 2), count_if(login = 'root'), bool_and(ei > 0), bool_or(ei > 9), approx_distinct(sid) FROM exec", []string{"2 | 2 | true | false | 3"}},
		{"SELECT max_by(command, ei), min_by(command, ei), arbitrary(event) FROM exec WHERE command IS NOT NULL", []string{"cat | ls | exec"}},
		{"SELECT array_agg(command ORDER BY ei DESC), array_join(array_agg(DISTINCT login ORDER BY login), ',') FROM exec WHERE ei < 4", []string{"[cat, id, ls] | root"}},
		{"SELECT date_trunc('day', event_time) d, count(*) FROM exec GROUP BY date_trunc('day', event_time) ORDER BY d", []string{"2025-03-01 | 2", "2025-03-02 | 2"}},
		{"SELECT DISTINCT login FROM exec ORDER BY login", []string{"root", "NULL"}},
		{"SELECT avg(event_time - TIMESTAMP '2025-03-01 10:00:00') FROM exec WHERE event_date = DATE '2025-03-01'", []string{"30m0s"}},

		// Joins.
		{"SELECT e.uid, s.uid FROM exec e JOIN session_start s ON e.sid = s.sid ORDER BY 1, 2", []string{"1 | 5", "2 | 6", "3 | 5"}},
		{"SELECT e.uid, s.uid FROM exec e, session_start s WHERE e.sid = s.sid AND s.login = 'root' ORDER BY 1", []string{"1 | 5", "3 | 5"}},
		{"SELECT e.uid, s.uid FROM exec e LEFT JOIN session_start AS s USING (sid) ORDER BY 1", []string{"1 | 5", "2 | 6", "3 | 5", "4 | NULL"}},
		{"SELECT sid, e.uid, s.uid FROM exec e FULL OUTER JOIN session_start s USING (sid) ORDER BY 1, 2", []string{"s1 | 1 | 5", "s1 | 3 | 5", "s2 | 2 | 6", "s3 | NULL | 7", "s9 | 4 | NULL"}},
		{"SELECT s.uid FROM exec e RIGHT JOIN session_start s ON e.sid = s.sid WHERE e.uid IS NULL", []string{"7"}},
		{"SELECT count(*) FROM exec CROSS JOIN session_start", []string{"12"}},
		{"SELECT a.uid FROM exec a JOIN (exec b JOIN session_start s ON b.sid = s.sid) ON a.uid = b.uid AND s.uid = '6'", []string{"2"}},

		// Arrays and rows.
		{"SELECT m.member_name, m.membership_kind FROM access_list_member_create CROSS JOIN UNNEST(members) AS m(joined, removed, reason, member_name, membership_kind) ORDER BY 1", []string{"eve | 1", "ops | 2"}},
		{"SELECT members[1].member_name, element_at(members, 2).membership_kind, cardinality(members) FROM access_list_member_create", []string{"eve | 2 | 2"}},
		{"SELECT transform(members, m -> m.member_name) FROM access_list_member_create", []string{"[eve, ops]"}},
		{"SELECT uid, g, n FROM exec, UNNEST(kubernetes_groups) WITH ORDINALITY t(g, n) ORDER BY n", []string{"1 | a | 1", "1 | b | 2"}},
		{"SELECT uid, g FROM exec LEFT JOIN UNNEST(kubernetes_groups) AS t(g) ON true ORDER BY 1, 2", []string{"1 | a", "1 | b", "2 | NULL", "3 | NULL", "4 | NULL"}},
		{"SELECT * FROM UNNEST(ARRAY[1, 2], ARRAY['x']) AS t(a, b) ORDER BY a", []string{"1 | x", "2 | NULL"}},

		{"SELECT uid FROM exec WHERE sid IN (VALUES 's1', 's9') ORDER BY 1", []string{"1", "3", "4"}},
		{"WITH bad(sid, why) AS (VALUES ('s1', 'first'), ('s2', 'second')) SELECT uid, why FROM exec JOIN bad USING (sid) ORDER BY uid", []string{"1 | first", "2 | second", "3 | first"}},

		// Queries inside queries.
		{"SELECT uid FROM exec WHERE sid IN (SELECT sid FROM session_start WHERE login = 'root') ORDER BY 1", []string{"1", "3"}},
		{"SELECT uid FROM session_start s WHERE NOT EXISTS (SELECT 1 FROM exec WHERE exec.sid = s.sid)", []string{"7"}},
		{"SELECT uid, (SELECT max(ei) FROM exec e WHERE e.sid = s.sid) FROM session_start s ORDER BY 1", []string{"5 | 3", "6 | 1", "7 | NULL"}},
		{"SELECT u, n FROM (SELECT user AS u, count(*) AS n FROM exec GROUP BY user) AS x (u, n) WHERE n > 1", []string{"alice | 2"}},
		{"WITH root AS (SELECT user, sid FROM session_start WHERE login = 'root'), used AS (SELECT r.user, e.uid FROM root r JOIN exec e ON e.sid = r.sid) SELECT user, count(*) FROM used GROUP BY user", []string{"bob | 2"}},
		{"WITH a(x) AS (SELECT 1), b AS (SELECT x + 1 AS y FROM a) SELECT a.x, b.y FROM a, b", []string{"1 | 2"}},
		{"SELECT user FROM exec WHERE user IS NOT NULL UNION SELECT user FROM session_start ORDER BY user", []string{"alice", "bob", "carol"}},
		{"SELECT user FROM session_start EXCEPT SELECT user FROM exec", []string{"carol"}},
		{"SELECT user FROM session_start INTERSECT SELECT user FROM exec ORDER BY 1 DESC", []string{"bob", "alice"}},
		{"SELECT 1 UNION ALL SELECT 2.5 ORDER BY 1", []string{"1", "2.5"}},
		{"SELECT 1 UNION SELECT 2 INTERSECT SELECT 3", []string{"1"}},
		{"(SELECT uid FROM exec ORDER BY uid DESC LIMIT 1) UNION ALL (SELECT uid FROM session_start ORDER BY uid LIMIT 1) ORDER BY 1", []string{"4", "5"}},
		{"SELECT 'exec' AS kind, count(*) FROM exec UNION ALL SELECT 'start', count(*) FROM session_start ORDER BY kind", []string{"exec | 4", "start | 3"}},

		// Windows.
		{"SELECT uid, row_number() OVER (PARTITION BY user ORDER BY event_time) FROM exec ORDER BY uid", []string{"1 | 1", "2 | 1", "3 | 2", "4 | 1"}},
		{"SELECT uid, lag(uid) OVER (ORDER BY ei), lead(uid, 2, 'none') OVER (ORDER BY ei) FROM exec ORDER BY ei", []string{"2 | NULL | 3", "1 | 2 | 4", "3 | 1 | none", "4 | 3 | none"}},
		{"SELECT uid, sum(ei) OVER (ORDER BY ei ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM exec ORDER BY ei", []string{"2 | 1", "1 | 3", "3 | 5", "4 | 7"}},
		{"SELECT user, rank() OVER (ORDER BY count(*) DESC), sum(count(*)) OVER () FROM exec GROUP BY user ORDER BY user", []string{"alice | 1 | 4", "bob | 2 | 4", "NULL | 2 | 4"}},
		{"SELECT uid FROM (SELECT uid, dense_rank() OVER (ORDER BY user) AS r FROM exec) WHERE r = 2", []string{"1"}},

		// What Access Monitoring has no views for.
		{"SELECT user, name FROM role_created", []string{"bob | shadow"}},
		{"SELECT event, success, json_extract(event_data, '$.surprise') FROM events WHERE event = 'brand.new'", []string{`brand.new | false | {"x":[1]}`}},
		{"SELECT count(*) FROM events", []string{"10"}},
		{"SELECT server_labels['env'], server_labels_key, json_extract_scalar(server_labels, '$.key') FROM exec WHERE uid = '1'", []string{"prod | NULL | k"}},
		{"SELECT json_extract_scalar(event_data, '$.server_labels.env') FROM exec WHERE uid = '1'", []string{"prod"}},
		{"SELECT uid FROM awsdatacatalog.audit.exec -- a comment\n/* and another */ WHERE ei = 1;", []string{"2"}},
	} {
		out, summary := ask(t, linesOf(fewEvents), c.sql)
		got := out.lines()
		if last := strings.LastIndex(c.sql, "ORDER BY"); last < 0 || strings.Count(c.sql[last:], "(") < strings.Count(c.sql[last:], ")") {
			slices.Sort(got)
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s\n is\n%s\nwant\n%s", c.sql, strings.Join(got, "\n"), strings.Join(c.want, "\n"))
		}
		if summary.Warnings != nil {
			t.Errorf("%s: %q", c.sql, summary.Warnings)
		}
	}
}

func TestRun_namesColumnsAsTrinoDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sql, want string }{
		{"SELECT e.user, count(*), max(ei) AS Most, 'x' FROM exec e GROUP BY user", "user _col1 most _col3"},
		{"SELECT members[1].member_name, members[1] FROM access_list_member_create", "member_name _col1"},
		{"SELECT a.uid, b.uid FROM exec a, exec b", "uid uid"},
		{"SELECT b.*, a.n FROM (SELECT 1 AS n) a, (SELECT 2 AS x, 3 AS y) b", "x y n"},
		{"SELECT * FROM (SELECT 1 AS k, 2 AS a) JOIN (SELECT 1 AS k, 3 AS b) USING (k)", "k a b"},
		{"SELECT * FROM events LIMIT 0", "event_date event_time uid event code time cluster_name user impersonator updated_by login sid with_mfa addr_remote server_id server_hostname name success error event_data"},
	} {
		out, _ := ask(t, linesOf(fewEvents), c.sql)
		if out.names() != c.want {
			t.Errorf("%s\n has %s, want %s", c.sql, out.names(), c.want)
		}
	}
}
