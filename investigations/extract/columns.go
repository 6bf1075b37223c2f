package extract

import "strings"

// ColumnSet lists the fields of one event type whose values a case keeps by
// column, so that reports over all events of the type read no lines. Paths are
// keys joined by `/`; unlike those of the table they are taken as written and
// do not lead through arrays.
type ColumnSet struct {
	Event string
	Paths []string
}

// weak are the fields by which a report tells how well a session was protected.
var weak = []string{"time", "code", "user", "with_mfa", "access_requests", "impersonator", "trusted_device/device_id"}

// ColumnTable is the choice of columns: what the shipped reports count, and what
// tells whose hands a login, a certificate or a session was in. Each must be
// worth its room, about a byte an event where values repeat; ids that are new on
// every line are not.
var ColumnTable = []ColumnSet{
	{"session.start", with(weak, "login", "proto", "server_hostname", "addr.remote")},
	{"db.session.start", with(weak, "success", "db_protocol", "db_service", "db_name", "db_user", "addr.remote")},
	{"kube.request", with(weak, "kubernetes_groups", "kubernetes_cluster")},
	{"exec", with(weak, "login", "proto", "server_hostname")},
	{"user.login", []string{"time", "code", "user", "success", "method", "addr.remote", "user_agent", "mfa_device/mfa_device_uuid"}},
	{"cert.create", []string{
		"time", "code", "cert_type", "user_agent", "identity/user", "identity/impersonator", "identity/client_ip",
		"identity/mfa_device_uuid", "identity/expires", "identity/prev_identity_expires",
	}},
	{"instance.join", []string{"time", "code", "success", "host_id", "node_name", "role", "method", "token_name", "token_expires"}},
	{"access_request.create", []string{"time", "code", "user", "impersonator", "roles", "state"}},
}

func with(more []string, paths ...string) []string {
	return append(append([]string(nil), more...), paths...)
}

// Cell is where the value of a path stands in a line, as its bytes are: To is 0
// where the line has none.
type Cell struct{ From, To uint32 }

// Of is the JSON text of the value in its line, nil where there is none.
func (c Cell) Of(line []byte) []byte {
	if c.To == 0 {
		return nil
	}
	return line[c.From:c.To]
}

// keptColumns numbers the paths of all rows of the ColumnTable in the tree of
// kept paths.
var keptColumns struct {
	n    int
	rows [][]uint16 // by row, the number of each path
}

func keepColumns() {
	numbers := make(map[string]uint16)
	for _, row := range ColumnTable {
		var of []uint16
		for _, path := range row.Paths {
			n, ok := numbers[path]
			if !ok {
				n = uint16(len(numbers))
				numbers[path] = n
				kept.root.watch(strings.Split(path, "/"), n)
			}
			of = append(of, n)
		}
		keptColumns.rows = append(keptColumns.rows, of)
	}
	keptColumns.n = len(numbers)
}

// watch makes the tree note where the value of a path stands.
func (n *node) watch(path []string, number uint16) {
	for i := range path {
		n.at(path[:i+1]).below = append(n.at(path[:i+1]).below, number)
	}
	n.at(path).column = number + 1
}

// columnsOf is the row of the ColumnTable for an event type, plus one.
func columnsOf(eventType string) int {
	for i, row := range ColumnTable {
		if row.Event == eventType {
			return i + 1
		}
	}
	return 0
}

// cellsOf puts the cells of a row of the ColumnTable into the line.
func (s *Scanner) cellsOf(columns int) {
	start := len(s.cells)
	for _, n := range keptColumns.rows[columns-1] {
		s.cells = append(s.cells, s.found[n])
	}
	s.out.Columns, s.out.Cells = columns, s.cells[start:len(s.cells):len(s.cells)]
}

// Picker finds the values of paths in lines. It is for one goroutine.
type Picker struct {
	scanner Scanner
	root    node
	numbers []int // by path, its number among the cells found
	cells   []Cell
}

// NewPicker makes a picker of paths, each a list of keys. A path may stand twice.
func NewPicker(paths [][]string) *Picker {
	p := &Picker{cells: make([]Cell, len(paths))}
	numbers := make(map[string]int)
	for _, path := range paths {
		key := strings.Join(path, "\x00")
		n, ok := numbers[key]
		if !ok {
			n = len(numbers)
			numbers[key] = n
			p.root.watch(path, uint16(n))
		}
		p.numbers = append(p.numbers, n)
	}
	p.scanner.found = make([]Cell, len(numbers))
	return p
}

// Pick returns where the value of each path stands in a line, valid until the
// next call. It gives exactly the cells that Scan gives for the same paths.
func (p *Picker) Pick(line []byte) ([]Cell, error) {
	p.scanner.Reset(p.scanner.Reset(Memory{}))
	if err := p.scanner.walk(line, &p.root); err != nil {
		return nil, err
	}
	for i, n := range p.numbers {
		p.cells[i] = p.scanner.found[n]
	}
	return p.cells, nil
}
