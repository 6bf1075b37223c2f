// Package investigations holds the domain of cordon: what an audit event is,
// which entities it involves, and what a case file can be asked.
//
// Its centre is the table in table.go: it says which JSON field of which
// Teleport event names which kind of entity in which role. Ingest fills the
// case file's index from it, and every pivot, lineage edge, guard and help
// text reads it. Teaching cordon a new event type is adding a row there.
//
// The package knows no SQL and no terminal, and imports no sibling folder.
// Its sub-packages are the questions a responder asks (pivot, lineage), what
// they do about the answers (contain, journal) and how they narrow things down
// (filter); extract reads one event's JSON with the table in hand.
//
// Times are UTC throughout; only the screen and the reports choose a zone.
package investigations
