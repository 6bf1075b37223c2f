package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/rogpeppe/go-internal/testscript"

	"cordon/store"
	"cordon/testdata/demo"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"cordon": func() { os.Exit(start()) }})
}

// TestScripts runs every verb as a process of its own. Scripts may use
//
//	json [!] FILE PATH [VALUE]   the value at a path such as .coverage.events
//	code N COMMAND…              runs cordon here and expects the exit code
//	none PATTERN…                no file has such a name
//	nocontrol FILE               no control byte but the line feed, valid UTF-8
//	demo DIR                     unpacks the bundled incident
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script",
		Setup: func(env *testscript.Env) error {
			env.Setenv("CORDON_OPERATOR", "responder@example.com")
			env.Setenv("XDG_STATE_HOME", env.WorkDir+"/state")
			env.Setenv("XDG_CONFIG_HOME", env.WorkDir+"/config")
			env.Setenv("TMPDIR", env.WorkDir+"/.tmp")
			env.Setenv("TERM", "xterm-256color")
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"json": checkJSON, "code": checkCode, "none": checkNone, "nocontrol": checkControl, "demo": unpackDemo,
		},
		RequireExplicitExec: true,
	})
}

func checkJSON(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) < 2 {
		ts.Fatalf("usage: json FILE PATH [VALUE]")
	}
	var at any
	dec := json.NewDecoder(strings.NewReader(ts.ReadFile(args[0])))
	dec.UseNumber()
	ts.Check(dec.Decode(&at))
	got, ok := walk(at, args[1])
	switch {
	case len(args) == 2 && ok == neg:
		ts.Fatalf("%s is there: %v", args[1], ok)
	case len(args) == 3 && (got == args[2]) == neg:
		ts.Fatalf("%s is %q, want %q", args[1], got, args[2])
	}
}

// walk follows a path such as .locks[0].state; .list.len is a length.
func walk(at any, path string) (string, bool) {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	for _, step := range strings.Split(strings.TrimPrefix(path, "."), ".") {
		switch v := at.(type) {
		case map[string]any:
			next, ok := v[step]
			if !ok {
				return "", false
			}
			at = next
		case []any:
			if step == "len" {
				return strconv.Itoa(len(v)), true
			}
			i, err := strconv.Atoi(step)
			if err != nil || i >= len(v) {
				return "", false
			}
			at = v[i]
		default:
			return "", false
		}
	}
	return fmt.Sprint(at), true
}

// checkCode runs cordon in this process, which under the race detector is many
// times faster than to start one. The scripts' exec shows that the process does
// the same with real streams.
func checkCode(ts *testscript.TestScript, _ bool, args []string) {
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	p := &program{in: strings.NewReader(""), out: ts.Stdout(), errs: ts.Stderr(), now: time.Now, env: ts.Getenv}
	if got := p.run(context.Background(), whereTheyAre(ts, args[1:])); got != want {
		ts.Fatalf("cordon %s: exit code %d, want %d", strings.Join(args[1:], " "), got, want)
	}
}

// whereTheyAre gives the arguments that name files or cases of the script their
// full paths: this process has another working folder.
func whereTheyAre(ts *testscript.TestScript, args []string) []string {
	out := slices.Clone(args)
	for i, arg := range args {
		path := ts.MkAbs(arg)
		if i > 0 && args[i-1] == "--case" || exists(path) || exists(store.NameOf(path)) {
			out[i] = path
		}
	}
	return out
}

func checkNone(ts *testscript.TestScript, _ bool, args []string) {
	for _, pattern := range args {
		found, err := filepath.Glob(ts.MkAbs(pattern))
		ts.Check(err)
		if len(found) > 0 {
			ts.Fatalf("%s is left", strings.Join(found, ", "))
		}
	}
}

func checkControl(ts *testscript.TestScript, _ bool, args []string) {
	text := ts.ReadFile(args[0])
	if text == "" {
		ts.Fatalf("%s is empty", args[0])
	}
	for i, r := range text {
		if r != '\n' && (r < ' ' || r >= 0x7f && r < 0xa0 || r == 0x202e) || r == utf8.RuneError {
			ts.Fatalf("%s: control character %U at byte %d: %q", args[0], r, i, text[max(0, i-20):min(len(text), i+20)])
		}
	}
}

func unpackDemo(ts *testscript.TestScript, _ bool, args []string) {
	ts.Check(os.CopyFS(ts.MkAbs(args[0]), demo.FS))
}
