package teleport

import (
	"context"
	"slices"
	"strings"

	"github.com/gravitational/teleport/api/constants"
	"github.com/gravitational/teleport/api/types"
)

// The locking modes. In best effort an agent that is cut off from the cluster
// goes on with the locks that it knows.
const (
	Strict     = string(constants.LockingModeStrict)
	BestEffort = string(constants.LockingModeBestEffort)
)

// Settings are what the cluster is set to.
type Settings struct {
	LockingMode   string
	SecondFactors []string // that local logins may use: otp, webauthn, sso; none: no second factor
	// FactorOptional is set where a login may leave them out.
	FactorOptional bool
	SessionMFA     bool // each session asks for a second factor
	LocalLogins    bool
	DeviceTrust    string // off, optional or required; empty where the server does not say
	Recording      string // session recording mode; empty where it may not be read
}

// Settings reads the cluster's preferences.
func (c *Cluster) Settings(ctx context.Context) (Settings, error) {
	var pref types.AuthPreference
	err := c.call(ctx, "read the cluster's settings", func(ctx context.Context) (err error) {
		pref, err = c.client.GetAuthPreference(ctx)
		return err
	})
	if err != nil {
		return Settings{}, err
	}
	out := Settings{
		LockingMode:    string(pref.GetLockingMode()),
		FactorOptional: pref.IsSecondFactorEnabled() && !pref.IsSecondFactorEnforced(),
		SessionMFA:     pref.GetRequireMFAType().IsSessionMFARequired(), LocalLogins: pref.GetAllowLocalAuth(),
	}
	if trust := pref.GetDeviceTrust(); trust != nil {
		out.DeviceTrust = trust.Mode
	}
	for _, f := range pref.GetSecondFactors() {
		name := strings.ToLower(strings.TrimPrefix(f.String(), "SECOND_FACTOR_TYPE_"))
		out.SecondFactors = append(out.SecondFactors, name)
	}
	out.Recording, err = c.recordingMode(ctx)
	return out, err
}

// recordingMode reads how sessions are recorded; empty where it may not be read.
// It is a resource of its own, with a right of its own.
func (c *Cluster) recordingMode(ctx context.Context) (string, error) {
	var rec types.SessionRecordingConfig
	err := c.call(ctx, "read the recording settings", func(ctx context.Context) (err error) {
		rec, err = c.client.GetSessionRecordingConfig(ctx)
		return err
	})
	switch {
	case err == nil:
		return rec.GetMode(), nil
	case Degraded(err):
		return "", nil
	}
	return "", err
}

// StrictRoles are the roles whose holders are cut off by any part of the cluster
// that cannot refresh its locks, whatever the cluster's own locking mode, by name.
func (c *Cluster) StrictRoles(ctx context.Context) ([]string, error) {
	roles, err := c.allRoles(ctx)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, r := range roles {
		if r.GetOptions().Lock == constants.LockingModeStrict {
			out = append(out, r.GetName())
		}
	}
	slices.Sort(out)
	return out, nil
}
