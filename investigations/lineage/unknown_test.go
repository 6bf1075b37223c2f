package lineage_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"cordon/investigations"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot/pivottest"
)

// TestUnknowns_saysWhatTheLogCannotShow reads testdata/silent.json: acts that
// leave no event, or one that leaves out who did it. Each is a statement and
// none is an edge.
func TestUnknowns_saysWhatTheLogCannotShow(t *testing.T) {
	t.Parallel()
	b, err := os.ReadFile(filepath.Join("testdata", "silent.json"))
	if err != nil {
		t.Fatal(err)
	}
	var tests []struct {
		Name  string
		Log   []string
		Edges []string
		Says  []string
		Not   []string
	}
	if err := json.Unmarshal(b, &tests); err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		t.Run(tt.Name, func(t *testing.T) {
			t.Parallel()
			idx, err := pivottest.New(at(tt.Log...))
			if err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			l, err := lineage.Follow(ctx, idx, lineage.Question{Identity: investigations.Entity{Kind: investigations.KindUser, Name: "eve"}, Depth: 4})
			if err != nil {
				t.Fatal(err)
			}
			edges := of(l.Edges, func(lineage.Edge) bool { return true })
			if diff := cmp.Diff(tt.Edges, edges, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("edges (-want +got):\n%s", diff)
			}
			unknown, err := lineage.Unknowns(ctx, idx, idx, l)
			if err != nil {
				t.Fatal(err)
			}
			var said []string
			for _, u := range unknown {
				said = append(said, u.Text)
			}
			for _, want := range tt.Says {
				if !slices.Contains(said, want) {
					t.Errorf("it does not say %q but %q", want, said)
				}
			}
			for _, s := range said {
				if slices.ContainsFunc(tt.Not, func(not string) bool { return strings.Contains(s, not) }) {
					t.Errorf("it says %q", s)
				}
			}
		})
	}
}
