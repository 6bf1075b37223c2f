package store

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"

	"cordon/investigations"
)

// tokenTypes says which event types make a token and which use one.
type tokenTypes struct {
	makes, uses map[int64]bool
}

func readTokenTypes(conn *sqlite.Conn) (tokenTypes, error) {
	t := tokenTypes{make(map[int64]bool), make(map[int64]bool)}
	err := sqlitex.Execute(conn, `SELECT id, event, code FROM type`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			switch stmt.ColumnText(1) {
			case "join_token.create", "scoped_token.create", "scoped_token.upsert", "trusted_cluster_token.create":
				t.makes[stmt.ColumnInt64(0)] = true
			case "instance.join", "bot.join":
				// A refused join may name a token that never was.
				if strings.HasSuffix(stmt.ColumnText(2), "I") {
					t.uses[stmt.ColumnInt64(0)] = true
				}
			}
			return nil
		},
	})
	return t, err
}

// tokenUse is a join token that was used.
type tokenUse struct {
	name  string
	joins int
	event int64 // one of them
	made  bool  // its creation is logged
}

// readTokenUses reads who joined with which token, sorted by name.
func (s *gapSearch) readTokenUses(types tokenTypes) ([]tokenUse, error) {
	var entities []int64
	err := sqlitex.Execute(s.conn, `SELECT id FROM entity WHERE kind = ?`, &sqlitex.ExecOptions{
		Args:       []any{int64(investigations.KindToken)},
		ResultFunc: func(stmt *sqlite.Stmt) error { entities = append(entities, stmt.ColumnInt64(0)); return nil },
	})
	if err != nil {
		return nil, err
	}
	var out []tokenUse
	for _, entity := range entities {
		var t tokenUse
		err := eachPosting(s.conn, entity, nil, func(l list) error {
			switch {
			case l.role == investigations.RoleVia && types.uses[l.typ]:
				t.joins += len(l.ids)
				t.event = l.ids[0]
			case l.role == investigations.RoleSubject && types.makes[l.typ]:
				t.made = true
			}
			return nil
		})
		if err != nil {
			return nil, err
		}
		if t.joins == 0 && !t.made {
			continue
		}
		e, err := s.reader.entity(entity)
		if err != nil {
			return nil, err
		}
		t.name = e.Name
		out = append(out, t)
	}
	slices.SortFunc(out, func(a, b tokenUse) int { return strings.Compare(a.name, b.name) })
	return out, nil
}

// unknownTokens finds join tokens that were used and whose creation is not in
// the evidence, so that who made them is not known. Invitations and password
// resets are not looked at: no event says which of them was used.
func (s *gapSearch) unknownTokens() ([]investigations.Gap, error) {
	types, err := readTokenTypes(s.conn)
	if err != nil || len(types.uses) == 0 {
		return nil, err
	}
	tokens, err := s.readTokenUses(types)
	if err != nil {
		return nil, err
	}
	named := slices.ContainsFunc(tokens, func(t tokenUse) bool { return t.made })
	tokens = slices.DeleteFunc(tokens, func(t tokenUse) bool { return t.made || t.joins == 0 })
	switch {
	case len(tokens) == 0:
		return nil, nil
	case !named:
		return []investigations.Gap{unloggedTokens(tokens, len(types.makes) > 0)}, nil
	}
	methods, err := s.tokenMethods(tokens)
	if err != nil {
		return nil, err
	}
	var out []investigations.Gap
	for _, method := range slices.Sorted(maps.Keys(methods)) {
		out = append(out, tokensOf(method, methods[method])...)
	}
	return out, nil
}

// unloggedTokens tells of a server that does not log which tokens are made.
func unloggedTokens(tokens []tokenUse, made bool) investigations.Gap {
	why := "no creation of a token is in this evidence: old servers (12 and before) do not log any, else the tokens are older than it"
	if made {
		why = "the creations of tokens in this evidence do not name the token, as servers before 15 log them"
	}
	return investigations.Gap{
		Kind: investigations.GapToken, Count: len(tokens),
		Detail: fmt.Sprintf("who made %s is not known, used in %s: %s", plural(len(tokens), "join token"), plural(joinsOf(tokens), "join"), why),
	}
}

const (
	methodToken = "token" // whoever knows the name of the token joins
	methodOther = ""      // not looked up
)

// tokenMethods sorts tokens by join method. The server masks the names of
// secret tokens; for the others one line each is read, if they are few.
func (s *gapSearch) tokenMethods(tokens []tokenUse) (map[string][]tokenUse, error) {
	out := make(map[string][]tokenUse)
	read := 0
	for _, t := range tokens {
		method := methodToken
		if !strings.HasPrefix(t.name, "*") {
			method = methodOther
			if read++; read <= linesRead {
				says, err := s.line(t.event)
				if err != nil {
					return nil, err
				}
				method, _ = says.Method.(string)
			}
		}
		out[method] = append(out[method], t)
	}
	return out, nil
}

// tokensOf tells of the tokens of one join method: secret ones one by one, the
// others together, because they are made once and then used for years.
func tokensOf(method string, tokens []tokenUse) []investigations.Gap {
	if method == methodToken && len(tokens) <= gapsListed {
		var out []investigations.Gap
		for _, t := range tokens {
			out = append(out, investigations.Gap{
				Kind: investigations.GapToken, Count: 1, Entity: &investigations.Entity{Kind: investigations.KindToken, Name: t.name},
				Detail: fmt.Sprintf("who made a join token is not known, used in %s: it is older than this evidence, or a static token of the server's configuration (token %s)",
					plural(t.joins, "join"), t.name),
			})
		}
		return out
	}
	if method == methodToken {
		return []investigations.Gap{{
			Kind: investigations.GapToken, Count: len(tokens),
			Detail: fmt.Sprintf("who made %d join tokens is not known, used in %s: they are older than this evidence, or static tokens of the server's configuration",
				len(tokens), plural(joinsOf(tokens), "join")),
		}}
	}
	of := "of other join methods"
	if method != methodOther {
		of = "of join method " + method
	}
	return []investigations.Gap{{
		Kind: investigations.GapToken, Count: len(tokens),
		Detail: fmt.Sprintf("who made %s %s is not known, used in %s: older than this evidence, as such tokens mostly are (%s)",
			plural(len(tokens), "token"), of, plural(joinsOf(tokens), "join"), tokenNames(tokens)),
	}}
}

func joinsOf(tokens []tokenUse) int {
	n := 0
	for _, t := range tokens {
		n += t.joins
	}
	return n
}

// tokenNames names the first few.
func tokenNames(tokens []tokenUse) string {
	var names []string
	for i, t := range tokens {
		if i == rangesNamed {
			names = append(names, fmt.Sprintf("and %d more", len(tokens)-i))
			break
		}
		names = append(names, t.name)
	}
	return strings.Join(names, ", ")
}
