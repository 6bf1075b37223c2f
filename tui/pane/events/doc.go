// Package events is the page of audit events: one row each, oldest first,
// narrowed down by the filter language.
//
// Rows are read in windows by keyset, so that ten million events cost no more
// than one screen. The selection is an event's position and survives another
// filter where the event is still in it. Without a filter of its own the page
// shows the events that name the identity under investigation.
//
// The highlighted event is shown whole: beside the rows on wide screens, in a
// dialog with Enter. What is shown is the line as logged, field by field, with
// everything in it made safe to draw.
package events
