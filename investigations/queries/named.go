package queries

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Placeholder is where a named query has the identity that it is about. It
// stands inside an SQL string and nowhere else.
const Placeholder = "<COMPROMISED_IDENTITY>"

// maxText bounds the SQL of a named query, in bytes.
const maxText = 64 << 10

// Group says where a named query comes from.
type Group string

// The groups, in the order in which they are listed.
const (
	GroupReport   Group = "Privileged Access Report"
	GroupResponse Group = "identity response"
	GroupExamples Group = "examples"
	GroupSaved    Group = "saved in this case"
	GroupOwn      Group = "your folder"
)

// Named is a query with a name.
//
// As a file it is NAME.sql: SQL behind a few comments of the form `-- key:
// value`, each of which may be left out:
//
//	-- title:   what it answers, in a few words
//	-- about:   one or two sentences more
//	-- suggest: what to do about what it finds
//	-- whole:   why it cannot be narrowed down to one identity
//
// A number in front of the name (`01-NAME.sql`) only sorts. Where the text of a
// string is, or holds, [Placeholder], the query asks for an identity.
type Named struct {
	Name    string
	Group   Group
	Title   string
	About   string
	Suggest string
	Whole   string
	SQL     string
}

//go:embed named
var embedded embed.FS

// All lists the queries that ship with cordon, by group and in their order.
func All() []Named { return slices.Clone(shipped()) }

// shipped reads the files once, when somebody asks for them.
var shipped = sync.OnceValue(func() []Named {
	var all []Named
	for _, g := range []struct {
		dir   string
		group Group
	}{{"named/report", GroupReport}, {"named/response", GroupResponse}, {"named/examples", GroupExamples}} {
		sub, err := fs.Sub(embedded, g.dir)
		if err != nil {
			panic(err) // the folders are part of the program
		}
		found, err := Load(sub, g.group)
		if err != nil {
			panic(err)
		}
		all = append(all, found...)
	}
	return all
})

// Load reads the .sql files of a folder, sorted by file name. A file that is no
// named query is left out and reported; the others are returned all the same.
func Load(dir fs.FS, group Group) ([]Named, error) {
	files, err := fs.Glob(dir, "*.sql")
	if err != nil {
		return nil, fmt.Errorf("list named queries: %w", err)
	}
	var all []Named
	var errs []error
	for _, file := range files {
		n, err := loadFile(dir, file)
		if err != nil {
			errs = append(errs, fmt.Errorf("read named query %s: %w", file, err))
			continue
		}
		n.Group = group
		all = append(all, n)
	}
	return all, errors.Join(errs...)
}

func loadFile(dir fs.FS, file string) (Named, error) {
	info, err := fs.Stat(dir, file)
	if err != nil {
		return Named{}, err
	}
	if info.Size() > maxText {
		return Named{}, fmt.Errorf("it has %d bytes, more than %d", info.Size(), maxText)
	}
	text, err := fs.ReadFile(dir, file)
	if err != nil {
		return Named{}, err
	}
	name := strings.TrimSuffix(path.Base(file), ".sql")
	if digits := strings.TrimLeft(name, "0123456789"); strings.HasPrefix(digits, "-") && len(digits) > 1 {
		name = digits[1:]
	}
	return Parse(name, string(text))
}

// Parse reads a named query as it stands in a file.
func Parse(name, text string) (Named, error) {
	n := Named{Name: name}
	if err := CheckName(name); err != nil {
		return n, err
	}
	if len(text) > maxText || !utf8.ValidString(text) {
		return n, fmt.Errorf("it is no text of at most %d bytes", maxText)
	}
	into := map[string]*string{"title": &n.Title, "about": &n.About, "suggest": &n.Suggest, "whole": &n.Whole}
	rest := strings.ReplaceAll(text, "\r\n", "\n")
	for {
		line, after, _ := strings.Cut(rest, "\n")
		key, value, ok := strings.Cut(strings.TrimPrefix(line, "--"), ":")
		field := into[strings.TrimSpace(key)]
		if !strings.HasPrefix(line, "--") || !ok || field == nil {
			break
		}
		*field = strings.TrimSpace(value)
		rest = after
	}
	n.SQL = strings.TrimSpace(rest)
	if n.Title == "" {
		n.Title = n.Name
	}
	if n.SQL == "" {
		return n, errors.New("it holds no SQL")
	}
	_, err := n.With("x")
	return n, err
}

// CheckName says what is wrong with a name for a query: it must be easy to type
// on a command line.
func CheckName(name string) error {
	switch {
	case name == "":
		return errors.New("a name is missing")
	case len(name) > 60:
		return errors.New("a name has at most 60 characters")
	case strings.HasPrefix(name, "-"):
		return errors.New("a name does not begin with -")
	case strings.ContainsFunc(name, func(r rune) bool {
		return r != '-' && r != '_' && r != '.' && (r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r))
	}):
		return errors.New("a name consists of letters, digits, - and _")
	}
	return nil
}

// NeedsIdentity reports whether the query has a place for an identity.
func (n Named) NeedsIdentity() bool { return strings.Contains(n.SQL, Placeholder) }

// With is the SQL about an identity. The identity becomes part of an SQL string,
// quoted, so that no name can be anything else than a name.
func (n Named) With(identity string) (string, error) {
	var filled, outside strings.Builder
	for _, t := range Tokens(n.SQL) {
		text := n.SQL[t.Start:t.End]
		switch t.Kind {
		case TokenString:
			text = strings.ReplaceAll(text, Placeholder, strings.ReplaceAll(identity, "'", "''"))
		case TokenComment:
		default:
			outside.WriteString(text)
		}
		filled.WriteString(text)
	}
	if strings.Contains(outside.String(), Placeholder) {
		return "", fmt.Errorf("%s must stand inside quotes: '%s'", Placeholder, Placeholder)
	}
	return filled.String(), nil
}

// Find returns the query of a name. The last of a name counts, so that the
// responder's own come before those that ship.
func Find(all []Named, name string) (Named, bool) {
	for _, n := range slices.Backward(all) {
		if n.Name == name {
			return n, true
		}
	}
	return Named{}, false
}
