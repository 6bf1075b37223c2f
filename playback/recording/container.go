package recording

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/gzip"
)

const (
	// maxMessage is the largest event Teleport writes: its servers hold one in
	// a buffer of this size.
	maxMessage = 64 * 1024
	slabSize   = 256 * 1024
)

// container takes a Teleport recording apart: parts, their gzip, the messages
// inside. It yields messages and never fails; what is wrong becomes a problem.
type container struct {
	src  *faultReader
	file *bufio.Reader
	prob *problems

	parts   int
	flags   int // parts with flags this program does not know
	sealed  ageParts
	padding uint64

	limited io.LimitedReader // the body of the current part
	body    *bufio.Reader
	zip     *gzip.Reader
	open    bool // a part is being read

	slab []byte // the messages are read into slabs that the frames share
	used int
}

func newContainer(src *faultReader, file *bufio.Reader, prob *problems) *container {
	return &container{src: src, file: file, prob: prob, body: bufio.NewReaderSize(nil, 32*1024)}
}

// next returns the next message, valid for ever, or io.EOF.
func (c *container) next() ([]byte, error) {
	for {
		if !c.open {
			if err := c.openPart(); err != nil {
				return nil, err
			}
			continue
		}
		msg, ok := c.message()
		if ok {
			return msg, nil
		}
		c.open = false
		if !c.closePart() {
			return nil, io.EOF
		}
	}
}

// discard gives back the last message's room when nobody keeps its bytes.
func (c *container) discard(msg []byte) { c.used -= len(msg) }

// openPart reads the next header. It returns io.EOF at the end of the file,
// whether it is a clean one or not.
func (c *container) openPart() error {
	size, padding, flags, err := c.header()
	if err != nil {
		return err
	}
	c.parts++
	c.padding = padding
	if size > math.MaxInt64 || padding > math.MaxInt64 {
		c.truncated(fmt.Sprintf("The header of part %d is damaged: nothing after it can be read.", c.parts))
		return io.EOF
	}
	c.limited = io.LimitedReader{R: c.file, N: int64(size)}
	c.body.Reset(&c.limited)
	if flags&^flagEncrypted != 0 {
		c.flags++
	}
	switch {
	case flags&flagEncrypted != 0:
		c.sealed.read(c.body, size)
		c.prob.add(ProblemEncrypted, true, 1, c.sealed.sentence)
		if !c.closePart() {
			return io.EOF
		}
	case size == 0:
		if !c.closePart() {
			return io.EOF
		}
	default:
		c.openBody()
	}
	return nil
}

// openBody starts the gzip stream of a part. One that does not start is closed
// at once.
func (c *container) openBody() {
	var err error
	if c.zip == nil {
		c.zip, err = gzip.NewReader(c.body)
	} else {
		err = c.zip.Reset(c.body)
	}
	c.open = true
	if err != nil {
		c.zip = nil
		c.damaged(err, "does not begin with gzip data")
		return
	}
	// One stream only: old servers left padding inside the body, and reading
	// on would take it for a broken second stream.
	c.zip.Multistream(false)
}

// header reads a part header of either version.
func (c *container) header() (size, padding uint64, flags byte, err error) {
	var h [headerV2]byte
	n, err := io.ReadFull(c.file, h[:headerV1])
	if n == 0 && errors.Is(err, io.EOF) {
		c.readFault()
		return 0, 0, 0, io.EOF
	}
	if err != nil {
		c.truncated(fmt.Sprintf("The file ends inside the header of part %d: the rest is missing.", c.parts+1))
		return 0, 0, 0, io.EOF
	}
	version := binary.BigEndian.Uint64(h[:])
	size, padding = binary.BigEndian.Uint64(h[8:]), binary.BigEndian.Uint64(h[16:])
	switch version {
	case 1:
		return size, padding, 0, nil
	case 2:
		if _, err := io.ReadFull(c.file, h[headerV1:]); err != nil {
			c.truncated(fmt.Sprintf("The file ends inside the header of part %d: the rest is missing.", c.parts+1))
			return 0, 0, 0, io.EOF
		}
		return size, padding, h[headerV1], nil
	default:
		c.readFault()
		c.prob.add(ProblemCorrupt, true, 1, fixed(fmt.Sprintf(
			"After part %d comes something that is no part of a recording: the rest cannot be read.", c.parts)))
		return 0, 0, 0, io.EOF
	}
}

// message reads one length and message; it is not ok when the part has ended,
// well or not.
func (c *container) message() ([]byte, bool) {
	if c.zip == nil {
		return nil, false
	}
	var h [4]byte
	n, err := io.ReadFull(c.zip, h[:])
	if n == 0 && errors.Is(err, io.EOF) {
		return nil, false
	}
	if err != nil {
		c.damaged(err, "ends inside an event")
		return nil, false
	}
	size := binary.BigEndian.Uint32(h[:])
	switch {
	case size == 0:
		c.damaged(nil, "holds an event of no length")
		return nil, false
	case size > maxMessage:
		c.damaged(nil, "holds an event of impossible length")
		return nil, false
	}
	if c.used+int(size) > len(c.slab) {
		c.slab, c.used = make([]byte, slabSize), 0
	}
	msg := c.slab[c.used : c.used+int(size) : c.used+int(size)]
	if _, err := io.ReadFull(c.zip, msg); err != nil {
		c.damaged(err, "ends inside an event")
		return nil, false
	}
	c.used += int(size)
	return msg, true
}

// damaged notes why the current part could not be read to its end, unless the
// file itself ended there, which closePart says better.
func (c *container) damaged(err error, why string) {
	if err != nil && c.bodyCut() {
		return
	}
	part := c.parts
	c.prob.add(ProblemCorrupt, true, 1, func(n int64) string {
		if n == 1 {
			return fmt.Sprintf("Part %d %s: the rest of this part is not shown.", part, why)
		}
		return fmt.Sprintf("%d parts are damaged (the first is part %d, which %s): what follows the damage in each is not shown.", n, part, why)
	})
}

// bodyCut says whether the file ended inside the current body. It consumes the
// body.
func (c *container) bodyCut() bool {
	_, err := io.Copy(io.Discard, c.body)
	return err != nil || c.limited.N > 0
}

// closePart skips what is left of the body and the padding. It reports whether
// another part can follow.
func (c *container) closePart() bool {
	if c.bodyCut() {
		c.truncated(fmt.Sprintf("The file ends inside part %d: the rest of the session is missing.", c.parts))
		return false
	}
	skipped, err := io.CopyN(io.Discard, c.file, int64(c.padding))
	if err != nil || uint64(skipped) < c.padding {
		c.truncated(fmt.Sprintf("The file ends inside the padding of part %d: later parts, if there were any, are missing.", c.parts))
		return false
	}
	return true
}

// truncated notes that the file ends too early, or why it could not be read
// further when the reader beneath has failed.
func (c *container) truncated(sentence string) {
	if c.readFault() {
		return
	}
	c.prob.add(ProblemTruncated, true, 1, fixed(sentence))
}

// readFault notes a failure of the reader beneath, if there was one.
func (c *container) readFault() bool {
	return c.src.report(c.prob)
}
