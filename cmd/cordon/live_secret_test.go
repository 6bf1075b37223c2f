package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/types"

	"cordon/store"
	"cordon/store/teleport/clustertest"
)

// secretsOf are the lines of an identity file that only its owner may know, and
// the certificates beside the key.
func secretsOf(t *testing.T, path string) []string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for line := range strings.Lines(string(text)) {
		if line = strings.TrimSpace(line); len(line) >= 40 && !strings.HasPrefix(line, "-----") {
			out = append(out, line[:40])
		}
	}
	if len(out) < 5 {
		t.Fatalf("only %d lines of %s are secret", len(out), path)
	}
	return out
}

// No verb writes a key, a certificate, a token's name or a line of an identity
// file: not into the case or its journal, not on the screen, not in an error.
func TestLive_writesNoSecretAnywhere(t *testing.T) {
	t.Parallel()
	const tokenName = "swordfish-0123456789-swordfish"
	server := clustertest.Start(t, clustertest.Options{Version: "17.4.8", Enterprise: true})
	keys, dir := t.TempDir(), t.TempDir()
	good, ended, half := filepath.Join(keys, "good"), filepath.Join(keys, "ended"), filepath.Join(keys, "half")
	server.WriteIdentity(good, clustertest.Identity{User: "ana@example.com", Roles: []string{"editor"}})
	server.WriteIdentity(ended, clustertest.Identity{User: "ana@example.com", Until: time.Now().Add(-time.Minute)})
	whole, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(half, whole[:len(whole)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	secrets := append(append(secretsOf(t, good), secretsOf(t, ended)...), tokenName, tokenName[:20])
	token, err := types.NewProvisionToken(tokenName, types.SystemRoles{types.RoleNode}, time.Time{})
	if err != nil {
		t.Fatal(err)
	}
	server.Hold(token.(*types.ProvisionTokenV2))
	server.AddLines(
		liveLine(1, "user.login", `,"code":"T1000I","user":"mallory@example.com","success":true`),
		liveLine(2, "join_token.create", `,"code":"TJT00I","user":"mallory@example.com","user_kind":1,"name":"`+token.GetSafeName()+`","roles":["Node"],"join_method":"token"`),
	)

	var said bytes.Buffer
	env := func(name string) string {
		return map[string]string{"XDG_STATE_HOME": dir, "XDG_CONFIG_HOME": dir, "CORDON_OPERATOR": "responder@example.com"}[name]
	}
	path := filepath.Join(dir, "inc")
	cordon := func(args ...string) {
		p := &program{in: strings.NewReader(""), out: &said, errs: &said, now: time.Now, env: env}
		p.run(context.Background(), args)
	}
	for _, file := range []string{good, ended, half} {
		for _, verb := range []string{
			"connect", "connect --check", "connect --json", "follow --until-now --since 24h --case " + path,
			"lock --live --user=mallory@example.com --case " + path, "lock --live --role=editor --case " + path,
			"locks --live --case " + path, "locks --live --json --case " + path, "locks --live --yaml --case " + path,
			"unlock --live --last --case " + path, "extend --live --ttl 2h --case " + path + " nolock",
			"fetch 22222222-0000-4000-8000-000000000001 --case " + path, "posture --live --case " + path, "posture --live --json --case " + path,
			"survive --live mallory@example.com --case " + path, "survive --live --json mallory@example.com --case " + path, "survive --live --commands mallory@example.com --case " + path,
		} {
			cordon(append(strings.Fields(verb), "--proxy", server.Addr, "--identity", file)...)
		}
		cordon("query", "--engine", "teleport", "--proxy", server.Addr, "--identity-file", file, "SELECT 1")
	}
	for _, want := range []string{"locked user mallory@example.com", "no whole identity file", "the certificate of ana@example.com ended", "dfish", "on the cluster now: still there"} {
		if !strings.Contains(said.String(), want) {
			t.Errorf("nothing said %q: the verbs did not run as meant", want)
		}
	}
	written := map[string][]byte{"what was said": said.Bytes(), "the journal": journalOf(t, path)}
	var events bytes.Buffer
	(&program{in: strings.NewReader(""), out: &events, errs: &events, now: time.Now, env: env}).run(t.Context(), []string{"events", "--json", "--case", path})
	written["the events"] = events.Bytes()
	err = filepath.WalkDir(dir, func(file string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		written[file], err = os.ReadFile(file)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for where, text := range written {
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s holds %q", where, secret)
			}
		}
	}
}

func journalOf(t *testing.T, path string) []byte {
	t.Helper()
	c, err := store.Open(t.Context(), path+store.Extension)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	entries, err := c.Journal(t.Context())
	if err != nil || len(entries) < 4 {
		t.Fatalf("%d entries, %v", len(entries), err)
	}
	text, err := json.Marshal(entries)
	if err != nil {
		t.Fatal(err)
	}
	return text
}
