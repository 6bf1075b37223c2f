// Package recording reads what a session left on disk and turns it into one
// kind of frame: bytes for a terminal, a new size, or an audit event.
//
// It plays Teleport's own stream (V1, and the parts of V2 that are not
// encrypted) and asciicast v2 and v3, each also inside gzip or zstd. It
// recognises encrypted recordings, the tar of Teleport before 4.4 and
// asciicast v1, and says in one sentence what they are and what to do. A
// recording is known by its content, never by its name.
//
// The main rule: nothing is lost in silence. A file may be half, huge or
// hostile; what can be read is yielded, and everything else becomes a Problem
// with a count and a sentence. Only bytes that are no recording at all are an
// error.
//
// Frame.At counts from the recording's start, which is the time of its first
// event (session.start in a healthy file). Terminal output is placed by the
// delay Teleport wrote, counted from the first output; events by their own
// time. At never goes back, and an event never pushes the output that follows
// it later than its own delay says.
//
// Everything a frame or Meta carries is untrusted text and bytes: the caller
// makes it safe before it reaches a terminal.
package recording
