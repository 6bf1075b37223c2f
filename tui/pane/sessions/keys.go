package sessions

import (
	"image"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/playback/player"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/pane/screen"
)

// seekStep is how far the arrow keys go, and tenth the arrows with shift.
const (
	seekStep = 5 * time.Second
	tenth    = 10.0
)

// handleReplay runs an action while a replay is shown.
func (p *Pane) handleReplay(id action.ID) tea.Cmd {
	if p.disabledReplay(id) != "" {
		return nil
	}
	r := p.replay
	switch id {
	case action.Close:
		return p.close()
	case action.Open:
		return p.openInReplay()
	case action.NextPane, action.PrevPane:
		r.nextPane()
	case action.FindHere:
		p.askText()
	case action.SeekPercent:
		p.askJump()
	case action.Transcript:
		return p.toggleTranscript()
	case action.FindAll:
		p.askAll()
	case action.NextMatch:
		return p.stepMatch(1)
	case action.PrevMatch:
		return p.stepMatch(-1)
	case action.Diff:
		p.toggleDiff()
	case action.SecondSession:
		return p.toggleSecond()
	case action.CopyLine:
		p.copyLine()
	case action.Export:
		p.askExport()
	case action.MoveUp, action.MoveDown, action.MoveLeft, action.MoveRight,
		action.MoveTop, action.MoveBottom, action.PageUp, action.PageDown:
		return p.moveReplay(id)
	default:
		return p.playback(id)
	}
	return nil
}

// playback runs an action that moves time. The clock is read once, and the next
// tick is asked for anew because it may be due earlier.
func (p *Pane) playback(id action.ID) tea.Cmd {
	r, now := p.replay, p.env.Now()
	pl := r.player
	switch id {
	case action.PlayPause:
		p.toggle()
	case action.SeekBack:
		p.seek(r.target() - seekStep)
	case action.SeekForward:
		p.seek(r.target() + seekStep)
	case action.SeekBackFar:
		p.seekTenth(-tenth)
	case action.SeekForwardFar:
		p.seekTenth(tenth)
	case action.FramePrev:
		pl.Handle(player.Input{Kind: player.StepBack, Now: now})
	case action.FrameNext:
		pl.Handle(player.Input{Kind: player.StepForward, Now: now})
	case action.Slower:
		pl.Handle(player.Input{Kind: player.Slower, Now: now})
	case action.Faster:
		pl.Handle(player.Input{Kind: player.Faster, Now: now})
	case action.IdleCut:
		pl.Handle(player.Input{Kind: player.NextIdleCut, Now: now})
	case action.MarkerPrev:
		p.goToStop(-1)
	case action.MarkerNext:
		p.goToStop(1)
	default:
		return nil
	}
	r.held = false
	r.moved(now)
	if r.listed() {
		r.lines.follow(r.position())
	}
	return p.wake()
}

// stepMatch goes along the matches.
func (p *Pane) stepMatch(step int) tea.Cmd {
	r := p.replay
	r.held = false
	return tea.Batch(p.goToMatch(step), p.wake())
}

// target is where a seek starts from: held keys add up while a seek waits.
func (r *replay) target() time.Duration {
	if r.pending != nil && !r.pending.share {
		return r.pending.to
	}
	return r.player.Position()
}

func (p *Pane) seekTenth(percent float64) {
	r := p.replay
	d := r.player.Duration()
	at := float64(r.player.Position()) / max(1, float64(d)) * 100
	if r.pending != nil && r.pending.share {
		at = r.pending.percent
	}
	p.seekPercent(min(100, max(0, at+percent)))
}

// close leaves what is on top: the transcript, the rows beside, the replay.
func (p *Pane) close() tea.Cmd {
	r := p.replay
	switch {
	case r.pending != nil:
		r.pending = nil
	case r.showing:
		r.showing = false
		r.place()
	case r.diff != nil:
		r.diff = nil
		r.place()
	case r.second != nil:
		p.leaveSecond()
		return p.wake()
	case r.inside && r.size.X < besideWidth:
		r.enter(false)
	default:
		p.leaveReplay()
		if p.hits != nil {
			p.hits.shown = true
			p.Resize(p.size)
		}
	}
	return nil
}

// openInReplay goes to the moment of the selected row, or from the picture to
// the session's events.
func (p *Pane) openInReplay() tea.Cmd {
	r := p.replay
	if r.listed() {
		if line, ok := r.lines.current(); ok && r.terminal() {
			r.showing = false
			r.place()
			p.seek(line.At)
			return p.wake()
		}
		p.goToEvents(r.session)
		return nil
	}
	if r.inside && r.besideShown() {
		p.seekToRow()
		return p.wake()
	}
	p.goToEvents(r.session)
	return nil
}

func (p *Pane) toggleTranscript() tea.Cmd {
	r := p.replay
	r.showing = !r.showing
	r.place()
	if !r.showing || r.lines.done && r.whole {
		r.lines.follow(r.position())
		return nil
	}
	return p.loadTranscript()
}

// moveReplay moves in what has the keys: the lines, the rows beside, or the
// picture.
func (p *Pane) moveReplay(id action.ID) tea.Cmd {
	r := p.replay
	switch {
	case r.listed():
		r.lines.move(id)
	case r.differing():
		r.moveDiff(id)
	case r.inside && r.besideShown():
		return p.moveBeside(id)
	case r.pannable():
		r.pan(id)
	case r.besideShown():
		// Nothing of the picture is out of sight, so the keys mean the only
		// list there is.
		r.enter(true)
		return p.moveBeside(id)
	}
	return nil
}

// moveBeside moves in the rows beside the picture, which goes along.
func (p *Pane) moveBeside(id action.ID) tea.Cmd {
	if !pane.MoveGrid(p.replay.beside.grid, id) {
		return nil
	}
	p.seekToRow()
	return p.wake()
}

// seekToRow goes to the moment of the selected row.
func (p *Pane) seekToRow() {
	r := p.replay
	row, ok := r.beside.selected()
	if !ok || !row.known {
		return
	}
	r.beside.hold(max(0, min(row.at, r.player.Duration())))
	r.held = false
	p.seek(row.at)
}

// nextPane gives the keys to the rows beside and back. Where these hide a part of
// the picture, the picture has a turn alone.
func (r *replay) nextPane() {
	inside := !r.inside && !r.alone
	r.alone = r.inside && r.covered()
	r.enter(inside)
}

// enter gives the keys to the rows beside the picture, or back to the picture.
func (r *replay) enter(inside bool) {
	r.inside = inside
	r.place()
	r.follow()
}

// pan moves the picture by hand. It follows the cursor again from the next play,
// pause or seek on, or with the key that goes to the top.
func (r *replay) pan(id action.ID) {
	view := pane.Size(r.layout(image.Rectangle{Max: r.size}).picture)
	cols, rows := r.player.Screen().Size()
	by := map[action.ID]image.Point{
		action.MoveUp: {Y: -1}, action.MoveDown: {Y: 1}, action.MoveLeft: {X: -4}, action.MoveRight: {X: 4},
		action.PageUp: {Y: -view.Y}, action.PageDown: {Y: view.Y}, action.MoveBottom: {Y: rows},
	}[id]
	if r.held = id != action.MoveTop; !r.held {
		r.follow()
		return
	}
	r.origin = screen.Clamp(r.origin.Add(by), image.Pt(cols, rows), view)
}

func (r *replay) pannable() bool {
	if r.player == nil {
		return false
	}
	cols, rows := r.player.Screen().Size()
	return !screen.Fits(image.Pt(cols, rows), pane.Size(r.layout(image.Rectangle{Max: r.size}).picture))
}

// disabledReplay says why an action cannot run in the replay.
func (p *Pane) disabledReplay(id action.ID) string {
	r := p.replay
	switch id {
	case action.Close, action.Copy, action.Note:
		return ""
	case action.Star:
		return "sessions are not starred, their events are"
	}
	if id == action.FindAll {
		return ""
	}
	if r.player == nil {
		if replayOnly[id] || id == action.FindHere || id == action.NextMatch || id == action.PrevMatch {
			return "the recording is not open"
		}
		return ""
	}
	switch {
	case replayOnly[id] && !r.terminal():
		return "this recording has no terminal to show"
	case (id == action.NextMatch || id == action.PrevMatch) && len(r.matches) == 0:
		return "find a text first"
	case (id == action.NextPane || id == action.PrevPane) && !r.besideFits():
		return "there is one pane here"
	case (id == action.MoveLeft || id == action.MoveRight) && !r.pannable():
		return "the whole picture is in sight"
	case id == action.SecondSession:
		return r.noSecond()
	case id == action.IdleCut && r.second != nil:
		return "with two sessions on one clock idle time is played in full"
	case (id == action.CopyLine || id == action.Diff) && r.showing:
		return "leave the transcript first"
	}
	return ""
}

// replayOnly are the actions that need a picture.
var replayOnly = map[action.ID]bool{
	action.PlayPause: true, action.SeekBack: true, action.SeekForward: true, action.SeekBackFar: true,
	action.SeekForwardFar: true, action.SeekPercent: true, action.FramePrev: true, action.FrameNext: true,
	action.Slower: true, action.Faster: true, action.MarkerPrev: true, action.MarkerNext: true, action.Transcript: true,
	action.IdleCut: true, action.Diff: true, action.SecondSession: true, action.CopyLine: true, action.Export: true,
}

// click gives the keys to what was clicked and selects its row.
func (p *Pane) clickReplay(at uv.Position, area uv.Rectangle) tea.Cmd {
	r := p.replay
	if r.player == nil {
		return nil
	}
	lay := r.layout(area)
	switch {
	case r.listed():
		r.lines.click(at, lay.picture)
		return nil
	case r.terminal() && at.In(lay.bar):
		inner := draw.Pad(lay.bar, 2)
		p.seekPercent(float64(at.X-inner.Min.X) / float64(max(1, inner.Dx()-1)) * 100)
		return p.wake()
	case r.differing() || r.second != nil:
		return nil
	}
	if r.enter(at.In(lay.beside)); r.inside && r.beside.grid.SelectLine(at.Y-lay.beside.Min.Y-1) {
		p.seekToRow()
		return p.wake()
	}
	return nil
}

// wheelReplay moves the lines, the rows beside, or the picture.
func (p *Pane) wheelReplay(n int) tea.Cmd {
	r := p.replay
	switch {
	case r.player == nil:
	case r.differing():
		r.diff.top = max(0, r.diff.top+n)
	case r.listed():
		r.lines.wheel(n)
	case r.inside && r.besideShown():
		r.beside.grid.Move(n)
		p.seekToRow()
		return p.wake()
	case r.pannable():
		cols, rows := r.player.Screen().Size()
		r.held = true
		r.origin = screen.Clamp(r.origin.Add(image.Pt(0, n)), image.Pt(cols, rows), pane.Size(r.layout(image.Rectangle{Max: r.size}).picture))
	}
	return nil
}
