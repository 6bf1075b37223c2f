package action

import (
	"fmt"
	"strings"
	"testing"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/google/go-cmp/cmp"

	"cordon/tui/safetext"
)

func act(id ID, scope Scope, keys ...string) Action {
	return Action{ID: id, Keys: keys, Short: "s", Long: "l", Scope: scope, Weight: 1}
}

func TestDefault_isValid(t *testing.T) {
	t.Parallel()
	r, err := New(list())
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range r.All() {
		if strings.HasSuffix(a.Long, ".") || safetext.Clean(a.Long) != a.Long {
			t.Errorf("%s: long help %q", a.ID, a.Long)
		}
	}
}

func TestDefault_keysOfTheDesign(t *testing.T) {
	t.Parallel()
	r := Default()
	for key, want := range map[string]ID{
		"up": MoveUp, "j": MoveDown, "h": MoveLeft, "l": MoveRight, "g": MoveTop, "G": MoveBottom,
		"enter": Open, "esc": Close, "1": ShowOverview, "2": ShowEvents, "3": ShowLineage, "4": ShowSessions, "5": ShowLocks, "6": ShowFindings, "7": ShowQuery, "8": ShowCase,
		"tab": NextPane, "/": Find, ":": Palette, "?": Help, "p": Pivot, "backspace": TrailBack, "shift+backspace": TrailForward,
		"alt+left": TrailBack, "alt+right": TrailForward, "n": NextMatch, "N": PrevMatch, "space": Star, "c": Note,
		"L": Lock, "u": Undo, "T": Clock, "y": Copy, "q": Quit, "ctrl+c": Quit, "left": MoveLeft,
	} {
		if a, ok := r.Lookup(key, Events); !ok || a.ID != want {
			t.Errorf("key %q is %q, want %s", key, a.ID, want)
		}
	}
	for key, want := range map[string]ID{
		"space": PlayPause, "left": SeekBack, "right": SeekForward, "shift+left": SeekBackFar, "shift+right": SeekForwardFar,
		"%": SeekPercent, ",": FramePrev, ".": FrameNext, "<": Slower, ">": Faster, "[": MarkerPrev, "]": MarkerNext,
		"t": Transcript, "L": Lock, "h": MoveLeft,
	} {
		if a, ok := r.Lookup(key, Replay, Sessions); !ok || a.ID != want {
			t.Errorf("in a replay key %q is %q, want %s", key, a.ID, want)
		}
	}
	if lock, _ := r.Get(Lock); !lock.Danger {
		t.Error("the lock is not marked as dangerous")
	}
}

func TestNew_reportsEveryMistakeWithBothIDs(t *testing.T) {
	t.Parallel()
	_, err := New([]Action{
		act("a", Global, "x", "y"), act("b", Global, "x"), act("c", Events, "x"), act("d", Global, "y"),
		act("a", Events, "z"),
		{ID: "e"},
		act("f", Case, ""),
	})
	if err == nil {
		t.Fatal("no error")
	}
	for _, want := range []string{`key "x" is bound to both a and b`, `key "y" is bound to both a and d`, "action a is registered twice", `action "e" lacks`, "action f has an empty key"} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q is not in:\n%v", want, err)
		}
	}
	if strings.Contains(err.Error(), "c (") {
		t.Errorf("the same key in two scopes was reported:\n%v", err)
	}
}

func TestRemap(t *testing.T) {
	t.Parallel()
	r := Default()
	keys, err := ParseKeys([]byte("lock.place: [ctrl+l]\nclock: []\n"))
	if err != nil {
		t.Fatal(err)
	}
	own, err := r.Remap(keys)
	if err != nil {
		t.Fatal(err)
	}
	if a, _ := own.Lookup("ctrl+l"); a.ID != Lock {
		t.Errorf("ctrl+l is %q", a.ID)
	}
	if a, ok := own.Lookup("L"); ok {
		t.Errorf("L is still %q", a.ID)
	}
	if a, _ := r.Lookup("L"); a.ID != Lock {
		t.Error("the original registry was changed")
	}
	for _, tc := range []struct{ in, want string }{
		{"pivot: [u]", `key "u" is bound to both pivot and undo`},
		{"nope: [x]\nneither: [z]", "unknown actions in the key file: neither, nope"},
		{"help: []", "action help must keep a key"},
		{"pivot: [control+p]", "is not a key"},
		{"pivot: [shift+ctrl+p]", "is not a key"},
		{"pivot: [escape]", "is not a key"},
		{"pivot: [ctrl+P]", "write the small letter"},
		{"pivot: [shift+p]", "such as P"},
		{"pivot: ['']", "is not a key"},
	} {
		keys, err := ParseKeys([]byte(tc.in))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := r.Remap(keys); err == nil || !strings.Contains(err.Error(), tc.want) {
			t.Errorf("Remap(%q) = %v, want %q", tc.in, err, tc.want)
		}
	}
	for _, bad := range []string{"[1, 2]", "a: {b: c}", strings.Repeat(" ", maxKeyFile+1)} {
		if _, err := ParseKeys([]byte(bad)); err == nil {
			t.Errorf("ParseKeys(%.10q) gave no error", bad)
		}
	}
}

func TestDefault_keysCanBePressed(t *testing.T) {
	t.Parallel()
	codes := map[string]rune{
		"enter": uv.KeyEnter, "esc": uv.KeyEscape, "tab": uv.KeyTab, "backspace": uv.KeyBackspace, "space": uv.KeySpace,
		"up": uv.KeyUp, "down": uv.KeyDown, "left": uv.KeyLeft, "right": uv.KeyRight, "home": uv.KeyHome, "end": uv.KeyEnd,
		"pgup": uv.KeyPgUp, "pgdown": uv.KeyPgDown,
	}
	mods := map[string]uv.KeyMod{"ctrl+": uv.ModCtrl, "alt+": uv.ModAlt, "shift+": uv.ModShift}
	for _, a := range Default().All() {
		for _, name := range a.Keys {
			if err := checkKey(name); err != nil {
				t.Errorf("%s: %v", a.ID, err)
			}
			var key uv.Key
			rest := name
			for prefix, mod := range mods {
				if cut, ok := strings.CutPrefix(rest, prefix); ok {
					key.Mod, rest = mod, cut
				}
			}
			if code, ok := codes[rest]; ok {
				key.Code = code
			} else {
				key.Code = []rune(rest)[0]
				if key.Mod == 0 {
					key.Text = rest
				}
			}
			if got := key.String(); got != name {
				t.Errorf("%s: key %q is pressed as %q", a.ID, name, got)
			}
		}
	}
}

func TestWithin_leavesOutWhatIsShadowed(t *testing.T) {
	t.Parallel()
	got := map[ID]bool{}
	for _, a := range Default().Within(Replay, Sessions) {
		if got[a.ID] {
			t.Errorf("%s is listed twice", a.ID)
		}
		got[a.ID] = true
	}
	if got[Star] {
		t.Error("star is listed although its key plays")
	}
	if !got[MoveLeft] || !got[PlayPause] || !got[Quit] {
		t.Error("an action is missing")
	}
}

func TestFooter_dropsTheLeastImportantFirst(t *testing.T) {
	t.Parallel()
	r := Default()
	for _, tc := range []struct {
		width int
		want  string
	}{
		{400, "m hands   enter open   p pivot   L lock   u undo   / filter   n next   space star   c note   y copy   T clock   M machines   backspace back   tab next pane   esc out   : actions   ? keys"},
		{80, "m hands   enter open   p pivot   L lock   u undo   / filter   : actions   ? keys"},
		{60, "enter open   p pivot   L lock   : actions   ? keys"},
		{20, ": actions   ? keys"},
		{10, "? keys"},
		{1, ""},
		{0, ""},
	} {
		hints := r.Footer(tc.width, false, Ready{}, Overview)
		if diff := cmp.Diff(tc.want, FooterText(hints)); diff != "" {
			t.Errorf("width %d (-want +got):\n%s", tc.width, diff)
		}
		if w := safetext.Width(FooterText(hints)); w > tc.width {
			t.Errorf("width %d: the footer has %d columns", tc.width, w)
		}
	}
	if got := FooterText(r.Footer(70, false, Ready{}, Replay, Sessions)); !strings.HasPrefix(got, "space play") || !strings.Contains(got, "→ +5 s") {
		t.Errorf("the footer of a replay is %q", got)
	}
	if got := FooterText(r.Footer(70, true, Ready{}, Replay, Sessions)); !strings.Contains(got, "right +5 s") {
		t.Errorf("the ASCII footer of a replay is %q", got)
	}
}

func TestFooter_carriesTheReason(t *testing.T) {
	t.Parallel()
	state := Func(func(id ID) string {
		if id == Undo {
			return "nothing to take back"
		}
		return ""
	})
	for _, h := range Default().Footer(200, false, state, Overview) {
		if want := state.Disabled(h.ID); h.Disabled != want {
			t.Errorf("%s: %q, want %q", h.ID, h.Disabled, want)
		}
	}
}

func ids(actions []Action) string {
	var out []string
	for _, a := range actions {
		out = append(out, string(a.ID))
	}
	return strings.Join(out, " ")
}

func TestSearch(t *testing.T) {
	t.Parallel()
	all := Default().All()
	for query, want := range map[string]string{
		"L":         "lock.place",
		"l":         "move.right",
		"recording": "",
		"backspace": "trail.back trail.forward",
		"ctrl+c":    "quit",
		"→":         "move.right replay.forward",
		"trail":     "trail.back trail.forward",
		"TAKE back": "undo",
		"zzz":       "",
	} {
		got := ids(Search(all, query))
		if query == "recording" {
			if !strings.Contains(got, "replay.play") {
				t.Errorf("Search(%q) = %q", query, got)
			}
			continue
		}
		if !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("Search(%q) = %q, want %q first", query, got, want)
		}
	}
	if got := Search(all, "  "); len(got) != len(all) {
		t.Error("an empty query does not return all")
	}
}

func TestFuzzy(t *testing.T) {
	t.Parallel()
	all := Default().All()
	if got := Fuzzy(all, ""); len(got) != len(all) {
		t.Errorf("an empty query returns %d of %d", len(got), len(all))
	}
	for query, want := range map[string]ID{"lock": Lock, "trnscr": Transcript, "undo": Undo, "quit": Quit, "overv": ShowOverview} {
		got := Fuzzy(all, query)
		if len(got) == 0 || got[0].Action.ID != want {
			t.Errorf("Fuzzy(%q) starts with %v, want %s", query, got[:min(1, len(got))], want)
			continue
		}
		for _, at := range got[0].At {
			if at >= len(got[0].Label) {
				t.Errorf("Fuzzy(%q) matched at %d of %q", query, at, got[0].Label)
			}
		}
	}
}

func TestKeyLabel(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{"left": "←", "shift+right": "shift+→", "+": "+", "ctrl++": "ctrl++", "L": "L", "enter": "enter"} {
		if got := KeyLabel(key, false); got != want {
			t.Errorf("KeyLabel(%q) = %q, want %q", key, got, want)
		}
		if got := KeyLabel(key, true); got != key {
			t.Errorf("ASCII KeyLabel(%q) = %q", key, got)
		}
	}
}

func TestMarkdown_golden(t *testing.T) {
	t.Parallel()
	golden.RequireEqual(t, Default().Markdown())
}

func FuzzParseKeys(f *testing.F) {
	f.Add([]byte("lock.place: [ctrl+l]"))
	f.Add([]byte("a: &a [*a]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		keys, err := ParseKeys(data)
		if err != nil {
			return
		}
		if own, err := Default().Remap(keys); err == nil {
			_ = fmt.Sprint(own.Footer(80, false, Ready{}))
		}
	})
}
