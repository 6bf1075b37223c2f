package sessions

import (
	"context"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	tea "charm.land/bubbletea/v2"

	"cordon/investigations"
	"cordon/investigations/contain"
	"cordon/investigations/journal"
	"cordon/investigations/rules/command"
	"cordon/playback/player"
	"cordon/playback/recording"
	"cordon/playback/transcript"
	"cordon/themes"
	"cordon/tui/pane"
	"cordon/tui/safetext"
)

const (
	// firstPiece is how much of a recording is read before its first picture: a
	// few milliseconds of work, and all of most recordings.
	firstPiece = 1 << 20
	// maxBeside is how many audit events are listed beside a replay.
	maxBeside = 2000
)

// opened is a recording that can be watched, whole or its first piece.
type opened struct {
	player *player.Player
	whole  bool
}

// openReplay shows the replay of a session and starts to read its recording.
// A moment that is not zero is gone to.
func (p *Pane) openReplay(s investigations.Session, at time.Time) tea.Cmd {
	p.leaveReplay()
	p.replay = newReplay(s, at, p.env.Styles.Glyphs)
	p.replay.first, p.list.offset = p.list.offset, 0
	p.replay.resize(p.size)
	evidence := p.env.Evidence
	open := p.loader.Load(loadRecording, func(ctx context.Context) (any, error) {
		file, err := evidence.OpenRecording(ctx, s.RecordingID)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		reader, err := recording.NewReader(file)
		if err != nil {
			return nil, err
		}
		rec := &recording.Recording{}
		whole, err := rec.Grow(reader, firstPiece, recording.DefaultLimit)
		if err != nil {
			return nil, err
		}
		pl := player.NewWith(rec, marking)
		if whole {
			pl.Prepare(2 * firstPiece)
		}
		return opened{pl, whole && pl.Indexed()}, ctx.Err()
	})
	return tea.Batch(open, p.loadBeside(s), p.loadNotes(), p.recordOpening(s))
}

// recordOpening writes into the journal that the recording is watched.
func (p *Pane) recordOpening(s investigations.Session) tea.Cmd {
	evidence, desk := p.env.Evidence, p.env.Desk
	entry := journal.Entry{
		Time: p.env.Now(), Action: journal.ActionRecordingOpen,
		Target: "session " + s.ID, Command: "cordon play " + contain.Quote(s.ID), Result: where(s),
	}
	if desk != nil {
		entry.Operator, entry.Mode = desk.Guard.Operator, desk.Mode
	}
	// Each entry is a load of its own: one must never cancel another.
	return p.loader.LoadQuietly(loadJournal+" "+s.ID+" "+entry.Time.String(), func(context.Context) (any, error) {
		return evidence.Record(context.Background(), entry)
	})
}

// loadRest reads the whole recording and makes its index, while the first piece
// is watched.
func (p *Pane) loadRest() tea.Cmd {
	r := p.replay
	r.read = new(atomic.Int64)
	evidence, id, read := p.env.Evidence, r.session.RecordingID, r.read
	return p.loader.Load(loadRest, func(ctx context.Context) (any, error) {
		file, err := evidence.OpenRecording(ctx, id)
		if err != nil {
			return nil, err
		}
		defer file.Close() //nolint:errcheck // it was only read
		rec, err := recording.Load(ctx, &counter{file, read})
		if err != nil {
			return nil, err
		}
		index, err := player.BuildIndexWith(ctx, rec, marking)
		if err != nil {
			return nil, err
		}
		pl := player.NewWith(rec, marking)
		pl.Adopt(index)
		return opened{pl, true}, nil
	})
}

// marking is how recordings are read here: dangerous commands are marked.
var marking = player.Options{Classify: command.Danger}

// counter counts what is read, for the progress that is shown meanwhile.
type counter struct {
	io.Reader
	n *atomic.Int64
}

func (c *counter) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.n.Add(int64(n))
	return n, err
}

// audit are the events of a session in the log, and the locks of whoever and
// whatever took part, from its start on.
type audit struct {
	events []investigations.Event
	total  int
	locks  []lockEvent
}

func (p *Pane) loadBeside(s investigations.Session) tea.Cmd {
	evidence := p.env.Evidence
	return p.loader.LoadQuietly(loadBeside, func(ctx context.Context) (any, error) {
		groups, err := evidence.Groups(ctx, sessionEntity(s))
		if err != nil {
			return nil, err
		}
		var ids []int64
		for _, g := range groups {
			ids = append(ids, g.IDs...)
		}
		slices.Sort(ids)
		ids = slices.Compact(ids)
		out := audit{total: len(ids)}
		err = evidence.Each(ctx, ids[:min(len(ids), maxBeside)], func(e *investigations.Event) error {
			own := *e
			own.Involved = slices.Clone(e.Involved)
			out.events = append(out.events, own)
			return nil
		})
		if err == nil {
			out.locks, err = locksOn(ctx, evidence, tookPart(s.User, out.events), s.Start)
		}
		return out, err
	})
}

func (p *Pane) loadTranscript() tea.Cmd {
	rec := p.replay.player.Recording()
	return p.loader.Load(loadTranscript, func(ctx context.Context) (any, error) {
		return transcript.Read(ctx, rec)
	})
}

func (p *Pane) loadMatches(text string) tea.Cmd {
	rec := p.replay.player.Recording()
	return p.loader.Load(loadFind, func(ctx context.Context) (any, error) {
		matches, err := transcript.Find(ctx, rec, text)
		return found{text: text, matches: matches, rec: rec}, err
	})
}

// found is the answer of a search in a recording.
type found struct {
	text    string
	matches []transcript.Match
	rec     *recording.Recording
}

// Receive takes the answers of the pane's own loads and ticks.
func (p *Pane) Receive(msg tea.Msg) (tea.Cmd, bool) {
	if t, ok := msg.(tickMsg); ok {
		if t.of != p {
			return nil, false
		}
		return p.tick(t), true
	}
	name, answer, ok := p.loader.Take(msg)
	if !ok {
		return nil, false
	}
	switch {
	case name == loadSessions:
		all, _ := answer.Value.([]investigations.Session)
		p.list.deliver(all, answer.Err, p.env)
		if answer.Err != nil {
			return nil, true
		}
		p.list.begin(p.env.Clock.T0())
		p.list.untouched = p.list.untouched && p.loader.Loading(loadRunning)
		return p.settle(), true
	case name == loadRunning:
		p.tookRunning(answer)
		return nil, true
	case name == loadFetch:
		return p.fetched(answer), true
	case strings.HasPrefix(name, loadJournal):
		p.journalled(answer.Err)
		return nil, true
	case name == pane.LoadNote:
		pane.Noted(p.env, answer)
		return nil, true
	case name == loadHits || name == loadExport:
		p.receiveApart(name, answer)
		return nil, true
	case p.replay == nil:
		return nil, true
	}
	return p.receiveReplay(name, answer.Value, answer.Err), true
}

// receiveApart takes an answer that does not need the replay to be there still.
func (p *Pane) receiveApart(name string, answer pane.LoadedMsg) {
	switch v := answer.Value.(type) {
	case hitsFound:
		if answer.Err == nil {
			p.foundAll(v)
		}
	case exported:
		if answer.Err == nil {
			p.exportDone(v)
		}
	}
	if answer.Err != nil && !answer.Cancelled() {
		p.say(themes.Danger, map[string]string{loadHits: "Not searched: ", loadExport: "Not written: "}[name]+safetext.Clean(answer.Err.Error()))
	}
}

func (p *Pane) journalled(err error) {
	if err != nil {
		p.say(themes.Danger, "The journal does not say that this recording was opened: "+safetext.Clean(err.Error()))
		return
	}
	p.env.Out.Put(pane.Changed{})
}
