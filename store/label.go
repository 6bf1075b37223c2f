package store

import (
	"zombiezen.com/go/sqlite"
)

// label is what people call an entity: the word that the newest event had for
// it, whatever the order in which events are read.
type label struct {
	text  string
	at    int64 // time of that event, milliseconds
	saved bool
}

// labels are those of the entities met so far, by entity.
type labels map[uint32]*label

// learn hears what an event of the time at calls an entity. Of two words of one
// time the one that sorts last counts.
func (l labels) learn(entity uint32, text []byte, at int64) {
	have, ok := l[entity]
	switch {
	case !ok:
		l[entity] = &label{text: string(text), at: at}
	case at > have.at && string(text) == have.text:
		have.at, have.saved = at, false
	case at > have.at, at == have.at && string(text) > have.text:
		have.text, have.at, have.saved = string(text), at, false
	}
}

// save writes the labels that changed.
func (l labels) save(conn *sqlite.Conn) error {
	stmt, err := conn.Prepare(`UPDATE entity SET label = ?, labelled = ? WHERE id = ?`)
	if err != nil {
		return err
	}
	for entity, have := range l {
		if have.saved {
			continue
		}
		stmt.BindText(1, have.text)
		stmt.BindInt64(2, have.at)
		stmt.BindInt64(3, int64(entity))
		if err := run(stmt); err != nil {
			return err
		}
		have.saved = true
	}
	return nil
}
