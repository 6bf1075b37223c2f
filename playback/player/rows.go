package player

import (
	"bytes"
	"regexp"
	"strings"
	"time"

	"cordon/playback/term"
	"cordon/playback/transcript/prompt"
)

const (
	// mostRows is how many of the rows that a frame wrote are read: in a flood of
	// lines the last ones are what a person sees.
	mostRows = 8
	// quiet is how long no other error is marked after one.
	quiet = time.Second
)

// rows follows the lines that programs write below a prompt.
type rows struct {
	next  int64         // the first row that is not read yet, counted from the session's first line
	erred time.Duration // when the last error was marked
	any   bool          // one was
	asked string        // the last request for a password
	row   int64         // and where it stood
	buf   []byte
}

// readRows reads the rows that were finished since the last frame, and the one
// that the session waits on.
func (m *marker) readRows(at time.Duration, s *term.Screen, t *prompt.Tracker) {
	if s.Alternate() {
		return
	}
	r := &m.lines
	base, c := int64(s.ScrolledTotal()), s.Cursor()
	here := base + int64(c.Y)
	for row := max(r.next, base, here-mostRows); row < here; row++ {
		r.buf = s.AppendLine(r.buf[:0], int(row-base))
		if !t.Own(row) {
			m.readRow(at, r.buf)
		}
	}
	r.next = here
	if c.X > 0 && r.asks(s, c) && (r.row != here || r.asked != string(r.buf)) {
		r.asked, r.row = string(r.buf), here
		m.add(MarkPassword, at, at, r.asked)
	}
}

// password is the end of a line that asks for a secret.
var password = regexp.MustCompile(`(?i)\b(?:password|passphrase|passcode|passwd|verification code|one-time code|otp(?: code)?|pin)\b[^:]{0,80}:$`)

// asks reports whether the line that the cursor stands behind asks for a secret.
func (r *rows) asks(s *term.Screen, c term.Cursor) bool {
	x := c.X - 1
	if x > 0 && s.Cell(x, c.Y).Rune == ' ' {
		x--
	}
	if s.Cell(x, c.Y).Rune != ':' {
		return false
	}
	r.buf = s.AppendLine(r.buf[:0], c.Y)
	return password.Match(r.buf)
}

// errorWords are what programs write when something was refused or failed.
var errorWords = [][]byte{
	[]byte("command not found"), []byte("permission denied"), []byte("access denied"), []byte("access is denied"),
	[]byte("operation not permitted"), []byte("no such file or directory"), []byte("traceback (most recent call last)"),
	[]byte("segmentation fault"), []byte("is not in the sudoers file"), []byte("authentication failure"),
	[]byte("sorry, try again"), []byte("connection refused"), []byte("syntax error"), []byte("non-zero exit"),
	[]byte("error:"), []byte("fatal:"), []byte("panic:"),
}

// exitStatus is a status that is not 0.
var exitStatus = regexp.MustCompile(`\bexit(?:ed with)? (?:status|code):? [1-9]|sh: (?:line )?(?:\d+: )?\S+: not found$`)

// readRow looks for an error, and for what Teleport writes into a session.
func (m *marker) readRow(at time.Duration, row []byte) {
	row = bytes.TrimLeft(row, " ")
	if len(row) == 0 {
		return
	}
	if teleportSays(row) {
		m.add(MarkTeleport, at, at, string(row))
		return
	}
	r := &m.lines
	if r.any && at-r.erred < quiet || !isError(row) {
		return
	}
	r.any, r.erred = true, at
	m.add(MarkError, at, at, string(row))
}

func isError(row []byte) bool {
	lower := bytes.ToLower(row)
	for _, w := range errorWords {
		if bytes.Contains(lower, w) {
			return true
		}
	}
	return (bytes.Contains(lower, []byte("exit")) || bytes.Contains(lower, []byte("sh: "))) && exitStatus.Match(lower)
}

// teleportSays reports whether a row is a message of Teleport to those in the
// session: who joined and left, that the session is ended, or that a lock is in
// force.
func teleportSays(row []byte) bool {
	text := string(row)
	return strings.HasPrefix(text, "Teleport > ") ||
		strings.Contains(text, "lock targeting ") && strings.Contains(text, " is in force") ||
		strings.Contains(text, "preventive lock-out due to local lock view")
}
