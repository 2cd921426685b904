// Package store remembers what the forum needs, in PostgreSQL or in an embedded
// SQLite file, through GORM. It is the only room that knows which of the two it
// is: open.go, sqlite.go, migrate.go, search.go and bulk.go tell them apart, and the lock
// clause of TakeJobs does; every other query is the same text for both.
//
// It decides nothing. Rules are the forum's; what stands here beside plain reads
// and writes are the guards that make two people acting at once safe: updates
// that name the state they expect, and answer forum.ErrLost when no row was in
// it any more.
//
// SQLite is for one process: a second one would wait for the first one's writes
// and would not be told of its changes. PostgreSQL serves any number.
package store
