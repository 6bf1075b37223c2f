// Package command says what is dangerous about a shell command line: does it
// read credentials, raise privileges, fetch code and run it, stay on the host,
// move on to the next one, carry data away, or wipe its traces.
//
// A line is split into words as a shell does it (quotes, escapes, $'…', pipes,
// lists, subshells, substitutions, here-documents) before anything is judged,
// so that c'a't /etc/sh""adow is the same as cat /etc/shadow, and a man page
// that is named sudoers is just a word. Wrappers (sudo, env, xargs, sh -c, a
// literal that is decoded and piped into a shell) are taken off first. Nothing
// is ever run, and no file is read: variables have the values that the line
// itself gives them.
//
// Lines come from the attacker. Length, nesting and the number of commands are
// bounded; what is beyond the bounds is not judged. No finding means only that
// nothing known was recognised.
package command
