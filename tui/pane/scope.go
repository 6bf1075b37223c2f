package pane

import (
	"fmt"
	"time"

	"cordon/investigations"
	"cordon/investigations/lineage"
	"cordon/themes"
	"cordon/tui/draw"
)

// Containment counts the identities that are in the attacker's hands.
type Containment struct{ Identities, Contained, Unsure, Planned int }

// ContainmentOf counts the identities of a scope.
func ContainmentOf(s *lineage.Scope) Containment {
	t := Containment{Identities: len(s.Identities)}
	for _, h := range s.Identities {
		switch {
		case h.Contained:
			t.Contained++
			if h.Unsure {
				t.Unsure++
			}
		case h.Planned:
			t.Planned++
		}
	}
	return t
}

// Role is that of the figure of the contained: a warning until all of them are,
// for certain.
func (t Containment) Role() themes.Role {
	if t.Contained < t.Identities || t.Unsure > 0 {
		return themes.Warning
	}
	return themes.OK
}

// ScopeLine is how far an incident reaches, in one line.
func ScopeLine(c draw.Canvas, r *Reach) draw.Line {
	dot := " " + c.Glyphs().Dot + " "
	s, t := r.Scope, ContainmentOf(r.Scope)
	line := draw.Line{
		draw.T(themes.Title, "scope  "),
		draw.T(themes.Text, Plural(t.Identities, "identity", "identities")),
		Maybe(len(s.Undecided)),
		draw.T(t.Role(), fmt.Sprintf(", %d contained", t.Contained)),
	}
	if t.Unsure > 0 {
		line = append(line, draw.T(themes.Warning, " (until when not logged)"))
	}
	if t.Planned > 0 {
		line = append(line, draw.T(themes.Planned, fmt.Sprintf(" (%d planned)", t.Planned)))
	}
	hosts, maybe := s.Count(investigations.KindHost)
	line = append(line, draw.T(themes.Text, dot+Least(s)+Plural(hosts, "host", "hosts")), Maybe(maybe))
	open, maybe := s.OpenSessions()
	line = append(line, draw.T(themes.Text, fmt.Sprintf("%s%d open", dot, open)), Maybe(maybe))
	if n := len(r.Left.Items); n > 0 {
		line = append(line, draw.T(themes.Warning, fmt.Sprintf("%s%d survive", dot, n)))
	}
	return append(line, draw.T(themes.Muted, dot+"dwell "), draw.T(themes.Text, Dwell(c, s)))
}

// Maybe is a figure of what the log does not tell apart, or nothing.
func Maybe(n int) draw.Run {
	if n == 0 {
		return draw.Run{}
	}
	return draw.T(themes.Warning, fmt.Sprintf(" (? %d ambiguous)", n))
}

// Least marks a figure that is only a lower bound.
func Least(s *lineage.Scope) string {
	if s.AtLeast {
		return "at least "
	}
	return ""
}

// Dwell is how long the attacker was at work, and whether it goes on.
func Dwell(c draw.Canvas, s *lineage.Scope) string {
	switch {
	case s.Dwell.From.IsZero():
		return c.Glyphs().Dash
	case s.Dwell.Contained:
		return Span(s.Dwell.Length())
	default:
		return Span(s.Dwell.Length()) + " and counting"
	}
}

// Span writes a stretch of time in its two largest units.
func Span(d time.Duration) string {
	switch {
	case d >= 48*time.Hour:
		return fmt.Sprintf("%dd %02dh", d/(24*time.Hour), d%(24*time.Hour)/time.Hour)
	case d >= time.Hour:
		return fmt.Sprintf("%dh %02dm", d/time.Hour, d%time.Hour/time.Minute)
	case d >= time.Minute:
		return fmt.Sprintf("%dm %02ds", d/time.Minute, d%time.Minute/time.Second)
	default:
		return fmt.Sprintf("%ds", d/time.Second)
	}
}

// Plural writes a number with the word that goes with it.
func Plural(n int, one, many string) string {
	word := many
	if n == 1 {
		word = one
	}
	return draw.Count(int64(n)) + " " + word
}
