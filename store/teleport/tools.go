package teleport

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
)

// ToolEnv are the variables, NAME=VALUE, with which tctl and tsh talk to this
// cluster as this identity, whatever cordon's own environment would have them do
// and wherever somebody logs in meanwhile. They have no variable for a proxy whose
// certificate nobody knows.
func (c *Cluster) ToolEnv() ([]string, error) {
	o := c.options
	if o.Identity != "" {
		path, err := filepath.Abs(o.Identity)
		if err != nil {
			return nil, fmt.Errorf("find identity file %s: %w", o.Identity, err)
		}
		// tctl takes the address of a proxy or of an auth server, tsh a proxy's.
		return c.toolEnv(path, o.Addr, cmp.Or(c.Proxy, o.Addr)), nil
	}
	addr := o.Addr
	if addr == "" {
		addrs, err := c.creds.DefaultAddrs()
		switch {
		case err != nil:
			return nil, fmt.Errorf("find the proxy of the tsh profile: %w", err)
		case len(addrs) == 0:
			return nil, errors.New("the tsh profile names no proxy")
		}
		addr = addrs[0]
	}
	// The tools choose the profile by the proxy's name. An identity of the
	// environment would come before it.
	return c.toolEnv("", addr, addr), nil
}

func (c *Cluster) toolEnv(identity, auth, proxy string) []string {
	return []string{
		"TELEPORT_IDENTITY_FILE=" + identity, "TELEPORT_AUTH_SERVER=" + auth, "TELEPORT_PROXY=" + proxy,
		"TELEPORT_CLUSTER=" + c.Name, "TELEPORT_CONFIG_FILE=",
	}
}

// Insecure reports whether the proxy's certificate is taken unseen.
func (c *Cluster) Insecure() bool { return c.options.Insecure }
