package query

import (
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const (
	noCluster  = "This is no live cluster."
	reportCase = "The report is made from the case: ctrl+g asks the case again."
)

// maxName bounds the name of an engine, in bytes.
const maxName = 120

// nameOf is the name of an engine in so many columns.
func (p *Pane) nameOf(e queries.Engine, width int) string {
	return safetext.Truncate(p.clean(e.Name(), maxName), width, p.env.Styles.Glyphs.Ellipsis)
}

// isCluster reports whether an engine is that of the cluster.
func (p *Pane) isCluster(e queries.Engine) bool {
	return e != nil && e == p.env.ClusterEngine
}

// swapEngine asks the other engine from now on. What the first still works on is
// cancelled; the text and the last answer stay.
func (p *Pane) swapEngine() tea.Cmd {
	p.err, p.wrong, p.notice, p.offered = nil, spot{}, nil, offer{}
	if p.running != nil {
		p.loader.Cancel(loadQuery)
		p.running = nil
		p.notice = cancelled
	}
	p.loader.Cancel(loadReport)
	p.report = nil
	p.asks = p.other()
	p.views, p.isView = nil, map[string]bool{}
	return p.loadSchema()
}

// other is the engine that is not asked now.
func (p *Pane) other() queries.Engine {
	if p.isCluster(p.asks) {
		return p.env.Engine
	}
	return p.env.ClusterEngine
}

// tookSchema takes the views that the engine knows.
func (p *Pane) tookSchema(answer pane.LoadedMsg) {
	if answer.Err != nil && p.err == nil && p.running == nil {
		p.err = answer.Err
	}
	p.views, _ = answer.Value.([]queries.View)
	for _, v := range p.views {
		p.isView[strings.ToLower(v.Name)] = true
	}
}

// asksFoot says who is asked, where there are two that could be.
func (p *Pane) asksFoot(c draw.Canvas, width int) draw.Line {
	if p.env.ClusterEngine == nil {
		return nil
	}
	const asks = "asks "
	who := draw.Line{draw.T(themes.Muted, asks), draw.T(themes.Accent, p.nameOf(p.asks, width-len(asks)))}
	other := " asks the cluster"
	if p.isCluster(p.asks) {
		other = " asks the case"
	}
	for _, text := range []string{other, " swaps"} {
		swap := draw.Line{draw.T(themes.Text, "  "), draw.T(themes.Key, "ctrl+g"), draw.T(themes.Muted, text)}
		if c.LineWidth(who)+c.LineWidth(swap)+2 <= width {
			return append(who, swap...)
		}
	}
	return who
}

// answerCovers says which evidence the answer that is shown rests on.
func (p *Pane) answerCovers() string {
	if p.isCluster(p.from) {
		return "the cluster's own log"
	}
	return p.coverageText()
}

// emptyCovers says what was looked at where there are no rows.
func (p *Pane) emptyCovers() string {
	if p.isCluster(p.from) {
		return "The cluster looked in its own log: " + p.clean(p.from.Name(), maxName) + "."
	}
	return "The evidence " + p.coverageText() + "."
}

// command is the command line that gives the same answer, all of it.
func (p *Pane) command(sql string) string {
	if !p.isCluster(p.from) {
		return "cordon query --case " + contain.Quote(p.env.Evidence.Name()) + " --format csv " + contain.Quote(sql)
	}
	proxy := ""
	if p.env.Live != nil && p.env.Live.Proxy() != "" {
		proxy = " --proxy " + contain.Quote(p.env.Live.Proxy())
	}
	return "cordon query --engine teleport" + proxy + " --format csv " + contain.Quote(sql)
}
