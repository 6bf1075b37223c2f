package views

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"cordon/investigations/queries"
)

// What is refused, where it points to, and what the person is told.
func TestRun_refusesInASentence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ sql, at, text, hint string }{
		// Nothing but one SELECT.
		{"", "1:1", "There is no statement.", "SELECT * FROM events"},
		{"INSERT INTO exec VALUES (1)", "1:1", "INSERT is refused: a query reads and changes nothing.", "SELECT"},
		{"  drop table events", "1:3", "DROP is refused", ""},
		{"UPDATE exec SET user = 'x'", "1:1", "UPDATE is refused", ""},
		{"create view v as select 1", "1:1", "CREATE is refused", ""},
		{"ATTACH DATABASE 'x' AS y", "1:1", "a query reads this case and nothing else", ""},
		{"PRAGMA table_info(x)", "1:1", "PRAGMA is not offered.", "--schema"},
		{"EXPLAIN SELECT 1", "1:1", "EXPLAIN is not offered.", ""},
		{"VACUUM", "1:1", "VACUUM is refused", ""},
		{"SHOW TABLES", "1:1", "SHOW is not offered.", "--schema"},
		{"SELECT 1; DELETE FROM exec", "1:11", "One statement at a time", ""},
		{"WITH x AS (DELETE FROM exec) SELECT 1", "1:12", `Here stands "DELETE" where SELECT should.`, ""},
		{"hello", "1:1", "begins with SELECT or WITH", ""},
		{"WITH RECURSIVE x AS (SELECT 1) SELECT * FROM x", "1:6", "WITH RECURSIVE is not offered.", ""},

		// Slips of the pen.
		{"SELECT user\nFROM exec\nWHERE user = 'alice", "3:14", "This text has no closing quote.", "Close it with '."},
		{"SELECT ‘x’", "1:8", "is no part of SQL", "straight quotes"},
		{"SELECT `user` FROM exec", "1:8", "is no part of SQL", `"name"`},
		{"SELECT user FROM exec WHERE user == 'a'", "1:34", "== is no operator", "= once"},
		{"SELECT user FROM exec WHERE", "1:28", "The statement ends where a value should follow.", ""},
		{"SELECT user, FROM exec", "1:14", `Here stands "FROM" where a value should.`, `"from"`},
		{"SELECT (1", "1:10", "ends where ) should follow", ""},
		{"SELECT /* x", "1:8", "This comment has no end.", ""},
		{"SELECT user FROM exec WHERE user ILIKE 'a'", "1:34", "ILIKE is no operator of Trino.", "lower(x)"},
		{"SELECT user FROM exec LIMIT -1", "1:29", "where a whole number should", ""},
		{"SELECT user FROM exec WHERE uid = ?", "1:35", "Parameters are not offered.", ""},

		{"SELECT * FROM (VALUES (1, 2), (3))", "1:31", "The rows of VALUES have 2 and 1 columns.", ""},
		{"VALUES 1", "1:1", "A statement begins with SELECT or WITH.", ""},

		// Names.
		{"SELECT * FROM session_starts", "1:15", `There is no view "session_starts".`, "session_start"},
		{"SELECT * FROM execs", "1:15", "There is no view", "exec"},
		{"SELECT * FROM nothing_like_it_at_all", "1:15", "There is no view", "cordon query --schema"},
		{`SELECT * FROM "session.start"`, "1:15", "There is no view", "Type session_start."},
		{"SELECT usr FROM exec", "1:8", `There is no column "usr".`, "user"},
		{"SELECT e.addr.remote FROM exec e", "1:10", `There is no column "e.addr".`, "addr_remote"},
		{"SELECT addr.remote FROM exec", "1:8", "There is no table", "Type addr_remote."},
		{"SELECT x.user FROM exec e", "1:8", "There is no table or row", "The tables here are e."},
		{"SELECT user FROM exec, auth", "1:8", "is in more than one table", "exec.user"},
		{"SELECT 1 FROM exec, exec", "1:15", `Two tables are called "exec"`, "AS a"},
		{`SELECT uid FROM exec WHERE user = "alice"`, "1:35", `There is no column "alice".`, "single quotes"},
		{"SELECT lenght(user) FROM exec", "1:8", `There is no function "lenght".`, "length"},
		{"SELECT members[1].name FROM access_list_member_create", "1:19", "The row has no field", "member_name"},
		{"SELECT members.member_name FROM access_list_member_create", "1:16", "has no field", "UNNEST"},

		// Types.
		{"SELECT * FROM exec WHERE user = 5", "1:26", "varchar cannot be compared with integer (=).", "'5'"},
		{"SELECT * FROM kube_request WHERE response_code >= '400'", "1:34", "integer cannot be compared with varchar (>=).", "Leave the quotes out."},
		{"SELECT * FROM exec WHERE time > TIMESTAMP '2025-03-01 00:00:00'", "1:26", "varchar cannot be compared with timestamp(3)", "from_iso8601_timestamp"},
		{"SELECT * FROM exec WHERE event_date = '2025-03-01'", "1:26", "date cannot be compared with varchar", "DATE '2025-03-01'"},
		{"SELECT * FROM exec WHERE event_time > '2025-03-01'", "1:26", "timestamp(3) cannot be compared", "TIMESTAMP '"},
		{"SELECT * FROM user_create WHERE roles = 'editor'", "1:33", "array(varchar) cannot be compared with varchar", "contains(array, value)"},
		{"SELECT * FROM user_login WHERE success = 'true'", "1:32", "boolean cannot be compared with varchar", "without quotes"},
		{"SELECT * FROM exec WHERE user", "1:26", "A condition is needed here, and this is varchar.", ""},
		{"SELECT user + 'x' FROM exec", "1:8", "varchar + varchar does not work.", "||"},
		{"SELECT time - identity_expires FROM cert_create", "1:8", "varchar - varchar does not work.", ""},
		{"SELECT identity_expires - event_time FROM cert_create", "1:8", "does not work", "from_iso8601_timestamp"},
		{"SELECT length(ei) FROM exec", "1:8", "length does not take (integer).", "length(varchar)"},
		{"SELECT cardinality(user) FROM exec", "1:8", "cardinality does not take (varchar).", "array(any)"},
		{"SELECT CASE WHEN true THEN 1 ELSE 'x' END", "1:35", "of one type", ""},
		{"SELECT CAST(roles AS varchar) FROM user_create", "1:8", "There is no CAST from array(varchar) to varchar.", ""},
		{"SELECT CAST('x' AS blob)", "1:20", "There is no type", "varchar"},
		{"SELECT 1 UNION SELECT 'x'", "1:10", "Column 1 is integer in one query and varchar in the other.", ""},
		{"SELECT 1, 2 UNION SELECT 1", "1:13", "queries of 2 and of 1 columns", ""},
		{"SELECT roles FROM user_create ORDER BY roles", "1:40", "have no order", "array_join"},

		// Constants that have no value.
		{"SELECT DATE '2025-02-30'", "1:8", "is no date", ""},
		{"SELECT 1 / 0", "1:8", "/:", ""},
		{"SELECT CAST('x' AS bigint)", "1:8", "cannot be read as bigint", ""},
		{"SELECT * FROM exec WHERE regexp_like(command, '(?=x)')", "1:47", "no regular expression", ""},
		{"SELECT date_trunc('fortnight', event_time) FROM exec", "1:19", "is no unit", ""},
		{"SELECT date_diff('mins', event_time, now()) FROM exec", "1:18", "is no unit", ""},
		{"SELECT date_format(event_time, '%Q') FROM exec", "1:32", "%Q is not known in a date format", ""},
		{"SELECT regexp_extract(command, '(', 1) FROM exec", "1:32", "no regular expression", ""},
		{"SELECT json_extract_scalar(event_data, 'a.b') FROM exec", "1:40", "no JSON path", ""},
		{"SELECT INTERVAL '1' FORTNIGHT", "1:8", "is no unit of an interval", "WEEK"},
		{"SELECT now() AT TIME ZONE 'Europe/Paris'", "1:8", "in UTC", ""},

		// Groups and places.
		{"SELECT user, count(*) FROM exec", "1:8", `The column "user" is neither in GROUP BY nor in an aggregate.`, "Add user to GROUP BY"},
		{"SELECT user, login, count(*) FROM exec GROUP BY user", "1:14", `The column "login"`, ""},
		{"SELECT count(*) FROM exec GROUP BY user ORDER BY login", "1:50", `The column "login"`, ""},
		{"SELECT user FROM exec e GROUP BY user HAVING EXISTS (SELECT 1 FROM auth a WHERE a.code = e.login)", "1:92", `The column "login"`, ""},
		{"SELECT user FROM exec WHERE count(*) > 1", "1:29", "count cannot stand in WHERE.", "HAVING"},
		{"SELECT max(count(*)) FROM exec", "1:12", "count stands inside max.", ""},
		{"SELECT user FROM exec WHERE row_number() OVER () = 1", "1:29", "cannot stand in WHERE", "FROM ( … )"},
		{"SELECT row_number() FROM exec", "1:8", "is a window function", "OVER"},
		{"SELECT user FROM exec GROUP BY 3", "1:32", "There is no column 3: the query shows 1.", ""},
		{"SELECT DISTINCT user FROM exec ORDER BY login", "1:41", "With SELECT DISTINCT", ""},
		{"SELECT user FROM exec UNION SELECT user FROM auth ORDER BY lower(user)", "1:60", "by a column of the result", "FROM ( … )"},
		{"SELECT * ", "1:8", "There is no table", "FROM"},
		{"SELECT (SELECT 1, 2)", "1:8", "shows one column", ""},
		{"SELECT user FROM exec WHERE user IN (SELECT * FROM auth)", "1:29", "shows one column", ""},
		{"SELECT x -> x", "1:8", "stands as an argument only", ""},
		{"SELECT user FROM exec EXCEPT ALL SELECT user FROM auth", "1:23", "EXCEPT ALL is not offered.", ""},
	} {
		_, err := newTestEngine(nil).Run(t.Context(), c.sql, 0, &table{})
		var e *queries.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: not refused but %v", c.sql, err)
			continue
		}
		if at := fmt.Sprintf("%d:%d", e.Line, e.Col); at != c.at || !strings.Contains(e.Text, c.text) || !strings.Contains(e.Hint, c.hint) {
			t.Errorf("%s\n is refused at %s: %s %s", c.sql, at, e.Text, e.Hint)
		}
	}
}
