package teleport

import (
	"context"
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
	SessionMFA    bool     // each session asks for a second factor
	LocalLogins   bool
	Recording     string // session recording mode; empty where it may not be read
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
		LockingMode: string(pref.GetLockingMode()),
		SessionMFA:  pref.GetRequireMFAType().IsSessionMFARequired(), LocalLogins: pref.GetAllowLocalAuth(),
	}
	for _, f := range pref.GetSecondFactors() {
		name := strings.ToLower(strings.TrimPrefix(f.String(), "SECOND_FACTOR_TYPE_"))
		out.SecondFactors = append(out.SecondFactors, name)
	}
	var rec types.SessionRecordingConfig
	err = c.call(ctx, "read the recording settings", func(ctx context.Context) (err error) {
		rec, err = c.client.GetSessionRecordingConfig(ctx)
		return err
	})
	switch {
	case err == nil:
		out.Recording = rec.GetMode()
	case !Degraded(err):
		return Settings{}, err
	}
	return out, nil
}
