package contain

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"cordon/investigations"
)

// Field is one field of a lock's target, and one flag of `tctl lock`.
type Field uint8

// The fields of a lock's target.
const (
	FieldNone Field = iota
	FieldUser
	FieldRole
	FieldLogin
	FieldMFADevice
	FieldWindowsDesktop
	FieldAccessRequest
	FieldDevice
	FieldServerID
	FieldNode // servers before 13 know a host by this; SSH only
	FieldBotInstanceID
	FieldJoinToken
	fieldEnd
)

// fieldInfo is what is known of a field: its names, the kind of entity it
// holds, and the first and last major version of a server that keeps it.
type fieldInfo struct {
	flag  string // of tctl lock, without dashes
	json  string // in the resource and in events
	title string
	kind  investigations.Kind
	since int
	until int // 0: still there
}

var fields = [fieldEnd]fieldInfo{
	FieldUser:           {flag: "user", json: "user", title: "user", kind: investigations.KindUser},
	FieldRole:           {flag: "role", json: "role", title: "role", kind: investigations.KindRole},
	FieldLogin:          {flag: "login", json: "login", title: "OS login", kind: investigations.KindOSLogin},
	FieldMFADevice:      {flag: "mfa-device", json: "mfa_device", title: "MFA device", kind: investigations.KindMFADevice},
	FieldWindowsDesktop: {flag: "windows-desktop", json: "windows_desktop", title: "Windows desktop", kind: investigations.KindDesktop},
	FieldAccessRequest:  {flag: "access-request", json: "access_request", title: "access request", kind: investigations.KindRequest},
	FieldDevice:         {flag: "device", json: "device", title: "trusted device", kind: investigations.KindDevice, since: 13},
	FieldServerID:       {flag: "server-id", json: "server_id", title: "server", kind: investigations.KindHost, since: 13},
	FieldNode:           {flag: "node", json: "node", title: "node", kind: investigations.KindHost, until: 12},
	FieldBotInstanceID:  {flag: "bot-instance-id", json: "bot_instance_id", title: "bot instance", since: 18},
	FieldJoinToken:      {flag: "join-token", json: "join_token", title: "join token", kind: investigations.KindToken, since: 18},
}

// Fields lists the fields in the order in which a command line shows them.
func Fields() []Field {
	out := make([]Field, 0, fieldEnd-1)
	for f := FieldUser; f < fieldEnd; f++ {
		out = append(out, f)
	}
	return out
}

func (f Field) info() fieldInfo {
	if f < fieldEnd {
		return fields[f]
	}
	return fieldInfo{}
}

// String is the field in the lock resource, such as `mfa_device`.
func (f Field) String() string { return f.info().json }

// Flag is the flag of `tctl lock`, such as `--mfa-device`.
func (f Field) Flag() string { return "--" + f.info().flag }

// Title is the field as a person reads it.
func (f Field) Title() string { return f.info().title }

// Kind is the kind of entity the field holds; KindUnknown for bot instances,
// which are no entity of their own.
func (f Field) Kind() investigations.Kind { return f.info().kind }

// ParseField reads a field by its resource name or its flag without dashes.
func ParseField(s string) (Field, bool) {
	for f := FieldUser; f < fieldEnd; f++ {
		if fields[f].json == s || fields[f].flag == s {
			return f, true
		}
	}
	return FieldNone, false
}

// MarshalText writes the field's resource name.
func (f Field) MarshalText() ([]byte, error) {
	if f == FieldNone || f >= fieldEnd {
		return nil, errors.New("the lock's target has no field")
	}
	return []byte(f.String()), nil
}

// UnmarshalText reads a field's resource name.
func (f *Field) UnmarshalText(b []byte) error {
	got, ok := ParseField(string(b))
	if !ok {
		return fmt.Errorf("unknown lock target %q", b)
	}
	*f = got
	return nil
}

// Target is one thing that a lock names.
type Target struct {
	Field Field  `json:"field"`
	Value string `json:"value"`
}

// String is the target as a person reads it: "user alice@example.com".
func (t Target) String() string { return t.Field.Title() + " " + t.Value }

// Entity is the entity that the target names, zero for a bot instance.
func (t Target) Entity() investigations.Entity {
	kind := t.Field.Kind()
	if kind == investigations.KindUnknown {
		return investigations.Entity{}
	}
	return investigations.Entity{Kind: kind, Name: t.Value}
}

// check says why the value cannot be in a lock, if so.
func (t Target) check() error {
	switch {
	case t.Field == FieldNone || t.Field >= fieldEnd:
		return errors.New("the lock's target has no field")
	case strings.TrimSpace(t.Value) == "":
		return fmt.Errorf("the %s to lock is empty: an empty target would lock nothing", t.Field.Title())
	case !utf8.ValidString(t.Value):
		return fmt.Errorf("the %s %q is no valid UTF-8: Teleport cannot name it in a lock", t.Field.Title(), t.Value)
	case strings.IndexByte(t.Value, 0) >= 0:
		return fmt.Errorf("the %s %q holds a NUL byte: no command line can name it", t.Field.Title(), t.Value)
	}
	return nil
}

// Server is what is known of the cluster that a lock is meant for.
type Server struct {
	Major int // major version of the auth server; 0 when the evidence does not say
}

// Knows reports whether the server keeps the field. When the version is not
// known it is true for the fields of current servers.
func (s Server) Knows(f Field) bool {
	info := f.info()
	if info.json == "" {
		return false
	}
	if s.Major == 0 {
		return info.until == 0
	}
	return s.Major >= info.since && (info.until == 0 || s.Major <= info.until)
}

// ErrVersion is in the error of a target that only some servers know, where this
// one's version is not known.
var ErrVersion = errors.New("the server's version is not known")

// gate says why a field must not be sent to the server.
func (s Server) gate(f Field) error {
	if s.Knows(f) {
		return nil
	}
	info := f.info()
	switch {
	case s.Major == 0:
		return fmt.Errorf("%s is for servers up to version %d, and %w: use %s", f.Flag(), info.until, ErrVersion, FieldServerID.Flag())
	case s.Major < info.since:
		return fmt.Errorf("server version %d does not know %s (it needs %d) and would keep a lock that locks nothing%s", s.Major, f.Flag(), info.since, instead(f))
	default:
		return fmt.Errorf("server version %d no longer knows %s: use %s", s.Major, f.Flag(), FieldServerID.Flag())
	}
}

// instead is what to do where a server lacks a field.
func instead(f Field) string {
	switch f {
	case FieldServerID:
		return ": use " + FieldNode.Flag()
	case FieldDevice:
		return ": lock the user who signs in with it"
	case FieldJoinToken:
		return ": remove the token with tctl tokens rm, and lock what joined with it"
	case FieldBotInstanceID:
		return ": lock the user of the bot"
	default:
		return ""
	}
}
