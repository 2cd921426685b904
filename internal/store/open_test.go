package store_test

import (
	"bytes"
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

func TestOpenRefuses(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"", "snowdrop.db", "sqlite:", "sqlite::memory:", "mysql://root:hush@localhost/x", "postgres://u:hush@127.0.0.1:1/x?connect_timeout=1"} {
		s, err := store.Open(t.Context(), address, store.Options{})
		if err == nil {
			_ = s.Close()
			t.Errorf("opened %q", address)
		} else if strings.Contains(err.Error(), "hush") {
			t.Errorf("the password is in the error: %v", err)
		}
	}
}

func TestTheFileIsOursAlone(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "data #1?")
	s := testkit.Connect(t, "sqlite:"+filepath.Join(folder, "50%20.db"))
	if _, err := s.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder %v: %v", info, err)
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(filepath.Join(folder, "50%20.db"+suffix)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("file %q: %v, %v", suffix, info, err)
		}
	}
}

func TestMigrateAllAtOnce(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			address := testkit.Empty(t, dialect)
			var all sync.WaitGroup
			applied := make(chan []string, 6)
			for range cap(applied) {
				all.Go(func() {
					names, err := testkit.Connect(t, address).Migrate(t.Context())
					if err != nil {
						t.Error(err)
					}
					applied <- names
				})
			}
			all.Wait()
			close(applied)
			s := testkit.Connect(t, address)
			states, err := s.Status(t.Context())
			if err != nil || len(states) == 0 {
				t.Fatalf("status %v: %v", states, err)
			}
			worked := 0
			for names := range applied {
				if len(names) == len(states) {
					worked++
				} else if len(names) != 0 {
					t.Errorf("one applied %v", names)
				}
			}
			if worked != 1 {
				t.Errorf("%d of six applied the migrations", worked)
			}
			for _, m := range states {
				if m.Applied.IsZero() {
					t.Errorf("%s is not applied", m.Name)
				}
			}
		})
	}
}

func TestStatusOfAnEmptyDatabase(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			states, err := testkit.Connect(t, testkit.Empty(t, dialect)).Status(t.Context())
			if err != nil || len(states) == 0 || !states[0].Applied.IsZero() || states[0].Version != 1 {
				t.Errorf("status %v: %v", states, err)
			}
		})
	}
}

func TestANewerDatabaseIsRefused(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			address := testkit.URL(t, dialect)
			if _, err := raw(t, address).ExecContext(t.Context(), "INSERT INTO goose_db_version (version_id, is_applied) VALUES (9000, true)"); err != nil {
				t.Fatal(err)
			}
			_, err := testkit.Connect(t, address).Migrate(t.Context())
			wants(t, "migrate", err, store.ErrNewer)
		})
	}
}

func TestTx(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		ctx, b := t.Context(), begin(t, s)
		fail := errors.New("fail")
		add := func(in forum.Store, name string) error {
			return in.AddPerson(ctx, &forum.Person{Name: name, NameKey: name, EmailKey: name, CreatedAt: now})
		}
		wants(t, "roll back", s.Tx(ctx, func(tx forum.Store) error {
			b.must(add(tx, "lost"))
			return fail
		}), fail)
		wants(t, "commit", s.Tx(ctx, func(tx forum.Store) error {
			b.must(add(tx, "outer"))
			wants(t, "inner", tx.Tx(ctx, func(in forum.Store) error {
				b.must(add(in, "inner"))
				// Not only the words go: a statement that failed does not end the outer one.
				return in.AddGrant(ctx, forum.Grant{PersonID: 99, Role: forum.RoleLead, CreatedAt: now})
			}), gorm.ErrForeignKeyViolated)
			return add(tx, "after")
		}), nil)
		for name, want := range map[string]error{"lost": forum.ErrNoRow, "inner": forum.ErrNoRow, "outer": nil, "after": nil} {
			_, err := s.PersonByName(ctx, name)
			wants(t, name, err, want)
		}
	})
}

// TestSlowStatementsLeaveNoWords makes every statement slow enough for the log.
func TestSlowStatementsLeaveNoWords(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			var log bytes.Buffer
			s, err := store.Open(t.Context(), testkit.URL(t, dialect), store.Options{Log: slog.New(slog.NewTextHandler(&log, nil)), Slow: 1})
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = s.Close() }()
			b := begin(t, s)
			b.comment(b.thread("early-loss").ID, nil, func(p *forum.Post) { p.Body = "her name was Wren" })
			if text := log.String(); !strings.Contains(text, "INSERT INTO") || strings.Contains(text, "Wren") || strings.Contains(text, "key of self") {
				t.Errorf("the log says:\n%s", text)
			}
		})
	}
}
