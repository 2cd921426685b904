package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// BulkPlan describes a community for load tests. Authors, Topics and Bodies need
// one entry each at least.
type BulkPlan struct {
	Threads  int
	Comments int
	Authors  []int64   // who writes
	Midwives []int64   // who answers; may be empty
	Topics   []string  // where
	Bodies   []string  // what, over and over; titles are their first words
	From     time.Time // the first thread's time …
	Until    time.Time // … and what the last comment's is before
	Seed     uint64    // the same seed makes the same community
}

// BulkResult says what Bulk wrote.
type BulkResult struct {
	Threads     int
	Comments    int
	FirstThread int64 // the threads' IDs follow each other from here
	Largest     int64 // the thread with the most comments …
	LargestSize int   // … and how many
	Took        time.Duration
}

// Rate is how many comments were written a second.
func (r BulkResult) Rate() float64 { return float64(r.Comments) / r.Took.Seconds() }

// bulkTables are written in this order: a post belongs to a thread.
var bulkTables = [...]string{"threads", "posts"}

var bulkColumns = [...][]string{
	{"id", "topic", "kind", "wants", "audience", "title", "author_id", "anonymous", "state", "mentions", "comments", "answers", "version", "created_at", "active_at"},
	{"id", "thread_id", "parent_id", "part", "author_id", "anonymous", "capacity", "body", "mentions", "state", "revision", "care", "created_at"},
}

// Bulk writes the planned community in one transaction, past every rule: no
// triage, cases, record or notices. Threads are skewed: most have a few
// comments, some hundreds. The counters are right when it returns. It is for
// load tests and demos; while it runs nobody else writes.
func (s *Store) Bulk(ctx context.Context, p BulkPlan) (BulkResult, error) {
	if p.Threads < 1 || p.Comments < 0 || len(p.Authors) == 0 || len(p.Topics) == 0 || len(p.Bodies) == 0 || !p.From.Before(p.Until) {
		return BulkResult{}, errors.New("a bulk plan needs threads, authors, topics, bodies and a span of time")
	}
	began := time.Now()
	made := invent(p)
	write := s.bulkSQLite
	if s.kind == onPostgres {
		write = s.bulkPostgres
	}
	if err := write(ctx, made); err != nil {
		return BulkResult{}, fmt.Errorf("write a community in bulk: %w", err)
	}
	at, size := made.largest()
	return BulkResult{
		Threads: p.Threads, Comments: p.Comments, FirstThread: made.first[0],
		Largest: made.first[0] + int64(at), LargestSize: size, Took: time.Since(began),
	}, nil
}

func (s *Store) bulkPostgres(ctx context.Context, made *invention) error {
	conn, err := s.pool.Conn(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = conn.Close() }()
	return conn.Raw(func(raw any) error {
		return pgx.BeginFunc(ctx, raw.(*stdlib.Conn).Conn(), func(tx pgx.Tx) error {
			// Nobody may take an ID between ours.
			if _, err := tx.Exec(ctx, "LOCK TABLE threads, posts IN SHARE ROW EXCLUSIVE MODE; ALTER TABLE posts DISABLE TRIGGER post_search_keep"); err != nil {
				return err
			}
			for i, table := range bulkTables {
				const next, skip = "SELECT nextval(pg_get_serial_sequence($1, 'id'))", "SELECT setval(pg_get_serial_sequence($1, 'id'), $2)"
				if err := tx.QueryRow(ctx, next, table).Scan(&made.first[i]); err != nil {
					return err
				}
				if _, err := tx.Exec(ctx, skip, table, made.first[i]+int64(made.rows(i))); err != nil {
					return err
				}
			}
			for i, table := range bulkTables {
				rows := pgx.CopyFromSlice(made.rows(i), func(row int) ([]any, error) { return made.row(i, row), nil })
				if _, err := tx.CopyFrom(ctx, pgx.Identifier{table}, bulkColumns[i], rows); err != nil {
					return err
				}
			}
			if err := bulkSearchPostgres(ctx, tx, made); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, "ALTER TABLE posts ENABLE TRIGGER post_search_keep; ANALYZE threads, posts, post_search")
			return err
		})
	})
}

// bulkBatch is how many rows one SQLite statement inserts.
const bulkBatch = 50

func (s *Store) bulkSQLite(ctx context.Context, made *invention) error {
	conn, err := s.pool.Conn(ctx)
	if err != nil {
		return err
	}
	// A large cache for this one connection, while it lasts: comments come in
	// order of time, and so land all over the index by thread.
	for _, pragma := range []string{"cache_size = -131072", "wal_autocheckpoint = 20000"} {
		if _, err := conn.ExecContext(ctx, "PRAGMA "+pragma); err != nil {
			return errors.Join(err, conn.Close())
		}
	}
	defer func() { _ = conn.Raw(func(any) error { return driver.ErrBadConn }) }() // not back to the pool
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { _ = tx.Rollback() }()
	for i, table := range bulkTables {
		const next = "SELECT COALESCE(max(seq), 0) + 1 FROM sqlite_sequence WHERE name = ?"
		if err := tx.QueryRowContext(ctx, next, table).Scan(&made.first[i]); err != nil {
			return err
		}
	}
	var trigger string
	if err := tx.QueryRowContext(ctx, "SELECT sql FROM sqlite_schema WHERE name = 'post_search_add'").Scan(&trigger); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "DROP TRIGGER post_search_add"); err != nil {
		return err
	}
	for i := range bulkTables {
		n := made.rows(i)
		if err := insertBatches(ctx, tx, made, i, 0, n-n%bulkBatch, bulkBatch); err != nil {
			return err
		}
		if err := insertBatches(ctx, tx, made, i, n-n%bulkBatch, n, 1); err != nil {
			return err
		}
	}
	if err := bulkSearchSQLite(ctx, tx, made, trigger); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, "PRAGMA optimize"); err != nil {
		return err
	}
	return tx.Commit()
}

// insertBatches inserts rows from up to, but without, until, size at a time.
func insertBatches(ctx context.Context, tx *sql.Tx, made *invention, table, from, until, size int) error {
	columns := bulkColumns[table]
	marks := "(?" + strings.Repeat(", ?", len(columns)-1) + ")"
	insert, err := tx.PrepareContext(ctx, "INSERT INTO "+bulkTables[table]+" ("+strings.Join(columns, ", ")+
		") VALUES "+marks+strings.Repeat(", "+marks, size-1))
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	args := make([]any, 0, size*len(columns))
	for ; from < until; from += size {
		args = args[:0]
		for i := range size {
			args = append(args, made.row(table, from+i)...)
		}
		if _, err := insert.ExecContext(ctx, args...); err != nil {
			return err
		}
	}
	return nil
}
