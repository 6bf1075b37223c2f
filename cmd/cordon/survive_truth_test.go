package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"cordon/testdata/demo"
)

// leftInDemo is what the thief of the bundled incident can still use when its
// log ends, by testdata/demo/truth.yaml: what was made, who is in wrong hands,
// which sessions have no end. The membership of svc-metrics was taken back, the
// other sessions ended, and the decoys are nobody's.
var leftInDemo = []string{
	"app_session dana@example.com", "certificate dana@example.com", "certificate omar@example.com", "certificate svc-backup", "certificate svc-metrics",
	"host web-7", "identity dana@example.com", "mfa_device otp", "mfa_device phone-2",
	"request 5f0c2b1e-8d47-4c3a-9b66-1e2d7a90c4f1", "request a3e96d08-2f51-4b7c-8c19-70d4b5e2f6a8", "role diag-read",
	"session c4605d1b-7e98-42fa-9f13-0ab8d26e5c77", "session e9a8370f-5b2c-4d61-86ce-f41d79b3028a",
	"token ************************7c1d09ef", "user svc-metrics",
}

func TestSurvive_listsWhatTheIncidentLeft(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, demo.FS); err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if code, errs := runHere(t, &out, "survive", "--json", "--at", "2026-11-20T23:10", "--hostile", "address:203.0.113.66",
		demo.Compromised, filepath.Join(dir, "audit")); code != exitDone {
		t.Fatal(errs)
	}
	var answer struct {
		Survives []struct {
			Kind, Label, Status, Command, Event string
			Entity                              struct{ Kind, Name string }
		}
	}
	if err := json.Unmarshal(out.Bytes(), &answer); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, i := range answer.Survives {
		name := i.Entity.Name
		if i.Label != "" && i.Kind != "session" {
			name = i.Label
		}
		if i.Command == "" {
			t.Errorf("%s %s has no command", i.Kind, name)
		}
		got = append(got, i.Kind+" "+name)
		if i.Status == "proved" && !slices.Contains(leftInDemo, i.Kind+" "+name) {
			t.Errorf("%s %s is said to be the thief's", i.Kind, name)
		}
	}
	for _, want := range leftInDemo {
		if !slices.Contains(got, want) {
			t.Errorf("%s is missing from %q", want, got)
		}
	}
	for _, not := range []string{
		"member svc-metrics", "member_removed svc-metrics", "certificate bob@example.com", "certificate bot-ci",
		"session 3d1f6a52-90b7-4e0c-a8d4-52c1e7f09b13", "session 8b27e4c9-16fd-4a35-b0e2-c94d83a7615e",
	} {
		if slices.Contains(got, not) {
			t.Errorf("%s does not survive", not)
		}
	}
}
