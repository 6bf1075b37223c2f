// Package sessions is the page of the sessions and the replay of their
// recordings.
//
// The list says of each session what there is to watch, in words: recorded,
// incomplete, encrypted, missing, none. Where there is nothing to watch it says
// why, and where the recording can be had. On a live cluster the sessions that run
// now stand on top, asked for again while the list is in sight; joining one shows
// its command first, and a recording that is missing is fetched.
//
// The replay shows the picture in its recorded size, what the audit log says
// beside it, and time below: how much came when, markers, notes, who was there.
// The rows beside and the picture go along with each other. Locks of those who
// took part are among the rows, also when they came later. Opening a recording is
// written to the journal. The first piece of a recording is on the screen at
// once; the rest is read and indexed in a command, and a seek beyond the first
// piece waits for it in plain sight. From then on nothing that a key does takes
// longer than a frame.
//
// In place of the picture stand, in this order: the lines that a text was found
// in (hits), the transcript, two moments that are compared (diff), two sessions on
// one clock (second). Esc leaves the first of them that is there.
//
// A note is an entry of the journal. Editing one adds an entry that takes its
// place here; nothing is taken out of the journal.
//
// Time is the caller's: the pane asks Env.Now and wakes itself with ticks whose
// length the player names, at most thirty a second.
//
// Everything in a recording is hostile. The picture passes package screen, and
// every text passes safetext. What is copied has no control characters.
package sessions
