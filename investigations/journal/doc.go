// Package journal is the record of what the responder did: every lock planned
// or placed, every undo, every recording opened, every note. Entries are only
// ever appended, and each carries the hash of the one before it.
//
// The hash of an entry is SHA-256 over its canonical encoding:
//
//	"cordon journal 1\n", then the fields Prev, Seq, Time, Operator, Mode,
//	Action, Target, Command, Result, Note, Detail, each written as
//	LENGTH ":" BYTES ","   (LENGTH is the decimal number of bytes)
//
// with Prev in lower-case hex, Seq in decimal and Time as RFC 3339 in UTC with
// exactly three decimals. The first entry has Seq 1 and a Prev of 64 zeros.
//
// The chain shows that an entry was changed, removed, added or moved anywhere
// but at the end; that the last entries are missing shows only against a Head
// kept apart from them. It has no key: whoever can rewrite the whole journal
// and the Head can forge both, so a Head worth trusting is written down
// elsewhere, such as in the report.
//
// The package stores nothing and reads no clock: the case file keeps the rows.
package journal
