//go:build unix && !linux

package store

import "errors"

func smallDisk(string, int64) (func(), error) { return nil, errors.ErrUnsupported }

func resizeDisk(string, int64) error { return errors.ErrUnsupported }
