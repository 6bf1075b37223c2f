package pane

import (
	"fmt"
	"strings"

	"cordon/investigations"
	"cordon/investigations/rules"
)

// Detections is what the rules found in the case, for every page to read. The
// page that looks fills it; reading costs nothing.
type Detections struct{ told *Tallies }

// Tallies are how many findings each entity has to do with.
type Tallies struct {
	everyone Tally
	of       map[investigations.Entity]Tally
}

// TallyOf counts findings. It takes a moment where there are thousands.
func TallyOf(found []*rules.Finding) *Tallies {
	t := &Tallies{Tally{}, map[investigations.Entity]Tally{}}
	for _, f := range found {
		t.everyone[f.Severity]++
		for _, e := range f.Entities {
			if t.of[e] == nil {
				t.of[e] = Tally{}
			}
			t.of[e][f.Severity]++
		}
	}
	return t
}

// Tally counts findings by severity.
type Tally map[rules.Severity]int

// String names the counts, the gravest first: "1 critical, 2 high".
func (t Tally) String() string {
	var parts []string
	for _, s := range rules.Severities() {
		if t[s] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", t[s], s))
		}
	}
	return strings.Join(parts, ", ")
}

// Of counts the findings that an entity has to do with, or with the zero entity
// all of them, dismissed ones left out. known is false while nobody has looked.
func (d *Detections) Of(e investigations.Entity) (t Tally, known bool) {
	switch {
	case d == nil || d.told == nil:
		return nil, false
	case e.IsZero():
		return d.told.everyone, true
	}
	return d.told.of[e], true
}

// Set takes what was found.
func (d *Detections) Set(t *Tallies) { d.told = t }
