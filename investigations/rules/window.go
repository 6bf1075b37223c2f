package rules

import (
	"slices"
	"strings"
	"time"
)

// maxSummed bounds the events whose numbers one key adds up.
const maxSummed = 10000

// window holds the latest events of one key, oldest first.
type window struct {
	items []item
	told  int // how many of the items, from the front, a finding has
	total float64
}

type item struct {
	trace
	value  string
	amount float64
}

// drop forgets the oldest items.
func (w *window) drop(n int) {
	for _, it := range w.items[:n] {
		w.total -= it.amount
	}
	w.items = w.items[n:]
	w.told = max(w.told-n, 0)
}

// forget takes the event of a value out: only its latest one counts.
func (w *window) forget(value string) {
	i := slices.IndexFunc(w.items, func(o item) bool { return o.value == value })
	if i < 0 {
		return
	}
	w.items = slices.Delete(w.items, i, i+1)
	if i < w.told {
		w.told--
	}
}

// count keeps the window of the event's key and reports when it is full.
func (r *runner) count(v *view, f *fit) {
	t := r.rule.Threshold
	if len(t.by) > 0 && strings.Trim(f.key, "\x00") == "" || v.event().Time.IsZero() {
		return
	}
	it, limit := item{trace: v.trace()}, t.Count
	if t.Distinct != "" {
		if it.value = first(f.values); it.value == "" {
			return
		}
	}
	if t.Sum != "" {
		limit = maxSummed
		if it.amount = number(first(f.values)); !(it.amount > 0) {
			return
		}
	}
	w := r.windowOf(f.key, v.event().Time)
	if w == nil {
		return
	}
	if t.Distinct != "" {
		w.forget(it.value)
	}
	w.items = append(w.items, it)
	w.total += it.amount
	old := 0
	for old < len(w.items) && v.event().Time.Sub(w.items[old].time) > t.Within {
		old++
	}
	w.drop(old)
	if over := len(w.items) - limit; over > 0 {
		if t.Sum != "" {
			r.lost++
		}
		w.drop(over)
	}
	if t.Sum != "" && w.total >= t.AtLeast || t.Sum == "" && len(w.items) >= t.Count {
		r.reportWindow(v, w)
	}
}

// reportWindow adds what the finding does not have yet.
func (r *runner) reportWindow(v *view, w *window) {
	m := match{replace: true}
	for _, it := range w.items[w.told:] {
		m.events = append(m.events, it.trace)
	}
	w.told = len(w.items)
	if r.rule.Threshold.Distinct != "" {
		for _, it := range w.items {
			m.distinct = append(m.distinct, it.value)
		}
	}
	r.report(v, r.groupOf(v), m)
}

// windowOf returns the window of a key. When there are too many, those that
// have run out go; without any, the key is not counted.
func (r *runner) windowOf(key string, now time.Time) *window {
	if w, ok := r.windows[key]; ok {
		return w
	}
	if len(r.windows) >= maxKeys && r.maySweep(now, r.rule.Threshold.Within) {
		for k, w := range r.windows {
			if n := len(w.items); n == 0 || now.Sub(w.items[n-1].time) > r.rule.Threshold.Within {
				delete(r.windows, k)
			}
		}
	}
	if len(r.windows) >= maxKeys {
		r.lost++
		return nil
	}
	w := &window{}
	r.windows[key] = w
	return w
}

// maySweep reports whether enough time went by since the last sweep.
func (r *runner) maySweep(now time.Time, within time.Duration) bool {
	if now.Sub(r.swept) < within/sweepShare {
		return false
	}
	r.swept = now
	return true
}
