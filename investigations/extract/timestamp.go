package extract

import "time"

// Milliseconds reads an RFC 3339 time as milliseconds since the epoch, UTC,
// cutting finer fractions. 0 means that there is none: the field is empty, no
// time, or Go's zero time, which Teleport writes for "never".
func Milliseconds(b []byte) int64 {
	if ms, ok := fastMilliseconds(b); ok {
		return ms
	}
	t, err := time.Parse(time.RFC3339Nano, string(b))
	if err != nil || t.Year() <= 1 {
		return 0
	}
	return t.UnixMilli()
}

// fastMilliseconds reads the form that Teleport writes,
// `YYYY-MM-DDTHH:MM:SS[.fraction]Z`, of the years 1970 to 9999.
func fastMilliseconds(b []byte) (int64, bool) {
	if len(b) < 20 || b[4] != '-' || b[7] != '-' || b[10] != 'T' || b[13] != ':' || b[16] != ':' || b[len(b)-1] != 'Z' {
		return 0, false
	}
	year, ok0 := two(b[0:], b[2:])
	month, ok1 := digits2(b[5:])
	day, ok2 := digits2(b[8:])
	hour, ok3 := digits2(b[11:])
	minute, ok4 := digits2(b[14:])
	second, ok5 := digits2(b[17:])
	if !(ok0 && ok1 && ok2 && ok3 && ok4 && ok5) || year < 1970 || month < 1 || month > 12 ||
		day < 1 || day > daysIn(year, month) || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	ms := 0
	if len(b) > 20 {
		if b[19] != '.' || len(b) == 21 {
			return 0, false
		}
		scale := 100
		for _, c := range b[20 : len(b)-1] {
			if c < '0' || c > '9' {
				return 0, false
			}
			ms += int(c-'0') * scale
			scale /= 10
		}
	}
	days := daysFromCivil(year, month, day)
	return ((int64(days)*24+int64(hour))*60+int64(minute))*60_000 + int64(second)*1000 + int64(ms), true
}

func digits2(b []byte) (int, bool) {
	x, y := b[0]-'0', b[1]-'0'
	return int(x)*10 + int(y), x <= 9 && y <= 9
}

func two(hi, lo []byte) (int, bool) {
	h, ok0 := digits2(hi)
	l, ok1 := digits2(lo)
	return h*100 + l, ok0 && ok1
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	}
	return 31
}

// daysFromCivil counts the days from 1970-01-01 in the Gregorian calendar. The
// year is taken to begin in March, so that the leap day is its last.
func daysFromCivil(year, month, day int) int {
	if month <= 2 {
		year--
		month += 12
	}
	return 365*year + year/4 - year/100 + year/400 + (153*(month-3)+2)/5 + day - 719_469
}
