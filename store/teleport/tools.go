package teleport

import (
	"cmp"
	"fmt"
	"path/filepath"
)

// ToolEnv are the variables, NAME=VALUE, with which tctl and tsh talk to this
// cluster as this identity: none with the current tsh profile, which they take by
// themselves. They have no variable for a proxy whose certificate nobody knows.
func (c *Cluster) ToolEnv() ([]string, error) {
	o := c.options
	if o.Identity != "" {
		path, err := filepath.Abs(o.Identity)
		if err != nil {
			return nil, fmt.Errorf("find identity file %s: %w", o.Identity, err)
		}
		// tctl takes the address of a proxy or of an auth server, tsh a proxy's.
		return toolEnv(path, o.Addr, cmp.Or(c.Proxy, o.Addr)), nil
	}
	if o.Addr == "" && o.Profile == "" {
		return nil, nil
	}
	addr := o.Addr
	if addr == "" {
		addrs, err := c.creds.DefaultAddrs()
		switch {
		case err != nil:
			return nil, fmt.Errorf("find the proxy of tsh profile %s: %w", o.Profile, err)
		case len(addrs) == 0:
			return nil, fmt.Errorf("tsh profile %s names no proxy", o.Profile)
		}
		addr = addrs[0]
	}
	// The tools choose the profile by the proxy's name. An identity of the
	// environment would come before it.
	return toolEnv("", addr, addr), nil
}

func toolEnv(identity, auth, proxy string) []string {
	return []string{"TELEPORT_IDENTITY_FILE=" + identity, "TELEPORT_AUTH_SERVER=" + auth, "TELEPORT_PROXY=" + proxy}
}

// Insecure reports whether the proxy's certificate is taken unseen.
func (c *Cluster) Insecure() bool { return c.options.Insecure }
