package teleport_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	auditlogpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/auditlog/v1"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

// told is an event with a field of its own.
func told(uid string, when time.Time, field *structpb.Value) *auditlogpb.EventUnstructured {
	return &auditlogpb.EventUnstructured{
		Type: "user.login", Id: uid, Time: timestamppb.New(when),
		Unstructured: &structpb.Struct{Fields: map[string]*structpb.Value{
			"event": structpb.NewStringValue("user.login"), "time": structpb.NewStringValue(when.Format(time.RFC3339Nano)),
			"uid": structpb.NewStringValue(uid), "x": field,
		}},
	}
}

// deep is a value of lists in each other.
func deep(n int) *structpb.Value {
	v := structpb.NewStringValue("bottom")
	for range n {
		v = structpb.NewListValue(&structpb.ListValue{Values: []*structpb.Value{v}})
	}
	return v
}

// searched counts the events that a search gives.
func searched(ctx context.Context, c *teleport.Cluster) (n int, err error) {
	err = c.Search(ctx, at(0), at(1_000_000), func(teleport.Event) error { n++; return nil })
	return n, err
}

func TestSearch_endsWherePagesDoNot(t *testing.T) {
	t.Parallel()
	for name, next := range map[string]func(page int) string{
		"the same page":    func(int) string { return "again" },
		"a circle of two":  func(page int) string { return fmt.Sprint(page % 2) },
		"a circle of many": func(page int) string { return fmt.Sprint(page % 37) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, server := connect(t, clustertest.Options{})
			pages := 0
			server.Pages(func(clustertest.Asked) ([]*auditlogpb.EventUnstructured, string) {
				pages++
				return []*auditlogpb.EventUnstructured{told(fmt.Sprint(pages), at(1), structpb.NewNullValue())}, next(pages)
			})
			_, err := searched(t.Context(), c)
			if err == nil || !strings.Contains(err.Error(), "no end") {
				t.Errorf("after %d pages: %v", pages, err)
			}
		})
	}
}

func TestSearch_asksForFewerWhereAnAnswerIsTooLarge(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	const events = 6
	long := structpb.NewStringValue(strings.Repeat("\x1b]0;\u202e<&", 100_000)) // a megabyte each: a client takes 4 MB
	server.Pages(func(a clustertest.Asked) (page []*auditlogpb.EventUnstructured, next string) {
		from := 0
		_, _ = fmt.Sscan(a.Key, &from)
		for i := from; i < min(from+a.Limit, events); i++ {
			page = append(page, told(fmt.Sprint(i), at(i), long))
		}
		if from+a.Limit < events {
			next = fmt.Sprint(from + a.Limit)
		}
		return page, next
	})
	if n, err := searched(t.Context(), c); n != events || err != nil {
		t.Errorf("%d events, %v", n, err)
	}
}

func TestSearch_saysSoOfAnEventThatIsTooLarge(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Pages(func(clustertest.Asked) ([]*auditlogpb.EventUnstructured, string) {
		return []*auditlogpb.EventUnstructured{told("huge", at(1), structpb.NewStringValue(strings.Repeat("x", 5<<20)))}, ""
	})
	_, err := searched(t.Context(), c)
	var known *teleport.Error
	if !errors.As(err, &known) || !strings.Contains(known.Text, "larger than cordon takes") {
		t.Errorf("error %.200v", err)
	}
}

func TestSearch_takesOddEvents(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Pages(func(clustertest.Asked) ([]*auditlogpb.EventUnstructured, string) {
		return []*auditlogpb.EventUnstructured{
			told("", at(1), structpb.NewStringValue("one without a uid")),
			told("", at(1), structpb.NewStringValue("another")),
			told("deep", at(2), deep(3000)),
			{Id: "bare"},
			told("line", at(3), structpb.NewStringValue("a\nb\x00\u2028c")),
		}, ""
	})
	ids := map[string]bool{}
	err := c.Search(t.Context(), at(0), at(9), func(e teleport.Event) error {
		ids[e.ID] = true
		if strings.ContainsAny(string(e.Line), "\n\x00") {
			t.Errorf("a line end in %.60q", e.Line)
		}
		return nil
	})
	if err != nil || len(ids) != 5 || ids[""] {
		t.Errorf("%d ids, %v", len(ids), err)
	}
}

// What no JSON reader would follow down is refused, and nothing hangs.
func TestSearch_refusesWhatIsTooDeep(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Pages(func(clustertest.Asked) ([]*auditlogpb.EventUnstructured, string) {
		return []*auditlogpb.EventUnstructured{told("deep", at(1), deep(20_000))}, ""
	})
	_, err := searched(t.Context(), c)
	var known *teleport.Error
	if !errors.As(err, &known) || strings.Contains(known.Text, "\n") || len(known.Text) > 300 {
		t.Errorf("error %.300v", err)
	}
}

// An event of the future must not hide what happens until then.
func TestFollow_goesOnAfterAnEventOfTheFuture(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	server.AddLines(line(1), line(360_000)) // an hour later
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	now, rounds := at(10), 0
	c := connectWith(t, teleport.Options{
		Addr: server.Addr, Identity: identity(t, server.Authority, long), Now: func() time.Time { return now },
		Pause: func(ctx context.Context, _ time.Duration) error {
			if rounds++; rounds == 5 {
				cancel()
			}
			now = now.Add(10 * time.Minute)
			server.AddLines(line(60_000*rounds + 1))
			return ctx.Err()
		},
	})
	got := map[string]int{}
	_ = c.Follow(ctx, teleport.FollowOptions{Since: at(0)}, func(_ context.Context, batch []teleport.Event) error {
		for _, e := range batch {
			got[e.ID]++
		}
		return nil
	})
	for _, id := range []string{"uid-1", "uid-360000", "uid-60001", "uid-120001", "uid-180001", "uid-240001"} {
		if got[id] != 1 {
			t.Errorf("%s was handed over %d times", id, got[id])
		}
	}
}

func TestFollow_waitsWhereTheClusterAsksForPatience(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	server.AddLines(line(1))
	server.Faults(func(call clustertest.Call) clustertest.Fault {
		if call.Method == "GetUnstructuredEvents" && call.Count < 4 {
			return clustertest.Fault{Err: errTooMany}
		}
		return clustertest.Fault{}
	})
	c := connectWith(t, teleport.Options{Addr: server.Addr, Identity: identity(t, server.Authority, long), Pause: soon})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	n := 0
	err := c.Follow(ctx, teleport.FollowOptions{Since: at(0)}, func(_ context.Context, batch []teleport.Event) error {
		n += len(batch)
		cancel()
		return nil
	})
	if n != 1 || !errors.Is(err, context.Canceled) {
		t.Errorf("%d events, %v", n, err)
	}
}
