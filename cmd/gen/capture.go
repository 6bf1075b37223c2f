package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"time"
	"unicode/utf8"

	"github.com/creack/pty"
)

// Capturing runs the scripts against real programs in a real pseudo-terminal
// and keeps what they write. The programs live in namespaces of their own,
// with a staged tree as their root, so that no name, path, process or address
// of this machine can show. What they write is put on the script's clock: each
// key's echo at the key's moment, each later burst spread over the step.

const (
	usualSilence = 180 * time.Millisecond // ends a step
	echoSilence  = 25 * time.Millisecond  // ends the echo of a key
	burstGap     = 60 * time.Millisecond  // parts two bursts of one step
	mostOfStep   = 10 * time.Second
)

// enter is the shell text that makes the staged tree the root of a new
// namespace; $1 is the tree, $2 the host name, the rest the command.
const enter = `set -e
mount --rbind /usr "$1/usr"
mount --rbind /dev "$1/dev"
mount -t proc proc "$1/proc"
hostname "$2"
root=$1; shift 2
exec chroot "$@" "$root" `

// captureAll runs every script and writes its cast to dir.
func captureAll(ctx context.Context, dir string, w io.Writer) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("capture: %w", err)
	}
	for _, sid := range []string{sidRecon, sidRoot, sidLost} {
		c, err := capture(ctx, scripts[sid])
		if err != nil {
			return fmt.Errorf("capture %s: %w", castNames[sid], err)
		}
		b, err := c.encode()
		if err != nil {
			return fmt.Errorf("capture %s: %w", castNames[sid], err)
		}
		if err := os.WriteFile(filepath.Join(dir, castNames[sid]), b, 0o644); err != nil {
			return fmt.Errorf("capture: %w", err)
		}
		fmt.Fprintf(w, "captured %s: %d frames, %d bytes\n", castNames[sid], len(c.frames), len(b))
	}
	return nil
}

// capture runs one script.
func capture(ctx context.Context, s script) (_ cast, err error) {
	root, err := os.MkdirTemp("", "stage")
	if err != nil {
		return cast{}, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(root)) }()
	if err := buildStage(root); err != nil {
		return cast{}, err
	}
	ctx, cancel := context.WithCancel(ctx)
	cmd := stagedShell(ctx, root, s)
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Cols: uint16(s.cols), Rows: uint16(s.rows)})
	if err != nil {
		cancel()
		return cast{}, err
	}
	r := &recorder{tty: tty, chunks: make(chan []byte, 64), cast: cast{cols: s.cols, rows: s.rows}}
	go r.read()
	err = r.play(s)
	cancel()
	_ = cmd.Wait() // killed when the script leaves it running
	_ = tty.Close()
	for range r.chunks { // until the reader is gone
	}
	return r.cast, err
}

// stagedShell is an interactive bash inside the staged tree.
func stagedShell(ctx context.Context, root string, s script) *exec.Cmd {
	who, home := "0:0", "/root"
	if s.ubuntu {
		who, home = "1000:1000", "/home/ubuntu"
	}
	text := enter + `/usr/bin/env -i - TERM=xterm-256color LANG=C.UTF-8 TZ=UTC PATH=/opt/bin:/usr/bin:/bin HOME=` + home +
		` USER=` + filepath.Base(home) + ` LESSHISTFILE=- XDG_CONFIG_HOME=/var/tmp VIMINIT='set viminfo= nomodeline' ` +
		`HISTFILE= PROMPT="$PROMPT" /bin/bash -c 'cd; exec bash --noprofile --rcfile /etc/bashrc -i'`
	cmd := exec.CommandContext(ctx, "unshare", "--mount", "--uts", "--pid", "--net", "--ipc", "--fork", "--kill-child",
		"/bin/bash", "-c", text, "stage", root, s.host, "--userspec="+who)
	cmd.Env = []string{"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "PROMPT=" + s.prompt}
	return cmd
}

// recorder plays a script into a terminal and keeps the answers.
type recorder struct {
	tty    *os.File
	chunks chan []byte
	cast   cast
	clock  time.Duration
	held   []byte // the first bytes of a character whose rest has not come
}

// read hands the terminal's output over until it is closed.
func (r *recorder) read() {
	defer close(r.chunks)
	for {
		buf := make([]byte, 32<<10)
		n, err := r.tty.Read(buf)
		if n > 0 {
			r.chunks <- buf[:n]
		}
		if err != nil {
			return
		}
	}
}

func (r *recorder) play(s script) error {
	r.hear(2*usualSilence, mostOfStep) // the shell starts
	if s.prelude != "" {
		for _, c := range s.prelude {
			if _, err := r.tty.WriteString(string(c)); err != nil {
				return err
			}
			r.hear(usualSilence, time.Second)
		}
		r.hear(2*time.Second, 4*time.Second) // top shows its messages for a while
	}
	r.cast.frames, r.clock, r.held = nil, 0, nil
	if _, err := r.tty.WriteString("\r"); err != nil { // a prompt to begin with
		return err
	}
	r.put(r.hear(usualSilence, time.Second), 0)
	for _, st := range s.steps {
		if err := r.step(st); err != nil {
			return err
		}
	}
	return nil
}

// step types the keys and spreads what follows over the step's time.
func (r *recorder) step(st step) error {
	r.clock += st.think
	if st.cols > 0 {
		if err := pty.Setsize(r.tty, &pty.Winsize{Cols: uint16(st.cols), Rows: uint16(st.rows)}); err != nil {
			return err
		}
		r.cast.frames = append(r.cast.frames, castFrame{at: r.clock, cols: st.cols, rows: st.rows})
	}
	keys := []rune(st.keys)
	for i, k := range keys {
		if _, err := r.tty.WriteString(string(k)); err != nil {
			return err
		}
		if i == len(keys)-1 {
			break
		}
		r.put(r.hear(echoSilence, time.Second), 0)
		r.clock += st.pace * time.Duration(7+i*5%8) / 10 // no hand is a metronome
	}
	silence, most := st.listen, st.most
	if silence == 0 {
		silence = usualSilence
	}
	if most == 0 {
		most = mostOfStep
	}
	r.put(r.hear(silence, most), st.settle)
	return nil
}

// hear collects output in bursts until there is silence or most has passed.
func (r *recorder) hear(silence, most time.Duration) [][]byte {
	var bursts [][]byte
	deadline := time.After(most)
	last := time.Now()
	for {
		select {
		case b, ok := <-r.chunks:
			if !ok {
				return bursts
			}
			if len(bursts) == 0 || time.Since(last) > burstGap {
				bursts = append(bursts, nil)
			}
			bursts[len(bursts)-1] = append(bursts[len(bursts)-1], b...)
			last = time.Now()
		case <-time.After(silence):
			return bursts
		case <-deadline:
			return bursts
		}
	}
}

// put places bursts over a stretch of the scripted clock. A frame of a cast is
// text, so a character cut by a burst's end waits for the next one.
func (r *recorder) put(bursts [][]byte, over time.Duration) {
	start := r.clock
	for i, b := range bursts {
		r.clock = start + over*time.Duration(i+1)/time.Duration(len(bursts))
		b = append(r.held, b...)
		whole := wholeRunes(b)
		r.held = append([]byte(nil), b[whole:]...)
		if whole > 0 {
			r.cast.frames = append(r.cast.frames, castFrame{at: r.clock.Round(time.Millisecond), data: b[:whole]})
		}
	}
	r.clock = start + over
}

// wholeRunes is the length of b without an unfinished last character.
func wholeRunes(b []byte) int {
	for i := 1; i <= min(utf8.UTFMax, len(b)); i++ {
		if utf8.RuneStart(b[len(b)-i]) {
			if !utf8.FullRune(b[len(b)-i:]) {
				return len(b) - i
			}
			break
		}
	}
	return len(b)
}
