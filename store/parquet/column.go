package parquet

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/parquet-go/parquet-go/format"
)

// Magic starts and ends a Parquet file.
const Magic = "PAR1"

// maxFooter is the longest description of a file that is read, in bytes.
const maxFooter = 16 << 20

// footerTail is the length of the description and the magic after it.
const footerTail = 8

var (
	errNoFooter = errors.New("the Parquet file is cut or damaged: its end, which says where the rows are, is missing")
	errFooter   = errors.New("the Parquet file is damaged: its description cannot be read")
)

// Column reads the values of one top-level column, row group after row group.
// It is for one goroutine.
type Column struct {
	file     io.ReaderAt
	size     int64
	name     string
	optional bool
	groups   []format.RowGroup
	next     int // of groups
	chunk    *chunk
	room     buffers
}

// NewColumn opens the column of texts with the given name, in any case, of a
// file of size bytes. The error says what the file lacks, in words for a person
// who knows its name.
func NewColumn(file io.ReaderAt, size int64, name string) (*Column, error) {
	meta, err := readFooter(file, size)
	if err != nil {
		return nil, err
	}
	column, err := findColumn(meta.Schema, name)
	if err != nil {
		return nil, err
	}
	c := &Column{file: file, size: size, name: column.Name, groups: meta.RowGroups}
	c.optional = column.RepetitionType.V == format.Optional
	return c, nil
}

func readFooter(file io.ReaderAt, size int64) (*format.FileMetaData, error) {
	var tail [footerTail]byte
	if size < int64(len(Magic))+footerTail {
		return nil, errNoFooter
	}
	if err := readAt(file, tail[:], size-footerTail); err != nil {
		return nil, err
	}
	length := int64(binary.LittleEndian.Uint32(tail[:]))
	switch {
	case string(tail[4:]) != Magic, length > size-footerTail:
		return nil, errNoFooter
	case length > maxFooter:
		return nil, fmt.Errorf("the Parquet file describes itself in %d bytes, more than the %d that are read", length, maxFooter)
	}
	footer := make([]byte, length)
	if err := readAt(file, footer, size-footerTail-length); err != nil {
		return nil, err
	}
	meta := &format.FileMetaData{}
	if _, err := decode(footer, meta); err != nil {
		return nil, errFooter
	}
	if meta.EncryptionAlgorithm.Value != nil {
		return nil, errors.New("the Parquet file is encrypted: give it decrypted")
	}
	return meta, nil
}

// readAt fills b; a file that ends before is an error.
func readAt(file io.ReaderAt, b []byte, at int64) error {
	if n, err := file.ReadAt(b, at); n < len(b) {
		if err == nil || errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return fmt.Errorf("read the end of the Parquet file: %w", err)
	}
	return nil
}

// findColumn finds a column among those at the top of a schema, which is listed
// depth first.
func findColumn(schema []format.SchemaElement, name string) (*format.SchemaElement, error) {
	var names []string
	inside := int64(0) // elements of the group in hand that are still to come
	for i := range schema {
		e := &schema[i]
		if i == 0 {
			continue // the root
		}
		if inside > 0 {
			inside += int64(e.NumChildren.V) - 1
			continue
		}
		names, inside = append(names, e.Name), int64(e.NumChildren.V)
		if !strings.EqualFold(e.Name, name) {
			continue
		}
		if !e.Type.Valid || e.Type.V != format.ByteArray || e.RepetitionType.V == format.Repeated {
			return nil, fmt.Errorf("the column %s of the Parquet file holds no texts", name)
		}
		return e, nil
	}
	return nil, fmt.Errorf("a Parquet file without the column %s, it has %s", name, list(names))
}

// list names columns for a sentence, not too long.
func list(names []string) string {
	const most, longest = 8, 40
	if len(names) == 0 {
		return "no columns"
	}
	var out []string
	for _, n := range names[:min(most, len(names))] {
		if len(n) > longest {
			n = strings.ToValidUTF8(n[:longest], "") + "…"
		}
		out = append(out, n)
	}
	if len(names) > most {
		out = append(out, fmt.Sprintf("and %d more", len(names)-most))
	}
	return strings.Join(out, ", ")
}

// Next returns the value of the next row, empty where the row has none, and
// io.EOF after the last. Any other error tells what is wrong with a row group;
// the next call goes on with the one after it.
func (c *Column) Next() ([]byte, error) {
	for {
		if c.chunk == nil {
			if c.next == len(c.groups) {
				return nil, io.EOF
			}
			c.next++
			chunk, err := c.open(&c.groups[c.next-1])
			if err != nil {
				return nil, c.damaged(err)
			}
			c.chunk = chunk
		}
		v, err := c.chunk.value()
		if err == nil {
			return v, nil
		}
		c.chunk.close()
		c.chunk = nil
		if !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, c.damaged(err)
		}
	}
}

func (c *Column) damaged(err error) error {
	return fmt.Errorf("row group %d of %d of the Parquet file: %w", c.next, len(c.groups), err)
}

// Close gives up what is open.
func (c *Column) Close() {
	if c.chunk != nil {
		c.chunk.close()
		c.chunk = nil
	}
	c.next = len(c.groups)
}

// open starts the column's chunk of a row group.
func (c *Column) open(g *format.RowGroup) (*chunk, error) {
	for i := range g.Columns {
		m := &g.Columns[i].MetaData
		if len(m.PathInSchema) != 1 || m.PathInSchema[0] != c.name {
			continue
		}
		from := m.DataPageOffset
		if d := m.DictionaryPageOffset; d > 0 && d < from {
			from = d
		}
		if from < int64(len(Magic)) || m.TotalCompressedSize < 0 || from > c.size-m.TotalCompressedSize || m.NumValues < 0 {
			return nil, errors.New("it does not lie in the file")
		}
		return newChunk(io.NewSectionReader(c.file, from, m.TotalCompressedSize), m, c.optional, &c.room)
	}
	return nil, fmt.Errorf("it lacks the column %s", c.name)
}
