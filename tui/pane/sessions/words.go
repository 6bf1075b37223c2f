package sessions

import (
	"fmt"
	"strings"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// The states of a session's recording, as the case spells them.
const (
	stateRecorded   = "recorded"
	stateIncomplete = "incomplete"
	stateEncrypted  = "encrypted"
	stateMissing    = "missing"
	stateNone       = "none"
)

// where is login@host, as far as the evidence says.
func where(s investigations.Session) string {
	host := s.HostLabel
	if host == "" {
		host = s.Host
	}
	switch {
	case s.Login != "" && host != "":
		return safetext.Clean(s.Login + "@" + host)
	case host != "":
		return safetext.Clean(host)
	case s.Login != "":
		return safetext.Clean(s.Login + "@?")
	default:
		return "session " + safetext.CleanMax(shortID(s.ID), 40)
	}
}

// shortID is enough of an id to tell sessions apart.
func shortID(id string) string {
	if len(id) > 8 {
		return id[:8]
	}
	return id
}

// kind is the word for a session's kind.
func kind(s investigations.Session) string {
	if s.Kind == "" {
		return "?"
	}
	return safetext.Clean(s.Kind)
}

// endsUnlogged reports whether a session has no end because its kind has none in
// the log: Teleport writes when a web session with an application begins, and
// never when it ends.
func endsUnlogged(s investigations.Session) bool { return s.Kind == "app" && s.End.IsZero() }

// length is how long a session was, or that no end is known.
func length(s investigations.Session) string {
	switch {
	case endsUnlogged(s):
		return "unknown"
	case s.Start.IsZero() || s.End.IsZero():
		return "no end"
	}
	return spell(s.End.Sub(s.Start))
}

// spell writes a length of time for people, in at most seven columns.
func spell(d time.Duration) string {
	switch {
	case d < 0:
		return "?"
	case d < time.Minute:
		return fmt.Sprintf("%.1fs", d.Seconds())
	case d < time.Hour:
		return fmt.Sprintf("%dm %02ds", int(d.Minutes()), int(d.Seconds())%60)
	default:
		return fmt.Sprintf("%dh %02dm", int(d.Hours()), int(d.Minutes())%60)
	}
}

// clock writes a position in a recording.
func clock(d time.Duration) string {
	d = d.Truncate(100 * time.Millisecond)
	tenths := int(d/(100*time.Millisecond)) % 10
	return fmt.Sprintf("%02d:%02d:%02d.%d", int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60, tenths)
}

// offset writes the moment of a row beside a recording.
func offset(d time.Duration) string {
	sign := "+"
	if d < 0 {
		sign, d = "-", -d
	}
	if d >= time.Hour {
		return fmt.Sprintf("%s%dh%02dm", sign, int(d.Hours()), int(d.Minutes())%60)
	}
	return fmt.Sprintf("%s%02d:%02d", sign, int(d.Minutes()), int(d.Seconds())%60)
}

// stateRole is the role of a recording's state.
func stateRole(state string) themes.Role {
	switch state {
	case stateRecorded:
		return themes.OK
	case stateIncomplete, stateEncrypted, stateMissing:
		return themes.Warning
	default:
		return themes.Muted
	}
}

func downloadCommand(s investigations.Session) string {
	return "tctl recordings download " + contain.Quote(s.ID)
}

// explain says what there is to watch of a session, and what to do about it
// where there is nothing.
func explain(s investigations.Session) string {
	events := "Enter shows its events"
	if s.Commands > 0 {
		events = fmt.Sprintf("Enter shows its events, %s among them", counted(s.Commands, "command"))
	}
	switch s.Recording {
	case stateRecorded:
		return "Recorded whole. Enter watches it."
	case stateIncomplete:
		return "The recording is not complete. Enter watches what is there and says what is missing."
	case stateEncrypted:
		return "The recording is encrypted and only the cluster can open it. Fetch it in the clear with " + safetext.Clean(downloadCommand(s)) + " and add the file to the case. Enter shows what can be read."
	case stateMissing:
		return "The log says that it was recorded, and the recording is not in this case. Fetch it with " + safetext.Clean(downloadCommand(s)) + " and add the file to the case. " + events + "."
	default:
		if endsUnlogged(s) {
			return "A web session with an application. Teleport logs when it begins and never when it ends, so nothing says whether it is still used. Its requests are recorded in pieces of their own, which are not in this case. " + events + "."
		}
		if s.End.IsZero() {
			return "No recording in this case, and the log does not say that one was uploaded. The session has no end here: it may still run, or its recording may still lie on the host. " + events + "."
		}
		return "No recording in this case, and the log does not say that one was uploaded: " + unrecorded(s) + ". " + events + "."
	}
}

func unrecorded(s investigations.Session) string {
	if !s.Interactive && s.Kind == "ssh" {
		return "a session without a terminal leaves none on many servers"
	}
	return "recording may have been off, or the upload failed"
}

func counted(n int, word string) string {
	if n == 1 {
		return "1 " + word
	}
	return fmt.Sprintf("%d %ss", n, word)
}

// span writes when a session was.
func span(s investigations.Session, env pane.Env) string {
	to := env.Styles.Glyphs.Ellipsis
	switch {
	case s.Start.IsZero():
		return "start not known"
	case !s.End.IsZero():
		return env.Clock.Short(s.Start) + to + env.Clock.Short(s.End)
	case endsUnlogged(s):
		return env.Clock.Short(s.Start) + to + " ends are not logged"
	default:
		return env.Clock.Short(s.Start) + to + " no session.end"
	}
}

// join puts two blanks between words and leaves out empty ones.
func join(words ...string) string {
	kept := words[:0]
	for _, w := range words {
		if w != "" {
			kept = append(kept, w)
		}
	}
	return strings.Join(kept, "  ")
}

// leads are the entities that a session names.
func leads(s investigations.Session) []investigations.Involvement {
	var out []investigations.Involvement
	add := func(kind investigations.Kind, role investigations.Role, name, label string) {
		if name != "" {
			out = append(out, investigations.Involvement{
				Role: role, Entity: investigations.Entity{Kind: kind, Name: name}, Label: label,
			})
		}
	}
	add(investigations.KindUser, investigations.RoleActor, s.User, "")
	target := investigations.KindHost
	switch s.Kind {
	case "kube":
		target = investigations.KindKubeCluster
	case "db":
		target = investigations.KindDatabase
	case "app":
		target = investigations.KindApp
	case "desktop":
		target = investigations.KindDesktop
	}
	add(target, investigations.RoleTarget, s.Host, s.HostLabel)
	add(investigations.KindAddress, investigations.RoleSource, s.Address, "")
	add(investigations.KindSession, investigations.RoleTarget, s.ID, "")
	return out
}
