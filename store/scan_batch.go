package store

import (
	"sync"

	"cordon/store/views"
)

// rowBatch carries rows of a scan from the goroutine that reads them to the one
// that takes them.
type rowBatch struct {
	width  int // values of a row
	values []views.Value
	events []int64 // of each row, 0 for a row that stands for several
	counts []int64
	bytes  int // of texts
}

// Bounds of a batch.
const (
	batchRows  = 1024
	batchBytes = 1 << 20
)

func (b *rowBatch) full() bool { return len(b.counts) >= batchRows || b.bytes >= batchBytes }

// row adds a row and returns it to be filled.
func (b *rowBatch) row(event, n int64) []views.Value {
	at := len(b.values)
	for range b.width {
		b.values = append(b.values, views.Value{})
	}
	b.events, b.counts = append(b.events, event), append(b.counts, n)
	return b.values[at:]
}

func (b *rowBatch) each(yield func(row []views.Value, n int64) error) error {
	for i, n := range b.counts {
		if err := yield(b.values[i*b.width:(i+1)*b.width], n); err != nil {
			return err
		}
	}
	return nil
}

// batchPool keeps batches for use again.
type batchPool struct{ pool sync.Pool }

func (p *batchPool) get(width int) *rowBatch {
	if b, ok := p.pool.Get().(*rowBatch); ok {
		return b
	}
	return &rowBatch{width: width}
}

func (p *batchPool) put(b *rowBatch) {
	clear(b.values)
	b.values, b.events, b.counts, b.bytes = b.values[:0], b.events[:0], b.counts[:0], 0
	p.pool.Put(b)
}
