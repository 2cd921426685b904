package secret

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
)

// LoadOrCreate reads the master key from the file at path, or makes one there:
// 32 random bytes in base64, mode 0600, in a folder made with mode 0700. Many
// processes may start at once; all of them get the same key, and a key that is
// there is never written over: with a lost key every sealed address is lost.
//
// A file that its group or others may read is refused, with the command that
// puts it right in the error.
func LoadOrCreate(path string) ([]byte, error) {
	key, err := load(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return key, err
	}
	if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create the secret: %w", err)
	}
	// Read back, whoever was first.
	return load(path)
}

func load(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("the secret %s is not a file", path)
	}
	// Windows knows no such modes and always shows 0666.
	if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("the secret %s may be read by others (mode %04o): run chmod 600 %s", path, mode, path)
	}
	text := make([]byte, 256)
	n, err := file.Read(text)
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(string(text[:n])))
	if err != nil || len(key) != MasterSize {
		return nil, fmt.Errorf("the secret %s does not hold %d bytes in base64", path, MasterSize)
	}
	return key, nil
}

// create writes a new key beside path and links it there: the link either finds
// the place free or fails, and nobody ever sees half a key.
func create(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	file, err := os.CreateTemp(dir, ".secret-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name())
	key := make([]byte, MasterSize)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	_, err = file.WriteString(base64.StdEncoding.EncodeToString(key) + "\n")
	err = errors.Join(err, file.Sync(), file.Close())
	if err != nil {
		return err
	}
	if err := os.Link(file.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// syncDir makes a new name in a folder outlast a power cut. Not every file system
// can do it; the key is then as safe as it gets.
func syncDir(dir string) error {
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	_ = d.Sync()
	return d.Close()
}
