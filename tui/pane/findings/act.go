package findings

import (
	"context"
	"encoding/json"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/investigations/rules"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// Restore goes to a place that Keep wrote, at once or when there are rows.
func (p *Pane) Restore(text string) tea.Cmd {
	var at place
	if json.Unmarshal([]byte(text), &at) != nil {
		return nil
	}
	p.words, p.whole, p.dismissed, p.want = at.Words, at.Whole, at.Gone, &at
	p.fill()
	return p.loadProof()
}

// open shows the detail of a row, or goes on to the events where the detail
// stands beside the rows. Where the rules did not run, it starts them.
func (p *Pane) open() tea.Cmd {
	r := p.current()
	switch {
	case p.got == nil:
		return p.look()
	case p.at == partPosture && p.posture == nil:
		return p.lookPosture()
	case r == nil:
	case r.finding != nil && p.beside:
		p.openProof()
	case r.finding != nil:
		p.opens = true
		if p.proof.of == r.finding.ID && p.proof.read {
			p.showDetail()
		}
	default:
		p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{ID: "gap", Title: r.title, Lines: r.lines, Copy: r.about.Text})})
	}
	return nil
}

// showDetail shows the detail that was asked for.
func (p *Pane) showDetail() {
	r := p.current()
	if !p.opens || r == nil || r.finding == nil {
		return
	}
	p.opens = false
	p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{
		ID: "finding", Title: safetext.CleanMax(r.finding.Title, 80), Lines: p.detail(r.finding), Copy: p.nextCommand(r.finding),
	})})
}

// openProof opens the events that prove a finding.
func (p *Pane) openProof() {
	f := p.finding()
	main := f.About
	p.env.Out.Put(pane.Go{Page: pane.PageEvents, Subject: pane.Subject{Entity: main, Filter: f.Proof().String()}})
	if f.Count > len(f.Events) {
		p.env.Out.Put(pane.Say{Role: themes.Muted, Text: "The first " + draw.Count(int64(len(f.Events))) + " of " + draw.Count(int64(f.Count)) + " events of the finding."})
	}
}

// askWords asks for the words that rows must have.
func (p *Pane) askWords() {
	d := dialog.NewInput(dialog.Prompt{
		ID: "findings.words", Title: "filter findings", Text: p.words, KeepEmpty: true,
		Hint: "words that a finding must have: high, login, T1110, a rule, a name; empty shows all",
	}, p.env.Drafts)
	p.env.Out.Put(pane.Open{Dialog: d, Then: func(o dialog.Outcome) tea.Cmd {
		said, ok := o.(dialog.Submitted)
		if !ok {
			return nil
		}
		p.words, p.at = strings.TrimSpace(said.Text), partDetections
		p.fill()
		return p.loadProof()
	}})
}

func (p *Pane) note() {
	f := p.finding()
	about := pane.NoteAbout{Target: f.Title + ": " + f.Why, Entity: f.About.String()}
	if len(f.Events) > 0 {
		about.Event = f.Events[0].UID
	}
	pane.AskNote(p.env, p.loader, about)
}

// starredAll reports whether every event that a finding lists has a star.
func (p *Pane) starredAll(f *rules.Finding) bool {
	for _, e := range f.Events {
		if !p.got.stars[e.ID] {
			return false
		}
	}
	return len(f.Events) > 0
}

// starChange are the events whose star was set or taken away.
type starChange struct {
	events []rules.Ref
	on     bool
}

// star stars the events of a finding, or takes the stars away.
func (p *Pane) star() tea.Cmd {
	f := p.finding()
	change := starChange{f.Events, !p.starredAll(f)}
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadStar, func(ctx context.Context) (any, error) {
		for _, e := range change.events {
			if err := evidence.Star(ctx, e.ID, change.on); err != nil {
				return change, err
			}
		}
		return change, nil
	})
}

func (p *Pane) starred(answer pane.LoadedMsg) {
	change, _ := answer.Value.(starChange)
	if answer.Err != nil {
		p.env.Out.Put(pane.Say{Role: themes.Danger, Text: "The stars were not kept: " + safetext.Clean(answer.Err.Error())})
		return
	}
	for _, e := range change.events {
		p.got.stars[e.ID] = change.on
	}
	p.fill()
	text := "starred for the report: "
	if !change.on {
		text = "no longer starred: "
	}
	p.env.Out.Put(pane.Say{Role: themes.Note, Text: text + count(len(change.events), "event")})
}

// decision is what is written about a finding.
type decision struct {
	entry journal.Entry
	gone  bool
}

// dismiss asks why a finding needs no more looking at, or takes that back.
func (p *Pane) dismiss() tea.Cmd {
	f := p.finding()
	if _, ok := p.got.dismissals.Of(f); ok {
		entry, err := rules.Reopen(f)
		return p.decide(decision{entry, false}, err)
	}
	d := dialog.NewInput(dialog.Prompt{
		ID: "finding.dismiss " + f.ID, Title: "dismiss: " + safetext.CleanMax(f.Title, 60),
		Hint: "why it needs no more looking at; the reason goes into the journal",
	}, p.env.Drafts)
	p.env.Out.Put(pane.Open{Dialog: d, Then: func(o dialog.Outcome) tea.Cmd {
		said, ok := o.(dialog.Submitted)
		if !ok {
			return nil
		}
		entry, err := rules.Dismiss(f, said.Text)
		return p.decide(decision{entry, true}, err)
	}})
	return nil
}

// decide writes a decision into the journal.
func (p *Pane) decide(d decision, err error) tea.Cmd {
	d.entry.Time, d.entry.Mode = p.env.Now(), journal.ModeDryRun
	if p.env.Desk != nil {
		d.entry.Operator, d.entry.Mode = p.env.Desk.Guard.Operator, p.env.Desk.Mode
	}
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadDecision, func(ctx context.Context) (any, error) {
		if err == nil {
			_, err = evidence.Record(ctx, d.entry)
		}
		return d, err
	})
}

func (p *Pane) wrote(answer pane.LoadedMsg) {
	d, _ := answer.Value.(decision)
	if answer.Err != nil {
		p.env.Out.Put(pane.Say{Role: themes.Danger, Text: "The decision was not kept: " + safetext.Clean(answer.Err.Error())})
		return
	}
	text := "No longer dismissed."
	if d.gone {
		text = "Dismissed: X shows it, x takes that back."
	}
	p.env.Out.Put(pane.Say{Role: themes.OK, Text: text})
	p.env.Out.Put(pane.Changed{})
}
