package term

// Mode is a set of terminal modes. Those that speak about input (mouse, keys,
// paste) change nothing here and are kept for whoever drives a living child.
type Mode uint32

// The modes of SM and DECSET that are kept.
const (
	ModeInsert          Mode = 1 << iota // IRM 4
	ModeNewline                          // LNM 20
	ModeCursorKeys                       // 1: cursor keys send application codes
	ModeKeypad                           // DECKPAM or 66
	ModeReverse                          // 5: the whole screen is shown reversed
	ModeAutoWrap                         // 7
	ModeCursorVisible                    // 25
	ModeMouseX10                         // 9
	ModeMouseNormal                      // 1000
	ModeMouseButton                      // 1002
	ModeMouseAny                         // 1003
	ModeFocus                            // 1004
	ModeMouseUTF8                        // 1005
	ModeMouseSGR                         // 1006
	ModeAlternateScroll                  // 1007
	ModeMouseURXVT                       // 1015
	ModeMousePixels                      // 1016
	ModeBracketedPaste                   // 2004
	ModeSynchronized                     // 2026: the program is in mid-frame
	ModeSlowScroll                       // 4
	ModeBlinkCursor                      // 12
	ModeGraphemes                        // 2027
	ModeMargins                          // DECLRMM 69: left and right margins count

	defaultModes = ModeAutoWrap | ModeCursorVisible
)

// Has reports whether every mode of b is set.
func (m Mode) Has(b Mode) bool { return m&b == b }

// Modes returns the modes that are set.
func (s *Screen) Modes() Mode { return s.modes }

// decModes are the private modes that only set a flag.
var decModes = map[uint16]Mode{
	1: ModeCursorKeys, 4: ModeSlowScroll, 5: ModeReverse, 7: ModeAutoWrap, 9: ModeMouseX10,
	12: ModeBlinkCursor, 25: ModeCursorVisible, 66: ModeKeypad, 1000: ModeMouseNormal,
	1002: ModeMouseButton, 1003: ModeMouseAny, 1004: ModeFocus, 1005: ModeMouseUTF8,
	1006: ModeMouseSGR, 1007: ModeAlternateScroll, 1015: ModeMouseURXVT,
	1016: ModeMousePixels, 2004: ModeBracketedPaste, 2026: ModeSynchronized, 2027: ModeGraphemes,
}

func (s *Screen) setMode(m Mode, on bool) {
	if on {
		s.modes |= m
	} else {
		s.modes &^= m
	}
}

// setModes is SM and RM.
func (s *Screen) setModes(on bool) {
	for _, n := range s.parser.list() {
		switch n {
		case 4:
			s.setMode(ModeInsert, on)
		case 20:
			s.setMode(ModeNewline, on)
		}
	}
}

// setPrivateModes is DECSET and DECRST.
func (s *Screen) setPrivateModes(on bool) {
	for _, n := range s.parser.list() {
		switch n {
		case 6:
			s.origin = on
			s.home()
		case 69:
			s.switchMargins(on)
		case 47:
			s.switchScreen(on)
		case 1047:
			s.switchCleared(on)
		case 1048:
			s.saveOrRestore(on)
		case 1049:
			s.switchSaved(on)
		default:
			s.setMode(decModes[n], on)
		}
	}
}

func (s *Screen) saveOrRestore(save bool) {
	if save {
		s.grid().saved = s.cursor
	} else {
		s.restoreCursor()
	}
}

// restoreCursor is DECRC. What was saved before a resize is brought inside.
func (s *Screen) restoreCursor() {
	s.cursor = s.grid().saved
	s.clampCursor()
}

func (s *Screen) clampCursor() {
	if s.x >= s.cols {
		s.x, s.wrap = s.cols-1, false
	}
	s.y = min(s.y, s.rows-1)
	s.wrap = s.wrap && s.x == s.limit()-1
}

// switchScreen is mode 47: it shows the other screen as it is. The cursor, the
// scroll region and the modes are common to both.
func (s *Screen) switchScreen(alt bool) {
	if alt && s.alt.rows == nil {
		s.alt.rows = s.emptyRows()
	}
	s.altShown = alt
}

// switchCleared is mode 1047: the alternate screen is wiped when it is left.
func (s *Screen) switchCleared(alt bool) {
	if !alt && s.altShown {
		s.clearScreen()
	}
	s.switchScreen(alt)
}

// switchSaved is mode 1049: the cursor is saved, and the alternate screen is
// wiped when it is entered.
func (s *Screen) switchSaved(alt bool) {
	switch {
	case alt && !s.altShown:
		s.main.saved = s.cursor
		s.switchScreen(true)
		s.clearScreen()
	case !alt:
		s.switchScreen(false)
		s.restoreCursor()
	}
}

// softReset is DECSTR.
func (s *Screen) softReset() {
	s.modes = s.modes&^(ModeInsert|ModeCursorKeys|ModeKeypad|ModeMargins) | ModeAutoWrap | ModeCursorVisible
	s.top, s.bottom = 0, s.rows-1
	s.openMargins()
	x, y, wrap, link := s.x, s.y, s.wrap, s.extras.list[s.pen.extra].link
	s.cursor = cursor{x: x, y: y, wrap: wrap}
	s.setExtra(extra{link: link})
	s.grid().saved = cursor{}
}
