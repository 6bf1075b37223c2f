// Package judgement is what the responder decided, read back from the journal:
// whose hands an address, a device or a certificate of an identity belongs to,
// and which steps of a lineage are true.
//
// The journal is the one place where decisions stand. Read replays it: the
// latest entry about a thing holds, so a decision is changed or taken back by a
// further entry, never by removing one. The functions that make entries are
// here too, so that the console and the command line write the same ones.
//
// The package decides nothing itself and knows no evidence: a mark on an
// address that the case has never seen stands all the same.
package judgement
