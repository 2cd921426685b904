// Package migrations holds the schema: SQL files in goose's format, one folder a
// database, same numbers, same meaning, one file a feature column. They are the
// only schema; nothing is ever migrated from Go types. A change touches both
// folders, and a test in internal/store holds the two against each other and
// against the domain's structs.
//
// A file that has been released is never edited; a new one follows it.
package migrations

import (
	"embed"
	"io/fs"
)

//go:embed sqlite/*.sql postgres/*.sql
var files embed.FS

// SQLite returns the files for SQLite.
func SQLite() fs.FS { return folder("sqlite") }

// Postgres returns the files for PostgreSQL.
func Postgres() fs.FS { return folder("postgres") }

func folder(name string) fs.FS {
	sub, err := fs.Sub(files, name)
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return sub
}
