package draw

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"cordon/themes"
	"cordon/tui/safetext"
)

func TestFold_losesNothingAndFits(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		label := rapid.StringOfN(rapid.RuneFrom([]rune("ab ")), 0, 10, -1).Draw(t, "label")
		text := rapid.StringOfN(rapid.RuneFrom([]rune("xyz é世")), 0, 80, -1).Draw(t, "text")
		width := rapid.IntRange(12, 40).Draw(t, "width")
		var got string
		for i, l := range Fold(Line{T(themes.Muted, label), T(themes.Text, text)}, width) {
			if w := safetext.Width(l.String()); w > width {
				t.Fatalf("%q is %d wide, not %d", l.String(), w, width)
			}
			if i > 0 {
				got += strings.TrimPrefix(l.String(), "    ")
			} else {
				got = l.String()
			}
		}
		if got != label+text {
			t.Fatalf("%q is not %q", got, label+text)
		}
	})
}
