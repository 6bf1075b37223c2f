package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"cordon/playback/recording"
	"cordon/playback/transcript"
)

const frameExamples = `cordon frame session.tar --at 50%
cordon frame session.tar --at 1m20s --format svg > screen.svg
cordon frame --case incident SESSION --at 2026-11-18T21:14:03Z --format json`

func (p *program) frameVerb() *cobra.Command {
	var caseName, format, at, identity string
	cmd := &cobra.Command{
		Use:   "frame FILE|SESSION [PATH…] --at TIME|PERCENT",
		Short: "Print a session's screen at one moment",
		Long: "Print the screen of a session at one moment: a share (50%), a stretch from the start (1m20s, 80, 1:20), or a time of day (RFC 3339).\n\n" +
			"text is the rows without trailing blanks; json adds the size and the cursor, x and y from 0.",
		Example: frameExamples,
	}
	withCase(cmd, &caseName)
	withIdentity(cmd, &identity)
	cmd.Flags().StringVar(&at, "at", "", "the moment: 50%, 1m20s, 80, 1:20 or a time of day")
	cmd.Flags().StringVar(&format, "format", "text", "text, json or svg")
	asJSON := cmd.Flags().Bool("json", false, "the same as --format json")
	cmd.RunE = p.act(func(ctx context.Context, args []string) (err error) {
		if *asJSON {
			format = "json"
		}
		if format != "text" && format != "json" && format != "svg" {
			return misuse("choose text, json or svg", "--format %q is not known", format)
		}
		when, err := parseInstant(at)
		if err != nil {
			return err
		}
		opts, err := reading(identity)
		if err != nil {
			return err
		}
		s, err := p.openSource(ctx, args, caseName, "frame", opts)
		if err != nil {
			return err
		}
		defer joined(&err, s)
		return p.frame(ctx, s, when, format)
	})
	return cmd
}

func (p *program) frame(ctx context.Context, s *source, when instant, format string) error {
	rec, err := s.load(ctx)
	if err != nil {
		return err
	}
	if !rec.Meta.Screen() || len(rec.Frames) == 0 {
		p.problems(rec)
		return nothing("cordon transcript shows what else the recording holds", "%s has no screen to show", s.name)
	}
	shot, err := when.on(rec)
	if err != nil {
		return err
	}
	switch format {
	case "json":
		return p.frameJSON(s, rec, shot)
	case "svg":
		_, err := io.WriteString(p.out, screenSVG(shot.Screen))
		return err
	default:
		if !rec.Complete {
			p.tell("%s", rec.Reason())
		}
		return p.print(func(t *plain) {
			for _, line := range shot.Screen.Text() {
				t.line("%s", line)
			}
		})
	}
}

// frameJSON writes the screen, and beside it what it was taken from.
func (p *program) frameJSON(s *source, rec *recording.Recording, shot transcript.Screenshot) error {
	screen, err := json.Marshal(shot)
	if err != nil {
		return err
	}
	rest := map[string]any{"recording": s.describe(rec)}
	if s.coverage != nil {
		rest["coverage"] = covered(*s.coverage)
	}
	more, err := json.Marshal(rest)
	if err != nil {
		return err
	}
	both := append(append(bytes.TrimSuffix(screen, []byte("}")), ','), more[1:]...)
	return p.writeJSON(json.RawMessage(both))
}

// instant is a moment of a recording as a person names it.
type instant struct {
	share   float64 // percent, when isShare
	isShare bool
	from    time.Duration // since the start
	day     time.Time     // a time of day, when not zero
}

func parseInstant(s string) (instant, error) {
	hint := "write 50%, 1m20s, 80, 1:20 or 2026-11-18T21:14:03Z"
	s = strings.TrimSpace(s)
	if s == "" {
		return instant{}, misuse(hint, "say when with --at")
	}
	if number, ok := strings.CutSuffix(s, "%"); ok {
		share, err := strconv.ParseFloat(number, 64)
		if err != nil || !(share >= 0 && share <= 100) {
			return instant{}, misuse(hint, "--at %q is no share between 0%% and 100%%", s)
		}
		return instant{share: share, isShare: true}, nil
	}
	if day, err := time.Parse(time.RFC3339Nano, s); err == nil {
		return instant{day: day}, nil
	}
	if from, ok := parseStretch(s); ok {
		return instant{from: from}, nil
	}
	return instant{}, misuse(hint, "--at %q is no moment", s)
}

// parseStretch reads 1m20s, 80, 80.5, 1:20 and 0:01:20.
func parseStretch(s string) (time.Duration, bool) {
	if d, err := time.ParseDuration(s); err == nil {
		return d, d >= 0
	}
	parts := strings.Split(s, ":")
	if len(parts) > 3 {
		return 0, false
	}
	total := 0.0
	for i, part := range parts {
		n, err := strconv.ParseFloat(part, 64)
		if err != nil || !(n >= 0 && n < 1e7) || i > 0 && n >= 60 {
			return 0, false
		}
		total = total*60 + n
	}
	return time.Duration(total * float64(time.Second)), true
}

// on finds the moment in a recording.
func (i instant) on(rec *recording.Recording) (transcript.Screenshot, error) {
	if i.isShare {
		return transcript.ScreenAtPercent(rec, i.share), nil
	}
	from := i.from
	if !i.day.IsZero() {
		if rec.Meta.Start.IsZero() {
			return transcript.Screenshot{}, misuse("use a share or a stretch from the start", "this recording names no time of day")
		}
		from = i.day.Sub(rec.Meta.Start)
	}
	if length := rec.Duration(); from < 0 || from > length {
		return transcript.Screenshot{}, misuse(fmt.Sprintf("it is %s long%s", clock(length), startingAt(rec)), "the moment is outside the recording")
	}
	return transcript.ScreenAt(rec, from), nil
}

func startingAt(rec *recording.Recording) string {
	if rec.Meta.Start.IsZero() {
		return ""
	}
	return " and starts at " + moment(rec.Meta.Start)
}
