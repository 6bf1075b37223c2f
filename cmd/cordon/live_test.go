package main

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/gravitational/teleport/api/types"
	apievents "github.com/gravitational/teleport/api/types/events"
	"github.com/rogpeppe/go-internal/testscript"

	"cordon/investigations/queries"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

// TestLiveScripts runs the verbs against a cluster, each script against one of
// its own. Scripts find its address in $PROXY, an identity that may do
// everything in $ADMIN, one that may only read locks in $READER, and one of
// another cluster's authority in $STRANGER. The events of a script's audit.log
// are in the cluster's log; the cluster of the script "query" has Access
// Monitoring, and that of the script "old" is of version 12.
func TestLiveScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/live",
		Setup: func(env *testscript.Env) error {
			env.Setenv("CORDON_OPERATOR", "responder@example.com")
			env.Setenv("XDG_STATE_HOME", env.WorkDir+"/state")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("TERM", "xterm-256color")
			options := clustertest.Options{Version: "16.4.12", Enterprise: strings.HasSuffix(env.WorkDir, "script-query")}
			if strings.HasSuffix(env.WorkDir, "script-old") {
				options.Version = "12.4.1"
			}
			server := clustertest.Start(t, options)
			env.Setenv("PROXY", server.Addr)
			for name, user := range map[string]string{"ADMIN": "ana@example.com", "READER": "rita@example.com"} {
				path := filepath.Join(env.WorkDir, "."+user)
				server.WriteIdentity(path, clustertest.Identity{User: user, Roles: []string{"auditor"}})
				env.Setenv(name, path)
			}
			stranger := filepath.Join(env.WorkDir, ".stranger")
			clustertest.NewAuthority(t).WriteIdentity(stranger, clustertest.Identity{User: "eve@example.com"})
			env.Setenv("STRANGER", stranger)
			server.Grant("rita@example.com", map[string][]string{types.KindLock: {"list", "read"}})
			rita, err := types.NewUser("rita@example.com")
			if err != nil {
				return err
			}
			rita.SetRoles([]string{"auditor"})
			auditor, err := types.NewRole("auditor", types.RoleSpecV6{Allow: types.RoleConditions{
				Rules: []types.Rule{{Resources: []string{types.KindLock}, Verbs: []string{"list", "read"}}},
			}})
			if err != nil {
				return err
			}
			session, err := types.NewSessionTracker(types.SessionTrackerSpecV1{
				SessionID: "11111111-0000-4000-8000-000000000001", Kind: string(types.SSHSessionKind), State: types.SessionState_SessionStateRunning,
				Hostname: "shop-1", Login: "root", Created: time.Now(), Participants: []types.Participant{{User: "mallory@example.com"}},
			})
			if err != nil {
				return err
			}
			if audit, err := os.ReadFile(filepath.Join(env.WorkDir, "audit.log")); err == nil {
				server.AddLines(strings.Split(strings.TrimSpace(string(audit)), "\n")...)
			}
			const sid = "22222222-0000-4000-8000-000000000001"
			at := time.Date(2026, 11, 18, 21, 2, 0, 0, time.UTC)
			server.Record(
				sid,
				&apievents.SessionStart{Metadata: apievents.Metadata{Type: "session.start", Time: at}, SessionMetadata: apievents.SessionMetadata{SessionID: sid}, UserMetadata: apievents.UserMetadata{User: "mallory@example.com", Login: "root"}, TerminalSize: "80:24"},
				&apievents.SessionPrint{Metadata: apievents.Metadata{Type: "print", Time: at.Add(time.Second), Index: 1}, Data: []byte("# cat /etc/shadow\r\n"), Bytes: 19, DelayMilliseconds: 1000},
				&apievents.SessionEnd{Metadata: apievents.Metadata{Type: "session.end", Time: at.Add(2 * time.Second), Index: 2}, SessionMetadata: apievents.SessionMetadata{SessionID: sid}},
			)
			token, err := types.NewProvisionToken("swordfish-swordfish", types.SystemRoles{types.RoleNode}, time.Time{})
			if err != nil {
				return err
			}
			server.Answer("SELECT user FROM exec", []string{"user"}, []string{"mallory@example.com"}, []string{"bob@example.com"})
			server.Answer("SELECT user FROM nothing", []string{"user"})
			server.Answer(queries.ReportQueries()[0].SQL, []string{"event_date", "user", "count"}, []string{"2026-11-18", "mallory@example.com", "3"}, []string{"2026-11-17", "bob@example.com", "2"})
			server.Hold(token.(*types.ProvisionTokenV2))
			server.Hold(rita.(*types.UserV2), auditor.(*types.RoleV6), session.(*types.SessionTrackerV1))
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json": checkJSON, "code": checkCode, "none": checkNone,
		},
		RequireExplicitExec: true,
	})
}

// tctl and tsh have no variable for a proxy whose certificate is taken unseen.
func TestTools_sayThatTheProxyIsTakenUnseen(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{Version: "16.4.12"})
	file := filepath.Join(t.TempDir(), "identity")
	server.WriteIdentity(file, clustertest.Identity{User: "ana@example.com", Roles: []string{"cordon-responder"}})
	for _, c := range []struct {
		insecure bool
		want     string
	}{
		{false, "tctl and tsh here: teleport.example.com as ana@example.com"},
		{true, "tctl and tsh here, with --insecure: teleport.example.com as ana@example.com"},
	} {
		cluster, err := teleport.Connect(t.Context(), teleport.Options{Addr: server.Addr, Identity: file, Insecure: c.insecure})
		if err != nil {
			t.Fatal(err)
		}
		_, note, err := (&liveConsole{cluster: cluster}).tools()
		if err := errors.Join(err, cluster.Close()); err != nil || note != c.want {
			t.Errorf("the note is %q, %v, want %q", note, err, c.want)
		}
	}
}
