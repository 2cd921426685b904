package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
)

var folder string // of the built program; empty when no test asked for one

// built is the program as people run it: without the race detector, which would
// make it ten times as slow and as large, whatever these tests were built with.
var built = sync.OnceValues(func() (string, error) {
	var err error
	if folder, err = os.MkdirTemp("", "snowdrop-program-"); err != nil {
		return "", err
	}
	path := filepath.Join(folder, "snowdrop")
	build := exec.CommandContext(context.Background(), "go", "build", "-o", path, ".")
	build.Env = append(os.Environ(), "GOFLAGS=")
	if out, err := build.CombinedOutput(); err != nil {
		return "", fmt.Errorf("build: %w: %s", err, out)
	}
	return path, nil
})

// program is the path of the built program.
func program(t *testing.T) string {
	t.Helper()
	path, err := built()
	if err != nil {
		t.Fatal(err)
	}
	return path
}

func TestMain(m *testing.M) {
	code := m.Run()
	if folder != "" {
		_ = os.RemoveAll(folder) // it lies where the system keeps such things
	}
	os.Exit(code)
}
