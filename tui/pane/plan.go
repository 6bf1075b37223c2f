package pane

import (
	"cordon/investigations/survive"
	"cordon/tui/draw"
)

// Plan opens steps to act on one after the other: a lock is placed as with the
// lock key, any other command is put into a shell and not entered.
type Plan struct {
	Title string
	Parts []PlanPart
	// Copy holds all the commands, a line each.
	Copy string
	// Things are what a live cluster is asked of, to say which steps are done.
	Things []survive.Thing
}

// PlanPart is a step of a plan, or what there is to know beside them.
type PlanPart struct {
	// Head stands above it. All lines must have passed safetext; a line of one role
	// is wrapped.
	Head, Lines []draw.Line
	Step        survive.Step // its Command is empty where there is nothing to do
}

func (Plan) wish() {}
