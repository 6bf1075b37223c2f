package store

import (
	"archive/zip"
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/crc32"
	"io"
	"math"

	"github.com/klauspost/compress/flate"
)

// What stands before each file in a zip and, where its sizes were not known
// beforehand, behind it.
const (
	localHeader     = "PK\x03\x04"
	localHeaderSize = 30
	descriptorMark  = "PK\x07\x08"

	flagEncrypted  = 1 << 0
	flagDescriptor = 1 << 3

	extraZip64 = 1
)

// zipScan gives the files of a zip whose directory is missing or damaged, by
// what stands before each of them.
type zipScan struct {
	r    *bufio.Reader
	n    int               // files met
	left *io.LimitedReader // of the packed bytes in hand; nil when their end shows itself
	open io.Reader         // the file in hand, to be read to its end where left is nil
	big  bool              // the sizes behind the file in hand take eight bytes
}

func newZipScan(file io.ReaderAt, size int64) *zipScan {
	return &zipScan{r: bufio.NewReaderSize(io.NewSectionReader(file, 0, size), sniffBytes)}
}

// zipScanned ends every scan, since the directory was asked for first.
const zipScanned = "the list of files at the end of the zip is missing or damaged: %d files were found without it, %s"

func (z *zipScan) next() (entry, error) {
	if err := z.finish(); err != nil {
		return entry{}, z.ended(err)
	}
	for {
		h, err := z.header()
		if err != nil {
			return entry{}, z.ended(err)
		}
		z.n++
		e, err := z.entry(h)
		if err != nil {
			return entry{}, z.ended(err)
		}
		if h.name == "" || h.name[len(h.name)-1] != '/' {
			return e, nil
		}
		if err := z.finish(); err != nil {
			return entry{}, z.ended(err)
		}
	}
}

// ended says why there is no further file.
func (z *zipScan) ended(err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf(zipScanned, z.n, "the zip is cut inside the last of them")
	case errors.Is(err, io.EOF):
		return fmt.Errorf(zipScanned, z.n, "the rest may be missing")
	case errors.Is(err, errZipUnsized):
		return fmt.Errorf(zipScanned, z.n, "where the next begins is not told")
	}
	return fmt.Errorf(zipScanned, z.n, "what follows cannot be read")
}

var (
	errZipHeader  = errors.New("no file begins here")
	errZipUnsized = errors.New("the size of the file is not told")
)

// localFile is what a zip tells before a file.
type localFile struct {
	name         string
	flags        uint16
	method       uint16
	crc          uint32
	packed, size uint64
	zip64        bool
}

// header reads what stands before the next file; io.EOF where none follows.
func (z *zipScan) header() (*localFile, error) {
	b, err := z.r.Peek(localHeaderSize)
	if len(b) < 4 || string(b[:4]) != localHeader {
		if len(b) >= 4 && string(b[:2]) != "PK" {
			return nil, errZipHeader
		}
		return nil, io.EOF
	}
	if err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	le := binary.LittleEndian
	h := &localFile{
		flags: le.Uint16(b[6:]), method: le.Uint16(b[8:]), crc: le.Uint32(b[14:]),
		packed: uint64(le.Uint32(b[18:])), size: uint64(le.Uint32(b[22:])),
	}
	rest := make([]byte, int(le.Uint16(b[26:]))+int(le.Uint16(b[28:])))
	nameSize := le.Uint16(b[26:])
	if _, err := z.r.Discard(localHeaderSize); err != nil {
		return nil, err
	}
	if _, err := io.ReadFull(z.r, rest); err != nil {
		return nil, io.ErrUnexpectedEOF
	}
	h.name = string(rest[:nameSize])
	h.long(rest[nameSize:])
	return h, nil
}

// long takes the sizes of a large file out of the extra fields.
func (h *localFile) long(extra []byte) {
	le := binary.LittleEndian
	for len(extra) >= 4 {
		id, n := le.Uint16(extra), int(le.Uint16(extra[2:]))
		if extra = extra[4:]; n > len(extra) {
			return
		}
		if id == extraZip64 {
			h.zip64 = true
			if n >= 16 && h.packed == math.MaxUint32 {
				h.size, h.packed = le.Uint64(extra), le.Uint64(extra[8:])
			}
		}
		extra = extra[n:]
	}
}

// entry opens the file behind its header.
func (z *zipScan) entry(h *localFile) (entry, error) {
	e := entry{name: h.name, size: int64(min(h.size, math.MaxInt64))}
	unsized := h.flags&flagDescriptor != 0 && h.packed == 0
	if unsized && (h.method != zip.Deflate || h.flags&flagEncrypted != 0) {
		return e, errZipUnsized
	}
	var packed io.Reader = z.r
	z.big = h.zip64
	if !unsized {
		z.left = &io.LimitedReader{R: z.r, N: int64(min(h.packed, math.MaxInt64))}
		packed = bufio.NewReader(z.left)
	}
	switch {
	case h.flags&flagEncrypted != 0:
		e.reason = reasonEncrypted
	case h.method == zip.Store:
		e.content = packed
	case h.method == zip.Deflate:
		e.content = flate.NewReader(packed)
	default:
		e.reason = fmt.Sprintf(reasonMethod, h.method)
	}
	switch {
	case unsized:
		e.size, z.open = -1, e.content
	case e.content != nil && h.flags&flagDescriptor == 0:
		e.content = &checked{r: e.content, want: h.crc, sum: crc32.NewIEEE()}
	}
	return e, nil
}

// finish moves behind the file in hand.
func (z *zipScan) finish() error {
	if z.left != nil {
		_, err := io.Copy(io.Discard, z.left)
		missing := z.left.N > 0
		z.left = nil
		if missing && err == nil {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return err
		}
		return z.descriptor(false)
	}
	if z.open == nil {
		return nil
	}
	_, err := io.Copy(io.Discard, z.open)
	z.open = nil
	if err != nil {
		return err
	}
	return z.descriptor(true)
}

// descriptor passes over the checksum and sizes behind a file, which may have a
// mark of their own.
func (z *zipScan) descriptor(must bool) error {
	b, err := z.r.Peek(len(descriptorMark))
	marked := string(b) == descriptorMark
	if !marked && !must {
		return nil
	}
	size := 12
	if z.big {
		size = 20
	}
	if marked {
		size += len(descriptorMark)
	}
	z.big = false
	if err == nil {
		_, err = z.r.Discard(size)
	}
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return err
}

// checked compares a file with its checksum.
type checked struct {
	r    io.Reader
	want uint32
	sum  hash.Hash32
}

func (c *checked) Read(b []byte) (int, error) {
	n, err := c.r.Read(b)
	c.sum.Write(b[:n])
	if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) && c.sum.Sum32() != c.want {
		err = zip.ErrChecksum
	}
	return n, err
}
