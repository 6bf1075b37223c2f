package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"cordon/investigations/queries"
	"cordon/store"
	"cordon/store/views"
)

// ownQueriesHint says where a person's own queries are looked for.
const ownQueriesHint = "~/.config/cordon/queries"

// ownQueries reads the person's own .sql files. That there is no such folder is
// the ordinary case; a file that is no query is told and left out.
func (p *program) ownQueries() []queries.Named {
	dir, err := p.configDir()
	if err != nil {
		return nil
	}
	dir = filepath.Join(dir, "queries")
	if _, err := os.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	own, err := queries.Load(os.DirFS(dir), queries.GroupOwn)
	if err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			p.tell("left out: %s", line)
		}
	}
	return own
}

// namedQueries lists what ships, what is saved in the case and the person's
// own; c may be nil.
func (p *program) namedQueries(ctx context.Context, c *store.Case) ([]queries.Named, error) {
	all := queries.All()
	if c != nil {
		entries, err := c.Journal(ctx)
		if err != nil {
			return nil, err
		}
		all = append(all, queries.SavedIn(entries)...)
	}
	return append(all, p.ownQueries()...), nil
}

// namedJSON is one query of `cordon query --list --json`.
type namedJSON struct {
	Name     string `json:"name"`
	Group    string `json:"group"`
	Title    string `json:"title"`
	About    string `json:"about,omitempty"`
	Suggest  string `json:"suggestion,omitempty"`
	Identity bool   `json:"identity"` // it asks for --identity
	SQL      string `json:"sql"`
}

func (p *program) queryList(ctx context.Context, ask queryAsk, args []string) (err error) {
	if _, err := evidenceOnly(args); err != nil {
		return err
	}
	var c *store.Case
	if ask.caseName != "" {
		if c, err = p.openCase(ctx, ask.caseName, nil); err != nil {
			return err
		}
		defer joined(&err, c)
	}
	all, err := p.namedQueries(ctx, c)
	if err != nil {
		return err
	}
	if ask.format != formatJSON {
		return p.print(func(t *plain) { t.named(all) })
	}
	out := make([]namedJSON, len(all))
	for i, n := range all {
		out[i] = namedJSON{n.Name, string(n.Group), n.Title, n.About, n.Suggest, n.NeedsIdentity(), n.SQL}
	}
	return p.writeJSON(out)
}

// viewJSON is one view of `cordon query --schema --json`.
type viewJSON struct {
	Name    string       `json:"name"`
	Doc     string       `json:"doc"`
	Extra   bool         `json:"extra"` // Access Monitoring does not offer it
	Columns []columnJSON `json:"columns"`
}

type columnJSON struct {
	Name   string `json:"name"`
	Type   string `json:"type"`
	Hidden bool   `json:"hidden,omitempty"` // SELECT * leaves it out
}

// querySchema prints the views that the arguments name, or all. They are the
// same for every case: evidence beside them is not read.
func (p *program) querySchema(ctx context.Context, ask queryAsk, args []string) error {
	all, err := views.New(nil, p.now, "").Views(ctx)
	if err != nil {
		return err
	}
	return p.showSchema(ask, all, args)
}
