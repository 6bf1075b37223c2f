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

func TestFinder_findsByLettersAndPicksThePlaceAmongAll(t *testing.T) {
	t.Parallel()
	options := []draw.Line{draw.Plain("root ssh sessions"), draw.Plain("join tokens"), draw.Plain("sessions opened")}
	for _, test := range []struct {
		keys string
		want Outcome
	}{
		{"enter", Picked{"find", 0}},
		{"down down down enter", Picked{"find", 2}},
		{"down up up enter", Picked{"find", 0}},
		{"pgdown enter", Picked{"find", 2}},
		{"t o k enter", Picked{"find", 1}},
		{"down t o k enter", Picked{"find", 1}},
		{"z z z enter", nil},
		{"2", nil},
		{"esc", Closed{"find"}},
	} {
		d := NewFinder("find", "which", "take", options)
		var got Outcome
		for key := range strings.FieldsSeq(test.keys) {
			got = d.Handle(press(key))
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.keys, diff)
		}
	}
	d := NewFinder("find", "which", "take", options)
	if got := d.Handle(tea.PasteMsg{Content: "join\n"}); got != nil {
		t.Errorf("a paste gave %v", got)
	}
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, size := range [][2]int{{80, 24}, {12, 4}, {1, 1}, {0, 0}} {
		scr := uv.NewScreenBuffer(size[0], size[1])
		d.Draw(draw.On(scr, styles), scr.Bounds())
		if text := scr.String(); size[0] == 80 && (!strings.Contains(text, "join tokens") || strings.Contains(text, "root ssh")) {
			t.Errorf("%s", text)
		}
	}
}
