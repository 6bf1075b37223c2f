// Package screen draws a terminal's picture into a rectangle of the console: the
// terminal pane. It does not know who feeds the picture, a recording or a child.
//
// The picture is never wrapped anew or scaled: it stands in the middle of a
// rectangle that is larger, and a smaller one shows a part of it that follows
// the cursor or is moved by hand.
//
// What was recorded is hostile. Only cells with printable text reach the
// console, each measured again with the width method of the terminal that is
// drawn on; what does not fit its cell, or has no ink of its own, is replaced or
// left out. Links, titles and modes stay in the model. Concealed text is drawn
// like any other and nothing blinks: a picture that is evidence hides nothing
// and cannot flash at the person who reads it.
package screen
