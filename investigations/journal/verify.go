package journal

import "fmt"

// BrokenError says which entry of a journal is not what was written, and how
// that shows.
type BrokenError struct {
	Index int   // position among the entries given, from 0
	Seq   int64 // number that the entry carries, 0 when entries are missing at the end
	Why   string
}

// Error is the finding as one sentence.
func (e *BrokenError) Error() string {
	if e.Seq == 0 {
		return "the journal is broken at its end: " + e.Why
	}
	return fmt.Sprintf("the journal is broken at entry %d: %s", e.Seq, e.Why)
}

// Verifier checks a journal entry by entry, so that a long one need not be
// held in memory. The zero Verifier starts at the first entry.
type Verifier struct {
	head Head
	n    int
}

// Check checks the next entry. After an error the verifier is of no more use.
func (v *Verifier) Check(e Entry) error {
	broken := func(format string, args ...any) error {
		return &BrokenError{Index: v.n, Seq: e.Seq, Why: fmt.Sprintf(format, args...)}
	}
	if e.Seq != v.head.Seq+1 {
		return broken("it stands where entry %d is expected: entries were removed, added or moved", v.head.Seq+1)
	}
	if e.Prev != v.head.Hash {
		if v.head.Seq == 0 {
			return broken("it names an entry before it, but it is the first")
		}
		return broken("it does not follow entry %d: one of the two was changed or replaced", v.head.Seq)
	}
	if sum := e.Sum(); sum != e.Hash {
		return broken("its content was changed: the content hashes to %.12s…, the entry says %.12s…", sum, e.Hash)
	}
	v.head = e.Head()
	v.n++
	return nil
}

// Head is the end of what was checked so far.
func (v *Verifier) Head() Head { return v.head }

// Finish compares the end of what was checked with the head that was kept
// apart from the entries: that alone shows entries missing at the end.
func (v *Verifier) Finish(kept Head) error {
	switch {
	case v.head == kept:
		return nil
	case v.head.Seq < kept.Seq:
		return &BrokenError{Index: v.n, Why: fmt.Sprintf("it has %d entries, %d were written", v.head.Seq, kept.Seq)}
	case v.head.Seq > kept.Seq:
		return &BrokenError{Index: v.n, Why: fmt.Sprintf("it has %d entries, only %d were written by cordon", v.head.Seq, kept.Seq)}
	default:
		return &BrokenError{Index: v.n, Why: fmt.Sprintf("entry %d is not the one whose hash was kept", v.head.Seq)}
	}
}

// Verify checks a whole journal from its first entry. It cannot see entries
// missing at the end: use VerifyHead where a head was kept. The error is a
// *BrokenError.
func Verify(entries []Entry) error {
	var v Verifier
	for _, e := range entries {
		if err := v.Check(e); err != nil {
			return err
		}
	}
	return nil
}

// VerifyHead is Verify and then compares the end with the head that was kept.
func VerifyHead(entries []Entry, kept Head) error {
	var v Verifier
	for _, e := range entries {
		if err := v.Check(e); err != nil {
			return err
		}
	}
	return v.Finish(kept)
}
