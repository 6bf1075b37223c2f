package transcript

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"time"

	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/playback/term"
	"cordon/playback/transcript/prompt"
)

// Match is a time during which a text was on the screen without a break.
type Match struct {
	At    time.Duration // the first frame that shows it
	Until time.Duration // the first frame that does not, or the end
	Line  string        // the line it was first seen in
}

// Find returns when a text was on the screen, whatever the case of its letters,
// also when a line wraps inside it, and also when it was only there in the
// middle of a burst. Events are searched by their words, so a database session
// can be searched too.
func Find(ctx context.Context, rec *recording.Recording, text string) ([]Match, error) {
	if text == "" {
		return nil, nil
	}
	s := &seeker{needle: []byte(strings.ToLower(text)), screen: player.NewScreen(rec.Meta)}
	s.screen.OnLeave(s.leave)
	for i, f := range rec.Frames {
		if i%checkEvery == 0 {
			if err := ctx.Err(); err != nil {
				return nil, fmt.Errorf("search recording: %w", err)
			}
		}
		s.feed(f)
	}
	if s.open {
		s.matches[len(s.matches)-1].Until = rec.Duration()
	}
	return s.matches, nil
}

// seeker follows a screen and looks for one text.
type seeker struct {
	needle  []byte
	screen  *term.Screen
	matches []Match
	open    bool // the last match goes on
	escapes escapes

	resizing bool // rows are leaving because the screen gets another size

	at    time.Duration
	left  []byte // the text of wrapped rows that have left
	buf   []byte
	lower []byte
}

func (s *seeker) feed(f recording.Frame) {
	s.at = f.At
	if f.Type == recording.Note {
		if s.has([]byte(f.Event.Summary)) {
			s.glimpse(f.Event.Summary)
		}
		return
	}
	if f.Type == recording.Graphics {
		return
	}
	before := s.screen.Cursor().Y
	lines := s.screen.ScrolledTotal()
	s.resizing = f.Type == recording.Resize
	player.Feed(s.screen, f)
	s.resizing = false
	_, rows := s.screen.Size()
	from, to := 0, rows-1
	// Nobody counts the lines that leave the alternate screen.
	plain := s.escapes.plain(f.Data) && !s.screen.Alternate()
	if !s.open && plain && f.Type == recording.Output {
		// Plain text only touches the rows the cursor went over; a match that
		// is on the screen must be looked for everywhere.
		now := s.screen.Cursor().Y
		rose := min(int64(s.screen.ScrolledTotal()-lines), int64(rows))
		from, to = max(min(before-int(rose), now), 0), max(min(before, rows-1), now)
	}
	line, found := s.look(from, to)
	switch {
	case found && !s.open:
		s.glimpse(line) // one that was glimpsed in this frame goes on
		s.open = true
	case !found && s.open:
		s.matches[len(s.matches)-1].Until = s.at
		s.open = false
	}
}

// look searches whole lines that touch the rows from..to.
func (s *seeker) look(from, to int) (line string, found bool) {
	for from > 0 && s.screen.Wrapped(from-1) {
		from--
	}
	s.buf = s.buf[:0]
	_, rows := s.screen.Size()
	for y := from; y < rows && (y <= to || len(s.buf) > 0); y++ {
		s.buf = prompt.AppendRow(s.buf, s.screen, y)
		if s.screen.Wrapped(y) && len(s.buf) < maxJoined {
			continue
		}
		if s.has(s.buf) {
			return string(s.buf), true
		}
		s.buf = s.buf[:0]
	}
	if len(s.buf) > 0 && s.has(s.buf) {
		return string(s.buf), true
	}
	return "", false
}

// leave sees rows that come and go inside one frame. The rest of a line that
// wraps is still on the screen below.
func (s *seeker) leave(y int, _ term.Leave) {
	if s.open {
		return
	}
	wrapped := s.screen.Wrapped(y)
	switch {
	case !wrapped:
		s.left = s.screen.AppendLine(s.left, y)
	case s.resizing:
		s.left = prompt.AppendWrapped(s.left, s.screen, y, false)
	default:
		s.left = prompt.AppendRow(s.left, s.screen, y)
	}
	own := len(s.left)
	for k := y; !s.resizing && s.screen.Wrapped(k) && len(s.left) < maxJoined; k++ {
		s.left = prompt.AppendRow(s.left, s.screen, k+1)
	}
	if s.has(s.left) {
		s.glimpse(string(s.left))
	}
	s.left = s.left[:own]
	if !wrapped || own > maxJoined {
		s.left = s.left[:0]
	}
}

// glimpse is a match that is over at once. Several in one frame are one.
func (s *seeker) glimpse(line string) {
	if n := len(s.matches); n > 0 && s.matches[n-1].Until >= s.at {
		return
	}
	if s.open {
		return
	}
	s.matches = append(s.matches, Match{At: s.at, Until: s.at, Line: line})
}

func (s *seeker) has(text []byte) bool {
	ascii := true
	s.lower = append(s.lower[:0], text...)
	for i, c := range s.lower {
		switch {
		case c >= 0x80:
			ascii = false
		case c >= 'A' && c <= 'Z':
			s.lower[i] = c + 'a' - 'A'
		}
	}
	if !ascii {
		return bytes.Contains(bytes.ToLower(text), s.needle)
	}
	return bytes.Contains(s.lower, s.needle)
}
