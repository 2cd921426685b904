package store

import (
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"snowdrop/internal/forum"
)

// fault gives err the words of what was being done, and turns what GORM says of
// missing and doubled rows into what the forum understands. A nil err stays nil.
func fault(doing string, err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return fmt.Errorf("%s: %w", doing, forum.ErrNoRow)
	case errors.Is(err, gorm.ErrDuplicatedKey):
		return fmt.Errorf("%s: %w", doing, forum.ErrTaken)
	case deadlocked(err):
		return fmt.Errorf("%s: %w: %w", doing, forum.ErrLost, err)
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// must is fault for a statement that has to change a row: none changed is
// answered with none, one of the forum's errors.
func must(doing string, db *gorm.DB, none error) error {
	if db.Error == nil && db.RowsAffected == 0 {
		return fmt.Errorf("%s: %w", doing, none)
	}
	return fault(doing, db.Error)
}

// deadlocked says whether PostgreSQL gave this transaction up for another one,
// which waited for it while it waited for the other. That is a lost race: an
// edit locks post, then case; a decision case, then post.
func deadlocked(err error) bool {
	var told *pgconn.PgError
	return errors.As(err, &told) && told.Code == "40P01"
}

// locked says whether SQLite answered that another connection has the file.
func locked(err error) bool {
	var told *sqlite.Error
	return errors.As(err, &told) && told.Code()&0xff == sqlite3.SQLITE_BUSY
}
