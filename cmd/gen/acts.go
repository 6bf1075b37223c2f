package main

import (
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/gravitational/teleport/api/types"
	apievents "github.com/gravitational/teleport/api/types/events"
)

// Acts turn what a person does into the events that Teleport writes for it.
// Each takes the moment of its main event; what goes with it is placed around.

// recordingMode is what the cluster's sessions are recorded with.
const recordingMode = "node"

const (
	indexData   = 2147483646 // Teleport's fixed index of session.data
	indexUpload = 2147483647 // and of session.upload
)

func (h hands) user() apievents.UserMetadata {
	kind := apievents.UserKind_USER_KIND_HUMAN
	if strings.HasPrefix(h.name, "bot-") {
		kind = apievents.UserKind_USER_KIND_BOT
	}
	return apievents.UserMetadata{
		User: h.name, UserKind: kind, AccessRequests: h.requests, Impersonator: h.impersonator,
	}
}

func (h hands) as(login string) apievents.UserMetadata {
	u := h.user()
	u.Login = login
	return u
}

// from is the connection of h to a host, or to the proxy when it has no name.
func (l *ledger) from(h hands, to host, proto string) apievents.ConnectionMetadata {
	c := apievents.ConnectionMetadata{RemoteAddr: net.JoinHostPort(h.addr, strconv.Itoa(l.port())), Protocol: proto}
	if to.name != "" {
		c.LocalAddr = net.JoinHostPort(to.addr, "3022")
	}
	return c
}

func (to host) server() apievents.ServerMetadata {
	return apievents.ServerMetadata{
		ServerNamespace: "default", ServerID: to.id, ServerHostname: to.name,
		ServerAddr: net.JoinHostPort(to.addr, "3022"), ServerLabels: to.labels, ServerVersion: serverVersion,
	}
}

// brief is the shorter server group that exec and sftp carry.
func (to host) brief() apievents.ServerMetadata {
	return apievents.ServerMetadata{
		ServerNamespace: "default", ServerID: to.id, ServerHostname: to.name, ServerVersion: serverVersion,
	}
}

func (h hands) session(sid string) apievents.SessionMetadata {
	return apievents.SessionMetadata{SessionID: sid, WithMFA: h.mfa.DeviceID, PrivateKeyPolicy: "none"}
}

// refused is a log-in that did not get through.
func (l *ledger) refused(t time.Time, h hands, agent string) {
	l.put(t, "user.login", "T1000W", &apievents.UserLogin{
		UserMetadata:       h.user(),
		Status:             apievents.Status{Error: "invalid username, password or second factor"},
		Method:             "local",
		ClientMetadata:     apievents.ClientMetadata{UserAgent: agent},
		ConnectionMetadata: l.from(h, host{}, ""),
	})
}

// webLogin and tshLogin are a log-in with a second factor, and its certificate.
func (l *ledger) webLogin(t time.Time, h hands) { l.login(t, h, h.web, "web_session") }
func (l *ledger) tshLogin(t time.Time, h hands) { l.login(t, h, h.tsh, "none") }

func (l *ledger) login(t time.Time, h hands, agent, policy string) {
	device := h.mfa
	const scope = "CHALLENGE_SCOPE_LOGIN"
	l.put(t.Add(-l.between(4*time.Second, 9*time.Second)), "mfa_auth_challenge.create", "T1015I",
		&apievents.CreateMFAAuthChallenge{UserMetadata: h.user(), ChallengeScope: scope})
	l.put(t.Add(-6*time.Millisecond), "mfa_auth_challenge.validate", "T1016I", &apievents.ValidateMFAAuthResponse{
		UserMetadata: h.user(), Status: apievents.Status{Success: true}, MFADevice: &device, ChallengeScope: scope,
	})
	l.put(t, "user.login", "T1000I", &apievents.UserLogin{
		UserMetadata: h.user(), Status: apievents.Status{Success: true}, Method: "local", MFADevice: &device,
		ClientMetadata:     apievents.ClientMetadata{UserAgent: agent},
		ConnectionMetadata: l.from(h, host{}, ""),
	})
	id := l.identity(t, h)
	id.PrivateKeyPolicy = policy
	l.cert(t.Add(l.between(5*time.Millisecond, 30*time.Millisecond)), id, agent)
}

// identity is what a certificate of h says, good for twelve hours.
func (l *ledger) identity(t time.Time, h hands) *apievents.Identity {
	logins := append(append([]string{}, h.logins...), h.extraLogins...)
	return &apievents.Identity{
		User: h.name, Impersonator: h.impersonator,
		Roles:            append(append([]string{}, h.roles...), h.extraRoles...),
		Logins:           append(logins, "-teleport-internal-join"),
		KubernetesGroups: h.groups,
		Expires:          t.Add(12*time.Hour - l.between(0, time.Second)),
		RouteToCluster:   clusterName, TeleportCluster: clusterName,
		Traits: map[string][]string{
			"aws_role_arns": nil, "db_names": nil, "db_users": nil,
			"kubernetes_groups": h.groups, "kubernetes_users": nil, "logins": h.logins,
		},
		MFADeviceUUID: h.mfa.DeviceID, ClientIP: h.addr, AccessRequests: h.requests, PrivateKeyPolicy: "none",
	}
}

func (l *ledger) cert(t time.Time, id *apievents.Identity, agent string) {
	l.put(t, "cert.create", "TC000I", &apievents.CertificateCreate{
		CertificateType: "user", Identity: id, ClientMetadata: apievents.ClientMetadata{UserAgent: agent},
	})
}

// reissue is a certificate for the roles of a granted request.
func (l *ledger) reissue(t time.Time, h hands) { l.cert(t, l.identity(t, h), h.tsh) }

// shell is an interactive session. sid may be empty; frames is the number of
// events of its recording between start and end.
type shell struct {
	sid    string
	login  string
	to     host
	size   string
	lasts  time.Duration
	frames int64
	bytes  uint64 // written to the terminal
	lost   bool   // no end, no upload: the node went away
}

// interactive puts the events of a shell session.
func (l *ledger) interactive(t time.Time, h hands, s shell) {
	if s.sid == "" {
		s.sid = l.uuid()
	}
	conn := l.from(h, s.to, "ssh")
	began := t.Add(-l.between(2*time.Millisecond, 9*time.Millisecond))
	l.put(t, "session.start", "T2000I", &apievents.SessionStart{
		UserMetadata: h.as(s.login), SessionMetadata: h.session(s.sid), ServerMetadata: s.to.server(),
		ConnectionMetadata: conn, TerminalSize: s.size, InitialCommand: []string{""}, SessionRecording: recordingMode,
	})
	if s.lost {
		return
	}
	end := t.Add(s.lasts)
	l.data(end, h, s.login, s.sid, s.to, conn, 4200+s.bytes, 3900+s.bytes/20)
	l.putIndexed(end.Add(2*time.Millisecond), s.frames+1, "session.end", "T2004I", &apievents.SessionEnd{
		UserMetadata: h.as(s.login), SessionMetadata: h.session(s.sid), ConnectionMetadata: conn,
		ServerMetadata: s.to.server(), Interactive: true, Participants: []string{h.name},
		StartTime: began, EndTime: end.Add(time.Duration(l.rng.IntN(999_999))),
		InitialCommand: []string{""}, SessionRecording: recordingMode,
	})
	l.uploaded(end, s.sid)
}

func (l *ledger) data(t time.Time, h hands, login, sid string, to host, conn apievents.ConnectionMetadata, tx, rx uint64) {
	conn.Protocol = ""
	l.putIndexed(t, indexData, "session.data", "T2006I", &apievents.SessionData{
		UserMetadata: h.as(login), SessionMetadata: h.session(sid), ServerMetadata: to.brief(),
		ConnectionMetadata: conn, BytesTransmitted: tx, BytesReceived: rx,
	})
}

func (l *ledger) uploaded(end time.Time, sid string) {
	l.putIndexed(end.Add(l.between(200*time.Millisecond, 4*time.Second)), indexUpload, "session.upload", "T2005I",
		&apievents.SessionUpload{
			SessionMetadata: apievents.SessionMetadata{SessionID: sid},
			SessionURL:      "file:///var/lib/teleport/log/records/" + sid + ".tar",
		})
}

// exec is one command without a terminal; exit 0 is a success.
func (l *ledger) exec(t time.Time, h hands, login string, to host, command string, exit int) {
	sid := l.uuid()
	conn := l.from(h, to, "ssh")
	began := t.Add(-l.between(60*time.Millisecond, 140*time.Millisecond))
	l.put(began, "session.start", "T2000I", &apievents.SessionStart{
		UserMetadata: h.as(login), SessionMetadata: h.session(sid), ServerMetadata: to.server(),
		ConnectionMetadata: conn, InitialCommand: []string{command}, SessionRecording: recordingMode,
	})
	code, failure := "T3002I", ""
	if exit != 0 {
		code, failure = "T3002E", fmt.Sprintf("exit status %d", exit)
	}
	l.put(t, "exec", code, &apievents.Exec{
		UserMetadata: h.as(login), ConnectionMetadata: conn, SessionMetadata: h.session(sid), ServerMetadata: to.brief(),
		CommandMetadata: apievents.CommandMetadata{Command: command, ExitCode: strconv.Itoa(exit), Error: failure},
	})
	l.data(t.Add(5*time.Millisecond), h, login, sid, to, conn, uint64(4800+l.rng.IntN(900)), uint64(4100+l.rng.IntN(200)))
	end := t.Add(l.between(900*time.Millisecond, 2100*time.Millisecond))
	l.putIndexed(end, 1, "session.end", "T2004I", &apievents.SessionEnd{
		UserMetadata: h.as(login), SessionMetadata: h.session(sid), ConnectionMetadata: conn, ServerMetadata: to.server(),
		Participants: []string{h.name}, StartTime: began, EndTime: end,
		InitialCommand: []string{command}, SessionRecording: recordingMode,
	})
	if h.impersonator == "" {
		l.uploaded(end, sid)
	}
}

// joinToken puts the creation of a join token for nodes; the log shows only
// the last quarter of its name.
func (l *ledger) joinToken(t time.Time, h hands, masked string, ttl time.Duration) {
	l.put(t, "join_token.create", "TJT00I", &apievents.ProvisionTokenCreate{
		ResourceMetadata: apievents.ResourceMetadata{Name: masked, Expires: t.Add(ttl), UpdatedBy: h.name},
		UserMetadata:     h.user(), Roles: []types.SystemRole{types.RoleNode}, JoinMethod: types.JoinMethodToken,
	})
}

// joined puts the two joins that an agent makes with its token.
func (l *ledger) joined(t time.Time, node host, masked string, expires time.Time) {
	for i, role := range []string{"Instance", "Node"} {
		l.put(t.Add(time.Duration(i*240)*time.Millisecond), "instance.join", "TJ002I", &apievents.InstanceJoin{
			Status: apievents.Status{Success: true}, HostID: node.id, NodeName: node.name, Role: role,
			Method: "token", TokenName: masked, TokenExpires: expires,
			ConnectionMetadata: apievents.ConnectionMetadata{RemoteAddr: node.addr},
		})
	}
}
