// Package player moves through a recording: play, pause, speed, seek, step.
//
// It is a pure state machine. Next takes a State and an Input and says what the
// new State is and which frames must be on the screen; it reads nothing but the
// times of the frames. The Player around it owns a terminal screen and brings it
// to that frame. There are no goroutines, no timers and no clock in here: the
// caller says what time it is and asks NextWake when to come back.
//
// The time axis is the real one. A gap longer than the idle cut is played as
// the cut and then skipped, so a position jumps, but a recording never looks
// shorter than it was; LastCut and Gap tell what is left out. A recording that
// grows is waited for at its end (Follow), and goes on with what was appended.
//
// A seek starts at the nearest keyframe, a clone of the screen, and feeds from
// there. Keyframes lie an amount of work apart, not of time: bytes, frames, and
// what a few bytes make the screen do. How many there are is bounded by the
// memory they would hold if none of their rows were shared.
//
// The pass that keeps them also marks the moments that are worth a look, in
// words that are untrusted and bounded in number and length. docs/playback.md
// says what each kind is found by.
package player
