package main

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// The screen that the streams are made for.
const (
	emulatorCols = 120
	emulatorRows = 40
)

// stream is a kind of terminal output; write adds a line or a page of it.
type stream struct {
	name  string
	write func(*bytes.Buffer, *rand.Rand)
}

// streams are what sessions consist of. The same name gives the same bytes.
var streams = []stream{
	{"plain", writeLogLine},
	{"color", writeColours},
	{"vim", writeEdits},
	{"alt", writePage},
	{"unicode", writeMixed},
}

const streamSize = 20 << 20

// makeStreams writes the streams that are not yet in the folder and returns the
// files, so that whoever has others of these names can have them measured.
func (b *bench) makeStreams() ([]string, error) {
	var files []string
	for _, s := range streams {
		path := b.at(s.name + ".bin")
		files = append(files, path)
		if _, err := os.Stat(path); err == nil {
			continue
		}
		if err := os.WriteFile(path, s.bytes(streamSize), 0o644); err != nil {
			return nil, fmt.Errorf("make stream %s: %w", s.name, err)
		}
	}
	return files, nil
}

// bytes makes at least n bytes of the stream.
func (s stream) bytes(n int) []byte {
	var b bytes.Buffer
	r := rand.New(rand.NewPCG(7, 7))
	for b.Len() < n {
		s.write(&b, r)
	}
	return b.Bytes()
}

var streamWords = strings.Fields("session opened closed for user by connection from port preauth accepted publickey failed password " +
	"invalid disconnected request served static file cache miss hit upstream timeout retry worker started stopped kernel audit")

func streamWord(r *rand.Rand) string { return streamWords[r.IntN(len(streamWords))] }

func writeLogLine(b *bytes.Buffer, r *rand.Rand) {
	fmt.Fprintf(b, "Oct %2d %02d:%02d:%02d web-%d sshd[%d]:", 1+r.IntN(30), r.IntN(24), r.IntN(60), r.IntN(60), r.IntN(40), r.IntN(30000))
	for range 5 + r.IntN(13) {
		b.WriteString(" " + streamWord(r))
	}
	b.WriteString("\r\n")
}

// writeColours is a listing: a few names in a line, each in its colour.
func writeColours(b *bytes.Buffer, r *rand.Rand) {
	for i := range 4 {
		fmt.Fprintf(b, "\x1b[0m\x1b[%02d;%dm%s.%d\x1b[0m  ", r.IntN(2), 30+r.IntN(8), streamWord(r), r.IntN(1000))
		if i == 1 {
			fmt.Fprintf(b, "\x1b[38;5;%dm%s\x1b[48;2;%d;%d;%dm%s\x1b[m ", r.IntN(256), streamWord(r), r.IntN(256), r.IntN(256), r.IntN(256), streamWord(r))
		}
	}
	b.WriteString("\r\n")
}

// writeEdits is what an editor does: short pieces anywhere, lines inserted and
// deleted, a region scrolled, the status line written again.
func writeEdits(b *bytes.Buffer, r *rand.Rand) {
	fmt.Fprintf(b, "\x1b[%d;%dH\x1b[K\x1b[1;3%dm%s\x1b[m %s", 1+r.IntN(38), 1+r.IntN(60), r.IntN(8), streamWord(r), streamWord(r))
	switch r.IntN(12) {
	case 0:
		top := 1 + r.IntN(5)
		fmt.Fprintf(b, "\x1b[%d;%dr\x1b[%dH\x1bM\x1b[r", top, 30+r.IntN(10), top)
	case 1:
		fmt.Fprintf(b, "\x1b[%dL", 1+r.IntN(3))
	case 2:
		fmt.Fprintf(b, "\x1b[%dM", 1+r.IntN(3))
	case 3:
		fmt.Fprintf(b, "\x1b[%dP\x1b[%d@", 1+r.IntN(3), 1+r.IntN(3))
	case 4:
		fmt.Fprintf(b, "\x1b[40;1H\x1b[7m-- INSERT -- %d,%d\x1b[27m\x1b[K", r.IntN(1000), r.IntN(100))
	}
}

// writePage is a pager that comes, fills the alternate screen and goes.
func writePage(b *bytes.Buffer, r *rand.Rand) {
	b.WriteString("\x1b[?1049h\x1b[2J\x1b[H")
	for y := range emulatorRows {
		fmt.Fprintf(b, "\x1b[%d;1H%-60s\x1b[K", y+1, streamWord(r)+" "+streamWord(r))
	}
	b.WriteString("\x1b[?1049l$ less app.log\r\n")
}

// writeMixed is text of all widths.
func writeMixed(b *bytes.Buffer, r *rand.Rand) {
	wide := []rune("監査記録端末操作検証会話履歴接続失敗認証권한세션")
	others := []string{"🔒", "✅", "🚨", "ü", "a\u0308", "ß", "→", "│", "─", "█"}
	for range 20 {
		switch r.IntN(3) {
		case 0:
			b.WriteRune(wide[r.IntN(len(wide))])
		case 1:
			b.WriteString(others[r.IntN(len(others))])
		default:
			b.WriteString(streamWord(r))
		}
	}
	b.WriteString("\r\n")
}
