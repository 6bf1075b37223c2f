// Package views answers audit SQL: the views of Teleport's Access Monitoring and
// those it lacks, in the SQL of Trino, over whatever can scan events.
//
// A statement goes through four steps, each in files of its name: syntax reads
// the text into a tree; bind settles names and types; push moves into the scans
// what they can decide; emit writes the rest as one statement of SQLite, which
// run answers. schema.txt lists the views.
//
// Every type is kept one way from the scan to the answer: timestamps and
// intervals as milliseconds, dates as days, arrays and rows as compact JSON text
// in which equal values are equal bytes. A function has one implementation, in
// Go: a scan calls it for a condition, SQLite for everything else.
//
// Nothing can be written. The parser takes a SELECT alone, what reaches SQLite
// is written here and has texts as parameters, and the connection holds the
// scans and nothing else.
//
// Evidence is hostile: a value that does not fit its column or that a function
// cannot work out is NULL with a warning, never the end of the query. docs/audit-sql.md
// is the language for people.
package views
