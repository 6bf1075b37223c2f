package transcript

import (
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"cordon/playback/recording"
)

func captured(t *testing.T, name string) *recording.Recording {
	t.Helper()
	in, err := os.Open("testdata/" + name + ".cast")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close() //nolint:errcheck // it was only read
	rec, err := recording.Load(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return rec
}

const numbers12 = "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 wrapped"

// entered is what the scripts typed, in three columns: the prompt, the command,
// and the first line of its output.
var entered = map[string][][3]string{
	"bash": {
		{"alice@web-1:~$ ", "id -un", "root"},
		{"alice@web-1:~$ ", "cd src", ""},
		{"alice@web-1:~/src (main)$ ", "ls", "lib  main.c  make.sh"},
		{"alice@web-1:~/src (main)$ ", "cat main.c", ""},
		{"alice@web-1:~/src (main)$ ", "ls -l", "total 4"},
		{"alice@web-1:~/src (main)$ ", "echo a loge line", "a loge line"},
		{"alice@web-1:~/src (main)$ ", "sleep 9", "^C"},
		{"alice@web-1:~/src (main)$ ", "echo after a clear key", "after a clear key"},
		{"alice@web-1:~/src (main)$ ", "id -un", "root"},
		{"alice@web-1:~/src (main)$ ", "echo " + numbers12, numbers12},
		{"alice@web-1:~/src (main)$ ", "echo resized", "resized"},
		{"alice@web-1:~/src (main)$ ", `for i in 10 50 100; do printf '\r%s%%' $i; sleep 0.2; done; echo`, "100%"},
		{"alice@web-1:~/src (main)$ ", "clear", ""},
		{"alice@web-1:~/src (main)$ ", "nosuchprogram", "bash: nosuchprogram: command not found"},
		{"alice@web-1:~/src (main)$ ", "cat <<EOF\nin a document\nEOF", "in a document"},
		{"alice@web-1:~/src (main)$ ", "vim -u NONE -N ../notes.txt", "[vim: full screen, 2s]"},
		{"alice@web-1:~/src (main)$ ", "cd ..", ""},
		{"alice@web-1:~$ ", "exit", "exit"},
	},
	"paste": {
		{"alice@web-1:~$ ", "id -un", "root"},
		{"alice@web-1:~$ ", "cd /tmp; ls /nowhere\necho second of the paste\necho third", "ls: cannot access '/nowhere': No such file or directory"},
		{"alice@web-1:/tmp$ ", "echo one", "one"},
		{"alice@web-1:/tmp$ ", "echo two", "two"},
		{"alice@web-1:/tmp$ ", "echo three", "three"},
		{"alice@web-1:/tmp$ ", "exit", "exit"},
	},
	// "echo b" was sent ahead: the terminal echoed it before there was a prompt.
	"dash": {
		{"$ ", "id -un", "root"},
		{"$ ", "echo fixed", "fixed"},
		{"$ ", "echo a", "echo b"},
		{"$ ", "if true; then\necho inside\nfi", "inside"},
		{"$ ", "nosuch", "dash: 8: nosuch: not found"},
		{"$ ", "exit", ""},
	},
	"zsh": {
		{"┌──(alice㉿web-1)-[~]\n└─$ ", "id -un", "root"},
		{"┌──(alice㉿web-1)-[~]\n└─$ ", "cd src", ""},
		{"┌──(alice㉿web-1)-[~/src]\n└─$ ", "ls maake.sh", "ls: cannot access 'maake.sh': No such file or directory"},
		{"┌──(alice㉿web-1)-[~/src]\n└─$ ", "echo this line is long enough to go past the right margin of a terminal of eighty columns", "this line is long enough to go past the right margin of a terminal of eighty columns"},
		{"┌──(alice㉿web-1)-[~/src]\n└─$ ", "for i in 1 2\ndo echo $i\ndone", "1"},
		{"┌──(alice㉿web-1)-[~/src]\n└─$ ", "for i in 1 2\ndo echo $i\ndone; echo again", "1"},
		{"┌──(alice㉿web-1)-[~/src]\n└─$ ", "exit", ""},
	},
	"arrow": {
		{"➜  ~ ", "id -un", "root"},
		{"➜  ~ ", "cd src", ""},
		{"➜  src ", "echo one", "one"},
		{"➜  src ", "cd lib", ""},
		{"➜  lib ", "ls", "a.c"},
		{"➜  lib ", "echo two", "two"},
		{"➜  lib ", "printf 'Are you sure? '", ""},
		{"➜  lib ", "exit", "exit"},
	},
	"python": {
		{">>> ", "1+1", "2"},
		{">>> ", "for i in range(2):\n    print(i)", "0"},
		{">>> ", "import nosuch", "Traceback (most recent call last):"},
		{">>> ", `print("... no input")`, "... no input"},
		{">>> ", "exit()", ""},
	},
	"sqlite": {
		{"sqlite> ", "create table t(a, b);", ""},
		{"sqlite> ", "insert into t\nvalues (1, 'x');", ""},
		{"sqlite> ", "select * from t;", "1|x"},
		{"sqlite> ", "select nosuch;", "Parse error: no such column: nosuch"},
		{"sqlite> ", ".quit", ""},
	},
	"questions": {
		{"alice@web-1:~$ ", "printf 'name: '; read -r x", "name: mallory"},
		{"alice@web-1:~$ ", `printf 'Downloading 45%% '; sleep 0.3; printf '\rDownloading 99%% '; sleep 0.3; echo`, "Downloading 99%"},
		{"alice@web-1:~$ ", "for w in a b c; do printf 'Copying %s... ' $w; sleep 0.3; echo done; done", "Copying a... done"},
		{"alice@web-1:~$ ", "exit", "exit"},
	},
}

func TestRead_commandsOfRealPrograms(t *testing.T) {
	t.Parallel()
	for name, want := range entered {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tr, err := Read(t.Context(), captured(t, name))
			if err != nil {
				t.Fatal(err)
			}
			var got [][3]string
			for i, c := range tr.Commands {
				row := [3]string{c.Prompt, c.Text}
				if c.From < c.To {
					row[2] = tr.Lines[c.From].Text
				}
				got = append(got, row)
				if c.Shown > c.Began || c.Began > c.At || c.At > c.Until || c.From > c.To || i > 0 && c.At < tr.Commands[i-1].Until {
					t.Errorf("moments and lines of %+v", c)
				}
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A transcript of a session in which lines were edited, searched, redrawn,
// completed and cleared says each thing once.
func TestOf_sessionWithoutNoise(t *testing.T) {
	t.Parallel()
	lines, err := Of(t.Context(), captured(t, "bash"))
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	for i, l := range lines {
		if i > 0 && l.At < lines[i-1].At {
			t.Errorf("line %d comes before the one above it", i)
		}
		seen[l.Text]++
	}
	once := []string{
		"alice@web-1:~/src (main)$ cat main.c", "alice@web-1:~/src (main)$ ls -l", "alice@web-1:~/src (main)$ echo a loge line", "a loge line",
		"alice@web-1:~/src (main)$ echo after a clear key", "after a clear key", "alice@web-1:~/src (main)$ echo resized",
		"alice@web-1:~/src (main)$ echo " + numbers12, "100%", "alice@web-1:~/src (main)$ clear", "alice@web-1:~/src (main)$ nosuchprogram",
		"[vim: full screen, 2s]", "hello one", "in a document",
	}
	for _, text := range once {
		if seen[text] != 1 {
			t.Errorf("%q is there %d times", text, seen[text])
		}
	}
	for text := range seen {
		if strings.Contains(text, "reverse-i-search") || strings.HasSuffix(text, "10%") || strings.HasSuffix(text, "50%") || text == "alice@web-1:~/src (main)$ echo resi" {
			t.Errorf("noise: %q", text)
		}
	}
}

// The same frames, one by one, give the same lines as all at once.
func TestMaker_givesTheSameLines(t *testing.T) {
	t.Parallel()
	for name := range entered {
		rec := captured(t, name)
		want, err := Of(t.Context(), rec)
		if err != nil {
			t.Fatal(err)
		}
		m := NewMaker(rec.Meta)
		got := map[string]int{}
		take := func(lines []Line) {
			for _, l := range lines {
				got[fmt.Sprint(l.At, l.Kind, l.Text)]++
			}
		}
		for _, f := range rec.Frames {
			m.Feed(f)
			take(m.Take())
		}
		take(m.Finish())
		for _, l := range want {
			got[fmt.Sprint(l.At, l.Kind, l.Text)]--
		}
		for line, n := range got {
			if n != 0 {
				t.Errorf("%s: %q %+d", name, line, n)
			}
		}
	}
}

// Nothing that a program only prints is a command: a prompt in a file that is
// shown, however it is cut.
func TestRead_printedPromptsAreNoCommands(t *testing.T) {
	t.Parallel()
	rec := rec(80, 24,
		out(0, "alice@web-1:~$ "), out(sec, "cat log"), out(2*sec, "\r\n"),
		out(2*sec, "alice@web-1:~$ rm -rf /\r\nroot@web-1:~# id\r\n"), out(3*sec, "alice@web-1:~$ "),
	)
	tr, err := Read(t.Context(), rec)
	if err != nil {
		t.Fatal(err)
	}
	if len(tr.Commands) != 1 || tr.Commands[0].Text != "cat log" || tr.Commands[0].Until != 3*time.Second {
		t.Errorf("commands %+v", tr.Commands)
	}
}
