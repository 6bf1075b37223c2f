package contain

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/goccy/go-yaml"
)

// maxResource bounds a lock resource, in bytes: one is a few hundred long.
const maxResource = 16 << 10

// maxNesting bounds how deep brackets may stand in each other there.
const maxNesting = 20

// resource is a lock as `tctl get lock` prints it. What the spec holds beyond
// this is an error: a target that is not understood would be left out, and the
// lock would hit something else.
type resource struct {
	Kind     string         `yaml:"kind"`
	SubKind  string         `yaml:"sub_kind"`
	Version  string         `yaml:"version"`
	Metadata map[string]any `yaml:"metadata"`
	Spec     struct {
		Target    map[string]string `yaml:"target"`
		Message   string            `yaml:"message"`
		Expires   string            `yaml:"expires"`
		CreatedAt string            `yaml:"created_at"`
		CreatedBy string            `yaml:"created_by"`
	} `yaml:"spec"`
}

// ReadResource reads a lock resource, YAML or JSON, as a request: its targets,
// message and end. Its name is not taken: a lock that is placed has its own. One
// whose end has passed at now is refused, and so is anything but one lock.
func ReadResource(r io.Reader, now time.Time) (Request, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxResource+1))
	switch {
	case err != nil:
		return Request{}, fmt.Errorf("read the lock resource: %w", err)
	case len(text) > maxResource:
		return Request{}, fmt.Errorf("this is no lock resource: it is longer than %d bytes", maxResource)
	case nested(text) > maxNesting:
		return Request{}, errors.New("this is no lock resource: its brackets stand too deep in each other")
	}
	one, err := readOne(text)
	if err != nil {
		return Request{}, err
	}
	return one.request(now)
}

// readOne reads the one resource of a text; tctl prints JSON as a list.
func readOne(text []byte) (resource, error) {
	var out resource
	if trimmed := bytes.TrimSpace(text); bytes.HasPrefix(trimmed, []byte("[")) {
		var list []resource
		if err := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict()).Decode(&list); err != nil {
			return out, noResource(err)
		}
		if len(list) != 1 {
			return out, fmt.Errorf("there are %d resources in it: give one lock", len(list))
		}
		return list[0], nil
	}
	d := yaml.NewDecoder(bytes.NewReader(text), yaml.Strict())
	if err := d.Decode(&out); err != nil {
		return out, noResource(err)
	}
	var more resource
	if err := d.Decode(&more); !errors.Is(err, io.EOF) {
		return out, errors.New("there is more than one resource in it: give one lock")
	}
	return out, nil
}

// noResource keeps the first line of what the reader says: the rest draws the
// text, which can be anything.
func noResource(err error) error {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return fmt.Errorf("this is no lock resource: %.200s", line)
}

// nested is how deep brackets stand in each other, at most; those in texts count
// too.
func nested(text []byte) int {
	depth, most := 0, 0
	for _, b := range text {
		switch b {
		case '[', '{':
			depth++
			most = max(most, depth)
		case ']', '}':
			depth--
		}
	}
	return most
}

func (r *resource) request(now time.Time) (Request, error) {
	out := Request{Message: r.Spec.Message, TTL: Forever}
	if r.Kind != "lock" {
		return out, fmt.Errorf("this is no lock resource: its kind is %.40q", r.Kind)
	}
	known := 0
	for _, f := range Fields() {
		if value, ok := r.Spec.Target[f.String()]; ok {
			out.Targets = append(out.Targets, Target{Field: f, Value: value})
			known++
		}
	}
	if known < len(r.Spec.Target) {
		return out, errors.New("the lock resource names a target that cordon does not know: it would lock something else without it")
	}
	if r.Spec.Expires == "" {
		return out, nil
	}
	end, err := time.Parse(time.RFC3339, r.Spec.Expires)
	switch {
	case err != nil:
		return out, fmt.Errorf("the lock resource ends at %.40q, which is no RFC 3339 time", r.Spec.Expires)
	case !end.After(now):
		return out, fmt.Errorf("the lock resource ended at %s", end.UTC().Format(time.RFC3339))
	}
	// tctl writes parts of a second: the whole one after it is no earlier.
	if whole := end.Truncate(time.Second); !whole.Equal(end) {
		end = whole.Add(time.Second)
	}
	out.TTL, out.Expires = 0, end
	return out, nil
}
