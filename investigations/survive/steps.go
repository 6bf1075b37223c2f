package survive

import (
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// steps are what to do about a find, in the order of their stages.
func (g *gatherer) steps(f *find) []Step {
	name := f.name()
	if strings.Contains(name+f.list.Name+f.by.Name, "\x00") {
		return []Step{look(listing(f), "Its name holds a NUL byte: no command line can name it, and without the byte it is another one's.")}
	}
	if owner, ok := f.ownedBy(); ok && (f.key == "user" || g.made(owner)) {
		return append(g.lockOf(f, owner), remove("user", owner.Name, "users rm"))
	}
	switch f.key {
	case "identity", "certificate", "session", "app_session":
		return g.lockOf(f, userIn(f))
	case "user_change":
		return restoreRoles(f)
	case "link":
		return []Step{reset(name, "It ends the link, and prints a new one: hand it to the owner alone.")}
	case "link_used", "password", "recovery_codes":
		return append(g.lockOf(f, f.left.Entity), reset(name, resetNote))
	case "bot", "bot_joined":
		steps := g.lockOf(f, f.left.Entity)
		if f.key == "bot" {
			steps = append(steps, remove("bot", name, "bots rm"))
		}
		return steps
	case "bot_change":
		return []Step{look(get("bot", name), formerLost)}
	case "host":
		return g.lockOf(f, f.left.Entity)
	case "token":
		return tokenSteps(name)
	case "request":
		return append(g.lockOf(f, f.left.Entity), remove("access_request", name, "requests rm --force"))
	case "request_pending":
		if strings.Contains(name, ",") {
			return []Step{look(tctl("requests ls"), "Its id cannot stand on a command line.")}
		}
		return []Step{revoke(tctl("requests deny", name))}
	case "mfa_device":
		return []Step{reset(f.by.Name, resetNote+" It removes every MFA device of the user.")}
	case "device":
		return append(g.lockOf(f, f.left.Entity), revoke(tctl("devices rm --device-id="+contain.Quote(name))))
	}
	return append(listSteps(f), resourceSteps(g, f)...)
}

// listing is the line that shows all things of a find's kind.
func listing(f *find) string {
	switch f.left.Entity.Kind {
	case investigations.KindUser:
		return tctl("get users")
	case investigations.KindToken:
		return tctl("tokens ls")
	case investigations.KindBot:
		return tctl("bots ls")
	case investigations.KindAccessList:
		return tctl("acl ls")
	case investigations.KindRequest:
		return tctl("requests ls")
	}
	return tctl("get", f.left.Entity.Kind.String())
}

// ownedBy is the user whom a find belongs to, for what goes when the user goes.
func (f *find) ownedBy() (investigations.Entity, bool) {
	switch f.key {
	case "user", "link", "link_used", "password", "recovery_codes":
		return f.left.Entity, true
	case "mfa_device":
		return f.by, true
	}
	return investigations.Entity{}, false
}

const (
	resetNote  = "It prints a link that sets a new password: hand it to the owner alone. It works for local users only."
	formerLost = "The former state is not in the log: compare with your configuration."
)

// listSteps undo what was done to access lists.
func listSteps(f *find) []Step {
	name, on := f.name(), f.list.Name
	switch f.key {
	case "member", "nested_list":
		if f.onlyChanged() {
			return []Step{look(tctl("acl users ls", on), "The membership was changed, not made: what it was before is not in the log.")}
		}
		return []Step{revoke(tctl("acl users rm", on, name))}
	case "member_removed":
		return []Step{restore(tctl("acl users add", on, name), lostMembership)}
	case "nested_list_removed":
		return []Step{restore(tctl("acl users add --kind=list", on, name), lostMembership)}
	case "access_list":
		steps := []Step{look(tctl("acl get", name), formerLost)}
		if !f.existed {
			steps = append(steps, rm("access_list", name))
		}
		return steps
	case "list_emptied":
		return []Step{look(tctl("acl users ls", name), "The log does not say who was on it.")}
	}
	return nil
}

// onlyChanged reports whether a membership was there when the attacker wrote it.
func (f *find) onlyChanged() bool {
	return !slices.ContainsFunc(f.marks, func(m mark) bool { return m.typ != "access_list.member.update" })
}

const lostMembership = "The log holds no former state: its expiry and its reason are lost."

// resourceSteps undo what was written, changed or deleted with `tctl create`.
func resourceSteps(g *gatherer, f *find) []Step {
	name := f.name()
	switch f.key {
	case "role":
		return madeOrChanged(f, "role", !f.existed)
	case "connector":
		return madeOrChanged(f, connectorKind(f), !f.existed && strings.HasSuffix(f.first().typ, ".created"))
	case "trusted_cluster", "login_rule", "spiffe_federation":
		return []Step{look(get(f.key, name), ""), rm(f.key, name)}
	case "saml_idp_service_provider", "integration", "discovery_config", "workload_identity", "static_host_user", "app", "db", "kube_cluster":
		return madeOrChanged(f, f.key, strings.HasSuffix(f.first().typ, ".create"))
	case "plugin":
		if strings.HasSuffix(f.first().typ, ".create") {
			return []Step{revoke(tctl("plugins delete", name))}
		}
		return []Step{look(get("plugin", name), formerLost)}
	case "lock_removed":
		return g.relock(f)
	case "lock_placed":
		return []Step{restore(contain.UndoCommand(name), "The attacker locked somebody out with it.")}
	case "setting":
		return []Step{look(tctl("get", name), formerLost)}
	case "user_deleted":
		return []Step{look(tctl("users ls"), "A deleted user comes back from your configuration only: the log holds no former state.")}
	case "mfa_device_deleted":
		return []Step{look(tctl("users ls"), "The owner enrols the device again; the log holds no key.")}
	}
	if kind, ok := strings.CutSuffix(f.key, "_deleted"); ok {
		if kind == "connector" {
			kind = connectorKind(f)
		}
		return []Step{look(get(kind, name), "It was deleted: it comes back from your configuration only.")}
	}
	return nil
}

func madeOrChanged(f *find, kind string, made bool) []Step {
	steps := []Step{look(get(kind, f.name()), formerLost)}
	if made {
		steps[0].Note = "No earlier event of this evidence names it: it was made, if the evidence reaches back far enough."
		steps = append(steps, rm(kind, f.name()))
	}
	return steps
}

// connectorKind is github, oidc or saml, as the event has it.
func connectorKind(f *find) string {
	kind, _, _ := strings.Cut(f.last().typ, ".")
	return kind
}

func restoreRoles(f *find) []Step {
	see := look(get("user", f.name()), "See which roles it should have.")
	for _, r := range f.former {
		if strings.Contains(r, ",") {
			return []Step{see}
		}
	}
	if len(f.former) == 0 {
		return []Step{see}
	}
	return []Step{restore(tctl("users update --set-roles="+contain.Quote(strings.Join(f.former, ",")), f.name()), "These are the roles that the last event before the change gives.")}
}

// tokenSteps remove a join token. The name of a secret token is masked in the
// log, and a mask names no token.
func tokenSteps(name string) []Step {
	if !strings.HasPrefix(name, "*") {
		return []Step{revoke(tctl("tokens rm", name))}
	}
	return []Step{{Stage: Revoke, Command: tctl("tokens ls"), tokens: []string{name}, Note: "The log hides all but the end of its name: find it in the list, then tctl tokens rm TOKEN."}}
}

// relock puts a lock back that was removed.
func (g *gatherer) relock(f *find) []Step {
	l, ok := g.lock(f.name())
	if !ok || len(l.Targets) == 0 {
		return []Step{look(tctl("get locks"), "This evidence does not say what the lock named.")}
	}
	step, err := lockStep(contain.Request{Targets: l.Targets, Message: l.Message, Expires: l.Expires})
	if err != nil {
		return nil
	}
	step.Note = "It puts the lock back."
	return []Step{step}
}

// userIn is whom to lock to stop a find: the user in a session's certificate,
// and the named entity itself for everything else.
func userIn(f *find) investigations.Entity {
	if f.key == "session" {
		for _, v := range f.first().involved {
			if v.Entity.Kind == investigations.KindUser && v.Role == investigations.RoleActor {
				return v.Entity
			}
		}
	}
	return f.left.Entity
}

// lockOf is the lock that stops an entity, none where a lock in force does so
// for as long as the find lasts, or the server has none for it.
func (g *gatherer) lockOf(f *find, e investigations.Entity) []Step {
	hold, held := g.hold(f.reach)
	short := held && !hold.Until.IsZero() && f.until.Ends == EndsKnown && f.until.At.After(hold.Until)
	if held && !short {
		return nil
	}
	target, err := contain.TargetOf(e, g.q.Server)
	if err != nil {
		return nil
	}
	r := contain.Request{Targets: []contain.Target{target}, Server: g.q.Server}
	if f.key == "host" {
		r.TTL = contain.Forever
	}
	if f.until.Ends == EndsKnown && f.until.At.After(g.q.At.Add(contain.DefaultTTL)) {
		r.Expires = f.until.At.Add(time.Second - 1).Truncate(time.Second)
	}
	step, err := lockStep(r)
	if err != nil {
		return nil
	}
	verdict := contain.Judge(r.Targets, contain.Impact{}, contain.Guard{})
	switch {
	case verdict.Level != contain.Narrow:
		step.Note = strings.Join(verdict.Reasons, " ")
	case short:
		step.Note = "The lock in force ends before this does."
	case f.key == "host":
		step.Note = "Keep this lock: the host's own certificate outlives its removal, and ends only with tctl auth rotate --type=host."
	}
	return []Step{step}
}

// lockStep is the step that places a lock. Its name is chosen when it is placed.
func lockStep(r contain.Request) (Step, error) {
	p, err := contain.NewPlan(r, nameless{})
	if err != nil {
		return Step{}, err
	}
	return Step{Stage: Cut, Command: p.Command(), Lock: &r}, nil
}

// nameless gives every lock the same name: only its command is wanted.
type nameless struct{}

func (nameless) Read(b []byte) (int, error) { clear(b); return len(b), nil }

func look(command, note string) Step    { return Step{Stage: Look, Command: command, Note: note} }
func revoke(command string) Step        { return Step{Stage: Revoke, Command: command} }
func restore(command, note string) Step { return Step{Stage: Restore, Command: command, Note: note} }

func reset(user, note string) Step {
	return Step{Stage: Revoke, Command: tctl("users reset", user), Note: note}
}

// get is the line that shows one thing, or all of its kind where its name cannot
// be told from a path or a list.
func get(kind, name string) string {
	if strings.ContainsAny(name, " \t/,") {
		return tctl("get", kind)
	}
	return tctl("get", kind+"/"+name)
}

// rm removes a resource. tctl reads a blank or a slash in `kind/name` as the end
// of a part, and removes something else: such a name is not for a command line.
func rm(kind, name string) Step {
	if strings.ContainsAny(name, " \t/") {
		return look(get(kind, name), "tctl would take its name for another one's: remove it in the web console.")
	}
	return revoke(tctl("rm", kind+"/"+name))
}

// remove removes one thing by a command of its own. That takes several names
// joined by commas: a name with a comma in it would remove others, and goes by
// the resource instead.
func remove(kind, name, command string) Step {
	if strings.Contains(name, ",") {
		return rm(kind, name)
	}
	return revoke(tctl(command, name))
}

// tctl writes a command line: command is ours, names come from the evidence. A
// name that begins with a dash is kept from being read as a flag.
func tctl(command string, names ...string) string {
	var b strings.Builder
	b.WriteString("tctl " + command)
	for i, n := range names {
		if strings.HasPrefix(n, "-") && !slices.ContainsFunc(names[:i], isFlag) {
			b.WriteString(" --")
		}
		b.WriteString(" " + contain.Quote(n))
	}
	return b.String()
}

func isFlag(s string) bool { return strings.HasPrefix(s, "-") }
