package sessions

import (
	"context"
	"fmt"
	"image"
	"strings"
	"time"
	"unicode/utf8"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/action"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/grid"
	"cordon/tui/pane"
	"cordon/tui/pane/rows"
	"cordon/tui/safetext"
)

// maxHits is how many lines are listed; all are counted.
const maxHits = 1000

const findAllDialog = "find in all recordings"

// hits are the lines of all recordings that hold a text. They lie over the list
// and the replay, and come back when a replay that was opened from them is left.
type hits struct {
	text  string
	found investigations.ScreenSearch
	env   pane.Env
	grid  *grid.Grid[int]
	rows  []grid.Row[int]
	width int
	shown bool
}

// hitsFound is the answer of a search through all recordings.
type hitsFound struct {
	text  string
	found investigations.ScreenSearch
}

func (p *Pane) askAll() {
	text := ""
	switch {
	case p.hits != nil:
		text = p.hits.text
	case p.replay != nil:
		text = p.replay.needle
	}
	p.env.Out.Put(pane.Open{
		Dialog: dialog.NewInput(dialog.Prompt{
			ID: findAllDialog, Title: "Find on the screens of all recordings of the case", Text: text,
			Hint: "A and a are the same; / finds in one recording, also inside vim and the like",
		}, p.env.Drafts),
		Then: func(o dialog.Outcome) tea.Cmd {
			done, ok := o.(dialog.Submitted)
			if !ok {
				return nil
			}
			return p.loadHits(done.Text)
		},
	})
}

func (p *Pane) loadHits(text string) tea.Cmd {
	evidence := p.env.Evidence
	return p.loader.Load(loadHits, func(ctx context.Context) (any, error) {
		found, err := evidence.SearchScreens(ctx, text, maxHits)
		return hitsFound{text, found}, err
	})
}

func (p *Pane) foundAll(f hitsFound) {
	if f.found.Total == 0 {
		p.say(themes.Warning, fmt.Sprintf("%q stood on no screen of the %s in this case that can be read.", safetext.CleanMax(f.text, 60), counted(f.found.Searched, "recording")))
		return
	}
	p.hits = newHits(f, p.env)
	p.hits.shown = true
	p.Hide()
	p.Resize(p.size)
}

func newHits(f hitsFound, env pane.Env) *hits {
	h := &hits{text: f.text, found: f.found, env: env, grid: grid.New[int]([]grid.Column{
		{Title: "time", Min: 14, Max: 19, Weight: 1, Role: themes.Muted, Drop: 1},
		{Title: "session", Min: 12, Max: 30, Weight: 1, Inner: true, Drop: 2},
		{Title: "user", Min: 8, Max: 30, Weight: 1, Inner: true, Role: themes.Muted, Drop: 3},
		{Title: "at", Min: 7, Max: 9, Role: themes.Muted},
		{Title: "line", Min: 34, Weight: 4},
	}, "")}
	h.label()
	return h
}

// label writes the rows anew.
func (h *hits) label() {
	h.rows = h.rows[:0]
	for i, hit := range h.found.Hits {
		when := ""
		if t := hit.Time(); !t.IsZero() {
			when = h.env.Clock.Time(t)
		}
		h.rows = append(h.rows, grid.Row[int]{Key: i, Cells: []grid.Cell{
			{Text: when}, {Text: where(sessionOf(hit))}, {Text: safetext.CleanMax(hit.User, 120)}, {Text: offset(hit.Offset)}, {Text: h.around(hit.Line)},
		}})
	}
	rows.Set(h.grid, h.rows)
}

// besideLine is about how many columns the cells before the line take.
const besideLine = 46

// around is a line from a little before the text on, where the text would
// otherwise lie beyond the right edge.
func (h *hits) around(line string) string {
	at := strings.Index(strings.ToLower(line), strings.ToLower(h.text))
	room := max(20, h.width-besideLine)
	if at < 0 || at+len(h.text) <= room {
		return safetext.CleanMax(line, maxLine)
	}
	from := max(0, at-room/3)
	for from < len(line) && !utf8.RuneStart(line[from]) {
		from++
	}
	return h.env.Styles.Glyphs.Ellipsis + safetext.CleanMax(line[min(from, len(line)):], maxLine)
}

// sessionOf is a session as its recording alone knows it.
func sessionOf(h investigations.ScreenHit) investigations.Session {
	return investigations.Session{ID: h.Session, User: h.User, Login: h.Login, Host: h.Host, Start: h.Start, Recording: stateRecorded, RecordingID: h.Recording}
}

func (h *hits) selected() (investigations.ScreenHit, bool) {
	i, ok := h.grid.Selected()
	if !ok || i >= len(h.found.Hits) {
		return investigations.ScreenHit{}, false
	}
	return h.found.Hits[i], true
}

func (h *hits) title() string {
	title := fmt.Sprintf("%s in %s of %d hold %q", counted(h.found.Total, "line"), counted(h.found.In, "recording"), h.found.Searched, safetext.CleanMax(h.text, 40))
	if n := len(h.found.Hits); n < h.found.Total {
		title += fmt.Sprintf("; the first %s are listed", draw.Count(int64(n)))
	}
	return title
}

func (h *hits) resize(size image.Point) {
	if size.X != h.width {
		h.width = size.X
		h.label()
	}
	h.grid.Resize(image.Pt(size.X, max(0, size.Y-1)), grid.View{})
}

func (h *hits) draw(c draw.Canvas, area uv.Rectangle, focused bool) {
	c.Clear(area)
	head, body := draw.CutTop(area, 1)
	c.Text(draw.Pad(head, 1), themes.Title, h.title())
	h.grid.Draw(c, body, grid.View{Focused: focused})
}

func (h *hits) click(at uv.Position, area uv.Rectangle) {
	_, body := draw.CutTop(area, 1)
	h.grid.SelectLine(h.grid.BodyLine(body, at, grid.View{}))
}

// subject is what the selected hit is about.
func (h *hits) subject() pane.Subject {
	hit, ok := h.selected()
	if !ok {
		return pane.Subject{}
	}
	s := subjectOf(sessionOf(hit))
	s.At = hit.Time()
	return s
}

func disabledHits(id action.ID) string {
	switch id {
	case action.Star:
		return "sessions are not starred, their events are"
	case action.Note:
		return "open the moment first: a note belongs to one"
	}
	return ""
}

func (p *Pane) hitsShown() bool { return p.hits != nil && p.hits.shown }

// handleHits runs an action while the hits are shown.
func (p *Pane) handleHits(id action.ID) tea.Cmd {
	h := p.hits
	switch id {
	case action.Close:
		p.hits = nil
		p.Resize(p.size)
	case action.Open:
		return p.openHit()
	case action.FindScreens:
		p.askAll()
	case action.NextMatch:
		h.grid.Move(1)
	case action.PrevMatch:
		h.grid.Move(-1)
	default:
		pane.MoveGrid(h.grid, id)
	}
	return nil
}

// openHit goes to the moment of the selected hit, in the replay that is open or
// in another one. The text can be followed there with n and N.
func (p *Pane) openHit() tea.Cmd {
	hit, ok := p.hits.selected()
	if !ok {
		return nil
	}
	p.hits.shown = false
	at := hit.Offset + time.Millisecond - 1 // the moment is kept in whole milliseconds
	if r := p.replay; r != nil && r.session.RecordingID == hit.Recording {
		p.Resize(p.size)
		p.seek(at)
		return tea.Batch(p.find(p.hits.text), p.wake())
	}
	p.leaveReplay()
	p.list.offset = at
	if p.list.find(hit.Session) {
		s, _ := p.list.selected()
		s.RecordingID = hit.Recording
		return p.openReplay(s, time.Time{})
	}
	p.wanted = pane.Subject{Session: hit.Session}
	return p.loadSessions()
}

// nextHit goes on with the search in the next recording that holds the text, or
// in the one before. It reports whether there is one.
func (p *Pane) nextHit(step int) (cmd tea.Cmd, ok bool) {
	if p.hits == nil || p.hits.text != p.replay.needle {
		return nil, false
	}
	h, own := p.hits, p.replay.session.RecordingID
	i, ok := h.grid.Selected()
	for ok && i >= 0 && i < len(h.found.Hits) && h.found.Hits[i].Recording == own {
		i += step
	}
	if !ok || i < 0 || i >= len(h.found.Hits) {
		return nil, false
	}
	rows.Select(h.grid, h.rows, i)
	p.say(themes.Muted, "In the next recording: "+where(sessionOf(h.found.Hits[i])))
	return p.openHit(), true
}
