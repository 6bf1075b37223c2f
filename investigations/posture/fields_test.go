package posture

import "testing"

func TestPlan_fieldsOfEachTypeFitARecord(t *testing.T) {
	t.Parallel()
	r := &reading{plans: map[string]*plan{}}
	for i := range checks {
		for _, reads := range checks[i].reads {
			for _, typ := range reads.types {
				if n := len(r.planOf(typ).fields); n > maxFields {
					t.Errorf("%s has %d fields", typ, n)
				}
			}
		}
	}
	if len(r.ordered) > 1<<planBits {
		t.Errorf("%d event types do not fit the bits of a plan", len(r.ordered))
	}
}
