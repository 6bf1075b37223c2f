package sessions

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/playback/player"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

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
	for _, s := range r.stops {
		x := r.columnOf(s.at, n)
		if x == last && !s.own {
			continue
		}
		glyph, role := s.look(g)
		c.Text(column(inner, x), role, glyph)
		last = x
	}
	if r.diff != nil {
		c.Text(column(inner, r.columnOf(r.diff.at, n)), themes.Accent, "A")
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
	if words := r.idleCut(env.Now()); words != "" {
		more = draw.T(themes.Warning, "  "+words)
	}
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
	return "idle cut to " + strconv.FormatFloat(s.IdleCut.Seconds(), 'f', -1, 64) + "s"
}

// idleCut says how much was left out where nothing happened, for a while after
// it was.
func (r *replay) idleCut(now time.Time) string {
	cut, ok := r.player.LastCut(now)
	if !ok || cut.Left < time.Second {
		return ""
	}
	return spell(cut.Left) + " idle cut"
}

// drawWords draws the last marker that was passed, and what is wrong with the
// recording: on a line of its own where there is room, else until the first
// marker takes its place.
func (r *replay) drawWords(c draw.Canvas, l layout) {
	problem := r.problem()
	marker, ok := r.lastStop()
	if !l.problem.Empty() && problem != "" && strings.HasSuffix(marker.text, problem) {
		marker.text = string(player.MarkEnd) // the line below says why
	}
	if l.problem.Empty() && !ok && problem != "" {
		l.problem = l.sentence
	}
	if ok || l.problem != l.sentence {
		r.drawMarker(c, l, marker)
	}
	if problem != "" {
		c.Line(draw.Pad(l.problem, 1), draw.T(themes.Warning, c.Glyphs().Warn+" "+problem))
	}
}

// drawMarker draws a marker's sentence and, where no frame can carry it, which
// part of a larger picture is in sight.
func (r *replay) drawMarker(c draw.Canvas, l layout, marker stop) {
	var left, right draw.Line
	if marker.text != "" {
		glyph, role := marker.look(c.Glyphs())
		left = draw.Line{draw.T(role, glyph+" "), draw.T(themes.Text, marker.text)}
	}
	if l.box == l.picture && r.terminal() && !r.showing && !r.differing() && r.second == nil {
		where := r.panned(l.picture)
		if c.LineWidth(left)+c.Width(where)+3 > l.sentence.Dx() {
			where = shortPlace.Replace(where)
		}
		right = draw.Line{draw.T(themes.Muted, where)}
	}
	c.Ends(draw.Pad(l.sentence, 1), left, right)
}

// shortPlace says which part of a picture is in sight in fewer letters.
var shortPlace = strings.NewReplacer("columns", "cols", " of ", "/", ",", "")

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
