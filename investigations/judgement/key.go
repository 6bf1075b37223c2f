package judgement

import (
	"cmp"
	"fmt"
	"strings"

	"cordon/investigations"
)

// Facet says what of an event tells one pair of hands from another.
type Facet string

// The facets. All but FacetAgent are kinds of entity.
const (
	FacetAddress     Facet = "address"     // source address, without port
	FacetMFADevice   Facet = "mfa_device"  // MFA device that was used, by UUID
	FacetDevice      Facet = "device"      // trusted device, by id
	FacetAgent       Facet = "agent"       // user agent, as the log has it
	FacetCertificate Facet = "certificate" // by uid of the cert.create that signed it first
	FacetSession     Facet = "session"     // one session, by UUID
)

// Facets lists the facets in the order in which they are shown.
func Facets() []Facet {
	return []Facet{FacetAddress, FacetMFADevice, FacetDevice, FacetAgent, FacetCertificate, FacetSession}
}

// Title is the facet as a person reads it.
func (f Facet) Title() string {
	if kind, ok := investigations.ParseKind(string(f)); ok {
		return kind.Title()
	}
	return "user agent"
}

// Key is one mark that a pair of hands leaves in events: this address, that
// MFA device.
type Key struct {
	Facet Facet
	Value string
}

// NewKey makes a key. Names of entities are made canonical, so that every
// spelling of an address is one key.
func NewKey(f Facet, value string) Key {
	if kind, ok := investigations.ParseKind(string(f)); ok {
		value = investigations.CanonicalName(kind, value)
	}
	return Key{f, value}
}

// ParseKey reads a key as a person writes it: `facet:value`.
func ParseKey(s string) (Key, error) {
	name, value, ok := strings.Cut(s, ":")
	for _, f := range Facets() {
		if ok && name == string(f) && value != "" {
			if kind, ok := investigations.ParseKind(name); ok {
				value = investigations.TypedName(kind, value)
			}
			return Key{f, value}, nil
		}
	}
	return Key{}, fmt.Errorf("%q names no hands: write address:IP, mfa_device:UUID, device:ID, agent:TEXT, certificate:EVENT or session:UUID", s)
}

// String is the key as ParseKey reads it.
func (k Key) String() string { return string(k.Facet) + ":" + k.Value }

// MarshalText writes the key as String.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (k *Key) UnmarshalText(b []byte) (err error) {
	*k, err = ParseKey(string(b))
	return err
}

// Entity is the entity that the key names, zero for a user agent.
func (k Key) Entity() investigations.Entity {
	kind, ok := investigations.ParseKind(string(k.Facet))
	if !ok {
		return investigations.Entity{}
	}
	return investigations.Entity{Kind: kind, Name: k.Value}
}

// Compare orders keys by facet as Facets does, then by value.
func (k Key) Compare(o Key) int {
	return cmp.Or(cmp.Compare(k.rank(), o.rank()), strings.Compare(k.Value, o.Value))
}

func (k Key) rank() int {
	for i, f := range Facets() {
		if f == k.Facet {
			return i
		}
	}
	return len(Facets())
}
