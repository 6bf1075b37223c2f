package themes

// Role is the meaning of a piece of the screen. Components name roles; only
// palettes name colours.
type Role uint8

// The roles that every palette defines.
const (
	Text      Role = iota // ordinary text, and the background of the screen
	Muted                 // secondary text: units, labels, what can wait
	Title                 // headings, titles of boxes, the case in the header
	Accent                // what the eye should find first: the identity at hand
	Danger                // hostile, failed, or about to cut something
	Warning               // gaps, ambiguity, what is not known
	OK                    // accepted, contained, verified
	Taint                 // entities that belong to the accepted spread
	Locked                // locks that are in force
	Planned               // locks that exist only as a plan
	Selection             // the row under the cursor
	Inactive              // the selected row of a pane without focus
	Border                // the border of a pane
	Focus                 // the border of the pane with focus
	DryRun                // the mode word and what belongs to it
	Live                  // the mode word of a console that can change a cluster
	Exercise              // the mode word of a console that runs a scenario
	Key                   // keys in the footer and in the help
	Match                 // the part of a text that a search found
	Disabled              // actions that do not work here, and their reason
	Tab                   // pages in the header
	TabActive             // the page that is shown
	Input                 // text that the responder types
	Progress              // progress bars and sparklines
	Note                  // notes and stars set by the responder

	roleCount
)

var roleNames = [roleCount]string{
	Text: "text", Muted: "muted", Title: "title", Accent: "accent", Danger: "danger",
	Warning: "warning", OK: "ok", Taint: "taint", Locked: "locked", Planned: "planned",
	Selection: "selection", Inactive: "inactive", Border: "border", Focus: "focus",
	DryRun: "dryrun", Live: "live", Exercise: "exercise", Key: "key", Match: "match",
	Disabled: "disabled", Tab: "tab", TabActive: "tab_active", Input: "input",
	Progress: "progress", Note: "note",
}

// Roles returns all roles in their order of definition.
func Roles() []Role {
	all := make([]Role, roleCount)
	for i := range all {
		all[i] = Role(i)
	}
	return all
}

// String returns the name of the role in palette files.
func (r Role) String() string {
	if r >= roleCount {
		return "unknown"
	}
	return roleNames[r]
}

func roleByName(name string) (Role, bool) {
	for r, n := range roleNames {
		if n == name {
			return Role(r), true
		}
	}
	return 0, false
}
