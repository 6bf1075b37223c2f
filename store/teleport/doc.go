// Package teleport is the live cluster: it reads events, recordings, live
// sessions, what is configured and what still stands, and places and removes
// locks, through Teleport's API.
//
// Connect gives a Cluster. Every call that it makes ends within its time, also
// when the other side accepts and says nothing, and every error is an *Error:
// one sentence about what is wrong, and what to type. What the server's version
// or the identity's roles do not offer is such a sentence too (ErrNotOffered,
// ErrDenied), for the coverage: the rest goes on.
//
// Locks follow three rules. A lock has its name before it is sent, so that
// sending it again cannot make two. A target that the server does not know is
// never sent: it would drop the field, keep a lock that names nothing, and
// after its next restart enforce no lock at all. Each lock is read back and
// compared; one that came back empty is removed at once and reported.
//
// Nothing secret leaves this package: keys and certificates stay with the
// connection, and the names of join tokens, which are passwords, are masked.
//
// The calls are those of the pinned api module, which speaks to servers from
// version 12 on; older forms are used where a server lacks the newer ones.
package teleport
