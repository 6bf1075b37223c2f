package queries

import (
	"net"
	"strings"

	"cordon/investigations"
)

// EntitiesOf says whom or what a cell of an answer names, the cell being that of
// column at. It goes by the name of the column: what the table of the package
// investigations says of the field behind it, where the row also shows its event
// exactly so, else what a person would take the name for, such as
// threat_actor_ip for an address.
func EntitiesOf(columns []Column, row []any, at int) []investigations.Involvement {
	if at < 0 || at >= len(columns) || at >= len(row) || row[at] == nil {
		return nil
	}
	r := answerRow{columns: columns, values: row}
	r.from, r.to = r.segment(at)
	fields := fieldsOf(r.text("event"))
	name := strings.ToLower(columns[at].Name)
	var out []investigations.Involvement
	eachText(name, elements(columns[at].Type, row[at]), func(name, text string) {
		if f, ok := fields[name]; ok {
			out = appendEntity(out, f, text, r.text(f.label))
			return
		}
		for field, f := range fields { // the name of a host stands for its id
			if f.label == name && r.text(field) != "" {
				out = appendEntity(out, f, r.text(field), text)
				return
			}
		}
		if kind := kindByWord(name); kind != investigations.KindUnknown {
			out = appendEntity(out, field{kind: kind, port: kind == investigations.KindAddress}, text, "")
		}
	})
	return out
}

// answerRow is a row in which columns are looked up by name. In a join of views
// several columns have one name: those from one event_date to the next belong
// together.
type answerRow struct {
	columns  []Column
	values   []any
	from, to int
}

func (r answerRow) segment(at int) (from, to int) {
	to = len(r.columns)
	for i, c := range r.columns {
		switch {
		case c.Name == "event_date" && i <= at:
			from = i
		case c.Name == "event_date":
			return from, i
		}
	}
	return from, to
}

// text is the value of a column where that is a text, else empty.
func (r answerRow) text(name string) string {
	for i := r.from; i < r.to && i < len(r.values) && name != ""; i++ {
		if strings.EqualFold(r.columns[i].Name, name) {
			s, _ := r.values[i].(string)
			return s
		}
	}
	return ""
}

// elements is a value as the package describes it, where an engine gave an array
// or a row as a text: a cluster writes [a, b] and {x=a}.
func elements(columnType string, value any) any {
	text, ok := value.(string)
	switch {
	case !ok:
		return value
	case strings.HasPrefix(columnType, "row"), strings.HasPrefix(columnType, "array") && strings.Contains(text, "{"):
		return nil // its fields cannot be told apart for sure
	case !strings.HasPrefix(columnType, "array"):
		return value
	}
	var out []any
	for part := range strings.SplitSeq(strings.TrimSuffix(strings.TrimPrefix(text, "["), "]"), ", ") {
		out = append(out, part)
	}
	return out
}

// eachText yields the texts of a value with the column that each would have by
// itself: those of an array under its name, a field of a row under both names.
func eachText(name string, value any, yield func(name, text string)) {
	switch v := value.(type) {
	case string:
		if v != "" {
			yield(name, v)
		}
	case []any:
		for _, e := range v {
			eachText(name, e, yield)
		}
	case Record:
		for _, f := range v {
			eachText(name+"_"+strings.ToLower(f.Name), f.Value, yield)
		}
	}
}

func appendEntity(all []investigations.Involvement, f field, name, label string) []investigations.Involvement {
	if f.port {
		if host, _, err := net.SplitHostPort(name); err == nil {
			name = host
		}
	}
	e := investigations.Entity{Kind: f.kind, Name: investigations.CanonicalName(f.kind, name)}
	if label == name {
		label = ""
	}
	return append(all, investigations.Involvement{Entity: e, Role: f.role, Label: label})
}

// field is what the table says of a column.
type field struct {
	kind  investigations.Kind
	role  investigations.Role
	label string // the column with what people call it
	port  bool
}

// fieldsOf gives, by column, the fields of an event type that name something.
// Without a type it gives those that mean the same in every type.
func fieldsOf(eventType string) map[string]field {
	if eventType == "" {
		return commonFields
	}
	out := map[string]field{}
	for _, row := range investigations.RowsFor(eventType) {
		takeRow(out, row)
	}
	return out
}

var commonFields = func() map[string]field {
	out, kinds := map[string]field{}, map[string]investigations.Kind{}
	for _, row := range investigations.Table {
		name := columnOf(row.Field)
		if row.Kind == investigations.KindResource || row.Kind == investigations.KindUnknown {
			continue
		}
		if was, ok := kinds[name]; ok && was != row.Kind {
			kinds[name] = investigations.KindUnknown
			delete(out, name)
			continue
		}
		kinds[name] = row.Kind
		takeRow(out, row)
	}
	return out
}()

func takeRow(out map[string]field, row investigations.Row) {
	name := columnOf(row.Field)
	if row.When.Field != "" || row.Kind == investigations.KindResource || row.Kind == investigations.KindUnknown {
		return
	}
	if _, taken := out[name]; !taken {
		out[name] = field{kind: row.Kind, role: row.Role, label: columnOf(row.Label), port: row.Port}
	}
}

// columnOf is the column of a field's path.
func columnOf(path string) string {
	return strings.ToLower(strings.NewReplacer("[]", "", "/", "_", ".", "_").Replace(path))
}

// kindByWord is what the last words of a column's name mean to a person.
func kindByWord(name string) investigations.Kind {
	switch last := name[strings.LastIndexByte(name, '_')+1:]; last {
	case "user", "users", "identity", "reviewer", "requester", "impersonator":
		return investigations.KindUser
	case "ip", "ips", "addr", "address":
		return investigations.KindAddress
	case "role", "roles":
		return investigations.KindRole
	case "sid":
		return investigations.KindSession
	case "id":
		switch {
		case strings.Contains(name, "session"):
			return investigations.KindSession
		case strings.Contains(name, "request"):
			return investigations.KindRequest
		case strings.Contains(name, "host"), strings.Contains(name, "server"):
			return investigations.KindHost
		}
	}
	return investigations.KindUnknown
}
