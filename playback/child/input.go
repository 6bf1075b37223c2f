package child

import (
	"errors"
	"io"
	"sync"
)

const (
	// maxPending is how many bytes may wait to be read by a child.
	maxPending = 1 << 20
	// writeSize is how many bytes are handed to the terminal at a time.
	writeSize = 4 << 10
)

// ErrFull says that nothing was sent, because what was sent before still waits
// to be read.
var ErrFull = errors.New("the program does not read what is typed")

// input is what waits to be read by a child.
type input struct {
	wake chan struct{} // holds one when something was put

	mu      sync.Mutex
	pending []byte
}

func newInput() *input { return &input{wake: make(chan struct{}, 1)} }

// put adds all of p or nothing.
func (q *input) put(p []byte) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.pending)+len(p) > maxPending {
		return ErrFull
	}
	q.pending = append(q.pending, p...)
	signal(q.wake)
	return nil
}

// take moves the next bytes to dst[:0] and returns it.
func (q *input) take(dst []byte) []byte {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.pending), writeSize)
	dst = append(dst[:0], q.pending[:n]...)
	if q.pending = q.pending[n:]; len(q.pending) == 0 {
		q.pending = nil // the memory of a long paste
	}
	return dst
}

// send writes to w what is put, until w fails or done is closed.
func (q *input) send(w io.Writer, done <-chan struct{}) {
	buf := make([]byte, 0, writeSize)
	for {
		select {
		case <-q.wake:
		case <-done:
			return
		}
		for buf = q.take(buf); len(buf) > 0; buf = q.take(buf) {
			if _, err := w.Write(buf); err != nil {
				return
			}
		}
	}
}

// signal leaves a note in a channel that holds one.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}
