package findings

import (
	"errors"
	"fmt"
	"image"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/posture"
	"cordon/investigations/rules"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

func TestPage_golden(t *testing.T) {
	t.Parallel()
	for name, keys := range map[string][]action.ID{
		"detections": {action.MoveDown}, "whole": {action.WholeCase}, "posture": {action.NextPane, action.MoveDown}, "gaps": {action.NextPane, action.NextPane},
	} {
		// What terminals of 60x20, 80x24, 120x40 and 200x60 leave.
		for _, size := range []image.Point{{X: 60, Y: 14}, {X: 80, Y: 18}, {X: 81, Y: 35}, {X: 134, Y: 55}} {
			for _, ascii := range []bool{false, true} {
				t.Run(fmt.Sprintf("%s_%dx%d_ascii_%v", name, size.X, size.Y, ascii), func(t *testing.T) {
					t.Parallel()
					d := open(t, setup{theme: "mono", ascii: ascii, size: size, of: tuitest.Dana})
					d.posture = checked
					d.fill()
					d.do(keys...)
					screen := d.screen(size.Y > 18)
					if ascii && strings.Trim(screen, "\n !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz{|}~") != "" {
						t.Errorf("not ASCII:\n%s", screen)
					}
					golden.RequireEqual(t, screen)
				})
			}
		}
	}
}

// checked is what a posture can look like.
var checked = &posture.Report{Checks: []posture.Result{
	{ID: "login.mfa", Title: "second factor at log-in", Question: "Does a stolen password alone let one in?", Verdict: posture.Good, Says: "all 65 log-ins named one", Cannot: "What the identity provider asks."},
	{
		ID: "session.mfa", Title: "second factor at each session", Question: "Does a stolen certificate alone open a session?", Verdict: posture.Weak, Says: "207 of 421 sessions named none",
		Shows:  []posture.Fact{{What: "SSH sessions without one", Weak: true, N: 207, Who: []posture.Share{{Name: "dana@example.com", N: 200}, {Name: "eve@example.com", N: 7}}, MoreWho: 3}},
		Cannot: "Whether a role demands it.", Warning: "Whoever has none is locked out.", YAML: "kind: cluster_auth_preference\nspec:\n  require_session_mfa: true\n",
	},
	{ID: "locks", Title: "locks hold where the network is cut", Question: "?", Verdict: posture.Unknown, Says: "the log does not tell"},
}}

// hostile is a log whose every text tries something on the terminal.
const hostile = `{"event":"exec","time":"2026-10-06T22:03:36Z","uid":"x\u001b[2J","user":"eve\u001b]0;owned\u0007\u202e","login":"root\r\n","command":"cat /etc/shadow # \u001b[31m\u0000\u009b2J","sid":"\u001b[8m","server_id":"h\u001b[1m","server_hostname":"\u001b(0web","addr.remote":"203.0.113.66:1"}
{"event":"user.create","time":"2026-10-06T22:03:37Z","uid":"y","user":"eve\u001b]0;owned\u0007\u202e","name":"\u001b[41mnew","roles":["\u001b[5m"]}
`

func TestPage_evidenceDoesNotDriveTheTerminal(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "dark", size: image.Pt(100, 30), log: hostile})
	d.toRule("command.credentials")
	d.do(action.Open, action.Note, action.ProofEvents, action.Dismiss)
	var texts []string
	for _, w := range d.wishes {
		switch w := w.(type) {
		case pane.Say:
			texts = append(texts, w.Text)
		case pane.Open:
			scr := uv.NewScreenBuffer(100, 30)
			w.Dialog.Draw(draw.On(scr, d.env.Styles), scr.Bounds())
			texts = append(texts, scr.Render())
		}
	}
	for _, text := range append(texts, d.screen(true), d.Hint()) {
		for _, bad := range []string{"\x1b]", "\x1b[2J", "\x1b[8m", "\x07", "\x00", "\u009b", "\u202e", "\x1b(0"} {
			if strings.Contains(text, bad) {
				t.Errorf("%q reaches the terminal:\n%q", bad, text)
			}
		}
	}
	if len(texts) < 3 {
		t.Errorf("%d texts were looked at", len(texts))
	}
}

func TestPage_identityNarrowsTheRowsAndTheRestIsCounted(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30), of: tuitest.Dana})
	all := len(d.got.result.Findings)
	mine := len(d.parts[partDetections].rows)
	if mine == 0 || mine >= all || d.hidden.others != all-mine {
		t.Fatalf("%d of %d rows, %d of others", mine, all, d.hidden.others)
	}
	for _, r := range d.parts[partDetections].rows {
		if !r.finding.Involves(tuitest.Dana) {
			t.Errorf("%s does not concern her", r.finding.Why)
		}
	}
	if d.do(action.WholeCase); len(d.parts[partDetections].rows) != all {
		t.Error("the whole case is not shown")
	}
}

func TestPage_wordsNarrowTheRows(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30)})
	d.do(action.Find)
	d.answer(dialog.Submitted{Text: " HIGH shadow "})
	for _, r := range d.parts[partDetections].rows {
		if r.finding.Severity != rules.High || !strings.Contains(r.finding.Why, "shadow") {
			t.Errorf("%s %s", r.finding.Severity, r.finding.Why)
		}
	}
	if n := len(d.parts[partDetections].rows); n == 0 || d.hidden.words == 0 || !strings.Contains(d.screen(false), "with HIGH shadow") {
		t.Errorf("%d rows, %d left out:\n%s", n, d.hidden.words, d.screen(false))
	}
	d.do(action.Find)
	d.answer(dialog.Submitted{})
	if d.hidden.words != 0 {
		t.Error("no words still leave rows out")
	}
}

func TestPage_dismissedIsHiddenCountedAndTakenBack(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30), of: tuitest.Dana})
	before := len(d.parts[partDetections].rows)
	f := d.toRule("session.root")
	at := slices.IndexFunc(d.parts[partDetections].rows, func(r row) bool { return r.finding == f })
	after := d.parts[partDetections].rows[at+1].key
	d.do(action.Dismiss)
	d.answer(dialog.Closed{})
	if entries, _ := d.evidence.Journal(t.Context()); len(entries) != 0 {
		t.Error("a dialog that was left decides")
	}
	d.do(action.Dismiss)
	d.answer(dialog.Submitted{Text: "drill"})
	entries, err := d.evidence.Journal(t.Context())
	if err != nil || len(entries) != 1 || entries[0].Action != journal.ActionDismiss || entries[0].Note != "drill" {
		t.Fatalf("%+v, %v", entries, err)
	}
	if n := len(d.parts[partDetections].rows); n != before-1 || !strings.Contains(d.screen(false), "1 dismissed (X)") {
		t.Errorf("%d rows:\n%s", n, d.screen(false))
	}
	if next, _ := d.parts[partDetections].grid.Selected(); next != after {
		t.Errorf("%s is selected, not the finding that came after", next)
	}
	if tally, ok := d.env.Detections.Of(tuitest.Dana); !ok || sum(tally) != before-1 {
		t.Errorf("other pages are told %v", tally)
	}
	d.do(action.ShowDismissed)
	if got := d.toRule("session.root"); got != f || !strings.Contains(d.screen(true), "dismissed by nobody") {
		t.Errorf("not shown with its reason:\n%s", d.screen(true))
	}
	d.do(action.Dismiss, action.ShowDismissed)
	if len(d.parts[partDetections].rows) != before {
		t.Error("not taken back")
	}
	d.evidence.Fail = errors.New("disk\x1b full")
	d.do(action.Dismiss)
	d.answer(dialog.Submitted{Text: "again"})
	if d.said() != "The decision was not kept: disk␛ full" {
		t.Errorf("said %q", d.said())
	}
}

func sum(t pane.Tally) (n int) {
	for _, of := range t {
		n += of
	}
	return n
}

func TestPage_goesToTheEventsThatProveIt(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30), of: tuitest.Dana})
	d.toRule("session.root")
	d.do(action.Open) // no column beside the rows: the detail
	if _, ok := d.wishes[len(d.wishes)-1].(pane.Open); !ok {
		t.Errorf("wished for %T", d.wishes[len(d.wishes)-1])
	}
	d.SideShown(true)
	for _, id := range []action.ID{action.Open, action.ProofEvents} {
		d.wishes = nil
		d.do(id)
		to, ok := d.wishes[0].(pane.Go)
		if !ok || to.Page != pane.PageEvents || to.Subject.Filter != "uid:00000000-0000-4000-8000-000000000013" {
			t.Errorf("%s wished for %+v", id, d.wishes)
		}
	}
}

func TestPage_starsTheEventsOfAFinding(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30), of: tuitest.Dana})
	f := d.toRule("request.self-approved")
	d.do(action.Star)
	stars, err := d.evidence.Stars(t.Context())
	if err != nil || len(stars) != len(f.Events) || !d.starredAll(f) {
		t.Errorf("%v, %v", stars, err)
	}
	if d.do(action.Star); d.starredAll(f) {
		t.Error("the stars stay")
	}
}

func TestPage_locksWhoHadAHandAndNeverARole(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30)})
	for _, r := range d.parts[partDetections].rows {
		targets, err := d.LockTargets()
		for _, target := range targets {
			if k := target.Entity().Kind; k == investigations.KindRole || k == investigations.KindOSLogin {
				t.Errorf("%s locks %v", r.finding.Why, target)
			}
		}
		if f := d.finding(); len(f.Who) > 0 && (err != nil || len(targets) == 0 || targets[0].Entity() != f.Who[0]) {
			t.Errorf("%s: %v, %v", f.Why, targets, err)
		}
		d.do(action.MoveDown)
	}
}

func TestPage_goesBackToItsPlace(t *testing.T) {
	t.Parallel()
	s := setup{theme: "mono", size: image.Pt(100, 30), of: tuitest.Dana}
	d := open(t, s).do(action.WholeCase)
	d.toRule("session.root")
	kept := d.Keep()
	other := New(d.env)
	other.Resize(s.size)
	cmd := other.Show(pane.Subject{Entity: tuitest.Dana})
	other.Restore(kept)
	if other.Keep() != kept {
		t.Error("forgets the place before there are rows")
	}
	again := &desk{Pane: other, t: t, evidence: d.evidence}
	again.run(cmd)
	if got := again.Keep(); got != kept || !again.whole || again.finding().Rule != "session.root" {
		t.Errorf("at %s, not %s", got, kept)
	}
	for _, bad := range []string{"", "x", `{"part":99}`, `{"part":-1,"row":"no"}`} {
		again.Restore(bad)
		again.screen(true)
	}
}

func TestPage_escStopsTheRulesAndEnterStartsThemAgain(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30)})
	d.got = nil
	cmd := d.look()
	if !strings.Contains(d.screen(false), "Esc stops them") || d.env.Work.CancelLoud() != 1 {
		t.Errorf("not stopped:\n%s", d.screen(false))
	}
	d.run(cmd)
	if d.got != nil || !strings.Contains(d.screen(false), "stopped with esc. Enter starts again.") {
		t.Errorf("after esc:\n%s", d.screen(false))
	}
	if d.do(action.Open); d.got == nil {
		t.Error("enter does not start them again")
	}
}

func TestPage_runsTheRulesAgainWhenEvidenceWasAdded(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30)})
	was := d.got
	if d.run(d.Refresh()); d.got != was {
		t.Error("the rules ran again for nothing")
	}
	d.got.events--
	if d.run(d.Refresh()); d.got == was {
		t.Error("the rules did not run again")
	}
}

func TestPage_aBrokenRuleIsToldAndTheOthersRun(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "bad.yaml"), []byte("id: [\x1b"), 0o600); err != nil {
		t.Fatal(err)
	}
	d := open(t, setup{theme: "mono", size: image.Pt(160, 30), rules: func() ([]*rules.Rule, []error) { return rules.Load(dir) }})
	if len(d.parts[partDetections].rows) == 0 || !strings.HasPrefix(d.said(), "1 rule of yours left out") {
		t.Errorf("%d rows, said %q", len(d.parts[partDetections].rows), d.said())
	}
	d.do(action.PrevPane)
	if screen := d.screen(false); !strings.Contains(screen, "rule left out") || !strings.Contains(screen, "bad.yaml:1:") {
		t.Errorf("the gaps do not say it:\n%s", screen)
	}
}

// The holes in the evidence are as many here as the header of the console says;
// the rules' own blind spots stand below them and are counted apart.
func TestPage_countsTheGapsAsTheHeaderDoes(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(160, 30)})
	coverage, err := d.env.Evidence.Coverage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprintf(" gaps %d + 1 of rules\n", len(coverage.Gaps))
	if len(coverage.Gaps) == 0 || !strings.Contains(d.screen(false), want) {
		t.Errorf("%q is not told:\n%s", want, d.screen(false))
	}
	d.got.result.Blind = nil
	d.fill()
	if want := fmt.Sprintf(" gaps %d\n", len(coverage.Gaps)); !strings.Contains(d.screen(false), want) {
		t.Errorf("%q is not told:\n%s", want, d.screen(false))
	}
}

// The checks are read when their part is opened; y copies what mends one.
func TestPage_readsThePostureWhenItIsAskedFor(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30), of: tuitest.Dana})
	if d.posture != nil {
		t.Error("read without being asked for")
	}
	d.do(action.NextPane)
	if d.posture == nil || len(d.parts[partPosture].rows) != len(posture.IDs()) {
		t.Fatalf("not read:\n%s", d.screen(false))
	}
	if yaml := d.posture.Checks[0].YAML; d.Selected().Text != yaml || yaml == "" {
		t.Errorf("y copies %q", d.Selected().Text)
	}
	d.posture = nil
	cmd := d.lookPosture()
	if d.env.Work.CancelLoud() != 1 {
		t.Error("esc does not stop it")
	}
	if d.run(cmd); !strings.Contains(d.screen(false), "Enter starts again") {
		t.Errorf("after esc:\n%s", d.screen(false))
	}
	if d.do(action.Open); d.posture == nil {
		t.Error("enter does not start it again")
	}
}

// A live cluster is asked how it is set; what it does not tell is left to the
// evidence, and said.
func TestPage_postureGoesByHowALiveClusterIsSet(t *testing.T) {
	t.Parallel()
	set := &posture.Config{AuthPreference: &posture.AuthPreference{SecondFactor: "off", LockingMode: "strict", DeviceTrust: "off"}}
	verdict := func(d *desk, id string) posture.Verdict {
		i := slices.IndexFunc(d.posture.Checks, func(r posture.Result) bool { return r.ID == id })
		return d.posture.Checks[i].Verdict
	}
	const id = "locking_mode"
	for name, test := range map[string]struct {
		live *tuitest.Cluster
		fail error
		want posture.Verdict
		says string
	}{
		"files":   {nil, nil, posture.Unknown, "Events show the past, not what is set now."},
		"live":    {&tuitest.Cluster{Config: set}, nil, posture.Good, "by how the cluster is set now"},
		"partly":  {&tuitest.Cluster{Config: set, Unread: []string{"read the roles\x1b[2J: this identity may not", "read the users: no"}}, nil, posture.Good, "Left to the evidence: read the roles␛[2J: this identity may not, and 1 more"},
		"nothing": {&tuitest.Cluster{Config: set}, errors.New("read the settings: the connection was lost"), posture.Unknown, "Left to the evidence: read the settings: the connection was lost"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if test.live != nil {
				test.live.Fails(test.fail)
			}
			d := open(t, setup{theme: "mono", size: image.Pt(200, 55), of: tuitest.Dana, live: test.live})
			d.do(action.NextPane)
			if d.posture == nil {
				t.Fatalf("not read:\n%s", d.screen(true))
			}
			if got := verdict(d, id); got != test.want {
				t.Errorf("%s is %s", id, got)
			}
			if screen := d.screen(true); !strings.Contains(screen, test.says) {
				t.Errorf("it does not say %q:\n%s", test.says, screen)
			}
			if test.fail == nil {
				return
			}
			// The way to the cluster is there again: whoever comes back sees it.
			test.live.Fails(nil)
			if d.do(action.NextPane, action.PrevPane); verdict(d, id) != posture.Good {
				t.Error("the cluster is not asked again")
			}
		})
	}
}

// robots is a log in which a bot and a person do what rules find.
const robots = `{"event":"bot.join","time":"2026-10-06T22:00:00Z","uid":"a","bot_name":"ci","success":true,"user_name":"bot-ci","addr.remote":"203.0.113.5:1"}
{"event":"session.start","time":"2026-10-06T22:01:00Z","uid":"b","user":"bot-ci","user_kind":2,"login":"root","sid":"s","server_hostname":"web","proto":"ssh","addr.remote":"203.0.113.5:2"}
{"event":"kube.request","time":"2026-10-06T22:02:00Z","uid":"c","user":"bot-ci","user_kind":2,"kubernetes_cluster":"k","verb":"GET","addr.remote":"203.0.113.5:3"}
{"event":"kube.request","time":"2026-10-06T22:02:00Z","uid":"d","user":"eve@example.com","user_kind":1,"kubernetes_cluster":"k","verb":"GET","addr.remote":"203.0.113.66:3"}
`

// What machines did alone is left aside by the key for all pages, but never what
// is grave.
func TestPage_leavesMachinesAsideButNothingGrave(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30), log: robots})
	if !d.got.book.Machine(investigations.Entity{Kind: investigations.KindUser, Name: "bot-ci"}) {
		t.Fatal("nothing shows that the bot is one")
	}
	all := len(d.parts[partDetections].rows)
	d.env.Machines.Leave(true)
	d.run(d.Sift())
	var left []string
	for _, r := range d.parts[partDetections].rows {
		left = append(left, r.finding.Rule+" "+r.finding.About.Name)
	}
	if want := []string{"session.root bot-ci", "kube.weak eve@example.com"}; !slices.Equal(left, want) || d.hidden.machines != all-len(want) {
		t.Errorf("%q are left, %d of %d are not", left, d.hidden.machines, all)
	}
}

// A key is answered at once however much the rules found: the gravest findings
// are listed, and how many are not.
func TestPage_listsTheGravestOfVeryMany(t *testing.T) {
	t.Parallel()
	d := open(t, setup{theme: "mono", size: image.Pt(100, 30)})
	one := d.got.result.Findings[0]
	d.got.result.Findings, d.got.searched = nil, nil
	for i := range maxRows + 7 {
		f := *one
		f.ID = fmt.Sprint(i)
		d.got.result.Findings, d.got.searched = append(d.got.result.Findings, &f), append(d.got.searched, searchedIn(&f))
	}
	d.fill()
	if n := len(d.parts[partDetections].rows); n != maxRows || !strings.Contains(d.screen(false), "7 more, lighter ones") {
		t.Errorf("%d rows:\n%s", n, d.screen(false))
	}
}
