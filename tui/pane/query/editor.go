package query

import (
	"slices"
	"strings"
	"unicode"

	tea "charm.land/bubbletea/v2"
)

// maxText bounds the text in the editor, in characters; maxUndo how many steps
// can be taken back.
const (
	maxText = 20_000
	maxUndo = 100
)

// editor is a text of several lines that is being typed.
type editor struct {
	text []rune
	at   int // the cursor stands in front of this rune
	want int // the column that up and down aim at; -1 for the cursor's own
	top  int // the first line that is shown
	past []edit
	// joins says that the next character typed belongs to the last step.
	joins bool
}

// edit is a state of the text that undo goes back to.
type edit struct {
	text []rune
	at   int
}

func (e *editor) string() string { return string(e.text) }

// set replaces the text and puts the cursor at its end. It can be undone.
func (e *editor) set(text string) {
	e.remember()
	e.text, e.at, e.want, e.joins = nil, 0, -1, false
	e.put(text)
}

// insert puts text at the cursor.
func (e *editor) insert(text string) {
	typed := len([]rune(text)) == 1 && text != "\n"
	if !typed || !e.joins {
		e.remember()
	}
	e.joins = typed && text != " "
	e.put(text)
}

// put adds text at the cursor. Line ends become line feeds and a tab four
// blanks; other control characters are left out: they cannot be typed with
// intent.
func (e *editor) put(text string) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n", "\t", "    ").Replace(strings.ToValidUTF8(text, ""))
	var clean []rune
	for _, r := range text {
		if r == '\n' || !unicode.IsControl(r) {
			clean = append(clean, r)
		}
	}
	clean = clean[:min(len(clean), max(0, maxText-len(e.text)))]
	e.text = slices.Insert(e.text, e.at, clean...)
	e.at += len(clean)
	e.want = -1
}

func (e *editor) remember() {
	if n := len(e.past); n > 0 && slices.Equal(e.past[n-1].text, e.text) {
		return
	}
	e.past = append(e.past, edit{slices.Clone(e.text), e.at})
	e.past = e.past[max(0, len(e.past)-maxUndo):]
}

func (e *editor) undo() {
	e.joins = false
	for len(e.past) > 0 {
		last := e.past[len(e.past)-1]
		e.past = e.past[:len(e.past)-1]
		if !slices.Equal(last.text, e.text) {
			e.text, e.at, e.want = last.text, last.at, -1
			return
		}
	}
}

// cut takes the runes between the cursor and a place out.
func (e *editor) cut(to int) {
	from := max(0, min(e.at, to))
	to = min(len(e.text), max(e.at, to))
	if from == to {
		return
	}
	e.remember()
	e.joins = false
	e.text = slices.Delete(slices.Clone(e.text), from, to)
	e.at, e.want = from, -1
}

// replace puts text in place of the runes from one place to another.
func (e *editor) replace(from, to int, text string) {
	e.remember()
	e.joins = false
	e.text = slices.Delete(slices.Clone(e.text), from, to)
	e.at = from
	e.put(text)
}

// place is the line and the column of the cursor, from 0.
func (e *editor) place() (line, col int) {
	before := e.text[:e.at]
	for _, r := range before {
		if r == '\n' {
			line++
		}
	}
	return line, e.at - e.lineStart(e.at)
}

func (e *editor) lineStart(at int) int {
	for at > 0 && e.text[at-1] != '\n' {
		at--
	}
	return at
}

func (e *editor) lineEnd(at int) int {
	for at < len(e.text) && e.text[at] != '\n' {
		at++
	}
	return at
}

// lines is how many lines the text has; at least one.
func (e *editor) lines() int { return strings.Count(string(e.text), "\n") + 1 }

// goTo puts the cursor on a line and a column, or as near as there is.
func (e *editor) goTo(line, col int) {
	at := 0
	for range max(0, min(line, e.lines()-1)) {
		at = e.lineEnd(at) + 1
	}
	e.at, e.want, e.joins = min(at+max(0, col), e.lineEnd(at)), -1, false
}

// vertical moves the cursor by lines and keeps to its column.
func (e *editor) vertical(lines int) {
	line, col := e.place()
	if e.want < 0 {
		e.want = col
	}
	want := e.want
	e.goTo(line+lines, want)
	e.want = want
}

// follow keeps the cursor among so many lines that are shown.
func (e *editor) follow(height int) {
	line, _ := e.place()
	e.top = max(line-height+1, min(e.top, line))
	e.top = max(0, min(e.top, e.lines()-height))
}

// key edits by a key and reports whether it was one for it.
func (e *editor) key(msg tea.KeyPressMsg, page int) bool {
	switch key := msg.String(); key {
	case "up":
		e.vertical(-1)
	case "down":
		e.vertical(1)
	case "pgup":
		e.vertical(-page)
	case "pgdown":
		e.vertical(page)
	case "ctrl+z":
		e.undo()
	case "enter", "shift+enter", "ctrl+j":
		e.newline()
	default:
		if e.horizontal(key) || e.deletes(key) {
			return true
		}
		if msg.Text == "" || msg.Mod&(tea.ModCtrl|tea.ModAlt) != 0 {
			return false
		}
		e.insert(msg.Text)
	}
	return true
}

// newline begins a line as far in as the one before.
func (e *editor) newline() {
	start := e.lineStart(e.at)
	in := start
	for in < e.at && e.text[in] == ' ' {
		in++
	}
	e.insert("\n" + strings.Repeat(" ", in-start))
}

func (e *editor) horizontal(key string) bool {
	to := e.at
	switch key {
	case "left", "ctrl+b":
		to--
	case "right", "ctrl+f":
		to++
	case "ctrl+left", "alt+left", "alt+b":
		to = e.wordBack()
	case "ctrl+right", "alt+right", "alt+f":
		to = e.wordForward()
	case "home", "ctrl+a":
		to = e.lineStart(e.at)
	case "end", "ctrl+e":
		to = e.lineEnd(e.at)
	case "ctrl+home":
		to = 0
	case "ctrl+end":
		to = len(e.text)
	default:
		return false
	}
	e.at, e.want, e.joins = max(0, min(to, len(e.text))), -1, false
	return true
}

func (e *editor) deletes(key string) bool {
	switch key {
	case "backspace", "ctrl+h", "shift+backspace":
		e.cut(e.at - 1)
	case "delete", "ctrl+d":
		e.cut(e.at + 1)
	case "ctrl+w", "alt+backspace", "ctrl+backspace":
		e.cut(e.wordBack())
	case "alt+d", "ctrl+delete":
		e.cut(e.wordForward())
	case "ctrl+k":
		if to := e.lineEnd(e.at); to > e.at {
			e.cut(to)
		} else {
			e.cut(e.at + 1)
		}
	case "ctrl+u":
		e.cut(e.lineStart(e.at))
	default:
		return false
	}
	return true
}

func (e *editor) wordBack() int {
	at := e.at
	for at > 0 && !wordRune(e.text[at-1]) {
		at--
	}
	for at > 0 && wordRune(e.text[at-1]) {
		at--
	}
	return at
}

func (e *editor) wordForward() int {
	at := e.at
	for at < len(e.text) && !wordRune(e.text[at]) {
		at++
	}
	for at < len(e.text) && wordRune(e.text[at]) {
		at++
	}
	return at
}

func wordRune(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }
