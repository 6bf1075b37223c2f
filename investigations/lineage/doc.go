// Package lineage follows a compromised identity to what it made, approved,
// granted and let in, and to what those did in turn.
//
// Its centre is the table in rule.go: each rule says which event ties a parent
// to a child, in which roles the two stand, and in what words. Follow walks it
// breadth first and keeps every event that shows a step; when the walk is over
// the steps are weighed together with what the responder decided. An edge exists
// only where an event proves it, and that event is part of the edge.
//
// An edge is proved where its event is sure and the attacker held the parent at
// that moment. Whose hands an act was in counts as soon as hands are marked:
// what hostile hands did is proved, what the owner's did is no part of the
// lineage and listed apart, and the rest is ambiguous and says why. So is the
// act of somebody who has an owner of their own. A refused edge cuts what hangs
// on it; an accepted one makes what follows from it as sure as its events are.
// What proved or accepted edges reach is the taint. Where the log shows nothing
// there is no edge: see Unknowns.
//
// The walk is bounded in time (only what happened after the parent was
// reached), in depth, and by never following an entity twice over the same
// stretch of time, so it ends on cycles. Sessions, certificates, locks, devices
// and hosts are ends. Somebody with an owner and much work behind them is named,
// with the number of their acts, and not followed beyond what hostile hands did:
// a person decides. A deeper trace, a further mark of hostile hands and a further
// accepted edge only ever add edges or make them surer.
package lineage
