package extract

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"cordon/investigations"
)

// truth is one line of evidence and what it must say, both composed by hand
// from Teleport's event definitions: see testdata/truth/README.md.
type truth struct {
	file, line, want string
	eventType        string
}

func readTruth(t *testing.T) []truth {
	t.Helper()
	files, err := filepath.Glob("testdata/truth/*.txt")
	if err != nil || len(files) == 0 {
		t.Fatalf("no truth: %v", err)
	}
	var out []truth
	for _, name := range files {
		data, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")
		if len(lines)%2 != 0 {
			t.Fatalf("%s: a line without its truth", name)
		}
		for i := 0; i < len(lines); i += 2 {
			var head struct{ Event string }
			if err := json.Unmarshal([]byte(lines[i]), &head); err != nil {
				t.Fatalf("%s:%d: %v", name, i+1, err)
			}
			want, ok := strings.CutPrefix(lines[i+1], "  ")
			if !ok {
				t.Fatalf("%s:%d: the truth is not indented", name, i+2)
			}
			out = append(out, truth{name + ":" + strconv.Itoa(i+1), lines[i], want, head.Event})
		}
	}
	return out
}

// told writes an event as the truth is written.
func told(e investigations.Event) string {
	parts := []string{map[investigations.Outcome]string{
		investigations.OutcomeUnsaid: "unsaid", investigations.OutcomeSuccess: "success", investigations.OutcomeFailure: "failure",
	}[e.Outcome]}
	if e.Text != "" {
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		if err := enc.Encode(e.Text); err != nil {
			return err.Error()
		}
		parts = append(parts, "text "+strings.TrimSpace(b.String()))
	}
	var named []string
	for _, v := range e.Involved {
		s := v.Role.String() + " " + v.Entity.Kind.String() + ":" + v.Entity.Name
		if v.Label != "" {
			s += " (" + v.Label + ")"
		}
		named = append(named, s)
	}
	slices.Sort(named)
	return strings.Join(append(parts, named...), " | ")
}

func TestEvent_saysTheTruthOfEveryType(t *testing.T) {
	t.Parallel()
	for _, tr := range readTruth(t) {
		e, err := Event([]byte(tr.line))
		if err != nil {
			t.Errorf("%s: %v", tr.file, err)
			continue
		}
		if got := told(e); got != tr.want {
			t.Errorf("%s: %s %s\n got %s\nwant %s", tr.file, e.Type, e.Code, got, tr.want)
		}
	}
}

// unheard is a type that Teleport does not have, as one of tomorrow.
const unheard = "never.heard.of"

// Teleport's own list of types and the truth are the same set.
func TestTruth_hasEveryTypeOfTeleport(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/truth/types")
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Fields(string(data))
	var told []string
	for _, tr := range readTruth(t) {
		told = append(told, tr.eventType)
		if tr.eventType != unheard && !slices.Contains(listed, tr.eventType) {
			t.Errorf("%s: no such type: %s", tr.file, tr.eventType)
		}
	}
	for _, name := range listed {
		if !slices.Contains(told, name) {
			t.Errorf("%s has no truth", name)
		}
	}
	for alias := range investigations.Aliases {
		if !slices.Contains(listed, alias) {
			t.Errorf("the alias %s is not listed", alias)
		}
	}
}

// A row that no line of the truth reaches may be misspelt without anyone
// noticing.
func TestTruth_reachesEveryRow(t *testing.T) {
	t.Parallel()
	all := readTruth(t)
	for i := range investigations.Table {
		row := &investigations.Table[i]
		if !slices.ContainsFunc(all, func(tr truth) bool { return tr.reaches(row) }) {
			t.Errorf("no line of the truth has %s of %v as %s %s", row.Field, row.Types, row.Role, row.Kind)
		}
	}
	for _, row := range textTable {
		for _, path := range row.fields {
			if !slices.ContainsFunc(all, func(tr truth) bool { return matchesAny(row.types, tr.eventType) && len(tr.at(path)) > 0 }) {
				t.Errorf("no line of the truth has the text %s of %v", path, row.types)
			}
		}
	}
	for name := range verdicts {
		if !slices.ContainsFunc(all, func(tr truth) bool { return tr.eventType == name }) {
			t.Errorf("no line of the truth is a %s", name)
		}
	}
}

// reaches reports whether the line has a row's field where the row speaks of
// the line's type, and says so.
func (tr *truth) reaches(row *investigations.Row) bool {
	name := tr.eventType
	if real, ok := investigations.Aliases[name]; ok {
		name = real
	}
	speaks := matchesAny(row.Types, name)
	if row.Kind == investigations.KindUnknown {
		return speaks && len(tr.at(row.Field)) > 0
	}
	if row.When.Field != "" && len(tr.at(row.When.Field)) == 0 {
		return false
	}
	return speaks && slices.ContainsFunc(tr.at(row.Field), func(v string) bool {
		if row.Port {
			host, _ := withoutPort([]byte(v))
			v = string(host)
		}
		return strings.Contains(tr.want+" ", row.Role.String()+" "+row.Kind.String()+":"+v+" ")
	})
}

// at lists the texts and numbers at a path of the line.
func (tr *truth) at(path string) []string {
	var line any
	if json.Unmarshal([]byte(tr.line), &line) != nil {
		return nil
	}
	found := []any{line}
	for key := range strings.SplitSeq(path, "/") {
		base, array := strings.CutSuffix(key, "[]")
		var next []any
		for _, v := range found {
			m, _ := v.(map[string]any)
			if list, ok := m[base].([]any); ok && array {
				next = append(next, list...)
			} else if v, ok := m[base]; ok && !array {
				next = append(next, v)
			}
		}
		found = next
	}
	var out []string
	for _, v := range found {
		switch v := v.(type) {
		case string:
			if v != "" {
				out = append(out, v)
			}
		case float64:
			out = append(out, strconv.FormatFloat(v, 'g', -1, 64))
		}
	}
	return out
}
