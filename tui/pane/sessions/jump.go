package sessions

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cordon/playback/instant"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/pane"
)

const jumpDialog = "replay go to"

// askJump asks for a moment. A bare number is a percentage.
func (p *Pane) askJump() {
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewInput(dialog.Prompt{
			ID: jumpDialog, Title: "Go to", Hint: "50 is a percentage; or 1m20s, 1:20, 2026-11-18T21:14:03Z",
			Check: func(text string) error {
				_, err := instant.ParsePercent(text)
				if err != nil {
					return fmt.Errorf("%w: write %s", err, instant.Forms)
				}
				return nil
			},
		}, dialog.Drafts{}),
		Then: func(o dialog.Outcome) tea.Cmd {
			done, ok := o.(dialog.Submitted)
			if !ok || p.replay == nil || p.replay.player == nil {
				return nil
			}
			to, err := instant.ParsePercent(done.Text)
			if err != nil {
				return nil
			}
			p.jumpTo(to)
			return p.wake()
		},
	})
}

// jumpTo goes to a moment, or says that the recording does not reach it.
func (p *Pane) jumpTo(to instant.Instant) {
	r := p.replay
	r.held = false
	start := r.player.Recording().Meta.Start
	from := to.From
	switch {
	case to.IsShare:
		p.seekPercent(to.Percent)
		return
	case !to.Day.IsZero() && start.IsZero():
		p.say(themes.Warning, "This recording names no time of day.")
		return
	case !to.Day.IsZero():
		from = to.Day.Sub(start)
	}
	if from < 0 || r.whole && from > r.player.Duration() {
		p.say(themes.Warning, "That is outside the recording, which is "+clock(r.player.Duration())+" long.")
		return
	}
	p.seek(from)
}
