package recording

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"github.com/google/go-cmp/cmp"
)

func newKey(t testing.TB) *age.X25519Identity {
	t.Helper()
	key, err := age.GenerateX25519Identity()
	check(t, err)
	return key
}

// seal encrypts for recipients, as one age file.
func seal(t testing.TB, data []byte, to ...age.Recipient) []byte {
	t.Helper()
	var buf bytes.Buffer
	w, err := age.Encrypt(&buf, to...)
	check(t, err)
	_, err = w.Write(data)
	check(t, err)
	check(t, w.Close())
	return buf.Bytes()
}

// sealedPart is a V2 part that holds an age file.
func sealedPart(ciphertext []byte, padding int) []byte {
	out := part(2, ciphertext, padding)
	out[24] = flagEncrypted
	return out
}

func loadWith(t testing.TB, r io.Reader, opts Options) *Recording {
	t.Helper()
	rd, err := Open(r, opts)
	check(t, err)
	rec := &Recording{}
	_, err = rec.Grow(rd, 1<<40, 1<<40)
	check(t, err)
	return rec
}

// sealedSession is a session in three sealed parts, a plain one among them, and
// what it says.
func sealedSession(t testing.TB, to age.Recipient) (data []byte, want []string) {
	t.Helper()
	bulk := noise(100_000)
	messages := [][]byte{message(t, 0, startEvent()), message(t, 1, printEvent(time.Second, 0, "one"))}
	first := zipped(t, bytes.Join(messages, nil))
	var more []byte
	want = []string{"one"}
	for i := range 4 {
		piece := string(bulk[i*25_000 : (i+1)*25_000])
		want = append(want, piece)
		more = append(more, message(t, int64(2+i), printEvent(2*time.Second, 1000, piece))...)
	}
	want = append(want, "plain")
	plain := zipped(t, message(t, 6, printEvent(3*time.Second, 2000, "plain")))
	last := zipped(t, message(t, 7, endEvent(4*time.Second)))
	return bytes.Join([][]byte{
		sealedPart(seal(t, first, to), 77), sealedPart(seal(t, zipped(t, more), to), 0), part(2, plain, 3), sealedPart(seal(t, last, to), 5),
	}, nil), want
}

// noise is bytes that do not pack.
func noise(n int) []byte {
	out := make([]byte, n)
	for i, v := 0, uint32(1); i < n; i++ {
		v = v*1664525 + 1013904223
		out[i] = byte(v >> 24)
	}
	return out
}

func TestEncrypted_opensWithTheIdentity(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	data, want := sealedSession(t, key.Recipient())
	rec := loadWith(t, bytes.NewReader(data), Options{Identities: []age.Identity{newKey(t), key}})
	if diff := cmp.Diff(want, outputs(rec)); diff != "" {
		t.Errorf("outputs (-want +got):\n%.400s", diff)
	}
	if !rec.Complete || len(rec.Problems) > 0 || rec.Meta.Format != FormatEncrypted || rec.Meta.Parts != 4 {
		t.Errorf("problems %+v, meta %+v", rec.Problems, rec.Meta)
	}
}

func TestEncrypted_withoutTheKey(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	data, _ := sealedSession(t, key.Recipient())
	for name, tt := range map[string]struct {
		keys []age.Identity
		says []string
	}{
		"no identity":      {nil, []string{"3 parts", "sealed for an age key", "--age-identity FILE"}},
		"another identity": {[]age.Identity{newKey(t)}, []string{"3 parts", "the age identity given does not open it", "another age key"}},
	} {
		rec := loadWith(t, bytes.NewReader(data), Options{Identities: tt.keys})
		p := problem(rec, ProblemEncrypted)
		if p == nil || p.Count != 3 || rec.Complete || rec.Meta.KeyIDs != nil {
			t.Fatalf("%s: %+v", name, rec.Problems)
		}
		for _, want := range tt.says {
			if !strings.Contains(p.Sentence, want) {
				t.Errorf("%s: sentence lacks %q: %s", name, want, p.Sentence)
			}
		}
		if diff := cmp.Diff([]string{"plain"}, outputs(rec)); diff != "" {
			t.Errorf("%s: outputs (-want +got):\n%.300s", name, diff)
		}
	}
}

func TestEncrypted_forTheCluster(t *testing.T) {
	t.Parallel()
	head := ageMagic + "-> teleport-recording-rsa4096 sha256:abc\nQUJD\n-> X25519 def\nQUJD\n--- mac\n\x00\x01\x02"
	sealed := sealedPart([]byte(head), 10)
	data := append(bytes.Clone(sealed), sealed...)
	for _, keys := range [][]age.Identity{nil, {newKey(t)}} {
		rec := loadWith(t, bytes.NewReader(data), Options{Identities: keys})
		p := problem(rec, ProblemEncrypted)
		if rec.Meta.Format != FormatEncrypted || p == nil || p.Count != 2 || rec.Complete || len(rec.Problems) != 1 || rec.Meta.Parts != 2 {
			t.Fatalf("meta %+v, problems %+v", rec.Meta, rec.Problems)
		}
		for _, want := range []string{"2 parts", fmt.Sprintf("%d bytes", 2*len(head)), "key sha256:abc)", "its certificate authority", "tctl recordings download"} {
			if !strings.Contains(p.Sentence, want) {
				t.Errorf("sentence lacks %q: %s", want, p.Sentence)
			}
		}
		if hinted := strings.Contains(p.Sentence, "--age-identity FILE"); hinted != (keys == nil) {
			t.Errorf("with %d identities: %s", len(keys), p.Sentence)
		}
		if diff := cmp.Diff([]string{"sha256:abc"}, rec.Meta.KeyIDs); diff != "" {
			t.Errorf("keys (-want +got):\n%s", diff)
		}
	}
	rec := load(t, sealed[:60])
	if problem(rec, ProblemTruncated) == nil || problem(rec, ProblemEncrypted) == nil {
		t.Errorf("cut: %+v", rec.Problems)
	}
	// A head of any length is not taken in.
	long := sealedPart([]byte(ageMagic+"-> X25519 "+strings.Repeat("A", 1<<20)+"\n--- x\n"), 0)
	rec = loadWith(t, bytes.NewReader(long), Options{Identities: []age.Identity{newKey(t)}})
	if p := problem(rec, ProblemEncrypted); p == nil || !strings.Contains(p.Sentence, "not in the form Teleport writes") {
		t.Errorf("long: %+v", rec.Problems)
	}
}

// Damage anywhere never passes for the session as it was.
func TestEncrypted_damaged(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	data, want := sealedSession(t, key.Recipient())
	opts := Options{Identities: []age.Identity{key}}
	whole := strings.Join(want, "")
	for at := headerV2; at < len(data); at += 1009 {
		hurt := bytes.Clone(data)
		hurt[at] ^= 0x20
		rec := loadWith(t, bytes.NewReader(hurt), opts)
		if bytes.Equal(hurt, data) || rec.Complete && strings.Join(outputs(rec), "") != whole {
			t.Fatalf("byte %d is other, and the recording passes for complete", at)
		}
	}
	second := headerV2 + len(seal(t, nil, key.Recipient())) + 100 + 30_000 // in the bulk
	hurt := bytes.Clone(data)
	hurt[second] ^= 1
	rec := loadWith(t, bytes.NewReader(hurt), opts)
	p := problem(rec, ProblemCorrupt)
	if p == nil || p.Part != 2 || !strings.Contains(p.Sentence, "does not decrypt") {
		t.Errorf("problems %+v", rec.Problems)
	}
	if got := outputs(rec); got[0] != "one" || got[len(got)-1] != "plain" {
		t.Errorf("%d outputs of the other parts", len(got))
	}
	for n := headerV2; n < len(data); n += 499 {
		rec := loadWith(t, bytes.NewReader(data[:n]), opts)
		if rec.Complete {
			t.Fatalf("%d of %d bytes pass for complete", n, len(data))
		}
		for i, out := range outputs(rec) {
			if out != want[i] {
				t.Fatalf("%d bytes: output %d is other", n, i)
			}
		}
	}
}

// The first frame needs no more than the first pieces of a large sealed part.
func TestEncrypted_streams(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	all := message(t, 0, startEvent())
	for i, bulk := int64(1), noise(60_000); i < 40; i++ {
		all = append(all, message(t, i, printEvent(time.Duration(i)*time.Second, i*1000, string(bulk)))...)
	}
	data := sealedPart(seal(t, zipped(t, all), key.Recipient()), 0)
	src := &counting{r: bytes.NewReader(data)}
	rd, err := Open(src, Options{Identities: []age.Identity{key}})
	check(t, err)
	_, err = rd.Next()
	check(t, err)
	if src.n > 512<<10 {
		t.Errorf("%d of %d bytes were read for the first frame", src.n, len(data))
	}
}

type counting struct {
	r io.Reader
	n int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += n
	return n, err
}

func TestParseIdentities(t *testing.T) {
	t.Parallel()
	key := newKey(t)
	keys, err := ParseIdentities(strings.NewReader("# created: today\n" + key.String() + "\n"))
	if err != nil || len(keys) != 1 {
		t.Errorf("%d keys, error %v", len(keys), err)
	}
	for _, text := range []string{"", "AGE-SECRET-KEY-1NOPE", "-----BEGIN OPENSSH PRIVATE KEY-----"} {
		if _, err := ParseIdentities(strings.NewReader(text)); err == nil || strings.Contains(err.Error(), "NOPE") {
			t.Errorf("%q: error %v", text, err)
		}
	}
	if _, err := ParseIdentities(&failing{strings.NewReader(""), errors.New("gone")}); err == nil {
		t.Error("no error of the reader")
	}
}
