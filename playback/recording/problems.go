package recording

import (
	"fmt"
	"slices"
	"time"
)

// sentence words a problem: how often it was met, and where first.
type sentence func(count int64, where string) string

// place is a point of a Teleport recording: a part, the byte of the file that
// the part begins at, and the time of the session that was reached.
type place struct {
	part   int
	offset int64
	at     time.Duration
}

func (p place) String() string {
	if p.part == 0 {
		return clock(p.at)
	}
	return fmt.Sprintf("part %d at byte %d, %s", p.part, p.offset, clock(p.at))
}

// clock writes a stretch of time as a player shows it.
func clock(d time.Duration) string {
	s := int64(d / time.Second)
	return fmt.Sprintf("%02d:%02d:%02d", s/3600, s/60%60, s%60)
}

// problems collects one Problem per kind, so that a file made of a million
// faults costs no more memory than a file with one.
type problems struct {
	list []Problem
	say  map[ProblemKind]sentence
	here func() place // where reading is; nil for formats without parts
}

// add counts n occurrences of a kind. The sentence is made by say when it is
// asked for, from the final count; the first caller of a kind decides it, and
// the place it is at.
func (p *problems) add(kind ProblemKind, missing bool, n int64, say sentence) {
	for i := range p.list {
		if p.list[i].Kind == kind {
			p.list[i].Count += n
			p.list[i].Missing = p.list[i].Missing || missing
			return
		}
	}
	one := Problem{Kind: kind, Count: n, Missing: missing}
	at := p.where()
	one.Part, one.Byte, one.At = at.part, at.offset, at.at
	if p.say == nil {
		p.say = make(map[ProblemKind]sentence)
	}
	p.list = append(p.list, one)
	p.say[kind] = say
}

// where is where reading is.
func (p *problems) where() place {
	if p.here == nil {
		return place{}
	}
	return p.here()
}

func (p *problems) has(kind ProblemKind) bool {
	return slices.ContainsFunc(p.list, func(one Problem) bool { return one.Kind == kind })
}

// count is how often a kind was met.
func (p *problems) count(kind ProblemKind) int64 {
	for _, one := range p.list {
		if one.Kind == kind {
			return one.Count
		}
	}
	return 0
}

// withdraw takes back what was found of a kind beyond a count.
func (p *problems) withdraw(kind ProblemKind, count int64) {
	p.list = slices.DeleteFunc(p.list, func(one Problem) bool { return one.Kind == kind && count == 0 })
	for i := range p.list {
		if p.list[i].Kind == kind {
			p.list[i].Count = min(p.list[i].Count, count)
		}
	}
}

// snapshot is the list with its sentences, safe to keep.
func (p *problems) snapshot() []Problem {
	if len(p.list) == 0 {
		return nil
	}
	out := make([]Problem, len(p.list))
	for i, one := range p.list {
		one.Sentence = p.say[one.Kind](one.Count, place{one.Part, one.Byte, one.At}.String())
		out[i] = one
	}
	return out
}

// fixed is a sentence that depends on nothing.
func fixed(text string) sentence {
	return func(int64, string) string { return text }
}

// counted makes "1 event is … (where)." and "12 events are … (the first: where)."
// from two formats that each take the count.
func counted(one, many string) sentence {
	return func(n int64, where string) string {
		if n == 1 {
			return fmt.Sprintf(one+" (%s).", n, where)
		}
		return fmt.Sprintf(many+" (the first: %s).", n, where)
	}
}
