//go:build !windows

package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// What stands in a line must not reach a terminal as a command, also where the
// lines themselves were asked for.
func TestEvents_linesOnATerminal(t *testing.T) {
	t.Parallel()
	log := writeFile(t, "audit.log", "{\"event\":\"x\",\"uid\":\"1\",\"time\":\"2026-10-01T10:00:00Z\",\"user\":\"a\u009b31m\"}\n")
	show := func(form string) (printed string, code int, said string) {
		master, tty, err := pty.Open()
		if err != nil {
			t.Skipf("no pty: %v", err)
		}
		got := make(chan []byte)
		go func() {
			all, _ := io.ReadAll(master) // It ends with an error when the other side is closed.
			got <- all
		}()
		var errs bytes.Buffer
		p := &program{in: tty, out: tty, errs: &errs, now: time.Now, env: func(string) string { return "" }}
		code = p.run(t.Context(), []string{"events", form, log})
		if err := tty.Close(); err != nil {
			t.Fatal(err)
		}
		all := <-got
		if err := master.Close(); err != nil {
			t.Fatal(err)
		}
		return string(all), code, errs.String()
	}
	if printed, code, said := show("--jsonl"); code != exitDone || !strings.Contains(printed, `"user":"a\u009b31m"`) {
		t.Errorf("--jsonl ended with %d and printed %q: %s", code, printed, said)
	}
	if printed, code, said := show("--raw"); code != exitUsage || printed != "" || !strings.Contains(said, "send them to a file or a pipe") {
		t.Errorf("--raw ended with %d and printed %q: %s", code, printed, said)
	}
}
