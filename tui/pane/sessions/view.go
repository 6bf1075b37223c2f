package sessions

import (
	"fmt"
	"image"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/playback/recording"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/pane/screen"
	"cordon/tui/safetext"
)

// draw draws the replay: who and where, the picture and what happened beside
// it, time below.
func (r *replay) draw(c draw.Canvas, area uv.Rectangle, env pane.Env, focused bool) {
	c.Clear(area)
	l := r.layout(area)
	r.drawHeader(c, l.header, env)
	switch {
	case r.err != nil:
		r.drawFailure(c, l.box)
	case r.player == nil:
		c.Text(draw.Pad(draw.Row(l.box, l.box.Dy()/2), 1), themes.Muted, "Opening the recording"+c.Glyphs().Ellipsis)
	case r.listed():
		r.drawLines(c, l, focused)
	case r.differing():
		r.drawDiff(c, l.box)
	case r.second != nil:
		r.drawTwo(c, l.box, focused)
	default:
		r.drawPicture(c, l, focused)
	}
	if r.player == nil {
		return
	}
	if r.terminal() {
		r.drawLanes(c, l.lanes)
		r.drawBar(c, l.bar)
		r.drawState(c, l.state, env)
	}
	r.drawWords(c, l)
}

func (r *replay) drawHeader(c draw.Canvas, area uv.Rectangle, env pane.Env) {
	s := r.session
	left := draw.Line{
		draw.T(themes.Accent, where(s)),
		draw.T(themes.Text, "  "+safetext.CleanMax(s.User, 120)),
		draw.T(themes.Muted, "  "+join(safetext.Clean(s.Address), span(s, env))),
		draw.T(themes.Note, r.withWords(r.position())),
	}
	var right draw.Line
	if r.player != nil {
		if rec := r.player.Recording(); r.whole && !rec.Complete {
			right = append(right, draw.T(themes.Warning, c.Glyphs().Warn+" incomplete  "))
		}
		if r.terminal() {
			cols, rows := r.player.Screen().Size()
			right = append(right, draw.T(themes.Text, fmt.Sprintf("%dx%d", cols, rows)))
		}
	}
	c.Ends(draw.Pad(area, 1), left, right)
}

func (r *replay) drawFailure(c draw.Canvas, area uv.Rectangle) {
	lines := draw.Wrap(themes.Danger, "The recording cannot be shown: "+safetext.Clean(r.err.Error())+".", area.Dx()-2)
	lines = append(lines, draw.Wrap(themes.Text, explain(r.session), area.Dx()-2)...)
	_, area = draw.CutTop(area, min(1, area.Dy()-1))
	c.Lines(draw.Pad(area, 1), lines)
}

func (r *replay) drawPicture(c draw.Canvas, l layout, focused bool) {
	if l.box != l.picture {
		box := draw.Box{Title: draw.Plain("screen"), Focused: focused && !r.inside}
		if where := r.panned(l.picture); where != "" {
			if !r.inside && !r.alone && r.covered() {
				where += "  tab tab: the picture alone"
			}
			box.Foot = draw.Line{draw.T(themes.Muted, where)}
		}
		c.Box(l.box, box)
		r.beside.draw(c, l.beside, focused && r.inside)
	} else if !l.beside.Empty() {
		r.beside.drawBelow(c, l.beside)
	}
	screen.Draw(c, l.picture, r.player.Screen(), screen.View{Origin: r.origin, Cursor: true, Match: r.needle})
}

// panned says which part of a larger picture is in sight.
func (r *replay) panned(area uv.Rectangle) string {
	cols, rows := r.player.Screen().Size()
	shown, from := screen.Place(area, image.Pt(cols, rows), r.origin)
	switch {
	case shown.Dx() < cols && shown.Dy() < rows:
		return fmt.Sprintf("columns %d-%d of %d, rows %d-%d of %d", from.X+1, from.X+shown.Dx(), cols, from.Y+1, from.Y+shown.Dy(), rows)
	case shown.Dx() < cols:
		return fmt.Sprintf("columns %d-%d of %d", from.X+1, from.X+shown.Dx(), cols)
	case shown.Dy() < rows:
		return fmt.Sprintf("rows %d-%d of %d", from.Y+1, from.Y+shown.Dy(), rows)
	default:
		return ""
	}
}

// linesArea shares the picture's place among a sentence and the lines below.
func (r *replay) linesArea(l layout) (above, text uv.Rectangle) {
	if r.player == nil || r.terminal() {
		return uv.Rectangle{}, l.picture
	}
	n := len(draw.Wrap(themes.Text, r.noPicture(), l.picture.Dx()-2))
	return draw.CutTop(l.picture, min(n+1, l.picture.Dy()/2))
}

func (r *replay) drawLines(c draw.Canvas, l layout, focused bool) {
	if l.box != l.picture {
		title := "transcript"
		if !r.terminal() {
			title = "what the recording says"
		}
		c.Box(l.box, draw.Box{Title: draw.Line{draw.T(themes.Text, title), draw.T(themes.Muted, "  "+r.lines.title())}, Focused: focused})
	}
	above, text := r.linesArea(l)
	if !above.Empty() {
		c.Lines(draw.Pad(above, 1), draw.Wrap(themes.Warning, r.noPicture(), above.Dx()-2))
	}
	r.lines.draw(c, text, focused)
}

// noPicture says why there is nothing to watch.
func (r *replay) noPicture() string {
	rec := r.player.Recording()
	if rec.Meta.Kind == recording.KindDatabase {
		return "A database session has no screen: these are its statements."
	}
	if rec.Meta.Kind == recording.KindApp {
		return "A session with an application has no screen: these are its requests."
	}
	for _, kind := range []recording.ProblemKind{recording.ProblemEncrypted, recording.ProblemLegacy, recording.ProblemNoScreen} {
		for _, p := range rec.Problems {
			if p.Kind == kind {
				return p.Sentence
			}
		}
	}
	if len(rec.Problems) > 0 {
		return rec.Problems[0].Sentence
	}
	return "This recording has no terminal to show: these are its events."
}
