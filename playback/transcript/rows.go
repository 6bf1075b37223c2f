package transcript

import (
	"slices"
	"strings"
	"time"

	"cordon/playback/term"
	"cordon/playback/transcript/prompt"
)

// row is what is known of a row of the main screen.
type row struct {
	text string
	long string        // the text before a narrower screen cut it
	at   time.Duration // when it got its first text
	last time.Duration // when it got the text it has
	done bool          // it was taken already and came back on a taller screen
	seq  int           // its place among lines of one moment, if it was wiped before
}

// observe brings what is known of a row up to date.
func (w *watcher) observe(y int) {
	w.buf = prompt.AppendRow(w.buf[:0], w.screen, y)
	r := &w.rows[y]
	if string(w.buf) == r.text {
		return
	}
	if r.text == "" {
		r.at = w.at
	}
	if g, ok := w.wiped[y]; ok {
		w.again(y, g)
	}
	r.text, r.last, r.long, r.done = string(w.buf), w.at, "", false
}

// follow moves what is known of the rows with a screen that scrolled or got
// another size, and returns by how many rows.
func (w *watcher) follow() int {
	_, rows := w.screen.Size()
	total := w.screen.ScrolledTotal()
	n := int(min(max(int64(total-w.scrolls), -term.MaxRows), term.MaxRows))
	w.scrolls = total
	if n != 0 {
		w.settle()
	}
	switch {
	case n >= len(w.rows):
		clear(w.rows)
	case n > 0:
		copy(w.rows, w.rows[n:])
		clear(w.rows[len(w.rows)-n:])
	case n < 0:
		w.rows = slices.Insert(w.rows, 0, make([]row, -n)...)
		for y := range -n {
			w.rows[y] = row{text: string(prompt.AppendRow(nil, w.screen, y)), at: w.at, last: w.at, done: true}
		}
	}
	for len(w.rows) < rows {
		w.rows = append(w.rows, row{})
	}
	w.rows = w.rows[:rows]
	return n
}

// recognise puts what is known to the rows it belongs to, by their text.
func (w *watcher) recognise(old []row) {
	const near = 8 // how far a row is looked for
	for y := range w.rows {
		w.buf = prompt.AppendRow(w.buf[:0], w.screen, y)
		same := func(r row) bool { return r.text != "" && strings.HasPrefix(string(w.buf), r.text) }
		if same(w.rows[y]) {
			continue
		}
		w.rows[y] = row{}
		for d := 0; d <= near; d++ {
			if k := y + d; k < len(old) && same(old[k]) {
				w.rows[y] = old[k]
				break
			}
			if k := y - d; k >= 0 && k < len(old) && same(old[k]) {
				w.rows[y] = old[k]
				break
			}
		}
	}
}

// line is the row's line, given what it shows now.
func (r *row) line(now Line) Line {
	if r.text != "" {
		now.At = r.at
	}
	if r.seq != 0 {
		now.seq = r.seq
	}
	if r.text == now.Text {
		now.Last = r.last
		if r.long != "" {
			now.Text = r.long
		}
	}
	return now
}

// known is what was known of the row that is now at y, while bytes are fed and
// the rows have moved since the last look.
func (w *watcher) known(y int) *row {
	i := int64(y) + int64(w.screen.ScrolledTotal()-w.scrolls)
	if i < 0 || i >= int64(len(w.rows)) {
		return nil
	}
	return &w.rows[i]
}
