package draw

import (
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/themes"
)

func TestInner_keepsTheBeginningAndTheEnd(t *testing.T) {
	t.Parallel()
	for _, ascii := range []bool{false, true} {
		styles, err := themes.New(themes.Options{ASCII: ascii})
		if err != nil {
			t.Fatal(err)
		}
		c := On(uv.NewScreenBuffer(80, 1), styles)
		mark := styles.Glyphs.Ellipsis
		for _, test := range []struct {
			text  string
			width int
			want  string
		}{
			{"audit/2026-10-05.log", 20, "audit/2026-10-05.log"},
			{"audit/2026-10-05.log", 11, "audi" + mark + "05.log"},
			{"東京東京東京", 7, "東" + mark + "東京"},
			{"abc", 1, "abc"},
			{"abc", -4, "abc"},
			{"", 0, ""},
		} {
			got := c.Inner(test.text, test.width)
			if got != test.want || test.width > 1 && c.Width(got) > test.width {
				t.Errorf("%q in %d columns: %q, want %q", test.text, test.width, got, test.want)
			}
		}
		long := c.Inner("user "+strings.Repeat("a", 200)+"-7@example.com", 60)
		if !strings.HasPrefix(long, "user a") || !strings.HasSuffix(long, "a-7@example.com") || c.Width(long) != 60 {
			t.Errorf("%q", long)
		}
	}
}
