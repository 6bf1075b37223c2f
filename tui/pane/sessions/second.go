package sessions

import (
	"cmp"
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/pane/screen"
	"cordon/tui/safetext"
)

// twoWidth is the width from which two pictures stand side by side.
const twoWidth = 160

const secondDialog = "second session"

// second is another session on the clock of the first: it shows the same time of
// day, whatever is done to the first. While it is there, times in which nothing
// happens are played in full, as they are another stretch in each.
type second struct {
	session investigations.Session
	player  *player.Player // nil until it is read
	cut     time.Duration  // of the first before
}

// toggleSecond asks for a second session, or leaves it.
func (p *Pane) toggleSecond() tea.Cmd {
	r := p.replay
	if r.second != nil {
		p.leaveSecond()
		return p.wake()
	}
	evidence, first, end := p.env.Evidence, r.session, r.player.Recording().Meta.Start.Add(r.player.Duration())
	start := r.player.Recording().Meta.Start
	return p.loader.Load(loadOverlap, func(ctx context.Context) (any, error) {
		all, err := evidence.Sessions(ctx, investigations.Entity{}, maxSessions)
		return slices.DeleteFunc(all, func(s investigations.Session) bool {
			return s.ID == first.ID || s.RecordingID == 0 || unrecordedScreen(s) || !overlaps(s, start, end)
		}), err
	})
}

// unrecordedScreen reports whether a session had no terminal, so that its
// recording never holds a screen.
func unrecordedScreen(s investigations.Session) bool { return s.Kind == "ssh" && !s.Interactive }

// overlaps reports whether a session runs at some time between two moments. One
// without an end may.
func overlaps(s investigations.Session, from, to time.Time) bool {
	return !s.Start.IsZero() && !s.Start.After(to) && (s.End.IsZero() || !s.End.Before(from))
}

// chooseSecond asks which of the sessions that overlap is meant.
func (p *Pane) chooseSecond(all []investigations.Session) {
	if len(all) == 0 {
		p.say(themes.Warning, "No other session with a recorded screen in this case overlaps this one in time.")
		return
	}
	slices.SortStableFunc(all, func(a, b investigations.Session) int { return cmp.Compare(a.Start.UnixMilli(), b.Start.UnixMilli()) })
	var options []draw.Line
	for _, s := range all {
		options = append(options, draw.Line{
			draw.T(themes.Muted, span(s, p.env)+"  "), draw.T(themes.Accent, where(s)), draw.T(themes.Text, "  "+safetext.CleanMax(s.User, 80)),
		})
	}
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewChoice(secondDialog, "A second session on the same clock", "show", options),
		Then: func(o dialog.Outcome) tea.Cmd {
			picked, ok := o.(dialog.Picked)
			if !ok || p.replay == nil || p.replay.player == nil || picked.Index >= len(all) {
				return nil
			}
			return p.openSecond(all[picked.Index])
		},
	})
}

func (p *Pane) openSecond(s investigations.Session) tea.Cmd {
	r, now := p.replay, p.env.Now()
	r.second = &second{session: s, cut: r.player.IdleCut()}
	r.player.Handle(player.Input{Kind: player.SetIdleCut, Now: now})
	p.Resize(p.size)
	evidence := p.env.Evidence
	open := p.loader.Load(loadSecond, func(ctx context.Context) (any, error) {
		file, err := evidence.OpenRecording(ctx, s.RecordingID)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		rec, err := recording.Load(ctx, file)
		if err != nil {
			return nil, err
		}
		index, err := player.BuildIndexWith(ctx, rec, marking)
		pl := player.NewWith(rec, marking)
		pl.Adopt(index)
		return secondOpened{s.ID, pl}, err
	})
	return tea.Batch(open, p.recordOpening(s), p.wake())
}

// secondOpened is the answer of the load of a second session.
type secondOpened struct {
	session string
	player  *player.Player
}

func (p *Pane) secondOpened(o secondOpened) {
	r := p.replay
	if r.second == nil || r.second.session.ID != o.session {
		return
	}
	meta := o.player.Recording().Meta
	switch {
	case !meta.Screen():
		p.leaveSecond()
		p.say(themes.Warning, "The second recording has no screen to show.")
	case meta.Start.IsZero():
		p.leaveSecond()
		p.say(themes.Warning, "The second recording names no time of day, so it cannot be put on the same clock.")
	default:
		r.second.player = o.player
		r.moved(p.env.Now())
	}
}

// leaveSecond goes back to one session.
func (p *Pane) leaveSecond() {
	r := p.replay
	if r.second == nil {
		return
	}
	p.loader.Cancel(loadOverlap)
	p.loader.Cancel(loadSecond)
	r.player.Handle(player.Input{Kind: player.SetIdleCut, Now: p.env.Now(), To: r.second.cut})
	r.second = nil
	p.Resize(p.size)
}

// sync brings the second session to the time of day of the first.
func (s *second) sync(now, at time.Time) {
	if s == nil || s.player == nil {
		return
	}
	s.player.SeekTime(now, at)
}

// words says where the second session is at the moment of the first.
func (s *second) words(at time.Time) string {
	if s.player == nil {
		return "reading"
	}
	start := s.player.Recording().Meta.Start
	switch since := at.Sub(start); {
	case since < 0:
		return "begins in " + spell(-since)
	case since > s.player.Duration():
		return "ended " + spell(since-s.player.Duration()) + " ago"
	default:
		return clock(since)
	}
}

// drawTwo draws both pictures side by side.
func (r *replay) drawTwo(c draw.Canvas, area uv.Rectangle, focused bool) {
	left, right := draw.CutLeft(area, area.Dx()/2)
	inner := c.Box(left, draw.Box{Title: draw.Plain(where(r.session) + "  " + clock(r.position())), Focused: focused})
	screen.Draw(c, inner, r.player.Screen(), screen.View{Origin: r.origin, Cursor: true, Match: r.needle})
	s := r.second
	inner = c.Box(right, draw.Box{Title: draw.Line{
		draw.T(themes.Text, where(s.session)), draw.T(themes.Muted, "  "+safetext.CleanMax(s.session.User, 80)), draw.T(themes.Text, "  "+s.words(r.player.Time())),
	}})
	if s.player == nil {
		c.Text(draw.Pad(draw.Row(inner, inner.Dy()/2), 1), themes.Muted, "Opening the recording"+c.Glyphs().Ellipsis)
		return
	}
	picture := s.player.Screen()
	cols, rows := picture.Size()
	cur := picture.Cursor()
	origin := screen.Follow(image.Point{}, image.Pt(cur.X, cur.Y), image.Pt(cols, rows), pane.Size(inner))
	screen.Draw(c, inner, picture, screen.View{Origin: origin, Cursor: true, Match: r.needle})
}

// noSecond says why there can be no second session, or is empty.
func (r *replay) noSecond() string {
	switch {
	case r.second != nil:
		return ""
	case r.size.X < twoWidth:
		return fmt.Sprintf("two sessions need a screen of %d columns, this one has %d", twoWidth, r.size.X)
	case r.player.Recording().Meta.Start.IsZero():
		return "this recording names no time of day, so no other can be put on its clock"
	}
	return ""
}
