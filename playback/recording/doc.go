// Package recording reads what a session left on disk and turns it into one
// kind of frame: bytes for a terminal, a new size, or an audit event.
//
// It plays Teleport's own stream (V1 and V2), the tar of Teleport before 4.4,
// and asciicast v1, v2 and v3, each also inside gzip or zstd. Parts of V2 that
// are encrypted are opened with an age identity where they are sealed for one;
// of those that are sealed for the cluster it says so, and where to get them in
// the clear. A recording is known by its content, never by its name.
//
// The main rule: nothing is lost in silence. A file may be half, huge or
// hostile; what can be read is yielded, and everything else becomes a Problem
// with a count, a place and a sentence. Only bytes that are no recording at all
// are an error.
//
// Frame.At counts from the recording's start, which is the time of its first
// event (session.start in a healthy file). Terminal output is placed by the
// delay Teleport wrote, counted from the first output; events by their own
// time. At never goes back, and an event never pushes the output that follows
// it later than its own delay says.
//
// A Reader streams: it holds some hundred KiB, however large the file is, and
// its first frame is there at once. (A tar of Teleport before 4.4 is held packed,
// as its events and its output lie one behind the other.) A Recording holds all
// frames, which takes the bytes of the output and about 64 bytes for each
// frame: 1.03 bytes for a byte of output in prints of 4 KiB, 2.0 in prints of
// 64 bytes. A recording that still grows is followed with Reader.Resume: Grow
// until it is done, wait, Resume, Grow again; a player on the Recording sees the
// new frames at its next step, and when it had ended it goes on with Play.
//
// CastWriter, JSONWriter and Writer write what was read; with Options.Copy the
// events go to a Writer byte for byte, which leaves out damage, duplicates,
// padding and encryption.
//
// Everything a frame or Meta carries is untrusted text and bytes: the caller
// makes it safe before it reaches a terminal.
package recording
