// Package locks is the board: every lock that the evidence and the journal know
// of, what it hits, whether it held, how long it holds, and how its end is moved
// or it is taken back.
//
// A lock that is only planned has another glyph and another word than one in
// force, everywhere: a plan contains nobody. What a row says depends on the time
// of day, so rows are written anew for each frame.
//
// Releasing asks first. In a dry run a lock that exists is not touched: the page
// shows the command that a person would run.
//
// On a live cluster the locking mode is said with every lock in force, because in
// best effort an agent that is cut off does not know the lock. Whether the
// selected lock holds is looked up again as events arrive; the cursor stays where
// the responder has it.
package locks
