package recording

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"filippo.io/age"
	"github.com/klauspost/compress/gzip"
)

const (
	// maxMessage is the largest event Teleport writes: its servers hold one in
	// a buffer of this size.
	maxMessage = 64 * 1024
	// maxPart bounds the sizes that a header may name and still be believed.
	maxPart  = 1 << 50
	bodySize = 32 * 1024
)

// container takes a Teleport recording apart: parts, their encryption, their
// gzip, the messages inside. It yields messages and never fails; what is wrong
// becomes a problem.
type container struct {
	src  *faultReader
	file *bufio.Reader
	prob *problems
	keys []age.Identity

	parts  int // parts whose header was read
	start  int64
	header header // of the current part
	open   bool   // the current part is being read
	hurt   bool   // damage of the current part was told
	count  int    // messages of the current part that were read
	sealed sealedParts

	// What had been found when the current part began, for resume.
	before struct {
		sealed    sealedParts
		encrypted int64
		corrupt   int64
		whole     int   // parts read to their end
		start     int64 // of the part after them
	}

	limited io.LimitedReader // the body of the current part
	body    *bufio.Reader
	plain   *faultReader // what an encrypted body holds; nil for others
	unseal  *bufio.Reader
	zip     *gzip.Reader

	message [maxMessage]byte
}

// header is what stands before the body of a part.
type header struct {
	version uint64
	size    uint64 // of the body
	padding uint64
	flags   byte
	length  int64 // of the header itself
}

func newContainer(src *faultReader, file *bufio.Reader, prob *problems, keys []age.Identity) *container {
	c := &container{src: src, file: file, prob: prob, keys: keys}
	c.body, c.unseal = bufio.NewReaderSize(nil, bodySize), bufio.NewReaderSize(nil, bodySize)
	return c
}

// resume goes on with a file that has grown, in the part that was not whole.
func (c *container) resume(src *faultReader, file *bufio.Reader) {
	c.src, c.file, c.open = src, file, false
	c.parts, c.start, c.sealed = c.before.whole, c.before.start, c.before.sealed
	c.prob.withdraw(ProblemEncrypted, c.before.encrypted)
	c.prob.withdraw(ProblemCorrupt, c.before.corrupt)
}

// next returns the next message, valid until the call after it, or io.EOF.
func (c *container) next() ([]byte, error) {
	for {
		if !c.open {
			if err := c.openPart(); err != nil {
				return nil, err
			}
			continue
		}
		msg, ok := c.read()
		if ok {
			c.count++
			return msg, nil
		}
		if !c.closePart() {
			return nil, io.EOF
		}
	}
}

// openPart reads the next header and begins its body. It returns io.EOF at the
// end of the file, whether it is a clean one or not.
func (c *container) openPart() error {
	c.before.sealed, c.before.whole, c.before.start = c.sealed, c.parts, c.start
	c.before.encrypted, c.before.corrupt = c.prob.count(ProblemEncrypted), c.prob.count(ProblemCorrupt)
	c.count = 0
	h, err := c.readHeader()
	if err != nil {
		return err
	}
	c.header = h
	c.parts++
	c.limited = io.LimitedReader{R: c.file, N: int64(h.size)}
	c.body.Reset(&c.limited)
	c.open, c.hurt, c.plain = true, false, nil
	switch {
	case h.flags&flagEncrypted != 0 && !c.openSealed():
		if !c.closePart() {
			return io.EOF
		}
	case h.size == 0:
		if !c.closePart() {
			return io.EOF
		}
	default:
		return c.openBody()
	}
	return nil
}

// openSealed begins an encrypted body. It is not ok without the key.
func (c *container) openSealed() bool {
	head, _ := c.body.Peek(bodySize)
	c.sealed.read(head)
	plain, err := c.sealed.open(c.body, c.keys)
	if err != nil {
		c.sealed.bytes += c.header.size
		c.prob.add(ProblemEncrypted, true, 1, func(n int64, _ string) string { return c.sealed.sentence(n, len(c.keys)) })
		return false
	}
	c.plain = &faultReader{r: plain}
	c.unseal.Reset(c.plain)
	return true
}

// openBody starts the gzip stream of a part. One that does not start is closed
// at once.
func (c *container) openBody() error {
	from := c.body
	if c.plain != nil {
		from = c.unseal
	}
	var err error
	if c.zip == nil {
		c.zip, err = gzip.NewReader(from)
	} else {
		err = c.zip.Reset(from)
	}
	if err != nil {
		c.zip = nil
		c.damaged(err, "does not begin with gzip data")
		if !c.closePart() {
			return io.EOF
		}
		return nil
	}
	// One stream only: old servers left padding inside the body, and reading
	// on would take it for a broken second stream.
	c.zip.Multistream(false)
	return nil
}

// readHeader reads the next header of either version, passing over what is
// none.
func (c *container) readHeader() (header, error) {
	b, err := c.file.Peek(headerV2)
	h, ok := parseHeader(b)
	switch {
	case len(b) == 0:
		c.readFault()
		return header{}, io.EOF
	case ok && int64(len(b)) >= h.length:
		_, _ = c.file.Discard(int(h.length)) // it was peeked at
		return h, nil
	case ok || err != nil && len(b) < headerV1:
		c.truncated(fmt.Sprintf("The file ends at byte %d, inside the header of part %d: the rest is missing.", c.start+int64(len(b)), c.parts+1))
		return header{}, io.EOF
	default:
		return c.findHeader()
	}
}

// parseHeader reads a header. Of one that is cut it says as much as can be
// known; it is not ok for anything else.
func parseHeader(b []byte) (h header, ok bool) {
	if len(b) < headerV1 {
		return header{}, false
	}
	h = header{version: binary.BigEndian.Uint64(b), size: binary.BigEndian.Uint64(b[8:]), padding: binary.BigEndian.Uint64(b[16:]), length: headerV1}
	if h.version == 2 {
		h.length = headerV2
		if len(b) > headerV1 {
			h.flags = b[headerV1]
		}
	}
	return h, (h.version == 1 || h.version == 2) && h.size <= maxPart && h.padding <= maxPart
}

// findHeader looks for the next part behind bytes that belong to none.
func (c *container) findHeader() (header, error) {
	first, part := c.start, c.parts
	for {
		b, err := c.file.Peek(c.file.Size())
		at := indexHeader(b)
		if at < 0 {
			// Keep what may be the beginning of a header.
			if at = len(b) - headerV2 - len(ageMagic); at <= 0 || err != nil {
				at = len(b)
			}
			c.start += int64(at)
			_, _ = c.file.Discard(at)
			if err == nil {
				continue
			}
			if !c.readFault() {
				c.prob.add(ProblemCorrupt, true, 1, fixed(fmt.Sprintf(
					"From byte %d on, after part %d, comes something that is no part of a recording: %d bytes cannot be read.", first, part, c.start-first)))
			}
			return header{}, io.EOF
		}
		h, _ := parseHeader(b[at:])
		c.start += int64(at)
		_, _ = c.file.Discard(at + int(h.length))
		c.prob.add(ProblemCorrupt, true, 1, fixed(fmt.Sprintf(
			"%d bytes from byte %d on, after part %d, are no part of a recording and were passed over.", c.start-first, first, part)))
		return h, nil
	}
}

// indexHeader is where in b a header stands with the beginning of its body, or
// -1.
func indexHeader(b []byte) int {
	for i := 0; i+headerV2+len(ageMagic) <= len(b); i++ {
		if b[i] != 0 || b[i+7] != 1 && b[i+7] != 2 {
			continue
		}
		h, ok := parseHeader(b[i:])
		if !ok || h.size == 0 {
			continue
		}
		body := b[i+int(h.length):]
		if body[0] == 0x1f && body[1] == 0x8b || h.flags&flagEncrypted != 0 && string(body[:len(ageMagic)]) == ageMagic {
			return i
		}
	}
	return -1
}

// read reads one length and message; it is not ok when the part has ended, well
// or not.
func (c *container) read() ([]byte, bool) {
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
	msg := c.message[:size]
	if _, err := io.ReadFull(c.zip, msg); err != nil {
		c.damaged(err, "ends inside an event")
		return nil, false
	}
	return msg, true
}

// damaged notes why the current part could not be read to its end, unless the
// file itself ended there, which closePart says better.
func (c *container) damaged(err error, why string) {
	if err != nil && c.bodyCut() {
		return
	}
	if c.plain != nil && c.plain.err != nil {
		why = "does not decrypt, as it was damaged or altered"
	}
	c.hurt = true
	c.prob.add(ProblemCorrupt, true, 1, func(n int64, where string) string {
		if n == 1 {
			return fmt.Sprintf("A part %s: the rest of the part is not shown (%s).", why, where)
		}
		return fmt.Sprintf("%d parts are damaged, and what follows the damage in each is not shown. The first %s (%s).", n, why, where)
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
	c.open = false
	if c.plain != nil {
		// What follows the gzip stream is sealed too, and the end is what shows
		// that nothing was cut.
		_, _ = io.Copy(io.Discard, c.unseal)
		if err := c.plain.err; err != nil && !c.hurt {
			c.damaged(err, "")
		}
	}
	end := c.start + c.header.length + int64(c.header.size)
	if c.bodyCut() {
		c.truncated(fmt.Sprintf("The file ends at byte %d, inside part %d at byte %d, %s: the rest of the session is missing.",
			end-c.limited.N, c.parts, c.start, clock(c.prob.where().at)))
		return false
	}
	skipped, err := io.CopyN(io.Discard, c.file, int64(c.header.padding))
	if err != nil {
		c.truncated(fmt.Sprintf("The file ends at byte %d, inside the padding of part %d: later parts, if there were any, are missing.", end+skipped, c.parts))
		return false
	}
	c.start = end + skipped
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
