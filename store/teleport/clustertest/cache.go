package clustertest

import "time"

// realLag bounds, by the machine's clock, how far reads are behind: the cluster's
// own clock may stand still in a test.
const realLag = 40 * time.Millisecond

// write is one change that reads do not show yet.
type write struct {
	due   time.Time // by the cluster's clock
	apply func()    // the cluster's mutex is held
}

// later brings a change into what reads show, in the order of the changes. The
// cluster's mutex is held.
func (c *Cluster) later(apply func()) {
	c.catchUp()
	c.held.writes = append(c.held.writes, write{c.options.Now().Add(c.options.Lag), apply})
	c.held.written++
	mine := c.held.written
	time.AfterFunc(min(realLag, c.options.Lag), func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		for len(c.held.writes) > c.held.written-mine {
			c.applyNext()
		}
	})
}

// catchUp shows the changes that are due. The cluster's mutex is held.
func (c *Cluster) catchUp() {
	now := c.options.Now()
	for len(c.held.writes) > 0 && !c.held.writes[0].due.After(now) {
		c.applyNext()
	}
}

func (c *Cluster) applyNext() {
	next := c.held.writes[0]
	c.held.writes = c.held.writes[1:]
	next.apply()
}
