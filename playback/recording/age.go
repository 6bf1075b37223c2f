package recording

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"filippo.io/age"
)

const (
	maxStanzas  = 64
	maxKeyIDs   = 16
	maxKeyIDLen = 256

	// stanzaTeleport is how Teleport wraps the key of a part: with an RSA key
	// that the cluster keeps.
	stanzaTeleport = "teleport-recording-rsa4096"
)

var errSealed = errors.New("no key")

// ParseIdentities reads an age identity file, for Options.Identities.
func ParseIdentities(r io.Reader) ([]age.Identity, error) {
	keys, err := age.ParseIdentities(r)
	if err != nil {
		return nil, fmt.Errorf("read age identities: %w (the file holds lines that begin with AGE-SECRET-KEY-1, as age-keygen writes them)", err)
	}
	return keys, nil
}

// sealedParts is what can be told of encrypted parts without their key: how
// many, how large, and for which keys.
type sealedParts struct {
	bytes   uint64   // of the parts that stay closed
	keys    []string // fingerprints of the cluster's keys
	cluster bool     // a part is sealed for a key of a cluster
	other   bool     // a part is sealed for some other age key
	odd     bool     // a part does not begin as age data
	whole   bool     // the head of the last part was understood
}

// read looks at the head of one encrypted part, which is cut when it is very
// long.
func (s *sealedParts) read(head []byte) {
	s.whole = false
	rest, ok := bytes.CutPrefix(head, []byte(ageMagic))
	for stanzas := 0; ok && stanzas < maxStanzas; {
		var line []byte
		if line, rest, ok = bytes.Cut(rest, []byte("\n")); !ok {
			break
		}
		if bytes.HasPrefix(line, []byte("---")) {
			s.whole = true
			break
		}
		if args, is := strings.CutPrefix(string(line), "-> "); is {
			stanzas++
			s.stanza(strings.Fields(args))
		}
	}
	s.odd = s.odd || !s.whole
}

// stanza takes in for whom a part is sealed. A fingerprint is kept when it is
// made of plain characters, as Teleport's are.
func (s *sealedParts) stanza(words []string) {
	if len(words) < 2 || words[0] != stanzaTeleport {
		s.other = s.other || len(words) > 0 && words[0] != stanzaTeleport
		return
	}
	s.cluster = true
	id := words[1]
	plain := !strings.ContainsFunc(id, func(r rune) bool { return r <= ' ' || r > '~' })
	if plain && len(id) <= maxKeyIDLen && len(s.keys) < maxKeyIDs && !slices.Contains(s.keys, id) {
		s.keys = append(s.keys, id)
	}
}

// open decrypts the part whose head was read last, as a stream. A head that was
// not understood is not given to age, which reads one of any length.
func (s *sealedParts) open(body *bufio.Reader, keys []age.Identity) (io.Reader, error) {
	if len(keys) == 0 || !s.whole {
		return nil, errSealed
	}
	plain, err := age.Decrypt(body, keys...)
	if err != nil {
		return nil, fmt.Errorf("decrypt: %w", err)
	}
	return plain, nil
}

// sentence says what n parts are that could not be opened with so many keys,
// and what to do.
func (s *sealedParts) sentence(n int64, keys int) string {
	parts := "1 part"
	if n != 1 {
		parts = fmt.Sprintf("%d parts", n)
	}
	out := fmt.Sprintf("The recording is encrypted at rest (%s, %d bytes", parts, s.bytes)
	switch {
	case len(s.keys) == 1:
		out += ", key " + s.keys[0]
	case len(s.keys) > 1:
		out += ", keys " + strings.Join(s.keys, " ")
	case s.odd:
		out += ", not in the form Teleport writes"
	}
	out += ")"
	if keys > 0 {
		out += " and the age identity given does not open it"
	}
	switch {
	case s.other && !s.cluster && keys == 0:
		return out + ": it is sealed for an age key. Give its file with --age-identity FILE."
	case s.other && !s.cluster:
		return out + ": it is sealed for another age key."
	}
	out += ": only the cluster holds the key, in the key store of its certificate authority, and its auth server decrypts." +
		" Fetch it through the cluster with `tctl recordings download SESSION` and open the result"
	if s.other && keys == 0 {
		out += ", or give the file of the age key that it is sealed for too with --age-identity FILE"
	}
	return out + "."
}
