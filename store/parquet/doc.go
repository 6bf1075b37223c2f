// Package parquet reads one column of texts out of a Parquet file, such as
// Teleport's Athena backend and Access Monitoring keep their events in.
//
// The structures of the format come from parquet-go; its page decoders are not
// used, since they allocate whatever a page claims to hold. Here a page is read
// only up to its own bytes, values are taken out of it one by one, and nothing
// is trusted before it was counted.
//
// Rules:
//   - Memory is bounded by maxPage for each of the page in hand and its
//     dictionary, by maxFooter for the file's description.
//   - A row group that is damaged is told and the next one is read.
//   - Values are stretches of the page in hand: valid until the next call.
package parquet
