package views

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"cordon/investigations/queries"
)

// show writes a value for the eye: NULL, text as it is, a day as a date.
func show(v any) string {
	switch v := v.(type) {
	case nil:
		return "NULL"
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly)
		}
		return v.Format("2006-01-02 15:04:05.000")
	case []any:
		parts := make([]string, len(v))
		for i, e := range v {
			parts[i] = show(e)
		}
		return "[" + strings.Join(parts, ", ") + "]"
	case queries.Record:
		parts := make([]string, len(v))
		for i, f := range v {
			parts[i] = f.Name + "=" + show(f.Value)
		}
		return "{" + strings.Join(parts, ", ") + "}"
	}
	return fmt.Sprint(v)
}

func (t *table) lines() []string {
	var lines []string
	for _, row := range t.rows {
		var cells []string
		for _, v := range row {
			cells = append(cells, show(v))
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return lines
}

// filled writes the cells of each row that are not NULL, with their columns.
func (t *table) filled() []string {
	var lines []string
	for _, row := range t.rows {
		var cells []string
		for i, v := range row {
			if v != nil {
				cells = append(cells, t.columns[i].Name+"="+show(v))
			}
		}
		lines = append(lines, strings.Join(cells, " | "))
	}
	return lines
}

func (t *table) names() string {
	var names []string
	for _, c := range t.columns {
		names = append(names, c.Name)
	}
	return strings.Join(names, " ")
}

const (
	pairR1 = "event_date=2025-03-01 | event_time=2025-03-01 10:00:00.000 | cluster_name=example.com | code=T5000I | ei=0 | event=access_request.create | expires=0001-01-01T00:00:00Z | id=R1 | name=R1 | reason=deploy | roles=[access] | state=PENDING | time=2025-03-01T10:00:00Z | uid=q1 | user=bob | " +
		"event_date=2025-03-01 | event_time=2025-03-01 10:30:00.000 | cluster_name=example.com | code=T5002I | ei=0 | event=access_request.review | id=R1 | name=R1 | proposed_state=APPROVED | reviewer=mallory@example.com | state=APPROVED | time=2025-03-01T10:30:00Z | uid=v1"
	pairR2 = "event_date=2025-03-02 | event_time=2025-03-02 10:00:00.000 | cluster_name=example.com | code=T5000I | ei=0 | event=access_request.create | id=R2 | name=R2 | resource_ids=[{cluster=example.com, kind=node, name=web-1, sub_resource=NULL}] | roles=[editor, db] | state=PENDING | time=2025-03-02T10:00:00Z | uid=q2 | user=mallory@example.com | " +
		"event_date=2025-03-02 | event_time=2025-03-02 10:30:00.000 | cluster_name=example.com | code=T5002I | ei=0 | event=access_request.review | id=R2 | name=R2 | proposed_state=DENIED | reviewer=carol | state=DENIED | time=2025-03-02T10:30:00Z | uid=v2"
	pairR3 = "event_date=2025-03-02 | event_time=2025-03-02 11:00:00.000 | cluster_name=example.com | code=T5000I | ei=0 | event=access_request.create | id=R3 | name=R3 | roles=[] | state=PENDING | time=2025-03-02T11:00:00Z | uid=q3 | user=dave | " +
		"event_date=2025-03-02 | event_time=2025-03-02 11:30:00.000 | cluster_name=example.com | code=T5002I | ei=0 | event=access_request.review | id=R3 | name=R3 | proposed_state=APPROVED | reviewer=carol | state=APPROVED | time=2025-03-02T11:30:00Z | uid=v3"
)

// seedAnswers are the answers to the queries of Teleport's documents over
// testdata/seeds.jsonl, worked out by reading it. ordered is how many of the
// first columns the query sorts by; below 0 the first sorts downwards.
var seedAnswers = []struct {
	query   string
	columns string // of SELECT * only the number
	ordered int
	rows    []string
}{
	{"passwd-commands", "user", 0, []string{"alice", "mallory@example.com"}},
	{"addresses-per-day", "event_date user unique_ip_count", 1, []string{
		"2025-03-01 | admin-annie | 2", "2025-03-02 | mallory@example.com | 1",
	}},
	{"several-addresses", "event_date user unique_ip_count", 0, []string{"2025-03-01 | admin-annie | 2"}},
	{"addresses_of_user", "identity_client_ip", 0, []string{"203.0.113.1", "203.0.113.2"}},
	{"requests-with-reviews", "82", 0, []string{pairR1, pairR2, pairR3}},
	{"request-decisions", "user reason roles resource_ids reviewer state", 0, []string{
		"bob | deploy | [access] | NULL | mallory@example.com | APPROVED",
		"dave | NULL | [] | NULL | carol | APPROVED",
		"mallory@example.com | NULL | [editor, db] | [{cluster=example.com, kind=node, name=web-1, sub_resource=NULL}] | carol | DENIED",
	}},
	// An empty list of requests and an empty MFA device are not absent.
	{"weak-database-sessions", "event_date count user", 1, []string{
		"2025-03-01 | 1 | alice", "2025-03-02 | 1 | NULL", "2025-03-02 | 1 | bob",
	}},
	{"weak-ssh-sessions", "event_date count user", 1, []string{"2025-03-01 | 1 | alice", "2025-03-02 | 2 | mallory@example.com"}},
	{"weak-kubernetes-calls", "event_date count user", 1, []string{"2025-03-01 | 2 | alice", "2025-03-02 | 1 | bob"}},
	{"postgres-superuser", "event_date count user", 1, []string{
		"2025-03-01 | 2 | alice", "2025-03-02 | 1 | NULL", "2025-03-02 | 1 | bob",
	}},
	{"kubernetes-exec", "event_date count user", 1, []string{"2025-03-02 | 1 | bob", "2025-03-02 | 2 | mallory@example.com"}},
	// A day to the millisecond is not longer than a day.
	{"long-lived-certificates", "event_date count user", 1, []string{"2025-03-01 | 1 | admin-annie", "2025-03-02 | 2 | mallory@example.com"}},
	{"long-lived-join-tokens", "event_date count node_name host_id", 1, []string{
		"2025-03-01 | 2 | web-2 | host-2", "2025-03-02 | 1 | NULL | host-3",
	}},
	{"root-ssh-sessions", "event_date count user", 1, []string{"2025-03-01 | 1 | alice", "2025-03-02 | 3 | mallory@example.com"}},
	{"system-masters-calls", "event_date count user", 1, []string{"2025-03-01 | 2 | alice"}},
	{"reviewed-requests", "82", 0, []string{pairR1, pairR2}},
	{"join-tokens-created", "compromised_identity exfiltered_token_roles uid time", 0, []string{
		"mallory@example.com | [Node, App] | t1 | 2025-03-02T12:30:00.7Z",
	}},
	{"users-created", "compromised_identity created_user assigned_role time", 0, []string{
		"carol | eve2 | [access, auditor] | 2025-03-02T13:01:00Z",
		"mallory@example.com | eve | [editor] | 2025-03-02T13:00:00Z",
	}},
	{"certificates-issued", "compromised_identity event_time", -1, []string{
		"mallory@example.com | 2025-03-02 08:00:03.000",
		"mallory@example.com | 2025-03-02 08:00:02.000",
		"mallory@example.com | 2025-03-02 08:00:01.000",
		"mallory@example.com | 2025-03-02 08:00:00.000",
	}},
	{"access-list-edits", "table_name uid access_list_name compromised_identity event members_edit time", 0, []string{
		"access_list_member_create | m1 | admins | mallory@example.com | access_list.member.create | [{joined_on=2025-03-02T14:00:00.5Z, removed_on=NULL, reason=on call, member_name=eve, membership_kind=1}, {joined_on=NULL, removed_on=NULL, reason=NULL, member_name=ops, membership_kind=2}] | 2025-03-02T14:00:00Z",
		"access_list_member_delete | m2 | admins | mallory@example.com | access_list.member.delete | [{joined_on=NULL, removed_on=NULL, reason=NULL, member_name=alice, membership_kind=NULL}] | 2025-03-02T14:01:00Z",
		"access_list_member_update | m3 | admins | mallory@example.com | access_list.member.update | NULL | 2025-03-02T14:02:00Z",
	}},
	{"sessions-opened", "compromised_identity with_mfa threat_actor_ip event_time event login namespace proto server_hostname server_id session_recording_id", 0, []string{
		"mallory@example.com | NULL | 203.0.113.7:50339 | 2025-03-02 15:00:00.000 | session.start | root | default | ssh | web-1 | h1 | sid-3",
		"mallory@example.com | NULL | 203.0.113.7:50340 | 2025-03-02 16:00:00.000 | session.start | root | default | kube | NULL | h2 | sid-4",
		"mallory@example.com | NULL | 203.0.113.7:50341 | 2025-03-02 16:30:00.000 | session.start | root | default | ssh | web-1 | h1 | sid-5",
		"mallory@example.com | NULL | 203.0.113.7:50342 | 2025-03-02 16:40:00.000 | session.start | ubuntu | default | ssh | web-1 | h1 | sid-6",
	}},
	{"commands-run", "compromised_identity command event_time", 0, []string{
		"mallory@example.com | cat /ETC/PASSWD | 2025-03-02 10:00:00.000",
		"mallory@example.com | id; less /etc/passwd | 2025-03-02 10:00:01.250",
	}},
}

// seedText is a query that ships with cordon as Teleport's documents print it,
// or one of testdata/seeds that does not.
func seedText(t *testing.T, name string) string {
	t.Helper()
	if q, ok := queries.Find(queries.All(), name); ok {
		return strings.ReplaceAll(q.SQL, queries.Placeholder, "mallory@example.com")
	}
	text, err := os.ReadFile("testdata/seeds/" + name + ".sql")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func seedLines(t *testing.T) lineScanner {
	t.Helper()
	text, err := os.ReadFile("testdata/seeds.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	return linesOf(string(text))
}

func TestRun_answersTheQueriesOfTeleportsDocuments(t *testing.T) {
	t.Parallel()
	for _, want := range seedAnswers {
		t.Run(want.query, func(t *testing.T) {
			t.Parallel()
			out, summary := ask(t, seedLines(t), seedText(t, want.query))
			columns, rows := out.names(), out.lines()
			if !strings.Contains(want.columns, " ") && want.columns == fmt.Sprint(len(out.columns)) {
				columns, rows = want.columns, out.filled()
			}
			if columns != want.columns {
				t.Errorf("columns:\n%s\nwant:\n%s", columns, want.columns)
			}
			if want.ordered > 0 && !slices.IsSortedFunc(rows, func(a, b string) int { return strings.Compare(a[:10], b[:10]) }) {
				t.Errorf("not in the order of event_date: %q", rows)
			}
			if want.ordered >= 0 {
				slices.Sort(rows)
			}
			if !slices.Equal(rows, want.rows) {
				t.Errorf("rows:\n%s\nwant:\n%s", strings.Join(rows, "\n"), strings.Join(want.rows, "\n"))
			}
			if len(summary.Warnings) != 0 {
				t.Errorf("warnings: %q", summary.Warnings)
			}
		})
	}
}

func TestRun_answersTheExampleOfTctlWithTheFirstDay(t *testing.T) {
	t.Parallel()
	out, _ := ask(t, seedLines(t), seedText(t, "tctl_example"))
	if len(out.rows) != 1 || out.names() != "event_time identity_user" || out.rows[0][1] != "admin-annie" {
		t.Errorf("got %s: %q", out.names(), out.lines())
	}
}
