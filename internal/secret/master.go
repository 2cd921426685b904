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
	keys, err := LoadAll(path)
	if err != nil {
		return nil, err
	}
	return keys[0], nil
}

// LoadAll is [LoadOrCreate] with the older keys that a rotation has not finished
// with, the present one first.
func LoadAll(path string) ([][]byte, error) {
	keys, err := load(path)
	if err == nil || !errors.Is(err, fs.ErrNotExist) {
		return keys, err
	}
	if err := create(path); err != nil && !errors.Is(err, fs.ErrExist) {
		return nil, fmt.Errorf("create the secret: %w", err)
	}
	// Read back, whoever was first.
	return load(path)
}

func load(path string) ([][]byte, error) {
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
	text := make([]byte, 1024)
	n, err := file.Read(text)
	if err != nil {
		return nil, fmt.Errorf("read the secret: %w", err)
	}
	var keys [][]byte
	for line := range strings.Lines(strings.TrimSpace(string(text[:n]))) {
		key, err := base64.StdEncoding.DecodeString(strings.TrimSpace(line))
		if err != nil || len(key) != MasterSize {
			return nil, fmt.Errorf("the secret %s does not hold %d bytes in base64 on each line", path, MasterSize)
		}
		keys = append(keys, key)
	}
	if len(keys) == 0 {
		return nil, fmt.Errorf("the secret %s is empty", path)
	}
	return keys, nil
}

// AddKey puts a new key before the others in the file at path. Nothing is lost:
// the older ones stay until [DropOlder].
func AddKey(path string) error {
	keys, err := load(path)
	if err != nil {
		return err
	}
	key := make([]byte, MasterSize)
	rand.Read(key) // never fails: crypto/rand ends the program instead
	return replace(path, append([][]byte{key}, keys...))
}

// DropOlder leaves only the present key in the file at path. The older ones go to
// a file beside it, so that a copy of the database from before can still be read.
func DropOlder(path string) error {
	keys, err := load(path)
	if err != nil || len(keys) < 2 {
		return err
	}
	if err := replace(path+".old", keys[1:]); err != nil {
		return err
	}
	return replace(path, keys[:1])
}

// replace writes a whole file and puts it in place in one step.
func replace(path string, keys [][]byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".secret-*") // mode 0600
	if err != nil {
		return fmt.Errorf("write the secret: %w", err)
	}
	defer os.Remove(file.Name()) // finds nothing after the rename
	for _, key := range keys {
		if _, err := file.WriteString(base64.StdEncoding.EncodeToString(key) + "\n"); err != nil {
			return errors.Join(fmt.Errorf("write the secret: %w", err), file.Close())
		}
	}
	if err := errors.Join(file.Sync(), file.Close()); err != nil {
		return fmt.Errorf("write the secret: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return fmt.Errorf("put the secret in place: %w", err)
	}
	return syncDir(filepath.Dir(path))
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
