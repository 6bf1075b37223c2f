package themes

// Glyphs are the marks of the console. Each is exactly one column wide in both
// sets, so a screen has the same layout with and without Unicode.
type Glyphs struct {
	ASCII bool

	Cursor   string // the selected row
	Hostile  string // hands or entities marked hostile
	Tainted  string // part of the accepted spread
	Locked   string // a lock in force
	Planned  string // a lock that is only planned
	Star     string // starred by the responder
	Note     string // carries a note
	Warn     string // a gap, a warning
	Question string // ambiguous, undecided
	Done     string // accepted, verified
	Refused  string // rejected
	New      string // first used in the incident

	Play, Pause, Marker   string
	Left, Right, Up, Down string
	Ellipsis              string // text was cut here
	Dash                  string // no value
	Dot                   string // separates items
	Caret                 string // where typed text goes
	BarLeft, BarRight     string // ends of a time bar
	Full, Empty           string // parts of a progress bar
	Thumb, Track          string // parts of a scroll bar
	TreeTee, TreeEnd      string // branches of a tree
	TreeLine, TreeDash    string
	// Levels are the steps of a sparkline, lowest first.
	Levels [8]string
}

func unicodeGlyphs() Glyphs {
	return Glyphs{
		Cursor: "▸", Hostile: "▲", Tainted: "◆", Locked: "●", Planned: "○", Star: "★", Note: "✎",
		Warn: "!", Question: "?", Done: "✓", Refused: "✗", New: "◇",
		Play: "▶", Pause: "‖", Marker: "▼",
		Left: "←", Right: "→", Up: "↑", Down: "↓",
		Ellipsis: "…", Dash: "–", Dot: "·", Caret: "▏",
		BarLeft: "▕", BarRight: "▏", Full: "█", Empty: "░", Thumb: "█", Track: "│",
		TreeTee: "├", TreeEnd: "└", TreeLine: "│", TreeDash: "─",
		Levels: [8]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"},
	}
}

func asciiGlyphs() Glyphs {
	return Glyphs{
		ASCII:  true,
		Cursor: ">", Hostile: "^", Tainted: "%", Locked: "@", Planned: "o", Star: "*", Note: "&",
		Warn: "!", Question: "?", Done: "+", Refused: "x", New: ":",
		Play: ">", Pause: "=", Marker: "v",
		Left: "<", Right: ">", Up: "^", Down: "v",
		Ellipsis: "~", Dash: "-", Dot: "-", Caret: "_",
		BarLeft: "[", BarRight: "]", Full: "#", Empty: ".", Thumb: "#", Track: "|",
		TreeTee: "|", TreeEnd: "`", TreeLine: "|", TreeDash: "-",
		Levels: [8]string{"_", ".", "-", "=", "+", "*", "%", "#"},
	}
}
