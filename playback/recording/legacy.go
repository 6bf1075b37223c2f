package recording

import (
	"archive/tar"
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strconv"
	"strings"

	apievents "github.com/gravitational/teleport/api/types/events"
	"github.com/klauspost/compress/gzip"
)

const (
	// maxArchive bounds what is held of a recording before 4.4: its events and
	// its output lie one behind the other in the archive and are needed together.
	maxArchive = 256 << 20
	// maxPrint bounds the output that one event of such a recording may name.
	maxPrint = 1 << 20
	// maxSkip bounds what is unpacked in vain, as a small file can unpack to
	// more than anybody waits for.
	maxSkip = 64 << 20
)

// legacy reads a recording of Teleport before 4.4: a tar of an index, of events
// as JSON lines, and of the terminal's bytes, of which each print event names a
// slice. Events and bytes are packed with gzip.
type legacy struct {
	*teleport
	events   []*member
	enhanced []*member // commands, files and connections, beside the others in time
	chunks   []*member
	lines    [2]lineReader // of events and enhanced
	waiting  [2]*Event     // read, and not yet given
	output   *bufio.Reader // what chunks[0] holds
	unpacked int64         // how far it was read, as an offset of the session
}

// member is one file of the archive, and the number its contents begin at: an
// event's, or a byte's.
type member struct {
	name  string
	first int64
	data  []byte
}

// newLegacy reads the archive. One that holds nothing of a recording is none.
func newLegacy(file io.Reader, meta *Meta, prob *problems, copy *Writer) (*teleport, error) {
	l := &legacy{teleport: &teleport{meta: meta, prob: prob, copy: copy, last: -1, size: firstSlab}}
	l.read = l.step
	prob.here = func() place { return place{at: l.clock.last} }
	if err := l.unpack(tar.NewReader(file)); err != nil {
		return nil, err
	}
	if len(l.chunks) == 0 && len(l.events) > 0 {
		prob.add(ProblemLegacy, true, 1, fixed("The archive holds no output (a file that ends in .chunks.gz): the events are shown without it."))
	}
	if len(l.events) == 0 {
		prob.add(ProblemLegacy, true, 1, fixed("The archive holds no events (a file that ends in .events.gz): its output cannot be placed in time and is not shown."))
	}
	return l.teleport, nil
}

// unpack sorts the files of the archive and puts them in order.
func (l *legacy) unpack(archive *tar.Reader) error {
	index := map[string]int64{}
	held := int64(0)
	for {
		h, err := archive.Next()
		if err != nil {
			if !errors.Is(err, io.EOF) {
				l.prob.add(ProblemTruncated, true, 1, fixed("The archive is cut or damaged: what follows in it is missing."))
			}
			break
		}
		base := path.Base(h.Name)
		into := l.list(base)
		if into == nil && !strings.HasSuffix(base, ".index") {
			continue
		}
		data, _ := io.ReadAll(io.LimitReader(archive, maxArchive-held+1)) // the next header tells when the archive is cut
		if held += int64(len(data)); held > maxArchive {
			l.prob.add(ProblemLimit, true, 1, fixed(fmt.Sprintf("The archive is larger than %d MiB: the rest of it is not shown.", maxArchive>>20)))
			break
		}
		if into == nil {
			readIndex(data, index)
		} else {
			*into = append(*into, &member{name: base, data: data, first: numberOf(base)})
		}
	}
	if len(l.events)+len(l.chunks) == 0 {
		return ErrNotRecording
	}
	for _, list := range []*[]*member{&l.events, &l.enhanced, &l.chunks} {
		for _, m := range *list {
			if n, ok := index[m.name]; ok {
				m.first = n
			}
		}
		slices.SortStableFunc(*list, func(a, b *member) int { return int(max(min(a.first-b.first, 1), -1)) })
	}
	l.lines = [2]lineReader{{l: l, left: l.events}, {l: l, left: l.enhanced}}
	return nil
}

// list is where a file belongs by its name, or nil.
func (l *legacy) list(name string) *[]*member {
	switch {
	case strings.HasSuffix(name, ".chunks.gz"):
		return &l.chunks
	case strings.HasSuffix(name, "-events.gz"):
		return &l.enhanced
	case strings.HasSuffix(name, ".events.gz"):
		return &l.events
	}
	return nil
}

// numberOf is the number that Teleport put into a file's name: SESSION-0.events.gz.
func numberOf(name string) int64 {
	name, _, _ = strings.Cut(name, ".")
	n, err := strconv.ParseInt(name[strings.LastIndexByte(name, '-')+1:], 10, 64)
	if err != nil {
		return 0
	}
	return max(n, 0)
}

// readIndex takes from the index file which number each file begins at.
func readIndex(data []byte, into map[string]int64) {
	for line := range bytes.Lines(data) {
		var entry struct {
			File   string `json:"file_name"`
			Type   string `json:"type"`
			Index  int64  `json:"index"`
			Offset int64  `json:"offset"`
		}
		if json.Unmarshal(line, &entry) != nil || entry.File == "" || entry.Index < 0 || entry.Offset < 0 {
			continue
		}
		n := entry.Index
		if entry.Type == "chunks" {
			n = entry.Offset
		}
		into[path.Base(entry.File)] = n
	}
}

// step gives the earlier of the next event and the next enhanced event.
func (l *legacy) step() (Frame, bool, error) {
	for i := range l.waiting {
		if l.waiting[i] == nil {
			l.waiting[i] = l.lines[i].next()
		}
	}
	from := 0
	if l.waiting[0] == nil || l.waiting[1] != nil && l.waiting[1].Time.Before(l.waiting[0].Time) {
		from = 1
	}
	ev := l.waiting[from]
	l.waiting[from] = nil
	if ev == nil || l.copy != nil && l.copy.err != nil {
		return Frame{}, false, io.EOF
	}
	l.last++
	ev.Index = l.last
	l.meta.saw(ev.Time)
	l.meta.learn(ev)
	if p, ok := ev.audit.(*apievents.SessionPrint); ok {
		p.Data = l.slice(p)
		p.Bytes = int64(len(p.Data))
	}
	if l.copy != nil {
		l.copyEvent(ev)
	}
	return l.place(ev), true, nil
}

// copyEvent gives an event to the writer, which keeps its error.
func (l *legacy) copyEvent(ev *Event) {
	switch audit := ev.audit.(type) {
	case nil:
		l.prob.add(ProblemUnknown, true, 1, counted(
			"%d event of a kind that a recording of today cannot hold was not copied", "%d events of a kind that a recording of today cannot hold were not copied"))
	case *apievents.SessionPrint:
		_ = l.copy.Print(ev.Time, audit.Data)
	default:
		if err := l.copy.Event(audit); err != nil {
			_ = l.copy.fail(err)
		}
	}
}

// slice is the part of the terminal's bytes that an event names.
func (l *legacy) slice(p *apievents.SessionPrint) []byte {
	lost := func() []byte {
		l.prob.add(ProblemHole, true, 1, counted("The bytes of %d output are missing", "The bytes of %d outputs are missing"))
		return nil
	}
	if p.Offset < 0 || p.Bytes < 0 || p.Bytes > maxPrint || !l.seek(p.Offset) {
		return lost()
	}
	buf := make([]byte, p.Bytes)
	n, err := io.ReadFull(l.output, buf)
	l.unpacked += int64(n)
	if err != nil && n == 0 && p.Bytes > 0 {
		return lost()
	}
	if n < len(buf) {
		_ = lost()
	}
	return l.keep(buf[:n])
}

// seek goes forward in the bytes of the terminal, from file to file.
func (l *legacy) seek(offset int64) bool {
	for len(l.chunks) > 1 && offset >= l.chunks[1].first {
		l.chunks, l.output = l.chunks[1:], nil
	}
	if len(l.chunks) == 0 {
		return false
	}
	if l.output == nil {
		l.output, l.unpacked = l.unzip(l.chunks[0]), l.chunks[0].first
	}
	if offset-l.unpacked > maxSkip {
		return false
	}
	n, err := io.CopyN(io.Discard, l.output, max(offset-l.unpacked, 0))
	l.unpacked += n
	return err == nil && l.unpacked == offset
}

// unzip unpacks a file of the archive, as far as it can be.
func (l *legacy) unzip(m *member) *bufio.Reader {
	zip, err := gzip.NewReader(bytes.NewReader(m.data))
	if err != nil {
		l.damaged()
		return bufio.NewReader(bytes.NewReader(nil))
	}
	src := &faultReader{r: zip}
	return bufio.NewReader(readerFunc(func(p []byte) (int, error) {
		n, err := src.Read(p)
		if err != nil && src.err != nil {
			l.damaged()
		}
		return n, err
	}))
}

func (l *legacy) damaged() {
	if !l.prob.has(ProblemCorrupt) { // one file is asked again and again
		l.prob.add(ProblemCorrupt, true, 1, fixed("A file in the archive is cut or damaged: what follows the damage in it is not shown."))
	}
}

// lineReader reads the events of one series of files.
type lineReader struct {
	l    *legacy
	left []*member
	now  *bufio.Reader
	line []byte
}

// next is the next event, or nil after the last.
func (r *lineReader) next() *Event {
	for skipped := 0; ; skipped += len(r.line) + 1 {
		if skipped > maxSkip {
			r.l.damaged()
			r.now, r.left = nil, nil
		}
		if r.now == nil {
			if len(r.left) == 0 {
				return nil
			}
			r.now, r.left = r.l.unzip(r.left[0]), r.left[1:]
		}
		line, err := r.read()
		if err != nil {
			r.now = nil
		}
		if len(bytes.TrimSpace(line)) > 0 {
			if ev := decodeLegacy(line); ev != nil {
				return ev
			}
			if err != nil && r.l.prob.has(ProblemCorrupt) {
				continue // the line is cut where the file is
			}
			r.l.prob.add(ProblemBadEvent, true, 1, counted(
				"%d event cannot be decoded and is not shown", "%d events cannot be decoded and are not shown"))
		}
	}
}

// read returns a line; of one that is too long to be an event, its beginning.
func (r *lineReader) read() ([]byte, error) {
	r.line = r.line[:0]
	for {
		piece, err := r.now.ReadSlice('\n')
		r.line = append(r.line, piece[:min(len(piece), maxPrint-len(r.line))]...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return r.line, err
		}
	}
}

// decodeLegacy reads one event as JSON, or returns nil. The kinds that a
// terminal session is made of become Teleport's types, all others keep their
// name.
func decodeLegacy(line []byte) *Event {
	var head apievents.Metadata
	if json.Unmarshal(line, &head) != nil || head.Type == "" {
		return nil
	}
	ev := &Event{Type: head.Type, Code: head.Code, UID: head.ID, Time: head.Time.UTC(), json: bytes.Clone(bytes.TrimSpace(line))}
	var into apievents.AuditEvent
	switch head.Type {
	case "session.start":
		into = &apievents.SessionStart{}
	case "session.end":
		into = &apievents.SessionEnd{}
	case "session.join":
		into = &apievents.SessionJoin{}
	case "session.leave":
		into = &apievents.SessionLeave{}
	case typePrint:
		into = &apievents.SessionPrint{}
	case "resize":
		into = &apievents.Resize{}
	case "exec":
		into = &apievents.Exec{}
	case "session.command":
		into = &apievents.SessionCommand{}
	case "session.disk":
		into = &apievents.SessionDisk{}
	case "session.network":
		into = &apievents.SessionNetwork{}
	default:
		return ev
	}
	if json.Unmarshal(line, into) != nil {
		if head.Type == typePrint {
			return nil
		}
		return ev
	}
	ev.audit = into
	return ev
}
