package lineage

import (
	"testing"

	"cordon/investigations"
	"cordon/investigations/lineage"
	"cordon/tui/pane"
	"cordon/tui/tuitest"
)

// log is a user that was made and logged in, one that was made and is never seen
// again, a role that nobody holds, and a host on which somebody worked.
const log = `
{"event":"user.create","time":"2026-10-06T22:00:00Z","uid":"e1","user":"ann","name":"busy","roles":["ops"]}
{"event":"user.create","time":"2026-10-06T22:00:01Z","uid":"e2","user":"ann","name":"idle","roles":["ops"]}
{"event":"role.created","time":"2026-10-06T22:00:02Z","uid":"e3","user":"ann","name":"spare"}
{"event":"user.login","time":"2026-10-06T22:00:03Z","uid":"e4","user":"busy","success":true,"addr.remote":"203.0.113.66:1"}
{"event":"user.update","time":"2026-10-06T22:00:04Z","uid":"e5","user":"ann","name":"busy","roles":["ops"]}
`

func TestReadIdle_isWhatNothingShowsAtWorkSinceItWasMade(t *testing.T) {
	t.Parallel()
	c, err := tuitest.New(log)
	if err != nil {
		t.Fatal(err)
	}
	l, err := lineage.Follow(t.Context(), c, lineage.Question{Identity: user("ann"), Depth: 4})
	if err != nil {
		t.Fatal(err)
	}
	r := rest{idle: map[investigations.Entity]bool{}}
	if err := r.readIdle(t.Context(), pane.Env{Evidence: c}, &facts{Lineage: l}); err != nil {
		t.Fatal(err)
	}
	for e, want := range map[investigations.Entity]bool{
		user("busy"): false, user("idle"): true, {Kind: investigations.KindRole, Name: "spare"}: true,
	} {
		if r.idle[e] != want {
			t.Errorf("%s: idle %v, want %v", e, r.idle[e], want)
		}
	}
}
