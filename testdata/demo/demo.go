// Package demo embeds cordon's bundled incident: five days of an invented
// company's audit log, with an account take-over on the last evening, and the
// recordings of three of its sessions. It is what `cordon demo` opens, and a
// fixture for any test that wants a whole story.
//
// Everything here but this file, truth.yaml and capture/ is written by
// `go run ./cmd/gen`; a test there compares the files with the truth and with a
// fresh run. capture/ holds what the recorded programs wrote, the source of the
// recordings, and is not embedded.
//
// The main rule: this package holds data. It reads nothing and decides nothing.
package demo

import (
	"embed"
	"time"
)

// FS holds the evidence as a responder would be handed it: the folder "audit"
// with one compressed log per day, and "recordings" with <session id>.tar.
//
//go:embed audit recordings
var FS embed.FS

// What the incident is about. truth.yaml has the rest.
const (
	Cluster        = "teleport.example.com"
	Compromised    = "dana@example.com" // her password and one-time code were phished
	HostileAddress = "203.0.113.66"     // every hostile act of a person comes from here
	OwnerAddress   = "198.51.100.21"    // and every honest act of Compromised from here
	CreatedUser    = "svc-metrics"      // the account the intruder made
	Accomplice     = "omar@example.com" // approves for Compromised; phished too
)

// The sessions that have a recording.
const (
	SessionRecon = "3d1f6a52-90b7-4e0c-a8d4-52c1e7f09b13" // Compromised on jump-1: less, top, a resize
	SessionRoot  = "8b27e4c9-16fd-4a35-b0e2-c94d83a7615e" // Compromised as root on db-1: vim, a progress bar
	SessionLost  = "c4605d1b-7e98-42fa-9f13-0ab8d26e5c77" // CreatedUser on cache-1: the node was lost, no end
)

// SessionRunning is still open when the log ends, and has no recording yet.
const SessionRunning = "e9a8370f-5b2c-4d61-86ce-f41d79b3028a"

// T0 is the first log-in by the wrong hands.
func T0() time.Time { return time.Date(2026, 11, 20, 21, 52, 11, 418_000_000, time.UTC) }

// Now is when the evidence was taken: seconds after its last event, with
// SessionRunning open.
func Now() time.Time { return time.Date(2026, 11, 20, 23, 9, 41, 0, time.UTC) }
