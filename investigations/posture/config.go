package posture

import "time"

// Config is what is known of the live configuration. A part that was not read,
// because the server or the role does not allow it, is nil.
type Config struct {
	AuthPreference *AuthPreference
	// RecordingMode is the mode of session_recording_config; empty: not read.
	RecordingMode string
	Roles         []Role
	Users         []User
	Tokens        []Token
}

// AuthPreference is what cluster_auth_preference says.
type AuthPreference struct {
	// SecondFactor is off, optional, otp, webauthn or on, as second_factor or
	// second_factors together mean it.
	SecondFactor string
	// RequireSessionMFA is whether each session asks for a second factor.
	RequireSessionMFA bool
	// LockingMode is strict or best_effort.
	LockingMode string
	// DeviceTrust is off, optional or required.
	DeviceTrust string
}

// Role is what matters here of a role.
type Role struct {
	Name          string
	MaxSessionTTL time.Duration // 0: not set
	Lock          string        // strict, best_effort or empty
	Logins        []string
	KubeGroups    []string
	// Request are the roles that it lets its holders ask for, Approvals the
	// least number of approvals a request for them needs.
	Request   []string
	Approvals int
	// DenyRequest are the roles whose request it denies, DenyByTrait whether
	// it denies some by trait.
	DenyRequest []string
	DenyByTrait bool
	// Writes is whether it may change roles or users.
	Writes bool
	// Impersonates is whether it may sign certificates for others.
	Impersonates bool
}

// User is what matters here of a user.
type User struct {
	Name  string
	Roles []string
}

// Token is what matters here of a join token.
type Token struct {
	Name    string // masked where it is a secret
	Method  string
	Expires time.Time // zero: never
	Static  bool      // written in the configuration file
}
