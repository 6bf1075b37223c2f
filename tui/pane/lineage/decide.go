package lineage

import (
	"fmt"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/judgement"
	"cordon/investigations/lineage"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// accept says that a step belongs to the attack.
func (p *Pane) accept() tea.Cmd { return p.decide(p.current(), judgement.Accepted, "") }

const refuseDialog = "lineage.refuse"

// refuse says that a step does not belong to it, after asking why.
func (p *Pane) refuse() {
	n := p.current()
	input := dialog.NewInput(dialog.Prompt{
		ID: refuseDialog + n.key(), Title: "refuse: " + safetext.CleanMax(n.text(), 60), KeepEmpty: true,
		Hint: "why, for the report; enter alone gives no reason",
	}, p.env.Drafts)
	p.env.Out.Put(pane.Open{Dialog: input, Then: func(o dialog.Outcome) tea.Cmd {
		if said, ok := o.(dialog.Submitted); ok {
			return p.decide(n, judgement.Refused, said.Text)
		}
		return nil
	}})
}

// decide writes a verdict about the edges of a node. Said again it takes the
// verdict back.
func (p *Pane) decide(n *node, verdict judgement.Verdict, reason string) tea.Cmd {
	edges := n.edges()
	same := true
	for _, e := range edges {
		same = same && e.Verdict == verdict
	}
	word := string(verdict)
	if same {
		verdict, reason, word = judgement.Undecided, "", "open again"
	}
	words := word + ": " + safetext.CleanMax(n.text(), 80)
	if n.bundle {
		words = fmt.Sprintf("%s: all %s", word, n.text())
	}
	return pane.Decide(p.env, p.loader, judgement.EdgeEntry(pane.Author(p.env), p.facts.root, verdict, reason, keysOf(edges)...), words)
}

// open counts the steps on which nobody decided.
func (p *Pane) open() (n int) {
	if p.facts == nil {
		return 0
	}
	for _, e := range p.facts.Edges {
		if e.Verdict == judgement.Undecided {
			n++
		}
	}
	return n
}

// toOpen goes to the next step that nobody decided on, in a direction and round
// the ends: first to those that the log leaves open, then to what it proves.
func (p *Pane) toOpen(step int) {
	for _, status := range []lineage.Status{lineage.Ambiguous, lineage.Proved} {
		for i := 1; i <= len(p.lines); i++ {
			at := ((p.at+i*step)%len(p.lines) + len(p.lines)) % len(p.lines)
			if n := p.lines[at].node; n != nil && !n.owners && n.undecided(status) {
				p.at, p.want = at, ""
				p.follow()
				return
			}
		}
	}
}

// undecided reports whether nobody decided on an edge of the node that has this
// status.
func (n *node) undecided(status lineage.Status) bool {
	for _, e := range n.edges() {
		if e.Verdict == judgement.Undecided && e.Status == status {
			return true
		}
	}
	return false
}

func keysOf(edges []lineage.Edge) []judgement.Edge {
	out := make([]judgement.Edge, len(edges))
	for i, e := range edges {
		out[i] = e.Key()
	}
	return out
}

func sayRole(err error) themes.Role {
	if err != nil {
		return themes.Danger
	}
	return themes.Muted
}

func errText(err error) string {
	if err == nil {
		return "there is no such event"
	}
	return err.Error()
}
