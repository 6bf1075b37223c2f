package sessions

import (
	"slices"
	"strings"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// othersIn is who was in a session besides the one whose session it is.
func othersIn(rec *recording.Recording, user string) []player.Presence {
	var out []player.Presence
	for i, p := range player.PresentIn(rec) {
		if i > 0 || p.User != user {
			out = append(out, p)
		}
	}
	return out
}

// withWords names those who are there besides at a moment.
func (r *replay) withWords(at time.Duration) string {
	var names []string
	for _, p := range r.others {
		name := safetext.CleanMax(p.User, 80)
		if p.From <= at && (at < p.To || !p.Left) && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return "  with " + strings.Join(names, ", ")
}

// lanes is how many rows above the time bar show who was there besides.
func (r *replay) lanes() int {
	if r.listed() {
		return 0
	}
	most := 1
	if r.size.Y >= roomy {
		most = 3
	}
	return min(most, len(r.others))
}

// drawLanes draws when those besides were there, one row each. More than there is
// room for are counted in the last row.
func (r *replay) drawLanes(c draw.Canvas, area uv.Rectangle) {
	for i := range min(area.Dy(), len(r.others)) {
		p := r.others[i]
		row := draw.Pad(draw.Row(area, i), 2)
		n := row.Dx()
		if n < 1 {
			return
		}
		from, to := r.columnOf(p.From, n), r.columnOf(p.To, n)
		lane := uv.Rect(row.Min.X+from, row.Min.Y, to-from+1, 1)
		c.Fill(lane, c.Glyphs().TreeDash, themes.Note)
		name := safetext.CleanMax(p.User, 80)
		if more := len(r.others) - area.Dy(); more > 0 && i == area.Dy()-1 {
			name += ", and " + counted(more, "more stay")
		}
		c.Text(nameBeside(row, lane, c.Width(name)), themes.Note, name)
	}
}

// nameBeside is where a name stands: within its lane where there is room, else
// behind or before it, else at its beginning.
func nameBeside(row, lane uv.Rectangle, width int) uv.Rectangle {
	at := lane.Min.X
	switch {
	case width+2 <= lane.Dx():
		at = lane.Min.X + 1
	case lane.Max.X+1+width <= row.Max.X:
		at = lane.Max.X + 1
	case lane.Min.X-1-width >= row.Min.X:
		at = lane.Min.X - 1 - width
	}
	return uv.Rect(at, row.Min.Y, min(width, row.Max.X-at), 1)
}
