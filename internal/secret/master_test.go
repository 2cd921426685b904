package secret

import (
	"bytes"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func TestLoadOrCreate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "secret")
	first, err := LoadOrCreate(path)
	if err != nil || len(first) != MasterSize {
		t.Fatalf("%d bytes, %v", len(first), err)
	}
	second, err := LoadOrCreate(path)
	if err != nil || !bytes.Equal(first, second) {
		t.Errorf("the second start got another key: %v", err)
	}
	entries, _ := os.ReadDir(filepath.Dir(path))
	if len(entries) != 1 {
		t.Errorf("left behind: %v", entries)
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]os.FileMode{path: 0o600, filepath.Dir(path): 0o700} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
	}
}

func TestManyStartAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "data", "secret")
	got := make([][]byte, 40)
	var all sync.WaitGroup
	for i := range got {
		all.Go(func() {
			var err error
			if got[i], err = LoadOrCreate(path); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	for _, key := range got {
		if !bytes.Equal(key, got[0]) {
			t.Fatal("two processes have different keys")
		}
	}
}

func TestRefusedSecretFiles(t *testing.T) {
	good := strings.Repeat("A", 43) + "="
	for name, c := range map[string]struct {
		text, want string
		mode       os.FileMode
	}{
		"empty":              {"", "read the secret", 0o600},
		"short":              {"QUJD\n", "32 bytes", 0o600},
		"not base64":         {"!!!!", "32 bytes", 0o600},
		"readable by others": {good, "chmod 600", 0o644},
		"readable by group":  {good, "chmod 600", 0o640},
		"good":               {"  " + good + "\n\n", "", 0o600},
	} {
		if runtime.GOOS == "windows" && c.mode != 0o600 {
			continue
		}
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(c.text), c.mode); err != nil {
			t.Fatal(err)
		}
		key, err := LoadOrCreate(path)
		switch {
		case c.want == "" && (err != nil || len(key) != MasterSize):
			t.Errorf("%s: %v", name, err)
		case c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), good)):
			t.Errorf("%s: error is %v", name, err)
		}
		if kept, _ := os.ReadFile(path); string(kept) != c.text {
			t.Errorf("%s: the file was changed", name)
		}
	}
	if _, err := LoadOrCreate(t.TempDir()); err == nil {
		t.Error("a folder was taken for a secret")
	}
}
