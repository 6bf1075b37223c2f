package recording

import (
	"fmt"
)

// problems collects one Problem per kind, so that a file made of a million
// faults costs no more memory than a file with one.
type problems struct {
	list []Problem
	say  map[ProblemKind]func(count int64) string
}

// add counts n occurrences of a kind. The sentence is made by say when it is
// asked for, from the final count; the first caller of a kind decides it.
func (p *problems) add(kind ProblemKind, missing bool, n int64, say func(count int64) string) {
	for i := range p.list {
		if p.list[i].Kind == kind {
			p.list[i].Count += n
			p.list[i].Missing = p.list[i].Missing || missing
			return
		}
	}
	if p.say == nil {
		p.say = make(map[ProblemKind]func(int64) string)
	}
	p.list = append(p.list, Problem{Kind: kind, Count: n, Missing: missing})
	p.say[kind] = say
}

func (p *problems) has(kind ProblemKind) bool {
	for i := range p.list {
		if p.list[i].Kind == kind {
			return true
		}
	}
	return false
}

// snapshot is the list with its sentences, safe to keep.
func (p *problems) snapshot() []Problem {
	if len(p.list) == 0 {
		return nil
	}
	out := make([]Problem, len(p.list))
	for i, one := range p.list {
		one.Sentence = p.say[one.Kind](one.Count)
		out[i] = one
	}
	return out
}

// fixed is a sentence that does not depend on the count.
func fixed(sentence string) func(int64) string {
	return func(int64) string { return sentence }
}

// counted makes "1 event is …" and "12 events are …" from two formats that each
// take the count.
func counted(one, many string) func(int64) string {
	return func(n int64) string {
		if n == 1 {
			return fmt.Sprintf(one, n)
		}
		return fmt.Sprintf(many, n)
	}
}
