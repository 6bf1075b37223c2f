package overview

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// crowd is a log in which the machines are busiest, one person decided on a
// request of their own, one is locked, one failed to log in, and one did nothing
// of note.
const crowd = `
{"event":"role.created","time":"2026-10-05T08:00:00Z","uid":"c01","user":"bcfac1ed-99aa-4c3f-a43f-ae4c2257c551.teleport.example.com","name":"ops"}
{"event":"role.created","time":"2026-10-05T08:00:01Z","uid":"c02","user":"bcfac1ed-99aa-4c3f-a43f-ae4c2257c551.teleport.example.com","name":"dev"}
{"event":"role.created","time":"2026-10-05T08:00:02Z","uid":"c03","user":"bcfac1ed-99aa-4c3f-a43f-ae4c2257c551.teleport.example.com","name":"dba"}
{"event":"user.login","code":"T1000I","time":"2026-10-05T08:01:00Z","uid":"c04","user":"plain@example.com","success":true}
{"event":"user.login","code":"T1000I","time":"2026-10-05T08:01:30Z","uid":"c05","user":"plain@example.com","success":true}
{"event":"user.login","code":"T1000W","time":"2026-10-05T08:02:00Z","uid":"c06","user":"typo@example.com","success":false}
{"event":"user.login","code":"T1000I","time":"2026-10-05T08:03:00Z","uid":"c07","user":"held@example.com","success":true}
{"event":"lock.created","time":"2026-10-05T08:04:00Z","uid":"c08","user":"plain@example.com","name":"l-1","target":{"user":"held@example.com"}}
{"event":"user.login","code":"T1000I","time":"2026-10-05T08:05:00Z","uid":"c09","user":"self@example.com","success":true}
{"event":"access_request.create","time":"2026-10-05T08:06:00Z","uid":"c10","id":"7f1c0000-0000-4000-8000-000000000001","user":"self@example.com","roles":["ops"],"state":"PENDING"}
{"event":"access_request.review","time":"2026-10-05T08:07:00Z","uid":"c11","id":"7f1c0000-0000-4000-8000-000000000001","reviewer":"self@example.com","state":"APPROVED"}
{"event":"access_request.create","time":"2026-10-05T08:08:00Z","uid":"c12","id":"7f1c0000-0000-4000-8000-000000000002","user":"held@example.com","roles":["ops"],"state":"PENDING"}
{"event":"access_request.review","time":"2026-10-05T08:09:00Z","uid":"c13","id":"7f1c0000-0000-4000-8000-000000000002","reviewer":"plain@example.com","state":"APPROVED"}
{"event":"exec","time":"2026-10-05T08:10:00Z","uid":"c14","user":"runner","command":"true"}
{"event":"cert.create","time":"2026-10-05T08:11:00Z","uid":"c15","identity":{"user":"bot-deploy","bot_name":"deploy"}}
`

func rosterOf(t *testing.T, log string) *roster {
	t.Helper()
	c, err := tuitest.New(log)
	if err != nil {
		t.Fatal(err)
	}
	r, err := readRoster(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestReadRoster_putsWhomToLookAtFirstOnTop(t *testing.T) {
	t.Parallel()
	var got []string
	for _, k := range rosterOf(t, crowd).identities {
		got = append(got, k.entity.Name)
	}
	want := []string{
		"self@example.com", "held@example.com", "typo@example.com", "plain@example.com", "runner",
		"bcfac1ed-99aa-4c3f-a43f-ae4c2257c551.teleport.example.com", "bot-deploy",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestReadRoster_doesNotTakeAReviewOfAnothersRequestForOnesOwn(t *testing.T) {
	t.Parallel()
	for _, k := range rosterOf(t, crowd).identities {
		if k.selfApproved != (k.entity.Name == "self@example.com") {
			t.Errorf("%s: self-approved %v", k.entity.Name, k.selfApproved)
		}
	}
}

// still is a clock without a T0.
type still struct{}

func (still) Time(t time.Time) string  { return t.UTC().Format("15:04:05") }
func (still) Short(t time.Time) string { return t.UTC().Format("15:04:05") }
func (still) Zone() string             { return "UTC" }
func (still) T0() time.Time            { return time.Time{} }

func TestRoster_neverChoosesAMachine(t *testing.T) {
	t.Parallel()
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for log, want := range map[string]string{
		crowd: "self@example.com",
		`{"event":"role.created","time":"2026-10-05T08:00:00Z","uid":"c01","user":"bcfac1ed-99aa-4c3f-a43f-ae4c2257c551.teleport.example.com","name":"ops"}`: "",
	} {
		c, err := tuitest.New(log)
		if err != nil {
			t.Fatal(err)
		}
		p := New(pane.Env{Evidence: c, Clock: still{}, Styles: styles, Work: pane.NewWork(), Out: &pane.Outbox{}})
		p.size.X, p.size.Y = 80, 24
		p.roster = rosterOf(t, log)
		p.build()
		if got := p.Selected().Entity; got.Name != want || want == "" && !got.IsZero() {
			t.Errorf("selected %v, want %q", got, want)
		}
		p.move(1)
		if p.current() == nil {
			t.Error("no row can be selected by hand")
		}
	}
}

func TestRoster_leavesMachinesOutAndSaysHowMany(t *testing.T) {
	t.Parallel()
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	p := New(pane.Env{Clock: still{}, Machines: &pane.Machines{}, Styles: styles, Work: pane.NewWork(), Out: &pane.Outbox{}})
	p.size.X, p.size.Y = 80, 24
	p.roster = rosterOf(t, crowd)
	p.build()
	all := len(p.rows)
	p.env.Machines.Leave(true)
	p.Sift()
	if len(p.rows) >= all {
		t.Errorf("%d rows, before %d", len(p.rows), all)
	}
	said := false
	for _, r := range p.rows {
		said = said || strings.Contains(r.rest.String(), "left out: M brings them back")
		if strings.HasPrefix(r.name, "bcfac1ed") {
			t.Errorf("%s is still listed", r.name)
		}
	}
	if !said {
		t.Error("nothing is said of the machines left out")
	}
}
