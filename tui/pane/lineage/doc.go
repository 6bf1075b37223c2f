// Package lineage is the page of what spread from an identity: a tree whose
// edges say what was done, when, which event proves it, how sure it is, and what
// a lock does not end.
//
// The responder accepts an edge or refuses it. Both are entries of the journal,
// and nothing else: the page reads them back from there, so that a decision made
// elsewhere is seen here. What nobody has decided stays open and says so.
//
// The tree is built from the edges by a pure function (tree.go); words for them
// are in words.go. What an edge leads to that is not in the evidence is said in a
// line of its own: no activity seen is not no activity.
package lineage
