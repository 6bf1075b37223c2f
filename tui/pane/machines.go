package pane

import tea "charm.land/bubbletea/v2"

// Machines says whether what machines did is left aside, on every page at once:
// robots, the system, syncs, plugins, hosts, the built-in admin. Who is a
// machine says [Evidence.Actors], by proof alone; whom nothing shows to be one
// stays. A page that leaves something out says so in words, with how much.
type Machines struct{ leftOut bool }

// LeftOut reports whether machines are left aside just now.
func (m *Machines) LeftOut() bool { return m != nil && m.leftOut }

// Leave leaves machines aside, or brings them back. Only the app calls it.
func (m *Machines) Leave(out bool) { m.leftOut = out }

// Sifter learns that Machines changed: it shows its rows anew.
type Sifter interface{ Sift() tea.Cmd }
