// Package query is the page of audit SQL: an editor above, the answer below.
//
// While the editor has the keys, everything typed is text, digits among it; Esc
// gives the keys back and keeps the text. A query runs in a command, so that the
// page answers while it does; Esc cancels it. The answer is kept in memory up to
// a bound that is stated, with the engine that gave it and what the evidence
// covers beside it. A mistake is marked in the text.
//
// On a live cluster the cluster's Access Monitoring can be asked in place of the
// case. Who is asked stands beside the editor, who answered beside the answer.
//
// Cells are data of evidence: they pass safetext when they are drawn, and the
// raw value is what is copied, pivoted to and exported.
//
// The Privileged Access Report takes the place of both while it is open.
package query
