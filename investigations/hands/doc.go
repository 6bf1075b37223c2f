// Package hands tells who sat at the keyboard. A stolen identity is used by its
// owner and by the thief, often in the same hour; only what an event carries
// tells them apart: the address it came from, the MFA or trusted device, the
// user agent, the certificate, the session it happened in.
//
// Read groups everything an identity did by those keys, with counts, first and
// last time, and the events that show two keys together. A responder marks keys
// as hostile or as the owner's (package judgement); a Judge then says of each
// event whose hands it was.
//
// Nothing is guessed. Time alone never decides, and a mark on one key does not
// pass to another that was seen beside it: the office's address is used by the
// owner, by colleagues, and perhaps by the thief. Two things are passed on,
// because Teleport makes them one: what happens in a session belongs to whoever
// opened it, and a certificate that was issued again belongs to the one it was
// issued from. Everything else is ambiguous, with the reason.
package hands
