// Package findings is the page of what deserves a look: what detection rules
// found, how the cluster is set up as far as events show it, and what nobody can
// see in this evidence.
//
// Its parts are tables of their own, stepped through with Tab. The rules run
// once, in the background, when the page is first shown, and again when evidence
// was added; the page says how far they are, and Esc stops them. What they found
// is told with the reason, the events that prove it, and the command to type
// next. While an identity is under investigation only what it has to do with is
// shown, with how much that leaves out; one key shows the whole case.
//
// A finding can be dismissed with a reason, which is an entry of the journal:
// nothing is ever removed, and how many are hidden is always said.
package findings
