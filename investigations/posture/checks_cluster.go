package posture

import (
	"fmt"
	"strings"
	"time"
)

// clusterChecks are about the settings of the whole cluster.
var clusterChecks = []check{
	{
		id: "locking_mode", title: "locks hold where the network does not",
		question: "Does a lock hold on a host that is cut off from the cluster?",
		reads:    []reads{{[]string{"auth_preference.update"}, []string{"user"}}},
		take: func(t *tally, r *record) {
			t.see(asideShade, "changes of the preferences; to what is not logged", r, r.text("user"))
		},
		silent: "the log does not tell: the mode stands in cluster_auth_preference and in roles, and is best_effort unless set",
		cannot: "The mode. In best_effort, hosts that cannot refresh their locks go on with the last ones they know: a new lock does not " +
			"reach them. One strict setting, of the cluster or of any role in play, is enough for strict.",
		warning: "strict ends every interaction wherever the locks cannot be refreshed: a lost connection to the auth service then cuts " +
			"everybody off. Set it for the roles that matter first.",
		configured: configuredLocking,
	},
}

// joinChecks are about what lets a host or a robot join.
var joinChecks = []check{
	{
		id: "join_tokens", title: "life of join tokens",
		question: "For how long does a stolen join token add hosts?",
		reads: []reads{
			{[]string{"instance.join"}, []string{"method", "token_name", "token_expires", "node_name", "role"}},
			{[]string{"join_token.create"}, []string{"name", "join_method", "expires", "user", "updated_by"}},
		},
		take:   takeToken,
		weak:   "%s of %s secret tokens, as made or as used, live longer than 24 hours",
		good:   "%[1]s of %[1]s secret tokens, as made or as used, live 24 hours or less",
		silent: "no secret join token in this evidence says when it ends",
		cannot: "Tokens that nobody made or used here. Old versions log neither that a token was made nor when it ends; tctl tokens ls " +
			"lists those that are valid.",
		warning: "Hosts that joined stay: removing a token ends no host. Hosts that join on their own at each start need another method " +
			"first, such as iam, ec2, gcp, azure or kubernetes.",
		configured: configuredTokens,
	},
	{
		id: "static_tokens", title: "no static tokens",
		question: "Is there a secret in a configuration file that adds hosts for ever?",
		reads:    []reads{{[]string{"instance.join"}, []string{"method", "token_name", "token_expires", "node_name"}}},
		take:     takeStatic, close: closeStatic,
		good:       "%[1]s of %[1]s joins with a secret token used one that ends",
		silent:     "the log does not tell: joins with a secret token do not say that it is static",
		cannot:     "Static tokens that nobody used, and whether one that shows no end is static or of a version that does not log the end.",
		configured: configuredStatic,
		warning:    "Hosts whose configuration still names the token cannot join again after it is gone: give them another method first.",
	},
}

func configuredLocking(c *Config) (Verdict, string) {
	if c.AuthPreference == nil || c.AuthPreference.LockingMode == "" {
		return "", ""
	}
	if c.AuthPreference.LockingMode == "strict" {
		return Good, "the locking mode of the cluster is strict"
	}
	var strict []string
	for _, role := range c.Roles {
		if role.Lock == "strict" {
			strict = append(strict, role.Name)
		}
	}
	says := "the locking mode of the cluster is " + c.AuthPreference.LockingMode
	if len(strict) > 0 {
		says += ", that of these roles strict: " + listed(strict)
	}
	return Weak, says
}

// tokenLife is how long a secret token should live at most.
const tokenLife = 24 * time.Hour

func takeToken(t *tally, r *record) {
	if r.refused() {
		return
	}
	if r.typ == "join_token.create" {
		takeMadeToken(t, r)
		return
	}
	method, name := r.text("method"), r.text("token_name")
	if method != "token" {
		if method != "" {
			t.see(asideShade, "joins by a method without a secret", r, "", method)
		}
		return
	}
	at, end := r.moment("time"), r.moment("token_expires")
	switch {
	case at.IsZero() || end.IsZero():
		t.see(asideShade, "joins with a token of which nothing says when it ends", r, name, r.text("node_name"))
	case end.Sub(at) > tokenLife+leeway:
		t.see(weakShade, "joins with a token that had more than 24 hours left", r, name, r.text("node_name"))
	default:
		t.see(goodShade, "joins with a token that had 24 hours or less left", r, name)
	}
}

func takeMadeToken(t *tally, r *record) {
	method, who := r.text("join_method"), r.text("user")
	if method != "" && method != "token" {
		t.see(asideShade, "tokens made for a method without a secret", r, who, method)
		return
	}
	at, end := r.moment("time"), r.moment("expires")
	switch {
	case at.IsZero():
	case end.IsZero():
		t.see(weakShade, "tokens made without an end", r, who, r.text("name"))
	case end.Sub(at) > tokenLife+leeway:
		t.see(weakShade, "tokens made for more than 24 hours", r, who, r.text("name"))
	default:
		t.see(goodShade, "tokens made for 24 hours or less", r, who)
	}
}

// The facts about tokens that may be static.
const (
	endsWords   = "joins with a secret token that ends"
	endlessWord = "joins with a secret token of which nothing says when it ends"
)

func takeStatic(t *tally, r *record) {
	switch {
	case r.refused() || r.text("method") != "token":
	case r.moment("token_expires").IsZero():
		t.see(asideShade, endlessWord, r, r.text("token_name"), r.text("node_name"))
	default:
		t.see(goodShade, endsWords, r, r.text("token_name"))
	}
}

// closeStatic lets one token without an end keep the whole from being good.
func closeStatic(t *tally) {
	ends, doubt := factKey{goodShade, endsWords}, factKey{asideShade, endlessWord}
	if t.facts[doubt] != nil && t.facts[ends] != nil {
		t.facts[factKey{asideShade, endsWords}] = t.facts[ends]
		delete(t.facts, ends)
	}
}

func configuredTokens(c *Config) (Verdict, string) {
	if c.Tokens == nil {
		return "", ""
	}
	var endless []string
	for _, token := range c.Tokens {
		if token.Method == "token" && !token.Static && token.Expires.IsZero() {
			endless = append(endless, token.Name)
		}
	}
	switch len(endless) {
	case 0:
	case 1:
		return Weak, "1 secret token never ends: " + listed(endless)
	default:
		return Weak, fmt.Sprintf("%d secret tokens never end: %s", len(endless), listed(endless))
	}
	return "", ""
}

func configuredStatic(c *Config) (Verdict, string) {
	if c.Tokens == nil {
		return "", ""
	}
	var static []string
	for _, token := range c.Tokens {
		if token.Static {
			static = append(static, token.Name)
		}
	}
	if len(static) > 0 {
		return Weak, fmt.Sprintf("%d static tokens: %s", len(static), strings.Join(static, ", "))
	}
	return Good, "no static token"
}
