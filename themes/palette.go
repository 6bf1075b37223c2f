package themes

import (
	"embed"
	"fmt"
	"path"
	"slices"
	"sort"
	"strings"

	"github.com/goccy/go-yaml"
)

//go:embed palettes/*.yaml
var shipped embed.FS

// maxPaletteBytes bounds a palette file; a real one has about 2 KB.
const maxPaletteBytes = 64 << 10

// Palette gives each role its look, as written in a file: an optional colour,
// an optional "on COLOUR", and attributes, for example "#ff6b6b on #202020 bold".
// A colour is #rrggbb, one of the sixteen terminal colours by name, or default.
type Palette struct {
	Name  string `yaml:"name"`
	About string `yaml:"about"`
	// Dark says that the palette is made for light text on a dark ground.
	Dark bool `yaml:"dark"`
	// Base names the shipped palette that a user's file changes.
	Base  string            `yaml:"base"`
	Roles map[string]string `yaml:"roles"`
}

// Names returns the names of the shipped palettes, sorted.
func Names() []string {
	entries, err := shipped.ReadDir("palettes")
	if err != nil {
		return nil
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, strings.TrimSuffix(e.Name(), ".yaml"))
	}
	sort.Strings(names)
	return names
}

// Load returns a shipped palette by name.
func Load(name string) (Palette, error) {
	if !slices.Contains(Names(), name) {
		return Palette{}, fmt.Errorf("theme %q does not exist: choose one of %s", name, strings.Join(Names(), ", "))
	}
	data, err := shipped.ReadFile(path.Join("palettes", name+".yaml"))
	if err != nil {
		return Palette{}, fmt.Errorf("read theme %s: %w", name, err)
	}
	p, err := decode(data)
	if err != nil {
		return Palette{}, fmt.Errorf("read theme %s: %w", name, err)
	}
	return p, nil
}

// Parse reads a user's palette file. It may name a base palette and override
// single roles of it; without a base it changes fallback.
func Parse(data []byte, fallback string) (Palette, error) {
	if len(data) > maxPaletteBytes {
		return Palette{}, fmt.Errorf("theme file is %d bytes, more than %d", len(data), maxPaletteBytes)
	}
	own, err := decode(data)
	if err != nil {
		return Palette{}, err
	}
	base := own.Base
	if base == "" {
		base = fallback
	}
	p, err := Load(base)
	if err != nil {
		return Palette{}, err
	}
	for name, look := range own.Roles {
		p.Roles[name] = look
	}
	if own.Name != "" {
		p.Name = own.Name
	}
	return p, nil
}

// decode reads the file and checks that every role and colour in it is known,
// so that a mistake is reported when the file is loaded and not on the screen.
func decode(data []byte) (p Palette, err error) {
	defer func() {
		// The YAML decoder panics on some wrong files.
		if r := recover(); r != nil {
			p, err = Palette{}, fmt.Errorf("decode theme: not a palette: %v", r)
		}
	}()
	if err := yaml.UnmarshalWithOptions(data, &p, yaml.Strict()); err != nil {
		return Palette{}, fmt.Errorf("decode theme: %w", err)
	}
	for _, name := range sortedKeys(p.Roles) {
		if _, ok := roleByName(name); !ok {
			return Palette{}, fmt.Errorf("unknown role %q: the roles are %s", name, strings.Join(roleNames[:], ", "))
		}
		if _, err := parseLook(p.Roles[name]); err != nil {
			return Palette{}, fmt.Errorf("role %s: %w", name, err)
		}
	}
	return p, nil
}

func sortedKeys(m map[string]string) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
