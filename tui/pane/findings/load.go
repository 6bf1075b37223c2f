package findings

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/rules"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// The names of the pane's loads, as they are shown while they run.
const (
	loadLook     = "detections"
	loadDecided  = "decisions"
	loadProof    = "proof"
	loadStar     = "star"
	loadDecision = "decision"
)

// errStopped stands in the place of the findings that were not looked for.
var errStopped = errors.New("stopped with esc")

// gauge is how far the rules are. It is written to while they run.
type gauge struct{ done, total atomic.Int64 }

// found is what the page shows.
type found struct {
	result   *rules.Result
	searched []string // of each finding, what words are looked for in
	rules    map[string]*rules.Rule
	problems []error // rules of the responder's that were left out
	coverage investigations.Coverage
	book     *actors.Book // who is who
	decided
}

// decided is what the responder decided, and what of the evidence would have the
// rules run again.
type decided struct {
	dismissals rules.Dismissals
	tallies    *pane.Tallies // without what was dismissed
	stars      map[int64]bool
	events     int64
	sources    int
}

// look runs the rules.
func (p *Pane) look() tea.Cmd {
	if p.loader.Loading(loadLook) {
		return nil
	}
	p.err = nil
	g := &gauge{}
	p.gauge = g
	evidence, load := p.env.Evidence, p.env.Rules
	return p.loader.Load(loadLook, func(ctx context.Context) (any, error) {
		list, problems := load()
		f := &found{rules: make(map[string]*rules.Rule, len(list)), problems: problems}
		for _, r := range list {
			f.rules[r.ID] = r
		}
		var err error
		if f.coverage, err = evidence.Coverage(ctx); err != nil {
			return nil, err
		}
		f.result, err = rules.Run(ctx, evidence, list, func(done, total int64) {
			g.done.Store(done)
			g.total.Store(total)
		})
		if err != nil {
			return nil, err
		}
		if f.book, err = evidence.Actors(ctx); err != nil {
			return nil, err
		}
		for _, one := range f.result.Findings {
			f.searched = append(f.searched, searchedIn(one))
		}
		f.decided, err = readDecided(ctx, evidence, f.result)
		return f, err
	})
}

func (p *Pane) loadDecided() tea.Cmd {
	evidence, res := p.env.Evidence, p.got.result
	return p.loader.LoadQuietly(loadDecided, func(ctx context.Context) (any, error) { return readDecided(ctx, evidence, res) })
}

func readDecided(ctx context.Context, evidence pane.Evidence, res *rules.Result) (d decided, err error) {
	entries, err := evidence.Journal(ctx)
	if err != nil {
		return d, err
	}
	ids, err := evidence.Stars(ctx)
	if err != nil {
		return d, err
	}
	coverage, err := evidence.Coverage(ctx)
	d = decided{dismissals: rules.ReadDismissals(entries), stars: make(map[int64]bool, len(ids)), events: coverage.Events, sources: coverage.Sources}
	for _, id := range ids {
		d.stars[id] = true
	}
	var open []*rules.Finding
	for _, f := range res.Findings {
		if _, ok := d.dismissals.Of(f); !ok {
			open = append(open, f)
		}
	}
	d.tallies = pane.TallyOf(open)
	return d, err
}

// proof are the events of a finding.
type proof struct {
	of     string // the finding's id
	events []investigations.Event
	read   bool // or not, for the reason in err
	err    error
}

// shownProof is how many events of a finding its detail lists.
const shownProof = 12

// loadProof reads the events of the selected finding when it is another one.
func (p *Pane) loadProof() tea.Cmd {
	f := p.finding()
	if f == nil || f.ID == p.proof.of {
		return nil
	}
	p.proof, p.opens = proof{of: f.ID}, false
	var ids []int64
	for _, ref := range f.Events[:min(len(f.Events), shownProof)] {
		ids = append(ids, ref.ID)
	}
	evidence, of := p.env.Evidence, f.ID
	return p.loader.LoadQuietly(loadProof, func(ctx context.Context) (any, error) {
		got := proof{of: of}
		err := evidence.Each(ctx, ids, func(e *investigations.Event) error {
			kept := *e
			kept.Involved = slices.Clone(e.Involved)
			got.events = append(got.events, kept)
			return nil
		})
		return got, err
	})
}

// Receive takes the answers to the pane's own loads.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	switch name {
	case loadLook:
		return p.looked(answer), true
	case loadDecided:
		return p.tookDecided(answer), true
	case loadProof:
		if got, ok := answer.Value.(proof); ok && got.of == p.proof.of {
			p.proof = got
			p.proof.read, p.proof.err = true, answer.Err
			p.showDetail()
		}
	case loadPosture:
		p.tookPosture(answer)
	case loadStar:
		p.starred(answer)
	case loadDecision:
		p.wrote(answer)
	case pane.LoadNote:
		pane.Noted(p.env, answer)
	}
	return nil, true
}

func (p *Pane) looked(answer pane.LoadedMsg) tea.Cmd {
	got, ok := answer.Value.(*found)
	if answer.Err != nil || !ok {
		if p.err = answer.Err; answer.Cancelled() {
			p.err = errStopped
		}
		return nil
	}
	p.got = got
	p.env.Detections.Set(p.got.tallies)
	p.fill()
	if n := len(got.problems); n > 0 {
		p.env.Out.Put(pane.Say{Role: themes.Warning, Text: count(n, "rule") + " of yours left out: cordon findings --test says why. The others ran."})
	}
	return p.loadProof()
}

// tookDecided shows the rows anew, and has the rules run again when evidence was
// added since.
func (p *Pane) tookDecided(answer pane.LoadedMsg) tea.Cmd {
	d, ok := answer.Value.(decided)
	if answer.Err != nil || !ok || p.got == nil {
		return nil
	}
	again := d.events != p.got.events || d.sources != p.got.sources
	p.got.decided = d
	p.env.Detections.Set(p.got.tallies)
	p.fill()
	if again {
		return p.look()
	}
	return p.loadProof()
}

// drawGauge says how far the rules are.
func (p *Pane) drawGauge(c draw.Canvas, area uv.Rectangle) {
	done, total := p.gauge.done.Load(), p.gauge.total.Load()
	text := "The rules look at the evidence. Esc stops them; the other pages work meanwhile."
	if total > 0 {
		text = "The rules look at the evidence: " + draw.Count(done) + " of " + draw.Count(total) + " events. Esc stops them; the other pages work meanwhile."
	}
	lines := draw.Wrap(themes.Muted, text, area.Dx())
	c.Lines(area, lines)
	_, rest := draw.CutTop(area, len(lines)+1)
	if total > 0 {
		bar, _ := draw.CutLeft(rest, min(60, rest.Dx()))
		c.Bar(bar, themes.Progress, float64(done)/float64(total))
	}
}
