package posture

import (
	"context"
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"cordon/investigations"
	"cordon/investigations/actors"
	"cordon/investigations/extract"
	"cordon/investigations/pivot"
)

// Case is what is read of a case. Several goroutines read at once.
type Case interface {
	pivot.Catalog
	Coverage(ctx context.Context) (investigations.Coverage, error)
	// RawEach calls yield with the line of each event, in the order of the ids.
	// The line is valid during the call.
	RawEach(ctx context.Context, ids []int64, yield func(id int64, line []byte) error) error
}

// reading is one pass over the events that some check needs.
type reading struct {
	of   Case
	book *actors.Book
	// plans are the event types to read, by name, and numbered where some check
	// reads them.
	plans   map[string]*plan
	ordered []*plan
	// wanted are the events to read in the order of their ids: the id, and in the
	// lowest bits the number of its plan.
	wanted []int64
}

// planBits are enough for all event types that checks read.
const planBits = 8

// plan is what to do with the events of one type.
type plan struct {
	typ    string
	number int64 // among those that some check reads
	fields []string
	checks []int // of the table
}

// always are the fields that every check may ask for.
var always = []string{"time", "code", "success"}

// Of answers all checks. The book says who is a machine; without one, everybody
// counts as a person. The configuration may be nil.
func Of(ctx context.Context, c Case, book *actors.Book, config *Config) (*Report, error) {
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return nil, fmt.Errorf("check the posture: %w", err)
	}
	r := &reading{of: c, book: book, plans: map[string]*plan{}}
	if err := r.prepare(ctx); err != nil {
		return nil, fmt.Errorf("check the posture: %w", err)
	}
	tallies, err := r.run(ctx)
	if err != nil {
		return nil, fmt.Errorf("check the posture: %w", err)
	}
	report := &Report{Coverage: pivot.Coverage{Coverage: coverage}}
	for i := range checks {
		report.Checks = append(report.Checks, checks[i].result(tallies[i], config, coverage.ServerMajor))
	}
	if err := r.name(ctx, report); err != nil {
		return nil, fmt.Errorf("check the posture: %w", err)
	}
	return report, nil
}

// prepare finds the events that some check needs.
func (r *reading) prepare(ctx context.Context) error {
	groups, err := r.of.TypeGroups(ctx)
	if err != nil {
		return err
	}
	for _, g := range groups {
		p := r.planOf(g.Type)
		if len(p.checks) == 0 {
			continue
		}
		for _, id := range g.IDs {
			r.wanted = append(r.wanted, id<<planBits|p.number)
		}
	}
	slices.Sort(r.wanted)
	return nil
}

func (r *reading) planOf(eventType string) *plan {
	if p := r.plans[eventType]; p != nil {
		return p
	}
	p := &plan{typ: eventType, fields: slices.Clone(always)}
	for i := range checks {
		for _, want := range checks[i].reads {
			if !slices.Contains(want.types, eventType) {
				continue
			}
			if !slices.Contains(p.checks, i) {
				p.checks = append(p.checks, i)
			}
			for _, f := range want.fields {
				if !slices.Contains(p.fields, f) {
					p.fields = append(p.fields, f)
				}
			}
		}
	}
	if len(p.checks) > 0 {
		p.number = int64(len(r.ordered))
		r.ordered = append(r.ordered, p)
	}
	r.plans[eventType] = p
	return p
}

// windowEvents is how many events are asked for at once.
const windowEvents = 1 << 16

// leastPart is how many events are worth a goroutine of their own.
const leastPart = 2000

// run reads the events, a stretch of the case on each processor.
func (r *reading) run(ctx context.Context) ([]*tally, error) {
	parts := max(1, min(runtime.GOMAXPROCS(0), len(r.wanted)/leastPart))
	found := make([][]*tally, parts)
	workers, running := errgroup.WithContext(ctx)
	for i := range parts {
		part := r.wanted[i*len(r.wanted)/parts : (i+1)*len(r.wanted)/parts]
		workers.Go(func() (err error) {
			found[i], err = r.read(running, part)
			return err
		})
	}
	if err := workers.Wait(); err != nil {
		return nil, err
	}
	for _, more := range found[1:] {
		for i := range checks {
			found[0][i].join(more[i])
		}
	}
	return found[0], nil
}

// read counts a stretch of events.
func (r *reading) read(ctx context.Context, part []int64) ([]*tally, error) {
	l := &looker{of: r, pickers: map[*plan]*extract.Picker{}, memory: newMemory()}
	for range checks {
		l.tallies = append(l.tallies, newTally())
	}
	var ids []int64
	for window := range slices.Chunk(part, windowEvents) {
		ids = ids[:0]
		for _, w := range window {
			ids = append(ids, w>>planBits)
		}
		at := 0
		err := r.of.RawEach(ctx, ids, func(id int64, line []byte) error {
			l.look(r.ordered[window[at]&(1<<planBits-1)], id, line)
			at++
			return nil
		})
		if err != nil {
			return nil, err
		}
	}
	return l.tallies, nil
}

// looker has the checks look at events. It is for one goroutine.
type looker struct {
	of      *reading
	pickers map[*plan]*extract.Picker
	memory  *memory
	tallies []*tally
	record  record
}

// look counts one event. A line that cannot be read shows nothing.
func (l *looker) look(p *plan, id int64, line []byte) {
	if l.pickers[p] == nil {
		l.pickers[p] = extract.NewPicker(paths(p.fields))
	}
	cells, err := l.pickers[p].Pick(line)
	if err != nil {
		return
	}
	l.record = record{typ: p.typ, id: id, fields: p.fields, cells: cells, line: line, of: l.of, memory: l.memory}
	for _, i := range p.checks {
		checks[i].take(l.tallies[i], &l.record)
	}
}

// name reads the uids of the events that prove something.
func (r *reading) name(ctx context.Context, report *Report) error {
	proofs := map[int64][]*Proof{}
	for i := range report.Checks {
		for j := range report.Checks[i].Shows {
			f := &report.Checks[i].Shows[j]
			for _, p := range []*Proof{f.First, f.Last} {
				if p != nil {
					proofs[p.ID] = append(proofs[p.ID], p)
				}
			}
		}
	}
	picker := extract.NewPicker(paths([]string{"uid"}))
	fields, remembered := []string{"uid"}, newMemory()
	return r.of.RawEach(ctx, slices.Sorted(maps.Keys(proofs)), func(id int64, line []byte) error {
		cells, err := picker.Pick(line)
		if err != nil {
			return nil // It was read before.
		}
		rec := record{fields: fields, cells: cells, line: line, memory: remembered}
		for _, p := range proofs[id] {
			p.Event = rec.text("uid")
		}
		return nil
	})
}

func paths(fields []string) [][]string {
	out := make([][]string, len(fields))
	for i, f := range fields {
		out[i] = strings.Split(f, "/")
	}
	return out
}
