package store

import (
	"encoding/binary"
	"encoding/json"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Whatever the value and the time of its event, the column gives the text back.
func TestColumnValue_printsBackWhatItWasGiven(t *testing.T) {
	t.Parallel()
	stamps := rapid.Custom(func(t *rapid.T) string {
		at := time.Unix(rapid.Int64Range(-70_000_000_000, 260_000_000_000).Draw(t, "second"), rapid.Int64Range(0, 999_999_999).Draw(t, "nanos")).UTC()
		at = at.Truncate(rapid.SampledFrom([]time.Duration{1, time.Millisecond, time.Second}).Draw(t, "grain"))
		return at.Format(rapid.SampledFrom([]string{time.RFC3339Nano, "2006-01-02T15:04:05.000Z07:00", "2006-01-02T15:04:05,999Z", "2006-01-02 15:04:05Z"}).Draw(t, "layout"))
	})
	texts := rapid.OneOf(stamps, stamps, rapid.String(), rapid.SampledFrom([]string{
		"", "0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z", "2026-02-30T00:00:00Z", "2026-01-01T00:00:60Z", "2026-01-01T24:00:00Z",
		"2026-01-01T00:00:00.Z", "2026-01-01T00:00:00.10Z", "2026-01-01T00:00:00.000Z", "2262-04-11T23:47:16.854775807Z", "2026-01-01T00:00:00z",
	}))
	rapid.Check(t, func(t *rapid.T) {
		text, err := json.Marshal(texts.Draw(t, "text"))
		if err != nil {
			t.Fatal(err)
		}
		eventTime := rapid.Int64Range(-100_000_000_000_000, 253_402_300_799_999).Draw(t, "event")
		value := appendColumnValue(nil, text, eventTime)
		got := string(value)
		if value[0] == valueSeconds || value[0] == valueNanos {
			distance, n := binary.Varint(value[1:])
			if n != len(value)-1 {
				t.Fatalf("%s is written as %q", text, value)
			}
			got = `"` + string(appendColumnTime(nil, value[0], distance, eventTime)) + `"`
		}
		if got != string(text) {
			t.Fatalf("%s comes back as %s", text, got)
		}
	})
	if v := appendColumnValue(nil, []byte(`"2026-10-01T12:00:25Z"`), time.Date(2026, 10, 1, 0, 0, 25, 447e6, time.UTC).UnixMilli()); string(v) != "@"+string(binary.AppendVarint(nil, 12*3600)) {
		t.Errorf("an expiry in twelve hours is written as %q", v)
	}
	if v := appendColumnValue(nil, make([]byte, longestValue+1), 0); len(v) != 0 {
		t.Errorf("a value that is too long takes %d bytes", len(v))
	}
}
