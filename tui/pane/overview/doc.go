// Package overview is the first page: the blast radius of one identity, or, when
// none is under investigation, whom the case knows.
//
// For an identity it answers in this order: whose hands (the addresses it was
// used from), what it did (the pivots with exact counts, where each leads), what
// it spread to (the first step of the lineage), and how far that is contained.
// What the log cannot say stands beside what it says: kinds of events that the
// server does not log, counts that are only a lower bound, gaps.
//
// The lock key acts on the identity the page is about, except on a row that
// names another one: an entity it spread to, an address.
//
// Everything is read in commands and drawn from memory; a report that belongs to
// an older subject never arrives here, because the app drops it.
package overview
