package term

// A few bytes can ask for much work: repeat a character over the screen, move a
// rectangle of it, clear it. What a byte pays for is bounded, so that no input
// takes more than about a millisecond a kilobyte on the largest screen. The
// unit of work is about a nanosecond. Programs stay far below; a stream that is
// beyond it gets its repeats cut short and its rectangles left as they are, in
// the same places however it is split.
const (
	workPerByte = 500
	maxSaved    = 1 << 22 // work that quiet input pays for in advance

	printWork = 4 // a character printed alone
	moveWork  = 4 // cells moved for one unit
	clearWork = 2 // a row made blank
	rowWork   = 16
)

// earn is called for what prints or controls something, with its number of
// columns or bytes, never with more bytes than there were. What is printed earns
// after the work of printing it, however many characters are printed at once.
func (s *Screen) earn(bytes int) { s.saved += bytes * workPerByte }

// charge takes off work that is done in any case. Copying rows that a clone
// shares is not charged: a clone must not change what a stream shows.
func (s *Screen) charge(work int) {
	s.saved = min(s.saved, maxSaved) - work
	s.worked += uint64(work)
}

// afford takes work off what was paid for, or reports that it was not.
func (s *Screen) afford(work int) bool {
	s.saved = min(s.saved, maxSaved)
	if work > s.saved {
		return false
	}
	s.saved -= work
	s.worked += uint64(work)
	return true
}

// Work is how much was done to the screen beside taking its bytes and printing
// them: cells moved, rows cleared, characters repeated, in units of about a
// nanosecond. Whoever keeps clones to go back to places them by it.
func (s *Screen) Work() uint64 { return s.worked }
