package overview

import (
	"fmt"
	"strings"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/themes"
	"cordon/tui/draw"
)

// addSpread adds the first step of the lineage, and says how much lies beyond.
func (p *Pane) addSpread() {
	var beyond int
	var edges []lineage.Edge
	seen := map[investigations.Entity]bool{}
	for _, e := range p.report.Lineage {
		if e.Kind == investigations.KindSession || e.Kind == investigations.KindCertificate || e.Kind == investigations.KindLock || seen[e.Entity] {
			continue
		}
		seen[e.Entity] = true
		if e.Depth > 1 {
			beyond++
			continue
		}
		edges = append(edges, e)
	}
	if len(edges) == 0 && beyond == 0 {
		return
	}
	p.blank()
	p.heading("spread to", "", "when", "", "how")
	for i, e := range edges {
		if i == maxEdges {
			p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Muted, fmt.Sprintf("and %d more", len(edges)-i))}})
			break
		}
		p.rows = append(p.rows, p.edgeRow(e))
	}
	if beyond > 0 {
		p.rows = append(p.rows, row{rest: draw.Line{draw.T(themes.Warning, fmt.Sprintf("and %d more behind these: pivot to see whom each reached", beyond))}})
	}
}

func (p *Pane) edgeRow(e lineage.Edge) row {
	r := row{
		key: "edge " + e.Entity.String(), name: leadName(e.Entity, e.Label), since: p.env.Clock.Time(e.Time),
		rest: draw.Line{draw.T(themes.Text, p.reason(e))}, entity: e.Entity, label: e.Label,
		leads: []investigations.Involvement{{Entity: e.Entity, Label: e.Label}}, opens: true,
	}
	switch {
	case e.Verdict == judgement.Accepted:
		r.rest = append(draw.Line{draw.T(themes.Taint, p.env.Styles.Glyphs.Done+" accepted  ")}, r.rest...)
	case e.Status == lineage.Ambiguous:
		r.rest = append(draw.Line{draw.T(themes.Warning, p.env.Styles.Glyphs.Question+" ambiguous  ")}, r.rest...)
	}
	if term, ok := filter.Entity(e.Entity); ok {
		r.filter = filter.Expr{}.With(term).String()
	}
	r.mark, r.markRole, r.rest = p.locked(e.Entity, r.rest)
	return r
}

// reason says how an edge came about, without what the row and the page name
// already.
func (p *Pane) reason(e lineage.Edge) string {
	text := strings.TrimPrefix(e.Reason, p.report.Entity.Name+" ")
	if len(e.Name) == 36 {
		text = strings.ReplaceAll(text, e.Name, e.Name[:8])
	}
	return clean(text)
}
