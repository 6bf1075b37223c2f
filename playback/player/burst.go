package player

import (
	"fmt"
	"slices"
	"time"

	"cordon/playback/recording"
)

// output looks for much output in little time. A burst is one marker, however
// long it goes on; it ends where the output pauses.
func (m *marker) output(f recording.Frame) {
	if m.burst.on && f.At-m.burst.until > burstPause {
		m.endBurst()
	}
	if m.burst.on {
		m.burst.until = f.At
		m.burst.bytes += len(f.Data)
		return
	}
	m.window = append(m.window, output{f.At, len(f.Data)})
	m.bytes += len(f.Data)
	// The shortest run of outputs that is enough is where the burst begins.
	for f.At-m.window[m.head].at > burstWindow || m.bytes-m.window[m.head].n > burstBytes {
		m.bytes -= m.window[m.head].n
		m.head++
	}
	if m.bytes > burstBytes {
		m.burst = burst{on: true, at: m.window[m.head].at, until: f.At, bytes: m.bytes}
		m.window, m.head, m.bytes = m.window[:0], 0, 0
	} else if m.head > len(m.window)/2 {
		m.window = slices.Delete(m.window, 0, m.head)
		m.head = 0
	}
}

func (m *marker) endBurst() {
	b := m.burst
	m.burst = burst{}
	m.add(MarkBurst, b.at, b.until, b.text())
}

// burst is much output without a pause.
type burst struct {
	on        bool
	at, until time.Duration
	bytes     int
}

func (b burst) text() string {
	return fmt.Sprintf("%d KiB in %s", b.bytes>>10, spell(max(b.until-b.at, time.Millisecond)))
}
