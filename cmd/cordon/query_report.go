package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/draw"
)

// reportJSON is the answer of `cordon query --report --json`.
type reportJSON struct {
	Identity string     `json:"identity,omitempty"` // empty for the whole cluster
	Engine   string     `json:"engine"`
	Coverage any        `json:"coverage,omitempty"` // none of a cluster's own log
	Queries  []partJSON `json:"queries"`
}

type partJSON struct {
	Name     string           `json:"name"`
	Title    string           `json:"title"`
	Suggest  string           `json:"suggestion"`
	SQL      string           `json:"sql,omitempty"`
	Total    int64            `json:"total"`
	Days     map[string]int64 `json:"days"`
	Rows     rawJSON          `json:"rows"`
	Cut      bool             `json:"rows_cut,omitempty"` // there are more rows
	Warnings []string         `json:"warnings,omitempty"`
	Unsaid   string           `json:"unsaid,omitempty"` // why there is no answer for one identity
	Error    string           `json:"error,omitempty"`
}

// rawJSON is JSON already.
type rawJSON string

// MarshalJSON implements json.Marshaler.
func (r rawJSON) MarshalJSON() ([]byte, error) { return []byte(r), nil }

// caseReport prints the Privileged Access Report of a case.
func (p *program) caseReport(ctx context.Context, ask queryAsk, engine queries.Engine, coverage investigations.Coverage) error {
	total, err := p.privilegedReport(ctx, ask, engine, covered(coverage), coverage.From, coverage.To)
	if err != nil {
		return err
	}
	if total == 0 {
		return found(nothingReported+engine.Name(), 0, coverage)
	}
	p.tell("from %s", engine.Name())
	p.tell("%s", coverageLine(coverage))
	return nil
}

// clusterReport prints the Privileged Access Report that the cluster answers.
func (p *program) clusterReport(ctx context.Context, ask queryAsk, engine queries.Engine) error {
	now := p.now()
	total, err := p.privilegedReport(ctx, ask, engine, nil, now.AddDate(0, 0, -ask.days), now)
	var bad *queries.Error
	switch {
	case errors.As(err, &bad): // the SQL is ours: it is not that of whoever typed
		return &failure{exitRefused, err, "the report of a case needs no cluster: cordon query --report --case NAME"}
	case err != nil:
		return err
	case total == 0:
		return nothing(lookFurther, nothingReported+"%s", engine.Name())
	}
	p.tell("from %s", engine.Name())
	return nil
}

const nothingReported = "nothing that the report asks for is logged, says "

// privilegedReport prints the report that an engine answers, with charts of the
// days from one to another, and gives what it counts. A question that failed is
// told in its place; that any did is the error. covers is nil for a cluster.
func (p *program) privilegedReport(ctx context.Context, ask queryAsk, engine queries.Engine, covers any, from, to time.Time) (total int64, err error) {
	r, err := queries.RunReport(ctx, engine, ask.identity)
	if err != nil {
		return 0, err
	}
	if ask.format == formatJSON {
		answer := reportJSON{Identity: r.Identity, Engine: r.Engine, Coverage: covers}
		for _, part := range r.Parts {
			answer.Queries = append(answer.Queries, shownPart(part))
		}
		err = p.writeJSON(answer)
	} else {
		err = p.printReport(r, from, to)
	}
	if err != nil {
		return 0, err
	}
	failed := 0
	for _, part := range r.Parts {
		total += part.Total
		if part.Err != nil {
			failed++
			err = cmp.Or(err, part.Err)
		}
	}
	if err != nil {
		return total, fmt.Errorf("%d of %d questions were not answered by %s, the first of them because: %w", failed, len(r.Parts), engine.Name(), err)
	}
	return total, nil
}

func shownPart(part queries.Part) partJSON {
	out := partJSON{
		Name: part.Query.Name, Title: part.Query.Title, Suggest: part.Query.Suggest, SQL: part.SQL, Total: part.Total,
		Days: map[string]int64{}, Cut: part.Table.Cut, Warnings: part.Table.Summary.Warnings, Unsaid: part.Unsaid,
	}
	for _, d := range part.Days {
		out.Days[d.Day.Format(time.DateOnly)] = d.Count
	}
	var b strings.Builder
	w := queries.NewJSON(&b)
	err := w.Columns(part.Table.Columns)
	for _, row := range part.Table.Rows {
		err = errors.Join(err, w.Row(row))
	}
	if err = errors.Join(part.Err, err, w.Close()); err != nil {
		out.Error = err.Error()
	}
	out.Rows = rawJSON(b.String())
	return out
}

// reportText writes the report for a person.
type reportText struct {
	*plain
	glyphs   *themes.Glyphs
	from, to time.Time // the days of the charts
}

func (p *program) printReport(r queries.Report, from, to time.Time) error {
	styles, err := p.styles(themes.ModeDryRun)
	if err != nil {
		return err
	}
	return p.print(func(t *plain) {
		w := reportText{plain: t, glyphs: &styles.Glyphs, from: from, to: to}
		whose := "whole cluster"
		if r.Identity != "" {
			whose = r.Identity
		}
		t.line("Privileged Access Report  %s", whose)
		for i, part := range r.Parts {
			t.line("")
			w.part(i+1, part)
		}
	})
}

func (t reportText) part(n int, part queries.Part) {
	switch {
	case part.Unsaid != "":
		t.line("%d  %s: not for one identity", n, part.Query.Title)
		t.wrapped("   ", part.Unsaid)
		return
	case part.Err != nil:
		t.line("%d  %s: not answered: %s", n, part.Query.Title, part.Err)
		return
	case part.Total == 0:
		t.line("%d  %s: none logged", n, part.Query.Title)
		return
	}
	t.line("%d  %s: %s on %s", n, part.Query.Title, number(part.Total), counted(len(part.Days), "day"))
	t.wrapped("   ", part.Query.Suggest)
	if days := t.chart(part.Days); days != "" {
		t.line("   %s %s %s", t.from.UTC().Format(time.DateOnly), days, t.to.UTC().Format(time.DateOnly))
	}
	t.rows(part)
	for _, w := range part.Table.Summary.Warnings {
		t.wrapped("   note: ", w)
	}
}

// chartWidth is how many columns a chart has at most.
const chartWidth = 40

func (t reportText) chart(days []queries.DayCount) string {
	return draw.SparkText(t.glyphs, draw.Bucket(queries.Series(days, t.from, t.to), chartWidth))
}

// partRows is how many rows of a question are listed. Where there are more,
// those whom they are about are listed, with what all their days count.
const partRows = 12

func (t reportText) rows(part queries.Part) {
	columns, rows := part.Table.Columns, part.Table.Rows
	head := []string{" "}
	whole := len(rows) <= partRows && !part.Table.Cut
	if !whole {
		columns, rows = part.Who, nil
		for _, s := range part.Subjects[:min(len(part.Subjects), partRows)] {
			rows = append(rows, s.Values)
		}
	}
	for _, c := range columns {
		head = append(head, c.Name)
	}
	out := [][]string{head}
	for i, values := range rows {
		row := []string{" "}
		for j, v := range values {
			row = append(row, cellText(v, columns[j].Type))
		}
		if !whole {
			row = append(row, number(part.Subjects[i].Total), t.chart(part.Subjects[i].Days))
		}
		out = append(out, row)
	}
	if whole {
		t.table(out)
		return
	}
	out[0] = append(out[0], "count", "by day")
	t.table(out, len(head))
	others := ""
	if n := len(part.Subjects) - partRows; n > 0 {
		others = number(n) + " others with fewer; "
	}
	t.line("   %seach day: cordon query --name %s", others, part.Query.Name)
}

// cellText is a value in a table for people.
func cellText(value any, typ string) string {
	if value == nil {
		return queries.Null
	}
	return queries.Text(value, typ)
}
