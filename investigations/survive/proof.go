package survive

import (
	"slices"
	"strings"
	"unicode"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// Proof is what shows that a command was carried out, each by itself: an event of
// one of the types that names all of the entities, or what the cluster answers
// when it is asked of a thing. A command may have only one of the two.
type Proof struct {
	Types []string
	Of    []investigations.Entity
	// Thing is what to ask the cluster of, and Want what it answers then; where
	// Want is Unasked, it cannot be asked.
	Thing Thing
	Want  State
	// Roles are those that a user has then, where the command sets them.
	Roles []string
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

// Met reports whether the cluster's answer is the proof.
func (p Proof) Met(s Standing) bool {
	if p.Want == Unasked || s.State != p.Want || s.Thing != p.Thing {
		return false
	}
	return p.Roles == nil || slices.Equal(sorted(p.Roles), sorted(s.Roles))
}

func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return slices.Compact(out)
}

// outcome is what a command leaves: events of the types, which name what follows
// its words, and the state in which the cluster has the last of those.
type outcome struct {
	types []string
	kinds []investigations.Kind
	want  State
}

func gone(kind investigations.Kind, types ...string) outcome {
	return outcome{types, []investigations.Kind{kind}, Gone}
}

// outcomes are those of the commands, by their words. Servers before 13 log a
// changed user as one created. Join tokens are removed without an event.
var outcomes = map[string]outcome{
	"users rm":      gone(investigations.KindUser, "user.delete"),
	"users reset":   {[]string{"reset_password_token.create"}, []investigations.Kind{investigations.KindUser}, Unasked},
	"users update":  {[]string{"user.update", "user.create"}, []investigations.Kind{investigations.KindUser}, Unasked},
	"bots rm":       gone(investigations.KindBot, "bot.delete"),
	"tokens rm":     gone(investigations.KindToken),
	"acl users rm":  {[]string{"access_list.member.delete"}, []investigations.Kind{investigations.KindAccessList, investigations.KindUser}, Gone},
	"acl users add": {[]string{"access_list.member.create", "access_list.member.update"}, []investigations.Kind{investigations.KindAccessList, investigations.KindUser}, There},
	"requests deny": gone(investigations.KindRequest, "access_request.update", "access_request.review"),
	"requests rm":   gone(investigations.KindRequest, "access_request.delete"),

	"rm user":           gone(investigations.KindUser, "user.delete"),
	"rm role":           gone(investigations.KindRole, "role.deleted"),
	"rm bot":            gone(investigations.KindBot, "bot.delete"),
	"rm token":          gone(investigations.KindToken),
	"rm access_list":    gone(investigations.KindAccessList, "access_list.delete"),
	"rm access_request": gone(investigations.KindRequest, "access_request.delete"),
	"rm lock":           gone(investigations.KindLock, "lock.deleted"),
	"rm locks":          gone(investigations.KindLock, "lock.deleted"),

	"rm github":          gone(investigations.KindConnector, "github.deleted"),
	"rm oidc":            gone(investigations.KindConnector, "oidc.deleted"),
	"rm saml":            gone(investigations.KindConnector, "saml.deleted"),
	"rm trusted_cluster": gone(investigations.KindCluster, "trusted_cluster.delete"),
	"rm app":             gone(investigations.KindApp, "app.delete"),
	"rm db":              gone(investigations.KindDatabase, "db.delete"),
	"rm kube_cluster":    gone(investigations.KindKubeCluster, "kube.delete"),
	"devices rm":         gone(investigations.KindDevice, "device.delete"),
}

// ProofOf is what proves a command of tctl; ok is false where nothing does, or
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
	var flags []string
	words = slices.DeleteFunc(words, func(w string) bool {
		if strings.HasPrefix(w, "--") {
			flags = append(flags, w)
			return true
		}
		return false
	})
	if id, ok := flagOf(flags, "--device-id"); ok {
		words = append(words, id)
	}
	for n := min(3, len(words)); n > 1; n-- {
		o, known := outcomes[strings.Join(words[:n], " ")]
		if known && len(words) >= n+len(o.kinds) {
			return o.of(words[n:], flags)
		}
	}
	return Proof{}, false
}

// of is the proof of a command with its names and flags.
func (o outcome) of(names, flags []string) (Proof, bool) {
	p := Proof{Types: o.types, Want: o.want}
	for i, kind := range o.kinds {
		p.Of = append(p.Of, investigations.Entity{Kind: kind, Name: names[i]})
	}
	last := len(p.Of) - 1
	if roles, ok := flagOf(flags, "--set-roles"); ok && p.Of[last].Kind == investigations.KindUser {
		p.Want, p.Roles = There, strings.Split(roles, ",")
	}
	if p.Want != Unasked {
		p.Thing.Entity = p.Of[last]
	}
	if last > 0 {
		p.Thing.List = p.Of[0]
	}
	return p, !slices.ContainsFunc(p.Of, investigations.Entity.IsZero)
}

func flagOf(flags []string, name string) (value string, ok bool) {
	for _, f := range flags {
		if value, ok = strings.CutPrefix(f, name+"="); ok {
			return value, true
		}
	}
	return "", false
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
