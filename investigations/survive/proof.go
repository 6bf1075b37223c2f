package survive

import (
	"slices"
	"strings"
	"unicode"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// Proof is what the log shows once a command was carried out: an event of one of
// the types that names all of the entities.
type Proof struct {
	Types []string
	Of    []investigations.Entity
}

// Shown reports whether an event is the proof.
func (p Proof) Shown(ev *investigations.Event) bool {
	if ev.Outcome == investigations.OutcomeFailure || !slices.Contains(p.Types, ev.Type) {
		return false
	}
	for _, e := range p.Of {
		if !slices.ContainsFunc(ev.Involved, func(v investigations.Involvement) bool { return v.Entity == e }) {
			return false
		}
	}
	return true
}

// proofs are the commands that leave an event which names what follows them, by
// their words. Servers before 13 log a changed user as one created.
var proofs = map[string]struct {
	types []string
	kinds []investigations.Kind
}{
	"users rm":      {[]string{"user.delete"}, []investigations.Kind{investigations.KindUser}},
	"users reset":   {[]string{"reset_password_token.create"}, []investigations.Kind{investigations.KindUser}},
	"users update":  {[]string{"user.update", "user.create"}, []investigations.Kind{investigations.KindUser}},
	"bots rm":       {[]string{"bot.delete"}, []investigations.Kind{investigations.KindBot}},
	"acl users rm":  {[]string{"access_list.member.delete"}, []investigations.Kind{investigations.KindAccessList, investigations.KindUser}},
	"acl users add": {[]string{"access_list.member.create", "access_list.member.update"}, []investigations.Kind{investigations.KindAccessList, investigations.KindUser}},
	"requests deny": {[]string{"access_request.update", "access_request.review"}, []investigations.Kind{investigations.KindRequest}},

	"rm user":        {[]string{"user.delete"}, []investigations.Kind{investigations.KindUser}},
	"rm role":        {[]string{"role.deleted"}, []investigations.Kind{investigations.KindRole}},
	"rm bot":         {[]string{"bot.delete"}, []investigations.Kind{investigations.KindBot}},
	"rm access_list": {[]string{"access_list.delete"}, []investigations.Kind{investigations.KindAccessList}},
	"rm lock":        {[]string{"lock.deleted"}, []investigations.Kind{investigations.KindLock}},
	"rm locks":       {[]string{"lock.deleted"}, []investigations.Kind{investigations.KindLock}},
}

// ProofOf is what proves a command of tctl; ok is false where no event does, or
// where it is not known.
func ProofOf(command string) (Proof, bool) {
	words, ok := Words(command)
	if !ok || words[0] != "tctl" {
		return Proof{}, false
	}
	words = words[1:]
	if len(words) > 1 && words[0] == "lock" {
		return proofOfLock(words[1:])
	}
	if len(words) == 2 && words[0] == "rm" {
		kind, name, _ := strings.Cut(words[1], "/")
		words = []string{"rm", kind, name}
	}
	if slices.Contains(words, "--kind=list") {
		return Proof{}, false // its member is no user
	}
	words = slices.DeleteFunc(words, func(w string) bool { return strings.HasPrefix(w, "--") })
	for n := min(3, len(words)); n > 1; n-- {
		p, known := proofs[strings.Join(words[:n], " ")]
		if !known || len(words) < n+len(p.kinds) {
			continue
		}
		proof := Proof{Types: p.types}
		for i, kind := range p.kinds {
			proof.Of = append(proof.Of, investigations.Entity{Kind: kind, Name: words[n+i]})
		}
		return proof, !slices.ContainsFunc(proof.Of, investigations.Entity.IsZero)
	}
	return Proof{}, false
}

// proofOfLock is the lock's event, which names what it locks.
func proofOfLock(flags []string) (Proof, bool) {
	p := Proof{Types: []string{"lock.created"}}
	for _, word := range flags {
		flag, value, _ := strings.Cut(word, "=")
		for _, f := range contain.Fields() {
			if e := (contain.Target{Field: f, Value: value}).Entity(); f.Flag() == flag && !e.IsZero() {
				p.Of = append(p.Of, e)
			}
		}
	}
	return p, len(p.Of) > 0
}

// Words are the words of a command line as cordon writes them: plain, or in
// single quotes. ok is false for a line that a shell would read in any other way,
// or that holds what does not show as itself.
func Words(line string) (words []string, ok bool) {
	const (
		between = iota
		plain
		quoted
	)
	var word strings.Builder
	state := between
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case state == quoted && c == '\'':
			state = plain
		case state == quoted:
			word.WriteByte(c)
		case c == '\'':
			state = quoted
		case c == ' ' && state == plain:
			words = append(words, word.String())
			word.Reset()
			state = between
		case c == ' ':
		case strings.HasPrefix(line[i:], `\'`):
			word.WriteByte('\'')
			i++
			state = plain
		case isPlain(c):
			word.WriteByte(c)
			state = plain
		default:
			return nil, false
		}
	}
	if state == plain {
		words = append(words, word.String())
	}
	printable := !strings.ContainsFunc(line, func(r rune) bool { return r == unicode.ReplacementChar || !unicode.IsPrint(r) })
	return words, state != quoted && printable && len(words) > 0
}

// isPlain reports whether a shell reads a byte as it stands, in the middle of a
// word.
func isPlain(c byte) bool {
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte("@%+=:,./_-", c) >= 0
}
