package store

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"sync"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// errOtherBuild is given for a case whose format has the number that this
// version writes and whose tables are not those of this version.
var errOtherBuild = errors.New("its tables are not those of this cordon: another build made it. Open it with that build, or make it anew under another name: cordon ingest --case NAME PATH…")

// checkLayout refuses a case that lacks what the statements of this version name,
// before one of them fails. It reads the schema alone, so it costs the same for
// every case.
func checkLayout(conn *sqlite.Conn) error {
	want, err := ownLayout()
	if err != nil {
		return err
	}
	got, err := layoutOf(conn)
	if err != nil {
		return err
	}
	if got != want {
		return errOtherBuild
	}
	return nil
}

// ownLayout is the layout that this version writes.
var ownLayout = sync.OnceValues(func() (layout string, err error) {
	conn, err := sqlite.OpenConn(":memory:")
	if err != nil {
		return "", fmt.Errorf("work out the layout of a case: %w", err)
	}
	defer func() { err = errors.Join(err, conn.Close()) }()
	if err := schema(conn); err != nil {
		return "", err
	}
	return layoutOf(conn)
})

// unsaid is what the text of a table says to people alone.
var unsaid = regexp.MustCompile(`--[^\n]*|\s+`)

// layoutOf is what the tables and views of a database are made of, without
// comments and spaces. Indexes are left out: a case has them all only when it is
// whole.
func layoutOf(conn *sqlite.Conn) (string, error) {
	var b strings.Builder
	err := sqlitex.ExecuteTransient(conn, `SELECT sql FROM sqlite_schema WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\_%' ESCAPE '\' ORDER BY name`, &sqlitex.ExecOptions{
		ResultFunc: func(stmt *sqlite.Stmt) error {
			b.WriteString(unsaid.ReplaceAllString(stmt.ColumnText(0), "") + ";")
			return nil
		},
	})
	if err != nil {
		return "", fmt.Errorf("read its tables: %w", err)
	}
	return b.String(), nil
}
