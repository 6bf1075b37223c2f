package main

import (
	"io"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"cordon/store/teleport/clustertest"
)

func TestFollow_untilNowIsTheNowOfTheCluster(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	// Here it is noon.
	server.AddLines(`{"event":"user.login","code":"T1000I","uid":"1","time":"2026-03-01T15:00:00Z","user":"mallory","success":true}`)
	dir := t.TempDir()
	file := filepath.Join(dir, "identity")
	server.WriteIdentity(file, clustertest.Identity{
		User: "ana@example.com", From: time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC), Until: time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC),
	})
	code, errs := runHere(t, io.Discard, "follow", "--until-now", "--case", filepath.Join(dir, "inc.cordon"), "--proxy", server.Addr, "--identity", file)
	if code != exitDone || !strings.Contains(errs, "1 new event added") {
		t.Errorf("code %d: %s", code, errs)
	}
}
