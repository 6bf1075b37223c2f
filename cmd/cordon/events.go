package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"cordon/investigations"
	"cordon/investigations/filter"
	"cordon/store"
	"cordon/tui/safetext"
)

const eventsExamples = `cordon events ./logs
cordon events --case incident --filter 'user:mallory@example.com event:session.*,exec'
cordon events --case incident --jsonl --filter 'after:2026-11-18 "etc/passwd"' | jq .event
cordon events --raw audit.log.gz | sha256sum`

// tableRows is how many events a table is laid out for at a time: the columns
// of a long list stand in line without its being held in memory.
const tableRows = 500

// errEnough ends the reading of events once there are as many as were asked for.
var errEnough = errors.New("enough events")

// eventsAsk is what a person asks of `cordon events`.
type eventsAsk struct {
	caseName string
	filter   string
	limit    int
	json     bool
	jsonl    bool
	raw      bool
}

func (p *program) eventsVerb() *cobra.Command {
	var ask eventsAsk
	cmd := &cobra.Command{
		Use:   "events [PATH…]",
		Short: "List events, oldest first",
		Long: "List events, oldest first, all of them unless --limit says otherwise.\n\n" +
			"--raw prints the sources' own bytes: with --filter or --limit the lines of those events as they stood, without them every log from its first byte to its last, rejected lines and line ends included.\n\n" +
			"A filter is terms that must all hold: key:value, words, and - in front to turn one round. Keys: " + filterKeys() + ".",
		Example: eventsExamples,
	}
	withCase(cmd, &ask.caseName)
	flags := cmd.Flags()
	flags.StringVar(&ask.filter, "filter", "", "list only the events that this filter lets through")
	flags.IntVar(&ask.limit, "limit", 0, "stop after this many events; 0 lists all")
	flags.BoolVar(&ask.json, "json", false, "print one JSON answer with the coverage")
	flags.BoolVar(&ask.jsonl, "jsonl", false, "print the logged JSON, one event a line")
	flags.BoolVar(&ask.raw, "raw", false, "print the sources' own bytes")
	cmd.MarkFlagsMutuallyExclusive("json", "jsonl", "raw")
	cmd.RunE = p.act(func(ctx context.Context, args []string) error {
		paths, err := evidenceOnly(args)
		if err != nil {
			return err
		}
		return p.events(ctx, ask, paths)
	})
	return cmd
}

func filterKeys() string {
	var names []string
	for _, k := range filter.Keys() {
		names = append(names, string(k.Key))
	}
	return strings.Join(names, ", ")
}

func (p *program) events(ctx context.Context, ask eventsAsk, paths []string) (err error) {
	if ask.limit < 0 {
		return misuse("0 lists all", "--limit must not be negative")
	}
	if _, seen := terminal(p.out); seen && ask.raw {
		return misuse("cordon events --raw PATH > FILE, or --jsonl to look at them here", "--raw prints bytes as they are, and a terminal would obey them: send them to a file or a pipe")
	}
	expr, err := filter.Parse(ask.filter, p.now())
	if err != nil {
		return badFilter(ask.filter, err)
	}
	c, err := p.openCase(ctx, ask.caseName, paths)
	if err != nil {
		return err
	}
	defer joined(&err, c)
	if ask.raw && expr.IsZero() && ask.limit == 0 {
		return p.replaySources(ctx, c)
	}
	selection, err := c.Select(ctx, expr)
	if err != nil {
		return err
	}
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	out := bufio.NewWriterSize(p.out, 64<<10)
	write := p.eventWriter(ask, out)
	n := 0
	err = write.begin(coverage)
	if err == nil {
		n, err = writeEvents(ctx, c, selection, ask, write)
	}
	if err == nil {
		err = write.end()
	}
	if err = errors.Join(err, out.Flush()); err != nil {
		return err
	}
	if expr.IsZero() {
		return found("the evidence holds no event", n, coverage)
	}
	return found("no event passes the filter", n, coverage)
}

func badFilter(text string, err error) error {
	var bad *filter.Error
	if !errors.As(err, &bad) {
		return misuse("", "%w", err)
	}
	return misuse(bad.Hint, "filter %q, from character %d: %s", text, len([]rune(text[:bad.Pos]))+1, bad.Msg)
}

// replaySources writes every log of the case byte for byte, in the order in
// which they were added.
func (p *program) replaySources(ctx context.Context, c *store.Case) error {
	sources, err := c.Sources(ctx)
	if err != nil {
		return err
	}
	recordings, err := c.Recordings(ctx)
	if err != nil {
		return err
	}
	isRecording := make(map[int64]bool, len(recordings))
	for _, r := range recordings {
		isRecording[r.ID] = true
	}
	out := bufio.NewWriterSize(p.out, 64<<10)
	n := 0
	for _, s := range sources {
		if isRecording[s.ID] {
			continue
		}
		n++
		if err := c.Replay(ctx, s.ID, out); err != nil {
			return err
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	coverage, err := c.Coverage(ctx)
	if err != nil {
		return err
	}
	return found("the case holds no log", n, coverage)
}

// writeEvents hands the selected events to a writer one by one and returns how
// many there were.
func writeEvents(ctx context.Context, c *store.Case, selected *store.Selection, ask eventsAsk, write eventWriter) (int, error) {
	n := 0
	err := c.EachEvent(ctx, selected, ask.raw || ask.jsonl, func(e *investigations.Event, line []byte) error {
		if err := write.event(e, line); err != nil {
			return err
		}
		if n++; n == ask.limit {
			return errEnough
		}
		return nil
	})
	if errors.Is(err, errEnough) {
		err = nil
	}
	return n, err
}

// eventWriter is one form of the list of events.
type eventWriter interface {
	begin(investigations.Coverage) error
	// event takes one event, and its line where the form is made of lines. Both
	// are valid during the call.
	event(e *investigations.Event, line []byte) error
	end() error
}

func (p *program) eventWriter(ask eventsAsk, out *bufio.Writer) eventWriter {
	_, seen := terminal(p.out)
	switch {
	case ask.raw:
		return &lineWriter{out: out}
	case ask.jsonl:
		return &lineWriter{out: out, seen: seen, compact: true}
	case ask.json:
		return &jsonWriter{filter: ask.filter, out: out}
	default:
		return &rowWriter{p: p}
	}
}

// lineWriter writes the lines of events as they were logged.
type lineWriter struct {
	out     *bufio.Writer
	compact bool // one line for each event, also where its source has several
	seen    bool // by a terminal, which must not act on a line
}

func (w *lineWriter) begin(investigations.Coverage) error { return nil }
func (w *lineWriter) end() error                          { return nil }

func (w *lineWriter) event(_ *investigations.Event, line []byte) error {
	if w.compact && bytes.ContainsAny(line, "\r\n") {
		var b bytes.Buffer
		if json.Compact(&b, line) == nil {
			line = b.Bytes()
		}
	}
	if w.seen {
		line = safetext.JSON(line)
	}
	if _, err := w.out.Write(line); err != nil {
		return err
	}
	return w.out.WriteByte('\n')
}

// jsonWriter writes one JSON object, its events as they are read.
type jsonWriter struct {
	filter string
	out    *bufio.Writer
	some   bool
}

// eventJSON is one event of `cordon events --json`.
type eventJSON struct {
	UID      string                       `json:"uid"`
	Event    string                       `json:"event"`
	Code     string                       `json:"code,omitempty"`
	Time     *string                      `json:"time"`
	Index    int64                        `json:"ei"`
	Cluster  string                       `json:"cluster_name,omitempty"`
	Outcome  string                       `json:"outcome,omitempty"`
	Text     string                       `json:"text,omitempty"`
	Involved []investigations.Involvement `json:"involved"`
}

func (w *jsonWriter) begin(c investigations.Coverage) error {
	head, err := json.Marshal(covered(c))
	if err != nil {
		return err
	}
	named, err := json.Marshal(w.filter)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w.out, "{\"coverage\":%s,\n\"filter\":%s,\n\"events\":[", safetext.JSON(head), safetext.JSON(named))
	return err
}

func (w *jsonWriter) event(e *investigations.Event, _ []byte) error {
	line, err := json.Marshal(shownEvent(e))
	if err != nil {
		return err
	}
	sep := ",\n"
	if !w.some {
		sep, w.some = "\n", true
	}
	_, err = fmt.Fprintf(w.out, "%s%s", sep, safetext.JSON(line))
	return err
}

func (w *jsonWriter) end() error {
	_, err := w.out.WriteString("]}\n")
	return err
}

func shownEvent(e *investigations.Event) eventJSON {
	j := eventJSON{
		UID: e.UID, Event: e.Type, Code: e.Code, Index: e.Index, Cluster: e.Cluster, Outcome: outcomeWord(e.Outcome), Text: e.Text,
		Involved: append([]investigations.Involvement{}, e.Involved...),
	}
	if !e.Time.IsZero() {
		at := moment(e.Time)
		j.Time = &at
	}
	return j
}

func outcomeWord(o investigations.Outcome) string {
	switch o {
	case investigations.OutcomeSuccess:
		return "success"
	case investigations.OutcomeFailure:
		return "failed"
	default:
		return ""
	}
}

// rowWriter writes rows for a person.
type rowWriter struct {
	p        *program
	coverage investigations.Coverage
	rows     [][]string // not printed yet
	some     bool
}

func (w *rowWriter) begin(c investigations.Coverage) error {
	w.coverage = c
	return nil
}

func (w *rowWriter) event(e *investigations.Event, _ []byte) error {
	w.some = true
	w.rows = append(w.rows, eventRow(e))
	if len(w.rows) < tableRows {
		return nil
	}
	return w.flush()
}

func (w *rowWriter) flush() error {
	rows := w.rows
	w.rows = w.rows[:0]
	return w.p.print(func(t *plain) { t.table(rows) })
}

func (w *rowWriter) end() error {
	if !w.some {
		return nil
	}
	if err := w.flush(); err != nil {
		return err
	}
	w.p.tell("%s", coverageLine(w.coverage))
	return nil
}

// eventRow is the moment, the type, who, and what else the event names.
func eventRow(e *investigations.Event) []string {
	who, rest := "", []string{}
	actor, ok := e.Actor()
	if ok {
		who = actor.Entity.Name
	}
	if o := outcomeWord(e.Outcome); o == "failed" {
		rest = append(rest, "! failed")
	}
	if e.Text != "" {
		rest = append(rest, e.Text)
	}
	for _, v := range e.Involved {
		if ok && v == actor || v.Entity.Kind == investigations.KindCluster {
			continue
		}
		rest = append(rest, named(v.Entity, v.Label))
	}
	return []string{moment(e.Time), atLeast(e.Type, 20), atLeast(who, 24), strings.Join(rest, "  ")}
}

// atLeast pads a cell, so that the windows of a long list stand in line.
func atLeast(s string, width int) string {
	return s + strings.Repeat(" ", max(0, width-safetext.Width(s)))
}
