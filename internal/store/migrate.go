package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"snowdrop/migrations"
)

// ErrNewer says that a newer program has migrated the database. Going on would
// write rows that the newer schema gives another meaning.
var ErrNewer = errors.New("the database is newer than this program")

// Migration is one file of the schema.
type Migration struct {
	Version int64
	Name    string
	Applied time.Time // zero: not yet
}

// Migrate brings the schema up to date and returns the names of the files it
// applied. Any number of processes may call it at once: one works, the others
// wait for it. A file that fails leaves nothing behind and can be run again. It
// answers [ErrNewer] for a database from the future.
func (s *Store) Migrate(ctx context.Context) ([]string, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	results, upErr := p.Up(ctx)
	current, target, err := p.GetVersions(ctx)
	switch {
	case err == nil && current > target:
		return nil, fmt.Errorf("migrate from version %d to %d: %w", current, target, ErrNewer)
	case upErr != nil:
		return nil, fmt.Errorf("migrate the database: %w", upErr)
	case err != nil:
		return nil, fmt.Errorf("read the schema version: %w", err)
	}
	var names []string
	for _, r := range results {
		names = append(names, r.Source.Path)
	}
	return names, nil
}

// Status lists the schema's files in order, with the time each was applied.
func (s *Store) Status(ctx context.Context) ([]Migration, error) {
	p, err := s.provider()
	if err != nil {
		return nil, err
	}
	states, err := p.Status(ctx)
	if err != nil {
		return nil, fmt.Errorf("list the migrations: %w", err)
	}
	list := make([]Migration, len(states))
	for i, m := range states {
		list[i] = Migration{Version: m.Source.Version, Name: m.Source.Path, Applied: m.AppliedAt}
	}
	return list, nil
}

func (s *Store) provider() (*goose.Provider, error) {
	dialect, files := goose.DialectSQLite3, migrations.SQLite()
	var (
		locker lock.SessionLocker = &fileLock{path: s.lock}
		err    error
	)
	if s.kind == onPostgres {
		dialect, files = goose.DialectPostgres, migrations.Postgres()
		locker, err = lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 300), lock.WithUnlockTimeout(1, 60))
	}
	if err != nil {
		return nil, fmt.Errorf("prepare the migration lock: %w", err)
	}
	p, err := goose.NewProvider(dialect, s.pool, files,
		goose.WithSessionLocker(locker), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

// fileLock keeps processes that migrate the same SQLite file apart, by an
// exclusive transaction on a small file beside it: goose itself locks only
// PostgreSQL. One value serves one Migrate.
type fileLock struct {
	path string
	pool *sql.DB
	conn *sql.Conn
}

var _ lock.SessionLocker = (*fileLock)(nil)

func (l *fileLock) SessionLock(ctx context.Context, _ *sql.Conn) (err error) {
	l.pool, err = sql.Open("sqlite", "file:"+escapePath.Replace(l.path)+"?_busy_timeout=300000")
	if err != nil {
		return fmt.Errorf("open the migration lock: %w", err)
	}
	if l.conn, err = l.pool.Conn(ctx); err == nil {
		_, err = l.conn.ExecContext(ctx, "BEGIN EXCLUSIVE")
	}
	if err != nil {
		return errors.Join(fmt.Errorf("take the migration lock: %w", err), l.pool.Close())
	}
	return nil
}

func (l *fileLock) SessionUnlock(ctx context.Context, _ *sql.Conn) error {
	_, err := l.conn.ExecContext(ctx, "ROLLBACK")
	return errors.Join(err, l.conn.Close(), l.pool.Close())
}
