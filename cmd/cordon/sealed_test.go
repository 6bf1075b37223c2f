package main

import (
	"bytes"
	"encoding/binary"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

// sealedRecording is a V2 recording of one part that is encrypted for a key.
func sealedRecording(t *testing.T, to age.Recipient) []byte {
	t.Helper()
	var plain bytes.Buffer
	w, err := recording.NewWriter(&plain, recording.WriterOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for _, ev := range []apievents.AuditEvent{
		&apievents.SessionStart{Metadata: apievents.Metadata{Type: "session.start"}, TerminalSize: "40:5"},
		&apievents.SessionPrint{Metadata: apievents.Metadata{Type: "print"}, Data: []byte("the secret screen")},
		&apievents.SessionEnd{Metadata: apievents.Metadata{Type: "session.end"}},
	} {
		if err := w.Event(ev); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var sealed bytes.Buffer
	seal, err := age.Encrypt(&sealed, to)
	if err != nil {
		t.Fatal(err)
	}
	const header = 24
	if _, err := seal.Write(plain.Bytes()[header:]); err != nil {
		t.Fatal(err)
	}
	if err := seal.Close(); err != nil {
		t.Fatal(err)
	}
	out := binary.BigEndian.AppendUint64(nil, 2)
	out = binary.BigEndian.AppendUint64(out, uint64(sealed.Len()))
	out = binary.BigEndian.AppendUint64(out, 0)
	out = append(out, 1, 0, 0, 0, 0, 0, 0, 0)
	return append(out, sealed.Bytes()...)
}

func TestTranscript_opensASealedRecordingWithItsIdentity(t *testing.T) {
	t.Parallel()
	key, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	sealed := writeFile(t, "sealed.tar", string(sealedRecording(t, key.Recipient())))
	identity := writeFile(t, "key.txt", "# created by a test\n"+key.String()+"\n")
	for _, args := range [][]string{
		{"transcript", "--age-identity", identity, sealed},
		{"play", "--age-identity", identity, sealed},
		{"frame", "--at", "100%", "--age-identity", identity, sealed},
	} {
		var out bytes.Buffer
		if code, errs := runHere(t, &out, args...); code != exitDone || !strings.Contains(out.String(), "the secret screen") || errs != "" {
			t.Errorf("%s: exit code %d, %q, %q", args[0], code, out.String(), errs)
		}
	}

	var out bytes.Buffer
	code, errs := runHere(t, &out, "transcript", sealed)
	if code != exitNothing || out.Len() > 0 || !strings.Contains(errs, "--age-identity FILE") {
		t.Errorf("without the key: exit code %d, %q, %q", code, out.String(), errs)
	}
	notAKey := writeFile(t, "notes.txt", "AGE-SECRET-KEY-1NOTONE\n")
	code, errs = runHere(t, &out, "transcript", "--age-identity", notAKey, sealed)
	if code != exitUnreadable || strings.Contains(errs, "NOTONE") || !strings.Contains(errs, "age-keygen") {
		t.Errorf("with a bad key: exit code %d, %q", code, errs)
	}
	code, errs = runHere(t, &out, "transcript", "--age-identity", filepath.Join(t.TempDir(), "none"), sealed)
	if code != exitUnreadable || !strings.Contains(errs, "check the path") {
		t.Errorf("without the file: exit code %d, %q", code, errs)
	}

	// A copy in the clear needs the key no more.
	var clear bytes.Buffer
	if code, errs := runHere(t, &clear, "transcript", "--format", "teleport", "--age-identity", identity, sealed); code != exitDone || errs != "" {
		t.Fatalf("copy: exit code %d, %q", code, errs)
	}
	path := filepath.Join(t.TempDir(), "clear.tar")
	if err := os.WriteFile(path, clear.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	out.Reset()
	if code, errs := runHere(t, &out, "transcript", path); code != exitDone || !strings.Contains(out.String(), "the secret screen") {
		t.Errorf("copy: exit code %d, %q, %q", code, out.String(), errs)
	}
	out.Reset()
	code, errs = runHere(t, &out, "transcript", "--format", "teleport", sealed)
	if code != exitNothing || out.Len() > 0 || !strings.Contains(errs, "holds no event that could be read") {
		t.Errorf("copy without the key: exit code %d, %d bytes, %q", code, out.Len(), errs)
	}
}
