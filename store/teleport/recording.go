package teleport

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	apievents "github.com/gravitational/teleport/api/types/events"

	"cordon/playback/recording"
)

// ErrEmptyRecording is given for a recording that the cluster has and that
// holds nothing.
var ErrEmptyRecording = errors.New("the recording is empty")

// Recording writes the recording of a session to w as a file that cordon reads,
// and returns how many events it holds. The cluster notes in its log that this
// identity looked at it.
func (c *Cluster) Recording(ctx context.Context, session string, w io.Writer) (events int, err error) {
	doing := "read the recording of session " + session
	out, err := recording.NewWriter(w, recording.WriterOptions{})
	if err != nil {
		return 0, fmt.Errorf("%s: %w", doing, err)
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	stream, failed := c.client.StreamSessionEvents(ctx, session, 0)
	// The stream has as long as it needs; only its silence is bounded.
	silence := time.NewTimer(c.options.Patience)
	defer silence.Stop()
	for {
		var ev apievents.AuditEvent
		var more bool
		select {
		case ev, more = <-stream:
		case err := <-failed:
			return events, missing(session, explain(doing, err))
		case <-silence.C:
			return events, &Error{Reason: ErrLost, Text: doing + ": the cluster did not answer in time"}
		}
		if !more {
			break
		}
		silence.Reset(c.options.Patience)
		if err := out.Event(ev); err != nil {
			return events, fmt.Errorf("%s: %w", doing, err)
		}
		events++
	}
	if err := out.Close(); err != nil {
		return events, fmt.Errorf("%s: %w", doing, err)
	}
	if events == 0 {
		return 0, fmt.Errorf("%s: %w", doing, ErrEmptyRecording)
	}
	return events, nil
}

// missing says of an answer that there is no such recording, which a cluster tells
// by the path of a file of its own, what that means.
func missing(session string, err error) error {
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	return &Error{
		Reason: ErrNotFound, cause: err, Text: "the cluster has no recording of session " + session,
		Hint: "try again if it ran until now: it comes some seconds after the session's end. Else it was not recorded, or removed",
	}
}
