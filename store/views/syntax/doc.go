// Package syntax reads the language of audit SQL: one SELECT as Trino writes
// it. It knows names, literals and operators, and nothing of views, columns or
// types. Whatever is no SELECT is refused here, in a sentence, so that nothing
// behind this package ever sees a statement that could change something.
//
// The text is bounded in length and in depth, so that no text is too much for
// what walks the tree later.
package syntax
