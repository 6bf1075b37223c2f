package investigations

import "testing"

func TestGapKind_titlesTellKindsApart(t *testing.T) {
	t.Parallel()
	kinds := []GapKind{
		GapDay, GapNotLogged, GapIndex, GapClock, GapNoEnd, GapNoStart, GapRecording, GapLostRecording, GapNoRecording, GapToken,
	}
	if len(kinds) != len(gapTitles) {
		t.Errorf("%d kinds, %d titles", len(kinds), len(gapTitles))
	}
	seen := make(map[string]GapKind)
	for _, k := range kinds {
		title := k.Title()
		if other, taken := seen[title]; taken || len(title) > 19 { // its column in the console
			t.Errorf("%s is called %q, like %q", k, title, other)
		}
		seen[title] = k
	}
	if got := GapKind("some_newer_kind").Title(); got != "some newer kind" {
		t.Errorf("a kind of a newer version is called %q", got)
	}
}
