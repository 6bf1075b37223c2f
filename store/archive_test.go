package store

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"cordon/investigations"
)

// packedFile is a file on its way into an archive.
type packedFile struct {
	name string
	data []byte
}

func tarOf(t testing.TB, files ...packedFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, f := range files {
		if err := w.WriteHeader(&tar.Header{Name: f.name, Size: int64(len(f.data)), Mode: 0o600, Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// zipOf packs files with the method given; sizes stand behind the files, as
// where they are written to a pipe.
func zipOf(t testing.TB, method uint16, files ...packedFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		dst, err := w.CreateHeader(&zip.FileHeader{Name: f.name, Method: method})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dst.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// rawZipOf packs files as they are, with the sizes before them.
func rawZipOf(t testing.TB, flags, method uint16, files ...packedFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range files {
		size := uint64(len(f.data))
		dst, err := w.CreateRaw(&zip.FileHeader{
			Name: f.name, Method: method, Flags: flags,
			CRC32: crc32.ChecksumIEEE(f.data), CompressedSize64: size, UncompressedSize64: size,
		})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := dst.Write(f.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// containers are ways in which people hand over the same files in one.
var containers = map[string]func(t testing.TB, files []packedFile) []byte{
	"tar":     func(t testing.TB, f []packedFile) []byte { return tarOf(t, f...) },
	"tar.gz":  func(t testing.TB, f []packedFile) []byte { return gz(t, tarOf(t, f...)) },
	"tar.zst": func(t testing.TB, f []packedFile) []byte { return zst(t, tarOf(t, f...)) },
	"zip":     func(t testing.TB, f []packedFile) []byte { return zipOf(t, zip.Deflate, f...) },
	"zip, as they are": func(t testing.TB, f []packedFile) []byte {
		return rawZipOf(t, 0, zip.Store, f...)
	},
	"zip without its directory": func(t testing.TB, f []packedFile) []byte {
		whole := zipOf(t, zip.Deflate, f...)
		return whole[:bytes.Index(whole, []byte("PK\x01\x02"))]
	},
	"tar of packed files": func(t testing.TB, f []packedFile) []byte {
		packed := []packedFile{{f[0].name + ".gz", gz(t, f[0].data)}}
		for _, f := range f[1:] {
			packed = append(packed, packedFile{f.name + ".zst", zst(t, f.data)})
		}
		return tarOf(t, packed...)
	},
	"zip in tar.gz": func(t testing.TB, f []packedFile) []byte {
		return gz(t, tarOf(t, f[0], packedFile{"inner.zip", zipOf(t, zip.Deflate, f[1:]...)}))
	},
	"tar.gz in zip": func(t testing.TB, f []packedFile) []byte {
		return zipOf(t, zip.Store, packedFile{"inner.tgz", gz(t, tarOf(t, f[1:]...))}, f[0])
	},
}

// contents are the bytes of the sources that are no archive, in any order.
func contents(t testing.TB, c *Case) map[string]int {
	t.Helper()
	sources, err := c.Sources(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]int)
	for _, s := range sources {
		if !strings.Contains(s.Format, " archive") {
			out[string(replayed(t, c, s.ID))]++
		}
	}
	return out
}

// Files in a container give the events that the files give, each file comes
// back byte for byte, and the container adds nothing when it comes again.
func TestBuild_takesEveryMemberOfAnArchive(t *testing.T) {
	t.Parallel()
	files := []packedFile{{"audit/0.log", []byte(tiedLog(40))}, {"audit/1.log", commandLog(t, 50, "id", "uname -a")}, {"audit/2.log", []byte(tiedLog(60))}}
	for name := range containers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			takesEveryMember(t, t, name, files)
		})
	}
}

// The same for any logs, in any one of the containers.
func TestBuild_takesEveryMemberOfAnyArchive(t *testing.T) {
	t.Parallel()
	names := slices.Sorted(maps.Keys(containers))
	rapid.Check(t, func(rt *rapid.T) {
		var files []packedFile
		for i := range rapid.IntRange(2, 3).Draw(rt, "files") {
			files = append(files, packedFile{fmt.Sprintf("audit/%d.log", i), []byte(drawLog(rt, fmt.Sprint(i)))})
		}
		takesEveryMember(t, rt, rapid.SampledFrom(names).Draw(rt, "container"), files)
	})
}

// takesEveryMember compares a case of files with one of an archive of them, and
// adds the archive once more.
func takesEveryMember(t *testing.T, rt rapid.TB, name string, files []packedFile) {
	dir := t.TempDir()
	var paths []string
	for _, f := range files {
		paths = append(paths, write(t, dir, f.name, f.data))
	}
	plain, _ := build(t, paths...)
	want := allEvents(t, plain)
	slices.Sort(want)
	path := write(t, dir, "evidence", containers[name](t, files))
	c, report := build(t, path)
	got := allEvents(t, c)
	slices.Sort(got)
	if d := cmp.Diff(want, got); d != "" {
		rt.Fatalf("-files +%s:\n%s", name, d)
	}
	if d := cmp.Diff(contents(t, plain), contents(t, c)); d != "" {
		rt.Fatalf("sources -files +%s:\n%s", name, d)
	}
	if len(report.Skipped) > 0 {
		rt.Fatalf("%s: skipped %v", name, report.Skipped)
	}
	sources := sourceNames(t, c)
	again, err := c.Ingest(t.Context(), []string{path}, Options{})
	if err != nil || again.Events+again.Duplicates != 0 || len(again.Sources) != 0 || len(again.Known) == 0 {
		rt.Fatalf("%s a second time: %+v, %v", name, again, err)
	}
	if d := cmp.Diff(sources, sourceNames(t, c)); d != "" {
		rt.Fatalf("%s: sources -once +twice:\n%s", name, d)
	}
}

// sourceNames lists the names of the sources in the order they were added.
func sourceNames(t testing.TB, c *Case) []string {
	t.Helper()
	sources, err := c.Sources(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, s := range sources {
		out = append(out, s.Name)
	}
	return out
}

func theArchive(t testing.TB, c *Case) investigations.Source {
	t.Helper()
	sources, err := c.Sources(context.Background())
	if err != nil || len(sources) == 0 {
		t.Fatal(sources, err)
	}
	return sources[len(sources)-1]
}

// What files in an archive are called is data: nothing of it reaches the disk,
// and two of one name are two sources.
func TestBuild_keepsHostileNamesAsData(t *testing.T) {
	t.Parallel()
	names := []string{"../../etc/cron.d/x", "/etc/passwd", `..\..\win.ini`, "a\x1b[2J\nb", "day.log", "day.log", "day.log (2)", "bad\xff\x00name", "", strings.Repeat("n", 5000)}
	want := []string{"../../etc/cron.d/x", "/etc/passwd", `..\..\win.ini`, "a\x1b[2J\nb", "day.log", "day.log (2)", "day.log (2) (2)", "bad\uFFFD\uFFFDname", "", strings.Repeat("n", maxMemberName), ""}
	var files []packedFile
	for i, n := range names {
		files = append(files, packedFile{n, []byte(line("exec", i+1, "") + "\n")})
	}
	for i, w := range want[:len(want)-1] {
		want[i] = "x.zip/" + w
	}
	want[len(want)-1] = "x.zip"
	dir := t.TempDir()
	c, report := build(t, write(t, dir, "x.zip", zipOf(t, zip.Deflate, files...)))
	if d := cmp.Diff(want, sourceNames(t, c)); d != "" || report.Events != int64(len(names)) {
		t.Errorf("%d events, sources -want +got:\n%s", report.Events, d)
	}
	if there, err := filepath.Glob(filepath.Join(dir, "*")); err != nil || len(there) != 1 {
		t.Errorf("in the folder: %v, %v", there, err)
	}
	again, err := c.Ingest(t.Context(), []string{filepath.Join(dir, "x.zip")}, Options{})
	if err != nil || len(again.Sources) != 0 || len(again.Known) != 1 {
		t.Errorf("a second time: %+v, %v", again, err)
	}
}

// Of an archive that is broken or closed in part, all else is taken, and what
// is missing is told in the report and kept with the archive.
func TestBuild_keepsTheGoodMembersOfABadArchive(t *testing.T) {
	t.Parallel()
	a, b := packedFile{"a.log", []byte(lines(500))}, packedFile{"b.log", []byte(line("exec", 3000, "") + "\n")}
	whole := tarOf(t, a, b)
	second := (len(a.data)/tarBlock + 2) * tarBlock // the header of b.log
	damaged := bytes.Clone(whole)
	damaged[second+10] ^= 0xff
	badSum := rawZipOf(t, 0, zip.Store, a, b)
	badSum[bytes.Index(badSum, b.data)+3] ^= 1
	for name, tt := range map[string]struct {
		data    []byte
		events  int64
		skipped []string
		problem string
	}{
		"cut tar":             {whole[:second+100], 500, nil, "the tar is cut after 1 entries: the rest is missing"},
		"tar cut between":     {whole[:second], 500, nil, "the tar has no end mark after 1 entries: files may be missing"},
		"damaged tar":         {damaged, 500, nil, "the tar is damaged after 1 entries: the rest cannot be read"},
		"password":            {mixed(t, b, a), 500, []string{"b.log: " + reasonEncrypted}, "b.log: " + reasonEncrypted},
		"unknown compression": {rawZipOf(t, 0, 9, b, a), 0, []string{"b.log: " + fmt.Sprintf(reasonMethod, 9), "a.log: " + fmt.Sprintf(reasonMethod, 9), ": nothing in it is an audit log or a recording that can be read"}, ""},
		"no directory":        {zipOf(t, zip.Deflate, a, b)[:2000], -1, nil, "the list of files at the end of the zip is missing or damaged: 1 files were found without it, the zip is cut inside the last of them"},
		"no evidence":         {tarOf(t, packedFile{"x.txt", []byte("hello")}, packedFile{"__MACOSX/._a.log", a.data}, packedFile{".DS_Store", a.data}, packedFile{"old.cordon", a.data}), 0, []string{"x.txt: neither an audit log nor a recording", ": nothing in it is an audit log or a recording that can be read"}, ""},
	} {
		c, report := build(t, write(t, t.TempDir(), "x", tt.data))
		var skipped []string
		for _, s := range report.Skipped {
			skipped = append(skipped, strings.TrimPrefix(strings.TrimPrefix(s.Name, "x"), "/")+": "+s.Reason)
		}
		if d := cmp.Diff(tt.skipped, skipped); d != "" || tt.events >= 0 && report.Events != tt.events {
			t.Errorf("%s: %d events, skipped -want +got:\n%s", name, report.Events, d)
		}
		if tt.problem == "" {
			continue
		}
		if got := theArchive(t, c); got.Problem != tt.problem || got.Complete || got.SHA256 == "" {
			t.Errorf("%s: %+v, want %q", name, got, tt.problem)
		}
		sound(t, c)
	}
	c, _ := build(t, write(t, t.TempDir(), "x.zip", badSum))
	sources, err := c.Sources(t.Context())
	if err != nil || len(sources) != 3 || !sources[0].Complete || sources[1].Complete || !strings.Contains(sources[1].Problem, "checksum") {
		t.Errorf("a wrong checksum: %+v, %v", sources, err)
	}
}

// mixed is a zip in which only the first file is encrypted.
func mixed(t testing.TB, locked, open packedFile) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for i, f := range []packedFile{locked, open} {
		size := uint64(len(f.data))
		dst, err := w.CreateRaw(&zip.FileHeader{Name: f.name, Flags: uint16(1 - i), CRC32: crc32.ChecksumIEEE(f.data), CompressedSize64: size, UncompressedSize64: size})
		if err == nil {
			_, err = dst.Write(f.data)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestBuild_boundsTheNestingOfArchives(t *testing.T) {
	t.Parallel()
	data := []byte(lines(3))
	for range maxNesting {
		data = tarOf(t, packedFile{"x", data})
	}
	c, report := build(t, write(t, t.TempDir(), "ok.tar", data))
	if report.Events != 3 || len(report.Skipped) != 0 || sourceNames(t, c)[0] != "ok.tar/x/x/x" {
		t.Errorf("%+v", report)
	}
	c, report = build(t, write(t, t.TempDir(), "deep.tar", tarOf(t, packedFile{"x", data}, packedFile{"y", []byte(lines(4))})))
	want := "an archive inside 3 others: unpack it and give the folder"
	if report.Events != 4 || len(report.Skipped) < 1 || report.Skipped[0].Reason != want || sourceNames(t, c)[0] != "deep.tar/y" {
		t.Errorf("%+v", report)
	}
}

// A recording of Teleport before 4.4 is a tar and stays one recording; several
// in one tar are an archive, and so is one beside a log.
func TestInput_tellsALegacyRecordingFromAnArchive(t *testing.T) {
	t.Parallel()
	const one, two = "00000000-0000-4000-8000-000000000001", "00000000-0000-4000-8000-000000000002"
	index := []byte(`{"file_name":"x","type":"events","index":0}` + "\n")
	events := gz(t, []byte(`{"event":"print","time":"2026-03-01T09:00:00Z","bytes":1,"offset":0,"ms":0,"ci":0,"ei":1}`+"\n"))
	legacy := tarOf(t, packedFile{one + ".index", index}, packedFile{one + "-0.events.gz", events}, packedFile{one + "-0.chunks.gz", gz(t, []byte("$"))})
	for name, tt := range map[string]struct {
		data []byte
		want string
	}{
		"a recording":      {legacy, formatRecording},
		"a recording, big": {tarOf(t, packedFile{one + "-0.chunks.gz", bytes.Repeat([]byte("x"), 200<<10)}, packedFile{one + "-0.events.gz", events}), formatRecording},
		"two":              {tarOf(t, packedFile{one + "-0.events.gz", events}, packedFile{two + "-0.events.gz", events}), formatTar},
		"beside a log":     {tarOf(t, packedFile{one + "-0.events.gz", events}, packedFile{"day.log", []byte(lines(1))}), formatTar},
		"a log":            {tarOf(t, packedFile{"2026-03-01.00:00:00.log", []byte(lines(1))}), formatTar},
		"tar of the tar":   {tarOf(t, packedFile{one + ".tar", legacy}), formatTar},
	} {
		in, err := openInput(t.Context(), location{name: "x", path: write(t, t.TempDir(), "x", tt.data)})
		if err != nil || in.format != tt.want {
			t.Errorf("%s: %+v, %v, want %s", name, in, err, tt.want)
			continue
		}
		in.close()
	}
}

// An ingest that ends in the middle of an archive, and comes again, equals one
// that was left to finish.
func TestIngest_goesOnInTheMiddleOfAnArchive(t *testing.T) {
	t.Parallel()
	var files []packedFile
	for i := range 4 {
		log := strings.ReplaceAll(lines(300), "4000-8000", fmt.Sprintf("4000-800%d", i))
		files = append(files, packedFile{fmt.Sprintf("%d.log", i), []byte(log)})
	}
	dir := t.TempDir()
	path := write(t, dir, "x.tar.gz", gz(t, tarOf(t, files[0], files[1], packedFile{"in.zip", zipOf(t, zip.Deflate, files[2:]...)})))
	first := write(t, dir, "first.log", []byte(line("exec", 1, "")+"\n"))
	clean, _ := build(t, first)
	if _, err := clean.Ingest(t.Context(), []string{path}, Options{}); err != nil {
		t.Fatal(err)
	}
	want := digest(t, clean)
	for stop := 1; stop <= 4; stop++ {
		c, _ := build(t, first)
		ctx, cancel := context.WithCancel(t.Context())
		clock, shown := time.Unix(0, 0), 0
		_, err := c.Ingest(ctx, []string{path}, Options{
			commitEvery: 200,
			Now:         func() time.Time { clock = clock.Add(time.Second); return clock },
			Progress: func(Progress) {
				if shown++; shown == stop {
					cancel()
				}
			},
		})
		cancel()
		if shown >= stop && !errors.Is(err, context.Canceled) {
			t.Fatalf("stopped at %d: %v", stop, err)
		}
		if _, err := c.Ingest(t.Context(), []string{path}, Options{}); err != nil {
			t.Fatal(err)
		}
		if d := differing(want, digest(t, c)); d != "" {
			t.Errorf("stopped at %d: -clean +stopped:\n%.2000s", stop, d)
		}
		sound(t, c)
	}
}

// Much that is no evidence costs its reading and nothing else.
func TestBuild_passesOverMuchOfNothing(t *testing.T) {
	t.Parallel()
	zeros := make([]byte, 4*spoolMemory)
	c, report := build(t, write(t, t.TempDir(), "x.tar.gz", gz(t, tarOf(t, packedFile{"zeros", zeros}, packedFile{"a.log", []byte(lines(3))}))))
	if report.Events != 3 || len(report.Skipped) != 1 || !theArchive(t, c).Complete {
		t.Errorf("%+v", report)
	}
}

func TestRewinder_givesTheSameAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		content := bytes.Repeat([]byte("0123456789abcdef"), rapid.IntRange(0, 3*spoolMemory/16).Draw(t, "size"))
		r := &rewinder{src: bytes.NewReader(content)}
		defer r.close()
		for range rapid.IntRange(0, 3).Draw(t, "times") {
			part, err := io.ReadAll(io.LimitReader(r, int64(rapid.IntRange(0, len(content)).Draw(t, "part"))))
			if err != nil || !bytes.HasPrefix(content, part) {
				t.Fatal(len(part), err)
			}
			r.rewind()
		}
		half := rapid.IntRange(0, len(content)).Draw(t, "settled after")
		head, err1 := io.ReadAll(io.LimitReader(r, int64(half)))
		r.settle()
		rest, err2 := io.ReadAll(r)
		if err1 != nil || err2 != nil || !bytes.Equal(append(head, rest...), content) {
			t.Fatal(len(head), len(rest), err1, err2)
		}
	})
}

// walkAll reads the start of every file of an archive, and of those in it.
func walkAll(in *input) {
	defer in.close()
	if in.archive == nil {
		_, _ = io.CopyN(io.Discard, in.content, 1<<20)
		return
	}
	for range 100 {
		e, err := in.archive.next()
		if err != nil {
			return
		}
		if e.content == nil {
			continue
		}
		m := &member{size: e.size, content: &rewinder{src: e.content}, disk: in.disk, depth: 1}
		if in.member != nil {
			m.depth = in.member.depth + 1
		}
		if inner, err := openInput(context.Background(), location{name: e.name, member: m}); err == nil {
			inner.settled()
			walkAll(inner)
		}
		m.content.close()
	}
}

func FuzzArchive(f *testing.F) {
	a, b := packedFile{"a.log", []byte(line("exec", 1, "") + "\n")}, packedFile{"dir/b.log.gz", gz(f, []byte(line("exec", 2, "")+"\n"))}
	for _, pack := range containers {
		f.Add(pack(f, []packedFile{a, b}))
	}
	f.Add(mixed(f, a, b))
	f.Add(rawZipOf(f, 0, 9, a))
	f.Add([]byte("\xff\xfe{\x00}\x00"))
	f.Fuzz(func(t *testing.T, content []byte) {
		if len(content) > 1<<16 {
			return
		}
		m := &member{size: int64(len(content)), content: &rewinder{src: bytes.NewReader(content)}}
		defer m.content.close()
		in, err := openInput(t.Context(), location{name: "x", member: m})
		if err != nil {
			return
		}
		in.settled()
		walkAll(in)
	})
}
