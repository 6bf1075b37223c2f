package survive_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot/pivottest"
	"cordon/investigations/survive"
)

// moment is the one that is asked about unless a case says otherwise.
var moment = time.Date(2026, 11, 18, 22, 0, 0, 0, time.UTC)

var mallory = investigations.Entity{Kind: investigations.KindUser, Name: "mallory"}

// ask answers for a log: its lineage from mallory, all of whose steps count,
// and the locks that it shows.
func ask(t testing.TB, log string, change func(*survive.Question)) *survive.Report {
	t.Helper()
	x, err := pivottest.New(log)
	if err != nil {
		t.Fatal(err)
	}
	q := question(t, x, mallory)
	if change != nil {
		change(&q)
	}
	r, err := survive.Of(t.Context(), x, q)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func question(t testing.TB, x *pivottest.Index, of investigations.Entity) survive.Question {
	t.Helper()
	spread, err := lineage.Follow(t.Context(), x, lineage.Question{Identity: of, Depth: lineage.DefaultDepth})
	if err != nil {
		t.Fatal(err)
	}
	coverage, err := x.Coverage(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return survive.Question{Root: of, At: moment, Edges: spread.Edges, Locks: board(t.Context(), x), Server: contain.Server{Major: max(coverage.ServerMajor, 17)}}
}

func TestOf_saysWhereTheLineageStopsShort(t *testing.T) {
	t.Parallel()
	r := ask(t, `{"event":"user.create","uid":"a1","time":"2026-11-18T21:00:00Z","user":"mallory","name":"bob"}`, func(q *survive.Question) {
		q.Short = []string{"the depth of 1 ends at bob"}
	})
	want := survive.Unknown{Kind: "lineage", Note: "The lineage stops short: the depth of 1 ends at bob.", Command: "cordon lineage --depth=12 -- mallory"}
	if len(r.Unknown) == 0 || r.Unknown[0] != want {
		t.Errorf("unknown %+v, want first %+v", r.Unknown, want)
	}
}

// board is what the log shows of locks.
func board(ctx context.Context, x *pivottest.Index) contain.Board {
	var records []contain.Record
	events := x.Events()
	for i := range events {
		if slices.Contains(contain.LockTypes, events[i].Type) {
			_ = x.RawEach(ctx, []int64{events[i].ID}, func(_ int64, line []byte) error {
				records = append(records, contain.Record{Event: &events[i], Raw: line})
				return nil
			})
		}
	}
	return contain.NewBoard(records, nil)
}

// brief is a report in a few lines that a person can write beforehand.
func brief(r *survive.Report, shows string) string {
	var lines []string
	for _, i := range r.Items {
		lines = append(lines, fmt.Sprintf("%s | %s | %s", title(i), until(i.Until), steps(i.Steps)))
	}
	for _, i := range r.Held {
		end := "not logged"
		if i.Held.EndSaid {
			end = i.Held.Until.Format(time.RFC3339)
		}
		line := fmt.Sprintf("held %s | %s | by %s until %s", title(i), until(i.Until), i.Held.Lock, end)
		if len(i.Steps) > 0 {
			line += " | " + steps(i.Steps)
		}
		lines = append(lines, line)
	}
	for _, u := range r.Unknown {
		lines = append(lines, fmt.Sprintf("? %s | %s", u.Kind, u.Command))
	}
	lines = slices.DeleteFunc(lines, func(l string) bool {
		switch l := strings.TrimPrefix(l, "held "); {
		case strings.HasPrefix(l, "?"):
			return shows != "unknown"
		case shows != "":
			return !strings.HasPrefix(l, shows+" ")
		default:
			return strings.HasPrefix(l, "identity ")
		}
	})
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

func title(i survive.Item) string {
	out := i.Kind + " " + strings.ReplaceAll(i.Entity.Name, "\x00", `\0`)
	if i.List != nil {
		out += " on " + i.List.Name
	}
	if i.Status == lineage.Ambiguous {
		out = "perhaps " + out
	}
	return out
}

func until(u survive.Until) string {
	if u.Ends == survive.EndsKnown {
		return u.At.Format(time.RFC3339Nano)
	}
	return string(u.Ends)
}

func steps(of []survive.Step) string {
	var out []string
	for _, s := range of {
		if s.Stage == survive.Look {
			s.Command = "look " + s.Command
		}
		out = append(out, s.Command)
	}
	return strings.Join(out, " + ")
}

// TestOf holds each kind against a small incident whose answer was written by
// hand, and against its twin, which differs in the condition only.
func TestOf(t *testing.T) {
	t.Parallel()
	paths, err := filepath.Glob("testdata/kinds/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txtar"), func(t *testing.T) {
			t.Parallel()
			raw, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			a := txtar.Parse(raw)
			file := map[string]string{}
			for _, f := range a.Files {
				file[f.Name] = string(f.Data)
			}
			if file["with"] == file["twin"] {
				t.Fatal("the twin is the same")
			}
			shows, since := header(string(a.Comment), "shows"), header(string(a.Comment), "since")
			change := func(q *survive.Question) {
				if since != "" {
					if q.Since, err = time.Parse(time.RFC3339, since); err != nil {
						t.Fatal(err)
					}
				}
			}
			for want, log := range map[string]string{"want": file["log"] + file["with"], "twin want": file["log"] + file["twin"]} {
				got := brief(ask(t, log, change), shows)
				if diff := cmp.Diff(strings.TrimSpace(file[want]), got); diff != "" {
					t.Errorf("%s (-want +got):\n%s", want, diff)
				}
			}
		})
	}
}

func header(comment, key string) string {
	for line := range strings.Lines(comment) {
		if value, ok := strings.CutPrefix(line, key+": "); ok {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
