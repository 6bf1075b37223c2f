package syntax

import (
	"strconv"
	"strings"

	"cordon/investigations/queries"
)

const (
	maxLength = 1 << 20 // bytes of a statement
	maxDepth  = 150     // parentheses, sub-queries and operators inside one another
)

// Parse reads one SELECT. Its error says where the text stops being one.
func Parse(text string) (q *Query, err error) {
	if len(text) > maxLength {
		return nil, ErrorAt(text, 0, "Put long lists into a file and filter the result, or ask in parts.", "The statement is longer than %d KiB.", maxLength>>10)
	}
	tokens, lexErr := lex(text)
	if lexErr != nil {
		return nil, lexErr
	}
	p := &parser{text: text, tokens: tokens}
	defer func() {
		if r := recover(); r != nil {
			e, ok := r.(*queries.Error)
			if !ok {
				panic(r)
			}
			q, err = nil, e
		}
	}()
	return p.statement(), nil
}

// parser walks over the tokens. It leaves its work by a panic with a
// *queries.Error, which Parse catches.
type parser struct {
	text   string
	tokens []token
	at     int
	depth  int
}

func (p *parser) fail(pos Pos, hint, format string, args ...any) {
	panic(ErrorAt(p.text, pos, hint, format, args...))
}

func (p *parser) peek() token { return p.tokens[p.at] }

func (p *parser) peekAt(n int) token { return p.tokens[min(p.at+n, len(p.tokens)-1)] }

func (p *parser) take() token {
	t := p.tokens[p.at]
	if t.kind != tokenEnd {
		p.at++
	}
	return t
}

// deeper counts one level of depth until the returned function is called.
func (p *parser) deeper() func() {
	p.depth++
	if p.depth > maxDepth {
		p.fail(p.peek().pos, "Ask in parts.", "This is nested deeper than %d levels.", maxDepth)
	}
	return func() { p.depth-- }
}

// word reports whether the next tokens are these words, and takes them.
func (p *parser) word(words ...string) bool {
	if !p.ahead(words...) {
		return false
	}
	p.at += len(words)
	return true
}

func (p *parser) ahead(words ...string) bool {
	for i, w := range words {
		if t := p.peekAt(i); t.kind != tokenWord || t.text != w {
			return false
		}
	}
	return true
}

func (p *parser) symbol(s string) bool {
	if t := p.peek(); t.kind != tokenSymbol || t.text != s {
		return false
	}
	p.at++
	return true
}

func (p *parser) wantWord(w string) {
	if !p.word(w) {
		p.unexpected(strings.ToUpper(w))
	}
}

func (p *parser) wantSymbol(s string) {
	if !p.symbol(s) {
		p.unexpected(s)
	}
}

// unexpected refuses the next token where something else should stand.
func (p *parser) unexpected(want string) {
	t := p.peek()
	if t.kind == tokenEnd {
		p.fail(t.pos, "", "The statement ends where %s should follow.", want)
	}
	hint := ""
	if t.kind == tokenWord && reserved[t.text] {
		hint = "To use it as a name, quote it: \"" + t.text + "\"."
	}
	p.fail(t.pos, hint, "Here stands %s where %s should.", p.shown(t), want)
}

func (p *parser) shown(t token) string {
	s := p.text[t.pos:t.end]
	if r := []rune(s); len(r) > 40 {
		s = string(r[:40]) + "…"
	}
	return strconv.Quote(s)
}

// reserved are the words that are no names unless quoted.
var reserved = wordSet(`all and as between by case cast cross distinct else end escape except exists
	false fetch from full group having in inner intersect is join left like limit natural not null offset on or
	order outer right select then true union unnest using values when where with table lateral`)

func wordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}

func (p *parser) nameNext() bool {
	t := p.peek()
	return t.kind == tokenQuoted || t.kind == tokenWord && !reserved[t.text]
}

func (p *parser) name(what string) Ident {
	if !p.nameNext() {
		p.unexpected(what)
	}
	t := p.take()
	return Ident{Name: t.text, Pos: t.pos}
}

// alias reads a name with or without AS; its absence is an empty Ident.
func (p *parser) alias() Ident {
	if p.word("as") {
		return p.anyName("a name")
	}
	if p.nameNext() {
		return p.name("a name")
	}
	return Ident{}
}

// anyName reads a name where nothing else can stand, so that reserved words do
// for it too.
func (p *parser) anyName(what string) Ident {
	t := p.peek()
	if t.kind != tokenWord && t.kind != tokenQuoted {
		p.unexpected(what)
	}
	p.at++
	return Ident{Name: t.text, Pos: t.pos}
}

func (p *parser) names() []Ident {
	if !p.symbol("(") {
		return nil
	}
	var list []Ident
	for {
		list = append(list, p.anyName("a name"))
		if !p.symbol(",") {
			p.wantSymbol(")")
			return list
		}
	}
}

func (p *parser) statement() *Query {
	p.refuseOthers()
	q := p.query()
	for p.symbol(";") {
		if t := p.peek(); t.kind != tokenEnd && t.text != ";" {
			p.fail(t.pos, "Run them one after the other.", "One statement at a time: a second one begins here.")
		}
	}
	if p.peek().kind != tokenEnd {
		p.unexpected("the end of the statement")
	}
	return q
}

// refused are the statements that are none for this place, by what to say.
var refused = map[string]string{
	"explain": "EXPLAIN is not offered.", "analyze": "ANALYZE is not offered.",
	"show": "SHOW is not offered.", "describe": "DESCRIBE is not offered.", "desc": "DESC is not offered.",
	"pragma": "PRAGMA is not offered.", "use": "USE is not offered: there is one set of views.",
	"attach": "ATTACH is not offered: a query reads this case and nothing else.",
	"detach": "DETACH is not offered: a query reads this case and nothing else.",
	"values": "A statement begins with SELECT or WITH.", "table": "A statement begins with SELECT or WITH.",
}

// writes are the statements that would change something.
var writes = wordSet(`insert update delete merge replace create alter drop truncate rename grant revoke deny call set
	reset begin start commit rollback savepoint release vacuum reindex copy load unload prepare execute deallocate
	comment refresh msck optimize`)

func (p *parser) refuseOthers() {
	t := p.peek()
	switch {
	case t.kind == tokenEnd:
		p.fail(t.pos, "Type SELECT * FROM events LIMIT 10.", "There is no statement.")
	case t.kind != tokenWord:
		return
	case writes[t.text]:
		p.fail(t.pos, "Type a SELECT.", "%s is refused: a query reads and changes nothing.", strings.ToUpper(t.text))
	case refused[t.text] != "":
		hint := "Type a SELECT."
		if t.text == "show" || t.text == "describe" || t.text == "desc" || t.text == "pragma" {
			hint = "cordon query --schema lists the views and their columns."
		}
		p.fail(t.pos, hint, "%s", refused[t.text])
	case t.text != "select" && t.text != "with":
		p.fail(t.pos, "Type a SELECT.", "A statement begins with SELECT or WITH, not with %s.", p.shown(t))
	}
}
