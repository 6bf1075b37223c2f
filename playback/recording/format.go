package recording

import (
	"bytes"
	"encoding/binary"
)

// Format is how a recording is stored.
type Format string

// The formats that are known.
const (
	FormatUnknown     Format = ""
	FormatTeleportV1  Format = "teleport v1"
	FormatTeleportV2  Format = "teleport v2"
	FormatEncrypted   Format = "teleport v2 encrypted"
	FormatLegacyTar   Format = "teleport before 4.4"
	FormatAsciicastV1 Format = "asciicast v1"
	FormatAsciicastV2 Format = "asciicast v2"
	FormatAsciicastV3 Format = "asciicast v3"
	FormatGzip        Format = "gzip" // a wrapper: the recording is inside
	FormatZstd        Format = "zstd" // a wrapper: the recording is inside
)

// SniffLen is how many bytes Sniff needs to be sure.
const SniffLen = 4096

const (
	headerV1 = 24
	headerV2 = 32

	flagEncrypted = 1

	ageMagic = "age-encryption.org/v1\n"
)

// Sniff tells the format from the first bytes of a file. Fewer than SniffLen
// bytes give an answer too when they are enough. For a gzip or zstd wrapper it
// says so and no more.
func Sniff(head []byte) Format {
	switch {
	case bytes.HasPrefix(head, []byte{0x1f, 0x8b}):
		return FormatGzip
	case bytes.HasPrefix(head, []byte{0x28, 0xb5, 0x2f, 0xfd}):
		return FormatZstd
	case len(head) >= 262 && string(head[257:262]) == "ustar":
		return FormatLegacyTar
	}
	if len(head) >= 8 {
		switch binary.BigEndian.Uint64(head) {
		case 1:
			return FormatTeleportV1
		case 2:
			if len(head) > 24 && head[24]&flagEncrypted != 0 {
				return FormatEncrypted
			}
			return FormatTeleportV2
		}
	}
	return sniffCast(head)
}
