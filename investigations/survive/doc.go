// Package survive lists what an attacker could still use: what the identities
// in their hands made, changed, hold and put in place, as far as no lock in
// force stops it, with the end of each, the event that proves it, and the
// command that ends it.
//
// Which acts leave something behind is one table, contain.Ties, which the lock
// preview reads too. This package adds to each of its keys when the thing ends
// (end.go) and what to type (steps.go). Adding a kind is a row there and an
// entry here; a test holds the two together.
//
// Of is a function of a case's index, the taint set and the locks, at a moment:
// nothing later counts, nothing from before the taint counts, and a further
// lock only ever takes things off the list. A lock that is only planned stops
// nothing. What the log cannot tell is said, never guessed: an end that is not
// logged is unknown, a former state that no earlier event shows is lost, and
// what this server's version does not log stands among the unknowns with the
// command that shows it.
//
// The package sends nothing. Names in its commands are quoted for the shell;
// names in its sentences still need safetext before they reach a screen.
package survive
