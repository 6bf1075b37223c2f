package transcript

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"time"

	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/playback/term"
)

// Screenshot is the screen at one moment.
type Screenshot struct {
	At     time.Duration
	Time   time.Time // zero when the recording names no start
	Screen *term.Screen
}

// ScreenAt is what the session showed at a moment, with everything that came
// up to and including it.
func ScreenAt(rec *recording.Recording, at time.Duration) Screenshot {
	at = min(max(at, 0), rec.Duration())
	s := player.NewScreen(rec.Meta)
	for _, f := range rec.Frames {
		if f.At > at {
			break
		}
		player.Feed(s, f)
	}
	shot := Screenshot{At: at, Screen: s}
	if !rec.Meta.Start.IsZero() {
		shot.Time = rec.Meta.Start.Add(at)
	}
	return shot
}

// ScreenAtPercent is the screen at a share of the duration.
func ScreenAtPercent(rec *recording.Recording, percent float64) Screenshot {
	return ScreenAt(rec, player.Percent(rec.Duration(), percent))
}

// Text is the rows without trailing blanks.
func (s Screenshot) Text() string {
	return strings.Join(s.Screen.Text(), "\n") + "\n"
}

// MarshalJSON gives the size, the cursor from 0, the rows and the moment in
// seconds.
func (s Screenshot) MarshalJSON() ([]byte, error) {
	type cursor struct {
		X       int  `json:"x"`
		Y       int  `json:"y"`
		Visible bool `json:"visible"`
	}
	cols, rows := s.Screen.Size()
	c := s.Screen.Cursor()
	var at *time.Time
	if !s.Time.IsZero() {
		at = &s.Time
	}
	out, err := json.Marshal(struct {
		At        float64    `json:"at"`
		Time      *time.Time `json:"time,omitempty"`
		Cols      int        `json:"cols"`
		Rows      int        `json:"rows"`
		Cursor    cursor     `json:"cursor"`
		Alternate bool       `json:"alternate"`
		Title     string     `json:"title,omitempty"`
		Lines     []string   `json:"lines"`
	}{
		At: math.Round(s.At.Seconds()*1e6) / 1e6, Time: at, Cols: cols, Rows: rows,
		Cursor: cursor{c.X, c.Y, c.Visible}, Alternate: s.Screen.Alternate(), Title: s.Screen.Title(), Lines: s.Screen.Text(),
	})
	if err != nil {
		return nil, fmt.Errorf("write screen: %w", err)
	}
	return out, nil
}
