package term

// The reasons for which a case may differ from xterm.js. docs/emulator.md says
// more about each.
const (
	invalidShows   = "a byte that is not UTF-8 shows"
	shortControls  = "eight-bit controls are controls"
	sequences      = "an emoji sequence is one wide character"
	wrapIsSaved    = "saving the cursor saves a pending wrap"
	scrollsUp      = "what SU moves off the top is kept"
	repeatsBounded = "REP is at most a screenful"
	screensApart   = "mode 47 does not clear"
	singleShifts   = "single shifts work"
	nothingLost    = "text is not dropped"
	halvesBlank    = "half a wide character is blank"
	markAlone      = "a mark with nothing before it takes no column"
	colours        = "colours are read as xterm reads them"
	cutLineEnds    = "an erased line does not go on"
	cursorFollows  = "the cursor stays on its character when lines are wrapped anew"
	tailDropped    = "what a narrower screen cut off goes when the line is written to"
	margins        = "left and right margins work"
)

var knownDifferences = map[string]string{
	"a pending wrap is saved":              wrapIsSaved,
	"scroll up":                            scrollsUp,
	"scroll up is clamped":                 scrollsUp,
	"repeat is at most a screenful":        repeatsBounded,
	"mode 47 keeps":                        screensApart,
	"single shift two":                     singleShifts,
	"single shift three":                   singleShifts,
	"wrong byte":                           invalidShows,
	"continuation alone":                   invalidShows,
	"cut short by ASCII":                   invalidShows,
	"cut short by an escape":               invalidShows,
	"cut short by another":                 invalidShows,
	"overlong":                             invalidShows,
	"overlong of three bytes":              invalidShows,
	"surrogate":                            invalidShows,
	"beyond Unicode":                       invalidShows,
	"an eight-bit DCS hides nothing":       invalidShows,
	"eight-bit CSI":                        shortControls,
	"eight-bit NEL":                        shortControls,
	"eight-bit RI":                         shortControls,
	"OSC with eight-bit ST":                shortControls,
	"text breaks into a sequence":          nothingLost,
	"insert between halves":                halvesBlank,
	"combining at the start is dropped":    markAlone,
	"wide at the margin without autowrap":  nothingLost,
	"emoji by variation":                   sequences,
	"keycap":                               sequences,
	"joined emoji":                         sequences,
	"family":                               sequences,
	"skin tone":                            sequences,
	"flag":                                 sequences,
	"two flags":                            sequences,
	"capture: ls":                          sequences,
	"capture: watch":                       sequences,
	"style: direct colour with colons":     colours,
	"style: components are clamped":        colours,
	"style: colour cut short":              colours,
	"style: direct colour cut short":       colours,
	"style: unknown colour kind":           colours,
	"reflow: narrower":                     cursorFollows,
	"reflow: wider":                        cursorFollows,
	"reflow: narrower than the second row": cursorFollows,
	"reflow: a wide character is not cut":  cursorFollows,
	"reflow: the column before a wide character is no text": cursorFollows,
	"reflow: taller as well":                                cursorFollows,
	"reflow: colours go with their text":                    cursorFollows,
	"reflow: the main screen behind it is wrapped":          cursorFollows,
	"reflow: a line of a repeated character":                cursorFollows,
	"capture: bash-resize":                                  tailDropped,
	"capture: vim-resize":                                   cutLineEnds,
	"capture: tmux-xterm":                                   margins,
}
