package sessions

import (
	"strings"

	"cordon/tui/pane"
)

var _ pane.Copier = (*Pane)(nil)

// CopyText is what y copies: the selected line or row, what differs, or the
// whole screen of the moment shown. Empty leaves it to the selected row.
func (p *Pane) CopyText() string {
	r := p.replay
	switch {
	case p.hitsShown():
		hit, _ := p.hits.selected()
		return plainText(hit.Line)
	case r == nil || !r.terminal() || r.listed():
		return ""
	case r.differing():
		return plainText(r.diffText())
	case r.inside:
		return ""
	}
	return plainText(strings.TrimRight(strings.Join(r.player.Screen().Text(), "\n"), "\n"))
}

// copyLine copies the line that the cursor is in, whole where it wraps.
func (p *Pane) copyLine() {
	s := p.replay.player.Screen()
	_, rows := s.Size()
	first := s.Cursor().Y
	for first > 0 && s.Wrapped(first-1) {
		first--
	}
	var line []byte
	for y := first; y < rows; y++ {
		line = s.AppendLine(line, y)
		if !s.Wrapped(y) {
			break
		}
	}
	p.env.Out.Put(pane.Copy{Text: plainText(string(line))})
}

// plainText leaves out what a terminal into which it is pasted would act on.
func plainText(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' || r == 0x7f || r >= 0x80 && r < 0xa0 {
			return -1
		}
		return r
	}, s)
}
