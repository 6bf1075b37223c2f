// Package term is cordon's screen model: it is fed the bytes of a session and
// holds the cells, cursor and modes that a person at that terminal had. It
// follows ECMA-48 for the form of control sequences and xterm's list of them
// for what they do; where terminals differ, the way that loses no text is taken.
// docs/emulator.md has the list of sequences and of differences from xterm.js.
//
// The input is hostile. A Screen never answers a query, touches a clipboard or
// opens a link: title, hyperlinks and directory are bounded text, other strings
// are swallowed without being stored, every number is clamped to the screen, and
// the work that a byte can ask for is bounded.
//
// Bytes are UTF-8. A byte that is not is a short eight-bit control or shows as
// U+FFFD. Those that open a string show too: one stray byte of a binary would
// hide all text after it. Columns are those of Unicode's width table, ambiguous
// ones are narrow; what has none joins the character before it, and an emoji
// sequence is one wide cell: joined pictographs, a flag, a skin tone, a keycap,
// what the variation selector U+FE0F makes an emoji.
//
// Cells are flat (16 bytes). Rows are reached by pointer and belong to the
// screen that wrote them last: a clone copies pointers, and a row is copied when
// one side writes to it. A new width costs nothing until then. Combined
// characters, links and underline colours live in bounded side tables. Once
// warm, writing does not allocate. A Screen is for one goroutine; a clone belongs
// to whoever asked for it.
package term
