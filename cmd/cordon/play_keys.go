package main

import (
	"bytes"
	"errors"
	"io"
	"sync"

	"github.com/charmbracelet/x/term"
	"github.com/muesli/cancelreader"
)

// key is a key of `cordon play`.
type key uint8

const (
	keyNone key = iota
	keyQuit
	keySpace
	keyLeft
	keyRight
	keyShiftLeft
	keyShiftRight
	keyHome
	keyEnd
	keyComma
	keyStop
	keySlower
	keyFaster
)

// sequences are what terminals send for the keys that are more than one byte.
var sequences = []struct {
	bytes string
	key   key
}{
	{"\x1b[1;2D", keyShiftLeft},
	{"\x1b[1;2C", keyShiftRight},
	{"\x1b[D", keyLeft},
	{"\x1bOD", keyLeft},
	{"\x1b[C", keyRight},
	{"\x1bOC", keyRight},
	{"\x1b[H", keyHome},
	{"\x1bOH", keyHome},
	{"\x1b[1~", keyHome},
	{"\x1b[F", keyEnd},
	{"\x1bOF", keyEnd},
	{"\x1b[4~", keyEnd},
}

var singles = map[byte]key{
	'q': keyQuit, 'Q': keyQuit, 3: keyQuit, 4: keyQuit, ' ': keySpace, 'h': keyLeft, 'l': keyRight,
	'H': keyShiftLeft, 'L': keyShiftRight, 'g': keyHome, 'G': keyEnd, ',': keyComma, '.': keyStop, '<': keySlower, '>': keyFaster,
}

// listen has keys read one by one where in is a terminal; elsewhere the channel
// is nil. done sets the terminal back.
func listen(in io.Reader) (keys <-chan key, done func() error, err error) {
	f, ok := terminal(in)
	if !ok {
		return nil, func() error { return nil }, nil
	}
	old, err := term.MakeRaw(f.Fd())
	if err != nil {
		return nil, nil, err
	}
	typed, err := cancelreader.NewReader(f)
	if err != nil {
		return nil, nil, errors.Join(err, term.Restore(f.Fd(), old))
	}
	pressed, stop := make(chan key), make(chan struct{})
	var reading sync.WaitGroup
	reading.Go(func() { readKeys(typed, pressed, stop) })
	return pressed, func() error {
		close(stop)
		if typed.Cancel() {
			reading.Wait()
		}
		return errors.Join(typed.Close(), term.Restore(f.Fd(), old))
	}, nil
}

// readKeys sends the keys typed until stop or the end of the input.
func readKeys(in io.Reader, keys chan<- key, stop <-chan struct{}) {
	defer close(keys)
	buf := make([]byte, 256)
	for {
		n, err := in.Read(buf)
		for _, k := range parseKeys(buf[:n]) {
			select {
			case keys <- k:
			case <-stop:
				return
			}
		}
		if err != nil {
			return
		}
	}
}

// parseKeys reads what one read gave. An escape by itself quits; sequences that
// are not known are passed over whole.
func parseKeys(b []byte) []key {
	var out []key
	for len(b) > 0 {
		k, n := nextKey(b)
		if k != keyNone {
			out = append(out, k)
		}
		b = b[n:]
	}
	return out
}

func nextKey(b []byte) (key, int) {
	if b[0] != 0x1b {
		return singles[b[0]], 1
	}
	for _, s := range sequences {
		if bytes.HasPrefix(b, []byte(s.bytes)) {
			return s.key, len(s.bytes)
		}
	}
	if len(b) == 1 {
		return keyQuit, 1
	}
	if b[1] != '[' && b[1] != 'O' {
		return keyNone, 2
	}
	for i, c := range b[2:] {
		if c >= 0x40 && c <= 0x7e {
			return keyNone, i + 3
		}
	}
	return keyNone, len(b)
}
