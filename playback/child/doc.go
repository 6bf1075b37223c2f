// Package child runs a real process in a pseudo-terminal and feeds what it
// writes to a screen of playback/term: a shell beside the case, tsh or tctl
// where an action needs the operator's own hands.
//
// Nobody ever waits for a child. What it writes is read by a goroutine of its
// own and announced at most once until it is looked at; what it is sent stands
// in a bounded queue, and is refused when the child does not read. A look at
// its screen is a copy that takes microseconds.
//
// A terminal is expected to answer: shells and editors ask what it is and where
// the cursor stands, and some wait. The screen model never answers, because a
// recording could ask for anything; a child is the operator's own process, and
// the few questions of query.go are answered here, with numbers only. Whatever
// a child wrote itself (a title, a clipboard, a colour) is never sent back to
// it as if it had been typed.
//
// A child is ended as when a window is closed: a hang-up for its process group
// and the one in the foreground, and after a grace the signal that cannot be
// ignored. What it left running with nohup goes on, as it would elsewhere.
//
// Windows has no pseudo-terminal here: Start says so.
package child
