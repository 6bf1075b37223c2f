package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"math"

	"github.com/spf13/cobra"

	"cordon/investigations/pivot"
	"cordon/playback/recording"
	"cordon/playback/transcript"
)

const transcriptExamples = `cordon transcript session.tar
cordon transcript --format json 0910812f-a274-4d30-bc01-9311d2b459a3 ./evidence
cordon transcript --format asciicast session.tar > session.cast`

func (p *program) transcriptVerb() *cobra.Command {
	var caseName, format string
	cmd := &cobra.Command{
		Use:     "transcript FILE|SESSION [PATH…]",
		Short:   "Print a session's text as it stood on the screen",
		Long:    "Print the text of a session as it stood on the screen, each line with the moment it first appeared. FILE is a Teleport recording or an asciicast.",
		Example: transcriptExamples,
	}
	withCase(cmd, &caseName)
	cmd.Flags().StringVar(&format, "format", "text", "text, asciicast or json")
	asJSON := cmd.Flags().Bool("json", false, "the same as --format json")
	cmd.RunE = p.act(func(ctx context.Context, args []string) (err error) {
		if *asJSON {
			format = "json"
		}
		if format != "text" && format != "json" && format != "asciicast" {
			return misuse("choose text, asciicast or json", "--format %q is not known", format)
		}
		s, err := p.openSource(ctx, args, caseName, "transcript")
		if err != nil {
			return err
		}
		defer joined(&err, s)
		if format == "asciicast" {
			return p.asciicast(ctx, s)
		}
		return p.transcript(ctx, s, format == "json")
	})
	return cmd
}

// transcriptJSON is the answer of `cordon transcript --format json`.
type transcriptJSON struct {
	Recording recordingJSON    `json:"recording"`
	Coverage  *pivot.Coverage  `json:"coverage,omitempty"` // of the case that the session is in
	Lines     []transcriptLine `json:"lines"`
}

type transcriptLine struct {
	At   float64         `json:"at"`
	Last float64         `json:"last"`
	Kind transcript.Kind `json:"kind"`
	Text string          `json:"text"`
}

func (p *program) transcript(ctx context.Context, s *source, asJSON bool) error {
	rec, err := s.load(ctx)
	if err != nil {
		return err
	}
	lines, err := transcript.Of(ctx, rec)
	if err != nil {
		return err
	}
	if asJSON {
		err = p.writeJSON(s.transcriptJSON(rec, lines))
	} else {
		p.problems(rec)
		err = p.print(func(t *plain) { t.transcript(lines) })
	}
	if err != nil || len(lines) > 0 {
		return err
	}
	return nothing(rec.Reason(), "%s holds nothing that could be shown", s.name)
}

func (s *source) transcriptJSON(rec *recording.Recording, lines []transcript.Line) transcriptJSON {
	answer := transcriptJSON{Recording: s.describe(rec), Lines: make([]transcriptLine, len(lines))}
	if s.coverage != nil {
		c := covered(*s.coverage)
		answer.Coverage = &c
	}
	for i, l := range lines {
		answer.Lines[i] = transcriptLine{seconds(l.At.Seconds()), seconds(l.Last.Seconds()), l.Kind, l.Text}
	}
	return answer
}

func seconds(s float64) float64 { return math.Round(s*1e3) / 1e3 }

func (t *plain) transcript(lines []transcript.Line) {
	for _, l := range lines {
		mark := " "
		switch l.Kind {
		case transcript.Full, transcript.Event:
			mark = "*"
		case transcript.Shot:
			mark = "|"
		}
		t.line("%s %s %s", clock(l.At), mark, l.Text)
	}
}

// asciicast writes the recording as an asciicast v2, frame by frame.
func (p *program) asciicast(ctx context.Context, s *source) (err error) {
	out := bufio.NewWriterSize(p.out, 64<<10)
	w, err := recording.NewCastWriter(out, s.reader.Meta())
	if err != nil {
		return fmt.Errorf("write asciicast: %w", err)
	}
	for err == nil && ctx.Err() == nil {
		var f recording.Frame
		if f, err = s.reader.Next(); err == nil {
			err = w.Write(f)
		}
	}
	if ended(err) {
		err = nil
	}
	if err = errors.Join(err, ctx.Err(), w.Close(), out.Flush()); err != nil {
		return fmt.Errorf("write asciicast: %w", err)
	}
	for _, problem := range s.reader.Problems() {
		p.tell("%s", problem.Sentence)
	}
	return nil
}
