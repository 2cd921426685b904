package main

import (
	"errors"
	"fmt"

	"snowdrop/internal/store"
)

type migrateCommand struct {
	Up     migrateUp     `cmd:"" default:"1" help:"Apply what is missing."`
	Status migrateStatus `cmd:"" help:"List the schema migrations and when each was applied."`
}

type migrateUp struct{}

// Run applies the schema migrations that are missing.
func (migrateUp) Run(s *session) (err error) {
	db, err := store.Open(s.ctx, s.settings.DatabaseURL, store.Options{Log: s.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	applied, err := db.Migrate(s.ctx)
	if err != nil {
		return err
	}
	for _, name := range applied {
		fmt.Fprintln(s.out, "applied", name)
	}
	if len(applied) == 0 {
		fmt.Fprintln(s.out, "nothing to do: the schema is up to date")
	}
	return nil
}

type migrateStatus struct{}

// Run lists the schema migrations.
func (migrateStatus) Run(s *session) (err error) {
	db, err := store.Open(s.ctx, s.settings.DatabaseURL, store.Options{Log: s.log})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	all, err := db.Status(s.ctx)
	if err != nil {
		return err
	}
	for _, m := range all {
		when := "not yet applied"
		if !m.Applied.IsZero() {
			when = "applied " + m.Applied.UTC().Format("2006-01-02 15:04 UTC")
		}
		fmt.Fprintf(s.out, "%05d  %-24s  %s\n", m.Version, m.Name, when)
	}
	return nil
}
