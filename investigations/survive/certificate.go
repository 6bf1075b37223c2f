package survive

import "cordon/investigations"

// certificates keeps, of the certificates signed for each user, those that have
// not run out. They stay together as one find for each user, signer and lock
// that stops them: a lock stops a certificate when it names the user, a role,
// the access request, the MFA device or the device in it, and not when it names
// the impersonator.
func (g *gatherer) certificates() {
	finds := g.of("certificate")
	for _, key := range inOrder(finds) {
		f := finds[key]
		delete(g.finds, key)
		for _, m := range f.marks {
			l, read := g.lines[m.id]
			if !read || l.certType == "host" {
				continue
			}
			until := known(l.certEnd)
			if l.certEnd.IsZero() {
				until = unknown("its event says no end")
			}
			if until.over(g.q.At) {
				continue
			}
			g.certificate(key, f, m, until)
		}
	}
}

// certificate adds one certificate to those that the same lock stops.
func (g *gatherer) certificate(key findKey, f *find, m mark, until Until) {
	reach := holders(m.involved)
	hold, _ := g.hold(reach)
	key.extra += "\x00" + hold.Lock
	group := g.finds[key]
	if group == nil {
		group = &find{key: f.key, tie: f.tie, left: f.left, by: f.by, status: f.status, doubt: f.doubt, reach: reach, until: until}
		g.finds[key] = group
	}
	group.marks = append(group.marks, m)
	if until.Ends == EndsUnknown || group.until.Ends == EndsKnown && until.At.After(group.until.At) {
		group.until = until
	}
}

// holders are what a lock can name to stop what carries the certificate of an
// event: the user in it, and what made it possible.
func holders(involved []investigations.Involvement) []investigations.Entity {
	var out []investigations.Entity
	for _, v := range involved {
		if v.Role == investigations.RoleVia || v.Role == investigations.RoleActor {
			out = append(out, v.Entity)
		}
	}
	return out
}
