package store

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"cordon/store/parquet"
)

// maxPackings is how many packings may lie around a content.
const maxPackings = 3

// packing is one way in which a content is packed into a file.
type packing struct {
	name  string
	magic string
	// open reads the content out of the bytes in.content gives. It may add to
	// in.close.
	open func(in *input) (io.Reader, error)
}

var packings = []packing{
	{"gzip", "\x1f\x8b", openGzip},
	{"zstd", "\x28\xb5\x2f\xfd", openZstd},
	{"bzip2", "BZh", func(in *input) (io.Reader, error) { return bzip2.NewReader(in.content), nil }},
	{"parquet", parquet.Magic, openParquet},
	{"utf-16", "\xff\xfe", openUTF16},
	{"utf-16", "\xfe\xff", openUTF16},
}

// packing finds out by its first bytes how the content in hand is packed; nil
// when it is not.
func (in *input) packing() (*packing, error) {
	head, err := in.content.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) && len(head) == 0 {
		return nil, err
	}
	for i := range packings {
		if bytes.HasPrefix(head, []byte(packings[i].magic)) {
			return &packings[i], nil
		}
	}
	return nil, nil
}

// unpack puts a packing's reader in front of the content.
func (in *input) unpack(p *packing) error {
	in.hashFile()
	r, err := p.open(in)
	if err != nil {
		return err
	}
	in.content, in.packed = bufio.NewReaderSize(r, sniffBytes), true
	return nil
}

func openGzip(in *input) (io.Reader, error) {
	z, err := gzip.NewReader(in.content)
	if err != nil {
		return nil, fmt.Errorf("read %s: the gzip header is damaged: %w", in.name, err)
	}
	return z, nil
}

func openZstd(in *input) (io.Reader, error) {
	z, err := zstd.NewReader(in.content, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return nil, fmt.Errorf("read %s: the zstd header is damaged: %w", in.name, err)
	}
	inner := in.close
	in.close = func() error { z.Close(); return inner() }
	return z, nil
}

// openUTF16 reads text as Windows PowerShell writes it into files.
func openUTF16(in *input) (io.Reader, error) {
	return transform.NewReader(in.content, unicode.UTF16(unicode.LittleEndian, unicode.ExpectBOM).NewDecoder()), nil
}
