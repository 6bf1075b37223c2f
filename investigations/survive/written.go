package survive

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
)

// written settles what stays until somebody removes it: until when, and which
// locks reach it.
func (g *gatherer) written(ctx context.Context) error {
	g.expiring()
	for key, f := range g.finds {
		switch f.key {
		case "link", "link_used", "bot", "bot_change", "role", "token", "user", "recovery_codes", "password":
			f.reach = []investigations.Entity{f.left.Entity}
		case "member":
			f.reach, f.until = []investigations.Entity{f.left.Entity}, unknown("the log does not say when a membership ends")
		case "nested_list":
			f.until = unknown("the log does not say when a membership ends")
		case "mfa_device", "device":
			f.reach = []investigations.Entity{f.left.Entity, f.by}
		case "lock_removed", "lock_placed":
			if g.lockEdit(f) {
				delete(g.finds, key)
			}
		case "user_change":
			f.reach = []investigations.Entity{f.left.Entity}
			undone, err := g.formerRoles(ctx, f)
			if err != nil {
				return err
			}
			if undone {
				delete(g.finds, key)
			}
		}
		if err := g.writtenAgain(ctx, f); err != nil {
			return err
		}
		if f.until.Ends == "" {
			f.until = never()
		}
	}
	return nil
}

// expiring takes the ends that the events of tokens and users say.
func (g *gatherer) expiring() {
	for key, f := range g.of("token", "user") {
		l, read := g.lines[f.last().id]
		switch {
		case !read:
			delete(g.finds, key)
		case !l.expires.IsZero():
			f.until = known(l.expires)
		case l.said:
			f.until = never()
		default:
			f.until = unknown("its event says no end")
		}
	}
}

// lockEdit reports whether a lock that the attacker removed or placed needs
// nothing done: it would be over by now, it is gone, or another one in force
// names the same.
func (g *gatherer) lockEdit(f *find) (done bool) {
	l, ok := g.lock(f.name())
	if !ok {
		return false
	}
	switch {
	case !l.Expires.IsZero():
		f.until = known(l.Expires)
	case !l.EndSaid:
		f.until = unknown("the log does not say until when the lock holds")
	}
	if f.key == "lock_placed" {
		return !inForce(l, g.q.At)
	}
	return len(l.Targets) > 0 && slices.ContainsFunc(g.q.Locks, func(other contain.Lock) bool {
		return inForce(other, g.q.At) && !slices.ContainsFunc(l.Targets, func(t contain.Target) bool {
			return !slices.Contains(other.Targets, t)
		})
	})
}

// lock is the lock of a name, as the board has it.
func (g *gatherer) lock(name string) (contain.Lock, bool) {
	i := slices.IndexFunc(g.q.Locks, func(l contain.Lock) bool { return l.Name == name })
	if i < 0 {
		return contain.Lock{}, false
	}
	return g.q.Locks[i], true
}

// formerRoles finds what the log tells of a changed user's roles before, and
// reports whether a later change took away again all that the attacker gave, or
// gave back what it had.
func (g *gatherer) formerRoles(ctx context.Context, f *find) (undone bool, err error) {
	before, after := []string(nil), rolesIn(f.last().involved)
	var earlier, later *investigations.Event
	err = g.writes(ctx, f, []string{"user.create", "user.update"}, func(ev *investigations.Event) {
		kept := *ev
		kept.Involved = slices.Clone(ev.Involved)
		switch pos := ev.Position(); {
		case pos.Compare(f.first().pos) < 0 && (earlier == nil || pos.Compare(earlier.Position()) > 0):
			earlier = &kept
		case pos.Compare(f.last().pos) > 0 && (later == nil || pos.Compare(later.Position()) > 0):
			later = &kept
		}
	})
	if err != nil {
		return false, err
	}
	if earlier != nil {
		before = rolesIn(earlier.Involved)
	}
	given := slices.DeleteFunc(slices.Clone(after), func(r string) bool { return slices.Contains(before, r) })
	if later != nil {
		now := rolesIn(later.Involved)
		taken := len(given) > 0 && !slices.ContainsFunc(given, func(r string) bool { return slices.Contains(now, r) })
		if taken || earlier != nil && !slices.Equal(before, after) && slices.Equal(before, now) {
			return true, nil
		}
	}
	f.notes = append(f.notes, formerNote(earlier, before, after, given)...)
	if later != nil {
		f.notes = append(f.notes, fmt.Sprintf("It was changed again on %s, to %s: compare first.", later.Time.UTC().Format(time.RFC3339), list(rolesIn(later.Involved))))
	}
	if earlier != nil && len(before) > 0 && !slices.Equal(before, after) {
		f.former = before
	}
	return false, nil
}

func formerNote(earlier *investigations.Event, before, after, given []string) []string {
	switch {
	case earlier == nil:
		return []string{"No earlier event of this evidence says which roles it had before."}
	case slices.Equal(before, after):
		return []string{"Its roles were the same before: what else was changed is not in the log."}
	}
	note := "Before, it had " + list(before) + "; since, " + list(after) + "."
	if len(given) > 0 {
		note = "It was given " + list(given) + ". " + note
	}
	return []string{note + " Other changes are not in the log."}
}

func list(names []string) string {
	if len(names) == 0 {
		return "no role"
	}
	return strings.Join(names, ", ")
}

// rolesIn are the roles that an event gives to a user, sorted.
func rolesIn(involved []investigations.Involvement) []string {
	var out []string
	for _, v := range involved {
		if v.Entity.Kind == investigations.KindRole && v.Role == investigations.RoleTarget {
			out = append(out, v.Entity.Name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// writtenAgain notes when somebody wrote a thing after the attacker did: what
// the attacker wrote may be gone.
func (g *gatherer) writtenAgain(ctx context.Context, f *find) error {
	switch f.key {
	case "role", "connector", "access_list", "bot_change", "login_rule", "saml_idp_service_provider", "integration", "plugin":
	default:
		return nil
	}
	n, last := 0, time.Time{}
	err := g.writes(ctx, f, f.tie.Types, func(ev *investigations.Event) {
		if ev.Position().Compare(f.last().pos) > 0 && !slices.ContainsFunc(f.marks, func(m mark) bool { return m.id == ev.ID }) {
			n++
			if ev.Time.After(last) {
				last = ev.Time
			}
		}
	})
	if err == nil && n > 0 {
		f.notes = append(f.notes, fmt.Sprintf("It was written again later, last on %s: what the attacker wrote may be gone.", last.UTC().Format(time.RFC3339)))
	}
	return err
}

// writes yields the events, until the moment asked about, in which a thing was
// written.
func (g *gatherer) writes(ctx context.Context, f *find, types []string, yield func(*investigations.Event)) error {
	groups, err := g.groupsOf(ctx, f.left.Entity)
	if err != nil {
		return err
	}
	var ids []int64
	for _, p := range groups {
		if p.Role == investigations.RoleSubject && slices.Contains(types, p.Type) {
			ids = append(ids, p.IDs...)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if len(ids) > maxActs {
		ids = ids[len(ids)-maxActs:]
	}
	err = g.ev.Each(ctx, ids, func(ev *investigations.Event) error {
		if ev.Outcome != investigations.OutcomeFailure && !ev.Time.After(g.q.At) {
			yield(ev)
		}
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("read who wrote %s: %w", f.left.Entity, err)
	}
	return nil
}
