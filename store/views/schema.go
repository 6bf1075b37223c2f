package views

import (
	_ "embed"
	"strings"
)

// schemaText lists the views and their fields; its head says how to read it.
//
//go:embed schema.txt
var schemaText string

// alwaysGroups are the groups of fields that every extra view has.
const alwaysGroups = "M U S C R St New"

// readSchema makes the views that the text lists. The text is part of the
// program: a mistake in it is a panic, which every test meets.
func readSchema(text string) []*View {
	groups := map[string]string{}
	var views []*View
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		if line == "" || line[0] == '#' {
			continue
		}
		parts := strings.Split(line, "|")
		for i := range parts {
			parts[i] = strings.TrimSpace(parts[i])
		}
		kind, name, _ := strings.Cut(parts[0], " ")
		if kind == "group" {
			groups[name] = parts[1]
			continue
		}
		views = append(views, schemaView(groups, kind == "extra", name, parts))
	}
	return views
}

// schemaView reads a line `KIND EVENT | groups | fields | doc`. A field of the
// view's own stands in for the field of a group with the same first key.
func schemaView(groups map[string]string, extra bool, event string, parts []string) *View {
	own := readFields(parts[2])
	taken := map[string]bool{}
	for _, f := range own {
		taken[f.key] = true
	}
	fields := own
	names := parts[1]
	if extra {
		names += " " + alwaysGroups
	}
	for _, g := range strings.Fields(names) {
		list, ok := groups[g]
		if !ok {
			panic("views: no group " + g)
		}
		for _, f := range readFields(list) {
			if !taken[f.key] {
				taken[f.key] = true
				fields = append(fields, f)
			}
		}
	}
	return newView(event, parts[3], extra, columnsOf(nil, fields, extra))
}

// schemaField is a field as the schema writes it.
type schemaField struct {
	key   string
	kind  string        // the suffix: int, bool, [], map, json, or empty for text
	parts []schemaField // of an object, or of the rows of an array
}

// columnsOf makes the columns of fields that stand at a path. Access Monitoring
// turns a label map into two columns that are always NULL, for keys named "key"
// and "value": its views keep them, and the map itself follows as JSON.
func columnsOf(path []string, fields []schemaField, extra bool) []*Column {
	var columns []*Column
	for _, f := range fields {
		at := append(append([]string(nil), path...), f.key)
		switch {
		case f.kind == "" && f.parts != nil:
			columns = append(columns, columnsOf(at, f.parts, extra)...)
			continue
		case f.kind == "map" && !extra:
			for _, part := range []string{"key", "value"} {
				sub := append(append([]string(nil), at...), part)
				columns = append(columns, &Column{Name: nameOf(sub...), Type: tVarchar, Path: sub, Source: FromBlank})
			}
		}
		columns = append(columns, &Column{Name: nameOf(at...), Type: f.columnType(), Path: at})
	}
	return columns
}

func (f schemaField) columnType() *Type {
	switch f.kind {
	case "int":
		return tInteger
	case "bool":
		return tBoolean
	case "map", "json":
		return tJSON
	case "[]":
		return tTexts
	case "[{}]":
		row := &Type{Base: Row}
		for _, p := range f.parts {
			row.Fields = append(row.Fields, Field{Name: p.key, Type: p.columnType()})
		}
		return arrayOf(row)
	}
	return tVarchar
}

// readFields reads `key, key:kind, key{…}, key:[{…}]`.
func readFields(text string) []schemaField {
	r := &fieldReader{rest: text}
	fields := r.list()
	if r.rest != "" {
		panic("views: schema: " + r.rest)
	}
	return fields
}

type fieldReader struct{ rest string }

func (r *fieldReader) list() []schemaField {
	fields := []schemaField{}
	for {
		r.rest = strings.TrimLeft(r.rest, ", ")
		end := strings.IndexAny(r.rest, ",:{}")
		if end < 0 {
			end = len(r.rest)
		}
		if end == 0 {
			return fields
		}
		f := schemaField{key: r.rest[:end]}
		r.rest = r.rest[end:]
		r.kind(&f)
		fields = append(fields, f)
	}
}

func (r *fieldReader) kind(f *schemaField) {
	for _, k := range []string{":int", ":bool", ":[]", ":map", ":json"} {
		if rest, ok := strings.CutPrefix(r.rest, k); ok {
			f.kind, r.rest = k[1:], rest
			return
		}
	}
	if rest, ok := strings.CutPrefix(r.rest, ":[{"); ok {
		f.kind, r.rest = "[{}]", rest
		f.parts = r.list()
		r.rest = strings.TrimPrefix(r.rest, "}]")
	} else if rest, ok := strings.CutPrefix(r.rest, "{"); ok {
		r.rest = rest
		f.parts = r.list()
		r.rest = strings.TrimPrefix(r.rest, "}")
	}
}
