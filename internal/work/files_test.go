package work

import (
	"bytes"
	"io"
	"net/mail"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
)

func sample() Message {
	return Message{
		To: "zoe@example.org", Subject: "A midwife answered – gute Wünsche", ID: "mail-7-abc",
		Text: "Hello Zoë\n\nhttps://forum.example.org/links/" + strings.Repeat("a=b", 40) + "\n.\nThe end\n",
	}
}

func TestFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data", "outbox")
	hand, err := Files(dir).Open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			if err := hand.Send(t.Context(), sample()); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	entries, _ := os.ReadDir(dir)
	if len(entries) != 1 || entries[0].Name() != "mail-7-abc.eml" {
		t.Fatalf("files: %v", entries)
	}
	path := filepath.Join(dir, "mail-7-abc.eml")
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	msg, err := mail.ReadMessage(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	for header, want := range map[string]string{
		"To": "<zoe@example.org>", "Message-Id": "<mail-7-abc@localhost>", "Auto-Submitted": "auto-generated",
		"User-Agent": "", "X-Mailer": "", "Content-Type": "text/plain; charset=UTF-8",
	} {
		if got := msg.Header.Get(header); got != want {
			t.Errorf("%s is %q, want %q", header, got, want)
		}
	}
	body, _ := io.ReadAll(msg.Body)
	if got := strings.ReplaceAll(string(body), "\r\n", "\n"); strings.TrimSpace(got) != strings.TrimSpace(sample().Text) {
		t.Errorf("body is %q", got)
	}
	if host, _ := os.Hostname(); host != "localhost" && bytes.Contains(text, []byte(host)) {
		t.Error("the machine's name is in the mail")
	}
	if runtime.GOOS == "windows" {
		return
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, path: 0o600} {
		if info, _ := os.Stat(name); info.Mode().Perm() != want {
			t.Errorf("%s has mode %v", name, info.Mode().Perm())
		}
	}
}

func TestMessagesThatDoNotGo(t *testing.T) {
	for name, change := range map[string]func(*Message){
		"id with a path":     func(m *Message) { m.ID = "../x" },
		"no id":              func(m *Message) { m.ID = "" },
		"second header":      func(m *Message) { m.Subject = "x\r\nBcc: other@example.org" },
		"two recipients":     func(m *Message) { m.To = "a@example.org, b@example.org" },
		"recipient and name": func(m *Message) { m.To = "A <a@example.org>" },
		"line in recipient":  func(m *Message) { m.To = "a@example.org\r\nRCPT TO:<b@example.org>" },
		"no recipient":       func(m *Message) { m.To = "" },
	} {
		dir := t.TempDir()
		m := sample()
		change(&m)
		hand, _ := Files(dir).Open(t.Context())
		err := hand.Send(t.Context(), m)
		r, ok := err.(*Refusal)
		if !ok || r.Temporary || r.Stage != "compose" {
			t.Errorf("%s: %v", name, err)
		}
		if entries, _ := os.ReadDir(dir); len(entries) != 0 {
			t.Errorf("%s: left %v", name, entries)
		}
	}
}

func TestOutboxThatCannotBe(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Files(filepath.Join(file, "outbox")).Open(t.Context()); err == nil {
		t.Error("no error")
	}
}
