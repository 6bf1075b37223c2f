package themes

// Mode is what an act of the responder does to the cluster.
type Mode uint8

// The modes of the console.
const (
	ModeDryRun   Mode = iota // prints the commands and changes nothing
	ModeLive                 // changes the cluster
	ModeExercise             // acts on a scripted range
)

// Word is the name of the mode as it stands in the header.
func (m Mode) Word() string {
	switch m {
	case ModeLive:
		return "LIVE"
	case ModeExercise:
		return "EXERCISE"
	default:
		return "DRY-RUN"
	}
}

// Role is the role of the mode's word and marks.
func (m Mode) Role() Role {
	switch m {
	case ModeLive:
		return Live
	case ModeExercise:
		return Exercise
	default:
		return DryRun
	}
}

// Frame is the set of line pieces that a box is drawn with.
type Frame struct {
	Top, Bottom, Left, Right                   string
	TopLeft, TopRight, BottomLeft, BottomRight string
}

// frame returns the shape of the mode. The shapes differ in their lines, not
// only in their corners, so that a glance at any edge tells the mode.
func (m Mode) frame(ascii bool) Frame {
	switch {
	case m == ModeLive && ascii:
		return Frame{"=", "=", "#", "#", "#", "#", "#", "#"}
	case m == ModeLive:
		return Frame{"═", "═", "║", "║", "╔", "╗", "╚", "╝"}
	case m == ModeExercise && ascii:
		return Frame{".", ".", ":", ":", ".", ".", ":", ":"}
	case m == ModeExercise:
		return Frame{"╌", "╌", "╎", "╎", "╭", "╮", "╰", "╯"}
	case ascii:
		return Frame{"-", "-", "|", "|", "+", "+", "+", "+"}
	default:
		return Frame{"─", "─", "│", "│", "┌", "┐", "└", "┘"}
	}
}
