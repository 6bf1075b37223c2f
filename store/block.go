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
)

// Sizes of what is read and kept together, in bytes.
const (
	blockSize = 256 << 10 // a chunk of a log: ends at the first line end after this
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
	partial  bool // data begins or ends inside a line longer than maxLine
	done     chan struct{}
	isLog    bool
	hashSums []byte // content SHA-256 up to and with this block
}

// scanned is one event of a block.
type scanned struct {
	off, size int // in block.data
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
	*b = block{data: b.data[:0], events: b.events[:0], rejects: b.rejects[:0], packed: b.packed[:0], memory: b.memory}
	blocks.Put(b)
}

// cutter cuts a content into blocks.
type cutter struct {
	r      io.Reader
	isLog  bool
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
	cut := c.fill(b)
	if c.carry = append(c.carry, b.data[cut:]...); cut < len(b.data) {
		b.data = b.data[:cut]
	}
	if len(b.data) == 0 {
		b.recycle()
		return nil, c.err
	}
	b.offset, b.isLog, b.done = c.offset, c.isLog, make(chan struct{})
	c.offset += int64(len(b.data))
	ends := b.data[len(b.data)-1] == '\n'
	b.partial = c.inside || c.isLog && !ends && c.err == nil
	c.inside = b.partial && !ends
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
		if len(b.data) >= blockSize && (newline > 0 || !c.isLog) || len(b.data) >= maxLine {
			break
		}
		have := len(b.data)
		want := max(blockSize-have, 64<<10)
		b.data = grow(b.data, want)
		n, err := c.r.Read(b.data[have : have+want])
		b.data = b.data[:have+n]
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
	if c.err != nil || !c.isLog || newline < 0 {
		return len(b.data)
	}
	return newline
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
	for b := range jobs {
		if b.isLog {
			b.scan(&s)
		}
		b.packed = enc.EncodeAll(b.data, b.packed[:0])
		close(b.done)
	}
}

// scan finds the events and the rejects of a block.
func (b *block) scan(s *extract.Scanner) {
	s.Reset(b.memory)
	b.regular = true
	for at := 0; at < len(b.data); {
		end, next := len(b.data), len(b.data)
		if i := bytes.IndexByte(b.data[at:], '\n'); i >= 0 {
			end, next = at+i, at+i+1
		}
		b.scanLine(s, at, end)
		if next > end {
			b.lines++
		}
		at = next
	}
	b.memory = s.Reset(extract.Memory{})
}

func (b *block) scanLine(s *extract.Scanner, at, end int) {
	size := end - at
	if size > 0 && b.data[end-1] == '\r' {
		size--
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
	if err != nil {
		b.reject(at, size, err.Error())
		return
	}
	b.events = append(b.events, scanned{at, size, *l})
}

func (b *block) reject(off, size int, reason string) {
	b.regular = false
	b.rejects = append(b.rejects, rejected{off, size, b.lines, reason})
}
