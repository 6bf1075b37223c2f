package query

import (
	"context"
	"slices"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// userOf is the user that a subject is about; empty where it is about none.
func userOf(s pane.Subject) string {
	if s.Entity.Kind == investigations.KindUser {
		return s.Entity.Name
	}
	return ""
}

// openNamed lists the named queries, the report first. The one that is picked is
// put into the editor and run, about the identity under investigation where it
// asks for one.
func (p *Pane) openNamed() {
	user := userOf(p.subject)
	type option struct {
		line draw.Line
		pick func() tea.Cmd
	}
	title := func(text, rest string) draw.Line {
		return draw.Line{draw.T(themes.Text, text), draw.T(themes.Muted, "  "+rest)}
	}
	options := []option{{title("Privileged Access Report", "the whole cluster"), func() tea.Cmd { return p.runReport("") }}}
	if user != "" {
		options = append(options, option{title("Privileged Access Report", p.clean(user, 80)), func() tea.Cmd { return p.runReport(user) }})
	}
	// The responder's own come first.
	all := slices.Concat(p.saved, p.env.Queries, queries.All())
	for _, n := range all {
		what := n.Name
		if n.NeedsIdentity() && user != "" {
			what += ", " + p.clean(user, 60)
		}
		options = append(options, option{title(p.clean(n.Title, 120), what), func() tea.Cmd { return p.pick(n) }})
	}
	lines := make([]draw.Line, len(options))
	for i, o := range options {
		lines[i] = o.line
	}
	p.env.Out.Put(pane.Open{Dialog: dialog.NewFinder("query.named", "named queries", "run", lines), Then: func(o dialog.Outcome) tea.Cmd {
		if picked, ok := o.(dialog.Picked); ok && picked.Index < len(options) {
			return options[picked.Index].pick()
		}
		return nil
	}})
}

// pick runs a named query. One that is about an identity asks whose where none
// is under investigation.
func (p *Pane) pick(n queries.Named) tea.Cmd {
	user := userOf(p.subject)
	if !n.NeedsIdentity() || user != "" {
		return p.runNamed(n, user)
	}
	p.input(dialog.Prompt{ID: "query.identity", Title: p.clean(n.Title, 60), Hint: "the user that it is about, such as mallory@example.com"},
		func(user string) tea.Cmd { return p.runNamed(n, user) })
	return nil
}

func (p *Pane) runNamed(n queries.Named, user string) tea.Cmd {
	sql, err := n.With(user)
	if err != nil {
		p.say(themes.Danger, p.clean(err.Error(), maxSaid))
		return nil
	}
	p.setText(sql, n)
	return p.tryRun()
}

// openHistory lists the queries that were run, the newest first. The one that
// is picked is put into the editor and not run.
func (p *Pane) openHistory() {
	all := slices.Clone(p.history.all)
	slices.Reverse(all)
	lines := make([]draw.Line, len(all))
	for i, sql := range all {
		lines[i] = draw.Plain(p.clean(strings.Join(strings.Fields(sql), " "), 300))
	}
	p.env.Out.Put(pane.Open{Dialog: dialog.NewFinder("query.history", "queries that were run", "take", lines), Then: func(o dialog.Outcome) tea.Cmd {
		if picked, ok := o.(dialog.Picked); ok && picked.Index < len(all) {
			p.setText(all[picked.Index], queries.Named{})
		}
		return nil
	}})
}

// save asks for a name and keeps the text under it in the journal of the case.
func (p *Pane) save() {
	sql := p.editor.string()
	name := ""
	if p.named.Group == queries.GroupSaved {
		name = p.named.Name
	}
	p.input(dialog.Prompt{
		ID: "query.save", Title: "save the query in this case", Text: name, Check: queries.CheckName,
		Hint: "a name such as logins-at-night; " + queries.Placeholder + " inside quotes is the identity",
	}, func(name string) tea.Cmd { return p.keep(queries.Saved{Name: name, SQL: sql}) })
}

// forget takes the saved query that is shown off the list. Its text stays in the
// editor and in the journal.
func (p *Pane) forget() tea.Cmd { return p.keep(queries.Saved{Name: p.named.Name}) }

func (p *Pane) keep(s queries.Saved) tea.Cmd {
	entry, err := s.Entry()
	if err != nil {
		p.say(themes.Danger, "Not saved: "+p.clean(err.Error(), maxSaid))
		return nil
	}
	p.sign(&entry)
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadSaving, func(context.Context) (any, error) {
		// Leaving the console must not cancel it.
		_, err := evidence.Record(context.Background(), entry)
		return s, err
	})
}

// sign completes an entry of the journal with when, who and in which mode.
func (p *Pane) sign(entry *journal.Entry) {
	entry.Time, entry.Mode = p.env.Now(), journal.ModeDryRun
	if desk := p.env.Desk; desk != nil {
		entry.Operator, entry.Mode = desk.Guard.Operator, desk.Mode
	}
}

func (p *Pane) savedNow(answer pane.LoadedMsg) {
	s, _ := answer.Value.(queries.Saved)
	switch {
	case answer.Err != nil:
		p.say(themes.Danger, "Not saved: "+p.clean(answer.Err.Error(), maxSaid))
		return
	case s.SQL == "":
		p.named = queries.Named{}
		p.say(themes.OK, s.Name+" is off the list; the journal keeps it.")
	default:
		if n, err := queries.Parse(s.Name, s.SQL); err == nil && p.editor.string() == s.SQL {
			p.named, p.source = n, s.SQL
			p.named.Group = queries.GroupSaved
		}
		p.say(themes.OK, "Saved as "+s.Name+": o lists it, and so does cordon query --list --case.")
	}
	p.env.Out.Put(pane.Changed{})
}
