package action

import (
	"fmt"

	"github.com/goccy/go-yaml"
)

// maxKeyFile bounds a key file; one that names every action has about 3 KB.
const maxKeyFile = 64 << 10

// ParseKeys reads the responder's own keys: a YAML map from action id to a list
// of keys, for example "lock.place: [ctrl+l]". Pass the result to Remap.
func ParseKeys(data []byte) (keys map[ID][]string, err error) {
	if len(data) > maxKeyFile {
		return nil, fmt.Errorf("key file is %d bytes, more than %d", len(data), maxKeyFile)
	}
	defer func() {
		// The YAML decoder panics on some wrong files, such as "open: !tag x".
		if r := recover(); r != nil {
			keys, err = nil, fmt.Errorf("decode keys: not a map from actions to lists of keys: %v", r)
		}
	}()
	keys = make(map[ID][]string)
	if err := yaml.Unmarshal(data, &keys); err != nil {
		return nil, fmt.Errorf("decode keys: %w", err)
	}
	return keys, nil
}
