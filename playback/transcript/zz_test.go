package transcript

import (
	"bufio"
	"compress/gzip"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"cordon/playback/recording"
)

func TestZZ(t *testing.T) {
	files, _ := filepath.Glob("../term/testdata/captures/" + os.Getenv("ZZ") + ".gz")
	for _, f := range files {
		in, _ := os.Open(f)
		z, _ := gzip.NewReader(in)
		b := bufio.NewReader(z)
		var cols, rows, n int
		fmt.Fscanf(b, "%dx%d\n", &cols, &rows)
		r := &recording.Recording{Meta: recording.Meta{Cols: cols, Rows: rows, Terminal: true}}
		for at := time.Duration(0); ; at += time.Second {
			c, err := b.ReadByte()
			if err != nil {
				break
			}
			if c == 'o' {
				fmt.Fscanf(b, "%d\n", &n)
				data := make([]byte, n)
				io.ReadFull(b, data)
				r.Frames = append(r.Frames, out(at, string(data)))
			} else {
				fmt.Fscanf(b, "%dx%d\n", &cols, &rows)
				r.Frames = append(r.Frames, resize(at, cols, rows))
			}
		}
		tr, _ := Read(t.Context(), r)
		fmt.Println("==", f, len(tr.Lines), len(tr.Commands))
		for _, c := range tr.Commands {
			fmt.Printf("  %v %q %q %v paste=%v until %v lines %d-%d\n", c.At, c.Prompt, c.Text, c.Confidence, c.Paste, c.Until, c.From, c.To)
		}
	}
}
