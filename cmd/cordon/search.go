package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/filter"
	"cordon/investigations/pivot"
	"cordon/store"
)

const searchExamples = `cordon search --case incident /etc/shadow
cordon search AKIA ./evidence
cordon search --case incident --limit 0 --json 'BEGIN OPENSSH' | jq '.screens.hits[].sid'`

// searchLimit is how many finds of each kind are shown unless --limit says
// otherwise.
const searchLimit = 20

// searchAsk is what a person asks of `cordon search`.
type searchAsk struct {
	caseName string
	limit    int
	json     bool
}

func (p *program) searchVerb() *cobra.Command {
	var ask searchAsk
	cmd := &cobra.Command{
		Use:   "search TEXT [PATH…]",
		Short: "Find a text in commands, in any field, and on recorded screens",
		Long: "Find a text in what was run or asked, in any other field of an event, and on the screens of recorded sessions. A and a are the same.\n\n" +
			"A screen is searched as it stood: colours, edits and line wraps do not hide a text. What a full-screen program such as vim showed before its last screen is found inside its recording only: / in the replay.",
		Example: searchExamples,
	}
	withCase(cmd, &ask.caseName)
	cmd.Flags().IntVar(&ask.limit, "limit", searchLimit, "show this many finds of each kind; 0 shows all")
	cmd.Flags().BoolVar(&ask.json, "json", false, "print JSON")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		if ask.limit < 0 {
			return misuse("0 shows all", "--limit must not be negative")
		}
		text, paths, err := ownArgument(args, "the text to look for")
		if err != nil {
			return err
		}
		return p.search(ctx, ask, text, paths)
	})
	return cmd
}

// finds are the events in which a text was found.
type finds struct {
	Filter string      `json:"filter"` // finds them with `cordon events`
	Total  int         `json:"total"`
	Events []eventJSON `json:"events"`

	rows [][]string
}

// screenFinds are the lines of recordings in which it was found.
type screenFinds struct {
	Total      int          `json:"total"`
	Recordings int          `json:"recordings"`
	Searched   int          `json:"searched"`
	Hits       []screenFind `json:"hits"`
}

type screenFind struct {
	Session string  `json:"sid"`
	User    string  `json:"user,omitempty"`
	Login   string  `json:"login,omitempty"`
	Host    string  `json:"host,omitempty"`
	At      float64 `json:"at"`   // seconds from the start of the recording
	Time    *string `json:"time"` // null where the recording names none
	Line    string  `json:"line"`
}

// searchAnswer is the answer of `cordon search --json`.
type searchAnswer struct {
	Text     string         `json:"text"`
	Coverage pivot.Coverage `json:"coverage"`
	Commands finds          `json:"commands"`
	Fields   finds          `json:"fields"` // what commands does not list
	Screens  screenFinds    `json:"screens"`
}

func (a *searchAnswer) total() int { return a.Commands.Total + a.Fields.Total + a.Screens.Total }

func (p *program) search(ctx context.Context, ask searchAsk, text string, paths []string) (err error) {
	c, err := p.openCase(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	answer, err := searchCase(ctx, c, text, ask.limit)
	if err != nil {
		return err
	}
	if ask.json {
		err = p.writeJSON(answer)
	} else if answer.total() > 0 {
		err = p.print(func(t *plain) { t.searched(answer) })
		p.tell("%s", coverageLine(answer.Coverage.Coverage))
	}
	if err != nil || answer.total() > 0 {
		return err
	}
	what := fmt.Sprintf("found nothing: %q is in no event, and on no screen of %s", text, counted(answer.Screens.Searched, "recording"))
	return found(what, 0, answer.Coverage.Coverage)
}

func searchCase(ctx context.Context, c *store.Case, text string, limit int) (*searchAnswer, error) {
	value := []filter.Value{{Text: text}}
	said := filter.Term{Key: filter.KeyCommand, Values: value}
	unsaid := said
	unsaid.Negate = true
	commands := filter.Expr{}.With(said)
	fields := filter.Expr{}.With(filter.Term{Key: filter.KeyText, Values: value}).With(unsaid)
	a := &searchAnswer{Text: text}
	coverage, err := c.Coverage(ctx)
	a.Coverage = covered(coverage)
	if err == nil {
		a.Commands, err = findEvents(ctx, c, commands, limit)
	}
	if err == nil {
		a.Fields, err = findEvents(ctx, c, fields, limit)
	}
	if err == nil {
		a.Screens, err = findScreens(ctx, c, text, limit)
	}
	return a, err
}

func findEvents(ctx context.Context, c *store.Case, expr filter.Expr, limit int) (finds, error) {
	f := finds{Filter: filter.Print(expr), Events: []eventJSON{}}
	selected, err := c.Select(ctx, expr)
	if err != nil {
		return f, err
	}
	err = c.EachEvent(ctx, selected, false, func(e *investigations.Event, _ []byte) error {
		if f.Total++; limit == 0 || f.Total <= limit {
			f.Events = append(f.Events, shownEvent(e))
			f.rows = append(f.rows, append([]string{" "}, eventRow(e)...))
		}
		return nil
	})
	return f, err
}

func findScreens(ctx context.Context, c *store.Case, text string, limit int) (screenFinds, error) {
	s, err := c.SearchScreens(ctx, text, limit)
	f := screenFinds{Total: s.Total, Recordings: s.In, Searched: s.Searched, Hits: make([]screenFind, len(s.Hits))}
	for i, h := range s.Hits {
		f.Hits[i] = screenFind{Session: h.Session, User: h.User, Login: h.Login, Host: h.Host, At: seconds(h.Offset.Seconds()), Line: h.Line}
		if !h.Start.IsZero() {
			at := moment(h.Time())
			f.Hits[i].Time = &at
		}
	}
	return f, err
}

func (t *plain) searched(a *searchAnswer) {
	t.finds("commands", a.Commands)
	t.finds("other fields", a.Fields)
	if a.Screens.Total == 0 {
		return
	}
	t.line("screens: %s in %s", counted(a.Screens.Total, "line"), counted(a.Screens.Recordings, "recording"))
	last := ""
	for _, h := range a.Screens.Hits {
		if h.Session != last {
			last = h.Session
			t.line("  session %s", joinWords(h.Session, h.User, placeOf(h.Login, h.Host)))
		}
		when := clock(time.Duration(h.At * float64(time.Second)))
		if h.Time != nil {
			when = *h.Time + "  " + when
		}
		t.text(t.fitted(t.form.Clean("    "+when+"  "+h.Line)) + "\n")
	}
	t.more(a.Screens.Total-len(a.Screens.Hits), "--limit 0 shows all")
}

func (t *plain) finds(what string, f finds) {
	if f.Total == 0 {
		return
	}
	t.line("%s: %s", what, counted(f.Total, "event"))
	t.table(f.rows)
	t.more(f.Total-len(f.Events), "--limit 0 shows all, or: cordon events --filter "+contain.Quote(f.Filter))
	t.line("")
}

// more says how many finds are not shown, and how to see them.
func (t *plain) more(n int, how string) {
	if n > 0 {
		t.line("  %s more (%s)", number(n), how)
	}
}

// joinWords puts two blanks between the words that are not empty.
func joinWords(words ...string) string {
	return strings.Join(slices.DeleteFunc(words, func(w string) bool { return w == "" }), "  ")
}

func placeOf(login, host string) string {
	if login == "" || host == "" {
		return login + host
	}
	return login + "@" + host
}
