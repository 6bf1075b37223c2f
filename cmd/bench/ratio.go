package main

import "slices"

// contest is one pair of engines at one kind of work, and what each round of it
// gave. Runs with the same index followed each other on the machine.
type contest struct {
	Group  string     `json:"group"`
	Peer   string     `json:"peer"`
	Ours   [][]sample `json:"cordon"`
	Theirs [][]sample `json:"theirs"`
	// Missing says why there is nothing of the peer.
	Missing string `json:"missing,omitempty"`
}

// figure picks one number of a sample.
type figure func(sample) float64

func wallOf(s sample) float64  { return s.WallMS }
func cpuOf(s sample) float64   { return s.CPUMS }
func peakMem(s sample) float64 { return float64(s.Peak) }
func storeOf(s sample) float64 { return float64(s.Store) }
func rowsOf(s sample) float64  { return float64(s.Rows) }

// find is the sample of a piece of work in one run.
func find(run []sample, work string) (sample, bool) {
	i := slices.IndexFunc(run, func(s sample) bool { return s.Work == work })
	if i < 0 {
		return sample{}, false
	}
	return run[i], true
}

// column is a figure of one piece of work in all rounds that have it.
func column(runs [][]sample, work string, f figure) []float64 {
	var out []float64
	for _, run := range runs {
		if s, ok := find(run, work); ok && f(s) > 0 {
			out = append(out, f(s))
		}
	}
	return out
}

// middle is the median of a figure; ok is false where no round measured it.
func middle(runs [][]sample, work string, f figure) (v float64, ok bool) {
	c := column(runs, work, f)
	return median(c), len(c) > 0
}

// ratio is the median of what cordon took over what the peer took, pair by pair.
func (c contest) ratio(work string, f figure) (v float64, ok bool) {
	return c.ratioOf(work, work, f)
}

// ratioOf is ratio where the two call their work by different names.
func (c contest) ratioOf(ours, theirs string, f figure) (v float64, ok bool) {
	var out []float64
	for i := range min(len(c.Ours), len(c.Theirs)) {
		a, okA := find(c.Ours[i], ours)
		b, okB := find(c.Theirs[i], theirs)
		if okA && okB && f(a) > 0 && f(b) > 0 {
			out = append(out, f(a)/f(b))
		}
	}
	return median(out), len(out) > 0
}

// disagree reports whether both sides counted the rows of an answer and came to
// different numbers.
func (c contest) disagree(work string) bool {
	a, okA := middle(c.Ours, work, rowsOf)
	b, okB := middle(c.Theirs, work, rowsOf)
	return okA && okB && a != b
}

// differ reports whether both sides gave rows to compare and any of them are not
// the same.
func (c contest) differ(work string) bool {
	answers := make(map[string]bool)
	for _, run := range slices.Concat(c.Ours, c.Theirs) {
		if s, ok := find(run, work); ok && s.Answer != "" {
			answers[s.Answer] = true
		}
	}
	return len(answers) > 1
}

// works lists the pieces of work of both sides, the peer's order first.
func (c contest) works() []string {
	var out []string
	for _, runs := range [][][]sample{c.Theirs, c.Ours} {
		for _, run := range runs {
			for _, s := range run {
				if !slices.Contains(out, s.Work) {
					out = append(out, s.Work)
				}
			}
		}
	}
	return out
}

// median is the middle value, the mean of the two middle ones of an even number,
// and 0 of none.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	v := slices.Sorted(slices.Values(values))
	if n := len(v); n%2 == 0 {
		return (v[n/2-1] + v[n/2]) / 2
	}
	return v[len(v)/2]
}
