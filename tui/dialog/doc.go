// Package dialog holds what lies on top of a page: confirmations, inputs, the
// help, the palette and the viewer of long texts, and the stack they lie on.
//
// A dialog handles a message, draws itself, and says what came of it as a typed
// outcome; the app acts on outcomes, a dialog never does. The last dialog of the
// stack is on top and the first to get keys; nothing reaches the page below.
//
// Esc always closes the top dialog and loses nothing that was typed: texts are
// kept as drafts until they are submitted. Ctrl+c in a dialog is Esc.
//
// A dialog that opened by itself swallows keys until input has been quiet for a
// moment, so that a key meant for the page cannot answer a question nobody has
// read. What can cut people off is confirmed by typing its name: not by Enter
// alone, not by the key that opened the dialog, and not by pasting, whether the
// terminal marks pastes or not.
package dialog
