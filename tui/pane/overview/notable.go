package overview

import (
	"context"
	"fmt"
	"strings"

	"cordon/investigations"
	"cordon/investigations/pivot"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// notable is what makes an identity one to look at first, as far as its posting
// lists say without much reading. It ranks the roster and accuses nobody.
type notable struct {
	logins, failed int
	locked         bool // a lock in the log names it
	selfApproved   bool // it decided on a request of its own
}

// The parts of the roster, from the top.
const (
	tierNotable = iota
	tierPerson
	tierUnknown // no login in this evidence: it may be a person or a machine
	tierMachine
)

func (k *known) tier() int {
	switch {
	case k.class.Machine():
		return tierMachine
	case k.weight() > 0:
		return tierNotable
	case k.logins > 0 || k.class.Person():
		return tierPerson
	default:
		return tierUnknown
	}
}

func (n notable) weight() int {
	w := 0
	if n.selfApproved {
		w += 4
	}
	if n.locked {
		w += 2
	}
	if n.failed > 0 {
		w++
	}
	return w
}

// requestEvents bounds the events that are read to find a request that somebody
// decided on alone.
const requestEvents = 500

func readNotable(ctx context.Context, evidence pane.Evidence, groups []pivot.Group) (notable, error) {
	var n notable
	var asked, decided []int64
	for _, g := range groups {
		switch {
		case g.Type == "user.login" && g.Role == investigations.RoleActor:
			n.logins += g.N
			if strings.HasSuffix(g.Code, "W") {
				n.failed += g.N
			}
		case g.Type == "lock.created" && g.Role == investigations.RoleSubject:
			n.locked = true
		case g.Type == "access_request.create" && (g.Role == investigations.RoleActor || g.Role == investigations.RoleRequester):
			asked = append(asked, g.IDs...)
		case strings.HasPrefix(g.Type, "access_request.") && (g.Role == investigations.RoleReviewer || g.Role == investigations.RoleUpdater):
			decided = append(decided, g.IDs...)
		}
	}
	n.logins -= n.failed
	var err error
	n.selfApproved, err = meet(ctx, evidence, asked, decided)
	return n, err
}

// meet reports whether two sets of events name the same access request.
func meet(ctx context.Context, evidence pane.Evidence, asked, decided []int64) (bool, error) {
	if len(asked) == 0 || len(decided) == 0 {
		return false, nil
	}
	asked, _ = newest(asked, requestEvents)
	decided, _ = newest(decided, requestEvents)
	mine := map[string]bool{}
	found := false
	read := func(ids []int64, note func(request string)) error {
		return evidence.Each(ctx, ids, func(ev *investigations.Event) error {
			for _, v := range ev.Involved {
				if v.Entity.Kind == investigations.KindRequest {
					note(v.Entity.Name)
				}
			}
			return nil
		})
	}
	if err := read(asked, func(r string) { mine[r] = true }); err != nil {
		return false, fmt.Errorf("read access requests: %w", err)
	}
	if err := read(decided, func(r string) { found = found || mine[r] }); err != nil {
		return false, fmt.Errorf("read access requests: %w", err)
	}
	return found, nil
}

// notableLine says in words why an identity is where it is in the roster.
func (p *Pane) notableLine(k known) draw.Line {
	g := &p.env.Styles.Glyphs
	var line draw.Line
	if k.selfApproved {
		line = append(line, draw.T(themes.Danger, g.Warn+" self-approved  "))
	}
	if k.failed > 0 {
		line = append(line, draw.T(themes.Danger, fmt.Sprintf("%s %d failed  ", g.Warn, k.failed)))
	}
	if k.locked {
		line = append(line, draw.T(themes.Locked, g.Locked+" locked in the log  "))
	}
	if near := p.nearT0(k.first); near != "" {
		line = append(line, draw.T(themes.Warning, near+"  "))
	}
	switch k.tier() {
	case tierMachine:
		line = append(line, draw.T(themes.Muted, k.class.Title()))
	case tierUnknown:
		line = append(line, draw.T(themes.Muted, "no login in this evidence"))
	}
	return line
}
