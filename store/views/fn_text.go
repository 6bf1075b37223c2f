package views

import (
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxText bounds what a function makes of a text, in bytes.
const maxText = 64 << 20

// defineText adds the functions on text. Text is counted in characters; a byte
// that is no UTF-8 is one character and stays the byte it is.
func defineText() {
	text := func(f func(s string) string) builtin {
		return builtin{one: func(_ *node, a Value) (Value, error) { return textValue(f(a.Text)), nil }}
	}
	define("lower(varchar) varchar", text(func(s string) string { return mapRunes(s, unicode.ToLower) }))
	define("upper(varchar) varchar", text(func(s string) string { return mapRunes(s, unicode.ToUpper) }))
	define("reverse(varchar) varchar", text(reverseText))
	define("length(varchar) bigint", builtin{one: func(_ *node, a Value) (Value, error) {
		return intValue(int64(utf8.RuneCountInString(a.Text))), nil
	}})
	trims := map[string]func(s, cut string) string{"trim": strings.Trim, "ltrim": strings.TrimLeft, "rtrim": strings.TrimRight}
	for name, trim := range trims {
		define(name+"(varchar, varchar?) varchar", builtin{many: func(_ *node, a []Value) (Value, error) {
			cut := " \t\n\v\f\r"
			if len(a) == 2 {
				cut = a[1].Text
			}
			return textValue(trim(a[0].Text, cut)), nil
		}})
	}
	for _, name := range []string{"substr", "substring"} {
		define(name+"(varchar, bigint, bigint?) varchar", builtin{many: substr})
	}
	define("strpos(varchar, varchar) bigint", builtin{two: func(_ *node, a, b Value) (Value, error) {
		i := strings.Index(a.Text, b.Text)
		if i < 0 {
			return intValue(0), nil
		}
		return intValue(int64(utf8.RuneCountInString(a.Text[:i]) + 1)), nil
	}})
	define("starts_with(varchar, varchar) boolean", builtin{two: func(_ *node, a, b Value) (Value, error) {
		return boolValue(strings.HasPrefix(a.Text, b.Text)), nil
	}})
	define("split(varchar, varchar, bigint?) array(varchar)", builtin{many: splitText})
	define("split_part(varchar, varchar, bigint) varchar", builtin{many: splitPart})
	define("replace(varchar, varchar, varchar?) varchar", builtin{many: replaceText})
	define("concat(varchar, varchar...) varchar", builtin{many: func(_ *node, a []Value) (Value, error) {
		var b strings.Builder
		for _, v := range a {
			b.WriteString(v.Text)
		}
		return textValue(b.String()), nil
	}})
	define("concat_ws(varchar, varchar...) varchar", builtin{build: concatWithSeparator})
	define("lpad(varchar, bigint, varchar) varchar", builtin{many: func(_ *node, a []Value) (Value, error) { return pad(a, true) }})
	define("rpad(varchar, bigint, varchar) varchar", builtin{many: func(_ *node, a []Value) (Value, error) { return pad(a, false) }})
	define("chr(bigint) varchar", builtin{one: func(_ *node, a Value) (Value, error) {
		if a.Int < 0 || a.Int > unicode.MaxRune {
			return Value{}, errorf("%d is no code point", a.Int)
		}
		return textValue(string(rune(a.Int))), nil
	}})
	defineDecoders()
}

// defineDecoders adds what a responder unpacks commands with. Bytes are text
// here, so from_utf8 and to_utf8 give back what they get.
func defineDecoders() {
	same := builtin{one: func(_ *node, a Value) (Value, error) { return a, nil }}
	define("from_utf8(varchar) varchar", same)
	define("to_utf8(varchar) varchar", same)
	decoders := map[string]func(string) ([]byte, error){
		"from_base64":    base64.StdEncoding.DecodeString,
		"from_base64url": base64.URLEncoding.DecodeString,
		"from_hex":       hex.DecodeString,
		"url_decode": func(s string) ([]byte, error) {
			t, err := url.QueryUnescape(s)
			return []byte(t), err
		},
	}
	for name, decode := range decoders {
		define(name+"(varchar) varchar", builtin{one: func(_ *node, a Value) (Value, error) {
			b, err := decode(a.Text)
			if err != nil {
				return Value{}, errorf("%s cannot be decoded", shortText(a.Text))
			}
			return textValue(string(b)), nil
		}})
	}
	define("to_base64(varchar) varchar", builtin{one: func(_ *node, a Value) (Value, error) {
		return textValue(base64.StdEncoding.EncodeToString([]byte(a.Text))), nil
	}})
	define("to_hex(varchar) varchar", builtin{one: func(_ *node, a Value) (Value, error) {
		return textValue(strings.ToUpper(hex.EncodeToString([]byte(a.Text)))), nil
	}})
}

// shortText quotes a text of the evidence for a message.
func shortText(s string) string {
	if len(s) > 40 {
		cut := 40
		for cut > 0 && !utf8.RuneStart(s[cut]) {
			cut--
		}
		s = s[:cut] + "…"
	}
	return quoteName(s)
}

func mapRunes(s string, change func(rune) rune) string {
	var b strings.Builder
	b.Grow(len(s))
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n == 1 {
			b.WriteByte(s[i])
		} else {
			b.WriteRune(change(r))
		}
		i += n
	}
	return b.String()
}

func reverseText(s string) string {
	out := make([]byte, len(s))
	at := len(s)
	for i := 0; i < len(s); {
		_, n := utf8.DecodeRuneInString(s[i:])
		at -= n
		copy(out[at:], s[i:i+n])
		i += n
	}
	return string(out)
}

// offset is the byte at which character n, counted from 0, begins.
func offset(s string, n int64) int {
	i := 0
	for ; n > 0 && i < len(s); n-- {
		_, size := utf8.DecodeRuneInString(s[i:])
		i += size
	}
	return i
}

// substr counts from 1, or from the end where the start is negative.
func substr(_ *node, a []Value) (Value, error) {
	s, start := a[0].Text, a[1].Int
	count := int64(utf8.RuneCountInString(s))
	if start < 0 {
		start += count + 1
	}
	if start < 1 || start > count {
		return textValue(""), nil
	}
	s = s[offset(s, start-1):]
	if len(a) == 3 {
		s = s[:offset(s, max(a[2].Int, 0))]
	}
	return textValue(s), nil
}

func splitText(_ *node, a []Value) (Value, error) {
	if a[1].Text == "" {
		return Value{}, errorf("the text to split at is empty")
	}
	limit := -1
	if len(a) == 3 {
		if a[2].Int <= 0 {
			return Value{}, errorf("the limit is not positive")
		}
		limit = int(min(a[2].Int, 1<<30))
	}
	out := []byte{'['}
	for i, part := range strings.SplitN(a[0].Text, a[1].Text, limit) {
		if i > 0 {
			out = append(out, ',')
		}
		out = appendQuoted(out, part)
	}
	return Value{Kind: JSON, Text: string(append(out, ']'))}, nil
}

func splitPart(_ *node, a []Value) (Value, error) {
	if a[2].Int < 1 {
		return Value{}, errorf("parts are counted from 1")
	}
	if a[1].Text == "" {
		return Value{}, errorf("the text to split at is empty")
	}
	rest := a[0].Text
	for n := a[2].Int; ; n-- {
		part, after, found := strings.Cut(rest, a[1].Text)
		switch {
		case n == 1:
			return textValue(part), nil
		case !found:
			return Value{}, nil
		}
		rest = after
	}
}

func replaceText(_ *node, a []Value) (Value, error) {
	with := ""
	if len(a) == 3 {
		with = a[2].Text
	}
	if n := strings.Count(a[0].Text, a[1].Text); n > 0 && n*len(with) > maxText {
		return Value{}, errorf("the result would be longer than %d MiB", maxText>>20)
	}
	return textValue(strings.ReplaceAll(a[0].Text, a[1].Text, with)), nil
}

// concatWithSeparator leaves NULLs out, but not where the separator is NULL.
func concatWithSeparator(c *compiler, n *node) evalFn {
	args := c.all(n.args)
	return func(f *frame) (Value, error) {
		separator, err := args[0](f)
		if err != nil || separator.null() {
			return Value{}, err
		}
		var parts []string
		for _, arg := range args[1:] {
			v, err := arg(f)
			if err != nil {
				return Value{}, err
			}
			if !v.null() {
				parts = append(parts, v.Text)
			}
		}
		return textValue(strings.Join(parts, separator.Text)), nil
	}
}

func pad(a []Value, left bool) (Value, error) {
	s, size, with := a[0].Text, a[1].Int, a[2].Text
	count := int64(utf8.RuneCountInString(s))
	switch {
	case size < 0 || size > maxText/4:
		return Value{}, errorf("the length %d is out of range", size)
	case with == "":
		return Value{}, errorf("the text to pad with is empty")
	case size <= count:
		return textValue(s[:offset(s, size)]), nil
	}
	missing := size - count
	fill := strings.Repeat(with, int(missing/int64(utf8.RuneCountInString(with)))+1)
	fill = fill[:offset(fill, missing)]
	if left {
		return textValue(fill + s), nil
	}
	return textValue(s + fill), nil
}
