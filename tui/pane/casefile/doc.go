// Package casefile is the page of the case itself: what was read, what is
// missing, what could not be understood, and what the responder did.
//
// It has four parts, each a table of its own, stepped through with Tab: sources
// with sizes, hashes and counts; the gaps of the evidence; rejected lines, whose
// bytes are kept; and the journal, in which notes are entries like all others.
// Enter shows a row whole, with everything that has no room in a column.
//
// The page changes nothing but the journal, by the note key.
package casefile
