package main

import (
	"testing"
	"time"
)

func TestAnswerOf_tellsRowsApartButNotTheirOrder(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)
	a, b := []any{day, int64(2), "al"}, []any{day, int64(1), nil}
	one := answerOf([]*table{{rows: [][]any{a, b}}})
	if other := answerOf([]*table{{rows: [][]any{b, a}}}); other != one {
		t.Errorf("the order of rows makes %s of %s", other, one)
	}
	for name, tables := range map[string][]*table{
		"a row less":     {{rows: [][]any{a}}},
		"two tables":     {{rows: [][]any{a}}, {rows: [][]any{b}}},
		"another day":    {{rows: [][]any{{day.Add(24 * time.Hour), int64(2), "al"}, b}}},
		"a text \\N":     {{rows: [][]any{a, {day, int64(1), ""}}}},
		"another number": {{rows: [][]any{{day, int64(3), "al"}, b}}},
	} {
		if answerOf(tables) == one {
			t.Errorf("%s gives the same answer", name)
		}
	}
}
