// Package themes holds the colours and glyphs of the console.
//
// A theme is a palette: one line per semantic role (text, danger, taint,
// selection and so on) in a YAML file. Components ask for a role and never for
// a colour, so a palette can be exchanged without touching them. The styles of
// all roles are derived from the palette once, by [New], into a [Styles] value
// that is read-only afterwards and safe to share.
//
// Colour never carries meaning alone. Every state that has a role also has a
// glyph in [Glyphs] and a word in the text; the mono palette has no colour at
// all and must stay fully usable. The three modes of the console differ by a
// word, by the shape of their borders, and only then by colour.
//
// Every glyph is one column wide and has an ASCII twin of the same width, so
// both sets give the same layout.
//
// The package does no terminal output and imports no other package of cordon.
package themes
