package framing

import (
	"bytes"

	"cordon/investigations/extract"
)

// dockerPrefix starts the lines that Docker's json-file driver writes.
const dockerPrefix = `{"log":"`

// dockerPiece is how long the text of every piece but the last is: Docker cuts
// lines after so many bytes.
const dockerPiece = 16 << 10

// fragment is one line of those that a container runtime made of a long one.
type fragment struct {
	source  string // the stream it was written to; empty when the line is no fragment
	text    []byte // what stands in it; for Docker as the inside of a JSON text
	docker  bool
	partial bool // the next line goes on with it
}

// fragmentOf reads what a container runtime puts around a line.
func fragmentOf(line []byte) fragment {
	if bytes.HasPrefix(line, []byte(dockerPrefix)) {
		return dockerFragment(line)
	}
	return criFragment(line)
}

// criFragment reads a time, the stream's name and P for a piece that the next
// line goes on with, or F.
func criFragment(line []byte) fragment {
	i := bytes.IndexByte(line[:min(len(line), 64)], ' ')
	if i < 0 || len(line) < i+10 || line[i+7] != ' ' || line[i+9] != ' ' || line[i+8] != 'P' && line[i+8] != 'F' {
		return fragment{}
	}
	f := fragment{text: line[i+10:], partial: line[i+8] == 'P'}
	switch string(line[i+1 : i+7]) {
	case "stdout":
		f.source = "stdout"
	case "stderr":
		f.source = "stderr"
	default:
		return fragment{}
	}
	return f
}

// dockerFragment reads {"log":"…","stream":"stdout","time":"…"}. A text without
// a line end at its end that is as long as Docker's pieces is one; others
// write whole lines without one, but no such length that breaks off.
func dockerFragment(line []byte) fragment {
	end, _ := textEnd(line, len(dockerPrefix))
	if end < 0 {
		return fragment{}
	}
	f := fragment{text: line[len(dockerPrefix):end], docker: true, source: "docker stdout"}
	if bytes.Contains(line[end:], []byte(`"stream":"stderr"`)) {
		f.source = "docker stderr"
	}
	f.partial = len(f.text) >= dockerPiece && !endsLine(f.text)
	return f
}

// endsLine tells whether the inside of a JSON text ends with a line end, and
// not with a backslash and an n.
func endsLine(text []byte) bool {
	if !bytes.HasSuffix(text, []byte(`\n`)) {
		return false
	}
	text = text[:len(text)-1]
	return (len(text)-len(bytes.TrimRight(text, `\`)))%2 == 1
}

// begins tells whether a partial fragment is the first of a record.
func (f *fragment) begins() bool {
	if !f.partial || !f.docker {
		return f.partial
	}
	text := extract.Unescape(nil, f.text)
	from := skipSpace(text, 0)
	return from < len(text) && text[from] == '{' && nestEnd(text, from) < 0
}

// ends tells whether a fragment is the last of a record that others began.
func (f *fragment) ends() bool {
	return !f.partial && (!f.docker || endsLine(f.text))
}

// join puts the pieces of a line together that a container runtime cut; nil
// when b is no such lines.
func (u *unwrapper) join(b []byte) []byte {
	i := bytes.IndexByte(b, '\n')
	if i < 0 {
		return nil
	}
	if first := fragmentOf(bytes.TrimSuffix(b[:i], []byte{'\r'})); !first.partial {
		return nil
	}
	out := u.room(len(b))
	for line := range bytes.Lines(b) {
		f := fragmentOf(bytes.TrimRight(line, "\r\n"))
		if f.docker {
			out = extract.Unescape(out, f.text)
		} else {
			out = append(out, f.text...)
		}
	}
	return u.keep(out)
}
