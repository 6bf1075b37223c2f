package prompt

import "time"

// Confidence says why a line is taken for a command.
type Confidence uint8

const (
	// Likely commands stand behind a prompt of a well-known form that was there
	// once, or behind one of no known form that came again and again.
	Likely Confidence = iota + 1
	// Sure commands stand behind a prompt of a well-known form that came again.
	Sure
)

// String names the confidence for people.
func (c Confidence) String() string {
	switch c {
	case Sure:
		return "sure"
	case Likely:
		return "likely"
	default:
		return "none"
	}
}

// Command is what was entered at a prompt. Prompt and Text are untrusted. All
// times count from the start of the recording.
type Command struct {
	Shown  time.Duration // when its prompt was there
	Began  time.Duration // when the first of its text was there
	At     time.Duration // when it was entered
	Until  time.Duration // when the next prompt was there, or the end: its output lies between
	Prompt string        // both lines of a prompt of two
	Text   string        // several lines when it went on at a second prompt
	Lines  int           // rows between its line and the next prompt
	Paste  bool          // shown as shells show what is pasted into their line

	Confidence Confidence
}

// The bounds of what is kept.
const (
	maxCommands = 10_000
	maxText     = 4 << 10 // bytes of one command
	maxTexts    = 8 << 20 // of all of them
	maxForms    = 256     // prompts
	maxHeld     = 256     // commands at prompts that did not come again so far
)

// clip cuts a text to its bound without cutting a character.
func clip(s string) string {
	if len(s) <= maxText {
		return s
	}
	end := maxText
	for end > 0 && s[end]&0xc0 == 0x80 {
		end--
	}
	return s[:end]
}
