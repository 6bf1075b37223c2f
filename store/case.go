package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"zombiezen.com/go/sqlite"
	"zombiezen.com/go/sqlite/sqlitex"
)

// Extension ends the name of a case file.
const Extension = ".cordon"

// partialSuffix ends the name of a case that is still being built.
const partialSuffix = Extension + "-partial"

// Format is the number of the case layout that this version writes. It stands
// in SQLite's user_version; applicationID marks the file as a case.
const (
	Format        = 1
	applicationID = 0x63726431 // "crd1"
)

//go:embed migrations/*.sql
var migrations embed.FS

// ErrNotCase is given for a file that is no case.
var ErrNotCase = errors.New("not a cordon case")

// Case is one open case file. Its methods may be called from several
// goroutines; one writes at a time.
type Case struct {
	path    string
	pool    *sqlitex.Pool
	write   sync.Mutex
	holding atomic.Bool // this process adds evidence just now
	names   *names
	words   wordings
	who     whoIsWho
	temp    string // folder to remove on Close, for a case of evidence paths
	gone    atomic.Bool
	closing sync.Once
	closed  error
	// readOnly says why nothing can be written: the file or its folder is
	// protected, or the disk is full. Reading works all the same.
	readOnly error
}

// mapped is up to how much of a case is mapped into memory: reading scattered
// rows is then twice as fast as through the cache.
const mapped = 4 << 30

// busyTimeout is how long SQLite waits for a lock that another connection has
// for a moment.
const busyTimeout = 2 * time.Second

// readers is how many connections read at once, each with a cache of 4 MB.
const readers = 4

// openPool opens the connections of a case. Where SQLite cannot have the files
// it needs for writing, they are opened for reading alone.
func openPool(path string) (pool *sqlitex.Pool, readOnly, err error) {
	prepare := func(conn *sqlite.Conn) error {
		conn.SetBusyTimeout(busyTimeout)
		return pragmas(conn, "journal_mode = WAL", "synchronous = NORMAL", "cache_size = -4000", fmt.Sprintf("mmap_size = %d", mapped))
	}
	conn, err := sqlite.OpenConn(path, sqlite.OpenReadWrite)
	if err == nil {
		err = errors.Join(prepare(conn), conn.Close())
	}
	if err == nil {
		pool, err = sqlitex.NewPool(path, sqlitex.PoolOptions{Flags: sqlite.OpenReadWrite, PoolSize: readers, PrepareConn: prepare})
		return pool, nil, err
	}
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultReadOnly, sqlite.ResultCantOpen, sqlite.ResultIOErr, sqlite.ResultFull, sqlite.ResultPerm:
	default:
		return nil, nil, err
	}
	if info, statErr := os.Stat(path + "-wal"); statErr == nil && info.Size() > 0 {
		return nil, nil, fmt.Errorf("its last changes stand in %s and cannot be joined here: copy both files to a place that can be written: %w", filepath.Base(path)+"-wal", err)
	}
	abs, absErr := filepath.Abs(path)
	if absErr != nil {
		return nil, nil, absErr
	}
	uri := (&url.URL{Scheme: "file", Path: filepath.ToSlash(abs), RawQuery: "immutable=1"}).String()
	pool, poolErr := sqlitex.NewPool(uri, sqlitex.PoolOptions{
		Flags: sqlite.OpenReadOnly | sqlite.OpenURI, PoolSize: readers,
		PrepareConn: func(conn *sqlite.Conn) error { return pragmas(conn, "cache_size = -4000") },
	})
	return pool, err, poolErr
}

// Open opens an existing case.
func Open(ctx context.Context, path string) (*Case, error) {
	if info, err := os.Stat(path); err != nil {
		if by := writtenBy(path); by != "" {
			return nil, fmt.Errorf("open case %s: %w and it is not whole yet: %s", path, ErrHeld, by)
		}
		return nil, fmt.Errorf("open case %s: %w", path, errors.Unwrap(err))
	} else if info.IsDir() {
		return nil, fmt.Errorf("open case %s: %w: it is a folder", path, ErrNotCase)
	}
	if err := checkHeader(path); err != nil {
		return nil, err
	}
	pool, readOnly, err := openPool(path)
	if err != nil {
		return nil, fmt.Errorf("open case %s: %w", path, err)
	}
	c := &Case{path: path, pool: pool, names: newNames(), readOnly: readOnly}
	if err := c.checkFormat(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// checkHeader refuses a file that is no SQLite database before SQLite sees it.
func checkHeader(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("open case %s: %w", path, errors.Unwrap(err))
	}
	defer f.Close()
	head := make([]byte, 16)
	if n, _ := f.Read(head); n != len(head) || string(head) != "SQLite format 3\x00" {
		return fmt.Errorf("open case %s: %w", path, ErrNotCase)
	}
	return nil
}

func (c *Case) checkFormat(ctx context.Context) error {
	return c.read(ctx, func(conn *sqlite.Conn) error {
		id, err := selectInt(conn, `PRAGMA application_id`)
		if err != nil {
			return fmt.Errorf("open case %s: %w", c.path, err)
		}
		if id != applicationID {
			return fmt.Errorf("open case %s: %w, but another program's database", c.path, ErrNotCase)
		}
		format, err := selectInt(conn, `PRAGMA user_version`)
		if err != nil {
			return fmt.Errorf("open case %s: %w", c.path, err)
		}
		if format > Format {
			return fmt.Errorf("open case %s: it has format %d and this cordon knows formats up to %d: use the newer cordon that made it", c.path, format, Format)
		}
		if err := checkLayout(conn); err != nil {
			return fmt.Errorf("open case %s: %w", c.path, err)
		}
		return nil
	})
}

// Path is where the case file is.
func (c *Case) Path() string { return c.path }

// Name is the case file's name without folder and extension.
func (c *Case) Name() string { return strings.TrimSuffix(filepath.Base(c.path), Extension) }

// Temporary reports whether the case goes away on Close.
func (c *Case) Temporary() bool { return c.temp != "" }

// Close ends all reading and removes a temporary case. Closing again is nothing.
func (c *Case) Close() error {
	c.closing.Do(func() {
		if !c.gone.Load() { // else it would wait for a connection that is lost
			c.closed = c.pool.Close()
		}
		if c.temp != "" {
			c.closed = errors.Join(c.closed, os.RemoveAll(c.temp))
		}
	})
	return c.closed
}

// read runs f on a connection of its own, in one read transaction.
func (c *Case) read(ctx context.Context, f func(*sqlite.Conn) error) error {
	return c.with(ctx, func(conn *sqlite.Conn) error { return inSnapshot(conn, f) })
}

// with runs f on a connection of its own; cancelling ctx interrupts it. The
// file is mapped into memory, so a file that is cut short or a medium that is
// pulled out shows as a memory fault; the case is then of no further use.
func (c *Case) with(ctx context.Context, f func(*sqlite.Conn) error) (err error) {
	if c.gone.Load() {
		return fmt.Errorf("read case %s: %w", c.path, errGone)
	}
	conn, err := c.pool.Take(ctx)
	if err != nil {
		return fmt.Errorf("read case: %w", err)
	}
	err = c.guard(func() error { return f(conn) })
	if !c.gone.Load() { // else the connection is in no state to go back
		c.pool.Put(conn)
	}
	if err != nil && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// guard runs f, which reads the mapped file, and turns a memory fault into an
// error.
func (c *Case) guard(f func() error) (err error) {
	defer debug.SetPanicOnFault(debug.SetPanicOnFault(true))
	defer func() {
		switch fault := recover().(type) {
		case nil:
		case interface{ Addr() uintptr }:
			c.gone.Store(true)
			err = fmt.Errorf("read case %s: %w", c.path, errGone)
		default:
			panic(fault)
		}
	}()
	return f()
}

// errGone says that the mapped file can no longer be read.
var errGone = errors.New("the file was cut short or its medium is gone: open it again")

// inSnapshot runs f in one read transaction: everything it reads is of one
// moment, and its many small statements do not each take the lock anew.
func inSnapshot(conn *sqlite.Conn, f func(*sqlite.Conn) error) error {
	if err := exec(conn, `BEGIN`); err != nil {
		return err
	}
	err := f(conn)
	if !conn.AutocommitEnabled() {
		interrupt := conn.SetInterrupt(nil) // a cancelled read is to end too
		err = errors.Join(err, exec(conn, `ROLLBACK`))
		conn.SetInterrupt(interrupt)
	}
	return err
}

// update runs f in one write transaction.
func (c *Case) update(ctx context.Context, f func(*sqlite.Conn) error) error {
	if c.readOnly != nil {
		return fmt.Errorf("write case %s: it can only be read here: %w", c.path, writeHint(c.readOnly))
	}
	c.write.Lock()
	defer c.write.Unlock()
	return c.with(ctx, func(conn *sqlite.Conn) (err error) {
		end, err := beginWriting(ctx, conn)
		if err != nil {
			return fmt.Errorf("write case %s: %w", c.path, writeHint(err))
		}
		defer end(&err)
		return f(conn)
	})
}

// patience is how long a small write waits for its turn. An ingest of another
// process leaves the case free for an instant about once a second, so the turn
// is asked for oftener than SQLite's own waiting would.
const (
	patience = 20 * time.Second
	askEvery = 2 * time.Millisecond
)

// beginWriting starts a write transaction; end it with what it returns.
func beginWriting(ctx context.Context, conn *sqlite.Conn) (end func(*error), err error) {
	conn.SetBusyTimeout(0)
	defer conn.SetBusyTimeout(busyTimeout)
	for waited := time.Duration(0); ; waited += askEvery {
		end, err = sqlitex.ImmediateTransaction(conn)
		if sqlite.ErrCode(err).ToPrimary() != sqlite.ResultBusy || waited >= patience {
			return end, err
		}
		select {
		case <-time.After(askEvery):
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}

func writeHint(err error) error {
	switch sqlite.ErrCode(err).ToPrimary() {
	case sqlite.ResultBusy, sqlite.ResultLocked:
		return fmt.Errorf("%w: %w", ErrHeld, err)
	case sqlite.ResultFull:
		return fmt.Errorf("the disk is full: %w", err)
	case sqlite.ResultIOErr:
		return fmt.Errorf("the disk takes no more, or a file may not grow further: %w", err)
	case sqlite.ResultReadOnly, sqlite.ResultPerm:
		return fmt.Errorf("it may not be written: %w", err)
	}
	return err
}

// pragmas sets each `name = value` on a connection.
func pragmas(conn *sqlite.Conn, settings ...string) error {
	for _, s := range settings {
		if err := exec(conn, `PRAGMA `+s); err != nil {
			return fmt.Errorf("set %s: %w", s, err)
		}
	}
	return nil
}

// schema creates the tables of an empty database.
func schema(conn *sqlite.Conn) error {
	names, err := fs.Glob(migrations, "migrations/*.sql")
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := sqlitex.ExecuteScriptFS(conn, migrations, name, nil); err != nil {
			return fmt.Errorf("make its tables: %w", err)
		}
	}
	return pragmas(conn, fmt.Sprintf("application_id = %d", applicationID), fmt.Sprintf("user_version = %d", Format))
}

// NameOf is the path of the case file meant by name: with the extension added
// where it is missing.
func NameOf(name string) string {
	if strings.HasSuffix(name, Extension) {
		return name
	}
	return name + Extension
}
