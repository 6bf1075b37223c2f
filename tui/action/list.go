package action

import "fmt"

// The ids of all actions.
const (
	MoveUp     ID = "move.up"
	MoveDown   ID = "move.down"
	MoveLeft   ID = "move.left"
	MoveRight  ID = "move.right"
	MoveTop    ID = "move.top"
	MoveBottom ID = "move.bottom"
	PageUp     ID = "move.page_up"
	PageDown   ID = "move.page_down"

	ShowOverview ID = "page.overview"
	ShowEvents   ID = "page.events"
	ShowLineage  ID = "page.lineage"
	ShowSessions ID = "page.sessions"
	ShowLocks    ID = "page.locks"
	ShowFindings ID = "page.findings"
	ShowQuery    ID = "page.query"
	ShowCase     ID = "page.case"

	Open         ID = "open"
	Close        ID = "close"
	NextPane     ID = "pane.next"
	PrevPane     ID = "pane.previous"
	Find         ID = "find"
	Palette      ID = "palette"
	Help         ID = "help"
	Pivot        ID = "pivot"
	TrailBack    ID = "trail.back"
	TrailForward ID = "trail.forward"
	NextMatch    ID = "match.next"
	PrevMatch    ID = "match.previous"
	Star         ID = "star"
	Note         ID = "note"
	Lock         ID = "lock.place"
	Undo         ID = "undo"
	Clock        ID = "clock"
	SetT0        ID = "case.t0"
	Machines     ID = "machines"
	ShowArrived  ID = "live.show"
	Copy         ID = "copy"
	Quit         ID = "quit"

	PlayPause      ID = "replay.play"
	SeekBack       ID = "replay.back"
	SeekForward    ID = "replay.forward"
	SeekBackFar    ID = "replay.back_tenth"
	SeekForwardFar ID = "replay.forward_tenth"
	SeekPercent    ID = "replay.percent"
	FramePrev      ID = "replay.frame_previous"
	FrameNext      ID = "replay.frame_next"
	Slower         ID = "replay.slower"
	Faster         ID = "replay.faster"
	MarkerPrev     ID = "replay.marker_previous"
	MarkerNext     ID = "replay.marker_next"
	Transcript     ID = "replay.transcript"
	IdleCut        ID = "replay.idle_cut"
	FindHere       ID = "replay.find"
	FindAll        ID = "replay.find_all"
	FindScreens    ID = "sessions.find"
	Observe        ID = "sessions.observe"
	JoinPeer       ID = "sessions.join"
	Terminate      ID = "sessions.terminate"
	Fetch          ID = "sessions.fetch"
	Diff           ID = "replay.diff"
	SecondSession  ID = "replay.second_session"
	CopyLine       ID = "replay.copy_line"
	Export         ID = "replay.export"

	MarkHands ID = "hands.mark"
	Accept    ID = "lineage.accept"
	Refuse    ID = "lineage.refuse"
	Plan      ID = "lineage.plan"

	Release   ID = "lock.release"
	Extend    ID = "lock.extend"
	LockProof ID = "lock.proof"

	QueryRun     ID = "query.run"
	QueryEdit    ID = "query.edit"
	QueryNamed   ID = "query.named"
	QueryReport  ID = "query.report"
	QueryHistory ID = "query.history"
	QuerySave    ID = "query.save"
	QueryForget  ID = "query.forget"
	QueryExport  ID = "query.export"
	QueryEvent   ID = "query.event"
	QueryEngine  ID = "query.engine"
	QueryCopyRow ID = "query.copy_row"
	QueryCopy    ID = "query.copy"

	ProofEvents   ID = "finding.events"
	Dismiss       ID = "finding.dismiss"
	ShowDismissed ID = "findings.dismissed"
	WholeCase     ID = "findings.whole"

	Shell         ID = "shell"
	RunCopied     ID = "shell.copied"
	TerminalLeave ID = "terminal.leave"
	TerminalUp    ID = "terminal.up"
	TerminalDown  ID = "terminal.down"
)

// Default returns the registry with the default keys.
func Default() *Registry {
	r, err := New(list())
	if err != nil {
		// The list below is a constant of the program and is tested.
		panic(fmt.Sprintf("actions: %v", err))
	}
	return r
}

// list is the table of all actions.
func list() []Action {
	return []Action{
		{ID: Open, Keys: []string{"enter"}, Short: "open", Long: "Open the selected row", Scope: Global, Weight: 80},
		{ID: Pivot, Keys: []string{"p"}, Short: "pivot", Long: "Make the selected entity the one under investigation", Scope: Global, Weight: 70},
		{ID: Lock, Keys: []string{"L"}, Short: "lock", Long: "Lock what the preview names; a wide target asks for its name first", Scope: Global, Danger: true, Weight: 90},
		{ID: Undo, Keys: []string{"u"}, Short: "undo", Long: "Take back the last lock or case action; never navigation", Scope: Global, Weight: 60},
		{ID: Find, Keys: []string{"/"}, Short: "filter", Long: "Filter the rows", Scope: Global, Weight: 65},
		{ID: NextMatch, Keys: []string{"n"}, Short: "next", Long: "Next row with the same key, or next match", Scope: Global, Weight: 25},
		{ID: PrevMatch, Keys: []string{"N"}, Short: "previous", Long: "Previous row with the same key, or previous match", Scope: Global},
		{ID: Star, Keys: []string{"space"}, Short: "star", Long: "Star the selected row for the report, or take the star away", Scope: Global, Weight: 30},
		{ID: Note, Keys: []string{"c"}, Short: "note", Long: "Write a note on the selected row", Scope: Global, Weight: 40},
		{ID: Copy, Keys: []string{"y"}, Short: "copy", Long: "Copy the selected value or the command shown", Scope: Global, Weight: 20},
		{ID: Clock, Keys: []string{"T"}, Short: "clock", Long: "Show times in UTC, in local time, or since T0", Scope: Global, Weight: 15},
		{ID: SetT0, Keys: []string{"ctrl+t"}, Short: "set T0", Long: "The incident began at the selected row's time; again: take it back", Scope: Global},
		{ID: ShowArrived, Keys: []string{"R"}, Short: "show new", Long: "Show what arrived from the live cluster; until then nothing moves", Scope: Global},
		{ID: Machines, Keys: []string{"M"}, Short: "machines", Long: "Leave aside what machines did: robots, syncs, the system; again: show it", Scope: Global, Weight: 28},
		{ID: TrailBack, Keys: []string{"backspace", "alt+left"}, Short: "back", Long: "Back along the trail of pivots", Scope: Global, Weight: 35},
		{ID: TrailForward, Keys: []string{"shift+backspace", "alt+right"}, Short: "forward", Long: "Forward along the trail of pivots", Scope: Global},
		{ID: NextPane, Keys: []string{"tab"}, Short: "next pane", Long: "Give the keys to the next pane", Scope: Global, Weight: 10},
		{ID: PrevPane, Keys: []string{"shift+tab"}, Short: "previous pane", Long: "Give the keys to the previous pane", Scope: Global},
		{ID: Close, Keys: []string{"esc"}, Short: "out", Long: "Close what is on top, cancel what is running; nothing typed is lost", Scope: Global, Weight: 5},

		{ID: MoveUp, Keys: []string{"up", "k"}, Short: "up", Long: "One row up", Scope: Global},
		{ID: MoveDown, Keys: []string{"down", "j"}, Short: "down", Long: "One row down", Scope: Global},
		{ID: MoveLeft, Keys: []string{"left", "h"}, Short: "left", Long: "The name before in an event, a step of a tree folded; moves the picture of a replay that is larger than its place, as up and down do", Scope: Global},
		{ID: MoveRight, Keys: []string{"right", "l"}, Short: "right", Long: "The next name in an event for p, L and n, a step of a tree unfolded; moves the picture of a replay", Scope: Global},
		{ID: MoveTop, Keys: []string{"g", "home"}, Short: "top", Long: "To the first row; a picture that was moved follows the cursor again", Scope: Global},
		{ID: MoveBottom, Keys: []string{"G", "end"}, Short: "bottom", Long: "To the last row", Scope: Global},
		{ID: PageUp, Keys: []string{"pgup", "ctrl+b"}, Short: "page up", Long: "One page up", Scope: Global},
		{ID: PageDown, Keys: []string{"pgdown", "ctrl+f"}, Short: "page down", Long: "One page down", Scope: Global},

		{ID: ShowOverview, Keys: []string{"1"}, Short: "overview", Long: "What the identity did, how far it reached, what is open", Scope: Global},
		{ID: ShowEvents, Keys: []string{"2"}, Short: "events", Long: "The audit events, one row each", Scope: Global},
		{ID: ShowLineage, Keys: []string{"3"}, Short: "lineage", Long: "What spread from the identity, step by step, and what a lock does not end", Scope: Global},
		{ID: ShowSessions, Keys: []string{"4"}, Short: "sessions", Long: "The sessions and their recordings", Scope: Global},
		{ID: ShowLocks, Keys: []string{"5"}, Short: "locks", Long: "The locks in force and the planned ones", Scope: Global},
		{ID: ShowFindings, Keys: []string{"6"}, Short: "findings", Long: "What detection rules find, and what cannot be seen", Scope: Global},
		{ID: ShowQuery, Keys: []string{"7"}, Short: "query", Long: "Ask the audit log in SQL; the Privileged Access Report", Scope: Global},
		{ID: ShowCase, Keys: []string{"8"}, Short: "case", Long: "Notes, journal and sources of the case", Scope: Global},

		{ID: FindScreens, Keys: []string{"/", "f"}, Short: "find in all", Long: "Find a text in all recordings of the case", Scope: Sessions, Weight: 65},

		{ID: Observe, Keys: []string{"o"}, Short: "observe", Long: "Watch the selected session that runs now (tsh join); those in it see that you join", Scope: Sessions, Weight: 34},
		{ID: JoinPeer, Keys: []string{"O"}, Short: "join", Long: "Join the selected session that runs now, to type in it", Scope: Sessions},
		{ID: Terminate, Keys: []string{"t"}, Short: "end", Long: "Join the selected session that runs now as a moderator; t there ends it", Scope: Sessions, Weight: 33},
		{ID: Fetch, Keys: []string{"F"}, Short: "fetch", Long: "Fetch the recording of the selected session from the cluster, and play it", Scope: Sessions, Weight: 32},

		{ID: MarkHands, Keys: []string{"m"}, Short: "hands", Long: "Mark the selected hands hostile; again: the owner's; again: unmarked", Scope: Overview, Weight: 58},

		{ID: Accept, Keys: []string{"a"}, Short: "accept", Long: "The selected step belongs to the attack; again: open", Scope: Lineage, Weight: 88},
		{ID: Refuse, Keys: []string{"r"}, Short: "refuse", Long: "The selected step does not belong to it; asks why; again: open", Scope: Lineage, Weight: 87},
		{ID: Plan, Keys: []string{"P"}, Short: "plan", Long: "What ends everything that is left, step by step: enter locks, or opens a shell with the command", Scope: Lineage, Weight: 86},

		{ID: PlayPause, Keys: []string{"space"}, Short: "play", Long: "Play or pause the recording", Scope: Replay, Weight: 97},
		{ID: SeekBack, Keys: []string{"left"}, Short: "-5 s", Long: "Five seconds back", Scope: Replay, Weight: 94},
		{ID: SeekForward, Keys: []string{"right"}, Short: "+5 s", Long: "Five seconds forward", Scope: Replay, Weight: 95},
		{ID: SeekBackFar, Keys: []string{"shift+left"}, Short: "10% back", Long: "A tenth of the recording back", Scope: Replay},
		{ID: SeekForwardFar, Keys: []string{"shift+right"}, Short: "10% on", Long: "A tenth of the recording forward", Scope: Replay},
		{ID: SeekPercent, Keys: []string{"%"}, Short: "go to", Long: "Go to a percentage, or to a time", Scope: Replay, Weight: 12},
		{ID: FramePrev, Keys: []string{","}, Short: "frame back", Long: "One change of the screen back", Scope: Replay},
		{ID: FrameNext, Keys: []string{"."}, Short: "frame on", Long: "One change of the screen forward", Scope: Replay},
		{ID: Slower, Keys: []string{"<"}, Short: "slower", Long: "Play at half the speed", Scope: Replay},
		{ID: Faster, Keys: []string{">"}, Short: "faster", Long: "Play at twice the speed", Scope: Replay, Weight: 14},
		{ID: MarkerPrev, Keys: []string{"["}, Short: "marker back", Long: "Previous marker, or note of yours", Scope: Replay},
		{ID: MarkerNext, Keys: []string{"]"}, Short: "marker", Long: "Next marker, or note of yours", Scope: Replay, Weight: 92},
		{ID: Transcript, Keys: []string{"t"}, Short: "transcript", Long: "Show the recording as text", Scope: Replay, Weight: 91},
		{ID: IdleCut, Keys: []string{"i"}, Short: "idle time", Long: "Play more of idle time, then all of it", Scope: Replay},
		{ID: FindHere, Keys: []string{"/"}, Short: "find", Long: "Find a text on the screen of this recording", Scope: Replay, Weight: 93},
		{ID: FindAll, Keys: []string{"f"}, Short: "find in all", Long: "Find a text in all recordings of the case", Scope: Replay, Weight: 45},
		{ID: Diff, Keys: []string{"d"}, Short: "diff", Long: "Mark this screen; again: see what differs", Scope: Replay, Weight: 43},
		{ID: SecondSession, Keys: []string{"w"}, Short: "two sessions", Long: "A second session on the same clock; again: leave", Scope: Replay, Weight: 11},
		{ID: CopyLine, Keys: []string{"Y"}, Short: "copy line", Long: "Copy the cursor's line; y: the screen", Scope: Replay},
		{ID: Export, Keys: []string{"e"}, Short: "export", Long: "Write this screen into files: SVG and text", Scope: Replay, Weight: 13},

		{ID: Extend, Keys: []string{"e"}, Short: "extend", Long: "Move the end of the selected lock: a length from now, or never", Scope: Locks, Weight: 84},
		{ID: LockProof, Keys: []string{"v"}, Short: "proof", Long: "Open the event that says most about whether the selected lock held", Scope: Locks, Weight: 62},
		{ID: Release, Keys: []string{"x"}, Short: "release", Long: "Take the selected lock back, or drop a planned one; asks first", Scope: Locks, Weight: 85},

		{ID: ProofEvents, Keys: []string{"e"}, Short: "events", Long: "Open the events that prove the selected finding", Scope: Findings, Weight: 88},
		{ID: Dismiss, Keys: []string{"x"}, Short: "dismiss", Long: "Say why the selected finding needs no more looking at; on a dismissed one: take that back", Scope: Findings, Weight: 75},
		{ID: ShowDismissed, Keys: []string{"X"}, Short: "dismissed", Long: "Show dismissed findings too, or hide them", Scope: Findings},
		{ID: WholeCase, Keys: []string{"i"}, Short: "whole case", Long: "Show findings of the whole case, or of the identity under investigation alone", Scope: Findings, Weight: 72},

		{ID: QueryRun, Keys: []string{"ctrl+r", "f5", "ctrl+enter"}, Short: "run", Long: "Run the query, also from inside the editor; there enter after a semicolon runs it too", Scope: Query, Weight: 94},
		{ID: QueryEdit, Keys: []string{"i"}, Short: "edit", Long: "Write SQL; tab completes, ctrl+p and ctrl+n go through the history, esc leaves and keeps the text", Scope: Query, Weight: 95},
		{ID: QueryNamed, Keys: []string{"o", "ctrl+o"}, Short: "named", Long: "Run a named query: the report, those about the identity, examples, and your own", Scope: Query, Weight: 93},
		{ID: QueryEngine, Keys: []string{"ctrl+g"}, Short: "engine", Long: "Ask the live cluster instead; again: the case", Scope: Query},
		{ID: QueryReport, Keys: []string{"A"}, Short: "report", Long: "Privileged Access Report of the user under investigation, or of the whole cluster", Scope: Query, Weight: 66},
		{ID: QueryHistory, Keys: []string{"H"}, Short: "history", Long: "Take up a query that was run before", Scope: Query, Weight: 22},
		{ID: QuerySave, Keys: []string{"s", "ctrl+s"}, Short: "save", Long: "Keep the query under a name in this case", Scope: Query, Weight: 23},
		{ID: QueryForget, Keys: []string{"x"}, Short: "forget", Long: "Take the saved query that is shown off the list", Scope: Query},
		{ID: QueryExport, Keys: []string{"e"}, Short: "export", Long: "Write the rows into a file: CSV or JSON", Scope: Query, Weight: 24},
		{ID: QueryEvent, Keys: []string{"v"}, Short: "event", Long: "Show the event of this row, which its uid names", Scope: Query, Weight: 26},
		{ID: QueryCopyRow, Keys: []string{"Y"}, Short: "copy row", Long: "Copy the selected row; y: the cell", Scope: Query},
		{ID: QueryCopy, Keys: []string{"ctrl+y"}, Short: "copy query", Long: "Copy the text of the query", Scope: Query},

		{ID: Shell, Keys: []string{"!"}, Short: "shell", Long: "Open a shell beside the case, or show what runs there", Scope: Global},
		{ID: RunCopied, Short: "run copied", Long: "Put a copied tctl or tsh command, or a step of a copied plan, into a shell; you press enter there", Scope: Global},
		{ID: TerminalLeave, Keys: []string{"ctrl+]"}, Short: "back to the console", Long: "Give the keys back to the console; the program goes on", Scope: Terminal},
		{ID: TerminalUp, Keys: []string{"shift+pgup"}, Short: "up", Long: "One page back in what the program wrote", Scope: Terminal},
		{ID: TerminalDown, Keys: []string{"shift+pgdown"}, Short: "down", Long: "One page forward in what the program wrote", Scope: Terminal},

		{ID: Palette, Keys: []string{":"}, Short: "actions", Long: "All actions by name", Scope: Global, Weight: 98},
		{ID: Help, Keys: []string{"?"}, Short: "keys", Long: "All keys that work here; type a word or a key to search", Scope: Global, Weight: 99},
		{ID: Quit, Keys: []string{"q", "ctrl+c"}, Short: "quit", Long: "Leave cordon; the case is kept as it is", Scope: Global},
	}
}
