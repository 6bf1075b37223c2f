package posture

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// lives are what a certificate's life is told by, the longest first.
var lives = []struct {
	more  time.Duration
	words string
}{
	{30 * 24 * time.Hour, "more than 30 days"},
	{24 * time.Hour, "more than 24 hours"},
	{12 * time.Hour, "more than 12 hours"},
}

// leeway is by how much a server may round the end of a certificate or token.
const leeway = time.Minute

// thousands writes a count with its thousands set apart.
func thousands(n int) string {
	s := strconv.Itoa(n)
	for at := len(s) - 3; at > 0; at -= 3 {
		s = s[:at] + "," + s[at:]
	}
	return s
}

// named is up to how many names a sentence lists.
const named = 6

// listed lists names in a sentence.
func listed(list []string) string {
	if len(list) <= named {
		return strings.Join(list, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(list[:named], ", "), len(list)-named)
}
