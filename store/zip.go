package store

import (
	"archive/zip"
	"bytes"
	"compress/bzip2"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zstd"
)

// maxDirectory is how much of a zip is read to list its files, in bytes.
const maxDirectory = 32 << 20

// Methods of compression beside Deflate that are read.
const (
	zipBzip2 = 12
	zipZstd  = zstd.ZipMethodWinZip
)

const (
	reasonEncrypted = "protected by a password: unpack it and give the folder"
	reasonMethod    = "packed with method %d, which cordon does not read: unpack it and give the folder"
)

func isZip(head []byte) bool {
	return bytes.HasPrefix(head, []byte(localHeader)) || bytes.HasPrefix(head, []byte("PK\x05\x06"))
}

func (in *input) openZip() error {
	if err := in.checkNesting(); err != nil {
		return err
	}
	file, size, err := in.random()
	if err != nil {
		return err
	}
	limited := &budget{file: file, left: maxDirectory}
	r, err := zip.NewReader(limited, size)
	switch {
	case errors.Is(err, errBudget):
		return fmt.Errorf("the list of files of the zip is longer than %d MiB: unpack it and give the folder", maxDirectory>>20)
	case err != nil && !errors.Is(err, zip.ErrInsecurePath):
		in.archive = newZipScan(file, size)
		return nil
	}
	limited.left = math.MaxInt
	r.RegisterDecompressor(zip.Deflate, flate.NewReader)
	r.RegisterDecompressor(zipBzip2, func(r io.Reader) io.ReadCloser { return io.NopCloser(bzip2.NewReader(r)) })
	r.RegisterDecompressor(zipZstd, newZipZstd)
	in.archive = &zipArchive{files: r.File}
	return nil
}

func newZipZstd(r io.Reader) io.ReadCloser {
	z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(1<<30))
	if err != nil {
		return io.NopCloser(readerFunc(func([]byte) (int, error) { return 0, err }))
	}
	return z.IOReadCloser()
}

var errBudget = errors.New("too much is read")

// budget bounds what is read of a file.
type budget struct {
	file io.ReaderAt
	left int
}

func (b *budget) ReadAt(p []byte, at int64) (int, error) {
	if b.left -= len(p); b.left < 0 {
		return 0, errBudget
	}
	return b.file.ReadAt(p, at)
}

// zipArchive gives the files that the directory at the end of a zip lists.
type zipArchive struct {
	files []*zip.File // still to come
	open  io.Closer
}

func (z *zipArchive) next() (entry, error) {
	if z.open != nil {
		_ = z.open.Close() // its content was read, or passed over
		z.open = nil
	}
	for len(z.files) > 0 {
		f := z.files[0]
		z.files = z.files[1:]
		if !f.Mode().IsRegular() {
			continue
		}
		return z.entry(f), nil
	}
	return entry{}, io.EOF
}

func (z *zipArchive) entry(f *zip.File) entry {
	e := entry{name: f.Name, size: int64(min(f.UncompressedSize64, math.MaxInt64))}
	if f.Flags&flagEncrypted != 0 {
		e.reason = reasonEncrypted
		return e
	}
	content, err := f.Open()
	switch {
	case errors.Is(err, zip.ErrAlgorithm):
		e.reason = fmt.Sprintf(reasonMethod, f.Method)
	case err != nil:
		e.reason = fmt.Sprintf("it cannot be found in the zip: %v", err)
	default:
		e.content, z.open = content, content
	}
	return e
}
