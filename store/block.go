package store

import (
	"bytes"
	"context"
	"errors"
	"hash"
	"io"
	"sync"

	"github.com/klauspost/compress/zstd"

	"cordon/investigations/extract"
	"cordon/store/framing"
)

// Sizes of what is read and kept together, in bytes.
const (
	blockSize = 640 << 10 // a chunk of a log: ends at the first line end after this
	maxLine   = 16 << 20  // a longer line is kept and rejected in pieces
)

// block is a stretch of one source on its way into the case: the reader fills
// data, a worker scans and compresses it, the writer stores it.
type block struct {
	data     []byte
	offset   int64 // in the content
	events   []scanned
	rejects  []rejected
	lines    int64 // line ends in data
	regular  bool  // every line is one event, nothing between
	packed   []byte
	memory   extract.Memory
	partial  bool           // data begins or ends inside a line longer than maxLine
	goesOn   bool           // data begins inside such a line
	items    []framing.Item // of a content that is not plain lines
	shape    shape
	done     chan struct{}
	hashSums []byte // content SHA-256 up to and with this block
}

// shape is how the events stand in a content.
type shape uint8

const (
	shapeOpaque shape = iota // none: a recording
	shapeLines               // each line is one, but for odd ones
	shapeFramed              // as the framer of the content finds them
)

// scanned is one event of a block.
type scanned struct {
	off, size int // its stretch of block.data
	form      framing.Form
	event     []byte // the event itself
	line      extract.Line
}

// rejected is a stretch of a block that is no event.
type rejected struct {
	off, size int
	line      int64 // line ends in the block before it
	reason    string
}

var blocks = sync.Pool{New: func() any { return &block{data: make([]byte, 0, blockSize+64<<10)} }}

// recycle gives the block's memory back. A block that held one huge line is
// dropped instead, so that it does not stay.
func (b *block) recycle() {
	if cap(b.data) > 4*blockSize {
		return
	}
	clear(b.items)
	*b = block{data: b.data[:0], events: b.events[:0], rejects: b.rejects[:0], packed: b.packed[:0], memory: b.memory, items: b.items[:0]}
	blocks.Put(b)
}

// cutter cuts a content into blocks.
type cutter struct {
	r      io.Reader
	framer framing.Framer // nil for a content without events
	shape  shape
	offset int64
	carry  []byte // the unfinished line after the last block
	inside bool   // the last block ended inside a line
	sum    hash.Hash
	err    error
}

// next returns the next block, or nil and the error that ended the content
// (io.EOF at its end). A log's blocks end with a line, except the last and
// those of a line longer than maxLine.
func (c *cutter) next(ctx context.Context) (*block, error) {
	if c.err != nil && len(c.carry) == 0 {
		return nil, c.err
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	b := blocks.Get().(*block)
	b.data = append(b.data[:0], c.carry...)
	c.carry = c.carry[:0]
	var cut int
	if c.shape == shapeFramed {
		cut = c.frame(b)
	} else {
		cut = c.fill(b)
	}
	if c.carry = append(c.carry, b.data[cut:]...); cut < len(b.data) {
		b.data = b.data[:cut]
	}
	if len(b.data) == 0 {
		b.recycle()
		return nil, c.err
	}
	b.offset, b.shape, b.done = c.offset, c.shape, make(chan struct{})
	c.offset += int64(len(b.data))
	if c.shape == shapeLines {
		ends := b.data[len(b.data)-1] == '\n'
		b.goesOn, b.partial = c.inside, c.inside || !ends && c.err == nil
		c.inside = b.partial && !ends
	}
	c.sum.Write(b.data)
	b.hashSums = c.sum.Sum(nil)
	return b, nil
}

// fill reads until the block is full and returns where to cut it.
func (c *cutter) fill(b *block) int {
	newline := -1 // just after the last line end
	if i := bytes.LastIndexByte(b.data, '\n'); i >= 0 {
		newline = i + 1
	}
	for c.err == nil {
		if len(b.data) >= blockSize && (newline > 0 || c.shape == shapeOpaque) || len(b.data) >= maxLine {
			break
		}
		have := len(b.data)
		err := c.read(b)
		if i := bytes.LastIndexByte(b.data[have:], '\n'); i >= 0 {
			newline = have + i + 1
			if c.inside { // the rest of a huge line ends its block at once
				newline = have + bytes.IndexByte(b.data[have:], '\n') + 1
				c.err = ignoreNil(err)
				return newline
			}
		}
		c.err = ignoreNil(err)
	}
	if c.err != nil || c.shape == shapeOpaque || newline < 0 {
		return len(b.data)
	}
	return newline
}

// read appends more of the content to the block.
func (c *cutter) read(b *block) error {
	have := len(b.data)
	want := max(blockSize-have, 64<<10)
	b.data = grow(b.data, want)
	n, err := c.r.Read(b.data[have : have+want])
	b.data = b.data[:have+n]
	return err
}

// frame reads until the framer has found the end of a record, and returns
// where it is. A record longer than a block makes a longer block.
func (c *cutter) frame(b *block) int {
	for goal := blockSize; ; goal = 2 * len(b.data) {
		for c.err == nil && len(b.data) < goal {
			c.err = ignoreNil(c.read(b))
		}
		var n int
		if b.items, n = c.framer.Frame(b.items[:0], b.data, c.err != nil); n > 0 || c.err != nil {
			return n
		}
	}
}

func ignoreNil(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// grow makes room for n more bytes behind b and returns it with that length.
func grow(b []byte, n int) []byte {
	if cap(b)-len(b) < n {
		b = append(make([]byte, 0, max(2*cap(b), len(b)+n)), b...)
	}
	return b[:len(b)+n]
}

// newEncoder makes the compressor of one worker.
func newEncoder() (*zstd.Encoder, error) {
	return zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20))
}

// worker scans and compresses blocks until there are no more.
func worker(jobs <-chan *block, enc *zstd.Encoder) {
	defer enc.Close()
	var s extract.Scanner
	var odd framing.Lines
	for b := range jobs {
		s.Reset(b.memory)
		switch b.shape {
		case shapeLines:
			b.scan(&s, &odd)
		case shapeFramed:
			b.scanItems(&s)
		}
		b.memory = s.Reset(extract.Memory{})
		b.packed = enc.EncodeAll(b.data, b.packed[:0])
		close(b.done)
	}
}

// scan finds the events and the rejects of a block of lines.
func (b *block) scan(s *extract.Scanner, odd *framing.Lines) {
	b.regular = true
	for at := 0; at < len(b.data); {
		end, next := len(b.data), len(b.data)
		if i := bytes.IndexByte(b.data[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
		}
		b.scanLine(s, odd, at, end)
		if next > end {
			b.lines++
		}
		at = next
	}
}

func (b *block) scanLine(s *extract.Scanner, odd *framing.Lines, at, end int) {
	size := end - at
	if size > 0 && b.data[end-1] == '\r' {
		size--
	}
	if b.offset == 0 && at == 0 && bytes.HasPrefix(b.data, byteOrderMark) {
		b.regular = false
		at, size = at+len(byteOrderMark), size-len(byteOrderMark)
	}
	line := b.data[at : at+size]
	if len(bytes.TrimSpace(line)) == 0 {
		b.regular = false
		return
	}
	if b.partial {
		b.reject(at, size, "a line longer than 16 MiB")
		return
	}
	l, err := s.Scan(line)
	if err == nil && l.Type[0] != '{' { // an envelope may hold the event as a text
		b.events = append(b.events, scanned{at, size, framing.FormPlain, line, *l})
		return
	}
	b.regular = false
	b.items = odd.Line(b.items[:0], b.data, at, at+size, int(b.lines))
	for i := range b.items {
		if b.items[i].Event == nil && err != nil && !errors.Is(err, extract.ErrNoType) {
			b.items[i].Reason = err.Error() // says where the line breaks
		}
		b.item(s, &b.items[i])
	}
}

var byteOrderMark = []byte{0xef, 0xbb, 0xbf}

// scanItems takes the events and the rejects that the framer found.
func (b *block) scanItems(s *extract.Scanner) {
	for i := range b.items {
		b.item(s, &b.items[i])
	}
	b.lines = int64(bytes.Count(b.data, []byte{'\n'}))
}

// item takes what a framer found: an event, if the scanner agrees.
func (b *block) item(s *extract.Scanner, it *framing.Item) {
	if it.Event != nil {
		l, err := s.Scan(it.Event)
		if err == nil {
			b.events = append(b.events, scanned{it.At, it.Size, it.Form, it.Event, *l})
			return
		}
		it.Reason = err.Error()
	}
	b.rejects = append(b.rejects, rejected{it.Off, it.Len, int64(it.Line), it.Reason})
}

func (b *block) reject(off, size int, reason string) {
	b.regular = false
	b.rejects = append(b.rejects, rejected{off, size, b.lines, reason})
}
