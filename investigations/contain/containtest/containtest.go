// Package containtest is the contract of contain.Locker as a test: the dry
// run, the live cluster and the exercise range all pass it, so that a plan
// rehearsed in one means the same in the others.
//
// It checks what the responder relies on: placing a plan twice makes one lock,
// what is read back is what was asked for, whatever the names are made of, an
// undone lock is gone, a cancelled call has done nothing.
package containtest

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"cordon/investigations/contain"
)

// Start is the moment at which the clock of a contract test stands.
var Start = time.Date(2026, 11, 18, 21, 0, 0, 0, time.UTC)

// Run checks a Locker. open makes an empty one whose clock is now; state is
// where its locks stand once placed.
func Run(t *testing.T, open func(t *testing.T, now func() time.Time) contain.Locker, state contain.State) {
	t.Helper()
	for name, check := range map[string]func(*testing.T, contain.Locker, contain.State){
		"reads back what was asked for":       readsBack,
		"placing a plan twice makes one lock": placesOnce,
		"many at once make one lock":          placesOnceAtOnce,
		"an undone lock is gone":              undoes,
		"its end can be moved":                extends,
		"a lock that is not there":            notThere,
		"a cancelled call does nothing":       cancelled,
		"a plan without a target is refused":  refusesEmpty,
		"locks are listed oldest first":       listsInOrder,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			check(t, open(t, func() time.Time { return Start }), state)
		})
	}
}

// Plan makes a plan whose name follows from seed.
func Plan(t *testing.T, seed byte, r contain.Request) contain.Plan {
	t.Helper()
	p, err := contain.NewPlan(r, bytes.NewReader(bytes.Repeat([]byte{seed}, 16)))
	if err != nil {
		t.Fatalf("make plan: %v", err)
	}
	return p
}

func user(name string) []contain.Target {
	return []contain.Target{{Field: contain.FieldUser, Value: name}}
}

func readsBack(t *testing.T, l contain.Locker, state contain.State) {
	ctx := t.Context()
	requests := []contain.Request{
		{Targets: user("mallory@example.com")},
		{Targets: user("it's \"quoted\" $(reboot)\n--role=x"), Message: "line one\nline two", TTL: time.Hour},
		{Targets: []contain.Target{{Field: contain.FieldRole, Value: "ops"}, {Field: contain.FieldLogin, Value: "root"}}, TTL: contain.Forever},
		{Targets: user("-eve"), Expires: Start.Add(90 * time.Minute)},
	}
	ends := []time.Time{Start.Add(contain.DefaultTTL), Start.Add(time.Hour), {}, Start.Add(90 * time.Minute)}
	for i, r := range requests {
		p := Plan(t, byte(i+1), r)
		placed, err := l.Lock(ctx, p)
		if err != nil {
			t.Fatalf("lock %s: %v", p.Title(), err)
		}
		read, err := l.Read(ctx, p.Name)
		if err != nil {
			t.Fatalf("read %s: %v", p.Title(), err)
		}
		listed := awaited(t, l, i+1)[i]
		for _, got := range []contain.Lock{placed, read, listed} {
			if !slices.Equal(got.Targets, p.Targets) || got.Message != p.Message || !got.Expires.Equal(ends[i]) {
				t.Errorf("lock of %q = %+v, want its targets, message and end %v", p.Title(), got, ends[i])
			}
			if got.State(Start) != state {
				t.Errorf("state of %q = %v, want %v", p.Title(), got.State(Start), state)
			}
		}
	}
}

func placesOnce(t *testing.T, l contain.Locker, _ contain.State) {
	p := Plan(t, 1, contain.Request{Targets: user("mallory@example.com")})
	first, err := l.Lock(t.Context(), p)
	if err != nil {
		t.Fatal(err)
	}
	again, err := l.Lock(t.Context(), p)
	if err != nil {
		t.Fatalf("lock the same plan again: %v", err)
	}
	if again.Name != first.Name {
		t.Errorf("the same plan twice gave %q and %q", first.Name, again.Name)
	}
	awaited(t, l, 1)
}

func placesOnceAtOnce(t *testing.T, l contain.Locker, _ contain.State) {
	p := Plan(t, 1, contain.Request{Targets: user("mallory@example.com")})
	ctx := t.Context()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			if _, err := l.Lock(ctx, p); err != nil {
				t.Errorf("lock: %v", err)
			}
		})
	}
	wg.Wait()
	awaited(t, l, 1)
}

func undoes(t *testing.T, l contain.Locker, _ contain.State) {
	keep := Plan(t, 1, contain.Request{Targets: user("mallory@example.com")})
	drop := Plan(t, 2, contain.Request{Targets: user("relay@example.com")})
	for _, p := range []contain.Plan{keep, drop} {
		if _, err := l.Lock(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	gone, err := l.Unlock(t.Context(), drop.Name)
	if err != nil {
		t.Fatal(err)
	}
	if gone.Name != drop.Name || !slices.Equal(gone.Targets, drop.Targets) {
		t.Errorf("Unlock returned %+v, want the lock of %s", gone, drop.Title())
	}
	if left := awaited(t, l, 1); left[0].Name != keep.Name {
		t.Errorf("left %+v, want only %s", left, keep.Name)
	}
	again, err := l.Lock(t.Context(), Plan(t, 3, contain.Request{Targets: drop.Targets}))
	if err != nil || again.Name == drop.Name {
		t.Errorf("locking again after the undo: %+v, %v", again, err)
	}
}

func extends(t *testing.T, l contain.Locker, state contain.State) {
	p := Plan(t, 1, contain.Request{Targets: user("mallory@example.com"), TTL: time.Hour})
	if _, err := l.Lock(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	for _, end := range []time.Time{Start.Add(48 * time.Hour), {}, Start.Add(time.Minute)} {
		got, err := l.Extend(t.Context(), p.Name, end)
		if err != nil || !got.Expires.Equal(end) {
			t.Fatalf("Extend to %v returned %+v, %v", end, got, err)
		}
		listed := awaitEnd(t, l, end)
		if !listed.Expires.Equal(end) || !slices.Equal(listed.Targets, p.Targets) || listed.Message != p.Message || listed.State(Start) != state {
			t.Errorf("after Extend to %v: %+v", end, listed)
		}
	}
	awaited(t, l, 1)
	if _, err := l.Extend(t.Context(), "none", Start); !errors.Is(err, contain.ErrNotFound) {
		t.Errorf("extending a lock that is not there: %v", err)
	}
}

func notThere(t *testing.T, l contain.Locker, _ contain.State) {
	p := Plan(t, 1, contain.Request{Targets: user("mallory@example.com")})
	if _, err := l.Unlock(t.Context(), p.Name); !errors.Is(err, contain.ErrNotFound) {
		t.Errorf("unlock of nothing: %v, want ErrNotFound", err)
	}
	if _, err := l.Lock(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Unlock(t.Context(), p.Name); err != nil {
		t.Fatal(err)
	}
	if _, err := l.Unlock(t.Context(), p.Name); !errors.Is(err, contain.ErrNotFound) {
		t.Errorf("second unlock: %v, want ErrNotFound", err)
	}
}

func cancelled(t *testing.T, l contain.Locker, _ contain.State) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := Plan(t, 1, contain.Request{Targets: user("mallory@example.com")})
	if _, err := l.Lock(ctx, p); !errors.Is(err, context.Canceled) {
		t.Errorf("lock with a cancelled context: %v", err)
	}
	if _, err := l.Read(t.Context(), p.Name); !errors.Is(err, contain.ErrNotFound) {
		t.Errorf("read after a cancelled call: %v, want ErrNotFound", err)
	}
}

func refusesEmpty(t *testing.T, l contain.Locker, _ contain.State) {
	p := Plan(t, 1, contain.Request{Targets: user("mallory@example.com")})
	p.Targets = nil
	if _, err := l.Lock(t.Context(), p); err == nil {
		t.Error("a plan without a target was accepted")
	}
	if _, err := l.Read(t.Context(), p.Name); !errors.Is(err, contain.ErrNotFound) {
		t.Errorf("read after a refused plan: %v, want ErrNotFound", err)
	}
}

func listsInOrder(t *testing.T, l contain.Locker, _ contain.State) {
	for i, name := range []string{"a", "b", "c"} {
		if _, err := l.Lock(t.Context(), Plan(t, byte(i+1), contain.Request{Targets: user(name)})); err != nil {
			t.Fatal(err)
		}
	}
	locks := awaited(t, l, 3)
	if !slices.IsSortedFunc(locks, func(a, b contain.Lock) int { return a.Created.Compare(b.Created) }) {
		t.Fatalf("locks = %+v", locks)
	}
	locks[0].Targets[0].Value = "changed by the caller"
	if got := list(t, l)[0].Targets[0].Value; got == "changed by the caller" {
		t.Error("the list shares memory with its caller")
	}
}

func list(t *testing.T, l contain.Locker) []contain.Lock {
	t.Helper()
	locks, err := l.Locks(t.Context())
	if err != nil {
		t.Fatalf("list locks: %v", err)
	}
	return locks
}

// patience is how long a list may be behind.
const patience = 5 * time.Second

// await lists the locks until they are as expected, since a list may be behind.
func await(t *testing.T, l contain.Locker, as func([]contain.Lock) bool) []contain.Lock {
	t.Helper()
	for since := time.Now(); ; time.Sleep(time.Millisecond) {
		locks := list(t, l)
		if as(locks) {
			return locks
		}
		if time.Since(since) > patience {
			t.Fatalf("the list came to %+v", locks)
		}
	}
}

// awaited is the list once it has n locks.
func awaited(t *testing.T, l contain.Locker, n int) []contain.Lock {
	t.Helper()
	return await(t, l, func(locks []contain.Lock) bool { return len(locks) == n })
}

// awaitEnd is the only lock once the list shows its end.
func awaitEnd(t *testing.T, l contain.Locker, end time.Time) contain.Lock {
	t.Helper()
	return await(t, l, func(locks []contain.Lock) bool { return len(locks) == 1 && locks[0].Expires.Equal(end) })[0]
}
