package store

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zombiezen.com/go/sqlite"
)

// Build makes a new case of the paths given. It is built beside its name and
// appears under it when it is whole: a kill leaves no half case, and the next
// Build starts again.
func Build(ctx context.Context, path string, paths []string, opts Options) (*Case, Report, error) {
	report, err := buildCase(ctx, path, paths, opts)
	if err != nil {
		if ctx.Err() != nil {
			return nil, report, ctx.Err()
		}
		return nil, report, fmt.Errorf("create case %s: %w", path, writeHint(err))
	}
	c, err := Open(ctx, path)
	return c, report, err
}

// BuildTemporary makes a case that goes away when it is closed.
func BuildTemporary(ctx context.Context, paths []string, opts Options) (*Case, Report, error) {
	dir, err := os.MkdirTemp("", "cordon-")
	if err != nil {
		return nil, Report{}, fmt.Errorf("create a temporary case: %w", err)
	}
	c, report, err := Build(ctx, filepath.Join(dir, "evidence"+Extension), paths, opts)
	if err != nil {
		return nil, report, errors.Join(err, os.RemoveAll(dir))
	}
	c.temp = dir
	return c, report, nil
}

func buildCase(ctx context.Context, path string, paths []string, opts Options) (report Report, err error) {
	right, err := takeHold(path, opts)
	if err != nil {
		return Report{}, err
	}
	defer func() { err = errors.Join(err, right.release()) }()
	if _, err := os.Stat(path); err == nil {
		return Report{}, os.ErrExist
	}
	partial := strings.TrimSuffix(path, Extension) + partialSuffix
	f, err := os.OpenFile(partial, os.O_CREATE|os.O_TRUNC|os.O_RDWR, 0o600) // also over what a kill left
	if err != nil {
		return Report{}, plainPathError(err)
	}
	report, err = fillPartial(ctx, partial, paths, opts)
	if err == nil {
		err = publish(f, partial, path)
	}
	if err != nil {
		err = errors.Join(err, os.Remove(partial))
	}
	return report, errors.Join(err, f.Close())
}

// plainPathError takes the path out of an error whose caller names the path.
func plainPathError(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

func fillPartial(ctx context.Context, partial string, paths []string, opts Options) (Report, error) {
	conn, err := sqlite.OpenConn(partial, sqlite.OpenReadWrite)
	if err != nil {
		return Report{}, err
	}
	err = pragmas(conn, "page_size = 16384", "journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE", "cache_size = -8000")
	var report Report
	if err == nil {
		if err = schema(conn); err == nil {
			report, err = ingest(ctx, conn, paths, opts, true)
		}
	}
	return report, errors.Join(err, conn.Close())
}

// publish makes the partial file durable and gives it its name.
func publish(f *os.File, partial, path string) error {
	if err := f.Sync(); err != nil {
		return err
	}
	if err := os.Rename(partial, path); err != nil {
		return err
	}
	if dir, err := os.Open(filepath.Dir(path)); err == nil {
		defer dir.Close()
		return dir.Sync()
	}
	return nil
}
