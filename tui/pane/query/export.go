package query

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/journal"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
)

// askExport asks for the name of a file and writes the rows into it.
func (p *Pane) askExport() {
	name := "query"
	if p.named.Name != "" {
		name = p.named.Name
	}
	p.input(dialog.Prompt{
		ID: "query.export", Title: fmt.Sprintf("export %d rows", len(p.result.Rows)), Text: name + ".csv", Check: func(name string) error {
			_, err := writerFor(name, nil)
			return err
		},
		Hint: "NAME.csv or NAME.json; a file that exists is not written over",
	}, p.export)
}

// writerFor is the form that the name of a file asks for.
func writerFor(name string, out *bytes.Buffer) (queries.Writer, error) {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".csv":
		return queries.NewCSV(out), nil
	case ".json":
		return queries.NewJSON(out), nil
	}
	return nil, errors.New("the name ends in .csv or .json")
}

// exported is what came of an export.
type exported struct {
	path string
	// rest is the command that writes all rows, where some are not in the file.
	rest string
	// unsaid is why the journal does not know of it.
	unsaid error
}

func (p *Pane) export(name string) tea.Cmd {
	t, sql, write, evidence := p.result.Table, p.answers, p.env.Export, p.env.Evidence
	if write == nil {
		p.say(themes.Danger, "Nothing can be written from here.")
		return nil
	}
	entry := journal.Entry{
		Action: journal.ActionQueryExport, Target: fmt.Sprintf("%d rows", len(t.Rows)), Command: p.command(sql),
	}
	p.sign(&entry)
	return p.loader.Load(loadExport, func(ctx context.Context) (any, error) {
		var b bytes.Buffer
		w, err := writerFor(name, &b)
		if err != nil {
			return nil, err
		}
		if err := w.Columns(t.Columns); err != nil {
			return nil, err
		}
		for _, row := range t.Rows {
			if err := errors.Join(ctx.Err(), w.Row(row)); err != nil {
				return nil, err
			}
		}
		if err := w.Close(); err != nil {
			return nil, err
		}
		path, err := write(name, b.Bytes())
		if err != nil {
			return nil, err
		}
		entry.Result = "wrote " + path
		_, unsaid := evidence.Record(ctx, entry)
		done := exported{path: path, unsaid: unsaid}
		if t.Cut {
			done.rest = entry.Command
		}
		return done, nil
	})
}

func (p *Pane) exported(answer pane.LoadedMsg) {
	e, ok := answer.Value.(exported)
	switch {
	case answer.Cancelled():
		p.say(themes.Warning, "Cancelled: nothing was written.")
		return
	case answer.Err != nil || !ok:
		p.say(themes.Danger, "Not written: "+p.clean(answer.Err.Error(), maxSaid))
		return
	case e.unsaid != nil:
		p.say(themes.Danger, "Written, but the journal does not say so: "+p.clean(e.unsaid.Error(), maxSaid))
	case e.rest != "":
		p.env.Out.Put(pane.Say{Role: themes.Warning, Text: "Written, but not all rows: " + p.clean(e.path, maxSaid), Copy: e.rest, More: []draw.Line{
			{draw.T(themes.Text, "The file holds the rows that are kept here. There are more; this writes all of them:")},
			{},
			{draw.T(themes.Accent, p.clean(e.rest, maxSaid))},
		}})
	default:
		p.say(themes.OK, "Written: "+p.clean(e.path, maxSaid))
	}
	p.env.Out.Put(pane.Changed{})
}
