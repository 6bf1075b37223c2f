// Package lineage follows a compromised identity to what it made, approved,
// granted and let in, and to what those did in turn.
//
// Its centre is the table in rule.go: each rule says which event ties a parent
// to a child, in which roles the two stand, and in what words. Trace walks it
// breadth first. An edge exists only where an event proves it, and that event
// is part of the edge; where the log shows that something happened but not by
// whose hand, the edge is ambiguous and says why; where it shows nothing there
// is no edge.
//
// The walk is bounded in time (only what happened after the parent was
// reached), in depth, and by never following an entity twice over the same
// stretch of time, so it ends on cycles. Sessions, certificates, locks,
// devices and hosts are ends; addresses are not followed. Somebody with an owner
// of their own and much work behind them is named, with the number of their
// acts, and not followed: a person decides. A deeper trace only ever adds edges
// to a shallower one.
package lineage
