package store

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/callbacks"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

// settings are what every SQLite connection is opened with. Write transactions
// lock at once: one that reads first and writes later fails whenever somebody
// wrote in between, however long it may wait. Double quotes name columns only,
// so that a misspelt one is an error and not a string.
const settings = "?_busy_timeout=10000&_journal_mode=WAL&_foreign_keys=on&_synchronous=NORMAL" +
	"&_txlock=immediate&_time_format=sqlite&_timezone=UTC&_texttotime=1&_dqs=0"

var escapePath = strings.NewReplacer("%", "%25", "?", "%3f", "#", "%23")

func openSQLite(path string) (*sql.DB, error) {
	// A database in memory is one per connection: a pool would see several.
	if path == "" || strings.Contains(path, ":memory:") {
		return nil, ErrAddress
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return nil, fmt.Errorf("make the database folder: %w", err)
	}
	// SQLite would create the file readable by everyone.
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("make the database file: %w", err)
	}
	if err := file.Close(); err != nil {
		return nil, fmt.Errorf("make the database file: %w", err)
	}
	return sql.Open("sqlite", "file:"+escapePath.Replace(path)+settings)
}

// sqliteDialector is what GORM needs to speak to modernc.org/sqlite. It is our
// own because a full driver is mostly a migrator, which we have no use for.
type sqliteDialector struct{ pool *sql.DB }

func (d *sqliteDialector) Name() string { return "sqlite" }

func (d *sqliteDialector) Initialize(db *gorm.DB) error {
	db.ConnPool = d.pool
	callbacks.RegisterDefaultCallbacks(db, &callbacks.Config{
		CreateClauses: []string{"INSERT", "VALUES", "ON CONFLICT", "RETURNING"},
		UpdateClauses: []string{"UPDATE", "SET", "FROM", "WHERE", "RETURNING"},
		DeleteClauses: []string{"DELETE", "FROM", "WHERE", "RETURNING"},
	})
	return nil
}

// Migrator answers nil: the schema is in package migrations.
func (d *sqliteDialector) Migrator(*gorm.DB) gorm.Migrator { return nil }

func (d *sqliteDialector) DataTypeOf(f *schema.Field) string { return string(f.DataType) }

func (d *sqliteDialector) DefaultValueOf(*schema.Field) clause.Expression {
	return clause.Expr{SQL: "NULL"}
}

func (d *sqliteDialector) BindVarTo(w clause.Writer, _ *gorm.Statement, _ any) {
	_ = w.WriteByte('?')
}

// QuoteTo quotes a name, part by part: p.body becomes "p"."body".
func (d *sqliteDialector) QuoteTo(w clause.Writer, name string) {
	for i, part := range strings.Split(name, ".") {
		if i > 0 {
			_ = w.WriteByte('.')
		}
		_, _ = w.WriteString(`"` + strings.ReplaceAll(strings.Trim(part, `"`), `"`, `""`) + `"`)
	}
}

func (d *sqliteDialector) Explain(text string, vars ...any) string {
	return logger.ExplainSQL(text, nil, `'`, vars...)
}

func (d *sqliteDialector) SavePoint(tx *gorm.DB, name string) error {
	return tx.Exec("SAVEPOINT " + name).Error
}

func (d *sqliteDialector) RollbackTo(tx *gorm.DB, name string) error {
	return tx.Exec("ROLLBACK TO SAVEPOINT " + name).Error
}

// Translate turns SQLite's codes into the errors that GORM's other drivers answer.
func (d *sqliteDialector) Translate(err error) error {
	var told *sqlite.Error
	if !errors.As(err, &told) {
		return err
	}
	switch told.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return fmt.Errorf("%w: %w", gorm.ErrDuplicatedKey, err)
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return fmt.Errorf("%w: %w", gorm.ErrForeignKeyViolated, err)
	case sqlite3.SQLITE_CONSTRAINT_CHECK:
		return fmt.Errorf("%w: %w", gorm.ErrCheckConstraintViolated, err)
	}
	return err
}
