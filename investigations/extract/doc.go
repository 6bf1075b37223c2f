// Package extract reads one audit event's JSON: its typed header and the
// entities it involves, as investigations.Table says.
//
// It is a hand-written scanner because ingest runs it over every byte of the
// evidence: it walks the line once, validates its structure, and keeps only
// the values of fields that the table or the header names, as slices of the
// line. Nothing is dropped for having an unknown type or an odd value: a field
// of another JSON type than expected simply names nothing.
//
// The scanner is strict about structure and lenient about content: bytes that
// are no UTF-8 and raw control bytes inside strings are accepted and kept,
// because real servers write them (`db_query` carries what the client sent).
// Nesting deeper than 128 is refused.
package extract
