package rules

import (
	"fmt"
	"math"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"cordon/investigations/rules/command"
)

// Node is a condition on one event: operators on a field, which must all hold,
// or other conditions. A field with several values fulfils an operator when one
// of them does.
type Node struct {
	Field string `yaml:"field"`

	Is       texts     `yaml:"is"`        // one of these, exactly
	Glob     texts     `yaml:"glob"`      // one of these patterns; * and ?, case aside
	Exists   *bool     `yaml:"exists"`    // there is, or is not, such a value
	Above    *float64  `yaml:"above"`     // a number that is greater
	Below    *float64  `yaml:"below"`     // a number that is smaller
	CIDR     texts     `yaml:"cidr"`      // an address in one of these networks
	Same     string    `yaml:"same"`      // equal to a value of this field
	DomainIn string    `yaml:"domain_in"` // the domain of an e-mail name ends this field
	Later    *Interval `yaml:"later"`     // a time that is later than another

	Danger texts `yaml:"danger"` // the command line has one of these classes; no field

	All []Node `yaml:"all"`
	Any []Node `yaml:"any"`
	Not *Node  `yaml:"not"`

	field, other source
	nets         []netip.Prefix
}

// Interval asks that a time be more than By after the one in Than.
type Interval struct {
	Than string        `yaml:"than"`
	By   time.Duration `yaml:"by"`
}

// texts is a list of scalars, or one of them, as text.
type texts []string

// UnmarshalYAML reads a scalar or a list of scalars.
func (t *texts) UnmarshalYAML(decode func(any) error) error {
	var raw any
	if err := decode(&raw); err != nil {
		return err
	}
	list, ok := raw.([]any)
	if !ok {
		list = []any{raw}
	}
	*t = texts{}
	for _, item := range list {
		switch item.(type) {
		case string, bool, int, int64, uint64, float64:
			*t = append(*t, fmt.Sprint(item))
		default:
			return fmt.Errorf("want a text, a number, true or false, or a list of them")
		}
	}
	return nil
}

// check compiles the condition. The error says what is wrong and how to put it
// right.
func (n *Node) check(depth int) error {
	if depth > 8 {
		return fmt.Errorf("conditions are nested too deep")
	}
	needsField := n.Is != nil || n.Glob != nil || n.Exists != nil || n.Above != nil || n.Below != nil || n.CIDR != nil ||
		n.Same != "" || n.DomainIn != "" || n.Later != nil
	if needsField != (n.Field != "") {
		return fmt.Errorf("a condition needs a field and an operator: {field: user, is: [alice]}")
	}
	if !needsField && n.Danger == nil && n.All == nil && n.Any == nil && n.Not == nil {
		return fmt.Errorf("the condition says nothing: write {field: user, is: [alice]}, or danger, all, any, not")
	}
	if n.Field != "" {
		var err error
		if n.field, err = parseSource(n.Field); err != nil {
			return err
		}
	}
	for _, other := range []string{n.Same, n.DomainIn} {
		if other != "" {
			var err error
			if n.other, err = parseSource(other); err != nil {
				return err
			}
		}
	}
	if n.Same != "" && n.DomainIn != "" {
		return fmt.Errorf("same and domain_in do not go together: write two conditions")
	}
	for _, c := range n.Danger {
		if command.Class(c).Technique() == "" {
			return fmt.Errorf("%q is no class of danger: the classes are %v", c, command.Classes())
		}
	}
	for _, c := range n.CIDR {
		p, err := netip.ParsePrefix(c)
		if err != nil {
			return fmt.Errorf("%q is no network: write 192.0.2.0/24", c)
		}
		n.nets = append(n.nets, p.Masked())
	}
	return n.checkInner(depth)
}

func (n *Node) checkInner(depth int) error {
	for _, list := range [][]Node{n.All, n.Any} {
		for i := range list {
			if err := list[i].check(depth + 1); err != nil {
				return err
			}
		}
	}
	if n.Not != nil {
		return n.Not.check(depth + 1)
	}
	return nil
}

// holds reports whether the event fulfils the condition.
func (n *Node) holds(v *view) bool {
	if n.Danger != nil && !slices.ContainsFunc(v.danger(), func(f command.Finding) bool { return slices.Contains(n.Danger, string(f.Class)) }) {
		return false
	}
	for i := range n.All {
		if !n.All[i].holds(v) {
			return false
		}
	}
	if n.Any != nil && !anyHolds(n.Any, v) {
		return false
	}
	if n.Not != nil && n.Not.holds(v) {
		return false
	}
	return n.Field == "" || n.fieldHolds(v)
}

func anyHolds(nodes []Node, v *view) bool {
	for i := range nodes {
		if nodes[i].holds(v) {
			return true
		}
	}
	return false
}

func allHold(nodes []Node, v *view) bool {
	for i := range nodes {
		if !nodes[i].holds(v) {
			return false
		}
	}
	return true
}

func (n *Node) fieldHolds(v *view) bool {
	if n.Exists != nil && v.exists(n.field) != *n.Exists {
		return false
	}
	got := v.values(n.field)
	some := func(is func(string) bool) bool { return slices.ContainsFunc(got, is) }
	switch {
	case n.Is != nil && !some(func(s string) bool { return slices.Contains(n.Is, s) }),
		n.Glob != nil && !some(func(s string) bool { return globAny(n.Glob, s) }),
		n.Above != nil && !some(func(s string) bool { return number(s) > *n.Above }),
		n.Below != nil && !some(func(s string) bool { return number(s) < *n.Below }),
		n.CIDR != nil && !some(n.inNets),
		n.Same != "" && !shares(got, v.values(n.other)),
		n.DomainIn != "" && !some(func(s string) bool { return domainIn(s, v.values(n.other)) }),
		n.Later != nil && !some(func(s string) bool { return n.Later.holds(s, v) }):
		return false
	}
	return true
}

// number is NaN for what is none, which is neither above nor below anything.
func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return math.NaN()
	}
	return f
}

func shares(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return s != "" && slices.Contains(b, s) })
}

// inNets takes an address with or without a port.
func (n *Node) inNets(s string) bool {
	addr, err := netip.ParseAddr(s)
	if err != nil {
		withPort, err := netip.ParseAddrPort(s)
		if err != nil {
			return false
		}
		addr = withPort.Addr()
	}
	return slices.ContainsFunc(n.nets, func(p netip.Prefix) bool { return p.Contains(addr.Unmap()) })
}

// domainIn reports whether the domain of the e-mail name is, or ends, one of
// the host names.
func domainIn(name string, hosts []string) bool {
	_, domain, ok := strings.Cut(strings.ToLower(name), "@")
	return ok && domain != "" && slices.ContainsFunc(hosts, func(h string) bool {
		h = strings.ToLower(h)
		return h == domain || strings.HasSuffix(h, "."+domain)
	})
}

func (i *Interval) holds(s string, v *view) bool {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil || s == zeroTime {
		return false
	}
	than := v.event().Time
	if i.Than != "time" {
		other := v.values(source{path: strings.Split(i.Than, "/")})
		if len(other) == 0 {
			return false
		}
		if than, err = time.Parse(time.RFC3339Nano, other[0]); err != nil {
			return false
		}
	}
	return !than.IsZero() && t.Sub(than) > i.By
}

func globAny(patterns []string, s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(patterns, func(p string) bool { return glob(strings.ToLower(p), s) })
}

// glob matches * and ? over bytes, in time proportional to the product of the
// lengths at worst.
func glob(pattern, s string) bool {
	p, i, star, mark := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, i
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == s[i]):
			p++
			i++
		case star >= 0:
			mark++
			p, i = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
