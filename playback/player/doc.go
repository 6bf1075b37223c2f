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
// shorter than it was.
//
// A seek starts at the nearest keyframe, a clone of the screen, and feeds from
// there. Keyframes lie a number of bytes apart, not of seconds, because bytes
// are the work; how many there are is bounded by the memory they hold.
package player
