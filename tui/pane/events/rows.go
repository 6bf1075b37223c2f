package events

import (
	"strings"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// columns are those of the grid, with a time column of a width.
func columns(timeWidth int) []grid.Column {
	return []grid.Column{
		{Title: "time", Min: timeWidth, Role: themes.Muted},
		{Title: "event", Min: 16, Max: 30, Weight: 2},
		{Title: "who", Min: 14, Max: 34, Weight: 2},
		{Title: "what", Min: 18, Weight: 5},
		{Title: "where", Min: 14, Max: 40, Weight: 3, Role: themes.Muted, Drop: 1},
		{Title: "outcome", Min: 7, Role: themes.Muted, Drop: 2},
	}
}

// newGrid makes an empty grid.
func (p *Pane) newGrid() {
	p.grid = grid.New[investigations.Position](columns(leastTime),
		"No event passes this filter. That is not the same as: it did not happen. Page 8 shows what was read and what is missing.")
	p.resizeGrid()
}

// leastTime is the width of a time of day.
const leastTime = 8

// fitTimes makes the time column as wide as the times of the rows in memory.
func (p *Pane) fitTimes() {
	width := leastTime
	for _, r := range p.grid.Held() {
		width = max(width, safetext.Width(r.Cells[0].Text))
	}
	p.grid.SetColumns(columns(width))
}

// row makes the row of an event.
func (p *Pane) row(e *investigations.Event) grid.Row[investigations.Position] {
	eventRole, outcome := themes.Text, grid.Cell{}
	switch e.Outcome {
	case investigations.OutcomeFailure:
		outcome, eventRole = grid.Cell{Text: "failed", Role: themes.Danger}, themes.Danger
	case investigations.OutcomeSuccess:
		outcome = grid.Cell{Text: "ok", Role: themes.Muted}
	}
	r := grid.Row[investigations.Position]{Key: e.Position(), Cells: []grid.Cell{
		{Text: p.env.Clock.Time(e.Time)},
		{Text: safetext.CleanMax(e.Type, 80), Role: eventRole},
		{Text: whoDid(e)},
		{Text: whatWas(e)},
		{Text: whereWas(e)},
		outcome,
	}}
	if p.stars[e.ID] {
		r.Mark, r.MarkRole = p.env.Styles.Glyphs.Star, themes.Note
	}
	return r
}

// whoDid is who did it, and behind whose name.
func whoDid(e *investigations.Event) string {
	who, ok := e.Actor()
	if !ok {
		return ""
	}
	text := name(who)
	if behind, ok := e.First(investigations.KindUser, investigations.RoleImpersonator); ok && behind.Entity != who.Entity {
		text += " by " + name(behind)
	}
	return text
}

// whatWas is the command or path, else what was acted upon.
func whatWas(e *investigations.Event) string {
	var parts []string
	if e.Outcome == investigations.OutcomeFailure {
		parts = append(parts, "failed")
	}
	if e.Text != "" {
		return strings.Join(append(parts, safetext.CleanMax(e.Text, 600)), ": ")
	}
	who, _ := e.Actor()
	for _, role := range []investigations.Role{investigations.RoleSubject, investigations.RoleMember, investigations.RoleRequester} {
		for _, v := range e.Involved {
			if v.Role == role && len(parts) < 4 && v.Entity != who.Entity {
				parts = append(parts, kindName(v))
			}
		}
	}
	for _, v := range e.Involved {
		if v.Role == investigations.RoleTarget && v.Entity.Kind == investigations.KindRole && len(parts) < 4 {
			parts = append(parts, kindName(v))
		}
	}
	if len(parts) == 0 {
		return onWhat(e)
	}
	return strings.Join(parts, "  ")
}

// whereWas is the login and the host, database or application, else the address.
func whereWas(e *investigations.Event) string {
	place := onWhat(e)
	if from, ok := e.First(investigations.KindAddress, investigations.RoleSource); ok {
		if place != "" {
			place += "  "
		}
		place += "from " + name(from)
	}
	return place
}

// onWhat is the login and the host, database or application.
func onWhat(e *investigations.Event) string {
	place := ""
	for _, kind := range []investigations.Kind{
		investigations.KindDatabase, investigations.KindApp, investigations.KindDesktop, investigations.KindKubeCluster, investigations.KindHost,
	} {
		if v, ok := e.First(kind, investigations.RoleTarget); ok {
			place = name(v)
			break
		}
	}
	if login, ok := e.First(investigations.KindOSLogin, investigations.RoleTarget); ok && place != "" {
		place = name(login) + "@" + place
	}
	return place
}

// name is an entity as people call it; UUIDs are cut to what can be compared by
// eye.
func name(v investigations.Involvement) string {
	text := pane.NameOf(v)
	if v.Label == "" && len(text) == 36 && text[8] == '-' {
		text = text[:8]
	}
	return safetext.CleanMax(text, 120)
}

func kindName(v investigations.Involvement) string {
	if v.Entity.Kind == investigations.KindUser || v.Entity.Kind == investigations.KindResource {
		return name(v)
	}
	return v.Entity.Kind.Title() + " " + name(v)
}

// mainEntity is what an event is about: what it created, asked for or changed
// where that can be locked, else who did it.
func mainEntity(e *investigations.Event) investigations.Involvement {
	for _, kind := range []investigations.Kind{
		investigations.KindRequest, investigations.KindMFADevice, investigations.KindDevice, investigations.KindBot, investigations.KindUser,
	} {
		if v, ok := e.First(kind, investigations.RoleSubject); ok {
			return v
		}
	}
	if who, ok := e.Actor(); ok {
		return who
	}
	if len(e.Involved) > 0 {
		return e.Involved[0]
	}
	return investigations.Involvement{}
}
