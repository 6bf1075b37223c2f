// Package actors says who is who in a case: which identities are people, of the
// cluster's own or through a connector, and which are robots, the built-in
// admin of an auth host, Teleport itself, an identity provider's sync, an
// access plugin or a host of the cluster; and which edits each kind made.
//
// Its centre is the table in sign.go: each sign is one thing that an event can
// show about an identity. Of reads a case once through its index and gives each
// identity its class with the events that prove it. What nothing shows stays
// unknown. A name proves nothing, save the two that Teleport reserves: "system"
// and `<host id>.<cluster>`; and not even those where the log shows that
// somebody made a user of that name.
//
// The safe side is that of people: whoever logged in is a person, whatever else
// speaks for a machine, and an event is a machine's only if nobody else had a
// hand in it. A refused log-in says nothing about the name that was tried.
package actors
