package transcript

import (
	"cordon/playback/player"
	"cordon/playback/recording"
)

// Maker makes a transcript while a recording is read, so that neither the
// recording nor its transcript has to fit in memory.
type Maker struct{ w *watcher }

// NewMaker begins the transcript of a recording.
func NewMaker(meta recording.Meta) *Maker {
	return &Maker{w: newWatcher(player.NewScreen(meta))}
}

// Feed takes the next frame.
func (m *Maker) Feed(f recording.Frame) { m.w.feed(f) }

// Lines is how many lines wait to be taken.
func (m *Maker) Lines() int { return len(m.w.lines) }

// Take gives the lines that left the screen since it was last called, in the
// order in which they left. They are valid until the next call of any method.
func (m *Maker) Take() []Line {
	lines := m.w.lines
	m.w.lines = m.w.lines[:0]
	return lines
}

// Finish gives what is left, with the lines that are still on the screen. The
// maker must not be used afterwards.
func (m *Maker) Finish() []Line { return m.w.finish() }
