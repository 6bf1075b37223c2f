package tui

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/filter"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// View draws the screen.
func (a *App) View() tea.View {
	v := tea.NewView(a.render().Render())
	v.AltScreen = true
	v.MouseMode = tea.MouseModeCellMotion
	v.WindowTitle = a.windowTitle()
	return v
}

// windowTitle names the case for the terminal's title.
func (a *App) windowTitle() string {
	form := safetext.ASCII
	return "cordon " + form.CleanMax(a.env.Evidence.Name(), 80)
}

// render draws the screen into cells.
func (a *App) render() uv.ScreenBuffer {
	scr := uv.NewScreenBuffer(max(0, a.size.X), max(0, a.size.Y))
	c := draw.On(scr, a.styles)
	all := scr.Bounds()
	c.Clear(all)
	if a.lay.tooSmall {
		c.Text(draw.Row(all, all.Dy()/2), themes.Text, fmt.Sprintf("cordon needs %dx%d, this is %dx%d.", leastWidth, leastHeight, a.size.X, a.size.Y))
		return scr
	}
	a.drawTitle(c, a.lay.title)
	if front := a.children.front; front != nil {
		front.Draw(c.Within(a.lay.main), a.lay.main)
	} else {
		a.drawCrumbs(c, a.lay.crumbs)
		a.drawTabs(c)
		a.drawPage(c)
	}
	a.drawStatus(c, a.lay.status)
	a.drawFooter(c, a.lay.footer)
	a.overlay.Draw(c, a.overlayArea())
	return scr
}

// overlayArea is where dialogs may lie: everything but the title and the keys.
func (a *App) overlayArea() uv.Rectangle {
	area := uv.Rect(0, 0, max(0, a.size.X), max(0, a.size.Y))
	if a.lay.tooSmall {
		return area
	}
	_, area = draw.CutTop(area, 1)
	return area
}

func (a *App) drawPage(c draw.Canvas) {
	p := a.pane()
	if p == nil {
		text, role := "Reading the case.", themes.Muted
		if a.failed != nil {
			text, role = "The case could not be read: "+safetext.Clean(a.failed.Error()), themes.Danger
		}
		c.Lines(draw.Pad(a.lay.main, 1), draw.Wrap(role, text, a.lay.main.Dx()-2))
		return
	}
	p.Draw(c.Within(a.lay.main), a.lay.main, !a.overlay.Active())
	if a.lay.side.Empty() {
		a.drawPreviewLine(c, a.lay.preview)
		return
	}
	sider, ok := p.(pane.Sider)
	most := a.lay.side.Dy()
	if ok {
		most = max(12, most*55/100)
	}
	rest := a.drawPreviewBox(c, a.lay.side, min(most, a.lay.side.Dy()))
	if ok && rest.Dy() > 0 {
		sider.DrawSide(c.Within(rest), rest)
	}
}

// drawTitle draws the case, what it holds, the mode and the time of day. The
// mode always stays; the rest gives way from the least needed on.
func (a *App) drawTitle(c draw.Canvas, area uv.Rectangle) {
	mode := draw.Line{draw.T(a.styles.Mode.Role(), a.styles.Mode.Word())}
	now := a.clock.Full(a.env.Now())
	if area.Dx() < 100 {
		now = a.clock.in(a.env.Now()).Format("15:04:05 MST")
	}
	right := append(append(a.childLine(), mode...), draw.T(themes.Text, "   "), draw.T(themes.Muted, now))
	left := draw.Line{draw.T(themes.Title, "cordon"), draw.T(themes.Text, "  "), draw.T(themes.Accent, safetext.CleanMax(a.env.Evidence.Name(), 60))}
	room := area.Dx() - c.LineWidth(right) - 2
	for _, part := range a.caseParts(area.Dx() < 100) {
		if c.LineWidth(left)+2+c.LineWidth(part) > room {
			continue
		}
		left = append(append(left, draw.T(themes.Text, "  ")), part...)
	}
	c.Ends(area, left, right)
}

// caseParts are what the title says of the case, the most needed first: gaps,
// the number of events, their range, the cluster.
func (a *App) caseParts(short bool) []draw.Line {
	if !a.ready {
		return nil
	}
	cov := a.coverage
	var parts []draw.Line
	events := draw.Count(cov.Events) + " events"
	if short {
		events = draw.Short(cov.Events) + " ev"
	}
	parts = append(parts, draw.Line{draw.T(themes.Text, events)})
	if n := len(cov.Gaps); n > 0 {
		word := "gaps"
		if n == 1 {
			word = "gap"
		}
		parts = append(parts, draw.Line{draw.T(themes.Warning, fmt.Sprintf("%s %d %s", a.styles.Glyphs.Warn, n, word))})
	}
	if !cov.From.IsZero() {
		from, to := a.clock.in(cov.From).Format("01-02"), a.clock.in(cov.To).Format("01-02")
		if from != to {
			from += a.styles.Glyphs.Ellipsis + to
		}
		parts = append(parts, draw.Line{draw.T(themes.Muted, from)})
	}
	if len(cov.Clusters) > 0 {
		name := safetext.CleanMax(cov.Clusters[0], 40)
		if n := len(cov.Clusters) - 1; n > 0 {
			name += " +" + strconv.Itoa(n)
		}
		parts = append(parts, draw.Line{draw.T(themes.Muted, name)})
	}
	return parts
}

// drawCrumbs draws the trail and T0. Of a long trail the end is shown, and the
// current stop stands out from what is ahead.
func (a *App) drawCrumbs(c draw.Canvas, area uv.Rectangle) {
	t0 := draw.Line{draw.T(themes.Muted, "T0 not set (ctrl+t)")}
	if !a.clock.t0.IsZero() {
		t0 = draw.Line{draw.T(themes.Muted, "T0 ")}
		if area.Dx() >= 100 {
			t0 = append(t0, draw.T(themes.Text, a.clock.in(a.clock.t0).Format("01-02 15:04:05")), draw.T(themes.Muted, "  now "))
		}
		t0 = append(t0, draw.T(themes.Text, offset(a.env.Now().Sub(a.clock.t0))))
	}
	if line := a.liveLine(); line != nil {
		t0 = append(append(line, draw.T(themes.Muted, "   ")), t0...)
	}
	if words := a.machinesWords(); words != "" {
		t0 = append(draw.Line{draw.T(themes.Warning, words), draw.T(themes.Muted, "  ")}, t0...)
	}
	took := c.Right(area, t0...)
	area.Max.X -= took + 2
	var line draw.Line
	first := 0
	for first < a.trail.at {
		line = a.crumbs(first)
		if c.LineWidth(line) <= area.Dx() {
			break
		}
		first++
	}
	c.Line(area, a.crumbs(first)...)
}

func (a *App) crumbs(first int) draw.Line {
	var line draw.Line
	if first > 0 {
		line = append(line, draw.T(themes.Muted, a.styles.Glyphs.Ellipsis+" "))
	}
	for i := first; i < len(a.trail.stops); i++ {
		role := themes.Muted
		if i == a.trail.at {
			role = themes.Accent
		}
		if i > first {
			line = append(line, draw.T(themes.Muted, " > "))
		}
		line = append(line, draw.T(role, a.crumb(i)))
	}
	if crumb, ok := a.pane().(pane.Crumb); ok && a.trail.at == len(a.trail.stops)-1 {
		if text := crumb.Crumb(); text != "" {
			line = append(line, draw.T(themes.Muted, "  "+text))
		}
	}
	return line
}

// crumb names a stop of the trail.
func (a *App) crumb(i int) string {
	s := &a.trail.stops[i]
	who := "whole case"
	if !s.Identity.IsZero() {
		who = nameOf(s.Identity, s.Label)
	}
	if s.Opened == pane.PageOverview || s.Page != s.Opened {
		return who // Other pages than the one opened are about the identity.
	}
	what := s.About.Filter
	if term, ok := filter.Entity(s.Identity); ok {
		// The identity stands in the trail already.
		what = strings.TrimPrefix(what, filter.Expr{}.With(term).String()+" ")
	}
	if what == "" && s.About.Session != "" {
		what = "session " + shortID(s.About.Session)
	}
	if what == "" {
		return who
	}
	if i > 0 && a.trail.stops[i-1].Identity == s.Identity {
		return safetext.CleanMax(what, 120)
	}
	return who + " " + safetext.CleanMax(what, 120)
}

// tabSpot is where a tab can be clicked.
type tabSpot struct {
	page pane.Page
	area uv.Rectangle
	line draw.Line
}

// shortTitles are what the pages are called where there is little room.
var shortTitles = map[pane.Page]string{
	pane.PageOverview: "Over", pane.PageEvents: "Event", pane.PageLineage: "Line", pane.PageSessions: "Sess",
	pane.PageLocks: "Lock", pane.PageFindings: "Find", pane.PageQuery: "SQL", pane.PageCase: "Case",
}

// tabSpots computes the tabs with their places, as wide as the screen allows.
func (a *App) tabSpots() []tabSpot {
	long := func(p *page) string { return p.title }
	short := func(p *page) string { return shortTitles[p.id] }
	openLong := func(p *page) string {
		if p.id == a.trail.now().Page {
			return p.title
		}
		return shortTitles[p.id]
	}
	for _, try := range []struct {
		title func(*page) string
		gap   int
	}{{long, 1}, {long, 0}, {openLong, 1}, {openLong, 0}} {
		if spots, fits := a.tabsWith(try.title, try.gap); fits {
			return spots
		}
	}
	spots, _ := a.tabsWith(short, -1)
	return spots
}

// tabsWith places the tabs with a gap between them, and says whether all of them
// are on the screen.
func (a *App) tabsWith(title func(*page) string, gap int) (spots []tabSpot, fits bool) {
	x := a.lay.tabs.Min.X
	for i := range a.pages {
		p := &a.pages[i]
		role := themes.Tab
		text := strconv.Itoa(int(p.id)) + " " + title(p)
		if p.id == a.trail.now().Page {
			role = themes.TabActive
			text = "[" + text + "]"
		} else {
			text = " " + text + " "
		}
		area := uv.Rect(x, a.lay.tabs.Min.Y, len(text), 1).Intersect(a.lay.tabs)
		spots = append(spots, tabSpot{page: p.id, area: area, line: draw.Line{draw.T(role, text)}})
		x += len(text) + gap
	}
	return spots, x-gap <= a.lay.tabs.Max.X
}

func (a *App) drawTabs(c draw.Canvas) {
	open := tabSpot{}
	for _, s := range a.tabSpots() {
		c.Line(s.area, s.line...)
		if s.page == a.trail.now().Page {
			open = s
		}
	}
	c.Line(open.area, open.line...) // on top, where tabs share their blanks
}

// drawStatus draws the message, else what is running, else what to do next.
func (a *App) drawStatus(c draw.Canvas, area uv.Rectangle) {
	if loud, since := a.env.Work.Loud(); len(loud) > 0 && a.children.front == nil {
		text := "reading " + strings.Join(loud, ", ")
		if since >= time.Second {
			text += fmt.Sprintf("  %ds", int(since.Seconds()))
		}
		c.Line(area, draw.T(themes.Progress, text), draw.T(themes.Muted, "   esc cancels"))
		return
	}
	s := a.status
	if len(s.line) > 0 && (s.until.IsZero() || a.env.Now().Before(s.until)) && (s.while == nil || s.while()) {
		c.Line(area, s.line...)
		return
	}
	if h, ok := a.pane().(pane.Hinter); ok && a.children.front == nil {
		if hint := h.Hint(); hint != "" {
			c.Right(area, draw.T(themes.Muted, "next: "), draw.T(themes.Text, hint))
		}
	}
}

func (a *App) drawFooter(c draw.Canvas, area uv.Rectangle) {
	hints := a.reg.Footer(area.Dx(), a.styles.Glyphs.ASCII, footerState{a}, a.scopes()...)
	if a.children.front != nil {
		hints = a.childHints()
	} else if t, ok := a.pane().(pane.Typist); ok && t.Typing() {
		hints = []action.Hint{{ID: action.Close, Key: "esc", Short: "gives the keys back; everything typed is text"}}
	}
	var line draw.Line
	for i, h := range hints {
		if i > 0 {
			line = append(line, draw.T(themes.Text, strings.Repeat(" ", action.FooterGap)))
		}
		key, text := themes.Key, themes.Text
		if h.Disabled != "" {
			key, text = themes.Disabled, themes.Disabled
		}
		line = append(line, draw.T(key, h.Key), draw.T(text, " "+h.Short))
	}
	c.Line(area, line...)
}

// footerState is the state for the footer. A lock that waits for its plan is not
// shown as disabled: it would flicker with each row.
type footerState struct{ a *App }

// Disabled says why an action cannot run now, or is empty.
func (f footerState) Disabled(id action.ID) string {
	if id == action.Lock && f.a.ready && !f.a.preview.ready {
		return ""
	}
	return f.a.Disabled(id)
}
