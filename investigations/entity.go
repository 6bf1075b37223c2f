package investigations

import (
	"fmt"
	"net/netip"
	"strings"
)

// Kind says what sort of thing an Entity is. The names are Teleport's own;
// the numbers are written into case files, so new kinds go at the end.
type Kind uint8

// The kinds of entity an audit event can name.
const (
	KindUnknown     Kind = iota
	KindUser             // Teleport user, bot user or built-in `<host id>.<cluster>`
	KindRole             // Teleport RBAC role
	KindToken            // join token; the name is masked by the server for secret tokens
	KindBot              // Machine ID bot, without the `bot-` prefix of its user
	KindRequest          // access request, by UUID
	KindAccessList       // access list, by its name (a UUID); the label is its title
	KindSession          // session or recording, by UUID
	KindHost             // agent, by host UUID; the label is its host name
	KindAddress          // IP address without port; a host name where the field has one
	KindDevice           // trusted device, by device id; the label is its asset tag
	KindMFADevice        // MFA device, by UUID; the label is what the user called it
	KindLock             // lock, by name (a UUID)
	KindDatabase         // database service
	KindApp              // application
	KindKubeCluster      // Kubernetes cluster
	KindDesktop          // Windows or Linux desktop
	KindOSLogin          // operating-system login on a host or desktop
	KindCertificate      // certificate, by the uid of the cert.create event that logged it
	KindConnector        // SSO connector
	KindCluster          // trusted or leaf cluster
	KindResource         // anything else that an event names with `name` or `id`
	kindEnd
)

var kindNames = [kindEnd]string{
	"unknown", "user", "role", "token", "bot", "request", "access_list", "session", "host", "address",
	"device", "mfa_device", "lock", "database", "app", "kube_cluster", "desktop", "login", "certificate",
	"connector", "cluster", "resource",
}

var kindTitles = [kindEnd]string{
	"unknown", "user", "role", "join token", "bot", "access request", "access list", "session", "host", "address",
	"trusted device", "MFA device", "lock", "database", "application", "Kubernetes cluster", "desktop", "OS login",
	"certificate", "connector", "cluster", "resource",
}

// String is the kind as written on the command line and in JSON.
func (k Kind) String() string {
	if k < kindEnd {
		return kindNames[k]
	}
	return kindNames[KindUnknown]
}

// Title is the kind as a person reads it.
func (k Kind) Title() string {
	if k < kindEnd {
		return kindTitles[k]
	}
	return kindTitles[KindUnknown]
}

// Kinds lists every kind, in the order of their numbers.
func Kinds() []Kind {
	out := make([]Kind, 0, kindEnd-1)
	for k := KindUser; k < kindEnd; k++ {
		out = append(out, k)
	}
	return out
}

// ParseKind reads what String writes.
func ParseKind(s string) (Kind, bool) {
	for k := KindUser; k < kindEnd; k++ {
		if kindNames[k] == s {
			return k, true
		}
	}
	return KindUnknown, false
}

// MarshalText writes the kind's name.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads the kind's name.
func (k *Kind) UnmarshalText(b []byte) error {
	got, ok := ParseKind(string(b))
	if !ok {
		return fmt.Errorf("unknown kind of entity %q", b)
	}
	*k = got
	return nil
}

// Entity is one thing that events name: a user, a host, an access request.
// Name is Teleport's identifier and, with Kind, what makes it unique.
type Entity struct {
	Kind Kind   `json:"kind"`
	Name string `json:"name"`
}

// String is the entity as ParseEntity reads it: a bare name for a user,
// `kind:name` for everything else.
func (e Entity) String() string {
	if e.Kind == KindUser {
		if k, _, ok := strings.Cut(e.Name, ":"); ok {
			if _, known := ParseKind(k); known {
				return "user:" + e.Name
			}
		}
		return e.Name
	}
	return e.Kind.String() + ":" + e.Name
}

// IsZero reports whether the entity names nothing.
func (e Entity) IsZero() bool { return e.Name == "" }

// CanonicalName is the form of a name in which entities of the kind are
// compared: a UUID in lower case, an IPv6 address in its shortest form, one
// that stands for an IPv4 address as that. Other names are as they are.
func CanonicalName(k Kind, name string) string {
	switch {
	case k == KindAddress && strings.Contains(name, ":"):
		if a, err := netip.ParseAddr(name); err == nil {
			return a.Unmap().String()
		}
	case k.ByUUID():
		if lower := strings.ToLower(name); isUUID(lower) {
			return lower
		}
	}
	return name
}

// TypedName is the canonical form of a name that a person gave, who may have
// copied an address from an event: with its port.
func TypedName(k Kind, name string) string {
	if k == KindAddress {
		if a, err := netip.ParseAddrPort(name); err == nil {
			name = a.Addr().String()
		}
	}
	return CanonicalName(k, name)
}

// ByUUID reports whether Teleport names entities of the kind with a UUID.
func (k Kind) ByUUID() bool {
	switch k {
	case KindRequest, KindAccessList, KindSession, KindHost, KindDevice, KindMFADevice, KindLock:
		return true
	}
	return false
}

// ParseEntity reads an identity given by a person: a user name, or
// `kind:name` with one of the kinds above. The name is made canonical.
func ParseEntity(s string) (Entity, error) {
	if k, name, ok := strings.Cut(s, ":"); ok {
		if kind, known := ParseKind(k); known {
			if name == "" {
				return Entity{}, fmt.Errorf("%q names no %s: write %s:NAME", s, kind.Title(), kind)
			}
			return Entity{kind, TypedName(kind, name)}, nil
		}
	}
	if s == "" {
		return Entity{}, fmt.Errorf("the identity is empty: give a user name or kind:name")
	}
	return Entity{KindUser, s}, nil
}
