package survive

import (
	"context"
	"time"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/hands"
	"cordon/investigations/lineage"
	"cordon/investigations/pivot"
)

// Evidence is what the answer is read from: a case's index, and the lines of
// events, since the ends of things stand only there.
type Evidence interface {
	pivot.Index
	// RawEach yields the lines of events in the order given. A line is valid
	// during the call.
	RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error
}

// Ender is what evidence may also be: it knows the ends of certificates without
// reading their lines.
type Ender interface {
	// CertificateEnds yields when the certificates that the events logged run
	// out, in the order of the ids, which must ascend; zero where the event does
	// not say.
	CertificateEnds(ctx context.Context, ids []int64, yield func(id int64, end time.Time) error) error
}

// Question is what is asked. Ask makes one from a lineage.
type Question struct {
	Root  investigations.Entity // the compromised identity
	Since time.Time             // what it did before does not count; zero: everything counts
	At    time.Time             // the moment that is asked about
	// Edges are the steps of the lineage. Those that the responder refused take
	// their events out of the answer; the others count. What the lineage draws no
	// edges for counts where a reached identity did it.
	Edges []lineage.Edge
	// Short says where the lineage stopped short, in sentences.
	Short []string
	// Hands says whose hands an act under a reached name was in, and whether any
	// hands of that name are marked. Nil: nothing is marked.
	Hands  func(who investigations.Entity, ev *investigations.Event) (v hands.Verdict, marked bool)
	Locks  contain.Board
	Server contain.Server
}

// Ask makes the question of a lineage: its edges, and the hands that the
// responder marked.
func Ask(ctx context.Context, ev Evidence, l *lineage.Lineage, locks contain.Board, server contain.Server, at time.Time) (Question, error) {
	q := Question{Root: l.Question.Identity, Since: l.Question.Since, At: at, Edges: l.Edges, Short: l.Notes, Locks: locks, Server: server}
	marks := l.Question.Judgement
	if len(marks.Marked()) == 0 {
		return q, nil
	}
	judges := map[investigations.Entity]*hands.Judge{}
	for _, who := range marks.Marked() {
		j, err := hands.ReadJudge(ctx, ev, ev, who, marks)
		if err != nil {
			return q, err
		}
		judges[who] = j
	}
	q.Hands = func(who investigations.Entity, ev *investigations.Event) (hands.Verdict, bool) {
		j := judges[who]
		if j == nil {
			j = hands.NewJudge(who, marks)
			judges[who] = j
		}
		return j.Attribute(ev), j.Marked()
	}
	return q, nil
}

// Bounds of an answer. What lies beyond is counted, not listed.
const (
	maxIdentities = 200    // reached identities whose acts are read
	maxActs       = 50_000 // events of one identity that are read
	maxOfKind     = 500    // items of one kind
	maxLines      = 100    // lines read to learn the ends of one kind
)
