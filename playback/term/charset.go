package term

// charset is one of the character sets that can be put into G0 to G3.
type charset uint8

const (
	ascii charset = iota
	decGraphics
	british
)

// graphics are the characters of DEC special graphics from 0x5f to 0x7e, as
// the table of the VT100's manual has them, in Unicode.
var graphics = [...]rune{
	'\u00a0', '◆', '▒', '␉', '␌', '␍', '␊', '°', '±', '␤', '␋', '┘', '┐', '┌', '└', '┼',
	'⎺', '⎻', '─', '⎼', '⎽', '├', '┤', '┴', '┬', '│', '≤', '≥', 'π', '≠', '£', '·',
}

func (c charset) rune(b byte) rune {
	switch {
	case c == decGraphics && b >= 0x5f && b <= 0x7e:
		return graphics[b-0x5f]
	case c == british && b == '#':
		return '£'
	}
	return rune(b)
}

// designate puts a set into one of G0 to G3. National variants are taken as
// ASCII.
func (s *Screen) designate(g int, final byte) {
	set := ascii
	switch final {
	case '0', '2':
		set = decGraphics
	case 'A':
		set = british
	}
	s.sets[g] = set
}

// plain reports whether bytes of ASCII stand for themselves and overwrite.
func (s *Screen) plain() bool {
	return s.sets[s.gl] == ascii && s.single == 0 && s.modes&(ModeInsert|ModeMargins) == 0
}
