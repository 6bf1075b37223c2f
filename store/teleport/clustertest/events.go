package clustertest

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"time"

	"github.com/gravitational/teleport/api/client/proto"
	auditlogpb "github.com/gravitational/teleport/api/gen/proto/go/teleport/auditlog/v1"
	"github.com/gravitational/teleport/api/types"
	apievents "github.com/gravitational/teleport/api/types/events"
	"github.com/gravitational/trace"
	"google.golang.org/protobuf/types/known/structpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// pageBytes is how much an answer with events holds, whatever the limit.
const pageBytes = 1 << 20

const maxPage = 10_000

// event is one event of the log.
type event struct {
	time  time.Time
	uid   string
	typ   string
	index int64
	size  int
	body  *structpb.Struct
	typed *apievents.OneOf // nil for types that an old server does not know
}

// AddLines adds events as they stand in a log, one JSON object each. They need
// not be in order of time.
func (c *Cluster) AddLines(lines ...string) {
	for _, line := range lines {
		e := event{body: &structpb.Struct{}, size: len(line)}
		must(c.Authority.t, e.body.UnmarshalJSON([]byte(line)))
		fields := e.body.GetFields()
		e.typ, e.uid = fields["event"].GetStringValue(), fields["uid"].GetStringValue()
		e.index = int64(fields["ei"].GetNumberValue())
		at, err := time.Parse(time.RFC3339Nano, fields["time"].GetStringValue())
		must(c.Authority.t, err)
		e.time = at.UTC()
		c.add(e)
	}
}

// Add adds events of types that every version knows.
func (c *Cluster) Add(list ...apievents.AuditEvent) {
	for _, ev := range list {
		line, err := json.Marshal(ev)
		must(c.Authority.t, err)
		typed, err := apievents.ToOneOf(ev)
		must(c.Authority.t, err)
		e := event{body: &structpb.Struct{}, size: len(line), typed: typed, typ: ev.GetType(), uid: ev.GetID(), index: ev.GetIndex(), time: ev.GetTime().UTC()}
		must(c.Authority.t, e.body.UnmarshalJSON(line))
		c.add(e)
	}
}

func (c *Cluster) add(e event) {
	c.mu.Lock()
	defer c.mu.Unlock()
	i, _ := slices.BinarySearchFunc(c.events, e, compareEvents)
	c.events = slices.Insert(c.events, i, e)
}

func compareEvents(a, b event) int {
	return cmp.Or(a.time.Compare(b.time), cmp.Compare(a.index, b.index), cmp.Compare(a.uid, b.uid))
}

// ask is a search in either form.
type ask struct {
	from, to   time.Time
	types      []string
	limit      int
	descending bool
	start      string
}

// page finds the events that an answer holds, and the key of the next.
func (c *Cluster) page(a ask) (found []event, next string, err error) {
	if a.limit > maxPage {
		return nil, "", trace.BadParameter("limit %d exceeds max %d", a.limit, maxPage)
	}
	if a.limit == 0 {
		a.limit = 500
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var matching []event
	from, to := a.from.Truncate(time.Millisecond), a.to.Truncate(time.Millisecond)
	for _, e := range c.events {
		at := e.time.Truncate(time.Millisecond)
		if !at.Before(from) && !at.After(to) && (len(a.types) == 0 || slices.Contains(a.types, e.typ)) {
			matching = append(matching, e)
		}
	}
	if a.descending {
		slices.Reverse(matching)
	}
	if a.start != "" {
		i := slices.IndexFunc(matching, func(e event) bool { return keyOf(e) == a.start })
		if i < 0 {
			return nil, "", trace.BadParameter("invalid start key %q", a.start)
		}
		matching = matching[i+1:]
	}
	size := 0
	for i, e := range matching {
		if size += e.size; i > 0 && size > pageBytes || i == a.limit {
			return found, keyOf(matching[i-1]), nil
		}
		found = append(found, e)
	}
	return found, "", nil
}

func keyOf(e event) string {
	return strconv.FormatInt(e.time.UnixNano(), 10) + "/" + strconv.FormatInt(e.index, 10) + "/" + e.uid
}

// descending reads the order as Teleport does: by its own numbers, of which the
// messages have the names the other way round.
func descending(order int32) bool { return types.EventOrder(order) == types.EventOrderDescending }

func (a *auth) GetEvents(ctx context.Context, r *proto.GetEventsRequest) (*proto.Events, error) {
	if err := a.cluster.allow(ctx, "event", "list"); err != nil {
		return nil, err
	}
	found, next, err := a.cluster.page(ask{r.StartDate, r.EndDate, r.EventTypes, int(r.Limit), descending(int32(r.Order)), r.StartKey})
	out := &proto.Events{LastKey: next}
	for _, e := range found {
		if e.typed != nil {
			out.Items = append(out.Items, e.typed)
		}
	}
	return out, err
}

// Asked is one question for a page of events.
type Asked struct {
	From, To time.Time
	Limit    int
	Key      string // where the page begins; empty for the first
}

// Pages gives the pages of the log from now on, made as they are asked for, and
// the key of the next page: logs too large to hold, and such as no cluster should
// give. The older form of the search does not tell them.
func (c *Cluster) Pages(f func(Asked) (page []*auditlogpb.EventUnstructured, next string)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.told = f
}

// auditLog is the service of newer versions.
type auditLog struct {
	auditlogpb.UnimplementedAuditLogServiceServer
	cluster *Cluster
}

func (a *auditLog) GetUnstructuredEvents(ctx context.Context, r *auditlogpb.GetUnstructuredEventsRequest) (*auditlogpb.EventsUnstructured, error) {
	if err := a.cluster.allow(ctx, "event", "list"); err != nil {
		return nil, err
	}
	a.cluster.mu.Lock()
	told := a.cluster.told
	a.cluster.mu.Unlock()
	found, next, err := a.cluster.page(ask{
		r.StartDate.AsTime(), r.EndDate.AsTime(), r.EventTypes, int(r.Limit), descending(int32(r.Order)), r.StartKey,
	})
	out := &auditlogpb.EventsUnstructured{LastKey: next}
	if told != nil {
		out.Items, out.LastKey = told(Asked{r.StartDate.AsTime(), r.EndDate.AsTime(), int(r.Limit), r.StartKey})
		return out, nil
	}
	for _, e := range found {
		out.Items = append(out.Items, &auditlogpb.EventUnstructured{
			Type: e.typ, Id: e.uid, Time: timestamppb.New(e.time), Index: e.index, Unstructured: e.body,
		})
	}
	return out, err
}
