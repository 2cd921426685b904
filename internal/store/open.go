package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"time"

	"gorm.io/gorm"

	"snowdrop/internal/forum"
)

// Options are what a Store is told beside its address.
type Options struct {
	Public []string      // slugs of the topics that strangers may read
	Log    *slog.Logger  // slow statements, without their values; nil: slog.Default()
	Slow   time.Duration // from when on a statement is; 0: 300 ms
	Pool   int           // open connections; 0: 8 on SQLite, 16 on PostgreSQL
}

// Store is the forum's memory. It is safe for concurrent use. Inside
// [Store.Tx] the Store handed in is the one to use: another would wait for it.
type Store struct {
	db     *gorm.DB
	pool   *sql.DB
	kind   dialect
	public []string
	lock   string // SQLite: the file beside the database that migrations lock

	pending *[]forum.RecordEntry // inside a transaction: what it will append to the record
}

var _ forum.Store = (*Store)(nil)

type dialect string

const (
	onSQLite   dialect = "sqlite"
	onPostgres dialect = "postgres"
)

// ErrAddress says that a database address is of neither known form.
var ErrAddress = errors.New("a database address is sqlite:PATH or postgres://…")

// Open connects to the database at address, which is sqlite:PATH or
// postgres://…, and asks it for a sign of life. The schema is left as it is: see
// [Store.Migrate]. A missing SQLite file is created, readable by this user only,
// its folder too.
func Open(ctx context.Context, address string, o Options) (*Store, error) {
	s := &Store{public: o.Public}
	var (
		dial gorm.Dialector
		err  error
	)
	path, isFile := strings.CutPrefix(address, "sqlite:")
	switch {
	case isFile:
		s.kind, s.lock = onSQLite, path+"-migrate-lock"
		s.pool, err = openSQLite(path)
		dial = &sqliteDialector{pool: s.pool}
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		s.kind = onPostgres
		s.pool, err = openPostgres(address)
		dial = postgresDialector(s.pool)
	default:
		err = ErrAddress // without the address: it may hold a password
	}
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}

	// Idle connections are kept as long as there may be any: with the default of
	// two, busy pages spend their time connecting.
	size := cmp.Or(o.Pool, map[dialect]int{onSQLite: 8, onPostgres: 16}[s.kind])
	s.pool.SetMaxOpenConns(size)
	s.pool.SetMaxIdleConns(size)
	if err := s.wake(ctx); err != nil {
		return nil, errors.Join(err, s.pool.Close())
	}

	log := slowLog{to: o.Log, from: cmp.Or(o.Slow, 300*time.Millisecond)}
	if log.to == nil {
		log.to = slog.Default()
	}
	s.db, err = gorm.Open(dial, &gorm.Config{
		Logger:                 log,
		TranslateError:         true,
		QueryFields:            true, // SELECT * breaks pooled statements when a column is added
		SkipDefaultTransaction: true, // one statement needs none; several take Tx
		DisableAutomaticPing:   true,
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open the database: %w", err), s.pool.Close())
	}
	if err := s.db.Callback().Create().Before("gorm:create").Register("snowdrop:micro", truncateTimes); err != nil {
		return nil, errors.Join(fmt.Errorf("register the time callback: %w", err), s.pool.Close())
	}
	return s, nil
}

// wake asks for the first sign of life. Making a new SQLite file write ahead takes
// the file for itself for a moment and does not wait for its turn: programs that
// start on it together try again.
func (s *Store) wake(ctx context.Context) error {
	for tries := 0; ; tries++ {
		err := s.Ping(ctx)
		if err == nil || !locked(err) || tries == 100 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// Ping asks the database for a sign of life.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("reach the database: %w", err)
	}
	return nil
}

// Close lets go of every connection. The Store cannot be used afterwards.
func (s *Store) Close() error { return s.pool.Close() }

// Tx runs do in one transaction, or, inside another, behind a savepoint.
func (s *Store) Tx(ctx context.Context, do func(forum.Store) error) error {
	return s.tx(ctx, func(in *Store) error { return do(in) })
}

func (s *Store) tx(ctx context.Context, do func(*Store) error) error {
	return s.db.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		in := *s
		in.db = db
		if s.pending != nil { // behind a savepoint: what is rolled back is not recorded
			before := len(*s.pending)
			err := do(&in)
			if err != nil {
				*s.pending = (*s.pending)[:before]
			}
			return err
		}
		in.pending = new([]forum.RecordEntry)
		if err := do(&in); err != nil {
			return err
		}
		return in.chain(ctx)
	})
}

// on is the way to the database for one call.
func (s *Store) on(ctx context.Context) *gorm.DB { return s.db.WithContext(ctx) }
