// Package rules holds cordon's detections: what in an audit log deserves a
// look, as data. A rule is one YAML file (docs/rules.md describes the format):
// which events, what they must say, whether it takes several of them, and what
// to tell the responder. Rules ship inside the program, in rules/*.yaml; a
// folder of the user's adds to them.
//
// Run reads the events of a case once, in their order, and gives findings. Each
// finding says why: the values that matched and the events they stand in. What
// it keeps in memory is bounded; where a bound is hit, the result says which
// rule may have missed something. The same events give the same findings.
//
// Every rule carries fixtures: lines that match, and for each condition the
// same lines with only that condition broken, which do not. Test runs them.
//
// No finding does not mean that nothing happened: a rule can only see what the
// servers of the case log, which its field `log` states.
package rules
