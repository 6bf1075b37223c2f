package findings

import (
	"context"
	"fmt"
	"strings"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/posture"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const loadPosture = "posture"

// shownShares is how many names the detail of a fact lists.
const shownShares = 6

// lookPosture reads the posture when its part is open and nobody has, or the
// cluster did not say how it is set.
func (p *Pane) lookPosture() tea.Cmd {
	read := p.posture != nil && (p.postureSet || len(p.postureMissing) == 0)
	if p.at != partPosture || read || p.loader.Loading(loadPosture) {
		return nil
	}
	p.postureErr = nil
	evidence, live := p.env.Evidence, p.env.Live
	return p.loader.Load(loadPosture, func(ctx context.Context) (any, error) {
		book, err := evidence.Actors(ctx)
		if err != nil {
			return nil, err
		}
		var read readPosture
		var config *posture.Config
		if live != nil {
			config, read.missing, err = live.Posture(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return nil, ctx.Err()
		case err != nil:
			config, read.missing = nil, []string{err.Error()}
		}
		read.set = config != nil
		read.report, err = posture.Of(ctx, evidence, book, config)
		return read, err
	})
}

// readPosture is a report with what it goes by.
type readPosture struct {
	report *posture.Report
	set    bool // it goes by how the cluster is set too, but for what is missing
	// missing are sentences about what the cluster did not tell.
	missing []string
}

func (p *Pane) tookPosture(answer pane.LoadedMsg) {
	read, ok := answer.Value.(readPosture)
	if answer.Err != nil || !ok {
		if p.postureErr = answer.Err; answer.Cancelled() {
			p.postureErr = errStopped
		}
		return
	}
	p.posture, p.postureSet, p.postureMissing = read.report, read.set, read.missing
	p.fill()
}

// drawNoPosture says why there is no answer yet.
func (p *Pane) drawNoPosture(c draw.Canvas, area uv.Rectangle) {
	role, text := themes.Muted, "Reading what the evidence shows of the cluster's settings. Esc stops it."
	if p.postureErr != nil {
		role, text = themes.Danger, "The posture was not read: "+safetext.CleanMax(p.postureErr.Error(), 400)+". Enter starts again."
	}
	c.Lines(area, draw.Wrap(role, text, area.Dx()))
}

// fillPosture makes a row of each check.
func (p *Pane) fillPosture() {
	t := &p.parts[partPosture]
	t.rows = nil
	if p.posture == nil {
		return
	}
	for i := range p.posture.Checks {
		r := &p.posture.Checks[i]
		glyph, role := verdictMark(r.Verdict, &p.env.Styles.Glyphs)
		t.rows = append(t.rows, row{
			key: r.ID, title: safetext.CleanMax(r.Title, 80), lines: p.checkLines(r), about: pane.Subject{Text: r.YAML},
			grid: grid.Row[string]{Key: r.ID, Cells: []grid.Cell{
				{Text: glyph + " " + string(r.Verdict), Role: role}, {Text: safetext.CleanMax(r.Title, 120)}, {Text: safetext.CleanMax(r.Says, 400)},
			}},
		})
	}
}

// verdictMark is the glyph and the role of a verdict. The word stands beside it.
func verdictMark(v posture.Verdict, g *themes.Glyphs) (string, themes.Role) {
	switch v {
	case posture.Weak:
		return g.Warn, themes.Danger
	case posture.Good:
		return g.Done, themes.OK
	default:
		return g.Question, themes.Warning
	}
}

// checkLines writes a check in full: what it asks, what the evidence shows, what
// it cannot show, and the resource that mends it.
func (p *Pane) checkLines(r *posture.Result) []draw.Line {
	lines := []draw.Line{{draw.T(themes.Muted, safetext.CleanMax(r.Question, 400))}, {draw.T(themes.Text, safetext.CleanMax(r.Says, 800))}}
	for i := range r.Shows {
		f := &r.Shows[i]
		role := themes.Text
		if f.Weak {
			role = themes.Danger
		}
		text := safetext.CleanMax(f.What, 300)
		var names []string
		for _, s := range f.Who[:min(len(f.Who), shownShares)] {
			names = append(names, fmt.Sprintf("%s %d", safetext.CleanMax(s.Name, 80), s.N))
		}
		if more := len(f.Who) - len(names) + f.MoreWho; more > 0 {
			names = append(names, fmt.Sprintf("%d more", more))
		}
		if len(names) > 0 {
			text += ": " + strings.Join(names, ", ")
		}
		lines = append(lines, draw.Line{draw.T(role, text)})
	}
	if r.Cannot != "" {
		lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Warning, safetext.CleanMax(r.Cannot, 600))})
	}
	for _, why := range p.postureMissing {
		lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Warning, "Left to the evidence: "+safetext.CleanMax(why, 600))})
	}
	if r.Warning != "" {
		lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Danger, safetext.CleanMax(r.Warning, 600))})
	}
	lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Key, "y"), draw.T(themes.Muted, " copies what mends it; join it with your own:")})
	for line := range strings.Lines(r.YAML) {
		lines = append(lines, draw.Line{draw.T(themes.Text, ""), draw.T(themes.Accent, safetext.CleanMax(strings.TrimRight(line, "\n"), 400))})
	}
	return lines
}

// postureLine counts the verdicts.
func (p *Pane) postureLine() draw.Line {
	r := p.posture
	weak := draw.T(themes.Danger, fmt.Sprintf("%d weak", r.Count(posture.Weak)))
	told := fmt.Sprintf(", %d good, %d not told", r.Count(posture.Good), r.Count(posture.Unknown))
	switch n := len(p.postureMissing); {
	case n > 0:
		text := ". Left to the evidence: " + safetext.CleanMax(p.postureMissing[0], 300)
		if n > 1 {
			text += fmt.Sprintf(", and %d more", n-1)
		}
		return draw.Line{weak, draw.T(themes.Muted, told), draw.T(themes.Warning, text)}
	case p.postureSet:
		return draw.Line{weak, draw.T(themes.Muted, told+", by the evidence and by how the cluster is set now.")}
	default:
		return draw.Line{weak, draw.T(themes.Muted, told+" by the evidence. Events show the past, not what is set now.")}
	}
}
