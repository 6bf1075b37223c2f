package tui

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations/queries"
	"cordon/tui/tuitest"
)

// liveQuery is a live console whose cluster answers audit SQL.
func liveQuery(t *testing.T, size image.Point, engine *tuitest.Engine) *driver {
	t.Helper()
	return drive(t, setup{palette: "mono", size: size, identity: tuitest.Dana, cluster: cluster(), clusterEngine: engine})
}

const ofCluster = "SELECT event_time, access_requests\nFROM session_data"

func TestLiveQuery_golden(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string]func(d *driver){
		"case":    func(d *driver) { d.typedSQL(ofCluster).press("esc") },
		"typing":  func(d *driver) { d.typedSQL("SELECT user FROM se").press("ctrl+g").typed("s") },
		"rows":    func(d *driver) { d.typedSQL(ofCluster).press("ctrl+g", "ctrl+r", "l", "l") },
		"nothing": func(d *driver) { d.typedSQL("SELECT 1").press("ctrl+g", "ctrl+r") },
		"mistake": func(d *driver) { d.typedSQL("SELECT\n  nam FROM x").press("ctrl+g", "ctrl+r") },
		"help":    func(d *driver) { d.press("7", "?").typed("engine") },
	} {
		for _, size := range []image.Point{small, wide} {
			t.Run(fmt.Sprintf("%s_%dx%d", name, size.X, size.Y), func(t *testing.T) {
				t.Parallel()
				d := liveQuery(t, size, tuitest.NewClusterEngine())
				keys(d)
				d.expect("LIVE")
				golden.RequireEqual(t, []byte(d.screen()))
			})
		}
	}
}

func TestLiveQuery_swapsTheEngineAndKeepsTheText(t *testing.T) {
	t.Parallel()
	files, live := tuitest.NewEngine(), tuitest.NewClusterEngine()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, engine: files, cluster: cluster(), clusterEngine: live})
	const name = "Access Monitoring of teleport.example.com, last 7 days"
	d.typedSQL(ofCluster).expect("asks this case", "ctrl+g asks the cluster")
	d.press("ctrl+g").expect("asks "+name, "ctrl+g asks the case", "FROM session_data").press("ctrl+r")
	if len(files.Asked) != 0 || len(live.Asked) != 1 || live.Asked[0] != ofCluster {
		t.Fatalf("asked the case %q, the cluster %q", files.Asked, live.Asked)
	}
	d.expect("2 rows", name, "the cluster's own log", "2026-10-06 22:03:33.374")
	// The views are those of the one that is asked.
	d.press("i", "ctrl+end").typed(" JOIN session").expect("tab session_data")
	d.press("ctrl+g").typed("_").expect("tab session_start").press("ctrl+u", "esc")
	// The answer stays with the name of the one that gave it.
	d.expect("asks this case", "2 rows", name, "of the query before it was changed")
	d.press("A").expect("Privileged Access Report")
	if len(live.Asked) != 1 {
		t.Errorf("the report asked the cluster: %q", live.Asked[1:])
	}
	d.press("ctrl+g").expect("asks " + name).press("A").expect("The report is made from the case")
}

// The trail leads back to the engine that was asked, not to its text alone.
func TestLiveQuery_theTrailKeepsTheEngine(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	live := tuitest.NewClusterEngine()
	d := drive(t, setup{palette: "mono", size: wide, identity: tuitest.Dana, evidence: evidence, cluster: cluster(), clusterEngine: live})
	d.press("7", "2", "7").expect("asks this case")
	d.typedSQL(ofCluster).press("ctrl+g", "ctrl+r", "G", "l", "l", "l", "l", "p").expect("[1 Overview]", "omar@example.com")
	d.press("7").expect("asks Access Monitoring").press("ctrl+g").expect("asks this case")
	d.press("backspace", "backspace").expect("[7 Query]", "asks Access Monitoring of teleport.example.com")
	if len(live.Asked) != 1 {
		t.Errorf("asked again on the way back: %q", live.Asked)
	}
	d.press("shift+backspace", "shift+backspace").expect("[7 Query]", "asks this case")
}

// All values of a cluster are texts: they lead on like those of the case.
func TestLiveQuery_textsArePivotedLockedAndExported(t *testing.T) {
	t.Parallel()
	evidence, err := tuitest.NewIncident()
	if err != nil {
		t.Fatal(err)
	}
	written := map[string]string{}
	d := drive(t, setup{
		palette: "mono", size: wide, identity: tuitest.Dana, evidence: evidence, cluster: cluster(), clusterEngine: tuitest.NewClusterEngine(),
		export: func(name string, content []byte) (string, error) {
			written[name] = string(content)
			return "/evidence/" + name, nil
		},
	})
	d.typedSQL(ofCluster).press("ctrl+g", "ctrl+r", "G", "l", "l", "l", "l").expect("locks user omar@example.com␛[2J 24h")
	d.press("g", "ctrl+t").expect("T0 is now 2026-10-06 22:03:33 UTC")
	d.press("h", "h", "p").expect("7f1c0000-0000-4000-8000-000000000001", "[1 Overview]").press("backspace")
	d.press("e", "ctrl+u").typed("x.json").press("enter").expect("Written: /evidence/x.json")
	var rows []map[string]any
	if err := json.Unmarshal([]byte(written["x.json"]), &rows); err != nil || len(rows) != 2 || rows[1]["rows"] != "14" {
		t.Errorf("%v, %v", rows, err)
	}
	entries, err := evidence.Journal(t.Context())
	if want := "cordon query --engine teleport --proxy proxy.example.com:443 --format csv "; err != nil || len(entries) == 0 || !strings.HasPrefix(entries[len(entries)-1].Command, want) {
		t.Errorf("%+v, %v", entries, err)
	}
}

func TestLiveQuery_saysWhatTheClusterRefuses(t *testing.T) {
	t.Parallel()
	for _, err := range []error{
		errors.New("ask the cluster: this identity may not (needs audit_query: use)"),
		&queries.Error{Text: "ask the cluster: this cluster's version or edition does not offer it", Hint: "Access Monitoring is off here"},
	} {
		engine := tuitest.NewClusterEngine()
		engine.Refuses = err
		d := liveQuery(t, wide, engine)
		want := []string{err.Error(), "asks Access Monitoring of teleport.example.com"}
		d.press("7", "ctrl+g").expect(want...)
		d.press("i").typed("SELECT 1").press("ctrl+r").expect(want...)
		d.press("ctrl+g", "ctrl+r").expect("No rows", "this case")
	}
}

func TestLiveQuery_aSwapCancelsTheQueryThatRuns(t *testing.T) {
	t.Parallel()
	engine := tuitest.NewClusterEngine()
	engine.Wait = make(chan struct{})
	d := liveQuery(t, wide, engine)
	d.typedSQL(ofCluster).press("ctrl+g")
	_, cmd := d.app.Update(keyOf("ctrl+r"))
	done := make(chan tea.Msg)
	all := flatten(cmd)
	for _, c := range all {
		go func() { done <- c() }()
	}
	_, swap := d.app.Update(keyOf("ctrl+g"))
	for range all {
		d.send(<-done) // the query ends, for nobody lets it go on
	}
	d.run(swap)
	d.expect("Cancelled: the query was not answered", "asks this case", "No query has been run yet")
}

func TestQuery_filesHaveNoSecondEngine(t *testing.T) {
	t.Parallel()
	d := drive(t, setup{palette: "mono", size: small, identity: tuitest.Dana})
	d.press("7", "ctrl+g").expect("This is no live cluster").press("i", "ctrl+g").expect("This is no live cluster")
}
