package locks

import (
	"fmt"
	"image"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/contain"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// mark is the glyph and the role of a state. The word stands beside it.
func mark(s contain.State, g themes.Glyphs) (string, themes.Role) {
	switch s {
	case contain.StateInForce:
		return g.Locked, themes.Locked
	case contain.StatePlanned:
		return g.Planned, themes.Planned
	case contain.StateEmpty:
		return g.Warn, themes.Danger
	case contain.StateReleased, contain.StateDropped:
		return g.Refused, themes.Muted
	default:
		return g.Dash, themes.Muted
	}
}

func titleRole(s contain.State) themes.Role {
	switch s {
	case contain.StateInForce, contain.StatePlanned, contain.StateEmpty:
		return themes.Accent
	default:
		return themes.Muted
	}
}

func orDash(text, dash string) string {
	if text == "" {
		return dash
	}
	return text
}

// ends says how long a lock holds, as a countdown while it does.
func ends(l contain.Lock, now time.Time, c pane.Clock) string {
	switch l.State(now) {
	case contain.StateReleased, contain.StateDropped:
		return c.Time(l.Released)
	case contain.StateExpired:
		return c.Time(l.Expires)
	case contain.StatePlanned:
		if l.Expires.IsZero() {
			return "no end if run"
		}
		return countdown(l.Expires.Sub(l.Created)) + " if run"
	}
	left, ok := l.Left(now)
	switch {
	case ok:
		return "in " + countdown(left)
	case l.EndSaid:
		return "never"
	default:
		return "not logged"
	}
}

// countdown writes what is left of a lock.
func countdown(d time.Duration) string {
	switch {
	case d > 48*time.Hour:
		return fmt.Sprintf("%dd %02dh", int(d.Hours())/24, int(d.Hours())%24)
	case d >= time.Hour && d%time.Hour == 0:
		return fmt.Sprintf("%dh", int(d.Hours()))
	case d >= time.Hour:
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	default:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	}
}

// headRows are those above the board, where there is room for them: the summary,
// and above it that the cluster does not answer.
func (p *Pane) headRows(area uv.Rectangle) int {
	switch {
	case area.Dy() < 6:
		return 0
	case p.lostLine() != nil:
		return 2
	}
	return 1
}

func (p *Pane) below(area uv.Rectangle) uv.Rectangle {
	_, rest := draw.CutTop(area, p.headRows(area))
	return rest
}

// lostLine says that the cluster does not answer, and what the board is then.
func (p *Pane) lostLine() draw.Line {
	f := p.env.Following
	if f == nil || f.Lost == "" {
		return nil
	}
	since := "from the cluster"
	if !f.Answered.IsZero() {
		since = "since " + p.env.Clock.Short(f.Answered)
	}
	return draw.Line{draw.T(themes.Warning, p.env.Styles.Glyphs.Warn+" no answer "+since+": this is what the case knows")}
}

// split gives the lower part to the selected lock.
func split(area uv.Rectangle) (table, detail uv.Rectangle) {
	n := 0
	switch {
	case area.Dy() >= 30:
		n = 14
	case area.Dy() >= 14:
		n = 7
	case area.Dy() >= 10:
		n = 4
	}
	detail, table = draw.CutBottom(area, n)
	return table, detail
}

// drawSummary counts the locks by state, and counts down what u undoes.
func (p *Pane) drawSummary(c draw.Canvas, area uv.Rectangle, now time.Time) {
	if area.Empty() || !p.loaded {
		return
	}
	var left draw.Line
	for _, s := range []contain.State{
		contain.StateEmpty, contain.StateInForce, contain.StatePlanned,
		contain.StateExpired, contain.StateReleased, contain.StateDropped,
	} {
		n := len(contain.Board(p.board).At(now, s))
		if n == 0 && s != contain.StateInForce && s != contain.StatePlanned {
			continue
		}
		glyph, role := mark(s, p.env.Styles.Glyphs)
		if n == 0 {
			role = themes.Muted
		}
		left = append(left, draw.T(role, fmt.Sprintf("%s %d %s   ", glyph, n, s)))
	}
	right := p.undoLine(now, true)
	if c.LineWidth(left)+c.LineWidth(right) >= area.Dx() {
		right = p.undoLine(now, false)
	}
	if len(right) == 0 {
		right = p.modeShort()
	}
	c.Ends(area, left, right)
}

// undoLine says what u takes back, in full or, where there is no room, in short.
func (p *Pane) undoLine(now time.Time, full bool) draw.Line {
	left := p.undo.until.Sub(now)
	if left <= 0 || p.undo.until.IsZero() {
		return nil
	}
	verb := " undoes the lock of "
	if p.undo.lock.Dry {
		verb = " drops the plan for "
	}
	what := verb + safetext.CleanMax(p.undo.lock.Title(), 60)
	if !full {
		what = " undoes the last one"
	}
	return draw.Line{
		draw.T(themes.Key, "u"), draw.T(themes.Text, what),
		draw.T(themes.Muted, fmt.Sprintf("  %d s left", int((left+time.Second-1)/time.Second))),
	}
}

// drawDetail draws what the selected lock is, what it hits, and its command.
func (p *Pane) drawDetail(c draw.Canvas, area uv.Rectangle, l contain.Lock, now time.Time) {
	if area.Dy() < 2 {
		return
	}
	g := c.Glyphs()
	glyph, role := mark(l.State(now), *g)
	inner := c.Box(area, draw.Box{Title: draw.Line{
		draw.T(role, glyph+" "+l.State(now).String()+" "), draw.T(themes.Title, safetext.CleanMax(l.Title(), 200)),
	}})
	inner = draw.Pad(inner, 1)
	var commands []draw.Line
	if line := command(l, now); line != "" {
		commands = draw.Wrap(themes.Accent, "$ "+safetext.Clean(line), inner.Dx())
	}
	foot, inner := draw.CutBottom(inner, min(len(commands), inner.Dy()-1))
	c.Lines(inner, p.detail(l, now, pane.Size(inner)))
	c.Lines(foot, commands)
}

// detail is what there is to say of the selected lock. Where there is no room for
// all that the locking mode means, the most needed of it comes before what the
// lock hits.
func (p *Pane) detail(l contain.Lock, now time.Time, room image.Point) []draw.Line {
	lines := []draw.Line{{draw.T(themes.Text, p.story(l, now))}}
	lines = append(lines, p.verdict(l, fewSeen)...)
	hits := p.hits(l)
	if l.State(now) != contain.StateInForce {
		return append(lines, hits...)
	}
	var mode []draw.Line
	for _, line := range p.modeLong() {
		mode = append(mode, draw.Wrap(line[0].Role, line[0].Text, room.X)...)
	}
	if len(lines)+len(hits)+len(mode) <= room.Y {
		return append(append(lines, hits...), mode...)
	}
	return append(append(lines, p.modeLine()...), hits...)
}

// story says who placed the lock, when, why, and until when, in one line.
func (p *Pane) story(l contain.Lock, now time.Time) string {
	var words []string
	by := safetext.CleanMax(l.By, 120)
	verb := "placed"
	if l.Dry {
		verb = "planned"
	}
	if by == "" {
		by = "somebody not logged"
	}
	words = append(words, verb+" by "+by+" "+p.env.Clock.Time(l.Created))
	switch l.State(now) {
	case contain.StateReleased, contain.StateDropped:
		words = append(words, l.State(now).String()+" "+p.env.Clock.Time(l.Released)+" by "+orDash(safetext.CleanMax(l.ReleasedBy, 120), "somebody not logged"))
	case contain.StateExpired:
		words = append(words, "expired "+p.env.Clock.Time(l.Expires))
	case contain.StatePlanned:
		words = append(words, "holds "+ends(l, now, p.env.Clock))
	default:
		words = append(words, "ends "+ends(l, now, p.env.Clock))
	}
	if l.Message != "" {
		words = append(words, `"`+safetext.CleanMax(l.Message, 200)+`"`)
	}
	return strings.Join(words, ", ")
}

// hits says in a few lines whom the lock cuts off, as far as the evidence says.
func (p *Pane) hits(l contain.Lock) []draw.Line {
	i := p.fate
	switch {
	case len(l.Targets) == 0:
		return []draw.Line{{draw.T(themes.Warning, "This evidence does not say what it locks.")}}
	case i.name != l.Name || !i.ready && i.err == nil:
		return []draw.Line{{draw.T(themes.Muted, "Looking up what it hits"+p.env.Styles.Glyphs.Ellipsis)}}
	case i.err != nil:
		return []draw.Line{{draw.T(themes.Danger, "What it hits could not be read: "+safetext.Clean(i.err.Error()))}}
	}
	lines := []draw.Line{hitLine(i.im)}
	for n, s := range i.im.Sessions {
		if n == 3 {
			break
		}
		where := safetext.CleanMax(s.Where, 120)
		if s.Login != "" {
			where = safetext.CleanMax(s.Login, 60) + "@" + where
		}
		lines = append(lines, draw.Line{draw.T(themes.Muted, "  open here: "), draw.T(themes.Text, safetext.CleanMax(s.User, 120)+" on "+where)})
	}
	for n, b := range i.im.Beyond {
		if n == 4 {
			break
		}
		name := b.Label
		if name == "" {
			name = b.Entity.Name
		}
		lines = append(lines, draw.Line{
			draw.T(themes.Muted, "  does not reach: "),
			draw.T(themes.Text, b.Entity.Kind.Title()+" "+safetext.CleanMax(name, 120)), draw.T(themes.Muted, "  "+safetext.Clean(b.Why)),
		})
	}
	return lines
}

func hitLine(im contain.Impact) draw.Line {
	words := []string{count(len(im.Sessions), "open session"), count(len(im.Users), "user"), count(len(im.Bots), "bot")}
	line := draw.Line{draw.T(themes.Text, "hits in this evidence: "+strings.Join(words, ", "))}
	if n := len(im.Apps); n > 0 {
		line = append(line, draw.T(themes.Muted, ", "+count(n, "app session")+" (ends are not logged)"))
	}
	if n := len(im.Beyond); n > 0 {
		line = append(line, draw.T(themes.Warning, fmt.Sprintf("; %d tied to it and not reached", n)))
	}
	if im.You {
		line = append(line, draw.T(themes.Danger, "; YOU"))
	}
	return line
}

func count(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
