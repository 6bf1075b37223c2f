package parquet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"slices"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/parquet-go/parquet-go/format"
)

// Bounds of a page. Writers keep far below: 1 MiB is usual, DuckDB goes up to
// 100 MB.
const (
	maxPage       = 128 << 20 // bytes, packed and unpacked
	maxPageValues = 1 << 24
	maxPageHeader = 1 << 20
)

var errPage = errors.New("a page that is damaged")

// buffers hold the page in hand. They are used again: pages may be large.
type buffers struct{ packed, data []byte }

// chunk reads the pages of the column in one row group.
type chunk struct {
	r        *bufio.Reader
	room     *buffers
	codec    format.CompressionCodec
	optional bool
	left     int64    // values of the chunk that are still to come
	words    [][]byte // the dictionary
	page     page
	zstd     *zstd.Decoder
}

func newChunk(r io.Reader, m *format.ColumnMetaData, optional bool, room *buffers) (*chunk, error) {
	switch m.Codec {
	case format.Uncompressed, format.Snappy, format.Gzip, format.Zstd:
	default:
		return nil, fmt.Errorf("it is packed with %s, which is not read: write it again with SNAPPY or ZSTD", m.Codec)
	}
	return &chunk{r: bufio.NewReaderSize(r, maxPageHeader), room: room, codec: m.Codec, optional: optional, left: m.NumValues}, nil
}

func (c *chunk) close() {
	if c.zstd != nil {
		c.zstd.Close()
	}
}

// value returns the next value, empty for none, or io.EOF after the last.
func (c *chunk) value() ([]byte, error) {
	for c.page.left == 0 {
		if c.left == 0 {
			return nil, io.EOF
		}
		if err := c.nextPage(); err != nil {
			return nil, err
		}
	}
	c.page.left--
	c.left--
	return c.page.value()
}

// nextPage reads a page: the dictionary, or one with values.
func (c *chunk) nextPage() error {
	h, err := c.header()
	if err != nil {
		return err
	}
	if h.CompressedPageSize < 0 || h.CompressedPageSize > maxPage || h.UncompressedPageSize < 0 || h.UncompressedPageSize > maxPage {
		return fmt.Errorf("a page larger than %d MiB", maxPage>>20)
	}
	packed, err := readExactly(c.r, c.room.packed, int(h.CompressedPageSize))
	if err != nil {
		return err
	}
	c.room.packed = packed
	if h.CRC != 0 && crc32.ChecksumIEEE(packed) != uint32(h.CRC) {
		return errors.New("a page whose checksum does not fit its bytes")
	}
	switch {
	case h.Type == format.DictionaryPage && h.DictionaryPageHeader.Valid:
		data, err := c.unpack(packed, int(h.UncompressedPageSize))
		if err != nil {
			return err
		}
		return c.dictionary(bytes.Clone(data), h.DictionaryPageHeader.V.NumValues)
	case h.Type == format.DataPage && h.DataPageHeader.Valid:
		return c.pageV1(packed, h)
	case h.Type == format.DataPageV2 && h.DataPageHeaderV2.Valid:
		return c.pageV2(packed, h)
	case h.Type == format.IndexPage:
		return nil
	}
	return errPage
}

func (c *chunk) header() (*format.PageHeader, error) {
	const small = 256
	h := &format.PageHeader{}
	for _, size := range []int{small, maxPageHeader} {
		head, err := c.r.Peek(size)
		if len(head) == 0 {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		if n, err := decode(head, h); err == nil {
			_, err = c.r.Discard(n)
			return h, err
		}
		*h = format.PageHeader{}
	}
	return nil, errPage
}

// readExactly reads n bytes into the room given, which grows as they come: not
// by what a page claims.
func readExactly(r io.Reader, room []byte, n int) ([]byte, error) {
	const step = 1 << 20
	b := room[:0]
	for len(b) < n {
		have, want := len(b), min(n-len(b), max(step, len(b)))
		b = slices.Grow(b, want)[:have+want]
		if _, err := io.ReadFull(r, b[have:]); err != nil {
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
	}
	return b, nil
}

// unpack decompresses the bytes of a page, which must be size bytes then.
func (c *chunk) unpack(packed []byte, size int) (data []byte, err error) {
	switch c.codec {
	case format.Snappy:
		// No byte of it stands for more than 64.
		if n, err := snappy.DecodedLen(packed); err != nil || n != size || size > 64*len(packed) {
			return nil, errPage
		}
		data, err = snappy.Decode(c.room.data[:cap(c.room.data)], packed)
	case format.Gzip:
		z, bad := gzip.NewReader(bytes.NewReader(packed))
		if bad != nil {
			return nil, errPage
		}
		data, err = readExactly(z, c.room.data, size)
	case format.Zstd:
		if c.zstd == nil {
			if c.zstd, err = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(maxPage)); err != nil {
				return nil, err
			}
		}
		if err := c.zstd.Reset(bytes.NewReader(packed)); err != nil {
			return nil, err
		}
		data, err = readExactly(c.zstd, c.room.data, size)
	default:
		if len(packed) != size {
			return nil, errPage
		}
		return packed, nil
	}
	if err != nil {
		return nil, err
	}
	c.room.data = data
	return data, nil
}

// dictionary takes the words that later pages refer to.
func (c *chunk) dictionary(data []byte, n int32) error {
	if n < 0 || n > maxPageValues {
		return errPage
	}
	c.words = c.words[:0]
	words := plain{data}
	for range n {
		w, err := words.next()
		if err != nil {
			return err
		}
		c.words = append(c.words, w)
	}
	return nil
}

func (c *chunk) pageV1(packed []byte, h *format.PageHeader) error {
	data, err := c.unpack(packed, int(h.UncompressedPageSize))
	if err != nil {
		return err
	}
	var levels []byte
	if c.optional {
		if h.DataPageHeader.V.DefinitionLevelEncoding != format.RLE {
			return fmt.Errorf("levels written as %s, which is not read", h.DataPageHeader.V.DefinitionLevelEncoding)
		}
		if levels, data, err = prefixed(data); err != nil {
			return err
		}
	}
	return c.start(h.DataPageHeader.V.NumValues, h.DataPageHeader.V.Encoding, levels, data)
}

func (c *chunk) pageV2(packed []byte, h *format.PageHeader) error {
	v := &h.DataPageHeaderV2.V
	repeats, levels := int(v.RepetitionLevelsByteLength), int(v.DefinitionLevelsByteLength)
	if repeats < 0 || levels < 0 || repeats+levels > len(packed) || repeats+levels > int(h.UncompressedPageSize) {
		return errPage
	}
	data, err := packed[repeats+levels:], error(nil)
	if size := int(h.UncompressedPageSize) - repeats - levels; size > 0 && (!v.IsCompressed.Valid || v.IsCompressed.V) {
		if data, err = c.unpack(data, size); err != nil {
			return err
		}
	}
	return c.start(v.NumValues, v.Encoding, packed[repeats:repeats+levels], data)
}

// start makes the page in hand one of n rows: its levels say which have a
// value, data holds those.
func (c *chunk) start(n int32, encoding format.Encoding, levels, data []byte) error {
	if n < 0 || n > maxPageValues || int64(n) > c.left {
		return errPage
	}
	values, err := newValues(encoding, data, c.words)
	if err != nil {
		return err
	}
	c.page = page{left: int(n), values: values}
	if c.optional {
		c.page.levels = &hybrid{b: levels, width: 1}
	}
	return nil
}
