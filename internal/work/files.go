package work

import (
	"context"
	"errors"
	"io/fs"
	"net/mail"
	"os"
	"path/filepath"

	gomail "github.com/wneessen/go-mail"
)

// Files makes a Mailer for installations without a mail server: every mail
// becomes <id>.eml in dir. The folder is made with mode 0700, the files with
// 0600: they hold addresses and one-time links.
func Files(dir string) Mailer { return outbox(dir) }

type outbox string

// localSender stands in files, which nobody receives.
var localSender = &mail.Address{Name: "Snowdrop", Address: "no-reply@localhost"}

func (o outbox) Idempotent() bool { return true }

func (o outbox) Open(context.Context) (Handover, error) {
	if err := os.MkdirAll(string(o), 0o700); err != nil {
		return nil, &Refusal{Stage: "connect", Cause: "the outbox cannot be made", Temporary: true}
	}
	return o, nil
}

func (o outbox) Close() error { return nil }

// Send writes the file under another name first, so that a reader of the folder
// never finds half a mail. The text is not wrapped or encoded: people copy links
// from it.
func (o outbox) Send(_ context.Context, m Message) error {
	text, err := composed(m, localSender, gomail.NoEncoding)
	if err != nil {
		return &Refusal{Stage: "compose", Cause: err.Error()}
	}
	path := filepath.Join(string(o), m.ID+".eml")
	if _, err := os.Lstat(path); err == nil {
		return nil // written at an earlier try
	}
	if err := writeFile(path, text); err != nil {
		cause := "the file cannot be written"
		if errors.Is(err, fs.ErrPermission) {
			cause = "the outbox is not writable"
		}
		return &Refusal{Stage: "content", Cause: cause, Temporary: true}
	}
	return nil
}

func writeFile(path string, text []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), ".eml-*") // mode 0600
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // finds nothing after the rename
	_, err = file.Write(text)
	if err := errors.Join(err, file.Sync(), file.Close()); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}
