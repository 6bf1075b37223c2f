package views

import (
	"slices"
	"sort"
	"strings"
	"sync"
)

// View is a table of audit SQL: the events of one type, or all of them.
type View struct {
	Name  string
	Event string // the event type; empty for the view of all events
	Doc   string // one sentence
	Extra bool   // Access Monitoring does not offer it
	// Columns in the order of SELECT *, the hidden ones last.
	Columns []*Column

	byName map[string]*Column
}

// Column finds a column by its name in lower case; nil when there is none.
func (v *View) Column(name string) *Column { return v.byName[name] }

// All lists every view, by name.
func All() []*View { return catalog().views }

// Named finds a view by its name in lower case; nil when there is none.
func Named(name string) *View { return catalog().byName[name] }

type viewCatalog struct {
	views  []*View
	byName map[string]*View
}

var catalog = sync.OnceValue(func() *viewCatalog {
	c := &viewCatalog{byName: map[string]*View{}}
	for _, v := range append(readSchema(schemaText), allEvents()) {
		c.views = append(c.views, v)
		c.byName[v.Name] = v
	}
	sort.Slice(c.views, func(i, j int) bool { return c.views[i].Name < c.views[j].Name })
	return c
})

// nameOf makes an event type or a path the name of a view or column.
func nameOf(parts ...string) string {
	return strings.ToLower(strings.NewReplacer(".", "_", "-", "_").Replace(strings.Join(parts, "_")))
}

// newView puts the columns of a view in their order: the day, the time, then
// by JSON name, then what Access Monitoring's views lack.
func newView(event, doc string, extra bool, fields []*Column) *View {
	v := &View{Name: nameOf(event), Event: event, Doc: doc, Extra: extra}
	if doc == "" {
		v.Doc = "Events of type " + event + "."
	}
	sort.SliceStable(fields, func(i, j int) bool {
		if a, b := late(fields[i]), late(fields[j]); a != b {
			return b
		}
		return slices.Compare(fields[i].Path, fields[j].Path) < 0
	})
	v.Columns = append(v.Columns,
		&Column{Name: "event_date", Type: tDate, Source: FromDay},
		&Column{Name: "event_time", Type: tTimestamp, Source: FromTime})
	v.Columns = append(v.Columns, fields...)
	v.Columns = append(v.Columns, &Column{Name: "event_data", Type: tVarchar, Source: FromLine, Hidden: true})
	v.index()
	return v
}

func late(c *Column) bool { return c.Type.Base == JSONType }

func (v *View) index() {
	v.byName = make(map[string]*Column, len(v.Columns))
	for _, c := range v.Columns {
		v.byName[c.Name] = c
	}
}

// allEvents is the view of every event, of types nobody knows too: the columns
// that most of them have, and the line itself.
func allEvents() *View {
	v := &View{Name: "events", Doc: "Every event of whatever type; event_data is the whole line.", Extra: true}
	v.Columns = []*Column{
		{Name: "event_date", Type: tDate, Source: FromDay},
		{Name: "event_time", Type: tTimestamp, Source: FromTime},
	}
	for _, key := range []string{
		"uid", "event", "code", "time", "cluster_name", "user", "impersonator", "updated_by",
		"login", "sid", "with_mfa", "addr.remote", "server_id", "server_hostname", "name",
	} {
		v.Columns = append(v.Columns, &Column{Name: nameOf(key), Type: tVarchar, Path: []string{key}})
	}
	v.Columns = append(v.Columns,
		&Column{Name: "success", Type: tBoolean, Path: []string{"success"}},
		&Column{Name: "error", Type: tVarchar, Path: []string{"error"}},
		&Column{Name: "event_data", Type: tVarchar, Source: FromLine})
	v.index()
	return v
}
