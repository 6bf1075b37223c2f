package main

import (
	"path/filepath"
	"testing"

	"cordon/investigations"
	"cordon/investigations/survive"
	"cordon/store"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

// A case can hold the logs of a root cluster and of a leaf.
func TestStandsNow_doesNotAskOneClusterOfWhatIsAnothers(t *testing.T) {
	t.Parallel()
	const made = `"time":"2026-11-18T21:00:00Z","user":"mallory"`
	log := writeFile(t, "audit.log", `{"event":"user.create","uid":"1",`+made+`,"name":"here","cluster_name":"teleport.example.com"}
{"event":"user.create","uid":"2",`+made+`,"name":"there","cluster_name":"leaf.example.com"}
{"event":"user.create","uid":"3",`+made+`,"name":"both","cluster_name":"teleport.example.com"}
{"event":"user.create","uid":"4",`+made+`,"name":"both","cluster_name":"leaf.example.com"}
{"event":"scoped_token.create","uid":"5",`+made+`,"name":"scoped","cluster_name":"teleport.example.com"}
`)
	c, _, err := store.Build(t.Context(), filepath.Join(t.TempDir(), "inc.cordon"), []string{log}, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	server := clustertest.Start(t, clustertest.Options{Version: "18.2.0"})
	file := filepath.Join(t.TempDir(), "identity")
	server.WriteIdentity(file, clustertest.Identity{User: "ana@example.com"})
	cluster, err := teleport.Connect(t.Context(), teleport.Options{Addr: server.Addr, Identity: file})
	if err != nil {
		t.Fatal(err)
	}
	defer cluster.Close()
	things := []survive.Thing{
		{Entity: investigations.Entity{Kind: investigations.KindToken, Name: "scoped"}},
		{Entity: investigations.Entity{Kind: investigations.KindUser, Name: "there"}},
		{Entity: investigations.Entity{Kind: investigations.KindUser, Name: "here"}},
		{Entity: investigations.Entity{Kind: investigations.KindUser, Name: "both"}},
	}
	said, err := standsNow(t.Context(), c, cluster, things)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []survive.Standing{
		{Note: "cordon cannot ask for a token of a scope"},
		{Note: "the evidence has it on leaf.example.com, and this is teleport.example.com"},
		{State: survive.Gone},
		{Note: "it is not on teleport.example.com, and the evidence has it on leaf.example.com too"},
	} {
		if got := said[i]; got.Thing != things[i] || got.State != want.State || got.Note != want.Note {
			t.Errorf("of %v it says %+v, want %+v", things[i], got, want)
		}
	}
}
