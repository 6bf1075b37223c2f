package main

import (
	"fmt"
	"io"
	"time"

	"cordon/store"
	"cordon/tui/safetext"
)

// progress shows on a terminal how far an ingest or a search is, with its rate
// and the time left. Elsewhere it shows nothing.
type progress struct {
	out   io.Writer // nil: nothing is shown
	form  safetext.Form
	width int
	now   func() time.Time
	began time.Time
	shown bool
}

// quietFor is how long work may take before it is worth a line.
const quietFor = 300 * time.Millisecond

func (p *program) progress() *progress {
	s := &progress{form: p.form(), now: p.now, began: p.now()}
	if _, ok := terminal(p.errs); ok {
		s.out, s.width = p.errs, max(columns(p.errs), 20)
	}
	return s
}

func (s *progress) update(at store.Progress) {
	s.show(func(spent time.Duration) string { return progressLine(at, spent) })
}

// counted shows how many of how many events were looked at.
func (s *progress) counted(done, total int64) {
	s.show(func(spent time.Duration) string {
		rate := float64(done) / max(spent.Seconds(), 1e-3)
		line := fmt.Sprintf("looked at %s of %s, %s/s", number(done), counted(total, "event"), number(int64(rate)))
		if rate > 0 {
			line += fmt.Sprintf(", %s left", time.Duration(float64(total-done)/rate)*time.Second)
		}
		return line
	})
}

func (s *progress) show(line func(spent time.Duration) string) {
	spent := s.now().Sub(s.began)
	if s.out == nil || spent < quietFor {
		return
	}
	fmt.Fprint(s.out, "\r", safetext.Fit(s.form.Clean(line(spent)), s.width-1, ""))
	s.shown = true
}

// end takes the line away.
func (s *progress) end() {
	if s.shown {
		fmt.Fprint(s.out, "\r\x1b[K")
	}
}

func progressLine(at store.Progress, spent time.Duration) string {
	rate := float64(at.Bytes) / max(spent.Seconds(), 1e-3)
	line := fmt.Sprintf("reading file %d of %d, %s, %s/s", at.File, at.Files, counted(at.Events, "event"), size(int64(rate)))
	if left := at.TotalBytes - at.Bytes; at.TotalBytes > 0 && left >= 0 && rate > 0 {
		seconds := time.Duration(float64(left)/rate) * time.Second
		line += fmt.Sprintf(", %d %%, %s left", at.Bytes*100/at.TotalBytes, seconds)
	}
	return line + "  " + at.Source
}

// size writes a number of bytes for a person.
func size(n int64) string {
	switch {
	case n >= 10<<30:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 10<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	case n >= 10<<10:
		return fmt.Sprintf("%d KiB", n>>10)
	default:
		return fmt.Sprintf("%d B", n)
	}
}
