package store

import osexec "os/exec"

func asNobody(*osexec.Cmd) {}

func limitFileSize(string) error { return nil }
