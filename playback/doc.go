// Package playback groups everything that turns a recorded or a living session
// back into what somebody saw. It holds no code of its own; each step has its
// folder, and a later step only knows the one before it.
//
//   - recording reads Teleport recordings and asciicasts and yields frames.
//   - term is the screen: it is fed the bytes of a frame and holds cells.
//   - player moves through the frames, keeps keyframes and seeks.
//   - transcript is the text as it stood on the screen, with its moments.
//   - child runs a real process in a pty and feeds the same screen.
//
// Everything below this folder treats its input as written by an attacker: a
// byte of a recording is data, it never reaches the terminal of the person who
// looks at it, and it never makes a reader hang, grow without limit or panic.
// Nothing here imports tui, store, investigations or themes.
package playback
