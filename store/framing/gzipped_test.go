package framing

import (
	"bytes"
	"encoding/base64"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"
)

// gzipped is the base64 of the gzip of a text.
func gzipped(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(s)); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return base64.StdEncoding.EncodeToString(b.Bytes())
}

func TestUnpack_boundsWhatAnItemHolds(t *testing.T) {
	t.Parallel()
	event := `{"event":"exec","uid":"u","pad":"` + strings.Repeat("0", maxUnpacked) + `"}`
	_, got := sniffed(t, login+"\n"+`{"FieldsMapGzip":"`+gzipped(event)+"\"}\n", whole)
	if len(events(got)) != 1 || len(reasons(got)) != 1 || !strings.Contains(reasons(got)[0], "more than 4 MiB") {
		t.Errorf("%d events, reasons %q", len(events(got)), reasons(got))
	}
}
