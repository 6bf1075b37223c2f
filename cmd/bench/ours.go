package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// cordon's side of each contest.

// caseFile is the case of the run.
func (b *bench) caseFile() string { return b.at("bench.cordon") }

// ingestCordon makes the case anew.
func (b *bench) ingestCordon(ctx context.Context) ([]sample, error) {
	files := []string{b.caseFile(), b.caseFile() + "-wal", b.caseFile() + "-shm"}
	for _, f := range files {
		if err := os.RemoveAll(f); err != nil {
			return nil, err
		}
	}
	s, out, err := b.spend(ctx, process{argv: []string{b.at("cordon"), "ingest", "--case", b.caseFile(), "--json", b.log}})
	if err != nil {
		return nil, err
	}
	n, err := eventsOf(out)
	return []sample{sampleOf(workIngest, s, n, sizeOf(files...))}, err
}

// probeCordon asks the packages in a process of their own, the case file not in
// the page cache.
func (b *bench) probeCordon(ctx context.Context) ([]sample, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	if err := dropCache(b.caseFile()); err != nil {
		return nil, err
	}
	_, out, err := b.spend(ctx, process{argv: []string{self, probeVerb, b.caseFile(), b.identity, b.command, b.text}})
	if err != nil {
		return nil, err
	}
	return parseSamples(out)
}

// workProcessPivot is the whole pivot as a command: start, answer, end.
const workProcessPivot = "eight pivots (cordon: every category, and the lineage)"

func (b *bench) processCordon(ctx context.Context) ([]sample, error) {
	cordon, of := b.at("cordon"), b.caseFile()
	out, err := b.processes(ctx, []work{
		{workProcessPivot, []string{cordon, "pivot", "--case", of, "--json", b.identity}},
	}, pivotEvents)
	if err != nil {
		return nil, err
	}
	searches, err := b.processes(ctx, []work{
		{workCommands, []string{cordon, "events", "--case", of, "--jsonl", "--filter", commandFilter(b.command)}},
		{workAnyField, []string{cordon, "events", "--case", of, "--jsonl", "--filter", `"` + b.text + `"`}},
	}, countLines)
	return slices.Concat(out, searches), err
}

// work is a piece of work that is one command.
type work struct {
	name string
	argv []string
}

// processes runs each command twice and keeps the second time, when everything
// that it reads is in the page cache.
func (b *bench) processes(ctx context.Context, list []work, rows func([]byte) (int64, error)) ([]sample, error) {
	var out []sample
	for _, w := range list {
		if _, _, err := b.spend(ctx, process{argv: w.argv, quiet: true, empty: true}); err != nil {
			return nil, err
		}
		s, text, err := b.spend(ctx, process{argv: w.argv, empty: true})
		if err != nil {
			return nil, err
		}
		var n int64
		if len(text) > 0 {
			if n, err = rows(text); err != nil {
				return nil, fmt.Errorf("%s: %w", w.argv[0], err)
			}
		}
		out = append(out, sampleOf(w.name, s, n, 0))
	}
	return out, nil
}

// pivotEvents adds up the eight pivots in what `cordon pivot --json` prints.
func pivotEvents(out []byte) (int64, error) {
	var answer struct {
		Pivots map[string]struct {
			Events int64 `json:"events"`
		} `json:"pivots"`
	}
	if err := json.Unmarshal(out, &answer); err != nil {
		return 0, fmt.Errorf("read the answer of pivot: %w", err)
	}
	var n int64
	for _, a := range eightPivots {
		p, ok := answer.Pivots[a.key]
		if !ok {
			return 0, fmt.Errorf("the answer of pivot has no %q", a.key)
		}
		n += p.Events
	}
	return n, nil
}

// countLines counts the lines of an answer.
func countLines(out []byte) (n int64, err error) {
	for _, c := range out {
		if c == '\n' {
			n++
		}
	}
	return n, nil
}
