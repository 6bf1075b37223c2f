package main

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/pivot"
	"cordon/store"
)

// moment writes a time for a person, always UTC and always saying so.
func moment(t time.Time) string {
	if t.IsZero() {
		return "-"
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

// number writes a count with thousands set apart.
func number[N int | int64](n N) string {
	s := strconv.FormatInt(int64(n), 10)
	var b strings.Builder
	for i, digit := range s {
		if i > 0 && (len(s)-i)%3 == 0 && s[i-1] != '-' {
			b.WriteByte(',')
		}
		b.WriteRune(digit)
	}
	return b.String()
}

// counted writes "1 gap", "2 gaps".
func counted[N int | int64](n N, what string) string {
	if n != 1 {
		what += "s"
	}
	return number(n) + " " + what
}

// coverageLine says in one line what an answer rests on.
func coverageLine(c investigations.Coverage) string {
	if c.Events == 0 {
		return fmt.Sprintf("covers no events in %s, %s", counted(c.Sources, "source"), counted(c.Recordings, "recording"))
	}
	times := "no times"
	if !c.From.IsZero() {
		times = moment(c.From) + " to " + moment(c.To)
	}
	s := fmt.Sprintf("covers %s, %s in %s, %s", times, counted(c.Events, "event"), counted(c.Sources, "source"), counted(len(c.Gaps), "gap"))
	if c.Rejects > 0 {
		s += fmt.Sprintf(", %s rejected", counted(c.Rejects, "line"))
	}
	return s
}

// found says that an answer is empty, and what it covers: no rows are not
// "did not happen".
func found(what string, n int, c investigations.Coverage) error {
	if n > 0 {
		return nil
	}
	return nothing("the evidence "+coverageLine(c), "%s", what)
}

// foundOf is found for an answer about one entity. Where no event names it, it
// says that instead: the name may be mistyped.
func foundOf(ctx context.Context, c *store.Case, of investigations.Entity, what string, n int, coverage investigations.Coverage) error {
	if n > 0 {
		return nil
	}
	groups, err := c.Groups(ctx, of)
	if err != nil {
		return err
	}
	if len(groups) == 0 {
		what = fmt.Sprintf("no event of this evidence names %s", of)
	}
	return found(what, 0, coverage)
}

// gaps lists the holes in the evidence, grouped by kind in the order of the
// coverage: what weighs most comes first. Long sentences go on in the next line.
func (t *plain) gaps(c investigations.Coverage) {
	if len(c.Gaps) == 0 {
		return
	}
	t.line("")
	t.line("gaps")
	for i, g := range c.Gaps {
		if i == 0 || g.Kind != c.Gaps[i-1].Kind {
			t.line("  ! %s", g.Kind.Title())
		}
		t.wrapped("      ", gapLine(g))
	}
}

// gapLine is the sentence of a gap, and what it concerns where the sentence
// does not say so.
func gapLine(g investigations.Gap) string {
	if g.Entity == nil || strings.Contains(g.Detail, g.Entity.Name) {
		return g.Detail
	}
	return g.Detail + " (" + g.Entity.String() + ")"
}

// covered is the coverage that every JSON answer carries.
func covered(c investigations.Coverage) pivot.Coverage { return pivot.Coverage{Coverage: c} }

// fullCoverage is the coverage report of a whole case as JSON: what every
// answer carries, and the rest.
type fullCoverage struct{ investigations.Coverage }

// MarshalJSON writes null for a range that there is none of, and empty lists.
func (c fullCoverage) MarshalJSON() ([]byte, error) {
	short, err := json.Marshal(covered(c.Coverage))
	if err != nil {
		return nil, err
	}
	rest, err := json.Marshal(struct {
		Duplicates  int64    `json:"duplicates"`
		Rejects     int64    `json:"rejects"`
		UIDReused   int64    `json:"uid_reused"`
		Recordings  int      `json:"recordings"`
		Clusters    []string `json:"clusters"`
		ServerMajor int      `json:"server_major,omitempty"`
	}{c.Duplicates, c.Rejects, c.UIDReused, c.Recordings, append([]string{}, c.Clusters...), c.ServerMajor})
	if err != nil {
		return nil, err
	}
	return append(append(short[:len(short)-1], ','), rest[1:]...), nil
}
