package recording

import (
	"slices"
	"strconv"
	"strings"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"
)

const (
	// MaxCols and MaxRows bound the size a recording may ask for.
	MaxCols = 1000
	MaxRows = 500

	maxParticipants = 256

	sizeSentence = "The recording names a terminal size that no terminal has: it is shown as large as this program allows."
)

// parseSize reads "W:H" as Teleport writes it.
func parseSize(s string) (cols, rows int, clamped, ok bool) {
	w, h, found := strings.Cut(s, ":")
	if !found {
		return 0, 0, false, false
	}
	cols, errW := strconv.Atoi(w)
	rows, errH := strconv.Atoi(h)
	if errW != nil || errH != nil || cols <= 0 || rows <= 0 {
		return 0, 0, false, false
	}
	return min(cols, MaxCols), min(rows, MaxRows), cols > MaxCols || rows > MaxRows, true
}

// ID is the id the recording is stored under.
func (m *Meta) ID() string {
	if m.ChunkID != "" {
		return m.ChunkID
	}
	return m.SessionID
}

// saw widens the time the recording covers.
func (m *Meta) saw(at time.Time) {
	if at.IsZero() || at.Unix() <= 0 {
		return
	}
	if m.Start.IsZero() {
		m.Start = at
	}
	if at.After(m.End) {
		m.End = at
	}
}

// learn takes from an event what it says about the session as a whole.
func (m *Meta) learn(ev *Event) {
	if ev.audit == nil {
		return
	}
	keep(&m.Cluster, ev.audit.GetClusterName())
	switch e := ev.audit.(type) {
	case *apievents.SessionStart:
		m.startSession(e)
	case *apievents.SessionEnd:
		m.endSession(e)
	case *apievents.SessionJoin:
		m.joined(e.User)
	case *apievents.DatabaseSessionStart:
		m.Kind = KindDatabase
		m.identity(e.UserMetadata, e.SessionMetadata)
		m.database(e.DatabaseMetadata)
		m.connection(e.ConnectionMetadata)
		keep(&m.HostID, e.ServerID)
		keep(&m.Version, e.ServerVersion)
		m.Denied = !e.Success
	case *apievents.DatabaseSessionEnd:
		m.Kind, m.Ended = KindDatabase, true
		m.identity(e.UserMetadata, e.SessionMetadata)
		m.database(e.DatabaseMetadata)
	case *apievents.DatabaseSessionQuery:
		m.kind(KindDatabase)
		m.identity(e.UserMetadata, e.SessionMetadata)
		m.database(e.DatabaseMetadata)
	case *apievents.PostgresParse, *apievents.PostgresBind, *apievents.PostgresExecute:
		m.kind(KindDatabase)
	case *apievents.AppSessionStart:
		m.Kind = KindApp
		m.identity(e.UserMetadata, e.SessionMetadata)
		m.app(e.AppMetadata)
		m.connection(e.ConnectionMetadata)
	case *apievents.AppSessionChunk:
		m.Kind = KindApp
		m.identity(e.UserMetadata, e.SessionMetadata)
		m.app(e.AppMetadata)
		keep(&m.ChunkID, e.SessionChunkID)
	case *apievents.AppSessionRequest:
		m.kind(KindApp)
		m.app(e.AppMetadata)
	case *apievents.WindowsDesktopSessionStart:
		m.Kind = KindDesktop
		m.identity(e.UserMetadata, e.SessionMetadata)
		m.connection(e.ConnectionMetadata)
		m.desktop(e.DesktopName, e.DesktopAddr, e.WindowsUser)
		m.Denied = !e.Success
	case *apievents.WindowsDesktopSessionEnd:
		m.Kind, m.Ended = KindDesktop, true
		m.identity(e.UserMetadata, e.SessionMetadata)
		m.desktop(e.DesktopName, e.DesktopAddr, e.WindowsUser)
		m.people(e.Participants)
	case *apievents.DesktopRecording:
		m.kind(KindDesktop)
	}
}

func (m *Meta) startSession(e *apievents.SessionStart) {
	m.identity(e.UserMetadata, e.SessionMetadata)
	m.connection(e.ConnectionMetadata)
	m.server(e.ServerMetadata)
	m.terminalKind(e.KubernetesClusterMetadata, e.KubernetesPodMetadata)
	m.command(e.InitialCommand)
	m.joined(e.User)
}

func (m *Meta) endSession(e *apievents.SessionEnd) {
	m.Ended = true
	m.identity(e.UserMetadata, e.SessionMetadata)
	m.connection(e.ConnectionMetadata)
	m.server(e.ServerMetadata)
	m.terminalKind(e.KubernetesClusterMetadata, e.KubernetesPodMetadata)
	m.command(e.InitialCommand)
	m.people(e.Participants)
}

func (m *Meta) terminalKind(cluster apievents.KubernetesClusterMetadata, pod apievents.KubernetesPodMetadata) {
	if cluster.KubernetesCluster == "" && m.Protocol != "kube" {
		m.kind(KindSSH)
		return
	}
	m.kind(KindKube)
	if pod.KubernetesPodName != "" {
		m.Host = strings.Trim(pod.KubernetesPodNamespace+"/"+pod.KubernetesPodName, "/")
	}
	keep(&m.Host, cluster.KubernetesCluster)
}

func (m *Meta) kind(k Kind) {
	if m.Kind == KindUnknown {
		m.Kind = k
	}
}

func (m *Meta) identity(u apievents.UserMetadata, s apievents.SessionMetadata) {
	keep(&m.User, u.User)
	keep(&m.Login, u.Login)
	keep(&m.SessionID, s.SessionID)
}

func (m *Meta) connection(c apievents.ConnectionMetadata) {
	keep(&m.Address, c.RemoteAddr)
	keep(&m.Protocol, c.Protocol)
}

func (m *Meta) server(s apievents.ServerMetadata) {
	keep(&m.HostID, s.ServerID)
	keep(&m.Host, s.ServerHostname)
	keep(&m.Version, s.ServerVersion)
}

func (m *Meta) database(d apievents.DatabaseMetadata) {
	keep(&m.Host, d.DatabaseService)
	keep(&m.Database, d.DatabaseName)
	keep(&m.Login, d.DatabaseUser)
	keep(&m.Protocol, d.DatabaseProtocol)
}

func (m *Meta) app(a apievents.AppMetadata) {
	keep(&m.Host, a.AppName)
	keep(&m.Host, a.AppPublicAddr)
	keep(&m.Host, a.AppURI)
}

func (m *Meta) desktop(name, addr, user string) {
	keep(&m.Host, name)
	keep(&m.Host, addr)
	keep(&m.Login, user)
}

// command keeps what the session was started with. An interactive session has
// one empty word here.
func (m *Meta) command(words []string) {
	keep(&m.Command, strings.TrimSpace(strings.Join(words, " ")))
}

func (m *Meta) joined(user string) {
	if user != "" && len(m.Participants) < maxParticipants && !slices.Contains(m.Participants, user) {
		m.Participants = append(m.Participants, user)
	}
}

func (m *Meta) people(users []string) {
	for _, u := range users {
		m.joined(u)
	}
}

// keep sets a field that is still empty: the first word on a thing counts.
func keep(dst *string, value string) {
	if *dst == "" {
		*dst = value
	}
}
