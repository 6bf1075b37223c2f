package store

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cordon/investigations"
	"cordon/investigations/hands"
)

// onlyLines is a case of which hands know the lines alone.
type onlyLines struct{ hands.Lines }

// TestEachTell_givesWhatTheLinesSay reads the hands of made-up identities by
// column and by line, odd values among them.
func TestEachTell_givesWhatTheLinesSay(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(7, 11))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var b strings.Builder
	for i := range 3000 {
		at := time.Date(2026, 10, 5, 8, 0, i, 0, time.UTC).Format(time.RFC3339)
		agent := pick(`,"user_agent":"tsh/17"`, `,"user_agent":"curl/8 \"x\" ü"`, `,"user_agent":""`, "")
		switch user := pick("ann", "ben"); r.IntN(3) {
		case 0:
			fmt.Fprintf(&b, `{"event":"user.login","uid":"l%d","time":%q,"user":%q,"success":true,"addr.remote":"192.0.2.%d:1"%s}`+"\n", i, at, user, r.IntN(3), agent)
		case 1:
			end := pick(`,"expires":"2026-10-05T22:00:00.7Z"`, `,"expires":"2026-10-05T22:00:00.001Z"`, `,"expires":"2026-10-06T01:00:07.123456789Z"`, `,"expires":"0001-01-01T00:00:00Z"`, "")
			from := pick(`,"prev_identity_expires":"0001-01-01T00:00:00Z"`, `,"prev_identity_expires":"2026-10-06T01:00:07Z"`, "")
			fmt.Fprintf(&b, `{"event":"cert.create","uid":"c%d","time":%q,"identity":{"user":%q%s%s}%s}`+"\n", i, at, user, end, from, agent)
		default:
			fmt.Fprintf(&b, `{"event":"session.start","uid":"s%d","time":%q,"user":%q,"sid":"s%d"}`+"\n", i, at, user, i)
		}
	}
	c, _ := build(t, write(t, t.TempDir(), "audit.log", []byte(b.String())))
	for _, name := range []string{"ann", "ben"} {
		who := investigations.Entity{Kind: investigations.KindUser, Name: name}
		byLine, err := hands.Read(t.Context(), c, onlyLines{c}, who, hands.Options{})
		if err != nil {
			t.Fatal(err)
		}
		byColumn, err := hands.Read(t.Context(), c, c, who, hands.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(byLine.Groups) < 8 {
			t.Errorf("%s has %d groups: the log tells too little", name, len(byLine.Groups))
		}
		hidden := cmpopts.IgnoreUnexported(hands.Group{}, hands.Link{})
		if diff := cmp.Diff(byLine, byColumn, hidden); diff != "" {
			t.Errorf("hands of %s (-lines +columns):\n%s", name, diff)
		}
	}
}
