package views

import (
	"strconv"
	"strings"

	"github.com/valyala/fastjson"
)

// defineJSON adds the functions on JSON. Text that is no JSON gives NULL, as
// in Trino, save in json_parse.
func defineJSON() {
	for _, t := range []string{"json", "varchar"} {
		define("json_extract("+t+", varchar) json", jsonPath(func(j *fastjson.Value) Value {
			return Value{Kind: JSON, Text: string(appendJSON(nil, j))}
		}))
		define("json_extract_scalar("+t+", varchar) varchar", jsonPath(jsonScalar))
		define("json_array_length("+t+") bigint", jsonOne(func(j *fastjson.Value) Value {
			return intValue(int64(len(j.GetArray()))).unless(j.Type() != fastjson.TypeArray)
		}))
		define("json_size("+t+", varchar) bigint", jsonPath(func(j *fastjson.Value) Value {
			switch j.Type() {
			case fastjson.TypeArray:
				return intValue(int64(len(j.GetArray())))
			case fastjson.TypeObject:
				return intValue(int64(j.GetObject().Len()))
			}
			return intValue(0)
		}))
	}
	define("json_parse(varchar) json", builtin{one: func(_ *node, a Value) (Value, error) {
		var p fastjson.Parser
		j, err := p.Parse(a.Text)
		if err != nil {
			return Value{}, errorf("%s is no JSON", shortText(a.Text))
		}
		return Value{Kind: JSON, Text: string(appendJSON(nil, j))}, nil
	}})
	define("json_format(json) varchar", builtin{one: func(_ *node, a Value) (Value, error) { return textValue(a.Text), nil }})
}

func jsonOne(f func(j *fastjson.Value) Value) builtin {
	return builtin{one: func(_ *node, a Value) (Value, error) {
		var p fastjson.Parser
		j, err := p.Parse(a.Text)
		if err != nil {
			return Value{}, nil
		}
		return f(j), nil
	}}
}

func jsonPath(f func(j *fastjson.Value) Value) builtin {
	at := func(path []string, text string) Value {
		var p fastjson.Parser
		j, err := p.Parse(text)
		if err != nil {
			return Value{}
		}
		if j = j.Get(path...); j == nil {
			return Value{}
		}
		return f(j)
	}
	return builtin{
		two: func(_ *node, a, b Value) (Value, error) {
			path, err := readPath(b.Text)
			if err != nil {
				return Value{}, err
			}
			return at(path, a.Text), nil
		},
		prepare: func(b Value) (func(*node, Value) (Value, error), error) {
			path, err := readPath(b.Text)
			return func(_ *node, a Value) (Value, error) { return at(path, a.Text), nil }, err
		},
	}
}

// jsonScalar is a single value as text; NULL of arrays, objects and null.
func jsonScalar(j *fastjson.Value) Value {
	switch j.Type() {
	case fastjson.TypeString:
		return textValue(string(j.GetStringBytes()))
	case fastjson.TypeNumber, fastjson.TypeTrue, fastjson.TypeFalse:
		return textValue(string(j.MarshalTo(nil)))
	}
	return Value{}
}

func jsonMember(_ *node, a, b Value) (Value, error) {
	var p fastjson.Parser
	j, err := p.Parse(a.Text)
	if err != nil || j.Type() != fastjson.TypeObject || j.Get(b.Text) == nil {
		return Value{}, nil
	}
	return jsonScalar(j.Get(b.Text)), nil
}

// opJSONMember is labels['name'], the text under a key.
var opJSONMember = &builtin{name: "subscript", two: jsonMember}

// readPath reads a path such as $.identity.roles[0] or $["addr.remote"].
func readPath(path string) ([]string, error) {
	bad := errorf("%s is no JSON path: write $.key, $[\"key\"] or $.list[0]", shortText(path))
	rest, ok := strings.CutPrefix(strings.TrimSpace(path), "$")
	if !ok {
		return nil, bad
	}
	var keys []string
	for rest != "" {
		var key string
		switch {
		case rest[0] == '.':
			end := strings.IndexAny(rest[1:], ".[")
			if end < 0 {
				end = len(rest) - 1
			}
			key, rest = rest[1:end+1], rest[end+1:]
		case strings.HasPrefix(rest, `["`):
			end := strings.Index(rest, `"]`)
			if end < 2 {
				return nil, bad
			}
			key, rest = rest[2:end], rest[end+2:]
		case rest[0] == '[':
			end := strings.IndexByte(rest, ']')
			if end < 0 {
				return nil, bad
			}
			key, rest = rest[1:end], rest[end+1:]
			if n, err := strconv.Atoi(key); err != nil || n < 0 {
				return nil, bad
			}
		default:
			return nil, bad
		}
		if key == "" || key == "*" {
			return nil, bad
		}
		keys = append(keys, key)
	}
	return keys, nil
}
