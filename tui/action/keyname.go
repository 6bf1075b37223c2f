package action

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// namedKeys are the keys that have no character, as Bubble Tea spells them.
var namedKeys = []string{
	"enter", "tab", "backspace", "esc", "space", "up", "down", "left", "right",
	"home", "end", "pgup", "pgdown", "insert", "delete",
	"f1", "f2", "f3", "f4", "f5", "f6", "f7", "f8", "f9", "f10", "f11", "f12",
}

// modifiers are the prefixes of keys, in the only order that Bubble Tea uses.
var modifiers = []string{"ctrl+", "alt+", "shift+"}

// checkKey reports a key name that no key press will ever have, so that a
// mistake in a key file is told at start and does not look like a dead key.
func checkKey(key string) error {
	rest := key
	for _, m := range modifiers {
		if len(rest) > len(m) {
			rest = strings.TrimPrefix(rest, m)
		}
	}
	if slices.Contains(namedKeys, rest) {
		return nil
	}
	r, n := utf8.DecodeRuneInString(rest)
	if n == 0 || n != len(rest) || r == utf8.RuneError || r <= ' ' {
		return fmt.Errorf("%q is not a key: write a character or one of %s, with %s in front in this order",
			key, strings.Join(namedKeys, " "), strings.Join(modifiers, " "))
	}
	if rest != key && strings.ToLower(rest) != rest {
		return fmt.Errorf("%q is not a key: after %s write the small letter, with shift+ if it is meant", key, strings.TrimSuffix(key, rest))
	}
	if strings.HasPrefix(key, "shift+") {
		return fmt.Errorf("%q is not a key: write the character that shift makes, such as %s", key, strings.ToUpper(rest))
	}
	return nil
}
