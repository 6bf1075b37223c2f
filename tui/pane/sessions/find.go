package sessions

import (
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/playback/transcript"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// findDialog is the id under which a text that was left is kept.
const findDialog = "replay find"

func (p *Pane) askText() {
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewInput(dialog.Prompt{
			ID: findDialog, Title: "Find on the screen of this recording",
			Hint: "capital and small letters are the same; f finds in all recordings", Text: p.replay.needle,
		}, p.env.Drafts),
		Then: func(o dialog.Outcome) tea.Cmd {
			done, ok := o.(dialog.Submitted)
			if !ok || p.replay == nil || p.replay.player == nil {
				return nil
			}
			return p.find(done.Text)
		},
	})
}

// find looks for a text in all of the recording.
func (p *Pane) find(text string) tea.Cmd {
	r := p.replay
	r.needle, r.matches, r.found = text, nil, nil
	if text == "" {
		return nil
	}
	return p.loadMatches(text)
}

func (p *Pane) found(f found) tea.Cmd {
	r := p.replay
	r.matches, r.found = f.matches, f.rec
	quoted := `"` + safetext.CleanMax(f.text, 60) + `"`
	if len(f.matches) == 0 {
		p.say(themes.Warning, quoted+" was at no time on this screen"+r.caveat()+".")
		return nil
	}
	if r.listed() {
		if !r.lines.find(f.text, 0) {
			r.lines.move(action.MoveTop)
			r.lines.find(f.text, 0)
		}
		return nil
	}
	for _, m := range f.matches {
		if m.Until >= r.position() {
			p.seek(max(m.At, r.matchStart(m)))
			return p.wake()
		}
	}
	p.seek(f.matches[0].At)
	return p.wake()
}

// matchStart keeps the position when the match is on the screen already.
func (r *replay) matchStart(m transcript.Match) time.Duration {
	if at := r.position(); m.At <= at && at < m.Until {
		return at
	}
	return m.At
}

// caveat says what a search could not see.
func (r *replay) caveat() string {
	switch {
	case !r.whole:
		return ", as far as the recording was read"
	case !r.player.Recording().Complete:
		return ", and the recording is not complete"
	default:
		return ""
	}
}

// goToMatch goes to the next match or the one before, in another recording when
// the text was looked for in all of them.
func (p *Pane) goToMatch(step int) tea.Cmd {
	r := p.replay
	if r.listed() {
		return p.goToLine(step)
	}
	at := r.player.Position()
	to, ok := time.Duration(0), false
	for _, m := range r.matches {
		if step > 0 && m.At > at {
			to, ok = m.At, true
			break
		}
		if step < 0 && m.At < at {
			to, ok = m.At, true
		}
	}
	if !ok {
		if cmd, more := p.nextHit(step); more {
			return cmd
		}
		p.say(themes.Muted, "No match "+side(step)+" this moment.")
		return nil
	}
	p.seek(to)
	return nil
}

// goToLine does the same among lines of text.
func (p *Pane) goToLine(step int) tea.Cmd {
	if p.replay.lines.find(p.replay.needle, step) {
		return nil
	}
	cmd, more := p.nextHit(step)
	if !more {
		p.say(themes.Muted, "No match "+side(step)+" this line.")
	}
	return cmd
}

// matchWords says how many matches there are and which one was passed last.
func (r *replay) matchWords() string {
	if r.needle == "" || r.found == nil {
		return ""
	}
	if len(r.matches) == 0 {
		return `no match for "` + safetext.CleanMax(r.needle, 30) + `"`
	}
	n := 0
	for _, m := range r.matches {
		if m.At <= r.position() {
			n++
		}
	}
	return fmt.Sprintf(`%d of %d matches "%s"`, n, len(r.matches), safetext.CleanMax(strings.TrimSpace(r.needle), 30))
}
