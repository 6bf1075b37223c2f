package main

import (
	"fmt"
	"strings"
)

// noFigure stands where there is no figure.
const noFigure = "–"

// markdown writes the tables of a run.
func markdown(res *results) string {
	d := &document{}
	d.line("- machine: %s", res.Machine)
	made := "given"
	if res.Log.Made {
		made = "made by `cmd/gen`"
	}
	d.line("- log: %s lines, %.0f MB, %s; identity `%s`; searched for `%s` in commands, `%s` in any field",
		thousands(res.Log.Lines), float64(res.Log.Bytes)/1e6, made, res.Log.Identity, res.Log.Command, res.Log.Text)
	for _, v := range res.Versions {
		d.line("- %s: %s", v.Tool, v.Text)
	}
	rounds := "one round"
	if res.Rounds > 1 {
		rounds = fmt.Sprintf("%d rounds in turn", res.Rounds)
	}
	d.line("- %s; figures are medians, ratios are medians of the pairs, cordon ÷ peer: below 1 cordon takes less", rounds)
	d.targets(res)
	if len(res.of(groupIngest)) > 0 {
		d.ingest(res)
	}
	d.questions("Questions inside one process", groupAsk, res)
	if !canDropCache {
		d.line("\nThe page cache cannot be dropped on this system: the first time was not cold.")
	}
	d.questions("Whole processes, from start to end", groupProcess, res)
	d.line("\n### Commands\n\n```sh\n%s\n```", strings.Join(res.Commands, "\n"))
	return d.String()
}

// document is Markdown in the making.
type document struct{ strings.Builder }

func (d *document) line(format string, args ...any) { fmt.Fprintf(d, format+"\n", args...) }

// table starts a table; columns after the first are figures.
func (d *document) table(title string, columns ...string) {
	d.line("\n### %s\n", title)
	d.row(columns)
	rule := strings.Repeat("| ---: ", len(columns)-1)
	d.line("| --- %s|", rule)
}

func (d *document) row(cells []string) { d.line("| %s |", strings.Join(cells, " | ")) }

// of lists the contests of a group.
func (r *results) of(group string) []contest {
	var out []contest
	for _, c := range r.Contests {
		if c.Group == group {
			out = append(out, c)
		}
	}
	return out
}

// ours are all of cordon's runs in a group, whoever came next.
func (r *results) ours(group string) [][]sample {
	var out [][]sample
	for _, c := range r.of(group) {
		out = append(out, c.Ours...)
	}
	return out
}

func (d *document) ingest(res *results) {
	d.table("From the log to a store", "engine", "CPU s", "wall s", "peak MB", "store ÷ log", "events", "CPU, cordon ÷ it", "wall, cordon ÷ it")
	cells := func(runs [][]sample) []string {
		return []string{
			show(runs, workIngest, cpuOf, 1e3, "%.2f"), show(runs, workIngest, wallOf, 1e3, "%.2f"), show(runs, workIngest, peakMem, 1e6, "%.0f"),
			show(runs, workIngest, storeOf, float64(max(res.Log.Bytes, 1)), "%.3f"), show(runs, workIngest, rowsOf, 1, "%.0f"),
		}
	}
	d.row(append(append([]string{"**cordon**"}, cells(res.ours(groupIngest))...), noFigure, noFigure))
	for _, c := range res.of(groupIngest) {
		switch {
		case c.Peer == "":
		case c.Missing != "":
			d.row(append([]string{c.Peer, c.Missing}, many(noFigure, 6)...))
		default:
			d.row(append(append([]string{c.Peer}, cells(c.Theirs)...), c.showRatio(workIngest, cpuOf), c.showRatio(workIngest, wallOf)))
		}
	}
}

// questions writes a table of each contest of a group.
func (d *document) questions(title, group string, res *results) {
	for _, c := range res.of(group) {
		if c.Peer == "" {
			d.table(title, "question", "rows", "cordon ms", "CPU ms")
			for _, w := range c.works() {
				d.row([]string{w, show(c.Ours, w, rowsOf, 1, "%.0f"), c.own(w, wallOf), c.own(w, cpuOf)})
			}
			continue
		}
		if c.Missing != "" && len(c.Ours) == 0 {
			d.line("\n### %s\n\n%s: %s.", title, c.Peer, c.Missing)
			continue
		}
		d.table(title, "question", "rows", "cordon ms", "CPU ms", c.Peer+" ms", "CPU ms", "wall ratio", "CPU ratio")
		for _, w := range c.works() {
			d.row([]string{
				w, c.rows(w), c.own(w, wallOf), c.own(w, cpuOf), show(c.Theirs, w, wallOf, 1, "%.1f"), show(c.Theirs, w, cpuOf, 1, "%.1f"),
				c.showRatio(w, wallOf), c.showRatio(w, cpuOf),
			})
		}
		if c.Missing != "" {
			d.line("\n%s %s.", c.Peer, c.Missing)
		}
	}
}

// own is cordon's figure.
func (c contest) own(work string, f figure) string { return show(c.Ours, work, f, 1, "%.1f") }

// rows is the number of rows that both sides came to, or both numbers.
func (c contest) rows(work string) string {
	a, b := show(c.Ours, work, rowsOf, 1, "%.0f"), show(c.Theirs, work, rowsOf, 1, "%.0f")
	switch {
	case c.disagree(work):
		return a + " ≠ " + b
	case c.differ(work):
		return a + ", not the same"
	case a == noFigure:
		return b
	}
	return a
}

func (c contest) showRatio(work string, f figure) string {
	v, ok := c.ratio(work, f)
	if !ok {
		return noFigure
	}
	return fmt.Sprintf("%.2f", v)
}

// show is a median in some unit, or a dash.
func show(runs [][]sample, work string, f figure, unit float64, format string) string {
	v, ok := middle(runs, work, f)
	if !ok {
		return noFigure
	}
	return fmt.Sprintf(format, v/unit)
}

func many(s string, n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = s
	}
	return out
}

// thousands writes a whole number with a comma before every third digit.
func thousands(n int64) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
