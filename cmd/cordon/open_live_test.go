package main

import (
	"context"
	"sync"
	"testing"

	tea "charm.land/bubbletea/v2"

	"cordon/tui"
)

// While the console is at work it hears nothing, and afterwards of all that came
// meanwhile at once.
func TestTell_tellsABurstAsOneMessage(t *testing.T) {
	t.Parallel()
	const burst = 50_000
	l := &liveConsole{news: make(chan struct{}, 1)}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	at, free := make(chan struct{}), make(chan struct{})
	var heard []tui.LiveMsg
	var telling sync.WaitGroup
	telling.Go(func() {
		l.tell(ctx, func(msg tea.Msg) {
			heard = append(heard, msg.(tui.LiveMsg))
			switch len(heard) {
			case 1:
				close(at)
				<-free
			case 2:
				cancel()
			}
		})
	})
	l.change(func(m *tui.LiveMsg) { m.Added++ })
	<-at
	for range burst {
		l.change(func(m *tui.LiveMsg) { m.Added++ })
	}
	close(free)
	telling.Wait()
	if len(heard) != 2 || heard[0].Added != 1 || heard[1].Added != burst+1 {
		t.Errorf("heard %v", heard)
	}
}
