package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"

	"cordon/investigations/rules/command"
	"cordon/playback/player"
	"cordon/playback/recording"
)

const playExamples = `cordon play session.tar
cordon play 0910812f-a274-4d30-bc01-9311d2b459a3 ./evidence --speed 4
cordon play --case incident SESSION --idle 0s`

func (p *program) playVerb() *cobra.Command {
	var caseName, identity string
	speed, idle := 1.0, player.DefaultIdleCut
	cmd := &cobra.Command{
		Use:   "play FILE|SESSION [PATH…]",
		Short: "Replay a session in this terminal",
		Long: "Replay a session in this terminal. What is shown is cordon's own picture of the screen: no byte of the recording reaches the terminal.\n\n" +
			"Keys: space play or pause, left and right 5 s, shift with them 10 %, comma and full stop one frame, < and > speed, g and G start and end, q quit. Without a terminal, or on one that cannot place text (TERM=dumb), the transcript is printed.",
		Example: playExamples,
	}
	withCase(cmd, &caseName)
	withIdentity(cmd, &identity)
	cmd.Flags().Float64Var(&speed, "speed", speed, "how fast time passes, 0.25 to 32")
	cmd.Flags().DurationVar(&idle, "idle", idle, "how much of an idle gap is played; 0s plays all of it")
	cmd.RunE = p.act(func(ctx context.Context, args []string) (err error) {
		if !(speed > 0) || idle < 0 {
			return misuse("for example --speed 2 --idle 500ms", "--speed must be more than 0 and --idle not negative")
		}
		opts, err := reading(identity)
		if err != nil {
			return err
		}
		s, err := p.openSource(ctx, args, caseName, "play", opts)
		if err != nil {
			return err
		}
		defer joined(&err, s)
		screen, ok := terminal(p.out)
		if !ok || p.env("TERM") == "dumb" {
			return p.transcript(ctx, s, false)
		}
		return p.play(ctx, s, screen, speed, idle)
	})
	return cmd
}

// play shows the recording on a terminal. A recording without a screen is
// printed as its events in words.
func (p *program) play(ctx context.Context, s *source, out *os.File, speed float64, idle time.Duration) (err error) {
	rec := &recording.Recording{}
	done, err := rec.Grow(s.reader, loadBatch, recording.DefaultLimit)
	if err != nil {
		return fmt.Errorf("read %s: %w", s.name, err)
	}
	if !rec.Meta.Screen() || len(rec.Frames) == 0 {
		p.problems(rec)
		if len(rec.Lines()) == 0 {
			return nothing(rec.Reason(), "%s holds nothing that could be shown", s.name)
		}
		return p.print(func(t *plain) {
			for _, l := range rec.Lines() {
				t.line("%s * %s", clock(l.At), l.Text)
			}
		})
	}
	t := &theatre{source: s, rec: rec, loaded: done, player: player.NewWith(rec, player.Options{Classify: command.Danger}), stage: newStage(out, p.env, p.form()), now: p.now}
	t.player.Handle(player.Input{Kind: player.SetSpeed, Speed: speed, Now: p.now()})
	t.player.Handle(player.Input{Kind: player.SetIdleCut, To: idle, Now: p.now()})
	err = t.withKeys(ctx, p.in)
	if err == nil {
		p.tell("%s: shown up to %s of %s", s.name, clock(t.player.Position()), clock(t.player.Duration()))
		p.problems(rec)
	}
	return err
}

// theatre plays one recording: it waits for time and for keys.
type theatre struct {
	source *source
	rec    *recording.Recording
	loaded bool // the recording was read to its end
	player *player.Player
	stage  *stage
	now    func() time.Time
}

// lookAgain is how often the size of the terminal is asked for, and the
// longest that the picture stands unlooked at.
const lookAgain = 200 * time.Millisecond

// withKeys sets the terminal up, plays, and sets it back whatever happens.
func (t *theatre) withKeys(ctx context.Context, in io.Reader) (err error) {
	keys, done, err := listen(in)
	if err != nil {
		return fmt.Errorf("prepare the terminal: %w", err)
	}
	defer func() { err = errors.Join(err, done()) }()
	if err := t.stage.open(); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, t.stage.close()) }()
	t.player.Play(t.now())
	return t.run(ctx, keys)
}

// run is the loop: show, then wait for the first of a key, the next frame, and
// the time to look at the terminal's size again.
func (t *theatre) run(ctx context.Context, keys <-chan key) error {
	for {
		if err := t.stage.show(t); err != nil {
			return err
		}
		if t.loaded && t.player.Ended() && keys == nil {
			return nil
		}
		timer := time.NewTimer(t.wait())
		select {
		case <-ctx.Done():
			timer.Stop()
			return ctx.Err()
		case k, ok := <-keys:
			if !ok {
				keys = nil
			} else if k == keyQuit {
				timer.Stop()
				return nil
			}
			t.press(k)
		case <-timer.C:
		}
		timer.Stop()
		t.player.Tick(t.now())
		if err := t.more(); err != nil {
			return err
		}
	}
}

func (t *theatre) wait() time.Duration {
	if !t.loaded {
		return time.Millisecond
	}
	if next, ok := t.player.NextWake(t.now()); ok {
		return min(max(next, time.Millisecond), lookAgain)
	}
	return lookAgain
}

// more reads a little of what the recording still holds.
func (t *theatre) more() error {
	if t.loaded {
		t.player.Prepare(loadBatch)
		return nil
	}
	ended := t.player.Ended()
	done, err := t.rec.Grow(t.source.reader, loadBatch, recording.DefaultLimit)
	if err != nil {
		return fmt.Errorf("read %s: %w", t.source.name, err)
	}
	t.loaded = done
	if ended && !t.player.Ended() {
		t.player.Play(t.now())
	}
	return nil
}

func (t *theatre) press(k key) {
	now := t.now()
	tenth := t.player.Duration() / 10
	switch k {
	case keySpace:
		t.player.Toggle(now)
	case keyLeft:
		t.player.SeekBy(now, -5*time.Second)
	case keyRight:
		t.player.SeekBy(now, 5*time.Second)
	case keyShiftLeft:
		t.player.SeekBy(now, -tenth)
	case keyShiftRight:
		t.player.SeekBy(now, tenth)
	case keyHome:
		t.player.SeekTo(now, 0)
	case keyEnd:
		t.player.SeekPercent(now, 100)
	case keyComma:
		t.player.Handle(player.Input{Kind: player.StepBack, Now: now})
	case keyStop:
		t.player.Handle(player.Input{Kind: player.StepForward, Now: now})
	case keySlower:
		t.player.Handle(player.Input{Kind: player.Slower, Now: now})
	case keyFaster:
		t.player.Handle(player.Input{Kind: player.Faster, Now: now})
	}
}
