// Package pivot answers the first question of a responder: from one identity,
// what did it do, what was done to it, and where does each of these lead on.
//
// Its centre is the table in category.go: each category says which events
// count (types and the part the identity plays in them) and which entities of
// those events are worth following. Of is one small pure function over that
// table and an Index; adding a pivot is adding a row.
//
// Counts are counts of events, each once and never capped, even where one event
// names the identity twice or a server logged one act twice. A category whose
// count is zero says whether this server's version could have logged anything
// at all: "no rows" is not "did not happen".
//
// The package holds no state, knows no SQL, and decides nothing about guilt:
// flags such as a self-approved request are facts with the event that shows
// them, left for a person to judge.
package pivot
