package filter

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"cordon/investigations"
)

// Completion says what is being typed at the cursor, and what can stand there.
type Completion struct {
	From, To int    // bytes of the input that a candidate replaces
	Prefix   string // what is typed of it
	// Key is the key whose value is being typed; empty while it may still be a
	// key or a word.
	Key Key
	// Candidates are keys with their colon, or the values that never change.
	// Values of the other keys come from the case: the caller adds them.
	Candidates []string
}

// Complete looks at the word under the cursor, which is a byte offset.
func Complete(input string, cursor int) Completion {
	cursor = max(0, min(cursor, len(input)))
	word := wordStart(input[:cursor])
	c := Completion{From: word, To: cursor}
	if word < cursor && input[word] == '-' {
		c.From++
	}
	c.Prefix = input[c.From:cursor]
	name, value, ok := strings.Cut(c.Prefix, ":")
	if !ok {
		if !strings.HasPrefix(c.Prefix, `"`) {
			c.Candidates = keysWith(c.Prefix)
		}
		return c
	}
	info, known := lookup(name)
	if !known {
		return c
	}
	c.Key = info.Key
	c.From += len(name) + 1
	if i := strings.LastIndexByte(value, ','); i >= 0 && !strings.Contains(value, `"`) {
		c.From += i + 1
	}
	c.Prefix = input[c.From:cursor]
	for _, fixed := range fixedValues(info) {
		if len(fixed) >= len(c.Prefix) && equalFold(fixed[:len(c.Prefix)], c.Prefix) {
			c.Candidates = append(c.Candidates, fixed)
		}
	}
	return c
}

// QuoteValue writes a value as it must be typed after a key.
func QuoteValue(s string) string { return Value{Text: s}.print(ClassEntity) }

func keysWith(prefix string) []string {
	var out []string
	for _, info := range keys {
		if strings.HasPrefix(string(info.Key), strings.ToLower(prefix)) {
			out = append(out, string(info.Key)+":")
		}
	}
	return out
}

func fixedValues(info KeyInfo) []string {
	switch info.Class {
	case ClassOutcome:
		return []string{"success", "failed", "unsaid"}
	case ClassActor:
		return investigations.ActorWords()
	case ClassTime:
		return []string{"-15m", "-1h", "-24h", "-7d"}
	default:
		return nil
	}
}

// wordStart is where the term that ends the input begins: after the last blank
// that is not inside a quotation.
func wordStart(input string) int {
	start, quoted := 0, false
	for i := 0; i < len(input); {
		r, size := utf8.DecodeRuneInString(input[i:])
		switch {
		case quoted && r == '\\' && i+1 < len(input):
			_, next := utf8.DecodeRuneInString(input[i+1:])
			size += next
		case r == '"':
			quoted = !quoted
		case !quoted && unicode.IsSpace(r):
			start = i + size
		}
		i += size
	}
	return start
}
