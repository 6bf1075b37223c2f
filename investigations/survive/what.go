package survive

import (
	"fmt"
	"strings"

	"cordon/investigations"
)

// what names a find in a few words: the thing, and how it got there.
func (g *gatherer) what(f *find) string {
	name, by := f.name(), f.by.Name
	if f.left.Label != "" && f.left.Label != name {
		name = f.left.Label
	}
	switch f.key {
	case "identity":
		return fmt.Sprintf("user %s, the identity itself", name)
	case "certificate":
		words := counted(len(f.marks), "certificate") + " of " + name
		if f.by != f.left.Entity {
			return words + ", signed by " + by
		}
		return words
	case "session":
		words := sessionWords(f)
		if user := userIn(f); user != f.by && user.Kind == investigations.KindUser {
			return fmt.Sprintf("session %s of %s, run by %s", words, user.Name, by)
		}
		return fmt.Sprintf("session %s of %s", words, by)
	case "app_session":
		return counted(len(f.marks), "application session") + " of " + name
	case "host":
		return fmt.Sprintf("host %s, joined with the token %s", name, f.by.Name)
	case "bot_joined":
		return fmt.Sprintf("bot %s, joined with the token %s", name, f.by.Name)
	case "link":
		return fmt.Sprintf("link that sets the password of %s, made by %s, not followed", name, by)
	case "link_used":
		return fmt.Sprintf("password or device of %s, set through a link made by %s", name, by)
	case "member", "nested_list", "member_removed", "nested_list_removed":
		return g.membership(f, name)
	case "request", "request_pending":
		return "access request " + short(f.name()) + f.words
	case "setting":
		return fmt.Sprintf("%s, changed by %s", name, by)
	}
	if f.left.Entity.Kind == investigations.KindLock || f.left.Entity.Kind == investigations.KindMFADevice {
		name = short(name)
	}
	if words, ok := phrases[f.key]; ok {
		return fmt.Sprintf(words, name, by)
	}
	return fmt.Sprintf("%s %s, %s", strings.ReplaceAll(f.key, "_", " "), name, strings.ReplaceAll(f.tie.Why, "by it", "by "+by))
}

// phrases words the kinds that are told alike: %[1]s is the thing, %[2]s whoever
// did it.
var phrases = map[string]string{
	"user":                    "user %s, made by %s",
	"user_change":             "user %s, changed by %s",
	"bot":                     "bot %s, made by %s",
	"bot_change":              "bot %s, changed by %s",
	"token":                   "join token %s, made by %s",
	"role":                    "role %s, written by %s",
	"connector":               "connector %s, written by %s",
	"trusted_cluster":         "trusted cluster %s, added by %s",
	"access_list":             "access list %s, written by %s",
	"mfa_device":              "MFA device %s, enrolled by %s",
	"device":                  "trusted device %s, enrolled by %s",
	"recovery_codes":          "recovery codes of %[1]s",
	"password":                "password of %[1]s, changed in its own name",
	"lock_removed":            "lock %s, removed by %s",
	"lock_placed":             "lock %s, placed by %s",
	"list_emptied":            "access list %s, emptied by %s",
	"app":                     "application %s, registered or changed by %s",
	"db":                      "database %s, registered or changed by %s",
	"kube_cluster":            "Kubernetes cluster %s, registered or changed by %s",
	"static_host_user":        "host user %s, put on hosts by %s",
	"user_deleted":            "user %s, deleted by %s",
	"role_deleted":            "role %s, deleted by %s",
	"bot_deleted":             "bot %s, deleted by %s",
	"mfa_device_deleted":      "MFA device %s, removed by %s",
	"device_deleted":          "trusted device %s, removed by %s",
	"access_list_deleted":     "access list %s, deleted by %s",
	"connector_deleted":       "connector %s, deleted by %s",
	"trusted_cluster_deleted": "trusted cluster %s, deleted by %s",
	"login_rule_deleted":      "login rule %s, deleted by %s",
	"token_deleted":           "token %s, deleted by %s",
}

func (g *gatherer) membership(f *find, name string) string {
	on := f.list.Name
	for _, v := range f.last().involved {
		if v.Entity == f.list && v.Label != "" {
			on = v.Label + " (" + f.list.Name + ")"
		}
	}
	member := name
	if f.left.Entity.Kind == investigations.KindAccessList {
		member = "the access list " + name + " and its members"
	}
	if !strings.HasSuffix(f.key, "_removed") && f.onlyChanged() {
		return fmt.Sprintf("%s on the access list %s, membership changed by %s", member, on, f.by.Name)
	}
	if strings.HasSuffix(f.key, "_removed") {
		return fmt.Sprintf("%s, taken off the access list %s by %s", member, on, f.by.Name)
	}
	return fmt.Sprintf("%s, put on the access list %s by %s", member, on, f.by.Name)
}

// sessionWords say where a session runs: root@db-1.
func sessionWords(f *find) string {
	where, login := "", ""
	for _, v := range f.first().involved {
		if v.Role != investigations.RoleTarget {
			continue
		}
		switch v.Entity.Kind {
		case investigations.KindOSLogin:
			login = v.Entity.Name
		case investigations.KindHost, investigations.KindDatabase, investigations.KindDesktop, investigations.KindKubeCluster, investigations.KindApp:
			if where == "" || v.Entity.Kind != investigations.KindHost {
				where = v.Entity.Name
				if v.Label != "" {
					where = v.Label
				}
			}
		}
	}
	switch {
	case login != "" && where != "":
		return login + "@" + where
	case where != "":
		return "on " + where
	}
	return f.name()
}

// short cuts a UUID to what people compare by eye; commands have all of it.
func short(id string) string {
	if len(id) == 36 && id[8] == '-' {
		return id[:8]
	}
	return id
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}
