// Package clustertest is a Teleport Auth service for tests: the real gRPC
// services over mutual TLS on 127.0.0.1, with an authority and identities made
// on the spot. It keeps events, locks, recordings, live sessions and resources
// in memory, checks permissions and asks for MFA as Teleport does, and can play
// an old version: services that are not there, and lock fields that are
// dropped without a word.
//
// It also plays a bad network: answers that come late, or never, connections
// that are cut before or after a call took effect. What it did is counted, so
// that a test can compare what a client believes with what the cluster holds.
//
// Nothing here is part of the product: only tests import it.
package clustertest
