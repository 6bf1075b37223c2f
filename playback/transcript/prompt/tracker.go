package prompt

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"cordon/playback/term"
)

// asksPaste is what shells write before they wait for a line, and endsPaste what
// they write when it is entered, before the newline or behind it. Newlines
// between the two are in the line: several were pasted or recalled, or
// completions are listed below.
var (
	asksPaste = []byte("\x1b[?2004h")
	endsPaste = []byte("\x1b[?2004l")
)

// armedFor is how many bytes behind asksPaste a prompt may follow.
const armedFor = 4 << 10

// Tracker follows the prompts of one session. The zero value is ready.
type Tracker struct {
	at    time.Duration
	here  int64    // the cursor's row, counted from the first line of the session
	open  *line    // the line that is typed
	left  *Command // entered, and not yet known whether the line is gone back to
	place line     // where left stood
	armed int      // bytes for which lines are looked at one by one

	seen  map[string]int       // prompts by key, and how often one was waited at
	exact map[string]bool      // prompts as they were
	held  map[string][]Command // by key, until the prompt comes again
	kept  int                  // commands in held

	ready []Command
	count int
	bytes int
	buf   []byte
}

// Write gives output to the screen in the pieces that the tracker must see
// between; write is what feeds it.
func (t *Tracker) Write(s *term.Screen, at time.Duration, data []byte, write func([]byte)) {
	t.at = at
	for len(data) > 0 {
		n, waits := t.next(data)
		newline := n == 1 && data[0] == '\n'
		write(data[:n])
		data = data[n:]
		t.armed = max(t.armed-n, 0)
		if waits {
			t.armed = armedFor
		}
		t.look(s, waits || len(data) == 0, newline)
	}
}

// next is how many bytes can be fed before the next look, and whether the
// session then waits at a prompt.
func (t *Tracker) next(data []byte) (n int, waits bool) {
	if t.open != nil || t.armed > 0 {
		switch i := bytes.IndexByte(data, '\n'); {
		case i == 0:
			return 1, false
		case i > 0:
			data = data[:i]
		}
	}
	sequence := asksPaste
	if t.open != nil {
		sequence = endsPaste
	}
	// The middle of it is looked for: escapes are everywhere.
	const rare = 2
	switch i := bytes.Index(data, sequence[rare:]); {
	case i >= rare && bytes.HasPrefix(data[i-rare:], sequence):
		return i - rare + len(sequence), t.open == nil
	case i >= 0:
		return i + len(sequence) - rare, false
	}
	return len(data), false
}

// Resized tells that the screen has another size.
func (t *Tracker) Resized(s *term.Screen, at time.Duration) {
	t.at = at
	t.look(s, false, false)
}

// Finish tells that the session is over.
func (t *Tracker) Finish(at time.Duration) {
	t.at = at
	t.confirm()
}

// Take returns the commands that became known since the last call, in the order
// in which they were entered.
func (t *Tracker) Take() []Command {
	out := t.ready
	t.ready = nil
	slices.SortStableFunc(out, func(a, b Command) int { return cmp.Compare(a.At, b.At) })
	return out
}

// Running is the command that was entered last, while no prompt has followed.
func (t *Tracker) Running() (Command, bool) {
	if t.left == nil || !t.place.form && t.seen[key(t.place.prompt)] < 2 {
		return Command{}, false
	}
	c := *t.left
	c.Until, c.Confidence = t.at, t.confidence(&t.place)
	return c, true
}

// look brings the tracker up to date with the screen. When the session waits,
// the cursor may stand at a prompt that was never seen.
func (t *Tracker) look(s *term.Screen, waits, newline bool) {
	if s.Alternate() {
		return
	}
	t.here = int64(s.ScrolledTotal()) + int64(s.Cursor().Y)
	if t.open != nil {
		if t.follow(s, newline) {
			return
		}
		t.open = nil
	}
	if !waits && t.armed == 0 {
		return
	}
	t.find(s, waits)
}

// follow follows the line that is typed; false when it is left. A cursor that
// went down without a newline is where the line wrapped, also where the screen no
// longer knows that it did.
func (t *Tracker) follow(s *term.Screen, newline bool) bool {
	l := t.open
	base := int64(s.ScrolledTotal())
	asks := s.Modes().Has(term.ModeBracketedPaste)
	entered := l.asks && !asks
	l.asks = l.asks || asks
	if t.moved(s) {
		return true
	}
	switch inside := t.here > l.end && t.here < l.row+maxRows; {
	case inside && newline && asks:
		l.breaks = append(l.breaks, l.end)
		l.end = t.here
		return true
	case inside && !newline && !entered:
		l.end = t.here
	}
	for l.end < l.row+maxRows && s.Wrapped(int(l.end-base)) {
		l.end++
	}
	if entered && t.here >= l.row {
		l.end = min(l.end, t.here) // what is below the cursor are completions
	}
	_, rows := s.Size()
	if l.row < base || l.end >= base+int64(rows) {
		return l.asks && asks // a long list pushed it away, and it will be written anew
	}
	t.buf = l.read(t.buf[:0], s)
	if rest, ok := l.behind(t.buf); ok {
		t.typed(s, rest)
		if entered || !l.asks && t.here > l.end {
			t.enter()
			return false
		}
	}
	// A line that shows something else for now is a search in the history.
	return !entered && t.here >= l.row && t.here <= l.end
}

// moved finds the line where a shell has written it anew: on a screen that was
// cleared, or below a list of completions.
func (t *Tracker) moved(s *term.Screen) bool {
	l := t.open
	base := int64(s.ScrolledTotal())
	y := first(s, s.Cursor().Y)
	row := base + int64(y)
	if row == l.row || row > l.row && t.here <= l.end && len(l.breaks) == 0 {
		return false
	}
	t.buf = span(t.buf[:0], s, y, s.Cursor().Y)
	rest, ok := l.behind(t.buf)
	if !ok || l.prompt == "" || row > l.row && !l.asks {
		return false
	}
	l.row, l.end, l.breaks = row, t.here, nil
	t.typed(s, rest)
	return true
}

// typed takes what stands behind the prompt now.
func (t *Tracker) typed(s *term.Screen, rest string) {
	l := t.open
	if right := rightPrompt(s); right != "" && t.here == l.row {
		l.right = right
		rest = strings.TrimRight(strings.TrimSuffix(rest, right), " ")
	}
	if rest == l.text {
		return
	}
	if l.text == "" || rest == "" {
		l.began = t.at
	}
	if grown := len(rest) - len(l.text); grown >= 4 && marked(s, int(l.row-int64(s.ScrolledTotal())), int(l.end-l.row), grown/2) {
		l.paste = true
	}
	l.text = rest
}

// enter takes the line that was left.
func (t *Tracker) enter() {
	l := t.open
	if n := len(l.breaks); n > 0 && l.breaks[n-1] == l.end-1 {
		l.end-- // the newline entered it
	}
	if t.left != nil && l.more {
		if l.text != "" && len(t.left.Text) < maxText && !strings.HasSuffix(l.text, "^C") {
			t.left.Text = clip(t.left.Text + "\n" + l.text)
		}
		t.left.At, t.left.Paste = t.at, t.left.Paste || l.paste
		t.place.end = l.end
		return
	}
	if l.text == "" || strings.HasSuffix(l.text, "^C") {
		return
	}
	c := Command{Shown: l.shown, Began: l.began, At: t.at, Prompt: l.prompt, Text: clip(l.text), Paste: l.paste}
	if l.above != "" {
		c.Prompt = l.above + "\n" + l.prompt
	}
	t.left, t.place = &c, *l
}

// find looks for a prompt in the cursor's line.
func (t *Tracker) find(s *term.Screen, waits bool) {
	c := s.Cursor()
	y := first(s, c.Y)
	if c.X == 0 && y == c.Y && t.armed == 0 || !t.glance(s, y, c) {
		return
	}
	base := int64(s.ScrolledTotal())
	text, last := whole(t.buf[:0], s, y)
	t.buf = text
	l := line{row: base + int64(y), end: base + int64(last), shown: t.at, began: t.at}
	if t.left != nil && !t.place.asks && l.row <= t.place.end && l.row >= t.place.row {
		if rest, ok := t.place.behind(text); ok && strings.HasPrefix(rest, t.left.Text) {
			t.back(rest)
			return
		}
	}
	pre := before(s, y)
	if t.left != nil && waits && l.row == t.place.end+1 && continued.MatchString(pre) {
		l.prompt, l.more = pre, true
		t.open = &l
		return
	}
	if !t.prompted(&l, string(text), pre, waits) {
		return
	}
	l.above = above(s, y, l.prompt)
	t.begin(s, &l, string(text))
}

// glance is a cheap look at whether the cursor's line can have a prompt.
func (t *Tracker) glance(s *term.Screen, y int, c term.Cursor) bool {
	if t.armed > 0 || t.left != nil && (y != c.Y || t.here == t.place.end+1 || starts(s, y, t.place.prompt)) {
		return true
	}
	x := c.X - 1
	for ; x >= 0 && c.X-x <= 3; x-- {
		if cell := s.Cell(x, c.Y); cell.Rune != ' ' && cell.Width > 0 {
			break
		}
	}
	head := s.Cell(0, y).Rune
	return x >= 0 && ending(s.Cell(x, c.Y).Rune, head)
}

// prompted finds out which part of a line is the prompt.
func (t *Tracker) prompted(l *line, text, pre string, waits bool) bool {
	if n := known(text); n > 0 {
		l.prompt, l.form = text[:n], true
		if n == len(text) && strings.HasPrefix(pre, l.prompt) && strings.TrimLeft(pre[n:], " ") == "" {
			l.prompt = pre // with the blanks at its end
		}
		if strings.HasSuffix(l.prompt, " ") || utf8.RuneCountInString(l.prompt) > 1 {
			return true
		}
		*l = line{row: l.row, end: l.end, shown: l.shown, began: l.began}
		return false // a lone sign is any bar
	}
	end := ""
	for p := range t.exact {
		switch {
		case len(p) < leastPrompt:
		case len(p) > len(l.prompt) && strings.HasPrefix(text, p):
			l.prompt = p
		case len(p) > len(end) && strings.HasSuffix(pre, p):
			end = p
		}
	}
	if l.prompt == "" && end != "" && waits {
		l.lead, l.prompt = strings.TrimSuffix(pre, end), end
	}
	switch {
	case l.lead != "" || l.prompt != "" && t.armed > 0:
		return true
	case waits && plausible(pre):
		l.lead, l.prompt = "", pre
		return true
	}
	return false
}

// leastPrompt is how many bytes a prompt has that is known again in the middle of
// a line.
const leastPrompt = 4

// back opens the line again that was thought left: a list of completions was
// shown below it.
func (t *Tracker) back(rest string) {
	l := t.place
	l.text = rest
	t.open, t.left = &l, nil
}

// begin opens a line at a prompt.
func (t *Tracker) begin(s *term.Screen, l *line, text string) {
	rest, _ := l.behind([]byte(text))
	if c := t.left; c != nil && !t.place.asks && l.prompt == t.place.prompt && rest != "" && strings.HasPrefix(rest, c.Text) {
		l.shown, l.began = c.Shown, c.Began
		t.left = nil // the list of completions was printed between
	}
	t.learn(l)
	t.confirm()
	t.open = l
	l.asks = s.Modes().Has(term.ModeBracketedPaste)
	t.typed(s, rest)
	t.armed = 0
}

// Own reports whether a row, counted from the first line of the session, is of
// the line that is typed or that was entered last.
func (t *Tracker) Own(row int64) bool {
	return t.open != nil && row >= t.open.row && row <= t.open.end || row >= t.place.row && row <= t.place.end && t.place.prompt != ""
}
