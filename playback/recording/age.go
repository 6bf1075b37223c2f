package recording

import (
	"bufio"
	"fmt"
	"slices"
	"strings"
)

const (
	maxStanzas  = 64
	maxKeyIDs   = 16
	maxKeyIDLen = 256
	ageLines    = 1024
)

// ageParts is what can be told of encrypted parts without their key: how many,
// how large, and for which keys.
type ageParts struct {
	parts int64
	bytes uint64
	keys  []string
	odd   bool // a part that does not begin as age data
}

// read looks at the head of one encrypted part.
func (a *ageParts) read(body *bufio.Reader, size uint64) {
	a.parts++
	a.bytes += size
	line, err := body.ReadSlice('\n')
	if err != nil || string(line) != ageMagic {
		a.odd = true
		return
	}
	for stanzas, lines := 0, 0; stanzas < maxStanzas && lines < ageLines; lines++ {
		line, err := body.ReadSlice('\n')
		if err != nil || strings.HasPrefix(string(line), "---") {
			return
		}
		args, ok := strings.CutPrefix(strings.TrimRight(string(line), "\n"), "-> ")
		if !ok {
			continue // a line of a stanza's body
		}
		stanzas++
		words := strings.Fields(args)
		if len(words) >= 2 {
			a.key(words[1])
		}
	}
}

// key keeps a fingerprint that is made of plain characters, as Teleport's are.
func (a *ageParts) key(id string) {
	plain := !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
	if plain && len(id) <= maxKeyIDLen && len(a.keys) < maxKeyIDs && !slices.Contains(a.keys, id) {
		a.keys = append(a.keys, id)
	}
}

// sentence says what the parts are and what to do.
func (a *ageParts) sentence(n int64) string {
	parts := "1 part"
	if n != 1 {
		parts = fmt.Sprintf("%d parts", n)
	}
	out := fmt.Sprintf("The recording is encrypted at rest (%s, %d bytes", parts, a.bytes)
	switch {
	case len(a.keys) == 1:
		out += ", key " + a.keys[0]
	case len(a.keys) > 1:
		out += ", keys " + strings.Join(a.keys, " ")
	case a.odd:
		out += ", not in the form Teleport writes"
	}
	return out + "): only the cluster holds the key. Fetch it through the cluster with `tctl recordings download SESSION` and open the result."
}
