package picture

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"cordon/playback/term"
)

func drawn(t *testing.T, output string) string {
	t.Helper()
	s := term.New(40, 5)
	if _, err := s.Write([]byte(output)); err != nil {
		t.Fatal(err)
	}
	return SVG(s)
}

// elements reads a picture as XML and gives its elements and its text.
func elements(t *testing.T, svg string) (names map[string]int, text string) {
	t.Helper()
	names = map[string]int{}
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return names, text
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, svg)
		}
		switch token := token.(type) {
		case xml.StartElement:
			names[token.Name.Local]++
			for _, a := range token.Attr {
				if strings.HasPrefix(a.Name.Local, "on") || a.Name.Local == "href" {
					t.Errorf("attribute %s=%q", a.Name.Local, a.Value)
				}
			}
		case xml.CharData:
			text += string(token)
		}
	}
}

func TestSVG_holdsTheTextWithItsLook(t *testing.T) {
	t.Parallel()
	svg := drawn(t, "plain \x1b[1;31mred\x1b[0m \x1b[48;5;208mground\x1b[0m \x1b[38;2;1;2;3mexact\x1b[0m 東京 \x1b[7mreverse")
	_, text := elements(t, svg)
	for _, want := range []string{"plain", "red", "ground", "exact", "東京", "reverse"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q", want)
		}
	}
	for _, want := range []string{`fill="#cd0000" font-weight="bold"`, `fill="#ff8700"`, `fill="#010203"`, `width="320" height="85"`} {
		if !strings.Contains(svg, want) {
			t.Errorf("the picture lacks %s", want)
		}
	}
}

func TestSVG_whatTheSessionWroteStaysText(t *testing.T) {
	t.Parallel()
	svg := drawn(t, "</text><script>alert(1)</script>\r\n\"><a href=x onload=y>&amp;&#x0;]]>\r\n\x1b]8;;https://example.com\x1b\\link\x1b]8;;\x1b\\ \x1b[8mhidden\x1b[0m\x1b]0;title\x07")
	names, text := elements(t, svg)
	for name := range names {
		switch name {
		case "svg", "rect", "g", "text":
		default:
			t.Errorf("an element %s", name)
		}
	}
	if !strings.Contains(text, "<script>alert(1)</script>") || strings.Contains(svg, "example.com") || strings.Contains(text, "hidden") {
		t.Errorf("the text is %q", text)
	}
}
