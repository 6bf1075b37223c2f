package views

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// opLike is x LIKE pattern, case-sensitive. Its third argument, where it has
// one, is the character that takes the meaning from % and _.
var opLike = &builtin{
	name: "like",
	two: func(_ *node, a, b Value) (Value, error) {
		match, err := likePattern(b.Text, "")
		if err != nil {
			return Value{}, err
		}
		return boolValue(match(a.Text)), nil
	},
	prepare: func(b Value) (func(*node, Value) (Value, error), error) {
		match, err := likePattern(b.Text, "")
		return func(_ *node, a Value) (Value, error) { return boolValue(match(a.Text)), nil }, err
	},
}

var opLikeEscape = &builtin{
	name: "like",
	many: func(_ *node, a []Value) (Value, error) {
		match, err := likePattern(a[1].Text, a[2].Text)
		if err != nil {
			return Value{}, err
		}
		return boolValue(match(a[0].Text)), nil
	},
}

// likePart is what a pattern asks for between two %: characters, where any is
// one that stands for every character.
type likePart []likeRune

type likeRune struct {
	text string // the bytes of one character
	any  bool
}

// likePattern reads a pattern of LIKE and makes a function that matches it.
func likePattern(pattern, escape string) (func(string) bool, error) {
	if utf8.RuneCountInString(escape) > 1 {
		return nil, errorf("ESCAPE takes one character")
	}
	parts := []likePart{nil}
	plain := true
	for i := 0; i < len(pattern); {
		_, n := utf8.DecodeRuneInString(pattern[i:])
		char := pattern[i : i+n]
		i += n
		last := &parts[len(parts)-1]
		switch {
		case char == escape && escape != "":
			_, n := utf8.DecodeRuneInString(pattern[i:])
			next := pattern[i : i+n]
			if next != "%" && next != "_" && next != escape {
				return nil, errorf("ESCAPE stands before something else than %%, _ or itself")
			}
			*last = append(*last, likeRune{text: next})
			i += n
		case char == "%":
			parts = append(parts, nil)
		case char == "_":
			plain = false
			*last = append(*last, likeRune{any: true})
		default:
			*last = append(*last, likeRune{text: char})
		}
	}
	if plain && len(parts) == 3 && len(parts[0]) == 0 && len(parts[2]) == 0 {
		needle := parts[1].String()
		return func(s string) bool { return strings.Contains(s, needle) }, nil
	}
	return func(s string) bool { return matchLike(parts, s) }, nil
}

func (p likePart) String() string {
	var b strings.Builder
	for _, r := range p {
		b.WriteString(r.text)
	}
	return b.String()
}

// matchLike matches the first part at the beginning, the last at the end, and
// those between as early as they come.
func matchLike(parts []likePart, s string) bool {
	n, ok := parts[0].prefix(s)
	if !ok {
		return false
	}
	s = s[n:]
	if len(parts) == 1 {
		return s == ""
	}
	for _, p := range parts[1 : len(parts)-1] {
		for {
			if n, ok := p.prefix(s); ok {
				s = s[n:]
				break
			}
			if s == "" {
				return false
			}
			_, n := utf8.DecodeRuneInString(s)
			s = s[n:]
		}
	}
	last := parts[len(parts)-1]
	tail := utf8.RuneCountInString(s) - len(last)
	if tail < 0 {
		return false
	}
	s = s[offset(s, int64(tail)):]
	n, ok = last.prefix(s)
	return ok && n == len(s)
}

// prefix reports how many bytes of s the part takes at its beginning.
func (p likePart) prefix(s string) (int, bool) {
	at := 0
	for _, r := range p {
		if at == len(s) {
			return 0, false
		}
		if r.any {
			_, n := utf8.DecodeRuneInString(s[at:])
			at += n
			continue
		}
		if !strings.HasPrefix(s[at:], r.text) {
			return 0, false
		}
		at += len(r.text)
	}
	return at, true
}

// defineRegexp adds the functions on regular expressions, in the syntax of RE2,
// which matches in linear time whatever is typed.
func defineRegexp() {
	pattern := []func(string) error{nil, checkRegexp}
	define("regexp_like(varchar, varchar) boolean", withPattern(func(re *regexp.Regexp, s string) Value {
		return boolValue(re.MatchString(s))
	}))
	define("regexp_extract(varchar, varchar) varchar", withPattern(func(re *regexp.Regexp, s string) Value {
		at := re.FindStringIndex(s)
		if at == nil {
			return Value{}
		}
		return textValue(s[at[0]:at[1]])
	}))
	define("regexp_extract(varchar, varchar, bigint) varchar", builtin{check: pattern, many: func(_ *node, a []Value) (Value, error) {
		re, err := compileRegexp(a[1].Text)
		if err != nil {
			return Value{}, err
		}
		if a[2].Int < 0 || a[2].Int > int64(re.NumSubexp()) {
			return Value{}, errorf("the pattern has %d groups, not %d", re.NumSubexp(), a[2].Int)
		}
		at := re.FindStringSubmatchIndex(a[0].Text)
		if at == nil || at[2*a[2].Int] < 0 {
			return Value{}, nil
		}
		return textValue(a[0].Text[at[2*a[2].Int]:at[2*a[2].Int+1]]), nil
	}})
	define("regexp_extract_all(varchar, varchar) array(varchar)", withPattern(func(re *regexp.Regexp, s string) Value {
		var parts []string
		for _, at := range re.FindAllStringIndex(s, -1) {
			parts = append(parts, string(appendQuoted(nil, s[at[0]:at[1]])))
		}
		return Value{Kind: JSON, Text: "[" + strings.Join(parts, ",") + "]"}
	}))
	define("regexp_count(varchar, varchar) bigint", withPattern(func(re *regexp.Regexp, s string) Value {
		return intValue(int64(len(re.FindAllStringIndex(s, -1))))
	}))
	define("regexp_replace(varchar, varchar) varchar", withPattern(func(re *regexp.Regexp, s string) Value {
		return textValue(re.ReplaceAllLiteralString(s, ""))
	}))
	define("regexp_replace(varchar, varchar, varchar) varchar", builtin{check: pattern, many: func(_ *node, a []Value) (Value, error) {
		re, err := compileRegexp(a[1].Text)
		if err != nil {
			return Value{}, err
		}
		with := replacement(a[2].Text)
		if (len(a[0].Text)+1)*(len(with)+1) > maxText {
			if n := len(re.FindAllStringIndex(a[0].Text, -1)); n*(len(with)+len(a[0].Text)) > maxText {
				return Value{}, errorf("the result would be longer than %d MiB", maxText>>20)
			}
		}
		return textValue(re.ReplaceAllString(a[0].Text, with)), nil
	}})
}

// withPattern is a function of a text and a pattern, which is compiled once
// where it is constant.
func withPattern(f func(re *regexp.Regexp, s string) Value) builtin {
	return builtin{
		two: func(_ *node, a, b Value) (Value, error) {
			re, err := compileRegexp(b.Text)
			if err != nil {
				return Value{}, err
			}
			return f(re, a.Text), nil
		},
		prepare: func(b Value) (func(*node, Value) (Value, error), error) {
			re, err := compileRegexp(b.Text)
			return func(_ *node, a Value) (Value, error) { return f(re, a.Text), nil }, err
		},
	}
}

func compileRegexp(pattern string) (*regexp.Regexp, error) {
	re, err := regexp.Compile(pattern)
	if err != nil {
		return nil, errorf("%s is no regular expression of RE2", shortText(pattern))
	}
	return re, nil
}

func checkRegexp(pattern string) error {
	_, err := compileRegexp(pattern)
	return err
}

var groupReference = regexp.MustCompile(`\\.|\$\{\w+\}|\$\d+|\$`)

// replacement turns $1 and \$ into what Go's regexp writes for them.
func replacement(with string) string {
	return groupReference.ReplaceAllStringFunc(with, func(s string) string {
		switch {
		case s == "$" || s == `\$`:
			return "$$"
		case s[0] == '\\':
			return s[1:]
		case s[1] == '{':
			return s
		}
		return "${" + s[1:] + "}"
	})
}
