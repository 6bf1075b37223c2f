package views

import (
	"math"
	"strings"
	"time"

	"cordon/investigations/extract"
)

// asTime is the moment that a timestamp or a date stands for, in UTC.
func (v Value) asTime() time.Time {
	if v.Kind == Date {
		return time.Unix(v.Int*86400, 0).UTC()
	}
	return time.UnixMilli(v.Int).UTC()
}

func timeValue(t time.Time) Value { return Value{Kind: Time, Int: t.UnixMilli()} }

// like puts a moment into the kind that v has.
func (v Value) like(t time.Time) Value {
	if v.Kind == Date {
		return dateValue(t)
	}
	return timeValue(t)
}

func dateValue(t time.Time) Value {
	return Value{Kind: Date, Int: floorDiv(t.Unix(), 86400)}
}

// isoLayouts are the forms of ISO 8601 that Trino reads, the common ones first.
var isoLayouts = []string{
	time.RFC3339Nano, "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999-0700", "2006-01-02",
	"2006-01-02T15:04Z07:00", "2006-01-02T15:04", "2006-01-02T15", "2006-01-02T", "2006-01", "2006",
}

func parseISO(s string) (Value, error) {
	if ms := extract.Milliseconds([]byte(s)); ms != 0 {
		return Value{Kind: Time, Int: ms}, nil
	}
	for _, layout := range isoLayouts {
		if t, err := time.Parse(layout, s); err == nil {
			return timeValue(t), nil
		}
	}
	return Value{}, errorf("%s is no ISO 8601 timestamp", shortText(s))
}

const isoTimestamp = "from_iso8601_timestamp"

// defineTime adds the functions on dates and timestamps, all in UTC.
func defineTime() {
	define(isoTimestamp+"(varchar) timestamptz", builtin{one: func(_ *node, a Value) (Value, error) {
		if a.Kind == Time { // as a scan may give it to a condition
			return a, nil
		}
		return parseISO(a.Text)
	}})
	define("from_iso8601_timestamp_nanos(varchar) timestamptz", builtin{one: func(_ *node, a Value) (Value, error) { return parseISO(a.Text) }})
	define("from_iso8601_date(varchar) date", builtin{one: func(_ *node, a Value) (Value, error) { return parseDate(a.Text) }})
	define("to_iso8601(date) varchar", builtin{one: func(_ *node, a Value) (Value, error) {
		return textValue(a.asTime().Format(time.DateOnly)), nil
	}})
	define("to_iso8601(timestamptz) varchar", builtin{one: func(_ *node, a Value) (Value, error) {
		return textValue(a.asTime().Format("2006-01-02T15:04:05.000Z")), nil
	}})
	define("date(date) date", builtin{one: func(_ *node, a Value) (Value, error) { return a, nil }})
	define("date(timestamptz) date", builtin{one: func(_ *node, a Value) (Value, error) { return dateValue(a.asTime()), nil }})
	define("date(varchar) date", builtin{one: func(_ *node, a Value) (Value, error) { return parseDate(a.Text) }})
	define("from_unixtime(double) timestamptz", builtin{one: func(_ *node, a Value) (Value, error) {
		ms := math.Round(a.float() * 1000)
		if math.IsNaN(ms) || math.Abs(ms) > 1<<52 {
			return Value{}, errorf("%v seconds is out of range", a.float())
		}
		return Value{Kind: Time, Int: int64(ms)}, nil
	}})
	define("to_unixtime(timestamptz) double", builtin{one: func(_ *node, a Value) (Value, error) {
		return doubleValue(float64(a.Int) / 1000), nil
	}})
	define("to_milliseconds(interval) bigint", builtin{one: func(_ *node, a Value) (Value, error) { return a, nil }})
	unit := []func(string) error{checkUnit}
	for _, t := range []string{"date", "timestamp", "timestamptz"} {
		define("date_add(varchar, bigint, "+t+") "+t, builtin{check: unit, many: func(_ *node, a []Value) (Value, error) { return dateAdd(a[0].Text, a[1].Int, a[2]) }})
		define("date_trunc(varchar, "+t+") "+t, builtin{check: unit, two: func(_ *node, a, b Value) (Value, error) { return dateTrunc(a.Text, b) }})
	}
	define("date_diff(varchar, timestamptz, timestamptz) bigint", builtin{check: unit, many: func(_ *node, a []Value) (Value, error) {
		return dateDiff(a[0].Text, a[1].asTime(), a[2].asTime())
	}})
	define("date_format(timestamptz, varchar) varchar", builtin{check: []func(string) error{nil, checkFormat}, two: func(_ *node, a, b Value) (Value, error) {
		return formatDate(a.asTime(), b.Text)
	}})
	define("date_parse(varchar, varchar) timestamp", builtin{two: func(_ *node, a, b Value) (Value, error) { return parseWith(a.Text, b.Text) }})
	for name, part := range timeParts {
		define(name+"(timestamptz) bigint", builtin{one: func(_ *node, a Value) (Value, error) { return intValue(part(a.asTime())), nil }})
	}
	define("last_day_of_month(timestamptz) date", builtin{one: func(_ *node, a Value) (Value, error) {
		t := a.asTime()
		return dateValue(time.Date(t.Year(), t.Month()+1, 0, 0, 0, 0, 0, time.UTC)), nil
	}})
	define("at_timezone(timestamptz, varchar) timestamptz", builtin{two: func(_ *node, a, b Value) (Value, error) {
		switch strings.ToUpper(b.Text) {
		case "UTC", "Z", "GMT", "ETC/UTC", "+00:00", "-00:00", "UCT", "ZULU":
			return a, nil
		}
		return Value{}, errorf("times are worked out and shown in UTC, not in %s", shortText(b.Text))
	}})
}

var timeParts = map[string]func(t time.Time) int64{
	"year":         func(t time.Time) int64 { return int64(t.Year()) },
	"quarter":      func(t time.Time) int64 { return int64(t.Month()-1)/3 + 1 },
	"month":        func(t time.Time) int64 { return int64(t.Month()) },
	"week":         isoWeek,
	"week_of_year": isoWeek,
	"year_of_week": func(t time.Time) int64 { y, _ := t.ISOWeek(); return int64(y) },
	"day":          func(t time.Time) int64 { return int64(t.Day()) },
	"day_of_month": func(t time.Time) int64 { return int64(t.Day()) },
	"day_of_week":  isoWeekday,
	"dow":          isoWeekday,
	"day_of_year":  func(t time.Time) int64 { return int64(t.YearDay()) },
	"doy":          func(t time.Time) int64 { return int64(t.YearDay()) },
	"hour":         func(t time.Time) int64 { return int64(t.Hour()) },
	"minute":       func(t time.Time) int64 { return int64(t.Minute()) },
	"second":       func(t time.Time) int64 { return int64(t.Second()) },
	"millisecond":  func(t time.Time) int64 { return int64(t.Nanosecond() / 1e6) },
}

func isoWeek(t time.Time) int64 {
	_, w := t.ISOWeek()
	return int64(w)
}

func isoWeekday(t time.Time) int64 { return int64(t.Weekday()+6)%7 + 1 }

func parseDate(s string) (Value, error) {
	t, err := time.Parse(time.DateOnly, strings.TrimSpace(s))
	if err != nil {
		return Value{}, errorf("%s is no date: write it as 2024-03-20", shortText(s))
	}
	return dateValue(t), nil
}

// timestampLayouts are the forms in which Trino writes a timestamp, the zone
// behind a space.
var timestampLayouts = []string{"2006-01-02 15:04:05.999999999", "2006-01-02 15:04", "2006-01-02", "2006-01-02T15:04:05.999999999"}

func parseTimestamp(s string) (v Value, zoned bool, err error) {
	s = strings.TrimSpace(s)
	for _, layout := range timestampLayouts {
		for _, zone := range []string{"", " MST", " Z07:00", "Z07:00"} {
			t, err := time.Parse(layout+zone, s)
			if err != nil {
				continue
			}
			if zone == " MST" {
				if name, _ := t.Zone(); name != "UTC" && name != "GMT" {
					return Value{}, false, errorf("%s is in a zone that is not known here: write it in UTC", shortText(s))
				}
			}
			return timeValue(t), zone != "", nil
		}
	}
	return Value{}, false, errorf("%s is no timestamp: write it as 2024-03-20 12:12:03", shortText(s))
}

// unitMilliseconds are the units of a fixed length.
var unitMilliseconds = map[string]int64{
	"millisecond": 1, "second": 1000, "minute": 60_000, "hour": 3_600_000, "day": dayMilliseconds, "week": 7 * dayMilliseconds,
}

// unitMonths are the units that are counted in months.
var unitMonths = map[string]int64{"month": 1, "quarter": 3, "year": 12}

const unitNames = "millisecond, second, minute, hour, day, week, month, quarter or year"

func unknownUnit(unit string) error {
	return errorf("%s is no unit: write %s", shortText(unit), unitNames)
}

func checkUnit(unit string) error {
	unit = strings.ToLower(unit)
	if unitMilliseconds[unit] == 0 && unitMonths[unit] == 0 {
		return unknownUnit(unit)
	}
	return nil
}

func checkFormat(format string) error {
	_, err := formatDate(time.Time{}, format)
	return err
}

func dateAdd(unit string, n int64, v Value) (Value, error) {
	unit = strings.ToLower(unit)
	if months := unitMonths[unit]; months != 0 {
		total, ok := mulWhole(n, months)
		if !ok {
			return Value{}, errorf("the result is out of range")
		}
		return addMonths(v, total)
	}
	ms, ok := unitMilliseconds[unit]
	if !ok {
		return Value{}, unknownUnit(unit)
	}
	if v.Kind == Date {
		if ms < dayMilliseconds {
			return Value{}, errorf("a date moves by whole days only")
		}
		ms /= dayMilliseconds
	}
	move, ok1 := mulWhole(n, ms)
	sum, ok2 := addWhole(v.Int, move)
	if !ok1 || !ok2 {
		return Value{}, errorf("the result is out of range")
	}
	return Value{Kind: v.Kind, Int: sum}, nil
}

// addMonths moves by months; a day that the month has not becomes its last.
func addMonths(v Value, n int64) (Value, error) {
	if n > 12*10_000 || n < -12*10_000 {
		return Value{}, errorf("the result is out of range")
	}
	t := v.asTime()
	first := time.Date(t.Year(), t.Month()+time.Month(n), 1, t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), time.UTC)
	last := first.AddDate(0, 1, -1).Day()
	return v.like(first.AddDate(0, 0, min(t.Day(), last)-1)), nil
}

func dateTrunc(unit string, v Value) (Value, error) {
	t := v.asTime()
	switch unit = strings.ToLower(unit); unit {
	case "millisecond", "second", "minute", "hour", "day":
		ms := unitMilliseconds[unit]
		return v.like(time.UnixMilli(floorDiv(t.UnixMilli(), ms) * ms).UTC()), nil
	case "week":
		return v.like(time.Date(t.Year(), t.Month(), t.Day()-int(isoWeekday(t))+1, 0, 0, 0, 0, time.UTC)), nil
	case "month":
		return v.like(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)), nil
	case "quarter":
		return v.like(time.Date(t.Year(), (t.Month()-1)/3*3+1, 1, 0, 0, 0, 0, time.UTC)), nil
	case "year":
		return v.like(time.Date(t.Year(), 1, 1, 0, 0, 0, 0, time.UTC)), nil
	}
	return Value{}, unknownUnit(unit)
}

// dateDiff counts the whole units from a to b.
func dateDiff(unit string, a, b time.Time) (Value, error) {
	unit = strings.ToLower(unit)
	if ms, ok := unitMilliseconds[unit]; ok {
		return intValue((b.UnixMilli() - a.UnixMilli()) / ms), nil
	}
	months, ok := unitMonths[unit]
	if !ok {
		return Value{}, unknownUnit(unit)
	}
	sign := int64(1)
	if b.Before(a) {
		a, b, sign = b, a, -1
	}
	n := int64(b.Year()-a.Year())*12 + int64(b.Month()-a.Month())
	if moved, err := addMonths(timeValue(a), n); err != nil || moved.asTime().After(b) {
		n--
	}
	return intValue(sign * (n / months)), nil
}

// dateLayouts are the parts of a MySQL date format as layouts of Go.
var dateLayouts = map[byte]string{
	'Y': "2006", 'y': "06", 'm': "01", 'c': "1", 'M': "January", 'b': "Jan", 'd': "02", 'e': "2",
	'H': "15", 'i': "04", 's': "05", 'S': "05", 'h': "03", 'I': "03", 'l': "3", 'p': "PM",
	'T': "15:04:05", 'r': "03:04:05 PM", 'a': "Mon", 'W': "Monday", 'j': "002", 'f': "000000",
}

func formatDate(t time.Time, format string) (Value, error) {
	var b strings.Builder
	for i := 0; i < len(format); i++ {
		c := format[i]
		if c != '%' || i+1 == len(format) {
			b.WriteByte(c)
			continue
		}
		i++
		switch layout := dateLayouts[format[i]]; {
		case format[i] == '%':
			b.WriteByte('%')
		case format[i] == 'f':
			b.WriteString(t.Format(".000000")[1:])
		case format[i] == 'k':
			b.WriteString(strings.TrimPrefix(t.Format("15"), "0"))
		case layout == "":
			return Value{}, errorf("%%%c is not known in a date format", format[i])
		default:
			b.WriteString(t.Format(layout))
		}
	}
	return textValue(b.String()), nil
}

// parseWith reads a time by a MySQL date format. A fraction of a second is read
// where it stands behind the seconds, as Go does.
func parseWith(s, format string) (Value, error) {
	var layout strings.Builder
	format = strings.NewReplacer(".%f", "", "%k", "%H").Replace(format)
	for i := 0; i < len(format); i++ {
		c := format[i]
		switch {
		case c == '%' && i+1 < len(format) && dateLayouts[format[i+1]] != "" && format[i+1] != 'f':
			i++
			layout.WriteString(dateLayouts[format[i]])
		case c == '%', c >= '0' && c <= '9', c == '_', c|0x20 >= 'a' && c|0x20 <= 'z' && c != 'T' && c != 'Z':
			return Value{}, errorf("%s is a date format with a part that is not known", shortText(format))
		default:
			layout.WriteByte(c)
		}
	}
	t, err := time.Parse(layout.String(), s)
	if err != nil {
		return Value{}, errorf("%s is not in the format %s", shortText(s), shortText(format))
	}
	return timeValue(t), nil
}
