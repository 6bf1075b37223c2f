package main

import (
	"bytes"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestCast_encodeDecode(t *testing.T) {
	t.Parallel()
	c := cast{cols: 90, rows: 20, frames: []castFrame{
		{at: 0, data: []byte("$ ls\r\n")},
		{at: 1500 * time.Millisecond, data: []byte("\x1b[32m日本\x1b[0m <&>")},
		{at: 2 * time.Second, cols: 120, rows: 36},
		{at: 2001 * time.Millisecond, data: []byte("\x07")},
	}}
	b, err := c.encode()
	if err != nil {
		t.Fatal(err)
	}
	got, err := decodeCast(b)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(c, got, cmp.AllowUnexported(cast{}, castFrame{})); diff != "" {
		t.Errorf("after a round trip (-want +got):\n%s", diff)
	}
}

func TestCast_printsLoseNothing(t *testing.T) {
	t.Parallel()
	long := bytes.Repeat([]byte("é"), 2000)
	c := cast{cols: 80, rows: 24, frames: []castFrame{{data: long}, {at: time.Second, cols: 90, rows: 30}}}
	var joined []byte
	for _, p := range c.prints() {
		if len(p.data) > maxPrint {
			t.Errorf("print of %d bytes", len(p.data))
		}
		joined = append(joined, p.data...)
	}
	if !bytes.Equal(joined, long) {
		t.Error("the pieces do not make the whole")
	}
	s := c.shell("x", "root", db1)
	if s.frames != 5 || s.bytes != 4000 || s.size != "80:24" || s.lasts <= time.Second {
		t.Errorf("shell of the cast: %+v", s)
	}
}

func TestWholeRunes(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		in   string
		want int
	}{
		{"", 0},
		{"abc", 3},
		{"a日", 4},
		{"a\xe6\x97", 1},
		{"a\xf0\x9f\x9a", 1},
		{"\xf0", 0},
		{"a\xff", 2},
		{"\x97\x97\x97\x97\x97", 5},
	} {
		if got := wholeRunes([]byte(tt.in)); got != tt.want {
			t.Errorf("%q: %d, want %d", tt.in, got, tt.want)
		}
	}
}

func TestScripts_haveCaptures(t *testing.T) {
	t.Parallel()
	casts, err := readCasts(demoDir + "/capture")
	if err != nil {
		t.Fatal(err)
	}
	for sid, s := range scripts {
		c, ok := casts[sid]
		if !ok || castNames[sid] == "" {
			t.Fatalf("session %s has no capture", sid)
		}
		if c.cols != s.cols || c.rows != s.rows {
			t.Errorf("%s: %dx%d, the script says %dx%d", castNames[sid], c.cols, c.rows, s.cols, s.rows)
		}
		resizes := 0
		for _, f := range c.frames {
			if f.cols > 0 {
				resizes++
			}
		}
		for _, st := range s.steps {
			if st.cols > 0 {
				resizes--
			}
		}
		if resizes != 0 {
			t.Errorf("%s: resizes of the script and the capture differ by %d", castNames[sid], resizes)
		}
	}
}
