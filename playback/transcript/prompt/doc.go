// Package prompt finds the commands that were entered in a session by watching
// its screen: a recording of a terminal holds what was shown, never what was
// typed.
//
// A Tracker looks at the line the cursor is on whenever the session has nothing
// more to show. What stands before the cursor there is a prompt if it has the
// form of one (a shell's, with user, host and path; those of well-known
// programs), or if it came before and something was entered behind it. The
// command is what stands behind the prompt at the moment the line is left, so
// keys that edit, recall and complete do not matter.
//
// What is not recognised gives no command; text is never guessed. Not seen are
// what is typed without an echo, what is entered inside a full-screen program
// (tmux, screen, an editor's shell), and a line that the same piece of output
// wipes. A line that was left with ^C was not entered. A completion whose list
// is printed below leaves the line and comes back to it: that is known by the
// same text standing at the next prompt.
//
// A program can print what looks like a prompt and a command. Output that no
// prompt was waited in is therefore not searched for commands, except behind the
// sequence by which shells ask for bracketed paste, as several pasted lines come
// in one piece there. Commands are a guide to the moment, not a proof: the proof
// is what the host logged.
package prompt
