package main

import (
	"database/sql"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/emersion/go-smtp"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

// letterbox is a mail server that counts what it took.
type letterbox struct {
	mu    sync.Mutex
	taken map[string]int // by Message-ID
}

// NewSession begins a conversation with a client.
func (b *letterbox) NewSession(*smtp.Conn) (smtp.Session, error) { return &delivery{b}, nil }

func (b *letterbox) counts() (messages, twice int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, n := range b.taken {
		if n > 1 {
			twice++
		}
	}
	return len(b.taken), twice
}

type delivery struct{ *letterbox }

func (*delivery) Reset()                               {}
func (*delivery) Logout() error                        { return nil }
func (*delivery) Mail(string, *smtp.MailOptions) error { return nil }
func (*delivery) Rcpt(string, *smtp.RcptOptions) error { return nil }

func (d *delivery) Data(r io.Reader) error {
	text, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	time.Sleep(time.Duration(rand.IntN(20)) * time.Millisecond) // so that some kills fall in between
	for line := range strings.Lines(string(text)) {
		if id, ok := strings.CutPrefix(line, "Message-ID: "); ok {
			d.mu.Lock()
			d.taken[strings.TrimSpace(id)]++
			d.mu.Unlock()
			return nil
		}
	}
	return errors.New("a mail without a Message-ID")
}

// TestMailSurvivesBeingKilled kills the real program again and again while it
// delivers. Afterwards every mail has arrived once, or is known to be doubtful;
// none arrived twice and none is forgotten.
func TestMailSurvivesBeingKilled(t *testing.T) {
	t.Parallel()
	const mails = 60
	binary := program(t)
	box := &letterbox{taken: map[string]int{}}
	server := smtp.NewServer(box)
	server.Domain, server.AllowInsecureAuth = "localhost", true
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	t.Cleanup(func() {
		if err := server.Close(); err != nil {
			t.Error(err)
		}
		<-served
	})

	database := testkit.URL(t, "sqlite")
	h := testkit.NewHouse(t, testkit.Connect(t, database), nil)
	for i := range mails {
		p := h.Person(fmt.Sprintf("parent %d", i), forum.RoleMember)
		now := time.Now().UTC().Truncate(time.Microsecond)
		m := forum.Mail{Key: fmt.Sprint(i), PersonID: p.ID, Subject: "You have a new reply", Text: "Hello", State: forum.MailWaiting, CreatedAt: now}
		if err := h.Store.AddMail(t.Context(), &m); err != nil {
			t.Fatal(err)
		}
		if err := h.Store.AddJob(t.Context(), forum.Job{Kind: forum.JobMail, Key: fmt.Sprint("mail:", m.ID), SubjectID: m.ID, State: forum.JobReady, RunAt: now, CreatedAt: now}); err != nil {
			t.Fatal(err)
		}
	}

	db, err := sql.Open("sqlite", "file:"+strings.TrimPrefix(database, "sqlite:")+"?_busy_timeout=10000")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() }) // the file goes with the test
	env := append(os.Environ(), append(environ(t, database),
		"SNOWDROP_SMTP_URL=smtp://"+l.Addr().String(), "SNOWDROP_SECRET="+base64.StdEncoding.EncodeToString(make([]byte, 32)))...)
	left := func() (n int) {
		if err := db.QueryRowContext(t.Context(), "SELECT count(*) FROM mails WHERE state IN ('waiting','sending')").Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	for kills := 0; left() > 0; kills++ {
		if kills > 200 {
			t.Fatalf("%d mails are still waiting after 200 starts", left())
		}
		program := exec.CommandContext(t.Context(), binary, "serve")
		program.Env = env
		if err := program.Start(); err != nil {
			t.Fatal(err)
		}
		life := 150 + rand.IntN(300)
		if kills > 20 {
			life = 3000
		}
		time.Sleep(time.Duration(life) * time.Millisecond)
		if err := program.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = program.Wait() // it was killed
		// A killed program's jobs come back when their lease ends; this test does not wait two minutes.
		if _, err := db.ExecContext(t.Context(), "UPDATE jobs SET lease_until = '2000-01-01 00:00:00+00:00' WHERE state = 'running'"); err != nil {
			t.Fatal(err)
		}
	}
	var sent, doubtful int
	if err := db.QueryRowContext(t.Context(), "SELECT coalesce(sum(state='sent'),0), coalesce(sum(state='doubtful'),0) FROM mails").Scan(&sent, &doubtful); err != nil {
		t.Fatal(err)
	}
	arrived, twice := box.counts()
	t.Logf("%d sent, %d doubtful, %d arrived", sent, doubtful, arrived)
	if twice > 0 {
		t.Errorf("%d mails arrived twice", twice)
	}
	if sent+doubtful != mails {
		t.Errorf("%d sent and %d doubtful, want %d in all", sent, doubtful, mails)
	}
	if arrived < sent || arrived > mails {
		t.Errorf("%d arrived, %d were noted as sent", arrived, sent)
	}
}
