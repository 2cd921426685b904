package store

import (
	"reflect"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
	"gorm.io/gorm/schema"
)

// nothing makes an insert that meets a taken key change no row instead of
// failing: a failed statement would end a PostgreSQL transaction.
var nothing = clause.OnConflict{DoNothing: true}

var schemas sync.Map

// columns lists the columns of row type T under an alias, so that a query names
// what it reads and a later column does not break it.
func columns[T any](alias string) string {
	parsed, err := schema.Parse(new(T), &schemas, schema.NamingStrategy{})
	if err != nil {
		panic(err) // T is one of the domain's structs
	}
	names := make([]string, len(parsed.DBNames))
	for i, name := range parsed.DBNames {
		names[i] = alias + `."` + name + `"`
	}
	return strings.Join(names, ", ")
}

// micro is t as both databases can hold it. SQLite keeps nanoseconds as text, so
// an untrimmed time would never be equal to what PostgreSQL gives back.
func micro(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

func microOrNil(t *time.Time) *time.Time {
	if t == nil {
		return nil
	}
	u := micro(*t)
	return &u
}

// truncateTimes applies micro to every time of a row before it is inserted, in
// the caller's struct too.
func truncateTimes(db *gorm.DB) {
	if db.Statement.Schema == nil || db.Error != nil {
		return
	}
	rows := db.Statement.ReflectValue
	switch rows.Kind() {
	case reflect.Struct:
		truncateRow(db, rows)
	case reflect.Slice:
		for i := range rows.Len() {
			truncateRow(db, reflect.Indirect(rows.Index(i)))
		}
	}
}

func truncateRow(db *gorm.DB, row reflect.Value) {
	for _, f := range db.Statement.Schema.Fields {
		value, zero := f.ValueOf(db.Statement.Context, row)
		if zero {
			continue
		}
		switch t := value.(type) {
		case time.Time:
			_ = db.AddError(f.Set(db.Statement.Context, row, micro(t)))
		case *time.Time:
			_ = db.AddError(f.Set(db.Statement.Context, row, microOrNil(t)))
		}
	}
}
