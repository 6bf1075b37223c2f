package posture

import (
	"embed"
	"fmt"
	"slices"
	"strings"
)

// check is one row of the table of checks.
type check struct {
	id, title, question string
	// reads are the events it looks at, and the fields of each.
	reads []reads
	// take counts one event.
	take func(t *tally, r *record)
	// close counts what only all events together show; nil for nothing.
	close func(t *tally)
	// weak and good say what the verdict rests on, with the number of events.
	weak, good string
	silent     string // why nothing is known
	// configured is what the live configuration says; nil where nothing there
	// decides the check. An empty sentence: this part is not there.
	configured func(c *Config) (Verdict, string)
	cannot     string
	warning    string
	sql        string
}

// reads says which fields of which event types a check needs.
type reads struct {
	types  []string
	fields []string
}

//go:embed mends/*.yaml
var mends embed.FS

// roleSince is the version of Teleport from which on roles have the version that
// the resources are written for; olderRole is what all servers take.
const (
	roleSince = 13
	newRole   = "version: v7"
	olderRole = "version: v5"
)

// yaml is the resource that mends the check, for a server of a major version; 0
// is an unknown one.
func (c *check) yaml(serverMajor int) string {
	text, err := mends.ReadFile("mends/" + c.id + ".yaml")
	if err != nil {
		// The files are part of the program and are tested.
		panic(fmt.Sprintf("posture: %v", err))
	}
	if serverMajor > 0 && serverMajor < roleSince {
		return strings.ReplaceAll(string(text), newRole, olderRole)
	}
	return string(text)
}

// result closes the check.
func (c *check) result(t *tally, config *Config, serverMajor int) Result {
	if c.close != nil {
		c.close(t)
	}
	r := Result{
		ID: c.id, Title: c.title, Question: c.question, Shows: t.shows(), Cannot: c.cannot,
		Warning: c.warning, YAML: c.yaml(serverMajor), SQL: c.sql, Verdict: Unknown, Says: c.silent,
	}
	weak, good := t.total(weakShade), t.total(goodShade)
	switch {
	case weak > 0:
		r.Verdict, r.Says = Weak, fmt.Sprintf(c.weak, thousands(weak), thousands(weak+good))
	case good > 0 && c.good != "":
		r.Verdict, r.Says = Good, fmt.Sprintf(c.good, thousands(good))
	}
	if config != nil && c.configured != nil {
		if v, says := c.configured(config); says != "" {
			if r.Verdict != Unknown {
				says += "; before, in this evidence: " + r.Says
			}
			r.Verdict, r.Says = v, says
		}
	}
	return r
}

// checks is the table. Its order is that of the report.
var checks = slices.Concat(loginChecks, accessChecks, sessionChecks, clusterChecks, joinChecks)

// IDs lists the checks by id, in the order of the report.
func IDs() []string {
	out := make([]string, len(checks))
	for i := range checks {
		out[i] = checks[i].id
	}
	return out
}

// YAML is the resource that mends a check, for a server of a major version, 0
// where that is unknown; false for an unknown id.
func YAML(id string, serverMajor int) (string, bool) {
	for i := range checks {
		if checks[i].id == id {
			return checks[i].yaml(serverMajor), true
		}
	}
	return "", false
}
