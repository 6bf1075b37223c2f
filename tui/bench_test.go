package tui

import (
	"context"
	"image"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations/contain"
	"cordon/themes"
	"cordon/tui/tuitest"
)

// BenchmarkApp_keyToFrame measures a key press and the frame after it on a large
// screen, without what runs in commands.
func BenchmarkApp_keyToFrame(b *testing.B) {
	for _, page := range []string{"1", "2", "8"} {
		b.Run("page "+page, func(b *testing.B) {
			evidence, err := tuitest.NewIncident()
			if err != nil {
				b.Fatal(err)
			}
			styles, err := themes.New(themes.Options{})
			if err != nil {
				b.Fatal(err)
			}
			now := func() time.Time { return tuitest.Now }
			desk, err := contain.NewDryRunDesk(context.Background(), evidence, evidence, contain.Guard{}, now)
			if err != nil {
				b.Fatal(err)
			}
			app := New(Options{
				Evidence: evidence, Desk: desk, Identity: tuitest.Dana, T0: tuitest.T0, Styles: styles, Now: now,
				Timer: func(_ time.Duration, msg tea.Msg) tea.Cmd { return func() tea.Msg { return msg } },
			})
			size := image.Pt(200, 60)
			d := &driver{app: app, now: tuitest.Now}
			d.run(app.Init())
			d.send(tea.WindowSizeMsg{Width: size.X, Height: size.Y})
			d.press(page)
			keys := []tea.KeyPressMsg{keyOf("down"), keyOf("up")}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				_, _ = app.Update(keys[i%2])
				_ = app.View()
			}
		})
	}
}
