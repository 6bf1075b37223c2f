package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"zombiezen.com/go/sqlite"

	"cordon/investigations/filter"
	"cordon/playback/recording"
	"cordon/store"
	"cordon/store/teleport"
)

// The exit codes. Scripts rely on them.
const (
	exitDone        = 0
	exitNothing     = 1 // found nothing, or a check failed
	exitUsage       = 2
	exitUnreadable  = 3 // the input could not be read, or the case not written
	exitRefused     = 4 // the cluster refused, or cannot be reached
	exitInterrupted = 130
)

// failure is an error with the exit code it leads to and what to do about it.
type failure struct {
	code int
	err  error
	hint string
}

// Error is the sentence without the hint.
func (f *failure) Error() string { return f.err.Error() }

// Unwrap is the error inside.
func (f *failure) Unwrap() error { return f.err }

func misuse(hint, format string, args ...any) error {
	return &failure{exitUsage, fmt.Errorf(format, args...), hint}
}

func nothing(hint, format string, args ...any) error {
	return &failure{exitNothing, fmt.Errorf(format, args...), hint}
}

func unreadable(hint, format string, args ...any) error {
	return &failure{exitUnreadable, fmt.Errorf(format, args...), hint}
}

// explain gives any error its exit code and hint. quiet is true for what needs
// no words: the reader of our output went away.
func explain(err error) (f *failure, quiet bool) {
	if errors.Is(err, syscall.EPIPE) {
		return &failure{exitDone, err, ""}, true
	}
	if errors.Is(err, context.Canceled) {
		return &failure{exitInterrupted, errors.New("interrupted"), ""}, false
	}
	if errors.As(err, &f) {
		return f, false
	}
	f = &failure{code: exitUnreadable, err: err}
	var bad *filter.Error
	var cluster *teleport.Error
	switch {
	case errors.As(err, &cluster):
		f.code, f.hint = exitRefused, cluster.Hint
	case errors.As(err, &bad):
		f.code, f.hint = exitUsage, bad.Hint
	case errors.Is(err, store.ErrNotCase):
		f.hint = "a case file is made with: cordon ingest --case NAME PATH…"
	case errors.Is(err, store.ErrHeld):
		f.hint = "wait until it is done, then run it again: nothing is lost"
	case errors.Is(err, recording.ErrNotRecording):
		f.hint = "a Teleport recording ends in .tar, an asciicast in .cast; either may be compressed"
	case errors.Is(err, fs.ErrNotExist):
		f.hint = "check the path"
	case errors.Is(err, fs.ErrPermission):
		f.hint = "check who may read and write there"
	default:
		f.hint = placeHint(err)
	}
	return f, false
}

// placeHint is what to do about an error that lies in where a file is, rather
// than in what it holds; empty for every other error.
func placeHint(err error) string {
	if errors.Is(err, syscall.ENOSPC) {
		return spaceHint
	}
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultFull, sqlite.ResultIOErr:
		return spaceHint
	case sqlite.ResultReadOnly, sqlite.ResultPerm, sqlite.ResultCantOpen:
		return "copy it to where you may write, and work on the copy"
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return "wait until the other one is done, then run it again"
	}
	return ""
}

const spaceHint = "free some space and run it again: nothing that was there is lost"
