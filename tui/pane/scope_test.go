package pane

import (
	"testing"
	"time"

	"cordon/investigations/lineage"
	"cordon/themes"
)

func TestSpan_writesTheTwoLargestUnits(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		0: "0s", 14 * time.Second: "14s", 77 * time.Second: "1m 17s", 90 * time.Minute: "1h 30m", 51 * time.Hour: "2d 03h",
	} {
		if got := Span(d); got != want {
			t.Errorf("%v: %q", d, got)
		}
	}
}

func TestContainmentOf_countsWhatHoldsAndWhatIsOnlyPlanned(t *testing.T) {
	t.Parallel()
	s := &lineage.Scope{Identities: []lineage.Held{{Contained: true}, {Contained: true, Unsure: true}, {Planned: true}, {}}}
	if got := ContainmentOf(s); got != (Containment{Identities: 4, Contained: 2, Unsure: 1, Planned: 1}) || got.Role() != themes.Warning {
		t.Errorf("%+v", got)
	}
	whole := &lineage.Scope{Identities: s.Identities[:1]}
	if got := ContainmentOf(whole); got.Role() != themes.OK {
		t.Errorf("%+v is not all", got)
	}
}
