package dialog

import (
	"strings"
	"testing"

	tea "charm.land/bubbletea/v2"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/google/go-cmp/cmp"

	"cordon/themes"
	"cordon/tui/draw"
)

func keyPress(code rune, text string) tea.KeyPressMsg { return tea.KeyPressMsg{Code: code, Text: text} }

func TestChoice_takesOneByEnterOrDigit(t *testing.T) {
	t.Parallel()
	options := []draw.Line{draw.Plain("a"), draw.Plain("b"), draw.Plain("c")}
	for _, test := range []struct {
		keys []tea.KeyPressMsg
		want Outcome
	}{
		{[]tea.KeyPressMsg{keyPress(tea.KeyEnter, "")}, Picked{"pick", 0}},
		{[]tea.KeyPressMsg{keyPress('j', "j"), keyPress(tea.KeyDown, ""), keyPress(tea.KeyDown, ""), keyPress(tea.KeyEnter, "")}, Picked{"pick", 2}},
		{[]tea.KeyPressMsg{keyPress('2', "2")}, Picked{"pick", 1}},
		{[]tea.KeyPressMsg{keyPress('9', "9")}, nil},
		{[]tea.KeyPressMsg{keyPress(tea.KeyEscape, "")}, Closed{"pick"}},
	} {
		d := NewChoice("pick", "which", "take", options)
		var got Outcome
		for _, k := range test.keys {
			got = d.Handle(k)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Error(diff)
		}
		if d.Handle(tea.PasteMsg{Content: "1"}) != nil {
			t.Error("a paste chose")
		}
	}
	if NewChoice("none", "", "", nil).Handle(keyPress(tea.KeyEnter, "")) != nil {
		t.Error("chose from nothing")
	}
}

func TestSuggest_completesWithTabAndSubmitsWithEnter(t *testing.T) {
	t.Parallel()
	drafts := Drafts{}
	complete := func(text string, cursor int) Completion {
		start := strings.LastIndexByte(text[:cursor], ' ') + 1
		var found []string
		for _, word := range []string{"über:", "user:", "until:"} {
			if strings.HasPrefix(word, text[start:cursor]) {
				found = append(found, word)
			}
		}
		return Completion{From: start, To: cursor, Candidates: found}
	}
	d := NewSuggest(Prompt{ID: "f", Text: "ö "}, drafts, complete, func() draw.Line { return draw.Plain("7 events") })
	if got := d.Handle(keyPress('u', "u")); got != (Edited{"f", "ö u"}) {
		t.Errorf("%v", got)
	}
	d.Handle(keyPress(tea.KeyDown, ""))
	if got := d.Handle(keyPress(tea.KeyTab, "")); got != (Edited{"f", "ö until:"}) {
		t.Errorf("%v", got)
	}
	scr := uv.NewScreenBuffer(80, 24)
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	d.Draw(draw.On(scr, styles), scr.Bounds())
	if !strings.Contains(scr.String(), "7 events") {
		t.Error("what the text gives is not said")
	}
	for _, size := range [][2]int{{0, 0}, {1, 1}, {12, 4}} {
		tiny := uv.NewScreenBuffer(size[0], size[1])
		d.Draw(draw.On(tiny, styles), tiny.Bounds())
	}
	if got := d.Handle(keyPress(tea.KeyEnter, "")); got != (Submitted{"f", "ö until:"}) {
		t.Errorf("%v", got)
	}
	if got := d.Handle(keyPress(tea.KeyEscape, "")); got != (Closed{"f"}) || drafts["f"] != "ö until:" {
		t.Errorf("%v %v", got, drafts)
	}
}
