package rules

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

//go:embed rules/*.yaml
var shipped embed.FS

// maxRuleBytes bounds a rule file; a real one has about 2 KB.
const maxRuleBytes = 256 << 10

// allowFile is the file of a rules folder that holds the allow-lists for the
// shipped rules.
const allowFile = "allow.yaml"

// Shipped returns the rules inside the program, by id.
func Shipped() ([]*Rule, error) {
	sub, err := fs.Sub(shipped, "rules")
	if err != nil {
		return nil, fmt.Errorf("read the shipped rules: %w", err)
	}
	rules, problems := read(sub, "shipped")
	return rules, errors.Join(problems...)
}

// Load returns the shipped rules and those of the folders, by id. A rule of a
// folder takes the place of the one with the same id that is shipped or stands
// in a folder before it. A file that is wrong is left out: each problem names
// the file and line, what is wrong and what to write.
func Load(folders ...string) ([]*Rule, []error) {
	rules, err := Shipped()
	if err != nil {
		return nil, []error{err}
	}
	var problems []error
	for _, folder := range folders {
		own, wrong := read(os.DirFS(folder), folder)
		problems = append(problems, wrong...)
		for _, r := range own {
			if i := slices.IndexFunc(rules, func(o *Rule) bool { return o.ID == r.ID }); i >= 0 {
				rules[i] = r
				continue
			}
			rules = append(rules, r)
		}
	}
	for _, folder := range folders {
		problems = append(problems, allow(os.DirFS(folder), folder, rules)...)
	}
	sortByID(rules)
	return rules, problems
}

func sortByID(rules []*Rule) {
	slices.SortFunc(rules, func(a, b *Rule) int { return strings.Compare(a.ID, b.ID) })
}

// read reads every rule file of a folder.
func read(dir fs.FS, name string) ([]*Rule, []error) {
	var rules []*Rule
	var problems []error
	files := map[string]string{} // by id
	entries, err := fs.ReadDir(dir, ".")
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, []error{fmt.Errorf("read rules folder %s: %w", name, err)}
	}
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		if e.IsDir() || ext != ".yaml" && ext != ".yml" || e.Name() == allowFile {
			continue
		}
		file := filepath.Join(name, e.Name())
		data, err := readFile(dir, e.Name())
		if err != nil {
			problems = append(problems, fmt.Errorf("%s: %w", file, err))
			continue
		}
		r, err := Parse(data, file)
		if err != nil {
			problems = append(problems, err)
			continue
		}
		if other, ok := files[r.ID]; ok {
			problems = append(problems, fmt.Errorf("%s:%d: a rule with the id %s exists already (%s): choose another id", file, lineOf(data, "id"), r.ID, other))
			continue
		}
		files[r.ID] = file
		rules = append(rules, r)
	}
	sortByID(rules)
	return rules, problems
}

// readFile reads one file, as far as a rule file may be long.
func readFile(dir fs.FS, name string) ([]byte, error) {
	f, err := dir.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil, errors.Join(err, fmt.Errorf("it is no regular file"))
	}
	data, err := io.ReadAll(io.LimitReader(f, maxRuleBytes+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxRuleBytes {
		return nil, fmt.Errorf("it is larger than %d bytes: a rule is a small file", maxRuleBytes)
	}
	return data, nil
}

// Parse reads one rule. file names it in errors.
func Parse(data []byte, file string) (*Rule, error) {
	r := &Rule{File: file}
	if err := decode(data, file, r); err != nil {
		return nil, err
	}
	if key, err := r.check(); err != nil {
		return nil, fmt.Errorf("%s:%d: %w", file, lineOf(data, key), err)
	}
	return r, nil
}

// allow adds the folder's allow-lists to the rules they name.
func allow(dir fs.FS, folder string, rules []*Rule) []error {
	file := filepath.Join(folder, allowFile)
	data, err := readFile(dir, allowFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []error{fmt.Errorf("%s: %w", file, err)}
	}
	lists := map[string][]Node{}
	if err := decode(data, file, &lists); err != nil {
		return []error{err}
	}
	var problems []error
	for id, nodes := range lists {
		i := slices.IndexFunc(rules, func(r *Rule) bool { return r.ID == id })
		if i < 0 {
			problems = append(problems, fmt.Errorf("%s:%d: there is no rule %s", file, lineOf(data, id), id))
			continue
		}
		if err := checkAll(nodes); err != nil {
			problems = append(problems, fmt.Errorf("%s:%d: %w", file, lineOf(data, id), err))
			continue
		}
		rules[i].Allow = append(rules[i].Allow, nodes...)
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return problems
}

// decode reads YAML strictly: unknown keys are refused, and so are anchors and
// aliases, with which a small file can stand for a huge one.
func decode(data []byte, file string, into any) (err error) {
	defer func() {
		// The YAML library panics on some wrong files.
		if r := recover(); r != nil {
			err = fmt.Errorf("%s:1: this is no YAML that can be read: %v", file, r)
		}
	}()
	depth := 0
	for _, t := range lexer.Tokenize(string(data)) {
		switch t.Type {
		case token.AnchorType, token.AliasType:
			return fmt.Errorf("%s:%d: anchors and aliases (& and *) are not allowed: put the text in quotes, or write it out", file, t.Position.Line)
		case token.SequenceStartType, token.MappingStartType:
			if depth++; depth > 50 {
				return fmt.Errorf("%s:%d: brackets are nested too deep", file, t.Position.Line)
			}
		case token.SequenceEndType, token.MappingEndType:
			depth--
		}
	}
	err = yaml.NewDecoder(bytes.NewReader(data), yaml.Strict()).Decode(into)
	var at yaml.Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, io.EOF):
		return fmt.Errorf("%s:1: the file is empty", file)
	case errors.As(err, &at) && at.GetToken() != nil:
		return fmt.Errorf("%s:%d: %s", file, at.GetToken().Position.Line, at.GetMessage())
	}
	return fmt.Errorf("%s:1: %w", file, err)
}

// lineOf is the line on which a key of the outermost mapping stands, or 1.
func lineOf(data []byte, key string) int {
	n := 0
	for line := range strings.Lines(string(data)) {
		n++
		if strings.HasPrefix(line, key+":") {
			return n
		}
	}
	return 1
}
