package recording

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWrappers is how many layers of gzip or zstd may lie around a recording.
const maxWrappers = 3

// fileBuffer is how much of a file is read at a time.
const fileBuffer = 64 << 10

// faultReader remembers why reading failed, so that a disk that fails is not
// reported as a recording that is cut.
type faultReader struct {
	r     io.Reader
	inner *faultReader // beneath a wrapper
	name  string       // of the wrapper, empty for the file itself
	err   error
}

func (f *faultReader) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, io.EOF
	}
	n, err := f.r.Read(p)
	if err != nil && !errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		f.err = err
		return n, io.EOF
	}
	return n, err
}

// failure is the error of a file of which nothing can be read: the file's own,
// or that what lies around a recording holds none.
func (f *faultReader) failure() error {
	for beneath := f.inner; beneath != nil; beneath = beneath.inner {
		if beneath.err != nil {
			return beneath.failure()
		}
	}
	if f.name != "" {
		return fmt.Errorf("unpack %s: %w: %w", f.name, f.err, ErrNotRecording)
	}
	return fmt.Errorf("read recording: %w", f.err)
}

// report adds the fault as a problem and says whether there was one.
func (f *faultReader) report(prob *problems) bool {
	switch {
	case f.inner != nil && f.inner.report(prob):
		return true
	case f.err == nil:
		return false
	case f.name == "":
		prob.add(ProblemRead, true, 1, fixed(fmt.Sprintf("The file could not be read further: %v.", f.err)))
	case errors.Is(f.err, io.ErrUnexpectedEOF):
		prob.add(ProblemTruncated, true, 1, fixed(fmt.Sprintf("The %s around the recording is cut: the rest is missing.", f.name)))
	default:
		prob.add(ProblemCorrupt, true, 1, fixed(fmt.Sprintf("The %s around the recording is damaged: the rest cannot be read.", f.name)))
	}
	return true
}

// unwrap looks through gzip and zstd at what lies inside.
func unwrap(r io.Reader) (format Format, src *faultReader, file *bufio.Reader, err error) {
	src = &faultReader{r: r}
	for range maxWrappers + 1 {
		file = bufio.NewReaderSize(src, fileBuffer)
		head, err := file.Peek(SniffLen)
		if len(head) == 0 {
			if src.err != nil {
				return FormatUnknown, nil, nil, src.failure()
			}
			return FormatUnknown, nil, nil, fmt.Errorf("the file is empty: %w", ErrNotRecording)
		}
		if err != nil && src.err != nil && len(head) < 8 {
			return FormatUnknown, nil, nil, src.failure()
		}
		format = Sniff(head)
		inner := src
		switch format {
		case FormatGzip:
			zip, err := gzip.NewReader(file)
			if err != nil {
				return FormatUnknown, nil, nil, fmt.Errorf("unpack gzip: %w: %w", err, ErrNotRecording)
			}
			src = &faultReader{r: zip, inner: inner, name: "gzip"}
		case FormatZstd:
			// One at a time: the decoder then starts no goroutines, and its
			// window is bounded whatever the file asks for.
			dec, err := zstd.NewReader(file, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(64<<20))
			if err != nil {
				return FormatUnknown, nil, nil, fmt.Errorf("unpack zstd: %w: %w", err, ErrNotRecording)
			}
			src = &faultReader{r: dec, inner: inner, name: "zstd"}
		case FormatUnknown:
			return FormatUnknown, nil, nil, ErrNotRecording
		default:
			return format, src, file, nil
		}
	}
	return FormatUnknown, nil, nil, fmt.Errorf("packed more than %d times: %w", maxWrappers, ErrNotRecording)
}
