// Package instant reads a moment of a recording as a person names it: a share of
// its length, a stretch from its start, or a time of day. The command line and
// the console read the same forms, except that a bare number is seconds on the
// one and a percentage on the other: whoever asks for it says which.
package instant

import (
	"errors"
	"strconv"
	"strings"
	"time"

	"cordon/playback/player"
	"cordon/playback/recording"
)

// Forms is what can be written, for a hint.
const Forms = "50%, 1m20s, 1:20 or 2026-11-18T21:14:03Z"

// Instant is a moment of any recording, as it was named.
type Instant struct {
	Percent float64 // of the length, when IsShare
	IsShare bool
	From    time.Duration // since the start
	Day     time.Time     // a time of day, when not zero
}

var (
	errShare   = errors.New("no share between 0% and 100%")
	errMoment  = errors.New("no moment")
	errOutside = errors.New("the moment is outside the recording")
	errNoDay   = errors.New("this recording names no time of day")
)

// Parse reads a moment. A bare number is seconds from the start.
func Parse(s string) (Instant, error) {
	s = strings.TrimSpace(s)
	if number, ok := strings.CutSuffix(s, "%"); ok {
		share, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
		if err != nil || !(share >= 0 && share <= 100) {
			return Instant{}, errShare
		}
		return Instant{Percent: share, IsShare: true}, nil
	}
	if day, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return Instant{Day: day}, nil
	}
	if from, ok := stretch(s); ok {
		return Instant{From: from}, nil
	}
	return Instant{}, errMoment
}

// ParsePercent is Parse with a bare number read as a percentage.
func ParsePercent(s string) (Instant, error) {
	s = strings.TrimSpace(s)
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		s += "%"
	}
	return Parse(s)
}

// stretch reads 1m20s, 80, 80.5, 1:20 and 0:01:20.
func stretch(s string) (time.Duration, bool) {
	if d, err := time.ParseDuration(s); err == nil {
		return d, d >= 0
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	total := 0.0
	for i, part := range parts {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || !(n >= 0 && n < 1e7) || i > 0 && n >= 60 {
			return 0, false
		}
		total = total*60 + n
	}
	return time.Duration(total * float64(time.Second)), true
}

// In is how far from the start of a recording the moment is. One outside of it
// is an error, and so is a time of day where the recording names none.
func (i Instant) In(rec *recording.Recording) (time.Duration, error) {
	length := rec.Duration()
	from := i.From
	switch {
	case i.IsShare:
		return player.Percent(length, i.Percent), nil
	case !i.Day.IsZero() && rec.Meta.Start.IsZero():
		return 0, errNoDay
	case !i.Day.IsZero():
		from = i.Day.Sub(rec.Meta.Start)
	}
	if from < 0 || from > length {
		return 0, errOutside
	}
	return from, nil
}
