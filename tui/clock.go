package tui

import (
	"fmt"
	"time"

	"cordon/themes"
)

// clockMode is how times are written.
type clockMode uint8

const (
	clockUTC clockMode = iota
	clockLocal
	clockT0
)

var clockNames = [...]string{"utc", "local", "t0"}

// clock writes moments as the responder chose. It is shared by all pages.
type clock struct {
	mode   clockMode
	t0     time.Time
	local  *time.Location
	glyphs *themes.Glyphs
	// from and to bound the case; a moment on its only day needs no date.
	from, to time.Time
}

// T0 is the moment the incident began; zero when nobody has said.
func (c *clock) T0() time.Time { return c.t0 }

// next goes to the next way; T0 is left out while there is none.
func (c *clock) next() {
	c.mode = (c.mode + 1) % 3
	if c.mode == clockT0 && c.t0.IsZero() {
		c.mode = clockUTC
	}
}

func (c *clock) in(t time.Time) time.Time {
	if c.mode == clockLocal && c.local != nil {
		return t.In(c.local)
	}
	return t.UTC()
}

// Time writes a moment with its day where the case has more than one.
func (c *clock) Time(t time.Time) string {
	switch {
	case t.IsZero():
		return c.glyphs.Dash
	case c.mode == clockT0:
		return offset(t.Sub(c.t0))
	}
	at, from, to := c.in(t), c.in(c.from), c.in(c.to)
	switch {
	case c.from.IsZero() || at.Year() != to.Year() || from.Year() != to.Year():
		return at.Format("2006-01-02 15:04:05")
	case sameDay(from, to) && sameDay(from, at):
		return at.Format("15:04:05")
	default:
		return at.Format("01-02 15:04:05")
	}
}

// Short writes the time of day, or the offset.
func (c *clock) Short(t time.Time) string {
	switch {
	case t.IsZero():
		return c.glyphs.Dash
	case c.mode == clockT0:
		return offset(t.Sub(c.t0))
	}
	return c.in(t).Format("15:04:05")
}

// Zone names what the times are relative to.
func (c *clock) Zone() string {
	switch c.mode {
	case clockT0:
		return "since T0"
	case clockLocal:
		return c.in(c.to).Format("MST")
	default:
		return "UTC"
	}
}

// Full writes a moment with everything, whatever the mode, for the header.
func (c *clock) Full(t time.Time) string {
	if c.mode == clockLocal && c.local != nil {
		return t.In(c.local).Format("2006-01-02 15:04:05 MST")
	}
	return t.UTC().Format("2006-01-02 15:04:05 UTC")
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// offset writes a stretch of time with its sign, such as +00:01:00.
func offset(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	s := int64(d / time.Second)
	text := fmt.Sprintf("%s%02d:%02d:%02d", sign, s/3600%24, s/60%60, s%60)
	if days := s / 86400; days > 0 {
		text = fmt.Sprintf("%s%dd %s", sign, days, text[1:])
	}
	return text
}
