package sessions

import (
	"fmt"
	"image"
	"strconv"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/playback/player"
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
	default:
		r.drawPicture(c, l, focused)
	}
	if r.player == nil {
		return
	}
	if r.terminal() {
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
	boxed := l.box != l.picture
	if boxed {
		box := draw.Box{Title: draw.Plain("screen"), Focused: focused && !r.inside}
		if where := r.panned(l.picture); where != "" {
			if !r.inside && !r.alone && r.covered() {
				where += "  tab tab: the picture alone"
			}
			box.Foot = draw.Line{draw.T(themes.Muted, where)}
		}
		c.Box(l.box, box)
		r.beside.draw(c, l.beside, focused && r.inside)
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

// drawBar draws how much came when, the markers, and the moment shown.
func (r *replay) drawBar(c draw.Canvas, area uv.Rectangle) {
	area = draw.Pad(area, 1)
	if area.Dx() < 4 || area.Dy() < 1 {
		return
	}
	g := c.Glyphs()
	c.Text(area, themes.Muted, g.BarLeft)
	right, _ := draw.CutRight(area, 1)
	c.Text(right, themes.Muted, g.BarRight)
	inner := draw.Pad(area, 1)
	n := inner.Dx()
	c.Spark(inner, themes.Progress, r.player.Activity(n))
	last := -1
	for _, m := range r.player.Markers() {
		if x := r.columnOf(m.At, n); x != last {
			c.Text(column(inner, x), themes.Warning, g.Marker)
			last = x
		}
	}
	c.Ground(themes.Selection).Text(column(inner, r.columnOf(r.position(), n)), themes.Text, g.Cursor)
}

func column(area uv.Rectangle, x int) uv.Rectangle {
	return uv.Rect(area.Min.X+x, area.Min.Y, 1, 1)
}

func (r *replay) columnOf(at time.Duration, n int) int {
	total := r.player.Duration()
	if total <= 0 || n <= 1 {
		return 0
	}
	return max(0, min(n-1, int(float64(at)/float64(total)*float64(n))))
}

// drawState says what the player does, where it is, and what time it was.
func (r *replay) drawState(c draw.Canvas, area uv.Rectangle, env pane.Env) {
	g := c.Glyphs()
	glyph := g.Pause
	if r.player.Playing() {
		glyph = g.Play
	}
	state := r.player.State()
	left := draw.Line{
		draw.T(themes.Accent, glyph+" "+state.Mode.String()),
		draw.T(themes.Text, "  "+clock(r.position())),
		draw.T(themes.Muted, " / "+clock(r.player.Duration())),
	}
	if t := r.player.Time(); !t.IsZero() {
		left = append(left, draw.T(themes.Muted, "  "+env.Clock.Time(t)+" "+env.Clock.Zone()))
	}
	left = append(left, draw.T(themes.Text, "  "+speed(state.Speed)))
	area, right := draw.Pad(area, 1), r.stateRight()
	more := draw.T(themes.Muted, "  "+idle(state))
	if c.LineWidth(left)+c.LineWidth(right)+c.Width(more.Text)+1 <= area.Dx() {
		left = append(left, more)
	}
	c.Ends(area, left, right)
}

func (r *replay) stateRight() draw.Line {
	switch {
	case r.pending != nil:
		return draw.Line{draw.T(themes.Warning, "going there once it is read: "+r.progress())}
	case !r.whole && r.read != nil:
		return draw.Line{draw.T(themes.Muted, r.progress())}
	case r.matchWords() != "":
		return draw.Line{draw.T(themes.Match, r.matchWords())}
	default:
		return nil
	}
}

// progress says how much of a long recording is read.
func (r *replay) progress() string {
	if r.read == nil {
		return "reading"
	}
	return fmt.Sprintf("%.1f MiB read", float64(r.read.Load())/(1<<20))
}

func speed(v float64) string { return strconv.FormatFloat(v, 'f', -1, 64) + "x" }

func idle(s player.State) string {
	if s.IdleCut <= 0 {
		return "idle time in full"
	}
	return "idle cut"
}

// drawWords draws the last marker that was passed, and what is wrong with the
// recording: on a line of its own where there is room, else until the first
// marker takes its place.
func (r *replay) drawWords(c draw.Canvas, l layout) {
	problem := r.problem()
	marker := r.lastMarker()
	if !l.problem.Empty() && problem != "" && strings.HasSuffix(marker, problem) {
		marker = string(player.MarkEnd) // the line below says why
	}
	if l.problem.Empty() && marker == "" && problem != "" {
		l.problem = l.sentence
	}
	if marker != "" || l.problem != l.sentence {
		r.drawMarker(c, l, marker)
	}
	if problem != "" {
		c.Line(draw.Pad(l.problem, 1), draw.T(themes.Warning, c.Glyphs().Warn+" "+problem))
	}
}

// drawMarker draws a marker's sentence and, where no frame can carry it, which
// part of a larger picture is in sight.
func (r *replay) drawMarker(c draw.Canvas, l layout, marker string) {
	var left, right draw.Line
	if marker != "" {
		left = draw.Line{draw.T(themes.Warning, c.Glyphs().Marker+" "), draw.T(themes.Text, marker)}
	}
	if l.box == l.picture && r.terminal() && !r.showing {
		right = draw.Line{draw.T(themes.Muted, r.panned(l.picture))}
	}
	c.Ends(draw.Pad(l.sentence, 1), left, right)
}

func (r *replay) lastMarker() string {
	if !r.terminal() {
		return ""
	}
	last := ""
	for _, m := range r.player.Markers() {
		if m.At > r.position() {
			break
		}
		last = string(m.Kind)
		if m.Text != "" {
			last += ": " + safetext.CleanMax(m.Text, 400)
		}
	}
	return last
}

// problem is what is wrong with the recording, in one sentence.
func (r *replay) problem() string {
	if !r.whole || !r.terminal() {
		return ""
	}
	if r.cut != "" {
		return r.cut
	}
	rec := r.player.Recording()
	if reason := rec.Reason(); reason != "" {
		return reason
	}
	if len(rec.Problems) > 0 {
		return rec.Problems[0].Sentence
	}
	return ""
}
