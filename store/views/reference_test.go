package views

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"reflect"
	"slices"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/queries"
)

// refColumn is a column as testdata/columns.txt has it, and where the JSON has
// its value. Nothing here comes from the schema of the package.
type refColumn struct {
	name, typ string
	path      []string
}

// refObjects are the JSON objects that the views take apart, by the beginning
// of the names of their columns; the longest fits first.
var refObjects = []struct {
	prefix string
	path   []string
}{
	{"identity_route_to_database_", []string{"identity", "route_to_database"}},
	{"identity_device_extensions_", []string{"identity", "device_extensions"}},
	{"identity_route_to_app_", []string{"identity", "route_to_app"}},
	{"membership_requirements_changed_", []string{"membership_requirements_changed"}},
	{"trusted_device_", []string{"trusted_device"}},
	{"mfa_device_", []string{"mfa_device"}},
	{"lock_target_", []string{"lock", "target"}},
	{"identity_", []string{"identity"}},
	{"device_", []string{"device"}},
	{"target_", []string{"target"}},
}

func refPath(name string) []string {
	switch name {
	case "addr_local", "addr_remote":
		return []string{strings.Replace(name, "_", ".", 1)}
	}
	// The columns of label maps end in _key and _value; no event has such keys.
	for _, m := range []string{"server_labels", "db_labels", "kubernetes_labels", "desktop_labels", "attribute_mapping"} {
		if strings.HasPrefix(name, m+"_") {
			return []string{m, strings.TrimPrefix(name, m+"_")}
		}
	}
	if strings.HasPrefix(name, "membership_requirements_changed_traits_") {
		return []string{"membership_requirements_changed", "traits", strings.TrimPrefix(name, "membership_requirements_changed_traits_")}
	}
	// identity.route_to_cluster is a text and no object, as are all others whose
	// name only begins like an object's.
	for _, o := range refObjects {
		if rest, ok := strings.CutPrefix(name, o.prefix); ok {
			return append(slices.Clone(o.path), rest)
		}
	}
	return []string{name}
}

type refView struct {
	name    string
	count   int // of columns, as documented
	columns []refColumn
}

func readReference(t testing.TB) []refView {
	t.Helper()
	text, err := os.ReadFile("testdata/columns.txt")
	if err != nil {
		t.Fatal(err)
	}
	groups := map[string]string{}
	var views []refView
	for line := range strings.Lines(string(text)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		switch {
		case strings.HasPrefix(line, "#") || len(parts) < 2:
		case len(parts) == 2:
			groups[parts[0]] = parts[1]
		default:
			v := refView{name: parts[0]}
			v.count, _ = strconv.Atoi(parts[1])
			list := parts[3]
			for _, g := range strings.Fields(parts[2]) {
				list += ", " + groups[g]
			}
			v.columns = refColumns(list)
			views = append(views, v)
		}
	}
	return views
}

func refColumns(list string) []refColumn {
	var columns []refColumn
	for _, c := range splitTop(list) {
		name, typ, found := strings.Cut(c, ":")
		if !found {
			typ = "varchar"
		}
		if name != "" {
			columns = append(columns, refColumn{name: strings.ToLower(name), typ: typ, path: refPath(name)})
		}
	}
	sort.Slice(columns, func(i, j int) bool { return slices.Compare(columns[i].path, columns[j].path) < 0 })
	return append([]refColumn{{name: "event_date", typ: "date"}, {name: "event_time", typ: "timestamp(3)"}}, columns...)
}

// read is what a column holds for an event, straight from its JSON.
func (c refColumn) read(event map[string]any) any {
	if c.name == "event_date" || c.name == "event_time" {
		text, _ := event["time"].(string)
		at, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return nil
		}
		if c.name == "event_date" {
			return at.UTC().Truncate(24 * time.Hour)
		}
		return at.UTC().Truncate(time.Millisecond)
	}
	if strings.HasSuffix(c.name, "_labels_key") || strings.HasSuffix(c.name, "_labels_value") ||
		strings.HasPrefix(c.name, "attribute_mapping_") || strings.Contains(c.name, "_traits_") {
		return nil
	}
	var at any = event
	for _, key := range c.path {
		object, ok := at.(map[string]any)
		if !ok {
			return nil
		}
		at = object[key]
	}
	return refValue(c.typ, at)
}

func refValue(typ string, at any) any {
	switch typ {
	case "varchar":
		if s, ok := at.(string); ok {
			return s
		}
	case "integer":
		if n, ok := at.(json.Number); ok {
			if i, err := n.Int64(); err == nil {
				return i
			}
		}
	case "boolean":
		if b, ok := at.(bool); ok {
			return b
		}
	default:
		return refList(typ, at)
	}
	return nil
}

func refList(typ string, at any) any {
	list, ok := at.([]any)
	if !ok {
		return nil
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(typ, "array("), ")")
	out := []any{}
	for _, e := range list {
		v := refValue(inner, e)
		if strings.HasPrefix(inner, "row(") {
			v = refRow(inner, e)
		}
		if v == nil && e != nil {
			return nil // one element of another type spoils the list
		}
		out = append(out, v)
	}
	return out
}

func refRow(typ string, at any) any {
	object, ok := at.(map[string]any)
	if !ok {
		return nil
	}
	record := queries.Record{}
	for _, f := range splitTop(strings.TrimSuffix(strings.TrimPrefix(typ, "row("), ")")) {
		name, t, _ := strings.Cut(f, " ")
		v := refValue(t, object[name])
		if v == nil && object[name] != nil {
			return nil
		}
		record = append(record, queries.Field{Name: name, Value: v})
	}
	return record
}

func TestSchema_hasTheDocumentedColumnsOfEveryView(t *testing.T) {
	t.Parallel()
	views := readReference(t)
	if len(views) != 35 {
		t.Fatalf("the reference has %d views", len(views))
	}
	offered := 0
	for _, v := range All() {
		if !v.Extra {
			offered++
		}
	}
	if offered != 35 {
		t.Errorf("%d views are offered as Access Monitoring's", offered)
	}
	for _, ref := range views {
		v := Named(ref.name)
		if v == nil || v.Extra {
			t.Errorf("no view %s", ref.name)
			continue
		}
		var got, want []string
		for _, c := range v.Columns {
			if !c.Hidden && c.Type.Base != JSONType {
				got = append(got, c.Name+" "+c.Type.String())
			}
		}
		for _, c := range ref.columns {
			want = append(want, c.name+" "+c.typ)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s:\n%q\nwant\n%q", ref.name, got, want)
		}
		// Access Monitoring counts the column `message` of a review twice, once
		// as the review's and once as the outcome's.
		if twice := map[string]int{"access_list_review": 1}[ref.name]; len(want)+twice != ref.count {
			t.Errorf("%s has %d columns, documented are %d", ref.name, len(want), ref.count)
		}
	}
}

// Every event type of which cordon knows a field has a view, and no view is for
// a name that another view has.
func TestSchema_hasAViewForEveryKnownEventType(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, v := range All() {
		if seen[v.Name] || strings.ToLower(v.Name) != v.Name {
			t.Errorf("view %s", v.Name)
		}
		seen[v.Name] = true
		names := map[string]bool{}
		for _, c := range v.Columns {
			if names[c.Name] {
				t.Errorf("%s has two columns %s", v.Name, c.Name)
			}
			names[c.Name] = true
		}
		for _, name := range []string{"event_date", "event_time", "event", "uid", "time", "event_data"} {
			if !names[name] {
				t.Errorf("%s has no column %s", v.Name, name)
			}
		}
		for _, name := range []string{"user", "sid", "addr_remote", "name", "success"} {
			if v.Extra && !names[name] && v.Event != "device" {
				t.Errorf("%s has no column %s", v.Name, name)
			}
		}
	}
	for _, row := range investigations.Table {
		for _, event := range row.Types {
			v := Named(strings.NewReplacer(".", "_", "-", "_").Replace(event))
			if !strings.Contains(event, "*") && (v == nil || v.Event != event) {
				t.Errorf("no view for %s", event)
			}
		}
	}
}

// drawJSON makes a JSON value that fits a type, or sometimes another one.
func drawJSON(t *rapid.T, typ string) any {
	if rapid.IntRange(0, 11).Draw(t, "odd") == 0 {
		return rapid.SampledFrom([]any{nil, "", "x", json.Number("7"), json.Number("-1.5"), true, []any{}, []any{json.Number("1")}, map[string]any{"a": "b"}}).Draw(t, "other")
	}
	switch typ {
	case "varchar":
		return rapid.OneOf(rapid.SampledFrom([]string{"", "alice", "ssh", `a"b\c`, "日本\u0000\n"}), rapid.String()).Draw(t, "text")
	case "integer":
		return json.Number(strconv.FormatInt(rapid.Int64().Draw(t, "number"), 10))
	case "boolean":
		return rapid.Bool().Draw(t, "bool")
	}
	inner := strings.TrimSuffix(strings.TrimPrefix(typ, "array("), ")")
	list := []any{}
	for range rapid.IntRange(0, 3).Draw(t, "size") {
		if !strings.HasPrefix(inner, "row(") {
			list = append(list, drawJSON(t, inner))
			continue
		}
		object := map[string]any{}
		for _, f := range splitTop(strings.TrimSuffix(strings.TrimPrefix(inner, "row("), ")")) {
			name, ft, _ := strings.Cut(f, " ")
			if rapid.Bool().Draw(t, "has field") {
				object[name] = drawJSON(t, ft)
			}
		}
		list = append(list, object)
	}
	return list
}

// drawEvent makes an event of a view in which any field may be absent.
func drawEvent(t *rapid.T, v refView, event string) map[string]any {
	out := map[string]any{"event": event}
	for _, c := range v.columns {
		if c.path == nil || c.name == "event" || rapid.IntRange(0, 2).Draw(t, "absent") == 0 {
			continue
		}
		at, ok := out, true
		for _, key := range c.path[:len(c.path)-1] {
			if at[key] == nil {
				at[key] = map[string]any{}
			}
			if at, ok = at[key].(map[string]any); !ok {
				break
			}
		}
		if ok {
			at[c.path[len(c.path)-1]] = drawJSON(t, c.typ)
		}
	}
	if rapid.IntRange(0, 9).Draw(t, "no time") > 0 {
		ms := rapid.Int64Range(1, 4102444800000).Draw(t, "time")
		out["time"] = time.UnixMilli(ms).UTC().Format(time.RFC3339Nano)
	} else {
		out["time"] = rapid.SampledFrom([]any{"", "yesterday", nil, json.Number("5")}).Draw(t, "odd time")
	}
	return out
}

func encodeLine(t *rapid.T, event map[string]any) []byte {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(event); err != nil {
		t.Fatal(err)
	}
	return bytes.TrimSpace(b.Bytes())
}

func TestViews_holdWhatTheJSONOfTheEventsSays(t *testing.T) {
	t.Parallel()
	views := readReference(t)
	rapid.Check(t, func(t *rapid.T) {
		first := rapid.IntRange(0, len(views)-1).Draw(t, "view")
		for i := range 2 {
			v := views[(first+17*i)%len(views)]
			var lines lineScanner
			var want [][]any
			for range rapid.IntRange(1, 2).Draw(t, "events") {
				line := encodeLine(t, drawEvent(t, v, Named(v.name).Event))
				lines = append(lines, line)
				want = append(want, v.read(t, line))
			}
			lines = append(lines, []byte(`{"event":"another.type","user":"x"}`))
			checkView(t, v, lines, want)
		}
	})
}

// read is the row of the view for a line.
func (v refView) read(t *rapid.T, line []byte) []any {
	var event map[string]any
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&event); err != nil {
		t.Fatal(err)
	}
	var row []any
	for _, c := range v.columns {
		row = append(row, c.read(event))
	}
	return row
}

func checkView(t *rapid.T, v refView, lines lineScanner, want [][]any) {
	var out table
	if _, err := newTestEngine(lines).Run(t.Context(), "SELECT * FROM "+v.name, 0, &out); err != nil {
		t.Fatal(err)
	}
	if len(out.rows) != len(want) {
		t.Fatalf("%d rows of %d", len(out.rows), len(want))
	}
	for i, c := range v.columns {
		if got := out.columns[i]; got.Name != c.name || got.Type != c.typ {
			t.Fatalf("column %d is %v, want %s %s", i, got, c.name, c.typ)
		}
		for r, row := range out.rows {
			if !reflect.DeepEqual(row[i], want[r][i]) {
				t.Fatalf("%s.%s: %s, want %s", v.name, c.name, fmt.Sprintf("%#v", row[i]), fmt.Sprintf("%#v", want[r][i]))
			}
		}
	}
}
