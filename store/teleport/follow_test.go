package teleport_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"

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

// TestFollow_losesNothingAndDoublesNothing follows a log while it grows, events
// arrive late and the connection is cut again and again.
func TestFollow_losesNothingAndDoublesNothing(t *testing.T) {
	t.Parallel()
	seed := seedOf(t)
	r := rand.New(rand.NewPCG(seed, 1))
	total, cuts := torture(t, 10_000, 100_000), torture(t, 10, 50)
	now := at(0)
	server := clustertest.Start(t, clustertest.Options{})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()

	// The log grows between two questions; one event in fifty is held back and
	// arrives up to ten seconds late.
	added, handed, rounds := 0, 0, 0
	var late []int
	grow := func() {
		rounds++
		for range 1 + r.IntN(2*total/200) {
			if added == total {
				break
			}
			if r.IntN(50) == 0 {
				late = append(late, added)
			} else {
				server.AddLines(line(added))
			}
			added++
		}
		now = at(added)
		late = slices.DeleteFunc(late, func(i int) bool {
			if arrives := added == total || added-i > r.IntN(1000); !arrives {
				return false
			}
			server.AddLines(line(i))
			return true
		})
	}
	cutsLeft := cuts
	server.Faults(func(call clustertest.Call) clustertest.Fault {
		if cutsLeft > 0 && rand.New(rand.NewPCG(seed, uint64(call.Count))).IntN(4) == 0 {
			cutsLeft--
			return clustertest.Fault{CutBefore: call.Count%2 == 0, CutAfter: call.Count%2 == 1}
		}
		return clustertest.Fault{}
	})
	c := connectWith(t, teleport.Options{
		Addr: server.Addr, Identity: identity(t, server.Authority, long), Now: func() time.Time { return now },
		Pause: func(ctx context.Context, _ time.Duration) error {
			if rounds > 100_000 || added == total && len(late) == 0 && handed == total {
				cancel()
			}
			grow()
			return ctx.Err()
		},
	})
	times := make([]int, total)
	var lost int
	err := c.Follow(ctx, teleport.FollowOptions{
		Since: at(0), Overlap: 11 * time.Second,
		State: func(s teleport.FollowState) {
			if s.Err != nil {
				lost++
			}
		},
	}, func(_ context.Context, batch []teleport.Event) error {
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
	if cutsLeft > 0 || lost == 0 {
		t.Errorf("seed %d: %d cuts did not happen, %d were seen", seed, cutsLeft, lost)
	}
	t.Logf("seed %d: %d events, %d cuts, %d times without connection", seed, total, cuts, lost)
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
