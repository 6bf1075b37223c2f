package events

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/dialog"
	"cordon/tui/draw"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

// Bounds of what is shown of one line.
const (
	maxFields = 600
	maxValue  = 4000
	maxNest   = 40
)

// detail is the line of the highlighted event.
type detail struct {
	id    int64 // of the event it was asked for
	raw   []byte
	from  investigations.Origin
	err   error
	lines []draw.Line
	// open says that the dialog waits for the line.
	open bool
}

// pumpDetail reads the line of the highlighted event when it is another one.
func (p *Pane) pumpDetail() tea.Cmd {
	e := p.current()
	if e == nil {
		return nil
	}
	if e.ID == p.detail.id {
		if p.detail.lines == nil && p.detail.raw != nil {
			p.detail.lines = p.describe(e, p.detail.raw)
		}
		return nil
	}
	p.detail = detail{id: e.ID}
	evidence, id := p.env.Evidence, e.ID
	return p.loader.LoadQuietly(loadLine, func(ctx context.Context) (any, error) {
		raw, err := evidence.Raw(ctx, id)
		if err != nil {
			return nil, err
		}
		from, err := evidence.Origin(ctx, id)
		return logged{raw, from}, err
	})
}

// logged is the line of an event and where it stands.
type logged struct {
	raw  []byte
	from investigations.Origin
}

func (p *Pane) takeLine(answer pane.LoadedMsg) {
	line, _ := answer.Value.(logged)
	p.detail.raw, p.detail.from, p.detail.err = line.raw, line.from, answer.Err
	e := p.events[p.detail.id]
	if e == nil {
		return
	}
	p.detail.lines = p.describe(e, p.detail.raw)
	if p.detail.open {
		p.detail.open = false
		p.showDetail(e)
	}
}

// openDetail shows the event in a dialog, as soon as its line is there.
func (p *Pane) openDetail() tea.Cmd {
	e := p.current()
	if p.detail.id == e.ID && p.detail.lines != nil {
		p.showDetail(e)
		return nil
	}
	cmd := p.pumpDetail()
	p.detail.open = true
	return cmd
}

func (p *Pane) showDetail(e *investigations.Event) {
	p.env.Out.Put(pane.Open{Dialog: dialog.NewMessage(dialog.Text{
		ID: "event", Title: safetext.CleanMax(e.Type, 80), Lines: p.detail.lines, Copy: string(p.detail.raw),
	})})
}

// DrawSide draws the highlighted event below the preview.
func (p *Pane) DrawSide(c draw.Canvas, area uv.Rectangle) {
	e := p.current()
	if e == nil || area.Dy() < 4 {
		return
	}
	inner := draw.Pad(c.Box(area, draw.Box{Title: draw.Line{draw.T(themes.Title, "event")}, Foot: draw.Line{draw.T(themes.Key, "enter"), draw.T(themes.Muted, " all of it")}}), 1)
	if p.detail.id != e.ID || p.detail.lines == nil {
		c.Text(inner, themes.Muted, "Reading.")
		return
	}
	c.Lines(inner, fold(p.detail.lines, inner.Dx()))
}

// fold breaks the lines that are too long, so that nothing is cut off.
func fold(lines []draw.Line, width int) []draw.Line {
	var out []draw.Line
	for _, l := range lines {
		out = append(out, draw.Fold(l, width)...)
	}
	return out
}

// describe writes an event: what it is, whom it names, and its line by fields.
func (p *Pane) describe(e *investigations.Event, raw []byte) []draw.Line {
	field := func(name, value string) draw.Line {
		return draw.Line{draw.T(themes.Muted, fmt.Sprintf("%-10s", name)), draw.T(themes.Text, value)}
	}
	lines := []draw.Line{field("time", p.when(e.Time)), field("event", strings.TrimSpace(safetext.CleanMax(e.Type, 80)+"  "+safetext.CleanMax(e.Code, 40)))}
	switch e.Outcome {
	case investigations.OutcomeFailure:
		lines = append(lines, draw.Line{draw.T(themes.Muted, fmt.Sprintf("%-10s", "outcome")), draw.T(themes.Danger, "failed")})
	case investigations.OutcomeSuccess:
		lines = append(lines, field("outcome", "success"))
	}
	for _, v := range e.Involved {
		text := safetext.CleanMax(v.Entity.Name, 200)
		if v.Label != "" {
			text = safetext.CleanMax(v.Label, 120) + "  " + text
		}
		lines = append(lines, draw.Line{
			draw.T(themes.Muted, fmt.Sprintf("%-10s", v.Role)), draw.T(themes.Muted, v.Entity.Kind.Title()+" "), draw.T(themes.Text, text),
		})
	}
	lines = append(lines, draw.Line{}, draw.Line{draw.T(themes.Title, "as logged")})
	if p.detail.err != nil {
		return append(lines, draw.Line{draw.T(themes.Danger, "The line was not read: "+safetext.Clean(p.detail.err.Error()))})
	}
	if from := p.detail.from; from.Source != "" {
		lines = append(lines, draw.Line{draw.T(themes.Muted, fmt.Sprintf("%s:%d", safetext.CleanMax(from.Source, 200), from.Line))})
	}
	return append(lines, pretty(raw)...)
}

// when writes a moment in UTC and, where the clock shows something else, so too.
func (p *Pane) when(t time.Time) string {
	if t.IsZero() {
		return "not in the line"
	}
	text := t.UTC().Format("2006-01-02 15:04:05.000") + " UTC"
	if zone := p.env.Clock.Zone(); zone != "UTC" {
		text += "  " + p.env.Clock.Time(t) + " " + zone
	}
	return text
}

// pretty writes a JSON object one field a line, in its own order. What is no
// JSON is written as it stands.
func pretty(raw []byte) []draw.Line {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	w := fieldWriter{decoder: d}
	if err := w.value("", 0); err != nil {
		w.lines = nil
		for _, line := range safetext.Lines(string(raw[:min(len(raw), maxValue)])) {
			w.lines = append(w.lines, draw.Line{draw.T(themes.Text, line)})
		}
	}
	if w.cut {
		w.lines = append(w.lines, draw.Line{draw.T(themes.Warning, "Cut here: y copies the whole line.")})
	}
	return w.lines
}

// fieldWriter turns JSON tokens into lines.
type fieldWriter struct {
	decoder *json.Decoder
	lines   []draw.Line
	cut     bool
}

func (w *fieldWriter) add(key string, depth int, value string) {
	if len(w.lines) >= maxFields {
		w.cut = true
		return
	}
	if len(value) > maxValue {
		value, w.cut = value[:maxValue], true
	}
	line := draw.Line{draw.T(themes.Muted, strings.Repeat("  ", min(depth, 12))+safetext.CleanMax(key, 200))}
	if key != "" {
		line[0].Text += "  "
	}
	w.lines = append(w.lines, append(line, draw.T(themes.Text, safetext.Clean(value))))
}

// errNested is for a line that nests deeper than anybody reads.
var errNested = errors.New("nested too deeply")

// value writes the next value of the stream under its key.
func (w *fieldWriter) value(key string, depth int) error {
	if depth > maxNest {
		return errNested
	}
	token, err := w.decoder.Token()
	if err != nil {
		return err
	}
	open, ok := token.(json.Delim)
	if !ok {
		w.add(key, depth, scalar(token))
		return nil
	}
	if key != "" {
		w.add(key, depth, "")
		depth++
	}
	for w.decoder.More() {
		name := "-"
		if open == '{' {
			token, err := w.decoder.Token()
			if err != nil {
				return err
			}
			name = scalar(token)
			if name == "" {
				name = `""`
			}
		}
		if err := w.value(name, depth); err != nil {
			return err
		}
	}
	_, err = w.decoder.Token()
	return err
}

func scalar(token json.Token) string {
	switch v := token.(type) {
	case string:
		return v
	case nil:
		return "null"
	default:
		return fmt.Sprint(v)
	}
}
