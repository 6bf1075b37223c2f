package queries

import (
	"slices"
	"strings"
)

// Completion is what can stand at the cursor: candidates for the bytes From to
// To of the text.
type Completion struct {
	From, To   int
	Candidates []string
}

// Keywords are the words of the language, as they are completed and coloured.
var Keywords = strings.Fields(`select distinct from where group by having order limit offset as on join left right full inner outer cross
	union all except intersect and or not in is null like escape between exists case when then else end cast try_cast with asc desc nulls first
	last true false interval date timestamp day hour minute second week month year values using unnest ordinality`)

// beforeViews are the words after which a view is named.
var beforeViews = []string{"from", "join"}

// Functions are those that are offered while a query is typed.
var Functions = strings.Fields(`cardinality contains count sum min max avg from_iso8601_timestamp date_trunc date_add date_diff now current_date
	lower upper length trim substr strpos split split_part replace concat coalesce if nullif regexp_like regexp_extract json_extract_scalar
	element_at array_join array_agg approx_distinct count_if filter any_match to_iso8601 date_format`)

// IsKeyword reports whether a word is one of [Keywords].
func IsKeyword(word string) bool { return slices.Contains(Keywords, strings.ToLower(word)) }

// Complete offers what can stand at a cursor, given in bytes, in SQL over some
// views: views where a view is named, else the columns of the views that the
// text names, functions, keywords and views. After `name.` it offers the columns
// of that view or of the view that goes by that name.
func Complete(sql string, cursor int, views []View, functions []string) Completion {
	cursor = min(max(cursor, 0), len(sql))
	tokens := Tokens(sql)
	at := slices.IndexFunc(tokens, func(t Token) bool { return t.Start < cursor && cursor <= t.End })
	c := Completion{From: cursor, To: cursor}
	before := 0
	if at >= 0 {
		before = at + 1
		switch t := tokens[at]; t.Kind {
		case TokenString, TokenQuoted, TokenComment, TokenNumber:
			if t.Open || cursor < t.End || t.Kind == TokenNumber || strings.HasPrefix(sql[t.Start:], "--") {
				return c
			}
		case TokenWord:
			c.From, before = t.Start, at
		}
	}
	words := meaning(sql, tokens[:before])
	prefix := strings.ToLower(sql[c.From:cursor])
	c.Candidates = candidates(prefix, options(words, mentioned(meaning(sql, tokens), views), views, functions))
	return c
}

// meaning is the text of the tokens that are neither blanks nor comments, in
// lower case.
func meaning(sql string, tokens []Token) []string {
	var out []string
	for _, t := range tokens {
		if t.Kind != TokenSpace && t.Kind != TokenComment {
			out = append(out, strings.ToLower(sql[t.Start:t.End]))
		}
	}
	return out
}

// options are what could follow some words, the likeliest first.
func options(before []string, named map[string]View, views []View, functions []string) []string {
	n := len(before)
	if n >= 2 && before[n-1] == "." {
		return columnNames(named[before[n-2]])
	}
	if namesView(before) {
		return viewNames(views)
	}
	var out []string
	for _, name := range sortedKeys(named) {
		out = append(out, columnNames(named[name])...)
	}
	for _, name := range sortedKeys(named) {
		if named[name].Name != name {
			out = append(out, name)
		}
	}
	out = append(append(out, Keywords...), functions...)
	return append(out, viewNames(views)...)
}

// namesView reports whether a view comes next: after FROM or JOIN, and after a
// comma in the list that follows FROM.
func namesView(before []string) bool {
	n := len(before)
	if n > 0 && slices.Contains(beforeViews, before[n-1]) {
		return true
	}
	if n == 0 || before[n-1] != "," {
		return false
	}
	for _, w := range slices.Backward(before) {
		switch {
		case w == "from":
			return true
		case w == "(" || w == ")" || w != "as" && IsKeyword(w):
			return false
		}
	}
	return false
}

// mentioned gives the views that words name, by their name and by the names
// that the text gives them.
func mentioned(words []string, views []View) map[string]View {
	byName := map[string]View{}
	for _, v := range views {
		byName[strings.ToLower(v.Name)] = v
	}
	out := map[string]View{}
	for i, w := range words {
		v, ok := byName[strings.Trim(w, `"`)]
		if !ok || i == 0 || !slices.Contains(beforeViews, words[i-1]) && words[i-1] != "," {
			continue
		}
		out[strings.ToLower(v.Name)] = v
		next := i + 1
		if next < len(words) && words[next] == "as" {
			next++
		}
		if next < len(words) && !IsKeyword(words[next]) && inWord([]rune(words[next])[0]) {
			out[words[next]] = v
		}
	}
	return out
}

func columnNames(v View) []string {
	var out []string
	for _, c := range slices.Concat(v.Columns, v.Hidden) {
		out = append(out, strings.ToLower(c.Name))
	}
	return out
}

func viewNames(views []View) []string {
	var out []string
	for _, v := range views {
		out = append(out, v.Name)
	}
	return out
}

func sortedKeys(m map[string]View) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// candidates are the options that begin with a prefix, then those that hold it,
// each once. A whole word is no candidate for itself.
func candidates(prefix string, options []string) []string {
	var begin, hold []string
	seen := map[string]bool{prefix: true}
	for _, o := range options {
		if seen[o] {
			continue
		}
		seen[o] = true
		switch {
		case strings.HasPrefix(strings.ToLower(o), prefix):
			begin = append(begin, o)
		case strings.Contains(strings.ToLower(o), prefix):
			hold = append(hold, o)
		}
	}
	return append(begin, hold...)
}
