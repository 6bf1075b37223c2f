// Package filter is the small language that narrows down events, the same in
// the console and on the command line:
//
//	user:alice event:session.*,exec after:2026-11-18T21:00 addr:203.0.113.*
//	host:web-1 outcome:failed "etc/passwd" -event:cert.create
//
// All terms must hold. Commas inside a term, or the same key again, mean "any
// of these"; `-` in front turns a term round. A word without a key, or in
// quotes, is looked for in the whole line as it was logged; two words must
// both be there. command: looks into what was run, asked or said alone; a text
// so long that its row keeps only the beginning is looked for in the whole line.
// actor: asks who did the event, by class: a person, a robot, any machine; who is
// what, the caller says (package actors).
// In a value after a key, `*` stands for any characters and `?` for one, unless
// it is quoted.
// Times are RFC 3339 with parts left off (UTC unless they say otherwise), or
// relative: after:-2h, before:now. after: includes its moment, before: does
// not.
//
// Case never matters, for the letters A to Z; every other byte must be equal.
// SQLite's NOCASE and LIKE do the same, so a store that turns the tree into SQL
// and Match in memory agree.
//
// Parse gives the tree and resolves relative times against the moment it is
// handed; Print writes its canonical form, which parses to the same tree.
package filter
