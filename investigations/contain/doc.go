// Package contain turns "cut this off" into a lock that can be seen before it
// is placed, placed once, and undone.
//
// A Target is one field of Teleport's lock; TargetOf finds the narrowest one
// for any entity, or says what to lock instead. A Plan is a value: targets,
// message, expiry, the lock's name chosen beforehand, its impact in the
// evidence, the exact tctl lines. Judge says whether one key may place it or a
// person types its name first. A Locker places plans: DryRun, which only shows
// commands, the live cluster and the exercise range all pass the contract in
// contain/containtest. Board tells what is planned, in force, expired or
// released from the evidence and the journal.
//
// Two rules bind all of it. A planned lock never counts as contained. A lock
// with a field that the server does not know must never be sent: the server
// drops the field, keeps a lock with no target, and after its next restart
// enforces no lock at all; so targets are gated by the server's version.
//
// What is asked of a live cluster stands in the journal before it is sent. An act
// whose answer was lost stays open there until the cluster's own list of locks
// tells what came of it; repeated, a lock is sent under its first name, so that
// it stays one.
//
// Impact speaks of the evidence: a session "open" here has no end in it.
//
// The package knows no SQL and no terminal and reads no clock. Names in it
// come from evidence: they are quoted for the shell and for YAML here, and
// still need safetext before they reach a screen.
package contain
