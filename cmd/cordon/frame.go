package main

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"cordon/playback/instant"
	"cordon/playback/picture"
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

func (p *program) frame(ctx context.Context, s *source, when instant.Instant, format string) error {
	rec, err := s.load(ctx)
	if err != nil {
		return err
	}
	if !rec.Meta.Screen() || len(rec.Frames) == 0 {
		p.problems(rec)
		return nothing("cordon transcript shows what else the recording holds", "%s has no screen to show", s.name)
	}
	shot, err := shotAt(rec, when)
	if err != nil {
		return err
	}
	switch format {
	case "json":
		return p.frameJSON(s, rec, shot)
	case "svg":
		_, err := io.WriteString(p.out, picture.SVG(shot.Screen))
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

// parseInstant reads --at.
func parseInstant(s string) (instant.Instant, error) {
	hint := "write " + instant.Forms
	if strings.TrimSpace(s) == "" {
		return instant.Instant{}, misuse(hint, "say when with --at")
	}
	i, err := instant.Parse(s)
	if err != nil {
		return i, misuse(hint, "--at %q is %w", s, err)
	}
	return i, nil
}

// shotAt is the screen of a recording at a moment.
func shotAt(rec *recording.Recording, when instant.Instant) (transcript.Screenshot, error) {
	if when.IsShare {
		return transcript.ScreenAtPercent(rec, when.Percent), nil
	}
	at, err := when.In(rec)
	if err != nil {
		return transcript.Screenshot{}, misuse("it is "+clock(rec.Duration())+" long"+startingAt(rec), "%w", err)
	}
	return transcript.ScreenAt(rec, at), nil
}

func startingAt(rec *recording.Recording) string {
	if rec.Meta.Start.IsZero() {
		return ""
	}
	return " and starts at " + moment(rec.Meta.Start)
}
