package main

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/hex"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/testkit"
)

// dump is everything in a database as a thief of a copy would see it: for SQLite
// also the files themselves.
func dump(t *testing.T, address string) string {
	t.Helper()
	var all strings.Builder
	driver, list := "pgx", "SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'"
	if path, isFile := strings.CutPrefix(address, "sqlite:"); isFile {
		files, err := filepath.Glob(path + "*")
		if err != nil || len(files) == 0 {
			t.Fatalf("the database's files: %v, %v", files, err)
		}
		for _, name := range files {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
		driver, address, list = "sqlite", path, "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
	}
	db, err := sql.Open(driver, address)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	read := func(query string, each func(cells []any)) {
		rows, err := db.QueryContext(t.Context(), query)
		if err != nil {
			t.Fatalf("%s: %v", query, err)
		}
		defer rows.Close()
		names, err := rows.Columns()
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			cells, into := make([]any, len(names)), make([]any, len(names))
			for i := range cells {
				into[i] = &cells[i]
			}
			if err := rows.Scan(into...); err != nil {
				t.Fatal(err)
			}
			each(cells)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	var tables []string
	read(list, func(cells []any) { tables = append(tables, fmt.Sprint(cells[0])) })
	for _, table := range tables {
		read(`SELECT * FROM "`+table+`"`, func(cells []any) {
			for _, c := range cells {
				if raw, ok := c.([]byte); ok {
					c = string(raw)
				}
				fmt.Fprintf(&all, "%v\n", c)
			}
		})
	}
	return all.String()
}

// installation opens the rooms of an installation of its own.
func installation(t *testing.T, env []string) *house {
	t.Helper()
	settings, err := config.Load(filepath.Join(t.TempDir(), "none"), false, env)
	if err != nil {
		t.Fatal(err)
	}
	s := &session{ctx: t.Context(), settings: settings}
	h, err := open(s.ctx, settings, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = h.store.Close() })
	return h
}

func TestACopyOfTheDatabaseHoldsNoAddress(t *testing.T) {
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			env := environ(t, testkit.Empty(t, dialect))
			if _, err := command(t, env, "account", "create", "--email", "marked.staff@example.org", "--name", "Staff", "--role", "lead"); err != nil {
				t.Fatal(err)
			}
			address, _ := start(t, env, "serve")
			c := testkit.Browse(t, address)
			join := func(name, email string) url.Values {
				return url.Values{"name": {name}, "email": {email}, "password": {"plum gravel teapot"}, "adult": {"1"}, "consent": {"1"}}
			}
			c.Post("/join", join("Willow", "marked.joiner@example.org")).Want(200)
			c.Post("/me/security/email", url.Values{"email": {"marked.changed@example.org"}, "password": {"plum gravel teapot"}}).Want(200)
			testkit.Browse(t, address).Post("/join", join("Other", "marked.staff@example.org")).Want(200)
			testkit.Browse(t, address).Post("/forgot", url.Values{"email": {"marked.staff@example.org"}}).Want(200)
			testkit.Browse(t, address).Post("/forgot", url.Values{"email": {"marked.nobody@example.org"}}).Want(200)
			testkit.Browse(t, address).Post("/sign-in", url.Values{"email": {"marked.joiner@example.org"}, "password": {"wrong"}})
			h := installation(t, env)
			database := h.settings.DatabaseURL
			before := dump(t, database)
			if err := h.community.WriteLetters(t.Context()); err != nil {
				t.Fatal(err)
			}
			all := before + dump(t, database)
			if !strings.Contains(all, "Willow") {
				t.Fatal("the copy holds nothing: the test proves nothing")
			}
			lower := strings.ToLower(all)
			for _, word := range []string{"marked", "example.org", hex.EncodeToString([]byte("marked")), "/link/"} {
				if at := strings.Index(lower, word); at >= 0 {
					t.Errorf("a copy of the database holds %q: %q", word, lower[max(0, at-80):min(len(lower), at+80)])
				}
			}
		})
	}
}

func TestRotatingTheKey(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			env := environ(t, testkit.Empty(t, dialect))
			for i := range 5 {
				if _, err := command(t, env, "account", "create", "--email", fmt.Sprintf("p%d@example.org", i), "--name", fmt.Sprintf("Person %d", i), "--role", "member"); err != nil {
					t.Fatal(err)
				}
			}
			h := installation(t, env)
			file := secretFile(h.settings)
			first, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			// An earlier run that was interrupted after one value.
			if err := secret.AddKey(file); err != nil {
				t.Fatal(err)
			}
			half := installation(t, env)
			rows, err := half.store.SealedRows(t.Context(), forum.SealedColumns[0], []byte{9}, 0, 1)
			if err != nil || len(rows) != 1 {
				t.Fatal(rows, err)
			}
			masters, err := secret.LoadAll(file)
			if err != nil {
				t.Fatal(err)
			}
			now, err := secret.NewKeys(masters[0])
			if err != nil {
				t.Fatal(err)
			}
			is := rows[0]
			if is.Value, err = now.Seal("p0@example.org", "email"); err != nil {
				t.Fatal(err)
			}
			is.Key = now.Index("email", "p0@example.org")
			if err := half.store.Reseal(t.Context(), forum.SealedColumns[0], rows[0], is); err != nil {
				t.Fatal(err)
			}
			both := func(c *forum.Community) {
				t.Helper()
				for id := int64(1); id <= 5; id++ {
					if got, err := c.Address(t.Context(), id); err != nil || got != fmt.Sprintf("p%d@example.org", id-1) {
						t.Errorf("person %d has the address %q, %v", id, got, err)
					}
				}
			}
			both(half.community) // in the middle everything is still read

			out, err := command(t, env, "secret", "rotate")
			if err != nil || !strings.Contains(out, "sealed anew: 4") {
				t.Fatalf("%q, %v", out, err)
			}
			if masters, err = secret.LoadAll(file); err != nil || len(masters) != 1 {
				t.Fatalf("%d keys left, %v", len(masters), err)
			}
			if old, err := os.ReadFile(file + ".old"); err != nil || !bytes.Equal(old, first) {
				t.Errorf("the old key is not kept: %v", err)
			}
			after := installation(t, env)
			both(after.community)
			if _, err := h.community.Address(t.Context(), 1); err == nil {
				t.Error("the old key alone still opens an address")
			}
			// Found by the new hash: the address is taken.
			if _, err := after.community.CreateAccount(t.Context(), forum.NewAccount{Name: "Again", Email: "p3@example.org", Role: forum.RoleMember}); forum.KindOf(err) != forum.Invalid {
				t.Errorf("an address that is in use was not found: %v", err)
			}
			if out, err = command(t, env, "secret", "rotate"); err != nil || !strings.Contains(out, "sealed anew: 5") {
				t.Errorf("again: %q, %v", out, err)
			}
		})
	}
}

// TestOldValuesMoveAtTheStart seals as the program did before keys had names, and
// starts several instances at once.
func TestOldValuesMoveAtTheStart(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			env := environ(t, testkit.Empty(t, dialect))
			for i := range 20 {
				if _, err := command(t, env, "account", "create", "--email", fmt.Sprintf("p%d@example.org", i), "--name", fmt.Sprintf("Person %d", i), "--role", "member"); err != nil {
					t.Fatal(err)
				}
			}
			h := installation(t, env)
			masters, err := secret.LoadAll(secretFile(h.settings))
			if err != nil {
				t.Fatal(err)
			}
			rows, err := h.store.SealedRows(t.Context(), forum.SealedColumns[0], []byte{9}, 0, 100)
			if err != nil || len(rows) != 20 {
				t.Fatal(len(rows), err)
			}
			for i, row := range rows {
				is := row
				if is.Value, err = secret.SealBefore(masters[0], fmt.Sprintf("p%d@example.org", i), "email"); err != nil {
					t.Fatal(err)
				}
				if err := h.store.Reseal(t.Context(), forum.SealedColumns[0], row, is); err != nil {
					t.Fatal(err)
				}
			}
			ended := make(chan error, 4)
			var changed [4]int
			for i := range changed {
				one := installation(t, env)
				go func() {
					ctx, stop := context.WithTimeout(t.Context(), time.Minute)
					defer stop()
					n, shut, err := one.community.Reseal(ctx)
					if changed[i] = n; err == nil && shut > 0 {
						err = fmt.Errorf("%d not opened", shut)
					}
					ended <- err
				}()
			}
			for range changed {
				if err := <-ended; err != nil {
					t.Error(err)
				}
			}
			if sum := changed[0] + changed[1] + changed[2] + changed[3]; sum != 20 {
				t.Errorf("%d values were moved, want 20, each once", sum)
			}
			for id := int64(1); id <= 20; id++ {
				if got, err := h.community.Address(t.Context(), id); err != nil || got != fmt.Sprintf("p%d@example.org", id-1) {
					t.Errorf("person %d has the address %q, %v", id, got, err)
				}
			}
		})
	}
}

// TestEverySealedColumnIsKnown: a change of keys must walk through every column of
// bytes there is.
func TestEverySealedColumnIsKnown(t *testing.T) {
	known := map[string]bool{}
	for _, c := range forum.SealedColumns {
		known[c.Table+"."+c.Column] = true
	}
	bytesColumn := regexp.MustCompile(`(?m)^\s*(?:ALTER TABLE (\w+) ADD COLUMN )?(\w+)\s+BLOB\b`)
	table := regexp.MustCompile(`CREATE TABLE (\w+) \(`)
	files, err := filepath.Glob("../../migrations/sqlite/*.sql")
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range bytesColumn.FindAllSubmatchIndex(text, -1) {
			column := string(text[m[4]:m[5]])
			in := ""
			if m[2] >= 0 {
				in = string(text[m[2]:m[3]])
			} else if all := table.FindAllSubmatch(text[:m[0]], -1); len(all) > 0 {
				in = string(all[len(all)-1][1])
			}
			if !known[in+"."+column] {
				t.Errorf("%s.%s in %s holds bytes, and forum.SealedColumns does not list it", in, column, filepath.Base(name))
			}
		}
	}
}
