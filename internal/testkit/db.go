package testkit

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"snowdrop/internal/store"
)

// Public are the slugs of the topics that strangers may read in tests.
var Public = []string{"early-loss", "late-loss", "ectopic-and-molar", "partners-and-dads", "body-and-recovery"}

// Databases names the databases that every store test runs on.
func Databases() []string { return []string{"sqlite", "postgres"} }

// Each runs a test on every database, each time on a fresh, migrated one.
func Each(t *testing.T, run func(t *testing.T, s *store.Store)) {
	t.Helper()
	for _, dialect := range Databases() {
		t.Run(dialect, func(t *testing.T) { run(t, Open(t, dialect)) })
	}
}

// EachLong is [Each] for what takes long and hangs little on the database: it runs
// on PostgreSQL only where that is required, as it is in the gate.
func EachLong(t *testing.T, run func(t *testing.T, s *store.Store)) {
	t.Helper()
	if Requires("postgres") {
		Each(t, run)
		return
	}
	t.Log("on SQLite alone; on PostgreSQL too where SNOWDROP_TEST_REQUIRE names postgres")
	run(t, Open(t, "sqlite"))
}

// Open opens a fresh, migrated database, which is thrown away with the test. See
// [Empty] for when there is no PostgreSQL.
func Open(t testing.TB, dialect string) *store.Store {
	t.Helper()
	return Connect(t, URL(t, dialect))
}

// Connect opens one more Store on a database, as a second process would, and
// closes it with the test.
func Connect(t testing.TB, address string) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, store.Options{Public: Public, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatalf("open a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close a test database: %v", err)
		}
	})
	return s
}

// URL makes a fresh, migrated database and returns its address, in the form that
// SNOWDROP_DATABASE_URL takes.
func URL(t testing.TB, dialect string) string {
	t.Helper()
	if dialect == "postgres" {
		return postgresURL(t, true)
	}
	schema, err := sqliteTemplate()
	if err != nil {
		t.Fatalf("migrate a SQLite file: %v", err)
	}
	path := filepath.Join(t.TempDir(), "snowdrop.db")
	if err := os.WriteFile(path, schema, 0o600); err != nil {
		t.Fatalf("write a SQLite file: %v", err)
	}
	return "sqlite:" + path
}

// Empty makes a database without a schema and returns its address. Without a
// PostgreSQL the test is skipped, or fails when SNOWDROP_TEST_REQUIRE names it.
func Empty(t testing.TB, dialect string) string {
	t.Helper()
	if dialect == "postgres" {
		return postgresURL(t, false)
	}
	return "sqlite:" + filepath.Join(t.TempDir(), "snowdrop.db")
}

// sqliteTemplate is a migrated SQLite file, made once a process.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "snowdrop-template-")
	if err != nil {
		return nil, fmt.Errorf("make a folder: %w", err)
	}
	defer func() { _ = os.RemoveAll(folder) }()
	path := filepath.Join(folder, "snowdrop.db")
	if err := migrate(context.Background(), "sqlite:"+path); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// migrate opens a database, migrates it and lets go of it; on SQLite the last
// one to close the file leaves all of it in that one file.
func migrate(ctx context.Context, address string) error {
	s, err := store.Open(ctx, address, store.Options{})
	if err != nil {
		return err
	}
	if _, err := s.Migrate(ctx); err != nil {
		_ = s.Close()
		return err
	}
	return s.Close()
}

// Requires says whether SNOWDROP_TEST_REQUIRE names what a test needs, so that
// the test must fail rather than be skipped without it.
func Requires(what string) bool {
	return slices.Contains(strings.Split(os.Getenv("SNOWDROP_TEST_REQUIRE"), ","), what)
}
