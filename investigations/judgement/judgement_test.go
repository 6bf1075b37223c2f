package judgement_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"cordon/investigations"
	"cordon/investigations/journal"
	"cordon/investigations/judgement"
)

var (
	dana  = investigations.Entity{Kind: investigations.KindUser, Name: "dana@example.com"}
	relay = investigations.Entity{Kind: investigations.KindUser, Name: "relay"}
	start = time.Date(2026, 10, 6, 22, 4, 0, 0, time.UTC)
	from  = judgement.NewKey(judgement.FacetAddress, "203.0.113.66")
	home  = judgement.NewKey(judgement.FacetAddress, "198.51.100.7")
	phone = judgement.NewKey(judgement.FacetMFADevice, "D6C06A18-E147-4232-9DFE-6F83A28D5850")
	made  = judgement.Edge{Parent: dana, Child: relay, Via: "user.create", Event: "u-1"}
)

func author(minute int) judgement.Author {
	return judgement.Author{Operator: "ivy", Mode: journal.ModeDryRun, Now: start.Add(time.Duration(minute) * time.Minute)}
}

// sealed chains entries as a case file does.
func sealed(entries ...journal.Entry) []journal.Entry {
	var head journal.Head
	out := make([]journal.Entry, len(entries))
	for i, e := range entries {
		out[i] = journal.Append(head, e)
		head = out[i].Head()
	}
	return out
}

func TestRead_takesTheLatestMark(t *testing.T) {
	t.Parallel()
	j := judgement.Read(sealed(
		judgement.MarkEntry(author(0), dana, judgement.Hostile, "not her network", from, phone),
		judgement.MarkEntry(author(1), dana, judgement.Owner, "", home, phone),
		judgement.MarkEntry(author(2), relay, judgement.Hostile, "", from),
		judgement.MarkEntry(author(3), relay, judgement.Unmarked, "", from),
	))
	want := []judgement.Mark{
		{Identity: dana, Key: home, Side: judgement.Owner, Said: judgement.Said{Seq: 2, Time: start.Add(time.Minute), By: "ivy"}},
		{Identity: dana, Key: from, Side: judgement.Hostile, Said: judgement.Said{Seq: 1, Time: start, By: "ivy", Reason: "not her network"}},
		{Identity: dana, Key: phone, Side: judgement.Owner, Said: judgement.Said{Seq: 2, Time: start.Add(time.Minute), By: "ivy"}},
	}
	if diff := cmp.Diff(want, j.Marks(dana)); diff != "" {
		t.Errorf("marks (-want +got):\n%s", diff)
	}
	if got := j.Marked(); len(got) != 1 || got[0] != dana {
		t.Errorf("marked identities: %v, want dana alone", got)
	}
	if j.Side(relay, from) != judgement.Unmarked {
		t.Error("a mark that was taken off still stands")
	}
}

func TestRead_takesTheLatestVerdict(t *testing.T) {
	t.Parallel()
	accept := judgement.EdgeEntry(author(0), dana, judgement.Accepted, "", made)
	refuse := judgement.EdgeEntry(author(1), dana, judgement.Refused, "made by onboarding", made)
	reopen := judgement.EdgeEntry(author(2), dana, judgement.Undecided, "", made)
	for _, tt := range []struct {
		name    string
		entries []journal.Entry
		want    judgement.Verdict
		reason  string
	}{
		{"none", nil, judgement.Undecided, ""},
		{"accepted", []journal.Entry{accept}, judgement.Accepted, ""},
		{"refused after all", []journal.Entry{accept, refuse}, judgement.Refused, "made by onboarding"},
		{"open again", []journal.Entry{accept, refuse, reopen}, judgement.Undecided, ""},
	} {
		got := judgement.Read(sealed(tt.entries...)).Of(made)
		if got.Verdict != tt.want || got.Reason != tt.reason {
			t.Errorf("%s: %q because %q, want %q because %q", tt.name, got.Verdict, got.Reason, tt.want, tt.reason)
		}
	}
	other := made
	other.Event = "u-2"
	if judgement.Read(sealed(accept)).Of(other).Verdict != judgement.Undecided {
		t.Error("a verdict about one event holds for another")
	}
}

func TestRead_passesOverWhatItCannotRead(t *testing.T) {
	t.Parallel()
	j := judgement.Read(sealed(
		journal.Entry{Action: journal.ActionNote, Detail: `{"identity":{"kind":"user","name":"x"}}`},
		journal.Entry{Action: journal.ActionHandsMark, Detail: `{"identity":`},
		journal.Entry{Action: journal.ActionHandsMark, Detail: `{"identity":{"kind":"user","name":"x"},"marks":[{"key":"nothing","side":"hostile"}]}`},
		journal.Entry{Action: journal.ActionHandsMark, Detail: `{"marks":[{"key":"address:192.0.2.1","side":"hostile"}]}`},
		journal.Entry{Action: journal.ActionEdgeAccept, Detail: `[]`},
	))
	if !j.IsZero() {
		t.Errorf("read %v and %v from entries that say nothing", j.Marked(), j.Decisions())
	}
}

func TestWith_holdsForOneRun(t *testing.T) {
	t.Parallel()
	j := judgement.Read(sealed(judgement.MarkEntry(author(0), dana, judgement.Owner, "", from)))
	run := j.With(judgement.Mark{Identity: dana, Key: from, Side: judgement.Hostile})
	if run.Side(dana, from) != judgement.Hostile || j.Side(dana, from) != judgement.Owner {
		t.Errorf("for the run %q, in the case %q", run.Side(dana, from), j.Side(dana, from))
	}
}

func TestParseKey(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"address:203.0.113.9":                             "address:203.0.113.9",
		"address:203.0.113.9:50404":                       "address:203.0.113.9",
		"address:::ffff:203.0.113.9":                      "address:203.0.113.9",
		"agent:tsh/17.2.1 grpc: go":                       "agent:tsh/17.2.1 grpc: go",
		"mfa_device:D6C06A18-E147-4232-9DFE-6F83A28D5850": "mfa_device:d6c06a18-e147-4232-9dfe-6f83a28d5850",
	} {
		k, err := judgement.ParseKey(in)
		if err != nil || k.String() != want {
			t.Errorf("%q reads as %v (%v), want %s", in, k, err, want)
		}
	}
	for _, in := range []string{"", "203.0.113.9", "address:", "role:editor"} {
		if k, err := judgement.ParseKey(in); err == nil {
			t.Errorf("%q reads as %v, want an error", in, k)
		}
	}
}

func TestMarkEntry_saysHowToDoItByHand(t *testing.T) {
	t.Parallel()
	e := judgement.MarkEntry(author(0), dana, judgement.Hostile, "not hers", from, judgement.NewKey(judgement.FacetAgent, "curl/8 x"))
	if want := "cordon hands --case NAME --mark hostile address:203.0.113.66 'agent:curl/8 x' dana@example.com"; e.Command != want {
		t.Errorf("command %q, want %q", e.Command, want)
	}
	e = judgement.EdgeEntry(author(0), dana, judgement.Refused, "on call", made)
	if want := "cordon lineage --case NAME --refuse u-1 --reason 'on call' dana@example.com"; e.Command != want {
		t.Errorf("command %q, want %q", e.Command, want)
	}
}

func TestUndoEntries_refuseWhatNoLongerStands(t *testing.T) {
	t.Parallel()
	entries := sealed(
		judgement.MarkEntry(author(0), dana, judgement.Hostile, "", from),
		judgement.MarkEntry(author(1), dana, judgement.Owner, "", from),
		journal.Entry{Action: journal.ActionNote},
	)
	for _, seq := range []int64{1, 3, 4} {
		if got, err := judgement.UndoEntries(author(2), entries, seq); err == nil {
			t.Errorf("entry %d is undone by %v, want an error", seq, got)
		}
	}
}

// TestUndoEntries_putBackWhatStood undoes the last entry of made-up journals.
func TestUndoEntries_putBackWhatStood(t *testing.T) {
	t.Parallel()
	sides := []judgement.Side{judgement.Hostile, judgement.Owner, judgement.Unmarked}
	verdicts := []judgement.Verdict{judgement.Accepted, judgement.Refused, judgement.Undecided}
	rapid.Check(t, func(rt *rapid.T) {
		var entries []journal.Entry
		for i := range rapid.IntRange(1, 8).Draw(rt, "entries") {
			if rapid.Bool().Draw(rt, "hands") {
				keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]judgement.Key{from, home, phone}), 1, 3, rapid.ID).Draw(rt, "keys")
				entries = append(entries, judgement.MarkEntry(author(i), dana, rapid.SampledFrom(sides).Draw(rt, "side"), "", keys...))
				continue
			}
			edge := made
			edge.Event = fmt.Sprint("u-", rapid.IntRange(1, 2).Draw(rt, "event"))
			entries = append(entries, judgement.EdgeEntry(author(i), dana, rapid.SampledFrom(verdicts).Draw(rt, "verdict"), "", edge))
		}
		all := sealed(entries...)
		undo, err := judgement.UndoEntries(author(10), all, int64(len(all)))
		if err != nil {
			rt.Fatal(err)
		}
		before, after := judgement.Read(all[:len(all)-1]), judgement.Read(sealed(append(entries, undo...)...))
		said := cmpopts.IgnoreFields(judgement.Said{}, "Seq", "Time", "Reason")
		if diff := cmp.Diff(before.Marks(dana), after.Marks(dana), said); diff != "" {
			rt.Fatalf("marks (-before +after):\n%s", diff)
		}
		byName := cmpopts.SortSlices(func(a, b judgement.Decision) bool { return a.Event < b.Event })
		if diff := cmp.Diff(before.Decisions(), after.Decisions(), said, byName, cmpopts.EquateEmpty()); diff != "" {
			rt.Fatalf("decisions (-before +after):\n%s", diff)
		}
	})
}
