package queries

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Report is the Privileged Access Report: where access was weaker or stronger
// than it had to be, day by day.
type Report struct {
	Identity string // whose; empty for the whole cluster
	Engine   string
	Parts    []Part
}

// Part is the answer to one question of the report.
type Part struct {
	Query Named
	SQL   string // as it was run; empty where it was not
	Table Table
	// Total is the sum of the counts, and Days what they are on each day that
	// has any, in order. Both count also the rows that the table left out.
	Total int64
	Days  []DayCount
	// Who are the columns that say of whom a row is, and Subjects the sums for
	// each of them, those with the most first.
	Who      []Column
	Subjects []Subject
	// Unsaid is why there is no answer for one identity; empty where there is.
	Unsaid string
	// Err is why the question was not answered.
	Err error
}

// Subject is whom rows are about, with the sum of their counts.
type Subject struct {
	Values []any // of the columns [Part.Who]
	Total  int64
	Days   []DayCount
}

// DayCount is what was counted on one day, UTC.
type DayCount struct {
	Day   time.Time
	Count int64
}

// partBounds bound the rows of a part that are kept.
var partBounds = Bounds{Rows: 5000, Bytes: 8 << 20}

// ReportQueries lists the queries of the report.
func ReportQueries() []Named {
	return slices.DeleteFunc(All(), func(n Named) bool { return n.Group != GroupReport })
}

// RunReport asks all questions of the report. A question that fails does not
// keep the others from being answered; a cancelled context does.
func RunReport(ctx context.Context, e Engine, identity string) (Report, error) {
	r := Report{Identity: identity, Engine: e.Name()}
	for _, n := range ReportQueries() {
		part := runPart(ctx, e, n, identity)
		if err := ctx.Err(); err != nil {
			return r, fmt.Errorf("run the report: %w", err)
		}
		r.Parts = append(r.Parts, part)
	}
	return r, nil
}

func runPart(ctx context.Context, e Engine, n Named, identity string) Part {
	p := Part{Query: n, SQL: n.SQL}
	if identity != "" {
		if n.Whole != "" {
			p.SQL, p.Unsaid = "", n.Whole
			return p
		}
		p.SQL = ofUser(n.SQL, identity)
	}
	sums := &daySums{kept: NewCollector(partBounds), days: map[time.Time]int64{}, subjects: map[string]*subjectSums{}}
	summary, err := e.Run(ctx, p.SQL, 0, sums)
	p.Table = Table{Columns: sums.kept.columns, Rows: sums.kept.rows, Summary: summary, Cut: sums.over}
	p.Err = err
	p.Days, p.Total = sums.days.list()
	p.Who = sums.who
	for _, name := range slices.Sorted(maps.Keys(sums.subjects)) {
		s := Subject{Values: sums.subjects[name].values}
		s.Days, s.Total = sums.subjects[name].days.list()
		p.Subjects = append(p.Subjects, s)
	}
	slices.SortStableFunc(p.Subjects, func(a, b Subject) int { return cmp.Compare(b.Total, a.Total) })
	return p
}

// dayMap is a count by day.
type dayMap map[time.Time]int64

// list is the count of each day in order, and their sum.
func (m dayMap) list() (days []DayCount, total int64) {
	for day, n := range m {
		days = append(days, DayCount{Day: day, Count: n})
		total += n
	}
	slices.SortFunc(days, func(a, b DayCount) int { return a.Day.Compare(b.Day) })
	return days, total
}

// ofUser narrows a query that yields a user down to one.
func ofUser(sql, user string) string {
	sql = strings.TrimRight(strings.TrimSpace(sql), ";")
	return "SELECT * FROM (\n" + sql + "\n) AS report WHERE user = " + Quote(user) + " ORDER BY event_date"
}

// daySums adds up the column count by the column event_date, and keeps as many
// rows and subjects as it may.
type daySums struct {
	kept       *Collector
	day, count int
	days       dayMap
	who        []Column
	subjects   map[string]*subjectSums // by their values as text
	over       bool
}

// subjectSums is what the rows of one subject count.
type subjectSums struct {
	values []any
	days   dayMap
}

func (s *daySums) Columns(columns []Column) error {
	s.day = slices.IndexFunc(columns, func(c Column) bool { return c.Name == "event_date" })
	s.count = slices.IndexFunc(columns, func(c Column) bool { return c.Name == "count" })
	if s.day < 0 || s.count < 0 {
		return fmt.Errorf("a query of the report has no event_date or no count")
	}
	for i, c := range columns {
		if i != s.day && i != s.count {
			s.who = append(s.who, c)
		}
	}
	return s.kept.Columns(columns)
}

func (s *daySums) Row(values []any) error {
	day, err := dayOf(values[s.day])
	if err != nil {
		return err
	}
	n, err := countOf(values[s.count])
	if err != nil {
		return err
	}
	s.days[day] += n
	s.addSubject(values, day, n)
	if s.over = s.over || len(s.kept.rows) >= s.kept.bounds.Rows; s.over {
		return nil
	}
	if s.kept.Row(values) != nil {
		s.over = true
	}
	return nil
}

// dayOf is a value of event_date; the engine of a cluster gives it as a text.
func dayOf(value any) (time.Time, error) {
	text, ok := value.(string)
	if !ok {
		day, _ := value.(time.Time)
		return day, nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return day, fmt.Errorf("the event_date %.40q of an answer is no day", text)
	}
	return day, nil
}

// countOf is a value of count; the engine of a cluster gives it as a text.
func countOf(value any) (int64, error) {
	text, ok := value.(string)
	if !ok {
		n, _ := value.(int64)
		return n, nil
	}
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the count %.40q of an answer is no number", text)
	}
	return n, nil
}

func (s *daySums) addSubject(values []any, day time.Time, n int64) {
	var name strings.Builder
	var own []any
	for i, v := range values {
		if i != s.day && i != s.count {
			own = append(own, v)
			name.WriteString(Text(v, "") + "\x00")
		}
	}
	sums := s.subjects[name.String()]
	if sums == nil {
		if len(s.subjects) >= s.kept.bounds.Rows {
			return
		}
		sums = &subjectSums{values: own, days: dayMap{}}
		s.subjects[name.String()] = sums
	}
	sums.days[day] += n
}

// Series is the count of each day from one to another, both included, for a
// chart. Days outside are left out.
func Series(days []DayCount, from, to time.Time) []int {
	first := from.UTC().Truncate(24 * time.Hour)
	n := int(to.UTC().Truncate(24*time.Hour).Sub(first)/(24*time.Hour)) + 1
	if from.IsZero() || n < 1 || n > maxSeries {
		return nil
	}
	out := make([]int, n)
	for _, d := range days {
		if i := int(d.Day.Sub(first) / (24 * time.Hour)); i >= 0 && i < n && !d.Day.Before(first) {
			out[i] += int(d.Count)
		}
	}
	return out
}

// maxSeries is the most days of a chart: twenty years.
const maxSeries = 7305
