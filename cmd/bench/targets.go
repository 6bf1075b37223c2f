package main

import (
	"fmt"
	"strings"
)

// target is a promise about speed or size, and how to find out about it.
type target struct {
	work    string
	reach   float64
	stretch float64 // 0: none
	unit    string
	measure func(*results) (float64, bool)
}

// targets is the table that this program is for.
var targets = []target{
	{"ingest, CPU against DuckDB", 0.40, 0.33, "×", ingestAgainst("DuckDB")},
	{"ingest, CPU against lnav's index", 1.3, 1.0, "×", ingestAgainst("lnav")},
	{"ingest, peak memory", 150, 0, "MB", ours(groupIngest, workIngest, peakMem, 1e6)},
	{"case, bytes a byte of log", 0.25, 0, "", caseShare},
	{"case, bytes an event", 250, 0, "B", bytesAnEvent},
	{"opening a case", 100, 0, "ms", ours(groupAsk, workOpen, wallOf, 1)},
	{"the eight pivots, warm", 15, 0, "ms", ours(groupAsk, workWarm, wallOf, 1)},
	{"the eight pivots, cold, with opening", 120, 0, "ms", coldPivots},
	{"`cordon pivot` whole, lineage depth 4", 100, 0, "ms", ours(groupProcess, workProcessPivot, wallOf, 1)},
	{"substring in commands", 2, 0, "ms", ours(groupAsk, workCommands, wallOf, 1)},
	{"substring in any field", 650, 0, "ms", ours(groupAsk, workAnyField, wallOf, 1)},
	{"Privileged Access Report, time against DuckDB", 1, 0.5, "×", reportAgainstDuckDB},
}

// ours is the median of a figure of cordon's.
func ours(group, work string, f figure, unit float64) func(*results) (float64, bool) {
	return func(r *results) (float64, bool) {
		v, ok := middle(r.ours(group), work, f)
		return v / unit, ok
	}
}

// ingestAgainst is the ratio of CPU to the peer whose title begins so.
func ingestAgainst(peer string) func(*results) (float64, bool) {
	return func(r *results) (float64, bool) {
		for _, c := range r.of(groupIngest) {
			if strings.HasPrefix(c.Peer, peer) {
				return c.ratio(workIngest, cpuOf)
			}
		}
		return 0, false
	}
}

func reportAgainstDuckDB(r *results) (float64, bool) {
	for _, c := range r.of(groupAsk) {
		if c.Peer == "DuckDB" {
			return c.ratio(workPrivileged, wallOf)
		}
	}
	return 0, false
}

func caseShare(r *results) (float64, bool) {
	v, ok := middle(r.ours(groupIngest), workIngest, storeOf)
	return v / float64(max(r.Log.Bytes, 1)), ok
}

func bytesAnEvent(r *results) (float64, bool) {
	v, ok := middle(r.ours(groupIngest), workIngest, storeOf)
	return v / float64(max(r.Log.Lines, 1)), ok
}

// coldPivots adds opening the case to the first pass over the pivots.
func coldPivots(r *results) (float64, bool) {
	open, okOpen := middle(r.ours(groupAsk), workOpen, wallOf)
	first, okFirst := middle(r.ours(groupAsk), workFirst, wallOf)
	return open + first, okOpen && okFirst && canDropCache
}

// verdict is what a measured value means for a target.
func (t target) verdict(v float64) string {
	switch {
	case t.stretch > 0 && v <= t.stretch:
		return "reached, and the stretch"
	case v <= t.reach:
		return "reached"
	case v >= 2*t.reach:
		return "**missed**, " + number(v/t.reach, "×")
	}
	return fmt.Sprintf("**missed** by %.0f %%", (v/t.reach-1)*100)
}

// aMillion is the size of log that the figures are promised for.
const aMillion = 1_000_000

func (d *document) targets(res *results) {
	d.table("Targets", "work", "target", "measured", "")
	for _, t := range targets {
		reach := "≤ " + number(t.reach, t.unit)
		if t.stretch > 0 {
			reach += ", stretch " + number(t.stretch, t.unit)
		}
		v, ok := t.measure(res)
		if !ok {
			d.row([]string{t.work, reach, "not measured", ""})
			continue
		}
		verdict := t.verdict(v)
		if res.Log.Lines != aMillion {
			verdict = "promised at 1,000,000 events"
		}
		d.row([]string{t.work, reach, number(v, t.unit), verdict})
	}
}

// number writes a figure with as many digits as it deserves.
func number(v float64, unit string) string {
	digits := 0
	switch {
	case v < 2:
		digits = 2
	case v < 20:
		digits = 1
	}
	s := fmt.Sprintf("%.*f", digits, v)
	if digits > 0 {
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
	}
	if unit == "" || unit == "×" {
		return s + unit
	}
	return s + " " + unit
}
