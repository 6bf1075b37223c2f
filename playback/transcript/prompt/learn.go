package prompt

// learn counts the prompt, and lets go of the commands that waited for it.
func (t *Tracker) learn(l *line) {
	if t.seen == nil {
		t.seen, t.exact, t.held = map[string]int{}, map[string]bool{}, map[string][]Command{}
	}
	if len(t.seen) >= maxForms {
		clear(t.seen)
	}
	if len(t.exact) >= maxForms {
		clear(t.exact)
	}
	k := key(l.prompt)
	t.seen[k]++
	if l.form || t.seen[k] >= 2 {
		t.exact[l.prompt] = true
	}
	if t.seen[k] >= 2 {
		for _, c := range t.held[k] {
			c.Confidence = Likely
			t.give(c)
		}
		t.kept -= len(t.held[k])
		delete(t.held, k)
	}
}

func (t *Tracker) confidence(l *line) Confidence {
	if l.form && t.seen[key(l.prompt)] >= 2 {
		return Sure
	}
	return Likely
}

// confirm takes the command that was left for entered.
func (t *Tracker) confirm() {
	if t.left == nil {
		return
	}
	c := *t.left
	t.left = nil
	c.Until, c.Lines = t.at, int(max(t.here-t.place.end-1, 0))
	k := key(t.place.prompt)
	if t.place.form || t.seen[k] >= 2 {
		c.Confidence = t.confidence(&t.place)
		t.give(c)
		return
	}
	if t.kept < maxHeld {
		t.held[k] = append(t.held[k], c)
		t.kept++
	}
}

func (t *Tracker) give(c Command) {
	if t.count < maxCommands && t.bytes < maxTexts {
		t.ready = append(t.ready, c)
		t.count++
		t.bytes += len(c.Text) + len(c.Prompt)
	}
}
