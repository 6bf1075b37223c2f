package store

import (
	"errors"
	"io"

	"cordon/store/parquet"
)

// eventColumn holds the events in the tables of Athena and Access Monitoring.
const eventColumn = "event_data"

// openParquet reads the events of a Parquet file as lines.
func openParquet(in *input) (io.Reader, error) {
	file, size, err := in.random()
	if err != nil {
		return nil, err
	}
	column, err := parquet.NewColumn(file, size, eventColumn)
	if err != nil {
		return nil, err
	}
	inner := in.close
	in.close = func() error { column.Close(); return inner() }
	return &columnLines{column: column}, nil
}

// columnLines gives the values of a column, each as a line: that of a row
// without a value is empty.
type columnLines struct {
	column *parquet.Column
	value  []byte // what is left of the row in hand
	inRow  bool   // its line end is still to come
	failed error  // what was wrong with the first damaged row group
}

func (l *columnLines) Read(b []byte) (int, error) {
	n := 0
	for n < len(b) {
		if !l.inRow {
			value, err := l.column.Next()
			if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
				return n, l.end()
			}
			if err != nil {
				if l.failed == nil {
					l.failed = err
				}
				continue
			}
			l.value, l.inRow = value, true
		}
		took := copy(b[n:], l.value)
		l.value = l.value[took:]
		if n += took; len(l.value) == 0 && n < len(b) {
			b[n] = '\n'
			n++
			l.inRow = false
		}
	}
	return n, nil
}

// end is what the reader ends with: all groups were read, some perhaps not
// whole.
func (l *columnLines) end() error {
	if l.failed != nil {
		return l.failed
	}
	return io.EOF
}
