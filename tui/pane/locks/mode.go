package locks

import (
	"context"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// locking is how the cluster takes its locks, as last read.
type locking struct {
	mode pane.Locking
	read bool
	err  error
}

// loadLocking asks the cluster for its locking mode.
func (p *Pane) loadLocking() tea.Cmd {
	live := p.env.Live
	if live == nil {
		return nil
	}
	return p.loader.LoadQuietly(loadMode, func(ctx context.Context) (any, error) {
		mode, err := live.Locking(ctx)
		return locking{mode: mode, read: err == nil}, err
	})
}

// strict is the mode in which what cannot refresh its locks cuts all it guards.
const strict = "strict"

// maxRoles bounds the roles that are named.
const maxRoles = 6

// modeShort names the locking mode, modeLine says in a line what it means, and
// modeLong in full.
func (p *Pane) modeShort() draw.Line {
	switch {
	case p.env.Live == nil || !p.locking.read && p.locking.err == nil:
		return nil
	case p.locking.err != nil:
		return draw.Line{draw.T(themes.Warning, "locking mode not known")}
	case p.locking.mode.Mode == strict:
		return draw.Line{draw.T(themes.OK, "locking strict")}
	}
	return draw.Line{draw.T(themes.Warning, "locking "+safetext.CleanMax(p.locking.mode.Mode, 20))}
}

func (p *Pane) modeLine() []draw.Line {
	line := p.modeShort()
	switch {
	case len(line) == 0:
		return nil
	case p.locking.err != nil:
	case p.locking.mode.Mode == strict:
		line = append(line, draw.T(themes.Muted, ": an agent cut off from the cluster ends what it guards"))
	default:
		line = append(line, draw.T(themes.Muted, ": an agent cut off from the cluster does not know it"))
	}
	return []draw.Line{line}
}

func (p *Pane) modeLong() []draw.Line {
	m := p.locking.mode
	switch {
	case p.env.Live == nil || !p.locking.read && p.locking.err == nil:
		return nil
	case p.locking.err != nil:
		return []draw.Line{{draw.T(themes.Warning, "Locking mode not known: "+safetext.Clean(p.locking.err.Error()))}}
	case m.Mode == strict:
		return []draw.Line{{draw.T(themes.Text, "Locking mode strict: an agent that is cut off from the cluster ends all that it guards.")}}
	}
	lines := []draw.Line{{draw.T(themes.Warning, "Locking mode "+safetext.CleanMax(m.Mode, 20)+": an agent that is cut off from the cluster does not know a new lock until it is back, and lets sessions go on.")}}
	switch {
	case m.RolesErr != "":
		lines = append(lines, draw.Line{draw.T(themes.Muted, "Roles that are strict all the same are not known: "+safetext.Clean(m.RolesErr))})
	case len(m.Strict) == 0:
		lines = append(lines, draw.Line{draw.T(themes.Muted, "No role is strict.")})
	default:
		names := make([]string, 0, maxRoles)
		for _, r := range m.Strict[:min(maxRoles, len(m.Strict))] {
			names = append(names, safetext.CleanMax(r, 60))
		}
		text := "Strict all the same, for who holds them: " + strings.Join(names, ", ")
		if n := len(m.Strict) - maxRoles; n > 0 {
			text += " and " + count(n, "more role")
		}
		lines = append(lines, draw.Line{draw.T(themes.Text, text)})
	}
	return lines
}
