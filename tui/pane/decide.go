package pane

import (
	"context"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/investigations/judgement"
	"cordon/themes"
	"cordon/tui/safetext"
)

// LoadDecision is the name of the load that writes a decision. A pane that asks
// for one hands the answer to [Decided].
const LoadDecision = "decision"

// Decision is what came of [Decide]: the entry of the journal, and what was
// decided in a few safe words.
type Decision struct {
	Entry journal.Entry
	Words string
}

// Undoable says that the last act of the case can be undone, for the app: what
// it decided, and the number of its entry.
type Undoable struct{ Decision Decision }

func (Undoable) wish() {}

// Author is who decides, when and in which mode.
func Author(env Env) judgement.Author {
	a := judgement.Author{Mode: journal.ModeDryRun, Now: env.Now()}
	if env.Desk != nil {
		a.Operator, a.Mode = env.Desk.Guard.Operator, env.Desk.Mode
	}
	return a
}

// Decide writes a decision into the journal.
func Decide(env Env, loader *Loader, entry journal.Entry, words string) tea.Cmd {
	evidence := env.Evidence
	return loader.LoadQuietly(LoadDecision, func(ctx context.Context) (any, error) {
		written, err := evidence.Record(ctx, entry)
		return Decision{written, words}, err
	})
}

// Decided says what came of a decision, and tells the app.
func Decided(env Env, answer LoadedMsg) {
	d, ok := answer.Value.(Decision)
	if answer.Err != nil || !ok {
		text := "cancelled"
		if answer.Err != nil {
			text = safetext.Clean(answer.Err.Error())
		}
		env.Out.Put(Say{Role: themes.Danger, Text: "The decision was not kept: " + text})
		return
	}
	env.Out.Put(Say{Role: themes.OK, Text: d.Words + " (u undoes it)"})
	env.Out.Put(Undoable{d})
	env.Out.Put(Changed{})
}
