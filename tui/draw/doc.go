// Package draw is the small kit that the console's views are drawn with: text
// in roles, boxes, columns, bars and sparklines, on an ultraviolet screen.
//
// Everything is a pure function of its arguments into a rectangle. Nothing is
// written outside the rectangle or the screen, and a rectangle of no size is
// legal and draws nothing, so views need no special cases for small terminals.
//
// A view names roles and glyphs and never colours. Text is expected to have
// passed safetext; as a last guard no cell ever holds a control character, even
// if a caller forgot.
//
// Columns are counted with the width method of the screen that is drawn on,
// because that is what the terminal was asked to use.
package draw
