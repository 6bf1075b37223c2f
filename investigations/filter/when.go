package filter

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// layouts are the ways to write a moment. Those without a zone are UTC.
var layouts = []string{
	time.RFC3339Nano,
	"2006-01-02T15:04Z07:00",
	"2006-01-02T15:04:05.999999999",
	"2006-01-02T15:04",
	"2006-01-02",
}

// clockLayouts name a moment of today, in UTC.
var clockLayouts = []string{"15:04:05", "15:04"}

// parseTime reads a moment as a person writes it. Relative ones count from
// now; a bare clock time is that of today.
func parseTime(s string, now time.Time) (time.Time, bool) {
	if strings.EqualFold(s, "now") {
		return now, true
	}
	if s != "" && (s[0] == '-' || s[0] == '+') {
		d, ok := parseSpan(s[1:])
		if !ok {
			return time.Time{}, false
		}
		if s[0] == '-' {
			d = -d
		}
		return inYears(now.Add(d))
	}
	upper := strings.ToUpper(strings.Replace(s, " ", "T", 1))
	for _, layout := range layouts {
		if at, err := time.Parse(layout, upper); err == nil {
			return inYears(at.UTC())
		}
	}
	for _, layout := range clockLayouts {
		if at, err := time.Parse(layout, s); err == nil {
			day := now.Truncate(24 * time.Hour)
			return inYears(day.Add(at.Sub(at.Truncate(24 * time.Hour))))
		}
	}
	return time.Time{}, false
}

// inYears refuses moments that RFC 3339 cannot write.
func inYears(t time.Time) (time.Time, bool) {
	t = t.UTC()
	return t, t.Year() >= 0 && t.Year() <= 9999
}

// parseSpan reads a length of time: Go's durations, and whole days and weeks.
func parseSpan(s string) (time.Duration, bool) {
	for unit, length := range map[string]time.Duration{"d": 24 * time.Hour, "w": 7 * 24 * time.Hour} {
		digits, ok := strings.CutSuffix(s, unit)
		if !ok {
			continue
		}
		n, err := strconv.ParseUint(digits, 10, 16)
		if err != nil || n > 10_000 {
			return 0, false
		}
		return time.Duration(n) * length, true
	}
	d, err := time.ParseDuration(s)
	return d, err == nil && d >= 0
}

// Moment reads a moment as after: and before: read it. Relative ones count from
// now.
func Moment(s string, now time.Time) (time.Time, error) {
	at, ok := parseTime(strings.TrimSpace(s), now)
	if !ok {
		return time.Time{}, fmt.Errorf("%q is no moment: write 2026-11-18T21:00, 21:00 of today, or -2h", s)
	}
	return at, nil
}
