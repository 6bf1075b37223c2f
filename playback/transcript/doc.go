// Package transcript is the text of a session as it stood on the screen, each
// line with the moment it first appeared.
//
// The text is read from a terminal screen, never from the bytes: what a person
// saw is what counts, so a progress bar is one line in its last state, a line
// that was edited is the line as it was entered, and a line that wrapped at the
// margin is whole again. A line is taken when it leaves the screen, or at the
// end. A full-screen program, on the alternate screen, gives one line that says
// so and the screen it was left with.
//
// What a program overwrote in place is not here, as it cannot be told from the
// redraws of a progress bar; Find looks at the screen after every frame and sees
// it, unless it came and was overwritten within one frame.
//
// Read also gives the commands that were entered, with the lines of their output,
// as far as package prompt below this folder recognises them. A Maker does the
// same for lines while a recording is read, and holds neither.
//
// Everything returned is text out of a recording and untrusted.
package transcript
