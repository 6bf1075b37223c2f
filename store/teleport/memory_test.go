package teleport

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	auditlogpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/auditlog/v1"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"cordon/store/teleport/clustertest"
)

// TestTortureFollow_memoryIsFlat follows from far in the past: what is kept is
// bounded by the overlap, not by how much there is. It runs alone, so that the
// heap that it tells of is its own.
func TestTortureFollow_memoryIsFlat(t *testing.T) {
	total := 16_000
	if os.Getenv("CORDON_TORTURE") != "" {
		total = 1_000_000
	}
	from := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)
	const step = 100 * time.Millisecond
	server := clustertest.Start(t, clustertest.Options{})
	server.Pages(func(a clustertest.Asked) (page []*auditlogpb.EventUnstructured, next string) {
		i := int(max(0, a.From.Sub(from)+step-1) / step)
		if a.Key != "" {
			_, _ = fmt.Sscan(a.Key, &i)
		}
		for ; i < total && len(page) < a.Limit; i++ {
			when := from.Add(time.Duration(i) * step)
			page = append(page, &auditlogpb.EventUnstructured{
				Type: "user.login", Id: fmt.Sprintf("11111111-0000-4000-8000-%012d", i), Time: timestamppb.New(when),
				Unstructured: &structpb.Struct{Fields: map[string]*structpb.Value{
					"event": structpb.NewStringValue("user.login"), "user": structpb.NewStringValue("mallory@example.com"),
					"uid": structpb.NewStringValue(fmt.Sprintf("11111111-0000-4000-8000-%012d", i)), "time": structpb.NewStringValue(when.Format(time.RFC3339Nano)),
				}},
			})
		}
		if i < total {
			next = fmt.Sprint(i)
		}
		return page, next
	})
	path := filepath.Join(t.TempDir(), "identity")
	server.WriteIdentity(path, clustertest.Identity{User: "ana@example.com"})
	c, err := Connect(t.Context(), Options{Addr: server.Addr, Identity: path})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	got, most := 0, 0
	var f *follower
	f = newFollower(c, FollowOptions{Since: from, Overlap: time.Minute}, func(_ context.Context, batch []Event) error {
		if most = max(most, len(f.known)); got/100_000 != (got+len(batch))/100_000 {
			var m runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&m)
			t.Logf("after %d events: %d known, heap %.1f MB", got+len(batch), len(f.known), float64(m.HeapAlloc)/1e6)
		}
		got += len(batch)
		return nil
	})
	for range 3 { // the second and third ask for the overlap again
		if err := f.round(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	overlap := int(f.Overlap / step)
	if bound := 2*overlap + largestKnown + batchEvents; got != total || most > bound || total < bound+batchEvents {
		t.Errorf("%d events of %d, at most %d known", got, total, most)
	}
	t.Logf("%d events, at most %d known", got, most)
}

// A cluster may have days without events, but not ever more pages of nothing.
func TestSearch_endsWhereAllPagesAreEmpty(t *testing.T) {
	t.Parallel()
	s := &search{}
	for page := 1; page <= mostEmpty; page++ {
		if err := s.goOn(fmt.Sprint(page), 0); err != nil {
			t.Fatalf("page %d: %v", page, err)
		}
	}
	if err := s.goOn("one more", 0); err == nil || !strings.Contains(err.Error(), "no end") {
		t.Errorf("error %v", err)
	}
	s = &search{}
	for page := 1; page <= 2*mostEmpty; page++ {
		if err := s.goOn(fmt.Sprint(page), page%mostEmpty); err != nil {
			t.Fatalf("page %d, with events now and then: %v", page, err)
		}
	}
}
