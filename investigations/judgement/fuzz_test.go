package judgement_test

import (
	"testing"

	"cordon/investigations/journal"
	"cordon/investigations/judgement"
)

// FuzzRead replays entries with any detail: what is read can be named again and
// taken back.
func FuzzRead(f *testing.F) {
	f.Add("hands.mark", judgement.MarkEntry(author(0), dana, judgement.Hostile, "", from, phone).Detail)
	f.Add("edge.refuse", judgement.EdgeEntry(author(0), dana, judgement.Refused, "", made).Detail)
	f.Add("hands.mark", `{"identity":{"kind":"user","name":"x"},"marks":[{"key":"agent:","side":"owner"},{"key":"agent:a:b","side":"other"}]}`)
	f.Add("edge.accept", `{"edges":[{"parent":{"kind":"nothing"}}]}`)
	f.Fuzz(func(t *testing.T, action, detail string) {
		entries := sealed(journal.Entry{Action: journal.Action(action), Detail: detail})
		j := judgement.Read(entries)
		for _, who := range j.Marked() {
			for _, m := range j.Marks(who) {
				if k, err := judgement.ParseKey(m.Key.String()); err != nil || k != m.Key {
					t.Errorf("the key %v is written %q and reads as %v, %v", m.Key, m.Key, k, err)
				}
			}
		}
		if j.IsZero() {
			return
		}
		undo, err := judgement.UndoEntries(author(1), entries, 1)
		if err != nil {
			return
		}
		if !judgement.Read(sealed(append(entries[:1:1], undo...)...)).IsZero() {
			t.Errorf("undoing %s leaves something", detail)
		}
	})
}
