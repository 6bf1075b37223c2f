package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/spf13/cobra"

	"cordon/investigations/pivot"
	"cordon/playback/recording"
	"cordon/playback/transcript"
)

const transcriptExamples = `cordon transcript session.tar
cordon transcript --format json 0910812f-a274-4d30-bc01-9311d2b459a3 ./evidence
cordon transcript --format asciicast session.tar > session.cast
cordon transcript --format teleport damaged.tar > readable.tar`

func (p *program) transcriptVerb() *cobra.Command {
	var caseName, format, identity string
	cmd := &cobra.Command{
		Use:   "transcript FILE|SESSION [PATH…]",
		Short: "Print a session's text as it stood on the screen",
		Long: "Print the text of a session as it stood on the screen, each line with the moment it first appeared. FILE is a Teleport recording or an asciicast.\n\n" +
			"json is the same lines; jsonl is the recording itself, one frame a line with its event; asciicast and asciicast-v3 play in other players; " +
			"teleport is a recording that tsh reads too, with every event that can be read, as it was: without damage, padding, duplicates and encryption.",
		Example: transcriptExamples,
	}
	withCase(cmd, &caseName)
	withIdentity(cmd, &identity)
	cmd.Flags().StringVar(&format, "format", "text", transcriptFormats)
	asJSON := cmd.Flags().Bool("json", false, "the same as --format json")
	cmd.RunE = p.act(func(ctx context.Context, args []string) (err error) {
		if *asJSON {
			format = "json"
		}
		opts, err := reading(identity)
		if err != nil {
			return err
		}
		var copy *recording.Writer
		var out *bufio.Writer
		switch format {
		case "text", "json", "jsonl", "asciicast", "asciicast-v3":
		case "teleport":
			if _, ok := terminal(p.out); ok {
				return misuse("write it to a file: … > readable.tar", "a recording is no text for a terminal")
			}
			out = bufio.NewWriterSize(p.out, 64<<10)
			if copy, err = recording.NewWriter(out, recording.WriterOptions{}); err != nil {
				return err
			}
			opts.Copy = copy
		default:
			return misuse("choose "+transcriptFormats, "--format %q is not known", format)
		}
		s, err := p.openSource(ctx, args, caseName, "transcript", opts)
		if err != nil {
			return err
		}
		defer joined(&err, s)
		switch format {
		case "text", "json":
			return p.transcript(ctx, s, format == "json")
		case "teleport":
			return p.copyEvents(ctx, s, copy, out)
		default:
			return p.convert(ctx, s, format)
		}
	})
	return cmd
}

const transcriptFormats = "text, json, jsonl, asciicast, asciicast-v3 or teleport"

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

// frameWriter writes a recording frame by frame.
type frameWriter interface {
	Write(recording.Frame) error
	Close() error
}

// convert writes the recording in another format, as it is read.
func (p *program) convert(ctx context.Context, s *source, format string) (err error) {
	out := bufio.NewWriterSize(p.out, 64<<10)
	var w frameWriter
	switch format {
	case "asciicast":
		w, err = recording.NewCastWriter(out, s.reader.Meta())
	case "asciicast-v3":
		w, err = recording.NewCastWriterV3(out, s.reader.Meta())
	default:
		w = recording.NewJSONWriter(out)
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	err = s.each(ctx, w.Write)
	if err = errors.Join(err, w.Close(), out.Flush()); err != nil {
		return fmt.Errorf("write %s: %w", format, err)
	}
	p.report(s)
	return nil
}

// copyEvents writes the events of the recording to another one, as they are.
func (p *program) copyEvents(ctx context.Context, s *source, w *recording.Writer, out *bufio.Writer) error {
	if s.reader.Meta().Kind == recording.KindAsciicast {
		return misuse("use --format asciicast", "%s is an asciicast, which holds no events of Teleport", s.name)
	}
	found := false
	err := s.each(ctx, func(recording.Frame) error { found = true; return nil })
	if err == nil && !found {
		p.report(s)
		return nothing("", "%s holds no event that could be read", s.name)
	}
	if err = errors.Join(err, w.Close(), out.Flush()); err != nil {
		return fmt.Errorf("write recording: %w", err)
	}
	p.report(s)
	return nil
}

// each gives every frame to do, until the end or an error.
func (s *source) each(ctx context.Context, do func(recording.Frame) error) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		f, err := s.reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = do(f)
		}
		if err != nil {
			return err
		}
	}
}

// report tells what of a recording is missing or damaged once it was read.
func (p *program) report(s *source) {
	for _, problem := range s.reader.Problems() {
		p.tell("%s", problem.Sentence)
	}
}
