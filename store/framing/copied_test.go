package framing

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// copied is a row of the events table as COPY … TO writes it.
func copiedRow(event string) string {
	event = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\t", `\t`).Replace(event)
	return "2026-03-01 09:00:00.5+00\t8f0e0b9c-6f0e-4c57-9a40-0b6f7b1c0001\texec\t00000000-0000-0000-0000-000000000000\t" + event + "\t2026-03-01 09:00:01+00\n"
}

func TestSniff_readsWhatPostgresCopies(t *testing.T) {
	t.Parallel()
	dump := "--\n-- PostgreSQL database dump\n--\nCOPY public.events (event_time, event_id, event_type, session_id, event_data, creation_time) FROM stdin;\n" +
		copiedRow(exec) + copiedRow(login) + "\\.\n"
	for content, rejects := range map[string]int{
		copiedRow(exec) + copiedRow(login): 0,
		dump:                               5,
	} {
		name, got := sniffed(t, content, whole)
		if d := cmp.Diff([]string{exec, login}, events(got)); d != "" || name != "ndjson, postgres" || len(reasons(got)) != rejects {
			t.Errorf("%s, rejects %q, events -want +got:\n%s", name, reasons(got), d)
		}
	}
}

// Tabs alone make no row of Postgres: the backslashes are the event's own.
func TestSniff_leavesOtherTabs(t *testing.T) {
	t.Parallel()
	_, got := sniffed(t, "host\tteleport\t"+exec+"\n", whole)
	if d := cmp.Diff([]string{exec}, events(got)); d != "" {
		t.Errorf("-want +got:\n%s", d)
	}
}
