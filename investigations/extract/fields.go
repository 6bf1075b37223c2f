package extract

import (
	"math"
	"strings"
	"sync"

	"cordon/investigations"
)

// field numbers one JSON path that the scanner keeps.
type field uint8

// The header of an event; the table's fields are numbered after these.
const (
	fieldNone field = iota
	fieldEvent
	fieldCode
	fieldTime
	fieldUID
	fieldIndex
	fieldCluster
	fieldSuccess
	fieldStatusSuccess
	fieldVersion
	fieldState
	fieldProposedState
	fieldError
	fieldStatusError
	fieldReply
	fieldFirstOwn
)

var headerPaths = map[string]field{
	"event": fieldEvent, "code": fieldCode, "time": fieldTime, "uid": fieldUID, "ei": fieldIndex,
	"cluster_name": fieldCluster, "success": fieldSuccess, "status/success": fieldStatusSuccess,
	"server_version": fieldVersion, "state": fieldState, "proposed_state": fieldProposedState,
	"error": fieldError, "status/error": fieldStatusError, "response_code": fieldReply,
}

// textRow says which fields make up the text of an event: what was run, read,
// asked or refused. Values are joined by a blank; an array gives each element.
type textRow struct {
	types  []string
	fields []string
}

var textTable = []textRow{
	{[]string{"exec", "git.command"}, []string{"command"}},
	{[]string{"session.command"}, []string{"path", "argv[]"}},
	{[]string{"session.process_exit"}, []string{"program"}},
	{[]string{"session.disk"}, []string{"path"}},
	{[]string{"session.network"}, []string{"dst_addr", "dst_port"}},
	{[]string{"session.summarized"}, []string{"short_description"}},
	{[]string{"scp"}, []string{"action", "path"}},
	{[]string{"sftp"}, []string{"path", "target_path"}},
	{[]string{"sftp_summary"}, []string{"file_transfer_stats[]/path"}},
	{[]string{"desktop.directory.*"}, []string{"directory_name", "file_path"}},
	{[]string{"db.session.query*"}, []string{"db_query"}},
	{[]string{"db.session.user.*"}, []string{"username", "error"}},
	{[]string{"db.session.*"}, []string{
		"method", "path", "target", "query", "children[]/query", "proc_name", "procedure", "schema_name", "subcommand", "error",
	}},
	{[]string{"kube.request", "app.session.*request"}, []string{"verb", "method", "url", "request_path", "path", "target"}},
	{[]string{"app.session.target_dial.denied"}, []string{"target_host", "target_port"}},
	{[]string{"mcp.session.*"}, []string{"method", "path", "message/method", "message/params/name"}},
	{[]string{"access_request.*", "client.disconnect", "session.rejected", "session.start"}, []string{"reason"}},
	{[]string{
		"user.login", "auth", "recovery_code.used", "mfa_auth_challenge.validate", "bot.join", "instance.join",
		"windows.desktop.session.start", "linux.desktop.session.start",
	}, []string{"error"}},
	{[]string{"port", "port.*"}, []string{"addr"}},
	{[]string{"subsystem"}, []string{"name"}},
	{[]string{"secreports.audit.query.run"}, []string{"query"}},
	{[]string{"secreports.report.run"}, []string{"audit_queries[]/query"}},
	{[]string{"access_graph.crown_jewel.*"}, []string{"crown_jewel_query", "updated_crown_jewel_query"}},
	{[]string{"contact.*"}, []string{"email"}},
	{[]string{"unknown"}, []string{"unknown_event", "unknown_code", "data"}},
}

// use is one thing to do with a field of an event type.
type use struct {
	kind  investigations.Kind
	role  investigations.Role
	label field
	form  form
	rare  bool // there is a reason not to count a value: see skips
	when  condition
}

// form says what is done to a value before it names an entity.
type form uint8

const (
	formPlain   form = iota
	formUUID         // upper case is lowered
	formAddress      // the port goes, and what names nobody
)

// condition is an investigations.Condition; its zero value always holds.
type condition struct {
	field, same field
	is          []string
}

// plan is the table resolved for one event type.
type plan struct {
	uses [][]use // by field, those with a condition first
	text []field
	// verdict says how the type's outcome is told.
	verdict verdict
	// columns is the type's row of ColumnTable, plus one; 0 where it has none.
	columns int
}

// verdict says what tells the outcome of an event.
type verdict uint8

const (
	byStatus verdict = iota // success, else the letter of the code
	byVote                  // a decision on an access request
	byReply                 // the status of an HTTP answer
	neverBad                // only success counts: nothing of the event tells of a failure
)

var verdicts = map[string]verdict{
	"access_request.review": byVote,
	"access_request.update": byVote,
	"kube.request":          byReply,
	// Statements are logged before they run, with success false.
	"db.session.query": neverBad,
	// The server could not read an event; how that one ended is not known.
	"unknown": neverBad,
}

// node is one level of the tree of kept paths. Arrays are no level of their
// own: their elements stand where the array does.
type node struct {
	keys  []string
	subs  []*node
	slots [1024]uint8 // 1 + index into keys of the first candidate, 0 none
	next  []uint8     // 1 + index of the next candidate with the same slot
	field field       // kept when the value here is a scalar
	apart bool        // objects here are elements whose values belong together
	// below are the columns whose values stand here or deeper; column is the one
	// that stands right here, plus one.
	below  []uint16
	column uint16
}

func slotOf(key []byte) int {
	n := len(key)
	return (n*31 + int(key[0])*3 + int(key[n-1])*7 + int(key[n/2])*11) & 1023
}

// child finds the node of a key, nil when nothing below it is kept.
func (n *node) child(key []byte) *node {
	if n == nil || len(key) == 0 {
		return nil
	}
	for i := n.slots[slotOf(key)]; i != 0; i = n.next[i-1] {
		if n.keys[i-1] == string(key) {
			return n.subs[i-1]
		}
	}
	return nil
}

// add puts a node under a key.
func (n *node) add(key string, sub *node) {
	if len(n.keys) == math.MaxUint8 {
		panic("extract: more keys than a node can number")
	}
	n.keys = append(n.keys, key)
	n.subs = append(n.subs, sub)
	s := slotOf([]byte(key))
	n.next = append(n.next, n.slots[s])
	n.slots[s] = uint8(len(n.keys))
}

// at returns the node under a path, making what is missing.
func (n *node) at(path []string) *node {
	for _, key := range path {
		sub := n.child([]byte(key))
		if sub == nil {
			sub = &node{}
			n.add(key, sub)
		}
		n = sub
	}
	return n
}

// kept is the tree of all kept paths and the number of each.
var kept = struct {
	root   node
	fields map[string]field
}{fields: make(map[string]field)}

func init() {
	for path, f := range headerPaths {
		keep(path, f)
	}
	next := fieldFirstOwn
	own := func(path string) {
		if path == "" {
			return
		}
		if _, ok := kept.fields[path]; !ok {
			if next == math.MaxUint8 {
				panic("extract: more fields than can be numbered")
			}
			keep(path, next)
			next++
		}
	}
	for _, row := range investigations.Table {
		own(row.Field)
		own(row.Label)
		own(row.When.Field)
		own(row.When.Same)
		if element, _, ok := strings.Cut(row.When.Field, "[]/"); ok {
			kept.root.at(strings.Split(element, "/")).apart = true
		}
	}
	for _, row := range textTable {
		for _, f := range row.fields {
			own(f)
		}
	}
	fieldEnd = next
	keepColumns()
}

// fieldEnd is one past the last numbered field.
var fieldEnd field

// keep makes the scanner keep the values at a path. Some pipelines take the
// dot of `addr.remote` for nesting and others write `addr_remote`: whichever it
// is, the field is the same.
func keep(path string, f field) {
	kept.fields[path] = f
	n := kept.root.at(strings.Split(strings.ReplaceAll(path, "[]", ""), "/"))
	n.field = f
	if strings.Contains(path, ".") {
		kept.root.at(strings.Split(path, ".")).field = f
		kept.root.at([]string{strings.ReplaceAll(path, ".", "_")}).field = f
	}
}

var plans sync.Map // event type → *plan

// planFor resolves the table for an event type. Types come from evidence, so
// only as many are remembered as a real log could hold.
func planFor(eventType string) *plan {
	if p, ok := plans.Load(eventType); ok {
		return p.(*plan)
	}
	name := eventType
	if real, ok := investigations.Aliases[name]; ok {
		name = real
	}
	p := &plan{uses: make([][]use, fieldEnd), verdict: verdicts[name], columns: columnsOf(eventType)}
	for _, row := range investigations.RowsFor(name) {
		f := kept.fields[row.Field]
		u := use{
			kind: row.Kind, role: row.Role, label: kept.fields[row.Label], form: formOf(row),
			// What made an act possible is listed once: nothing to look out for.
			rare: row.Kind == investigations.KindUnknown || strings.Contains(row.Field, "[]") && row.Role != investigations.RoleVia, when: conditionOf(row.When),
		}
		if u.when.field != fieldNone {
			p.uses[f] = append([]use{u}, p.uses[f]...)
		} else {
			p.uses[f] = append(p.uses[f], u)
		}
	}
	p.findTwins()
	for _, row := range textTable {
		if !matchesAny(row.types, name) {
			continue
		}
		for _, path := range row.fields {
			p.text = append(p.text, kept.fields[path])
		}
		break
	}
	plansMu.Lock()
	defer plansMu.Unlock()
	if plansKept < maxPlans {
		plans.Store(eventType, p)
		plansKept++
	}
	return p
}

// findTwins marks the uses that give the same kind the same role.
func (p *plan) findTwins() {
	type pair struct {
		kind investigations.Kind
		role investigations.Role
	}
	seen := make(map[pair]*use)
	for f := range p.uses {
		for i := range p.uses[f] {
			u := &p.uses[f][i]
			if other := seen[pair{u.kind, u.role}]; other != nil {
				other.rare, u.rare = true, true
			}
			seen[pair{u.kind, u.role}] = u
		}
	}
}

func formOf(row investigations.Row) form {
	switch {
	case row.Port:
		return formAddress
	case row.Kind.ByUUID():
		return formUUID
	}
	return formPlain
}

func conditionOf(c investigations.Condition) condition {
	return condition{kept.fields[c.Field], kept.fields[c.Same], c.Is}
}

const maxPlans = 4096

var (
	plansMu   sync.Mutex
	plansKept int
)

func matchesAny(patterns []string, name string) bool {
	for _, p := range patterns {
		if p == name {
			return true
		}
		if before, after, ok := strings.Cut(p, "*"); ok && len(name) >= len(before)+len(after) &&
			strings.HasPrefix(name, before) && strings.HasSuffix(name, after) {
			return true
		}
	}
	return false
}
