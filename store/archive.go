package store

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"strings"
	"sync/atomic"
)

// Bounds of what is taken out of archives.
const (
	maxNesting     = 3       // archives in one another
	maxMembers     = 250_000 // files of an archive, with those of the archives in it
	maxMemberName  = 1024    // bytes
	maxSkipsNamed  = 1000    // of one archive; the rest is counted
	maxProblemName = 120     // bytes of a member's name in a sentence
)

// archive gives the files that lie in a file, in its order.
type archive interface {
	// next returns the next file, whose content can be read until the next
	// call, io.EOF after the last, and any other error where the rest cannot
	// be read: it ends with that.
	next() (entry, error)
}

// entry is a file in an archive as the archive gives it.
type entry struct {
	name    string // as it stands there: data, never a path on disk
	size    int64
	content io.Reader
	reason  string // why it cannot be read; content is nil then
}

// member is a file in an archive on its way into the case.
type member struct {
	size    int64
	content *rewinder
	depth   int           // archives around it
	count   *int          // of the members of the outermost one so far
	disk    *atomic.Int64 // bytes of the outermost one that were read
}

// isNoEvidence tells by its name that a file in an archive is passed over
// without a word: what macOS adds, and case files.
func isNoEvidence(name string) bool {
	name = strings.ReplaceAll(name, `\`, "/")
	base := path.Base(name)
	return base == ".DS_Store" || strings.HasPrefix(base, "._") || isCaseFile(base) ||
		strings.HasPrefix(name, "__MACOSX/") || strings.Contains(name, "/__MACOSX/")
}

// unpacking is one archive whose files are being stored.
type unpacking struct {
	*input
	depth  int
	count  *int
	names  map[string]int // how often each name was met
	unread int            // files that cannot be read
	first  string         // the first of them, with the reason
	silent int            // skipped files that are only counted
	named  int            // those that are named
}

// archive stores the files of an opened archive and then the archive itself, as
// a source without content that keeps the SHA-256 of the file given.
func (in *ingester) archive(ctx context.Context, a *input) (err error) {
	defer func() { err = errors.Join(err, a.close()) }()
	a.settled()
	if known, err := in.knownArchive(ctx, a); known || err != nil {
		return err
	}
	u := &unpacking{input: a, count: new(int), names: make(map[string]int)}
	if a.member != nil {
		u.depth, u.count = a.member.depth, a.member.count
	}
	before := len(in.report.Sources) + len(in.report.Known)
	problem, err := in.members(ctx, u)
	if err != nil {
		return err
	}
	if u.silent > 0 {
		in.report.Skipped = append(in.report.Skipped, Skipped{a.name, fmt.Sprintf("%d more files in it are no evidence or cannot be read", u.silent)})
	}
	if before == len(in.report.Sources)+len(in.report.Known) {
		in.report.Skipped = append(in.report.Skipped, Skipped{a.name, joinSentences("nothing in it is an audit log or a recording that can be read", problem)})
		return nil
	}
	return in.archiveRow(u, joinSentences(problem, u.sentence()))
}

func joinSentences(s ...string) string {
	return strings.Trim(strings.Join(s, "; "), "; ")
}

// sentence says which files could not be read; empty when all could.
func (u *unpacking) sentence() string {
	switch u.unread {
	case 0:
		return ""
	case 1:
		return u.first
	}
	return fmt.Sprintf("%d files in it cannot be read, the first is %s", u.unread, u.first)
}

// members stores the files of an archive. It returns why the archive could not
// be read to its end; the error is the case's.
func (in *ingester) members(ctx context.Context, u *unpacking) (problem string, err error) {
	for {
		e, err := u.archive.next()
		if ctx.Err() != nil {
			return "", ctx.Err()
		}
		if errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) {
			return "", nil
		}
		if err != nil {
			return err.Error(), nil
		}
		if isNoEvidence(e.name) {
			continue
		}
		if *u.count++; *u.count > maxMembers {
			return fmt.Sprintf("it holds more than %d files, the others are not read: unpack it and give the folder", maxMembers), nil
		}
		if err := in.entry(ctx, u, e); err != nil {
			return "", err
		}
	}
}

// entry stores one file of an archive.
func (in *ingester) entry(ctx context.Context, u *unpacking, e entry) (err error) {
	name := u.memberName(e.name)
	if e.reason != "" {
		in.skip(u, name, e.reason, true)
		return nil
	}
	m := &member{size: e.size, content: &rewinder{src: e.content}, depth: u.depth + 1, count: u.count, disk: u.disk}
	defer func() { err = errors.Join(err, m.content.close()) }()
	loc := location{name: u.name + "/" + name, member: m}
	if u.path != "" {
		loc.path = u.path + "/" + name
	}
	in.prog.Source = loc.name
	o, reason, err := in.open(ctx, loc)
	if err != nil {
		return err
	}
	if reason != "" {
		in.skip(u, name, reason, reason != errNotEvidence.Error())
		return nil
	}
	return in.source(ctx, o)
}

// memberName makes a file's name in an archive fit to tell it apart: text of a
// bounded length that no other file of the archive has.
func (u *unpacking) memberName(name string) string {
	if len(name) > maxMemberName {
		name = name[:maxMemberName]
	}
	name = strings.TrimPrefix(name, "./")
	name = strings.ToValidUTF8(strings.ReplaceAll(name, "\x00", "\uFFFD"), "\uFFFD")
	unique := name
	for u.names[unique] > 0 {
		u.names[name]++
		unique = fmt.Sprintf("%s (%d)", name, u.names[name])
	}
	u.names[unique] = 1
	return unique
}

// skip notes a file of an archive that is passed over. One that cannot be read
// makes the archive incomplete, one that is no evidence does not.
func (in *ingester) skip(u *unpacking, name, reason string, unread bool) {
	if unread {
		if u.unread++; u.unread == 1 {
			u.first = strings.ToValidUTF8(name[:min(len(name), maxProblemName)], "") + ": " + reason
		}
	}
	if u.named == maxSkipsNamed {
		u.silent++
		return
	}
	u.named++
	in.report.Skipped = append(in.report.Skipped, Skipped{u.name + "/" + name, reason})
}

// knownArchive tells whether exactly this archive was read to its end before.
func (in *ingester) knownArchive(ctx context.Context, a *input) (bool, error) {
	if a.member != nil || a.file == nil {
		return false, nil
	}
	rows, err := sourceRows(in.conn, `WHERE format = ? AND path = ? AND size = ? AND sha256 IS NOT NULL`, a.format, a.path, a.size)
	if err != nil || len(rows) == 0 {
		return false, err
	}
	f, err := os.Open(a.path)
	if err != nil {
		return false, nil // what is wrong with it is told when it is read
	}
	defer f.Close()
	sum := sha256.New()
	if _, err := io.Copy(sum, stopping(ctx, f)); err != nil {
		return false, ctx.Err()
	}
	for _, r := range rows {
		if bytes.Equal(r.sha256, sum.Sum(nil)) {
			in.report.Known = append(in.report.Known, a.name)
			return true, nil
		}
	}
	return false, nil
}

// archiveRow enters an archive itself as a source, once.
func (in *ingester) archiveRow(u *unpacking, problem string) error {
	row := begin(u.input, in.now()).row
	row.sha256, row.contentSHA256 = u.finishFile(), sha256.New().Sum(nil)
	row.size = max(row.size, u.read.n.Load())
	if row.sha256 == nil {
		problem = joinSentences(problem, "the file could not be read to its end")
	}
	row.problem, row.complete = problem, problem == ""
	if row.path != "" && row.sha256 != nil {
		known, err := sourceRows(in.conn, `WHERE format = ? AND path = ? AND sha256 = ?`, row.format, row.path, row.sha256)
		if err != nil {
			return err
		}
		if len(known) > 0 {
			in.report.Known = append(in.report.Known, row.name)
			return nil
		}
	}
	if err := in.begin(); err != nil {
		return err
	}
	if err := row.save(in.conn); err != nil {
		return err
	}
	in.report.Sources = append(in.report.Sources, row.public())
	return in.commit(row)
}

// checkNesting refuses an archive that lies in too many others.
func (in *input) checkNesting() error {
	if in.member != nil && in.member.depth >= maxNesting {
		return fmt.Errorf("an archive inside %d others: unpack it and give the folder", maxNesting)
	}
	return nil
}
