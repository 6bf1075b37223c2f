package tui

import (
	"fmt"
	"image"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/queries"
	"cordon/tui/tuitest"
)

var least = image.Pt(60, 20)

// typedSQL opens the editor and types.
func (d *driver) typedSQL(sql string) *driver {
	d.press("7", "i")
	for i, line := range strings.Split(sql, "\n") {
		if i > 0 {
			d.press("enter", "ctrl+u")
		}
		d.typed(line)
	}
	return d
}

func TestQuery_golden(t *testing.T) {
	t.Parallel()
	screens := map[string]func(d *driver){
		"empty": func(d *driver) { d.press("7") },
		"typing": func(d *driver) {
			d.typedSQL("SELECT user, count(*) -- who\nFROM exec\nWHERE user = 'dana@example.com' AND co")
		},
		"rows": func(d *driver) { d.press("7", "o").typed("sessions that").press("enter", "j", "l") },
		"right": func(d *driver) {
			d.press("7", "o").typed("sessions that").press("enter", "l", "l", "l", "l", "l", "l", "l", "l", "l")
		},
		"cell":     func(d *driver) { d.press("7", "o").typed("sessions that").press("enter", "j", "l", "enter") },
		"hostile":  func(d *driver) { d.typedSQL("SELECT hostile").press("ctrl+r") },
		"detail":   func(d *driver) { d.typedSQL("SELECT hostile").press("ctrl+r", "enter") },
		"mistake":  func(d *driver) { d.typedSQL("SELECT\n  nam FROM session_start").press("ctrl+r") },
		"nothing":  func(d *driver) { d.typedSQL("SELECT * FROM exec").press("ctrl+r") },
		"named":    func(d *driver) { d.press("7", "o") },
		"report":   func(d *driver) { d.press("7", "A", "n", "j") },
		"wholeone": func(d *driver) { d.press("7", "o", "enter") },
	}
	looks := []struct {
		size    image.Point
		palette string
		ascii   bool
	}{{least, "dark", false}, {least, "mono", true}, {small, "dark", false}, {small, "mono", true}, {wide, "dark", false}, {large, "mono", false}}
	for name, keys := range screens {
		for _, look := range looks {
			t.Run(fmt.Sprintf("%s_%dx%d_%s", name, look.size.X, look.size.Y, look.palette), func(t *testing.T) {
				t.Parallel()
				d := drive(t, setup{palette: look.palette, size: look.size, identity: tuitest.Dana, ascii: look.ascii})
				keys(d)
				golden.RequireEqual(t, []byte(d.screen()))
				checkStyles(t, d, look.palette == "mono")
			})
		}
	}
}

func TestQuery_whatIsTypedIsTextAndStaysThere(t *testing.T) {
	t.Parallel()
	engine := tuitest.NewEngine()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana, engine: engine})
	d.typedSQL("SELECT 12345678, 'q?:Lu' FROM exec")
	d.expect("[7 Query]", "SELECT 12345678, 'q?:Lu' FROM exec")
	d.press("esc", "2", "7").expect("SELECT 12345678, 'q?:Lu' FROM exec")
	d.press("ctrl+r")
	if len(engine.Asked) != 1 || engine.Asked[0] != "SELECT 12345678, 'q?:Lu' FROM exec" {
		t.Errorf("asked %q", engine.Asked)
	}
	d.expect("No rows. That is not the same as: it did not happen", "covers 2026-10-05 to 2026-10-06")
	// A paste is text, and never runs anything.
	d.press("i", "ctrl+u")
	d.send(tea.PasteMsg{Content: "SELECT 1;\n"})
	d.expect("SELECT 1;")
	if len(engine.Asked) != 1 {
		t.Error("a paste ran a query")
	}
	d.press("backspace", "enter")
	if len(engine.Asked) != 2 || engine.Asked[1] != "SELECT 1;" {
		t.Errorf("enter after a semicolon: %q", engine.Asked)
	}
}

func TestQuery_historyAndSavedQueriesStayInTheCase(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	s := setup{palette: "mono", size: small, identity: tuitest.Dana, evidence: evidence, operator: "ann@example.com"}
	d := drive(t, s)
	d.typedSQL("SELECT 1").press("ctrl+r", "i", "ctrl+u").typed("SELECT 2").press("f5", "s").typed("xyzzy").press("enter")
	d.expect("Saved as xyzzy")
	entries, err := evidence.Journal(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Action != journal.ActionQuerySave || entries[0].Operator != "ann@example.com" {
		t.Fatalf("%+v, %v", entries, err)
	}
	// The console is opened again on the same case: the text is there, and not run.
	d = drive(t, s)
	d.press("7").expect("SELECT 2", "No query has been run yet")
	d.press("i").press("ctrl+p").expect("SELECT 2").press("ctrl+p").expect("SELECT 1").press("ctrl+n", "ctrl+n").expect("SELECT 2").press("esc")
	d.press("H").expect("queries that were run").press("down", "enter").expect("SELECT 1")
	d.press("o").typed("xyzzy").press("enter").expect("xyzzy").press("x").expect("off the list")
	d.press("o").typed("xyzzy").expect("Nothing has these letters")
}

func TestQuery_namedQueryTakesTheIdentityOrAsksForIt(t *testing.T) {
	t.Parallel()
	engine := tuitest.NewEngine()
	d := drive(t, setup{palette: "mono", size: small, engine: engine})
	d.press("7", "o").typed("sessions that it opened").press("enter").expect("the user that it is about").typed("o'hara").press("enter")
	if len(engine.Asked) != 1 || !strings.Contains(engine.Asked[0], "user = 'o''hara'") {
		t.Errorf("asked %q", engine.Asked)
	}
	d.expect("Sessions that it opened", "2 rows", "this case")
}

func TestQuery_cellsArePivotedCopiedLockedAndFollowed(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana})
	d.press("7", "o").typed("sessions that").press("enter")
	d.expect("L locks user dana@example.com 24h") // what L would lock
	d.press("j", "y")
	if len(d.copied) != 1 {
		t.Error("nothing was copied")
	}
	d.expect("copied: dana@example.com").press("Y").expect("copied: dana@example.com␉203.0.113.66:47004")
	d.press("l", "p").expect("203.0.113.66", "[1 Overview]").press("backspace").expect("[7 Query]", "2 rows")
	d.press("v").expect("[2 Events]", "uid:00000000-0000-4000-8000-000000000013")
	d.press("backspace", "n").expect("No other row that way")
	d.press("g", "h", "n").expect("row 2 of 2")
	d.press("g", "/").typed("SHOP").press("enter").expect("row 2 of 2, column 5 of 10").press("n").expect("No other cell that way holds SHOP").press("N").expect("No other cell")
	// T0 is the time of the row.
	d.press("ctrl+t").expect("T0 is now 2026-10-06 22:03:33 UTC")
}

func TestQuery_exportIsToldInTheJournal(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]string{}
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana, evidence: evidence, export: func(name string, content []byte) (string, error) {
		written[name] = string(content)
		return "/evidence/" + name, nil
	}})
	d.typedSQL("SELECT hostile").press("ctrl+r", "e").expect("export 3 rows").press("enter").expect("Written: /evidence/query.csv")
	if !strings.Contains(written["query.csv"], "'=cmd|") || strings.Contains(written["query.csv"], "\x1b") {
		t.Errorf("%q", written)
	}
	d.press("e", "ctrl+u").typed("x.exe").press("enter").expect("the name ends in .csv or .json").press("ctrl+u").typed("x.json").press("enter").expect("Written: /evidence/x.json")
	entries, err := evidence.Journal(t.Context())
	if err != nil || len(entries) != 2 || entries[0].Action != journal.ActionQueryExport || !strings.Contains(entries[0].Command, "cordon query --case acme --format csv 'SELECT hostile'") {
		t.Errorf("%+v, %v", entries, err)
	}
}

// While a query runs, everything else works, and Esc ends it.
func TestQuery_runsBesideThePageAndCanBeCancelled(t *testing.T) {
	t.Parallel()
	engine := tuitest.NewEngine()
	engine.Wait = make(chan struct{})
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana, engine: engine})
	d.typedSQL("SELECT hostile")
	_, cmd := d.app.Update(keyOf("ctrl+r"))
	done := make(chan tea.Msg)
	for _, c := range flatten(cmd) {
		go func() { done <- c() }()
	}
	var msgs []tea.Msg
	for range flatten(cmd)[1:] {
		msgs = append(msgs, <-done) // all but the query itself
	}
	if screen := textOf(d.app.render()); !strings.Contains(screen, "Running: 0 rows so far") {
		t.Fatalf("it does not say that it runs:\n%s", screen)
	}
	_, turn := d.app.Update(keyOf("2"))
	if screen := textOf(d.app.render()); !strings.Contains(screen, "[2 Events]") {
		t.Fatalf("another page could not be opened:\n%s", screen)
	}
	d.app.Update(keyOf("7"))
	d.now = d.now.Add(time.Second)
	d.app.Update(keyOf("esc"))
	msgs = append(msgs, <-done)
	for _, msg := range msgs {
		d.send(msg)
	}
	d.run(turn)
	d.expect("Cancelled: the query was not answered")
}

// flatten gives the commands of a batch one by one.
func flatten(cmd tea.Cmd) []tea.Cmd {
	if cmd == nil {
		return nil
	}
	msg := cmd()
	batch, ok := msg.(tea.BatchMsg)
	if !ok {
		return []tea.Cmd{func() tea.Msg { return msg }}
	}
	var out []tea.Cmd
	for _, c := range batch {
		if c != nil {
			out = append(out, c)
		}
	}
	return out
}

func TestQuery_saysWhenAnAnswerWasCut(t *testing.T) {
	t.Parallel()
	many := tuitest.Answer{Key: "many", Columns: []queries.Column{{Name: "n", Type: "bigint"}}}
	for i := range 10_001 {
		many.Rows = append(many.Rows, []any{int64(i)})
	}
	d := drive(t, setup{palette: "mono", size: wide, engine: &tuitest.Engine{Answers: []tuitest.Answer{many}}, identity: investigations.Entity{}, export: func(name string, _ []byte) (string, error) { return name, nil }})
	d.typedSQL("SELECT many").press("ctrl+r").expect("10,000 rows, cut: there are more than are kept here", "row 1 of 10,000+")
	d.press("G").expect("9999", "row 10,000 of 10,000+").press("e", "enter").expect("not all rows", "cordon query --case acme --format csv 'SELECT many'")
}

func TestQuery_everyActionSaysWhyItCannotRun(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana})
	for key, want := range map[string]string{
		"ctrl+r": "There is no query to run", "s": "There is no query to save", "e": "There are no rows", "v": "This row has no uid",
		"H": "No query has been run", "x": "not one that was saved", "ctrl+y": "no query to copy", "Y": "There are no rows",
	} {
		d.press("7", key).expect(want)
	}
}
