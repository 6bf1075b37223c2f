package safetext

import (
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// maxMarks is how many combining marks one letter may carry. Living scripts
// need three or four.
const maxMarks = 4

// inkless lists runes that the Unicode tables count as printable although
// nothing is drawn for them.
var inkless = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x034f, Hi: 0x034f, Stride: 1}, // combining grapheme joiner
		{Lo: 0x115f, Hi: 0x1160, Stride: 1}, // Hangul fillers
		{Lo: 0x17b4, Hi: 0x17b5, Stride: 1}, // Khmer inherent vowels
		{Lo: 0x180b, Hi: 0x180f, Stride: 1}, // Mongolian selectors
		{Lo: 0x2800, Hi: 0x2800, Stride: 1}, // blank Braille pattern
		{Lo: 0x3164, Hi: 0x3164, Stride: 1}, // Hangul filler
		{Lo: 0xffa0, Hi: 0xffa0, Stride: 1}, // halfwidth Hangul filler
		{Lo: 0xfffc, Hi: 0xfffc, Stride: 1}, // object replacement
	},
}

// isHidden reports whether a rune must be spelled out because a reader could
// not see it, or because it changes how its neighbours are shown.
func isHidden(r rune) bool {
	return !unicode.IsPrint(r) ||
		unicode.In(r, inkless, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// isMark reports whether a rune is drawn on the one before it.
func isMark(r rune) bool {
	if unicode.Is(unicode.M, r) {
		return true
	}
	if unicode.IsLetter(r) && !unicode.Is(unicode.Hangul, r) {
		return false // spares most text the look-up below
	}
	return ansi.StringWidthWc(string(r)) == 0
}
