package extract

import (
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
	fieldProto
	fieldCertExpires
	fieldKubeGroups
	fieldState
	fieldProposedState
	fieldFirstOwn
)

var headerPaths = map[string]field{
	"event": fieldEvent, "code": fieldCode, "time": fieldTime, "uid": fieldUID, "ei": fieldIndex,
	"cluster_name": fieldCluster, "success": fieldSuccess, "status/success": fieldStatusSuccess,
	"server_version": fieldVersion, "proto": fieldProto, "identity/expires": fieldCertExpires,
	"kubernetes_groups[]": fieldKubeGroups, "state": fieldState, "proposed_state": fieldProposedState,
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
	{[]string{"session.disk", "desktop.directory.*"}, []string{"path", "file_path"}},
	{[]string{"session.network"}, []string{"dst_addr", "dst_port"}},
	{[]string{"scp"}, []string{"action", "path"}},
	{[]string{"sftp"}, []string{"path", "target_path"}},
	{[]string{"db.session.query*"}, []string{"db_query"}},
	{[]string{"db.session.*"}, []string{"query", "proc_name", "error"}},
	{[]string{"kube.request", "app.session.*request"}, []string{"verb", "method", "request_path", "path"}},
	{[]string{"access_request.*", "client.disconnect", "session.rejected", "session.start"}, []string{"reason"}},
	{[]string{"user.login", "auth"}, []string{"error"}},
	{[]string{"port"}, []string{"addr"}},
	{[]string{"subsystem"}, []string{"name"}},
	{[]string{"secreports.audit.query.run"}, []string{"query"}},
	{[]string{"lock.*"}, []string{"message"}},
}

// use is one thing to do with a field of an event type.
type use struct {
	kind  investigations.Kind
	role  investigations.Role
	label field
	port  bool
}

// plan is the table resolved for one event type.
type plan struct {
	uses [][]use // by field
	text []field
	// decision says that `state` is the outcome: a decision on an access request.
	decision bool
}

// node is one level of the tree of kept paths.
type node struct {
	keys  []string
	subs  []*node
	slots [64]uint8 // 1 + index into keys of the first candidate, 0 none
	next  []uint8   // 1 + index of the next candidate with the same slot
	field field     // kept when the value here is a scalar
	elem  *node     // for arrays: what each element is
}

func slotOf(key []byte) int {
	n := len(key)
	return (n*7 + int(key[0])*3 + int(key[n-1])*5 + int(key[n/2])) & 63
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

func (n *node) add(key string) *node {
	for i, k := range n.keys {
		if k == key {
			return n.subs[i]
		}
	}
	sub := &node{}
	n.keys = append(n.keys, key)
	n.subs = append(n.subs, sub)
	s := slotOf([]byte(key))
	n.next = append(n.next, n.slots[s])
	n.slots[s] = uint8(len(n.keys))
	return sub
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
			keep(path, next)
			next++
		}
	}
	for _, row := range investigations.Table {
		own(row.Field)
		own(row.Label)
	}
	for _, row := range textTable {
		for _, f := range row.fields {
			own(f)
		}
	}
	fieldEnd = next
}

// fieldEnd is one past the last numbered field.
var fieldEnd field

func keep(path string, f field) {
	kept.fields[path] = f
	n := &kept.root
	for key := range strings.SplitSeq(path, "/") {
		base, array := strings.CutSuffix(key, "[]")
		n = n.add(base)
		if array {
			if n.elem == nil {
				n.elem = &node{}
			}
			n = n.elem
		}
	}
	n.field = f
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
	p := &plan{uses: make([][]use, fieldEnd), decision: name == "access_request.review" || name == "access_request.update"}
	for _, row := range investigations.RowsFor(name) {
		f := kept.fields[row.Field]
		p.uses[f] = append(p.uses[f], use{row.Kind, row.Role, kept.fields[row.Label], row.Port})
	}
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
