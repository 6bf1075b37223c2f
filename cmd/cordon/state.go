package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"cordon/store"
)

// The console keeps two things beside the case files that a person names: which
// case was open last, and the cases that it made of evidence paths.

const lastCaseFile = "last-case"

// stateDir is where programs of this system keep what they remember.
func (p *program) stateDir() (string, error) {
	if dir := p.env("XDG_STATE_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "cordon"), nil
	}
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "cordon"), err
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", unreadable("set HOME or XDG_STATE_HOME, or name the case yourself: cordon ingest --case NAME PATH…, then cordon open NAME"+store.Extension,
			"find the folder to keep cases in: %w", err)
	}
	return filepath.Join(home, ".local", "state", "cordon"), nil
}

// configDir is where a person keeps what they set up for programs of this
// system.
func (p *program) configDir() (string, error) {
	if dir := p.env("XDG_CONFIG_HOME"); filepath.IsAbs(dir) {
		return filepath.Join(dir, "cordon"), nil
	}
	if runtime.GOOS == "windows" {
		dir, err := os.UserConfigDir()
		return filepath.Join(dir, "cordon"), err
	}
	home, err := os.UserHomeDir()
	return filepath.Join(home, ".config", "cordon"), err
}

// lastCase is the path of the case that was open last; empty when there is
// none.
func (p *program) lastCase() (string, error) {
	dir, err := p.stateDir()
	if err != nil {
		return "", err
	}
	path, err := os.ReadFile(filepath.Join(dir, lastCaseFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", fmt.Errorf("read which case was open last: %w", err)
	}
	return strings.TrimSuffix(string(path), "\n"), nil
}

// rememberCase notes the case as the last one. A state folder that cannot be
// written only costs the convenience.
func (p *program) rememberCase(path string) {
	if err := p.writeLast(path); err != nil {
		p.tell("cordon without a path will not find this case again: %s", err)
	}
}

func (p *program) writeLast(path string) error {
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	dir, err := p.stateDir()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, lastCaseFile+"-*")
	if err != nil {
		return err
	}
	_, err = f.WriteString(abs + "\n")
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, lastCaseFile))
	}
	if err != nil {
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// keptCase is the case file that belongs to a set of evidence paths: the same
// paths lead to the same case, so that its journal is there again.
func (p *program) keptCase(paths []string) (string, error) {
	dir, err := p.stateDir()
	if err != nil {
		return "", err
	}
	all := make([]string, len(paths))
	for i, path := range paths {
		if all[i], err = filepath.Abs(path); err != nil {
			return "", err
		}
	}
	name := filepath.Base(all[0])
	slices.Sort(all)
	sum := sha256.Sum256([]byte(strings.Join(all, "\x00")))
	dir = filepath.Join(dir, "cases")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", fmt.Errorf("make a folder for cases: %w", err)
	}
	return filepath.Join(dir, fileName(name)+"-"+hex.EncodeToString(sum[:4])+store.Extension), nil
}

// fileName keeps of a name what every file system takes.
func fileName(name string) string {
	safe := strings.Map(func(r rune) rune {
		if r == '-' || r == '_' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
			return r
		}
		return '-'
	}, name)
	return safe[:min(len(safe), 40)]
}
