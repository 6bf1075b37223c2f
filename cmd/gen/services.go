package main

import (
	"net"
	"strconv"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

// Acts on databases, Kubernetes, applications and files.

// ledgerDB and prodKube are the one database and the one cluster of the story.
const (
	ledgerDB  = "ledger"
	prodKube  = "prod-eks"
	grafana   = "grafana"
	pgAddress = "192.0.2.120:5432"
)

func database(user string) apievents.DatabaseMetadata {
	return apievents.DatabaseMetadata{
		DatabaseService: "ledger-pg", DatabaseProtocol: "postgres", DatabaseURI: pgAddress,
		DatabaseName: ledgerDB, DatabaseUser: user, DatabaseLabels: map[string]string{"env": "prod"},
		DatabaseType: "self-hosted", DatabaseOrigin: "config-file",
	}
}

// dbCert is the certificate that a database client asks for first.
func (l *ledger) dbCert(t time.Time, h hands, user string) {
	id := l.identity(t, h)
	id.Usage = []string{"usage:db"}
	id.RouteToDatabase = &apievents.RouteToDatabase{ServiceName: "ledger-pg", Protocol: "postgres", Username: user, Database: ledgerDB}
	l.cert(t, id, h.tsh)
}

// query is a database session with its statements, some seconds apart.
func (l *ledger) query(t time.Time, h hands, user string, statements ...string) {
	l.dbCert(t.Add(-l.between(900*time.Millisecond, 1800*time.Millisecond)), h, user)
	sid := l.uuid()
	l.put(t, "db.session.start", "TDB00I", &apievents.DatabaseSessionStart{
		UserMetadata: h.as(""), SessionMetadata: h.session(sid), ServerMetadata: agentHost.brief(),
		ConnectionMetadata: l.from(h, host{}, ""), Status: apievents.Status{Success: true},
		DatabaseMetadata: database(user), PostgresPID: uint32(2000 + l.rng.IntN(30000)),
		ClientMetadata: apievents.ClientMetadata{UserAgent: "psql"},
	})
	end := t
	for i, text := range statements {
		end = end.Add(l.between(4*time.Second, 40*time.Second))
		l.putIndexed(end, int64(i+1), "db.session.query", "TDB02I", &apievents.DatabaseSessionQuery{
			UserMetadata: h.as(""), SessionMetadata: h.session(sid), DatabaseMetadata: database(user),
			DatabaseQuery: text, Status: apievents.Status{Success: true},
		})
	}
	end = end.Add(l.between(2*time.Second, 30*time.Second))
	l.putIndexed(end, int64(len(statements)+1), "db.session.end", "TDB01I", &apievents.DatabaseSessionEnd{
		UserMetadata: h.as(""), SessionMetadata: h.session(sid), DatabaseMetadata: database(user), StartTime: t, EndTime: end,
	})
	l.uploaded(end, sid)
}

// queryDenied is a database session that the roles did not allow.
func (l *ledger) queryDenied(t time.Time, h hands, user string) {
	l.dbCert(t.Add(-1200*time.Millisecond), h, user)
	l.put(t, "db.session.start", "TDB00W", &apievents.DatabaseSessionStart{
		UserMetadata: h.as(""), SessionMetadata: h.session(l.uuid()), ServerMetadata: agentHost.brief(),
		ConnectionMetadata: l.from(h, host{}, ""),
		Status: apievents.Status{
			Error: "access to db denied. User does not have permissions. Confirm database user and name.",
		},
		DatabaseMetadata: database(user),
	})
}

func kubeCluster(groups []string) apievents.KubernetesClusterMetadata {
	return apievents.KubernetesClusterMetadata{
		KubernetesCluster: prodKube, KubernetesUsers: []string{"teleport"}, KubernetesGroups: groups,
		KubernetesLabels: map[string]string{"env": "prod"},
	}
}

func (l *ledger) kubeCert(t time.Time, h hands) {
	id := l.identity(t, h)
	id.Usage = []string{"usage:kube"}
	id.KubernetesCluster = prodKube
	l.cert(t, id, h.tsh)
}

// kubeRequest is one call of the Kubernetes API in namespace ns.
func (l *ledger) kubeRequest(t time.Time, h hands, verb, ns, kind, name string, answer int32) {
	path := "/api/v1/namespaces/" + ns + "/" + kind
	if name != "" {
		path += "/" + name
	}
	groups := append(append([]string{}, h.groups...), "system:authenticated")
	if len(h.requests) > 0 {
		groups = []string{"system:masters", "system:authenticated"}
	}
	l.put(t, "kube.request", "T3009I", &apievents.KubeRequest{
		UserMetadata: h.as(""), ConnectionMetadata: l.from(h, host{}, "kube"), ServerMetadata: agentHost.brief(),
		RequestPath: path, Verb: verb, ResourceAPIGroup: "core/v1", ResourceNamespace: ns, ResourceKind: kind,
		ResourceName: name, ResponseCode: answer, KubernetesClusterMetadata: kubeCluster(groups),
	})
}

// kubeExec is a command in a pod, without a terminal.
func (l *ledger) kubeExec(t time.Time, h hands, ns, pod, command string) {
	l.kubeRequest(t.Add(-20*time.Millisecond), h, "POST", ns, "pods", pod+"/exec", 101)
	l.put(t, "exec", "T3002I", &apievents.Exec{
		UserMetadata: h.as(""), ConnectionMetadata: l.from(h, host{}, "kube"), SessionMetadata: h.session(l.uuid()),
		ServerMetadata:            agentHost.brief(),
		CommandMetadata:           apievents.CommandMetadata{Command: command, ExitCode: "0"},
		KubernetesClusterMetadata: kubeCluster([]string{"system:masters", "system:authenticated"}),
		KubernetesPodMetadata: apievents.KubernetesPodMetadata{
			KubernetesPodName: pod, KubernetesPodNamespace: ns, KubernetesContainerName: "app",
			KubernetesContainerImage: "registry.example.com/shop:4.12", KubernetesNodeName: "node-3",
		},
	})
}

// openApp is a visit to an application.
func (l *ledger) openApp(t time.Time, h hands) {
	sid, public := l.uuid(), grafana+"."+clusterName
	id := l.identity(t, h)
	id.Usage = []string{"usage:apps"}
	id.RouteToApp = &apievents.RouteToApp{Name: grafana, SessionID: sid, PublicAddr: public, ClusterName: clusterName}
	l.cert(t.Add(-30*time.Millisecond), id, h.web)
	app := apievents.AppMetadata{
		AppURI: "http://192.0.2.121:3000", AppPublicAddr: public, AppName: grafana, AppLabels: map[string]string{"env": "prod"},
	}
	conn := l.from(h, host{}, "")
	l.put(t, "app.session.start", "T2007I", &apievents.AppSessionStart{
		UserMetadata: h.as(""), SessionMetadata: h.session(sid), ServerMetadata: agentHost.brief(),
		ConnectionMetadata: conn, PublicAddr: public, AppMetadata: app,
	})
	l.put(t.Add(410*time.Millisecond), "app.session.chunk", "T2008I", &apievents.AppSessionChunk{
		UserMetadata: h.as(""), SessionMetadata: h.session(sid), ServerMetadata: agentHost.brief(),
		ConnectionMetadata: conn, SessionChunkID: l.uuid(), AppMetadata: app,
	})
}

// sftpFlags are the open flags of a download and of an upload.
const (
	sftpRead  = 1
	sftpWrite = 2 | 8 | 16
)

func (l *ledger) sftp(t time.Time, h hands, login string, to host, action apievents.SFTPAction, code, path string, flags uint32) {
	e := &apievents.SFTP{
		UserMetadata: h.as(login), ConnectionMetadata: l.from(h, to, "ssh"), SessionMetadata: apievents.SessionMetadata{},
		ServerMetadata: to.brief(), WorkingDirectory: home(login), Path: path, Flags: flags, Action: action,
	}
	if action == apievents.SFTPAction_OPEN {
		mode := uint32(0)
		e.Attributes = &apievents.SFTPAttributes{Permissions: &mode}
	}
	l.put(t, "sftp", code, e)
}

// moved closes a transfer with the bytes it moved.
func (l *ledger) moved(t time.Time, h hands, login string, to host, path string, read, written uint64) {
	l.put(t, "sftp_summary", "TS021I", &apievents.SFTPSummary{
		UserMetadata: h.as(login), ConnectionMetadata: l.from(h, to, "ssh"), ServerMetadata: to.brief(),
		FileTransferStats: []*apievents.FileTransferStat{{Path: path, BytesRead: read, BytesWritten: written}},
	})
}

// scpDownload is a copy with the old protocol, which names the file itself.
func (l *ledger) scpDownload(t time.Time, h hands, login string, to host, path string) {
	l.put(t, "scp", "T3004I", &apievents.SCP{
		UserMetadata: h.as(login), ConnectionMetadata: l.from(h, to, "ssh"), SessionMetadata: h.session(l.uuid()),
		ServerMetadata:  to.brief(),
		CommandMetadata: apievents.CommandMetadata{Command: "scp -f " + path, ExitCode: "0"},
		Path:            path, Action: "download",
	})
}

// forwarded is a port forward from a host to somewhere else.
func (l *ledger) forwarded(t time.Time, h hands, login string, to host, addr string, port int) {
	l.put(t, "port", "T3003I", &apievents.PortForward{
		UserMetadata: h.as(login), ConnectionMetadata: l.from(h, to, "ssh"), Status: apievents.Status{Success: true},
		Addr: net.JoinHostPort(addr, strconv.Itoa(port)),
	})
}

func home(login string) string {
	if login == "root" {
		return "/root"
	}
	return "/home/" + login
}
