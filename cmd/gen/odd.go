package main

import (
	"bytes"
	"fmt"
	"strings"
)

// Strange but real lines: what logs of other versions and what clients with
// odd input leave behind. Each keeps the line one valid JSON object, except
// where the log itself does not (bytes that are no UTF-8).

// spoilers change one line each. The newline at the end stays.
var spoilers = []func(b *bulkWriter, text []byte) []byte{
	// No uid, as very old events have none.
	func(_ *bulkWriter, text []byte) []byte { return without(text, "uid") },
	// A uid that is no UUID.
	func(b *bulkWriter, text []byte) []byte {
		return with(without(text, "uid"), fmt.Sprintf(`"uid":"legacy-%d"`, b.rng.IntN(1<<40)))
	},
	// No cluster name.
	func(_ *bulkWriter, text []byte) []byte { return without(text, "cluster_name") },
	// A success that some pipeline made a word.
	func(_ *bulkWriter, text []byte) []byte {
		return bytes.Replace(text, []byte(`"success":true`), []byte(`"success":"true"`), 1)
	},
	// Bytes that are no UTF-8, and control characters.
	func(_ *bulkWriter, text []byte) []byte { return with(text, "\"db_query\":\"SELECT '\xff\xfe\xe9'\"") },
	func(_ *bulkWriter, text []byte) []byte {
		return with(text, `"message":"\u001b]52;c;ZWNobw==\u0007\u202etxt.exe\u0000"`)
	},
	// A long statement.
	func(b *bulkWriter, text []byte) []byte {
		return with(text, `"db_query_tail":"`+strings.Repeat("x", 1000+b.rng.IntN(60_000))+`"`)
	},
	// Blanks, and a number in another spelling, as after another tool.
	func(_ *bulkWriter, text []byte) []byte {
		return bytes.Replace(text, []byte(`{"ei":0,`), []byte("{ \"ei\" : 0.0 , "), 1)
	},
	// A field of a version to come.
	func(b *bulkWriter, text []byte) []byte {
		return with(text, fmt.Sprintf(`"future_field":{"deep":[1,[2,[3,[%d]]]]}`, b.rng.IntN(100)))
	},
}

func (b *bulkWriter) spoil(text []byte) []byte { return pick(b.ledger, spoilers)(b, text) }

// with adds a member at the end of an object that has no such key yet.
func with(text []byte, member string) []byte {
	if key, _, _ := strings.Cut(member, ":"); bytes.Contains(text, []byte(key+":")) {
		return text
	}
	out := append([]byte(nil), bytes.TrimSuffix(text, []byte("}\n"))...)
	return append(out, ","+member+"}\n"...)
}

// without drops a member whose value is a plain string.
func without(text []byte, key string) []byte {
	mark := []byte(`"` + key + `":"`)
	i := bytes.Index(text, mark)
	if i < 0 {
		return text
	}
	end := bytes.IndexByte(text[i+len(mark):], '"')
	if end < 0 {
		return text
	}
	out := append([]byte(nil), text[:i]...)
	return append(out, bytes.TrimPrefix(text[i+len(mark)+end+1:], []byte(","))...)
}
