// Package sessions is the page of the sessions and the replay of their
// recordings.
//
// The list says of each session what there is to watch, in words: recorded,
// incomplete, encrypted, missing, none. Where there is nothing to watch it says
// why, and where the recording can be had.
//
// The replay shows the picture in its recorded size, what the audit log says
// beside it, and time below. Opening a recording is written to the journal. The
// first piece of a recording is on the screen at once; the rest is read and
// indexed in a command, and a seek beyond the first piece waits for it in plain
// sight. From then on nothing that a key does takes longer than a frame.
//
// Time is the caller's: the pane asks Env.Now and wakes itself with ticks whose
// length the player names, at most thirty a second.
//
// Everything in a recording is hostile. The picture passes package screen, and
// every text passes safetext.
package sessions
