package teleport_test

import (
	"os"
	"strconv"
	"testing"
	"time"
)

// torture is a tenth of a long test, or all of it when CORDON_TORTURE asks for
// that.
func torture(t *testing.T, tenth, whole int) int {
	t.Helper()
	if os.Getenv("CORDON_TORTURE") != "" {
		return whole
	}
	return tenth
}

// seedOf is the seed of a random test: CORDON_SEED, or a new one.
func seedOf(t *testing.T) uint64 {
	t.Helper()
	if s := os.Getenv("CORDON_SEED"); s != "" {
		seed, err := strconv.ParseUint(s, 10, 64)
		if err != nil {
			t.Fatalf("CORDON_SEED %q is no number", s)
		}
		return seed
	}
	return uint64(time.Now().UnixNano())
}
