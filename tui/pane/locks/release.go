package locks

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// The ids of the page's dialogs.
const (
	releaseDialog = "lock.release"
	detailDialog  = "lock.detail"
)

// command is the line that belongs to a lock: what places a plan, what removes
// one that holds, what placed one that is over; empty where that is not known.
func command(l contain.Lock, now time.Time) string {
	if state := l.State(now); state == contain.StateInForce || state == contain.StateEmpty {
		return contain.UndoCommand(l.Name)
	}
	return l.Command
}

func plan(l contain.Lock) contain.Plan {
	p := contain.Plan{Name: l.Name, Targets: l.Targets, Message: l.Message, Expires: l.Expires}
	if l.Expires.IsZero() {
		p.TTL = contain.Forever
	}
	return p
}

// noRelease says why the selected lock cannot be released.
func (p *Pane) noRelease(l contain.Lock, ok bool) string {
	switch {
	case !ok:
		return "no lock is selected"
	case p.loader.Loading(loadRelease):
		return "the last one is still being released"
	}
	switch state := l.State(p.env.Now()); state {
	case contain.StatePlanned, contain.StateInForce, contain.StateEmpty:
		return ""
	default:
		return "this lock is " + state.String() + " already"
	}
}

// askRelease asks before a lock is taken back. In a dry run a lock that exists
// stands whatever is asked: its command is shown.
func (p *Pane) askRelease() {
	l, ok := p.selected()
	if p.noRelease(l, ok) != "" {
		return
	}
	title := safetext.CleanMax(l.Title(), 200)
	if !l.Dry && p.env.Desk.Mode == journal.ModeDryRun {
		p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{
			ID: releaseDialog, Title: "release " + title, Copy: l.UndoCommand(), Role: themes.DryRun,
			Lines: []draw.Line{
				{draw.T(themes.Text, "This is a dry run: the lock stands, and cordon sends nothing.")},
				{draw.T(themes.Text, "Whoever may, removes it with")},
				{draw.T(themes.Accent, "  $ "+safetext.Clean(l.UndoCommand()))},
				{draw.T(themes.Muted, "y copies the command")},
			},
		})})
		return
	}
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewConfirm(dialog.Question{
			ID: releaseDialog, Title: "release " + title, Body: p.question(l), Yes: "Release", Danger: !l.Dry, OpenedBy: "x",
		}),
		Then: func(o dialog.Outcome) tea.Cmd {
			if _, ok := o.(dialog.Confirmed); ok {
				return p.Release(l.Name)
			}
			return nil
		},
	})
}

func (p *Pane) question(l contain.Lock) []draw.Line {
	if l.Dry {
		return []draw.Line{draw.Plain("The plan is dropped. Nothing had been sent, so nothing changes on the cluster.")}
	}
	lines := []draw.Line{
		draw.Plain("Whoever it holds can act again at once."),
		{draw.T(themes.Accent, "$ "+safetext.Clean(l.UndoCommand()))},
	}
	return append(lines, p.hits(l)...)
}

// Release takes a lock back by its name, or drops a planned one.
func (p *Pane) Release(name string) tea.Cmd {
	desk := p.env.Desk
	return p.loader.Load(loadRelease, func(ctx context.Context) (any, error) {
		return desk.Release(ctx, name)
	})
}

func (p *Pane) released(l contain.Lock, err error) tea.Cmd {
	switch {
	case err != nil:
		p.env.Out.Put(pane.Say{Role: themes.Danger, Text: "Not released: " + safetext.Clean(err.Error())})
	case l.Dry:
		p.env.Out.Put(pane.Say{Role: themes.OK, Text: "The plan for " + safetext.CleanMax(l.Title(), 120) + " is dropped; nothing had been sent."})
	default:
		p.env.Out.Put(pane.Say{Role: themes.Warning, Text: safetext.CleanMax(l.Title(), 120) + " is no longer locked.", While: p.recently()})
	}
	p.env.Out.Put(pane.Changed{})
	return p.loadBoard()
}

// openDetail shows all that is known of the selected lock.
func (p *Pane) openDetail() {
	l, ok := p.selected()
	if !ok {
		return
	}
	now := p.env.Now()
	lines := []draw.Line{{draw.T(themes.Text, p.story(l, now))}}
	lines = append(lines, draw.Line{draw.T(themes.Muted, "known from the "+string(l.Origin)+", name "+safetext.CleanMax(l.Name, 120))})
	if l.Dry {
		lines = append(lines, draw.Line{draw.T(themes.Planned, "A plan contains nobody: it takes effect when its command is run.")})
	}
	if held := p.verdict(l, allSeen); len(held) > 0 {
		lines = append(append(lines, draw.Line{}, section("since")), held...)
	}
	if mode := p.modeLong(); len(mode) > 0 && l.State(now) == contain.StateInForce {
		lines = append(append(lines, draw.Line{}, section("this cluster")), mode...)
	}
	lines = append(lines, draw.Line{})
	lines = append(lines, p.hits(l)...)
	if len(l.Targets) > 0 {
		pl := plan(l)
		for _, note := range append(pl.Limits(), pl.OrNote()) {
			if note != "" {
				lines = append(lines, draw.Line{draw.T(themes.Muted, "  "+safetext.Clean(note))})
			}
		}
	}
	if l.Command != "" {
		lines = append(lines, draw.Line{}, section("places it"), shell(l.Command))
	}
	if undo := contain.UndoCommand(l.Name); !l.Dry {
		lines = append(lines, draw.Line{}, section("removes it"), shell(undo))
	}
	if len(l.Targets) > 0 {
		lines = append(lines, draw.Line{}, section("as a resource, for tctl create"))
		lines = append(lines, resource(plan(l).YAML(now))...)
	}
	p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{
		ID: detailDialog, Title: "lock " + safetext.CleanMax(l.Title(), 200), Lines: lines, Copy: command(l, now),
	})})
}

func section(title string) draw.Line { return draw.Line{draw.T(themes.Title, title)} }

func shell(text string) draw.Line {
	return draw.Line{draw.T(themes.Accent, "  $ "+safetext.Clean(text))}
}
