package locks

import (
	"context"
	"errors"
	"strings"
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

const extendDialog = "lock.extend"

// saidFor is how long it stands below the page what became of a lock on the
// cluster: others change it too.
const saidFor = 30 * time.Second

// recently reports true for a while from now on.
func (p *Pane) recently() func() bool {
	end := p.env.Now().Add(saidFor)
	return func() bool { return p.env.Now().Before(end) }
}

// endsSo reports true for a while as long as a lock stands and ends as it does now.
func (p *Pane) endsSo(l contain.Lock) func() bool {
	recently := p.recently()
	if i := p.index(l.Name); i >= 0 {
		p.board[i].Expires = l.Expires // the board is read again in a moment
	}
	return func() bool {
		i := p.index(l.Name)
		return recently() && i >= 0 && p.board[i].State(p.env.Now()) == contain.StateInForce && p.board[i].Expires.Equal(l.Expires)
	}
}

// extended is a lock whose end was moved.
type extended struct{ lock contain.Lock }

// noExtend says why the end of the selected lock cannot be moved.
func (p *Pane) noExtend(l contain.Lock, ok bool) string {
	switch {
	case !ok:
		return "no lock is selected"
	case p.loader.Loading(loadExtend):
		return "the last one is still being extended"
	}
	switch state := l.State(p.env.Now()); state {
	case contain.StatePlanned, contain.StateInForce:
		return ""
	case contain.StateEmpty:
		return "this lock locks nothing: release it"
	default:
		return "this lock is " + state.String() + " already: lock again with L"
	}
}

// lengthOf reads how long a lock is to hold from now; zero means for ever.
func lengthOf(text string) (time.Duration, error) {
	text = strings.ToLower(strings.TrimSpace(text))
	if text == "never" {
		return 0, nil
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < time.Minute {
		return 0, errors.New("a length from now such as 4h, 90m or 48h, or never")
	}
	return d, nil
}

// askExtend asks until when the selected lock is to hold. In a dry run nothing is
// sent: the resource that moves the end is shown.
func (p *Pane) askExtend() {
	l, ok := p.selected()
	if p.noExtend(l, ok) != "" {
		return
	}
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewInput(dialog.Prompt{
			ID: extendDialog + " " + l.Name, Title: "extend the lock on " + safetext.CleanMax(l.Title(), 120),
			Hint:  "from now: 4h, 90m, 48h, or never (no end); it ends " + ends(l, p.env.Now(), p.env.Clock),
			Check: func(text string) error { _, err := lengthOf(text); return err },
		}, p.env.Drafts),
		Then: func(o dialog.Outcome) tea.Cmd {
			said, ok := o.(dialog.Submitted)
			if !ok {
				return nil
			}
			d, err := lengthOf(said.Text)
			if err != nil {
				return nil
			}
			return p.extend(l.Name, d)
		},
	})
}

// extend moves the end of a lock to a while from now, or takes it away for zero.
func (p *Pane) extend(name string, by time.Duration) tea.Cmd {
	desk := p.env.Desk
	return p.loader.Load(loadExtend, func(ctx context.Context) (any, error) {
		var end time.Time
		if by > 0 {
			end = desk.Now().Add(by).UTC().Truncate(time.Second)
		}
		l, err := desk.Extend(ctx, name, end)
		return extended{l}, err
	})
}

func (p *Pane) wasExtended(l contain.Lock, err error) tea.Cmd {
	title := safetext.CleanMax(l.Title(), 120)
	end := "has no end"
	if !l.Expires.IsZero() {
		end = "ends " + p.env.Clock.Time(l.Expires) + " " + p.env.Clock.Zone()
	}
	switch {
	case err != nil:
		p.env.Out.Put(pane.Say{Role: themes.Danger, Text: "Not extended: " + safetext.Clean(err.Error())})
	case l.Dry:
		p.env.Out.Put(pane.Say{Role: themes.OK, Text: "The planned lock on " + title + " now " + end + "; nothing was sent."})
	case p.env.Desk.Mode == journal.ModeDryRun:
		p.showResource(l, end)
	default:
		p.env.Out.Put(pane.Say{Role: themes.OK, Text: "The lock on " + title + " now " + end + ".", While: p.endsSo(l)})
	}
	p.env.Out.Put(pane.Changed{})
	return p.loadBoard()
}

// showResource shows what moves the end of a lock that stands.
func (p *Pane) showResource(l contain.Lock, end string) {
	yaml := l.YAML()
	lines := []draw.Line{
		{draw.T(themes.Text, "This is a dry run: the lock stands as it was, and cordon sends nothing.")},
		{draw.T(themes.Text, "Whoever may, puts this into a file and runs the command; then it "+end+".")},
		shell("tctl create -f FILE"),
		{},
	}
	lines = append(lines, resource(yaml)...)
	lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Muted, "y copies the resource")})
	p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{
		ID: extendDialog, Title: "extend " + safetext.CleanMax(l.Title(), 200), Lines: lines, Copy: yaml, Role: themes.DryRun,
	})})
}

// resource are the lines of a resource.
func resource(yaml string) (lines []draw.Line) {
	for _, text := range safetext.Lines(strings.TrimRight(yaml, "\n")) {
		// Two runs, because a line of one is wrapped and loses its indent.
		rest := strings.TrimLeft(text, " ")
		lines = append(lines, draw.Line{draw.T(themes.Muted, "  "+text[:len(text)-len(rest)]), draw.T(themes.Text, rest)})
	}
	return lines
}
