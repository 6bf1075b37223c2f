package framing

import (
	"bytes"
	"encoding/base64"
	"io"

	"github.com/klauspost/compress/gzip"

	"cordon/investigations/extract"
)

// maxUnpacked is how long the event of a compressed item may be. DynamoDB holds
// no item above 400 KB, and Teleport passes on no event above 4 MiB.
const maxUnpacked = 4 << 20

// unpack gives the event of a DynamoDB item that keeps it compressed:
// "FieldsMapGzip" as {"B":"…"} or a plain text, base64 of gzip of JSON. The
// JSON is plain or has DynamoDB's type wrappers.
func (u *unwrapper) unpack(value []byte, depth int) found {
	text, ok := binaryText(value)
	if !ok {
		return none("a DynamoDB item whose FieldsMapGzip is no binary value")
	}
	packed := make([]byte, base64.StdEncoding.DecodedLen(len(text)))
	n, err := base64.StdEncoding.Decode(packed, extract.Unescape(nil, text))
	if err != nil {
		return none("a DynamoDB item whose FieldsMapGzip is no base64")
	}
	z, err := gzip.NewReader(bytes.NewReader(packed[:n]))
	if err != nil {
		return none("a DynamoDB item whose FieldsMapGzip is no gzip")
	}
	plain, err := io.ReadAll(io.LimitReader(z, maxUnpacked+1))
	if err != nil {
		return none("a DynamoDB item whose FieldsMapGzip is damaged")
	}
	if len(plain) > maxUnpacked {
		return none("a DynamoDB item whose FieldsMapGzip holds more than 4 MiB")
	}
	got := u.text(plain, depth+1)
	got.at, got.wrap = -1, "dynamodb"
	return got
}

// binaryText gives the inside of a text, or of the only member of an object, as
// DynamoDB's {"B":"…"} and {"S":"…"} are.
func binaryText(value []byte) ([]byte, bool) {
	if value[0] == '{' {
		m := walk(value)
		_, from, to, ok := m.next()
		if !ok {
			return nil, false
		}
		if _, _, _, more := m.next(); more || m.bad {
			return nil, false
		}
		value = value[from:to]
	}
	if value[0] != '"' {
		return nil, false
	}
	return value[1 : len(value)-1], true
}
