package journal_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations/journal"
)

var t0 = time.Date(2026, 11, 18, 21, 0, 0, 123_456_789, time.UTC)

// three is a journal of three acts.
func three() []journal.Entry {
	return chain(
		journal.Entry{Time: t0, Operator: "ivy@example.com", Mode: journal.ModeDryRun, Action: journal.ActionCaseOpen, Result: "opened"},
		journal.Entry{
			Time: t0.Add(time.Minute), Operator: "ivy@example.com", Mode: journal.ModeDryRun, Action: journal.ActionLockPlan,
			Target: "user mallory@example.com", Command: "tctl lock --user=mallory@example.com",
			Result: "dry-run: nothing was sent", Detail: `{"name":"dc7cee9d-fe5e-4534-a90d-db770f0234a1"}`,
		},
		journal.Entry{Time: t0.Add(2 * time.Minute), Operator: "ivy@example.com", Mode: journal.ModeDryRun, Action: journal.ActionNote, Note: "called the owner\nno answer"},
	)
}

func chain(acts ...journal.Entry) []journal.Entry {
	var head journal.Head
	out := make([]journal.Entry, 0, len(acts))
	for _, e := range acts {
		e = journal.Append(head, e)
		head = e.Head()
		out = append(out, e)
	}
	return out
}

func TestSum_isTheDocumentedEncoding(t *testing.T) {
	t.Parallel()
	e := three()[0]
	zeros := strings.Repeat("0", 64)
	text := "cordon journal 1\n" +
		"64:" + zeros + ",1:1,24:2026-11-18T21:00:00.123Z,15:ivy@example.com,7:dry-run,9:case.open,0:,0:,6:opened,0:,0:,"
	want := sha256.Sum256([]byte(text))
	if got := e.Hash.String(); got != hex.EncodeToString(want[:]) {
		t.Errorf("hash = %s, want %x", got, want)
	}
}

func TestAppend_numbersAndLinks(t *testing.T) {
	t.Parallel()
	entries := three()
	for i, e := range entries {
		if e.Seq != int64(i+1) {
			t.Errorf("entry %d has number %d", i, e.Seq)
		}
		if i > 0 && e.Prev != entries[i-1].Hash {
			t.Errorf("entry %d does not name the one before", i)
		}
		if e.Time.Nanosecond()%int(time.Millisecond) != 0 || e.Time.Location() != time.UTC {
			t.Errorf("entry %d keeps %v, want whole milliseconds in UTC", i, e.Time)
		}
	}
	if !entries[0].Prev.IsZero() {
		t.Error("the first entry names one before it")
	}
	if err := journal.VerifyHead(entries, entries[2].Head()); err != nil {
		t.Error(err)
	}
	if err := journal.VerifyHead(nil, journal.Head{}); err != nil {
		t.Errorf("an empty journal: %v", err)
	}
}

func TestVerify_saysWhichEntryBrokeAndHow(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		damage func([]journal.Entry) []journal.Entry
		index  int
		why    string
	}{
		"changed": {func(e []journal.Entry) []journal.Entry { e[1].Target = "user eve"; return e }, 1, "entry 2: its content was changed"},
		"changed and rehashed": {func(e []journal.Entry) []journal.Entry {
			e[1].Target = "user eve"
			e[1].Hash = e[1].Sum()
			return e
		}, 2, "entry 3: it does not follow entry 2"},
		"first removed":  {func(e []journal.Entry) []journal.Entry { return e[1:] }, 0, "it stands where entry 1 is expected"},
		"middle removed": {func(e []journal.Entry) []journal.Entry { return append(e[:1], e[2]) }, 1, "where entry 2 is expected"},
		"moved":          {func(e []journal.Entry) []journal.Entry { e[1], e[2] = e[2], e[1]; return e }, 1, "where entry 2 is expected"},
		"doubled":        {func(e []journal.Entry) []journal.Entry { return append(e, e[2]) }, 3, "where entry 4 is expected"},
		"other journal": {func(e []journal.Entry) []journal.Entry {
			e[0].Note = "x"
			e[0].Prev = e[2].Hash
			e[0].Hash = e[0].Sum()
			return e
		}, 0, "but it is the first"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := journal.Verify(tt.damage(three()))
			var broken *journal.BrokenError
			if !errors.As(err, &broken) {
				t.Fatalf("Verify = %v, want a BrokenError", err)
			}
			if broken.Index != tt.index || !strings.Contains(err.Error(), tt.why) {
				t.Errorf("Verify = %d, %q, want %d, …%q…", broken.Index, err, tt.index, tt.why)
			}
		})
	}
}

func TestVerifyHead_seesTheEnd(t *testing.T) {
	t.Parallel()
	entries := three()
	cut := entries[:2]
	if err := journal.Verify(cut); err != nil {
		t.Errorf("a chain cut at its end is a chain: %v", err)
	}
	head := entries[2].Head()
	other := chain(entries[0], entries[1], journal.Entry{Time: t0, Note: "another third"})
	longer := append(three(), journal.Append(head, journal.Entry{Time: t0, Note: "slipped in"}))
	for name, tt := range map[string]struct {
		entries []journal.Entry
		why     string
	}{
		"cut":      {cut, "it has 2 entries, 3 were written"},
		"emptied":  {nil, "it has 0 entries, 3 were written"},
		"longer":   {longer, "it has 4 entries, only 3 were written"},
		"replaced": {other, "entry 3 is not the one whose hash was kept"},
	} {
		if err := journal.VerifyHead(tt.entries, head); err == nil || !strings.Contains(err.Error(), tt.why) {
			t.Errorf("%s: %v, want …%s", name, err, tt.why)
		}
	}
}

// entryGen draws acts whose texts are anything a log line may hold.
func entryGen() *rapid.Generator[journal.Entry] {
	return rapid.Custom(func(t *rapid.T) journal.Entry {
		text := rapid.OneOf(rapid.String(), rapid.Map(rapid.SliceOf(rapid.Byte()), func(b []byte) string { return string(b) }))
		return journal.Entry{
			Time:     time.Unix(0, rapid.Int64Range(0, 1<<62).Draw(t, "time")),
			Operator: text.Draw(t, "operator"),
			Mode:     journal.Mode(text.Draw(t, "mode")),
			Action:   journal.Action(text.Draw(t, "action")),
			Target:   text.Draw(t, "target"),
			Command:  text.Draw(t, "command"),
			Result:   text.Draw(t, "result"),
			Note:     text.Draw(t, "note"),
			Detail:   text.Draw(t, "detail"),
		}
	})
}

// flip changes one bit of one field of an entry. It reports false where the
// field has no bits.
func flip(t *rapid.T, e *journal.Entry) (string, bool) {
	texts := []*string{&e.Operator, (*string)(&e.Mode), (*string)(&e.Action), &e.Target, &e.Command, &e.Result, &e.Note, &e.Detail}
	field := rapid.IntRange(0, len(texts)+3).Draw(t, "field")
	switch field {
	case len(texts):
		e.Seq ^= 1 << rapid.IntRange(0, 62).Draw(t, "bit")
		return "seq", true
	case len(texts) + 1:
		e.Time = time.Unix(0, e.Time.UnixNano()^1<<rapid.IntRange(0, 61).Draw(t, "bit")).UTC()
		return "time", true
	case len(texts) + 2:
		flipByte(t, e.Prev[:])
		return "prev", true
	case len(texts) + 3:
		flipByte(t, e.Hash[:])
		return "hash", true
	}
	b := []byte(*texts[field])
	if len(b) == 0 {
		return "", false
	}
	flipByte(t, b)
	*texts[field] = string(b)
	return fmt.Sprint("text ", field), true
}

func flipByte(t *rapid.T, b []byte) {
	b[rapid.IntRange(0, len(b)-1).Draw(t, "byte")] ^= 1 << rapid.IntRange(0, 7).Draw(t, "bit")
}

func TestVerify_findsEveryFlippedBit(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := chain(rapid.SliceOfN(entryGen(), 1, 6).Draw(t, "acts")...)
		head := entries[len(entries)-1].Head()
		if err := journal.VerifyHead(entries, head); err != nil {
			t.Fatalf("untouched: %v", err)
		}
		at := rapid.IntRange(0, len(entries)-1).Draw(t, "entry")
		field, ok := flip(t, &entries[at])
		if !ok {
			t.Skip("the field is empty")
		}
		err := journal.Verify(entries)
		var broken *journal.BrokenError
		if !errors.As(err, &broken) {
			t.Fatalf("a flipped bit in %s of entry %d went unseen: %v", field, at+1, err)
		}
		if broken.Index != at {
			t.Fatalf("a flipped bit in %s of entry %d was reported at %d", field, at+1, broken.Index+1)
		}
	})
}

// Moving bytes from one field to the next must change the hash.
func TestSum_keepsFieldsApart(t *testing.T) {
	t.Parallel()
	a := journal.Entry{Target: "user", Command: "alice"}
	b := journal.Entry{Target: "useralice"}
	c := journal.Entry{Target: "user,5:alice"}
	if a.Sum() == b.Sum() || b.Sum() == c.Sum() || a.Sum() == c.Sum() {
		t.Error("two entries share a hash")
	}
}

// A case keeps its entries as JSON: what was hashed comes back.
func TestEntry_comesBackFromJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		entries := chain(rapid.SliceOfN(entryGen(), 1, 4).Draw(t, "acts")...)
		b, err := json.Marshal(entries)
		if err != nil {
			t.Fatal(err)
		}
		var got []journal.Entry
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(entries, got); diff != "" {
			t.Fatal(diff)
		}
		if err := journal.Verify(got); err != nil {
			t.Fatal(err)
		}
	})
}

func TestHash_refusesWhatIsNone(t *testing.T) {
	t.Parallel()
	for _, in := range []string{"", "ab", strings.Repeat("z", 64), strings.Repeat("a", 65)} {
		if err := new(journal.Hash).UnmarshalText([]byte(in)); err == nil {
			t.Errorf("%q was read", in)
		}
	}
}
