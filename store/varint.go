package store

import (
	"encoding/binary"
	"errors"
	"strconv"
)

// errVarint means that a packed column of the case file is damaged.
var errVarint = errors.New("the case file is damaged: a packed list does not end where it should")

func appendVarint(dst []byte, v uint64) []byte { return binary.AppendUvarint(dst, v) }

func appendInt(dst []byte, v int) []byte { return strconv.AppendInt(dst, int64(v), 10) }

// takeVarint reads one varint and returns the rest.
func takeVarint(b []byte) (uint64, []byte, error) {
	v, n := binary.Uvarint(b)
	if n <= 0 {
		return 0, nil, errVarint
	}
	return v, b[n:], nil
}
