package term

// c0 carries out a control character. The rest of them do nothing.
func (s *Screen) c0(b byte) {
	s.prev = 0
	s.earn(1)
	switch b {
	case '\n', '\v', '\f':
		s.lineFeed()
	case '\r':
		s.x, s.wrap = s.lineStart(), false
	case '\b':
		s.backward(1)
	case '\t':
		s.tab(1)
	case 0x0e:
		s.gl = 1
	case 0x0f:
		s.gl = 0
	}
}

// dispatchEscape carries out an escape sequence: ECMA-48's C1 set and the
// private ones of DEC.
func (s *Screen) dispatchEscape(final byte) {
	if inter := s.parser.inter; inter != 0 {
		s.dispatchDesignation(inter, final)
		return
	}
	switch final {
	case '7':
		s.grid().saved = s.cursor
	case '8':
		s.restoreCursor()
	case '=':
		s.setMode(ModeKeypad, true)
	case '>':
		s.setMode(ModeKeypad, false)
	case 'D':
		s.index()
	case 'E':
		s.index()
		s.x = s.lineStart()
	case 'H':
		s.tabs.set(s.x)
	case 'M':
		s.reverseIndex()
	case 'N':
		s.single = 2
	case 'O':
		s.single = 3
	case 'n':
		s.gl = 2
	case 'o':
		s.gl = 3
	case 'c':
		s.hardReset()
	case '[':
		s.startCSI()
	case ']':
		s.startString(inOSC)
	case 'P', 'X', '^', '_':
		s.startString(inString)
	}
}

func (s *Screen) dispatchDesignation(inter, final byte) {
	switch inter {
	case '#':
		if final == '8' {
			s.alignment()
		}
	case '(', ')', '*', '+':
		s.designate(int(inter-'('), final)
	case '-', '.', '/':
		s.designate(int(inter-'-')+1, final)
	}
}

// hardReset is RIS: the screen as it was when new, without its scrollback.
func (s *Screen) hardReset() {
	s.leaving(0, s.rows, Erased)
	if s.altShown {
		s.altShown = false
		s.leaving(0, s.rows, Erased)
	}
	s.back.forget()
	s.reset()
	for _, rows := range [][]*row{s.main.rows, s.alt.rows} {
		s.charge(len(rows) * clearWork)
		for y := range rows {
			rows[y] = s.blankRow(rows[y])
		}
	}
}

// dispatchCSI carries out a control sequence.
func (s *Screen) dispatchCSI(final byte) {
	s.earn(3)
	p := &s.parser
	switch {
	case p.prefix|p.inter == 0:
		if final == 'm' {
			s.rendition()
			return
		}
		if !s.moveCursor(final) && !s.editScreen(final) {
			s.dispatchSetting(final)
		}
	case p.prefix == '?' && p.inter == 0:
		s.dispatchPrivate(final)
	case p.prefix == 0 && p.inter == '!' && final == 'p':
		s.softReset()
	case p.prefix == 0 && p.inter == '$':
		s.dispatchRectangle(final)
	case p.prefix == 0 && p.inter == ' ' && final == 'q':
		if n := p.param(0, 0); n <= 6 {
			s.shape = CursorShape(n)
		}
	}
}

// dispatchRectangle carries out the sequences that fill a part of the screen.
func (s *Screen) dispatchRectangle(final byte) {
	p := &s.parser
	switch char := p.param(0, ' '); final {
	case 'x': // DECFRA
		if char >= 0x20 && char < 0x7f || char >= 0xa0 && char <= 0xff {
			c := s.pen
			c.text = uint32(char)
			s.fillRectangle(p.list()[min(p.n, 1):], c)
		}
	case 'z': // DECERA
		s.fillRectangle(p.list(), s.blank())
	}
}

// dispatchPrivate carries out the sequences with a question mark. Nothing is
// ever protected here, so the selective erases erase all.
func (s *Screen) dispatchPrivate(final byte) {
	switch final {
	case 'h':
		s.setPrivateModes(true)
	case 'l':
		s.setPrivateModes(false)
	case 'J':
		s.eraseDisplay(s.parser.param(0, 0))
	case 'K':
		s.eraseLine(s.parser.param(0, 0))
	}
}

// moveCursor carries out the sequences that only move the cursor, and reports
// whether final is one of them.
func (s *Screen) moveCursor(final byte) bool {
	p := &s.parser
	n := p.param(0, 1)
	switch final {
	case 'H', 'f': // CUP, HVP
		s.moveTo(p.param(1, 1)-1, n-1)
	case 'A': // CUU
		s.up(n)
	case 'B': // CUD
		s.down(n)
	case 'C', 'a': // CUF, HPR
		s.forward(n)
	case 'D', 'j': // CUB, HPB
		s.backward(n)
	case 'E': // CNL
		s.down(n)
		s.x = s.lineStart()
	case 'F': // CPL
		s.up(n)
		s.x = s.lineStart()
	case 'G', '`': // CHA, HPA
		s.setColumn(n - 1)
	case 'd': // VPA
		s.setRow(n - 1)
	case 'e': // VPR
		s.y, s.wrap = min(s.y+n, s.rows-1), false
	case 'k': // VPB
		s.y, s.wrap = max(s.y-n, 0), false
	case 'I': // CHT
		s.tab(n)
	case 'Z': // CBT
		s.tabBack(n)
	case 's': // SCOSC, or DECSLRM where that means something
		if s.modes&ModeMargins != 0 {
			s.setMargins(n, p.param(1, 0))
		} else {
			s.grid().saved = s.cursor
		}
	case 'u': // SCORC
		s.restoreCursor()
	default:
		return false
	}
	return true
}

// editScreen carries out the sequences that change cells, and reports whether
// final is one of them.
func (s *Screen) editScreen(final byte) bool {
	p := &s.parser
	n := p.param(0, 1)
	inside := s.y >= s.top && s.y <= s.bottom && s.between()
	switch final {
	case 'K': // EL
		s.eraseLine(p.param(0, 0))
	case 'J': // ED
		s.eraseDisplay(p.param(0, 0))
	case '@': // ICH
		s.wrap = false
		if s.between() {
			s.insertCells(n)
		}
	case 'P': // DCH
		s.wrap = false
		if s.between() {
			s.deleteCells(n)
		}
	case 'X': // ECH
		s.wrap = false
		s.line(s.y).erase(s.x, min(s.x+n, s.cols), s.blank())
	case 'L', 'M': // IL, DL
		if !inside {
			return true
		}
		s.x, s.wrap = s.left, false
		if final == 'L' {
			s.insertLines(s.y, n)
		} else {
			s.deleteLines(s.y, n)
		}
	case 'S': // SU
		s.cutAfter(s.bottom)
		s.scrollUp(n)
	case 'T', '^': // SD
		if p.n <= 1 {
			s.scrollDown(n)
		}
	case 'b': // REP
		s.repeat(n)
	default:
		return false
	}
	return true
}

// dispatchSetting carries out the sequences that change how later ones work.
// Queries and whatever else is not listed do nothing.
func (s *Screen) dispatchSetting(final byte) {
	p := &s.parser
	switch final {
	case 'r': // DECSTBM
		s.setRegion(p.param(0, 1), p.param(1, 0))
	case 'h': // SM
		s.setModes(true)
	case 'l': // RM
		s.setModes(false)
	case 'g': // TBC
		s.clearTabs(p.param(0, 0))
	case 't':
		s.windowOperation(p.param(0, 0), p.param(1, 0))
	}
}
