// Package safetext is the only place that makes untrusted text fit for a
// terminal. Audit fields, recordings, file names and answers of a cluster are
// written by whoever was able to write them; here they become data that can be
// shown and never commands that a terminal obeys.
//
// The rule is that nothing is dropped and nothing is hidden. A control byte is
// shown as its symbol (␛, ␇), a line break in a one-line text as ⏎, a byte that
// is not UTF-8 as ‹x9B›, and every rune that has no ink of its own (bidirectional
// controls, zero-width runes, odd spaces, variation selectors, tags, private and
// unassigned code points) as ‹U+202E›. Combining marks stay on their letter, but
// only a few of them, so that a stack of marks cannot climb over other rows.
//
// Text passes through here once, when it is read into a view. Cleaning text
// twice changes nothing. Printable ASCII passes without an allocation.
//
// Widths are measured and cut only with the x/ansi package, through the helpers
// of this package. Reports escape for their own formats and do not use it.
package safetext
