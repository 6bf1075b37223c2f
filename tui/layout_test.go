package tui

import (
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/google/go-cmp/cmp"

	"cordon/investigations"
	"cordon/themes"
	"cordon/tui/pane"
)

func TestArrange_table(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name                string
		width, height       int
		spread              bool
		tooSmall            bool
		main, side, preview uv.Rectangle
	}{
		{"large", 200, 60, false, false, uv.Rect(0, 3, 134, 55), uv.Rect(134, 3, 66, 55), uv.Rectangle{}},
		{"wide", 120, 40, false, false, uv.Rect(0, 3, 81, 35), uv.Rect(81, 3, 39, 35), uv.Rectangle{}},
		{"wide and spread", 120, 40, true, false, uv.Rect(0, 3, 120, 34), uv.Rectangle{}, uv.Rect(1, 37, 118, 1)},
		{"just wide", 110, 24, false, false, uv.Rect(0, 3, 72, 19), uv.Rect(72, 3, 38, 19), uv.Rectangle{}},
		{"just narrow", 109, 24, false, false, uv.Rect(0, 3, 109, 18), uv.Rectangle{}, uv.Rect(1, 21, 107, 1)},
		{"small", 80, 24, false, false, uv.Rect(0, 3, 80, 18), uv.Rectangle{}, uv.Rect(1, 21, 78, 1)},
		{"least", 60, 20, false, false, uv.Rect(0, 3, 60, 14), uv.Rectangle{}, uv.Rect(1, 17, 58, 1)},
		{"too narrow", 59, 20, false, true, uv.Rect(0, 0, 59, 20), uv.Rectangle{}, uv.Rectangle{}},
		{"too low", 60, 19, false, true, uv.Rect(0, 0, 60, 19), uv.Rectangle{}, uv.Rectangle{}},
		{"one cell", 1, 1, false, true, uv.Rect(0, 0, 1, 1), uv.Rectangle{}, uv.Rectangle{}},
		{"nothing", 0, 0, true, true, uv.Rectangle{}, uv.Rectangle{}, uv.Rectangle{}},
		{"less than nothing", -3, -1, false, true, uv.Rectangle{}, uv.Rectangle{}, uv.Rectangle{}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			l := arrange(test.width, test.height, test.spread)
			if l.tooSmall != test.tooSmall || l.main != test.main || l.side != test.side || l.preview != test.preview {
				t.Errorf("got %+v", l)
			}
			all := uv.Rect(0, 0, max(0, test.width), max(0, test.height))
			areas := []uv.Rectangle{l.title, l.crumbs, l.tabs, l.main, l.side, l.preview, l.status, l.footer}
			for i, a := range areas {
				if !a.In(all) {
					t.Errorf("area %d, %v, lies outside", i, a)
				}
				for j, b := range areas[:i] {
					if a.Overlaps(b) {
						t.Errorf("areas %d and %d overlap: %v %v", i, j, a, b)
					}
				}
			}
		})
	}
}

func TestArrangeTerminal_table(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		width, height int
		tooSmall      bool
		main          uv.Rectangle
	}{
		{200, 60, false, uv.Rect(0, 1, 200, 57)},
		{120, 40, false, uv.Rect(0, 1, 120, 37)},
		{80, 24, false, uv.Rect(0, 1, 80, 21)},
		{60, 20, false, uv.Rect(0, 1, 60, 17)},
		{60, 19, true, uv.Rect(0, 0, 60, 19)},
		{1, 1, true, uv.Rect(0, 0, 1, 1)},
	} {
		l := arrangeTerminal(test.width, test.height)
		if l.tooSmall != test.tooSmall || l.main != test.main {
			t.Errorf("%dx%d: %+v", test.width, test.height, l)
		}
		for _, line := range []uv.Rectangle{l.title, l.status, l.footer} {
			if line.Overlaps(l.main) || line.Empty() != l.tooSmall {
				t.Errorf("%dx%d: a line is %v, the program has %v", test.width, test.height, line, l.main)
			}
		}
		for _, gone := range []uv.Rectangle{l.crumbs, l.tabs, l.side, l.preview} {
			if !gone.Empty() {
				t.Errorf("%dx%d: %v is still there", test.width, test.height, gone)
			}
		}
	}
}

func TestClock_writesMoments(t *testing.T) {
	t.Parallel()
	at := func(s string) time.Time {
		m, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	styles, err := themes.New(themes.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t0, east := at("2026-10-06T22:03:04Z"), time.FixedZone("CEST", 7200)
	week := clock{t0: t0, local: east, glyphs: &styles.Glyphs, from: at("2026-10-05T00:00:00Z"), to: at("2026-10-07T00:00:00Z")}
	day := clock{t0: t0, local: east, glyphs: &styles.Glyphs, from: at("2026-10-06T01:00:00Z"), to: at("2026-10-06T23:00:00Z")}
	for _, test := range []struct {
		clock       clock
		mode        clockMode
		t           time.Time
		time, short string
		zone        string
	}{
		{week, clockUTC, t0, "10-06 22:03:04", "22:03:04", "UTC"},
		{day, clockUTC, t0, "22:03:04", "22:03:04", "UTC"},
		{day, clockUTC, at("2026-10-07T00:00:00Z"), "10-07 00:00:00", "00:00:00", "UTC"},
		{day, clockUTC, at("2025-10-07T00:00:00Z"), "2025-10-07 00:00:00", "00:00:00", "UTC"},
		{week, clockLocal, t0, "10-07 00:03:04", "00:03:04", "CEST"},
		{week, clockT0, t0.Add(61 * time.Second), "+00:01:01", "+00:01:01", "since T0"},
		{week, clockT0, t0.Add(-49*time.Hour - time.Second), "-2d 01:00:01", "-2d 01:00:01", "since T0"},
		{week, clockT0, time.Time{}, "–", "–", "since T0"},
	} {
		test.clock.mode = test.mode
		got := []string{test.clock.Time(test.t), test.clock.Short(test.t), test.clock.Zone()}
		if diff := cmp.Diff([]string{test.time, test.short, test.zone}, got); diff != "" {
			t.Errorf("mode %d, %v: %s", test.mode, test.t, diff)
		}
	}
	var none clock
	none.next()
	none.next()
	if none.mode != clockUTC {
		t.Error("the clock went to T0 without one")
	}
}

func TestTrail_survivesBeingKept(t *testing.T) {
	t.Parallel()
	dana := investigations.Entity{Kind: investigations.KindUser, Name: "dana@example.com"}
	tr := trail{stops: []stop{newStop(investigations.Entity{}, "", pane.PageOverview, pane.Subject{})}}
	for i := range 2 * maxStops {
		s := newStop(dana, "Dana", pane.PageEvents, pane.Subject{Entity: dana, Filter: "user:dana@example.com", At: time.Unix(int64(i), 0).UTC()})
		s.Places[pane.PageEvents] = "somewhere"
		tr.push(s)
	}
	if len(tr.stops) != maxStops || tr.at != maxStops-1 {
		t.Fatalf("%d stops, at %d", len(tr.stops), tr.at)
	}
	tr.at = 3
	got, kept, ok := decodeTrail(tr.encode(habits{Clock: "t0", MachinesOut: true}))
	if !ok || kept.Clock != "t0" || !kept.MachinesOut {
		t.Fatal("not read back")
	}
	if diff := cmp.Diff(tr, got, cmp.AllowUnexported(trail{}, stop{})); diff != "" {
		t.Error(diff)
	}
	tr.push(tr.stops[0])
	if tr.canForward() || tr.at != 4 {
		t.Error("what was ahead is not forgotten")
	}
}
