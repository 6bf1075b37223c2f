package pivot_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/pivot"
	"cordon/investigations/pivot/pivottest"
)

func TestWalk_yieldsWhatIsCounted(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		idx, err := pivottest.New(strings.Join(pivottest.Draw(rt, 40), "\n"))
		if err != nil {
			rt.Fatal(err)
		}
		for _, e := range idx.Entities() {
			want, err := pivot.Of(t.Context(), idx, e)
			if err != nil {
				rt.Fatal(err)
			}
			got := make(map[string]int)
			err = pivot.Walk(t.Context(), idx, e, func(keys []string, _ *investigations.Event) {
				for _, key := range keys {
					got[key]++
				}
			})
			if err != nil {
				rt.Fatal(err)
			}
			if diff := cmp.Diff(counts(want), got); diff != "" {
				rt.Fatalf("%s (-counted +walked):\n%s", e, diff)
			}
		}
	})
}
