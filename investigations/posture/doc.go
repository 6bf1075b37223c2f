// Package posture asks how well a cluster resists the next stolen identity: is
// a second factor asked at log-in and at each session, do two people approve, is
// there a role that may do everything, how long do certificates and tokens
// live, are sessions recorded.
//
// Its centre is the table of checks: each says which events and fields it
// reads, how one event counts, and what mends it. Of goes once through the
// events that some check needs; what the live configuration says, where the
// caller has it, goes before what the events show, since the events are of the
// past.
//
// A check is good or weak only by proof. Where the log is silent it is unknown,
// and says what it cannot show: an event that was never logged proves no
// setting. Who is not proved to be a machine counts as a person. What mends a check is a resource to be joined with the cluster's own,
// with a warning where it can lock people out.
package posture
