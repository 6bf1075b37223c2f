package query

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	uv "github.com/charmbracelet/ultraviolet"

	"cordon/investigations/queries"
	"cordon/themes"
	"cordon/tui/draw"
	"cordon/tui/safetext"
)

// manyRows is a report in which one question has more rows than are listed, one
// has a few, and one failed.
func manyRows() queries.Report {
	columns := []queries.Column{{Name: "event_date", Type: "date"}, {Name: "count", Type: "bigint"}, {Name: "user", Type: "varchar"}}
	day := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	many := queries.Part{
		Query: queries.Named{Title: "Many", Suggest: "Do what is needed, and do all of it before the week is over."}, Total: 36,
		Table: queries.Table{Columns: columns, Summary: queries.Summary{Warnings: []string{"One value was odd."}}}, Who: columns[2:], Days: []queries.DayCount{{Day: day, Count: 36}},
	}
	for i := range 8 {
		user := fmt.Sprintf("user-%d@example.com", i)
		many.Table.Rows = append(many.Table.Rows, []any{day, int64(i + 1), user})
		many.Subjects = append([]queries.Subject{{Values: []any{user}, Total: int64(i + 1), Days: []queries.DayCount{{Day: day, Count: int64(i + 1)}}}}, many.Subjects...)
	}
	few := queries.Part{Query: queries.Named{Title: "Few", Suggest: "Less."}, Total: 1, Table: queries.Table{Columns: columns, Rows: [][]any{{day, int64(1), "eve@example.com\x1b[2J"}}}, Days: []queries.DayCount{{Day: day, Count: 1}}}
	return queries.Report{Engine: "this case", Parts: []queries.Part{
		many, few,
		{Query: queries.Named{Title: "Failed"}, Err: errors.New("the disk is gone")},
		{Query: queries.Named{Title: "Unsaid"}, Unsaid: "Nobody is named."},
		{Query: queries.Named{Title: "None"}},
	}}
}

func textOf(r *report, width, height int) string {
	styles, err := themes.New(themes.Options{})
	if err != nil {
		panic(err)
	}
	scr := uv.NewScreenBuffer(width, height)
	r.draw(draw.On(scr, styles), scr.Bounds(), true)
	return scr.String()
}

func TestReport_listsWhomItConcernsWhereThereAreManyRows(t *testing.T) {
	t.Parallel()
	day := time.Date(2026, 10, 5, 0, 0, 0, 0, time.UTC)
	r := newReport(manyRows(), day, day.AddDate(0, 0, 3), safetext.Unicode)
	r.resize(96, 38)
	text := textOf(r, 100, 40)
	for _, want := range []string{
		"1  Many  36 on 1 day", "Do what is needed", "8  user-7@example.com", "4  user-3@example.com", "3 others with fewer; enter shows each day", "One value was odd.", "█▁▁▁",
		"2  Few  1 on 1 day", "2026-10-05         1  eve@example.com␛[2J", "3  Failed  not answered", "the disk is gone", "not for one identity", "Nobody is named.", "5  None  none logged", "question 1 of 5",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if strings.Contains(text, "user-2@") {
		t.Errorf("it lists too many:\n%s", text)
	}
}

func TestReport_keepsTheSelectedLineWhenItIsFoldedAnew(t *testing.T) {
	t.Parallel()
	r := newReport(manyRows(), time.Time{}, time.Time{}, safetext.Unicode)
	r.resize(96, 5)
	var seen []string
	for range 20 {
		seen = append(seen, r.selected().Entity.Name)
		was := r.lines[r.at].line.String()
		for _, width := range []int{20, 3, 200, 0, 96} {
			r.resize(width, 5)
			if got := r.lines[r.at].line.String(); got != was {
				t.Fatalf("at width %d %q became %q", width, was, got)
			}
			if r.at < r.top || r.at >= r.top+r.height {
				t.Fatalf("line %d is not in sight from %d", r.at, r.top)
			}
			textOf(r, width, 7)
		}
		r.move(1)
	}
	got := strings.Join(seen[:12], " ")
	if want := " user-7@example.com user-6@example.com user-5@example.com user-4@example.com user-3@example.com  eve@example.com\x1b[2J    "; got != want {
		t.Errorf("the lines lead to %q, want %q", got, want)
	}
	r.toPart(-1)
	if r.lines[r.at].part != 3 {
		t.Errorf("at question %d", r.lines[r.at].part)
	}
	r.move(-end)
	r.toPart(1)
	if r.copyText() != r.Parts[1].SQL || r.lines[r.at].part != 1 {
		t.Errorf("at question %d", r.lines[r.at].part)
	}
}
