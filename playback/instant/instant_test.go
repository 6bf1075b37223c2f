package instant

import (
	"testing"
	"time"

	"cordon/playback/recording"
)

var start = time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC)

func minute() *recording.Recording {
	return &recording.Recording{Meta: recording.Meta{Start: start}, Frames: []recording.Frame{{At: time.Minute, Type: recording.Output}}}
}

func TestParse_readsEveryForm(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"0": 0, "30": 30 * time.Second, "30.5": 30500 * time.Millisecond, "0:45": 45 * time.Second, "0:00:45": 45 * time.Second,
		"45s": 45 * time.Second, " 50% ": 30 * time.Second, "50 %": 30 * time.Second, "100%": time.Minute,
		"2026-03-01T09:00:10Z": 10 * time.Second, "2026-03-01T10:00:10.5+01:00": 10500 * time.Millisecond,
	} {
		m, err := Parse(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, err := m.In(minute()); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
}

func TestParsePercent_aBareNumberIsAShare(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{"50": 30 * time.Second, "75 %": 45 * time.Second, "0:45": 45 * time.Second, "12s": 12 * time.Second} {
		m, err := ParsePercent(text)
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if got, err := m.In(minute()); err != nil || got != want {
			t.Errorf("%q is %v, %v", text, got, err)
		}
	}
	if _, err := ParsePercent("101"); err == nil {
		t.Error("101 is a share")
	}
}

func TestParse_refusesWhatIsNoMoment(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"", "noon", "-1", "-5s", "101%", "-1%", "NaN%", "NaN", "1:60", "1:", "%", "1:2:3:4", "1e300", "Inf", "2026-03-01"} {
		if m, err := Parse(text); err == nil {
			t.Errorf("%q is %+v", text, m)
		}
	}
}

func TestIn_refusesWhatIsOutside(t *testing.T) {
	t.Parallel()
	for _, text := range []string{"61", "2026-03-01T08:59:59Z", "2026-03-01T09:01:01Z"} {
		m, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := m.In(minute()); err == nil {
			t.Errorf("%q is %v", text, got)
		}
	}
	if _, err := (Instant{Day: start}).In(&recording.Recording{}); err == nil {
		t.Error("a time of day in a recording without one")
	}
}
