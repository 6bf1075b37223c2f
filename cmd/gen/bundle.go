package main

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"time"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

// demoSeed is the chance of the bundled incident.
const demoSeed = 20261120

// buildDemo makes the bundled incident: file names, relative to its folder, and
// contents.
func buildDemo(casts map[string]cast) (map[string][]byte, error) {
	l := newLedger(demoSeed)
	attack(l, casts)
	week(l)
	noise(l)
	entries := l.sorted()

	files := map[string][]byte{}
	if err := addDays(files, entries); err != nil {
		return nil, err
	}
	for sid, c := range casts {
		b, err := record(entries, sid, c)
		if err != nil {
			return nil, fmt.Errorf("record session %s: %w", sid, err)
		}
		files["recordings/"+sid+".tar"] = b
	}
	return files, nil
}

// addDays adds one file per UTC day, named as Teleport names them, with the
// colons replaced that neither embedding nor every file system allows. The
// first day is gzipped and the others are zstd, so that the demo shows both.
func addDays(files map[string][]byte, entries []entry) error {
	days := map[string]*bytes.Buffer{}
	for _, e := range entries {
		b, err := line(e.event)
		if err != nil {
			return err
		}
		name := e.at.Format(time.DateOnly)
		if days[name] == nil {
			days[name] = &bytes.Buffer{}
		}
		days[name].Write(b)
	}
	for name, text := range days {
		pack, ext := zstdBytes, ".zst"
		if name == day.Format(time.DateOnly) {
			pack, ext = gzipBytes, ".gz"
		}
		b, err := pack(text.Bytes())
		if err != nil {
			return fmt.Errorf("compress day %s: %w", name, err)
		}
		files["audit/"+name+".00_00_00.log"+ext] = b
	}
	return nil
}

func gzipBytes(b []byte) ([]byte, error) {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(b); err != nil {
		return nil, err
	}
	err = w.Close()
	return out.Bytes(), err
}

func zstdBytes(b []byte) ([]byte, error) {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return nil, err
	}
	out := w.EncodeAll(b, nil)
	return out, w.Close()
}

// record writes a session's recording: its events from the log, and between
// them what was on the terminal.
func record(entries []entry, sid string, c cast) ([]byte, error) {
	var start *apievents.SessionStart
	var end *apievents.SessionEnd
	for _, e := range entries {
		switch ev := e.event.(type) {
		case *apievents.SessionStart:
			if ev.SessionID == sid {
				start = ev
			}
		case *apievents.SessionEnd:
			if ev.SessionID == sid {
				end = ev
			}
		}
	}
	if start == nil {
		return nil, fmt.Errorf("the log has no session.start for it")
	}
	var out bytes.Buffer
	w, err := recording.NewWriter(&out, recording.WriterOptions{})
	if err != nil {
		return nil, err
	}
	if err := w.Event(start); err != nil {
		return nil, err
	}
	for _, f := range c.prints() {
		if err := recordFrame(w, start, f); err != nil {
			return nil, err
		}
	}
	if end != nil {
		index := end.GetIndex()
		if err := w.Event(end); err != nil {
			return nil, err
		}
		if end.GetIndex() != index {
			return nil, fmt.Errorf("session.end is number %d in the recording and %d in the log", end.GetIndex(), index)
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func recordFrame(w *recording.Writer, start *apievents.SessionStart, f castFrame) error {
	t := start.Time.Add(f.at)
	if f.cols == 0 {
		return w.Print(t, f.data)
	}
	return w.Event(&apievents.Resize{
		Metadata:           apievents.Metadata{Type: "resize", Code: "T2002I", Time: t, ClusterName: clusterName},
		UserMetadata:       start.UserMetadata,
		SessionMetadata:    start.SessionMetadata,
		ConnectionMetadata: start.ConnectionMetadata,
		ServerMetadata:     start.ServerMetadata,
		TerminalSize:       fmt.Sprintf("%d:%d", f.cols, f.rows),
	})
}

// writeFiles writes the files and says what it wrote. Files of an earlier run
// that are no longer made are removed.
func writeFiles(dir string, files map[string][]byte, w io.Writer) error {
	for _, sub := range []string{"audit", "recordings"} {
		if err := os.RemoveAll(filepath.Join(dir, sub)); err != nil {
			return fmt.Errorf("write demo: %w", err)
		}
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o755); err != nil {
			return fmt.Errorf("write demo: %w", err)
		}
	}
	names := make([]string, 0, len(files))
	for name := range files {
		names = append(names, name)
	}
	sort.Strings(names)
	total := 0
	for _, name := range names {
		if err := os.WriteFile(filepath.Join(dir, name), files[name], 0o644); err != nil {
			return fmt.Errorf("write demo: %w", err)
		}
		fmt.Fprintf(w, "%8d  %s\n", len(files[name]), name)
		total += len(files[name])
	}
	fmt.Fprintf(w, "%8d  in all\n", total)
	return nil
}
