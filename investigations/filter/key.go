package filter

import (
	"slices"
	"strings"

	"cordon/investigations"
)

// Key says what a term looks at.
type Key string

// The keys that look at the event itself.
const (
	KeyText    Key = "text"    // the whole line
	KeyCommand Key = "command" // what was run, asked or said
	KeyEvent   Key = "event"   // event type
	KeyCode    Key = "code"
	KeyUID     Key = "uid"
	KeyAfter   Key = "after"
	KeyBefore  Key = "before"
	KeyOutcome Key = "outcome"
	KeyActor   Key = "actor" // who did it, by class
)

// Class says how a term's values are read and matched.
type Class uint8

// The classes of keys.
const (
	ClassText    Class = iota // substring of the line or of the command, no wildcards
	ClassEvent                // a field of the event: type, code, uid
	ClassEntity               // an involved entity's name or label
	ClassTime                 // one moment
	ClassOutcome              // success, failed or unsaid
	ClassActor                // a class of actors
)

// KeyInfo describes one key.
type KeyInfo struct {
	Key     Key
	Class   Class
	Kinds   []investigations.Kind // of ClassEntity: any of these, in any role
	Aliases []string
	Help    string // what it narrows down to, a few words
}

// keys lists every key, in the order in which help shows them.
var keys = []KeyInfo{
	{Key: "user", Class: ClassEntity, Kinds: kinds(investigations.KindUser), Help: "a user, in any part"},
	{Key: KeyEvent, Class: ClassEvent, Aliases: []string{"type"}, Help: "an event type, session.* for all of them"},
	{Key: "host", Class: ClassEntity, Kinds: kinds(investigations.KindHost), Aliases: []string{"server", "node"}, Help: "a host, by name or id"},
	{Key: "addr", Class: ClassEntity, Kinds: kinds(investigations.KindAddress), Aliases: []string{"address", "ip"}, Help: "an IP address"},
	{Key: "login", Class: ClassEntity, Kinds: kinds(investigations.KindOSLogin), Help: "an OS login"},
	{Key: "sid", Class: ClassEntity, Kinds: kinds(investigations.KindSession), Aliases: []string{"session"}, Help: "a session"},
	{Key: "role", Class: ClassEntity, Kinds: kinds(investigations.KindRole), Help: "a role"},
	{Key: "request", Class: ClassEntity, Kinds: kinds(investigations.KindRequest), Help: "an access request"},
	{Key: "token", Class: ClassEntity, Kinds: kinds(investigations.KindToken), Help: "a join token"},
	{Key: "bot", Class: ClassEntity, Kinds: kinds(investigations.KindBot), Help: "a bot"},
	{Key: "list", Class: ClassEntity, Kinds: kinds(investigations.KindAccessList), Aliases: []string{"access_list"}, Help: "an access list, by title or id"},
	{Key: "device", Class: ClassEntity, Kinds: kinds(investigations.KindDevice), Help: "a trusted device"},
	{Key: "mfa", Class: ClassEntity, Kinds: kinds(investigations.KindMFADevice), Aliases: []string{"mfa_device"}, Help: "an MFA device, by name or id"},
	{Key: "lock", Class: ClassEntity, Kinds: kinds(investigations.KindLock), Help: "a lock"},
	{Key: "db", Class: ClassEntity, Kinds: kinds(investigations.KindDatabase), Aliases: []string{"database"}, Help: "a database"},
	{Key: "app", Class: ClassEntity, Kinds: kinds(investigations.KindApp), Help: "an application"},
	{Key: "kube", Class: ClassEntity, Kinds: kinds(investigations.KindKubeCluster), Aliases: []string{"kube_cluster"}, Help: "a Kubernetes cluster"},
	{Key: "desktop", Class: ClassEntity, Kinds: kinds(investigations.KindDesktop), Help: "a desktop"},
	{Key: "cert", Class: ClassEntity, Kinds: kinds(investigations.KindCertificate), Aliases: []string{"certificate"}, Help: "a certificate"},
	{Key: "connector", Class: ClassEntity, Kinds: kinds(investigations.KindConnector), Help: "an SSO connector"},
	{Key: "cluster", Class: ClassEntity, Kinds: kinds(investigations.KindCluster), Help: "a trusted cluster"},
	{Key: "resource", Class: ClassEntity, Kinds: kinds(investigations.KindResource), Help: "any other named resource"},
	{Key: "any", Class: ClassEntity, Kinds: investigations.Kinds(), Aliases: []string{"entity"}, Help: "anything of this name"},
	{Key: KeyAfter, Class: ClassTime, Aliases: []string{"since", "from"}, Help: "from this moment on: 2026-11-18T21:00, -2h"},
	{Key: KeyBefore, Class: ClassTime, Aliases: []string{"until", "to"}, Help: "earlier than this moment"},
	{Key: KeyOutcome, Class: ClassOutcome, Help: "success, failed or unsaid"},
	{Key: KeyActor, Class: ClassActor, Aliases: []string{"who"}, Help: "who did it: " + strings.Join(investigations.ActorWords(), ", ")},
	{Key: KeyCode, Class: ClassEvent, Help: "an event code, such as T1000W"},
	{Key: KeyUID, Class: ClassEvent, Help: "one event, by its id"},
	{Key: KeyCommand, Class: ClassText, Aliases: []string{"cmd", "query"}, Help: "text in a command, statement, path or reason"},
	{Key: KeyText, Class: ClassText, Help: "text anywhere in the line"},
}

func kinds(k ...investigations.Kind) []investigations.Kind { return k }

// Keys lists every key in help order.
func Keys() []KeyInfo { return slices.Clone(keys) }

// Info describes the key; the zero KeyInfo for one that does not exist.
func (k Key) Info() KeyInfo {
	for _, info := range keys {
		if info.Key == k {
			return info
		}
	}
	return KeyInfo{}
}

// lookup finds a key by its name or an alias, in any case.
func lookup(name string) (KeyInfo, bool) {
	name = strings.ToLower(name)
	for _, info := range keys {
		if string(info.Key) == name || slices.Contains(info.Aliases, name) {
			return info, true
		}
	}
	return KeyInfo{}, false
}

// KeyOf is the key that finds an entity of the kind.
func KeyOf(kind investigations.Kind) (Key, bool) {
	for _, info := range keys {
		if len(info.Kinds) == 1 && info.Kinds[0] == kind {
			return info.Key, true
		}
	}
	return "", false
}

// nearest is the key a mistyped name most likely means, empty for none.
func nearest(name string) string {
	name = strings.ToLower(name)
	best, found := 3, ""
	for _, info := range keys {
		for _, candidate := range append([]string{string(info.Key)}, info.Aliases...) {
			if d := distance(name, candidate); d < best && d < len(candidate) {
				best, found = d, candidate
			}
		}
	}
	return found
}

// distance is the number of single-byte edits between two short words.
func distance(a, b string) int {
	if len(a) > 32 {
		return len(a)
	}
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost++
			}
			diagonal = row[j+1]
			row[j+1] = min(cost, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
