package teleport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	auditlogpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/auditlog/v1"
	apievents "github.com/gravitational/teleport/api/types/events"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/store"
	"cordon/store/teleport"
	"cordon/store/teleport/clustertest"
)

var begin = time.Date(2026, 11, 18, 21, 0, 0, 0, time.UTC)

func at(i int) time.Time { return begin.Add(time.Duration(i) * 10 * time.Millisecond) }

func line(i int) string {
	return fmt.Sprintf(`{"ei":0,"event":"user.login","code":"T1000I","uid":"uid-%d","time":%q,"user":"user-%d@example.com","success":true,"odd":"a<b>&\u00e9"}`,
		i, at(i).Format("2006-01-02T15:04:05.000Z"), i%7)
}

func TestSearch_givesEveryEventOfAStretchOnceInOrder(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	const n = 3210 // more than three pages
	for i := range n {
		server.AddLines(line(n - 1 - i))
	}
	var got []string
	err := c.Search(t.Context(), at(10), at(n-11), func(e teleport.Event) error {
		got = append(got, e.ID)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != n-20 || got[0] != "uid-10" || got[len(got)-1] != fmt.Sprintf("uid-%d", n-11) {
		t.Errorf("%d events, first %q, last %q", len(got), got[0], got[len(got)-1])
	}
	if !slices.IsSortedFunc(got, func(a, b string) int { return number(a) - number(b) }) {
		t.Error("not in order of time")
	}
}

func number(uid string) (n int) {
	_, _ = fmt.Sscanf(uid, "uid-%d", &n)
	return n
}

func TestSearch_givesLinesThatEqualTheClusters(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.AddLines(line(1))
	err := c.Search(t.Context(), at(0), at(2), func(e teleport.Event) error {
		var got, want any
		if err := errors.Join(json.Unmarshal(e.Line, &got), json.Unmarshal([]byte(line(1)), &want)); err != nil {
			return err
		}
		if fmt.Sprint(got) != fmt.Sprint(want) || !e.Time.Equal(at(1)) {
			t.Errorf("line %s at %v, want %s", e.Line, e.Time, line(1))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestSearch_fallsBackWhereTheServerIsOld(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{Version: "12.0.3"})
	server.Add(&apievents.UserLogin{
		Metadata:     apievents.Metadata{ID: "one", Type: "user.login", Code: "T1000I", Time: at(1), ClusterName: clustertest.ClusterName},
		UserMetadata: apievents.UserMetadata{User: "ana@example.com"}, Status: apievents.Status{Success: true},
	})
	n := 0
	err := c.Search(t.Context(), at(0), at(2), func(e teleport.Event) error {
		n++
		var got struct {
			Event, UID, User, Time string
			Success                bool
		}
		if err := json.Unmarshal(e.Line, &got); err != nil {
			return err
		}
		if got.Event != "user.login" || got.UID != "one" || got.User != "ana@example.com" || got.Time != "2026-11-18T21:00:00.01Z" || !got.Success {
			t.Errorf("line %s", e.Line)
		}
		return nil
	})
	if err != nil || n != 1 {
		t.Errorf("%d events, %v", n, err)
	}
}

func TestSearch_saysWhatIsMissing(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Grant(long.User, map[string][]string{"lock": {"read"}})
	err := c.Search(t.Context(), at(0), at(1), func(teleport.Event) error { return nil })
	var told *teleport.Error
	if !errors.As(err, &told) || told.Verb != "list" || told.Resource != "event" {
		t.Errorf("error %v", err)
	}
}

// growing is a log that grows between two questions; one event in fifty is held
// back and arrives up to ten seconds late. The connection is cut now and then.
type growing struct {
	server      *clustertest.Cluster
	r           *rand.Rand
	total, cuts int
	most        int // events that are added between two questions
	added       int
	rounds      int
	late        []int
	now         time.Time
	over        time.Duration // how long the log has stood still
	lost        int           // times that the follower saw no connection
}

// An event arrives up to so many others late, which take less time than the
// follower looks back.
const (
	latest  = 200
	overlap = 3 * time.Second
	sweep   = 4 * time.Second
)

func grows(t *testing.T, seed uint64, total, cuts int) *growing {
	t.Helper()
	g := &growing{server: clustertest.Start(t, clustertest.Options{}), r: rand.New(rand.NewPCG(seed, 1)), total: total, cuts: cuts, most: 2 * total / torture(t, 50, 200), now: at(0)}
	g.server.Faults(func(call clustertest.Call) clustertest.Fault {
		if g.cuts > 0 && call.Method != "Ping" && rand.New(rand.NewPCG(seed, uint64(call.Count))).IntN(4) == 0 {
			g.cuts--
			return clustertest.Fault{CutBefore: call.Count%2 == 0, CutAfter: call.Count%2 == 1, Twice: call.Count%3 == 0}
		}
		return clustertest.Fault{}
	})
	return g
}

// whole reports whether every event has arrived in the log.
func (g *growing) whole() bool { return g.added == g.total && len(g.late) == 0 }

func (g *growing) grow() {
	g.rounds++
	for range 1 + g.r.IntN(g.most) {
		if g.added == g.total {
			break
		}
		if g.r.IntN(50) == 0 {
			g.late = append(g.late, g.added)
		} else {
			g.server.AddLines(line(g.added))
		}
		g.added++
	}
	if g.now = at(g.added); g.added == g.total {
		g.over += time.Second // the clock goes on when the log does not
		g.now = g.now.Add(g.over)
	}
	g.late = slices.DeleteFunc(g.late, func(i int) bool {
		arrives := g.added == g.total || g.added-i > g.r.IntN(latest)
		if arrives {
			g.server.AddLines(line(i))
		}
		return arrives
	})
}

// follow follows the log from a moment on until done says so.
func (g *growing) follow(t *testing.T, since time.Time, done func() bool, take func(context.Context, []teleport.Event) error) error {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c, err := teleport.Connect(ctx, teleport.Options{
		Addr: g.server.Addr, Identity: identity(t, g.server.Authority, long), Now: func() time.Time { return g.now },
		Pause: func(ctx context.Context, _ time.Duration) error {
			if g.rounds > 100_000 || done() {
				cancel()
			}
			g.grow()
			return ctx.Err()
		},
	})
	if err != nil {
		return err
	}
	defer c.Close()
	return c.Follow(ctx, teleport.FollowOptions{Since: since, Overlap: overlap, Sweep: sweep, Near: time.Second, State: func(s teleport.FollowState) {
		if s.Err != nil {
			g.lost++
		}
	}}, take)
}

// TestTortureFollow_losesNothingAndDoublesNothing follows a log while it grows, events
// arrive late and the connection is cut again and again.
func TestTortureFollow_losesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	g := grows(t, seed, torture(t, 2_500, 100_000), torture(t, 10, 50))
	times := make([]int, g.total)
	handed := 0
	err := g.follow(t, at(0), func() bool { return g.whole() && handed == g.total && g.cuts == 0 }, func(_ context.Context, batch []teleport.Event) error {
		for _, e := range batch {
			times[number(e.ID)]++
		}
		handed += len(batch)
		return nil
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("seed %d: %v", seed, err)
	}
	for i, n := range times {
		if n != 1 {
			t.Fatalf("seed %d: event %d was handed over %d times", seed, i, n)
		}
	}
	if g.cuts > 0 || g.lost == 0 {
		t.Errorf("seed %d: %d cuts did not happen, %d were seen", seed, g.cuts, g.lost)
	}
	t.Logf("seed %d: %d events, %d times without connection", seed, g.total, g.lost)
}

// TestTortureFollow_fillsACaseOnce follows into a case, through cuts, late
// arrivals and followers that end and start again; in between the case takes a
// file with the same events.
func TestTortureFollow_fillsACaseOnce(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	g := grows(t, seed, torture(t, 1_500, 100_000), torture(t, 10, 50))
	dir := t.TempDir()
	c, _, err := store.Build(t.Context(), filepath.Join(dir, "inc"+store.Extension), nil, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var added int64
	var newest time.Time
	for part := range 3 {
		feed, err := c.OpenFeed(clustertest.ClusterName, store.Options{})
		if err != nil {
			t.Fatal(err)
		}
		until := (part + 1) * g.total / 3
		since := at(0)
		if part > 0 {
			since = newest.Add(-overlap - sweep) // the last sweep may be that long ago
		}
		done := func() bool {
			return part < 2 && g.added >= until || g.whole() && added == int64(g.total) && g.cuts == 0
		}
		err = g.follow(t, since, done, func(ctx context.Context, batch []teleport.Event) error {
			lines := make([][]byte, len(batch))
			for i, e := range batch {
				if lines[i] = e.Line; e.Time.After(newest) {
					newest = e.Time
				}
			}
			n, err := feed.Add(context.WithoutCancel(ctx), lines)
			added += n
			return err
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if err := feed.Close(t.Context()); err != nil {
			t.Fatal(err)
		}
		if part == 0 {
			added += ingested(t, c, dir, g.added/2, g.added)
		}
	}
	if uids, twice := uidsOf(t, c); uids != g.total || twice > 0 || added != int64(g.total) {
		t.Errorf("seed %d: %d events in the case and %d twice, %d added, want %d", seed, uids, twice, added, g.total)
	}
	if g.cuts > 0 || g.lost == 0 {
		t.Errorf("seed %d: %d cuts did not happen, %d were seen", seed, g.cuts, g.lost)
	}
	t.Logf("seed %d: %d events, 3 followers, %d times without connection", seed, g.total, g.lost)
}

// ingested adds the events from a number up to another as a file, as the auth
// server writes it, and returns how many of them the case did not have.
func ingested(t *testing.T, c *store.Case, dir string, from, to int) int64 {
	t.Helper()
	var lines []byte
	for i := from; i < to; i++ {
		lines = append(append(lines, line(i)...), '\n')
	}
	path := filepath.Join(dir, "audit.log")
	if err := os.WriteFile(path, lines, 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := c.Ingest(t.Context(), []string{path}, store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return report.Events
}

// uidsOf counts the uids in a case, and those that stand there twice.
func uidsOf(t *testing.T, c *store.Case) (uids, twice int) {
	t.Helper()
	all, err := c.Select(t.Context(), filter.Expr{})
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var from *investigations.Position
	for {
		events, err := all.Window(t.Context(), from, false, 5000)
		if err != nil {
			t.Fatal(err)
		}
		if len(events) == 0 {
			return len(seen), twice
		}
		for i := range events {
			if seen[events[i].UID] {
				twice++
			}
			seen[events[i].UID] = true
		}
		last := events[len(events)-1].Position()
		from = &last
	}
}

func TestFollow_endsWithARefusal(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.Grant(long.User, nil)
	err := c.Follow(t.Context(), teleport.FollowOptions{}, func(context.Context, []teleport.Event) error { return nil })
	if !errors.Is(err, teleport.ErrDenied) {
		t.Errorf("error %v", err)
	}
}

func TestFollow_handsABatchOverAgainThatWasNotKept(t *testing.T) {
	t.Parallel()
	c, server := connect(t, clustertest.Options{})
	server.AddLines(line(1))
	full := errors.New("no space left")
	err := c.Follow(t.Context(), teleport.FollowOptions{Since: at(0)}, func(context.Context, []teleport.Event) error { return full })
	if !errors.Is(err, full) {
		t.Errorf("error %v", err)
	}
}

func TestFollow_asksForTheWholeOverlapNowAndThen(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	now := begin
	var back []time.Duration // how far behind the present each question reached
	server.Pages(func(a clustertest.Asked) ([]*auditlogpb.EventUnstructured, string) {
		back = append(back, now.Sub(a.From))
		return []*auditlogpb.EventUnstructured{{
			Type: "user.login", Id: now.Format(time.RFC3339Nano), Time: timestamppb.New(now),
			Unstructured: &structpb.Struct{Fields: map[string]*structpb.Value{"event": structpb.NewStringValue("user.login")}},
		}}, ""
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c, err := teleport.Connect(ctx, teleport.Options{
		Addr: server.Addr, Identity: identity(t, server.Authority, long), Now: func() time.Time { return now },
		Pause: func(ctx context.Context, d time.Duration) error {
			if now = now.Add(d); now.Sub(begin) > 35*time.Second {
				cancel()
			}
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	err = c.Follow(ctx, teleport.FollowOptions{Since: begin.Add(-time.Hour)}, func(context.Context, []teleport.Event) error { return nil })
	if !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	// Every two seconds; the sixteenth is due for a sweep.
	if len(back) != 18 || back[0] != time.Hour || back[15] < 5*time.Minute {
		t.Fatalf("the questions reached back %v", back)
	}
	for i, d := range back {
		if i != 0 && i != 15 && d > 20*time.Second {
			t.Errorf("question %d reached back %v", i, d)
		}
	}
}

// Some backends know no part of a second: they give all events of the one in which
// a question begins.
func TestFollow_handsEachEventOverOnceWhereTheClusterAnswersBySeconds(t *testing.T) {
	t.Parallel()
	server := clustertest.Start(t, clustertest.Options{})
	now := begin
	server.Pages(func(a clustertest.Asked) (page []*auditlogpb.EventUnstructured, _ string) {
		for at := begin; !at.After(now); at = at.Add(300 * time.Millisecond) {
			if !at.Before(a.From.Truncate(time.Second)) {
				page = append(page, &auditlogpb.EventUnstructured{Id: at.Format(time.RFC3339Nano), Time: timestamppb.New(at), Unstructured: &structpb.Struct{}})
			}
		}
		return page, ""
	})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	c, err := teleport.Connect(ctx, teleport.Options{
		Addr: server.Addr, Identity: identity(t, server.Authority, long), Now: func() time.Time { return now },
		Pause: func(ctx context.Context, _ time.Duration) error {
			if now = now.Add(700 * time.Millisecond); now.Sub(begin) > time.Minute {
				cancel()
			}
			return ctx.Err()
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	times := map[string]int{}
	o := teleport.FollowOptions{Since: begin, Overlap: 10 * time.Second, Sweep: 4 * time.Second, Near: 2 * time.Second}
	err = c.Follow(ctx, o, func(_ context.Context, batch []teleport.Event) error {
		for _, e := range batch {
			times[e.ID]++
		}
		return nil
	})
	if !errors.Is(err, context.Canceled) || len(times) < 150 {
		t.Fatalf("%d events, %v", len(times), err)
	}
	for id, n := range times {
		if n != 1 {
			t.Errorf("event %s came %d times", id, n)
		}
	}
}
