// Package extract reads one audit event's JSON: its typed header and the
// entities it involves, as investigations.Table says.
//
// It is a hand-written scanner because ingest runs it over every byte of the
// evidence: it walks the line once, validates its structure, and keeps only
// the values of fields that the table or the header names, as slices of the
// line. Nothing is dropped for having an unknown type or an odd value.
//
// It reads what pipelines make of events as they meant it: an array stands for
// its elements and a single value for an array of one, digits may be a name,
// `addr.remote` may be nested or written with an underscore. UUIDs in capitals
// and IPv6 addresses are brought to their usual form; listening addresses name
// nobody. Of a key that stands twice in an object the last one heads the event,
// but everyone that any of them names is involved: a line cannot hide a name
// behind another. An object where a name should be names nothing.
//
// The scanner is strict about structure and lenient about content: bytes that
// are no UTF-8 and raw control bytes inside strings are accepted and kept,
// because real servers write them (`db_query` carries what the client sent).
// Nesting deeper than 10,000 is refused.
package extract
