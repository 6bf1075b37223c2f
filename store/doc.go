// Package store is the evidence store: one SQLite file holds a whole case.
//
// A case keeps each source byte for byte (line ends, blanks and rejected lines
// included) in zstd chunks; everything else in the file is an index over them
// that can be made again. The layout follows measurements on a million events:
//
//   - chunk: 640 KiB of a source, cut at line ends, compressed. Event ids are
//     handed out in reading order, so a chunk's first id and its spans find the
//     bytes of any event.
//   - event: one narrow row an event, integers into dictionaries (type, entity,
//     text), milliseconds, 16-byte ids. The views `events` and `involvement`
//     show them to a person with the plain sqlite3 shell.
//   - columns: for the event types that reports count, some fields by column, a
//     segment of ids at a time. Audit SQL ([Case.Scan]) reads them, and the lines
//     of those events for which it needs more.
//   - posting: (entity, role, type) → event ids as delta varints, written in
//     sorted runs. A pivot is one look-up whatever the size of the log.
//
// Rules: one writer at a time; a case is first built beside its name with the
// journal off and appears under its name when it is whole; later ingests
// commit a chunk at a time and resume after the last one. Two lines are one
// event only if uid and JSON value are equal. Rows are read by keyset in the
// order (time, ei, uid), never by OFFSET. This is the one folder that writes
// SQL, and no value from evidence is ever part of a statement's text.
package store
