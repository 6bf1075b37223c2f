package main

import (
	"context"
	"fmt"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/judgement"
	"cordon/store"
)

// judged is what the case's journal decided, with hands of an identity marked
// hostile for this run.
func (p *program) judged(ctx context.Context, c *store.Case, of investigations.Entity, hostile []string) (judgement.Judgement, error) {
	entries, err := c.Journal(ctx)
	if err != nil {
		return judgement.Judgement{}, err
	}
	keys, err := keysOf(hostile)
	if err != nil {
		return judgement.Judgement{}, err
	}
	marks := make([]judgement.Mark, len(keys))
	for i, k := range keys {
		marks[i] = judgement.Mark{Identity: of, Key: k, Side: judgement.Hostile}
		if k.Facet == judgement.FacetAgent || k.Facet == judgement.FacetCertificate {
			continue // No entities of the index.
		}
		groups, err := c.Groups(ctx, k.Entity())
		if err != nil {
			return judgement.Judgement{}, err
		}
		if len(groups) == 0 {
			p.tell("no event of this evidence names %s: --hostile %s marks nothing", k.Value, k)
		}
	}
	return judgement.Read(entries).With(marks...), nil
}

func keysOf(args []string) ([]judgement.Key, error) {
	keys := make([]judgement.Key, len(args))
	for i, arg := range args {
		k, err := judgement.ParseKey(arg)
		if err != nil {
			return nil, misuse("cordon hands IDENTITY lists them", "%w", err)
		}
		keys[i] = k
	}
	return keys, nil
}

// author is who decides on the command line.
func (p *program) author() judgement.Author {
	return judgement.Author{Operator: p.operator(), Mode: journal.ModeDryRun, Now: p.now()}
}

// decide writes a decision into the journal of a case that is kept.
func decide(ctx context.Context, c *store.Case, e journal.Entry) error {
	if c.Temporary() {
		return misuse("make a case first: cordon ingest --case NAME PATH…", "decisions stand in the journal of a case: name it with --case NAME")
	}
	if _, err := c.Record(ctx, e); err != nil {
		return fmt.Errorf("keep the decision: %w", err)
	}
	return nil
}
