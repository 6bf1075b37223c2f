package tuitest

import (
	"context"

	"cordon/investigations"
	"cordon/investigations/rules"
)

// ReadEvents implements [rules.Source].
func (c *Case) ReadEvents(ctx context.Context, ask rules.Reading) error {
	types := make([]rules.EventType, len(c.events))
	for i := range c.events {
		types[i] = rules.EventType{Name: c.events[i].Type, Events: 1}
	}
	chosen := ask.Choose(types)
	for i := range c.events {
		if err := ctx.Err(); err != nil {
			return err
		}
		e, raw := c.events[i], c.raw[c.events[i].ID]
		if !chosen[i] {
			continue
		}
		g := rules.Glance{Type: e.Type, Line: raw, Event: func() *investigations.Event { return &e }}
		if note := ask.Look(g); note != nil {
			if err := ask.Take(&e, raw, note); err != nil {
				return err
			}
		}
		if ask.Progress != nil {
			ask.Progress(int64(i+1), int64(len(c.events)))
		}
	}
	return nil
}
