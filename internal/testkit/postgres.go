package testkit

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"snowdrop/migrations"
)

const (
	throwAway    = "snowdrop_test_"     // followed by when it was made, in Unix seconds
	templates    = "snowdrop_template_" // followed by the same, and by what it was made of
	templateLock = 0x5d0d_7e57          // advisory lock: who makes or sweeps databases
)

// cluster is a PostgreSQL that tests may make databases in.
type cluster struct {
	address  *url.URL
	template string // a migrated database to copy
	strategy string // how to copy it quickly
}

// postgresURL makes a database that is dropped with the test.
func postgresURL(t testing.TB, migrated bool) string {
	t.Helper()
	c, err := theCluster()
	if err != nil {
		if Requires("postgres") || os.Getenv("SNOWDROP_TEST_POSTGRES") != "" {
			t.Fatalf("no PostgreSQL to test on: %v", err)
		}
		t.Skipf("no PostgreSQL to test on; set SNOWDROP_TEST_POSTGRES or install its server: %v", err)
	}
	name := fmt.Sprintf("%s%d_%s", throwAway, time.Now().Unix(), strings.ToLower(rand.Text()[:10]))
	create := "CREATE DATABASE " + name
	if migrated {
		create += " TEMPLATE " + c.template + c.strategy
	}
	if err := c.do(t.Context(), create); err != nil {
		t.Fatalf("make a test database: %v", err)
	}
	t.Cleanup(func() {
		if err := c.do(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop a test database: %v", err)
		}
	})
	return c.database(name)
}

// theCluster finds a PostgreSQL, once a process: the one that the environment
// names, the usual local one, or one of our own.
var theCluster = sync.OnceValues(func() (*cluster, error) {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if named := os.Getenv("SNOWDROP_TEST_POSTGRES"); named != "" {
		return newCluster(ctx, named)
	}
	c, err := newCluster(ctx, "postgres://postgres@127.0.0.1:5432/postgres?connect_timeout=2")
	if err == nil {
		return c, nil
	}
	address, ownErr := startCluster()
	if ownErr != nil {
		return nil, fmt.Errorf("the local one: %w; one of our own: %w", err, ownErr)
	}
	return newCluster(ctx, address)
})

func newCluster(ctx context.Context, address string) (*cluster, error) {
	parsed, err := url.Parse(address)
	if err != nil {
		return nil, fmt.Errorf("read the PostgreSQL address: %w", err)
	}
	c := &cluster{address: parsed}
	return c, c.prepare(ctx)
}

// prepare makes the migrated template, if nobody has, and drops what killed
// tests left behind. Test binaries that run at once take turns.
func (c *cluster) prepare(ctx context.Context) error {
	conn, err := pgx.Connect(ctx, c.address.String())
	if err != nil {
		return fmt.Errorf("reach PostgreSQL: %w", err)
	}
	defer func() { _ = conn.Close(context.Background()) }() // which also unlocks
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return fmt.Errorf("take a turn: %w", err)
	}
	var version int
	if err := conn.QueryRow(ctx, "SELECT current_setting('server_version_num')::int").Scan(&version); err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	if version >= 150000 {
		c.strategy = " STRATEGY WAL_LOG" // the other one has two checkpoints wait for the disk
	}
	rows, err := conn.Query(ctx, "SELECT datname FROM pg_database WHERE datname LIKE 'snowdrop%'")
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return fmt.Errorf("list databases: %w", err)
	}
	schema, err := schemaHash()
	if err != nil {
		return err
	}
	for _, name := range names {
		if strings.HasPrefix(name, templates) && strings.HasSuffix(name, "_"+schema) {
			c.template = name
		} else if left(name) {
			if _, err := conn.Exec(ctx, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)"); err != nil {
				return fmt.Errorf("drop what was left behind: %w", err)
			}
		}
	}
	if c.template != "" {
		return nil
	}
	c.template = fmt.Sprintf("%s%d_%s", templates, time.Now().Unix(), schema)
	// Under another name until it is done: whoever sees the template may copy it.
	draft := c.template + "_new"
	if _, err := conn.Exec(ctx, "CREATE DATABASE "+draft); err != nil {
		return fmt.Errorf("make the template: %w", err)
	}
	if err := migrate(ctx, c.database(draft)); err != nil {
		return fmt.Errorf("migrate the template: %w", err)
	}
	if _, err := conn.Exec(ctx, "ALTER DATABASE "+draft+" RENAME TO "+c.template); err != nil {
		return fmt.Errorf("name the template: %w", err)
	}
	return nil
}

// left says whether a database is an old one: a test's after an hour, a template
// of another schema after a day.
func left(name string) bool {
	age := time.Hour
	rest, ours := strings.CutPrefix(name, throwAway)
	if !ours {
		age = 24 * time.Hour
		rest, ours = strings.CutPrefix(name, templates)
	}
	made, _, _ := strings.Cut(rest, "_")
	at, err := strconv.ParseInt(made, 10, 64)
	return ours && err == nil && time.Since(time.Unix(at, 0)) > age
}

// schemaHash stands for the migrations that a template was made by.
func schemaHash() (string, error) {
	sum := sha256.New()
	files := migrations.Postgres()
	names, err := fs.Glob(files, "*.sql")
	if err != nil {
		return "", fmt.Errorf("list the migrations: %w", err)
	}
	for _, name := range names {
		text, err := fs.ReadFile(files, name)
		if err != nil {
			return "", fmt.Errorf("read a migration: %w", err)
		}
		_, _ = fmt.Fprintf(sum, "%s %d\n%s", name, len(text), text)
	}
	return hex.EncodeToString(sum.Sum(nil))[:12], nil
}

// do runs one statement that stands outside every database.
func (c *cluster) do(ctx context.Context, statement string) error {
	conn, err := pgx.Connect(ctx, c.address.String())
	if err != nil {
		return fmt.Errorf("reach PostgreSQL: %w", err)
	}
	_, err = conn.Exec(ctx, statement)
	_ = conn.Close(ctx)
	return err
}

// database is the address of one of the cluster's databases.
func (c *cluster) database(name string) string {
	address := *c.address
	address.Path = "/" + name
	// Nobody needs a test's rows after a crash of the server: no commit waits for the disk.
	options := address.Query()
	options.Set("synchronous_commit", "off")
	address.RawQuery = options.Encode()
	return address.String()
}
