package main

import (
	"bufio"
	"bytes"
	"strings"
	"testing"

	"cordon/investigations"
	"cordon/tui/safetext"
)

func TestGaps_longSentencesGoOnInTheNextLine(t *testing.T) {
	t.Parallel()
	const width = 40
	sentence := "a session began and has no end in this evidence: it runs on, or its end was not logged"
	var out bytes.Buffer
	buf := bufio.NewWriter(&out)
	p := &plain{buf: buf, safe: safetext.NewWriter(buf, safetext.Unicode), form: safetext.Unicode, width: width}
	p.gaps(investigations.Coverage{Gaps: []investigations.Gap{
		{Kind: investigations.GapNoEnd, Detail: sentence, Entity: &investigations.Entity{Kind: investigations.KindSession, Name: "s-1"}},
		{Kind: investigations.GapNoEnd, Detail: "evil\x1b[2J\nsecond line"},
	}})
	if err := p.safe.Flush(); err != nil {
		t.Fatal(err)
	}
	if err := buf.Flush(); err != nil {
		t.Fatal(err)
	}
	got := out.String()
	for line := range strings.Lines(got) {
		if w := safetext.Width(strings.TrimSuffix(line, "\n")); w > width {
			t.Errorf("%d columns: %q", w, line)
		}
	}
	if words := strings.Join(strings.Fields(got), " "); !strings.Contains(words, sentence+" (session:s-1)") {
		t.Errorf("words are lost:\n%s", got)
	}
	if strings.Count(got, "session open") != 1 || strings.ContainsRune(got, 0x1b) || strings.Contains(got, "\nsecond") {
		t.Errorf("not one clean group:\n%q", got)
	}
}
