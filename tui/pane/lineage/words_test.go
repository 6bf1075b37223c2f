package lineage

import (
	"testing"

	"cordon/investigations"
	"cordon/investigations/lineage"
)

func TestWords_leaveOutWhatTheTreeShows(t *testing.T) {
	t.Parallel()
	const id = "7f1c0000-0000-4000-8000-000000000001"
	for _, tt := range []struct {
		parent, child investigations.Entity
		label, reason string
		want          string
	}{
		{user("ann"), user("relay"), "", "ann created the user relay", "created the user relay"},
		{user("ann"), investigations.Entity{Kind: investigations.KindSession, Name: id}, "root@web-1", "ann started the session " + id + " (root@web-1); ann also has an owner", "started the session 7f1c0000 (root@web-1)"},
		{investigations.Entity{Kind: investigations.KindRequest, Name: id}, user("bob"), "", "the session x was started with the access request " + id + " (prod-root)", "the session x was started with it"},
		{investigations.Entity{Kind: investigations.KindToken, Name: "******************9ef"}, investigations.Entity{Kind: investigations.KindHost, Name: "h"}, "web-7", "the host h joined with the token ******************9ef", "the host h joined with it (web-7)"},
		{user("ann"), investigations.Entity{Kind: investigations.KindToken, Name: "******************9ef"}, "", "ann made the join token ******************9ef", "made the join token ***9ef"},
		{user("ann"), user("bob"), "", "bob also came from an address of the hands of ann", "bob also came from an address of the hands of ann"},
		{user("a"), user("the b"), "", "odd the a thing", "odd the a thing"},
		{user("ann"), user("x\x1b[2J"), "", "ann created the user x\x1b[2J", "created the user x␛[2J"},
		{user("ann"), user("relay"), "", "", ""},
	} {
		e := lineage.Edge{Entity: tt.child, Label: tt.label, Parent: tt.parent, Reason: tt.reason}
		if got := words(&e); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func user(name string) investigations.Entity {
	return investigations.Entity{Kind: investigations.KindUser, Name: name}
}
