package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"snowdrop/internal/testkit"
)

// output is what a running command wrote so far.
type output struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

// command runs a command to its end.
func command(t *testing.T, environ []string, args ...string) (string, error) {
	t.Helper()
	var out, diagnostics output
	err := run(t.Context(), args, environ, strings.NewReader(""), &out, &diagnostics)
	return out.String(), err
}

// start runs a command that serves, waits until it listens, and stops it with
// the test. It returns the address and what the command writes.
func start(t *testing.T, environ []string, args ...string) (address string, out *output) {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	out = &output{}
	var diagnostics output
	ended := make(chan error, 1)
	go func() { ended <- run(ctx, args, environ, strings.NewReader(""), out, &diagnostics) }()
	t.Cleanup(func() {
		stop()
		if err := <-ended; err != nil {
			t.Errorf("snowdrop %v ended with %v", args, err)
		}
	})
	listening := regexp.MustCompile(`listening on (http://\S+)`)
	for {
		if m := listening.FindStringSubmatch(out.String()); m != nil {
			return m[1], out
		}
		select {
		case err := <-ended:
			ended <- err
			t.Fatalf("snowdrop %v ended with %v: %s", args, err, diagnostics.String())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func get(t *testing.T, client *http.Client, address string) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := client.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body)
}

// environ is the environment of an installation of its own.
func environ(t *testing.T, database string) []string {
	return []string{
		"SNOWDROP_DATABASE_URL=" + database, "SNOWDROP_DATA_DIR=" + t.TempDir() + "/data",
		"SNOWDROP_ADDR=127.0.0.1:0", "SNOWDROP_BASE_URL=http://127.0.0.1:8080",
	}
}

func TestMigrate(t *testing.T) {
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			env := environ(t, testkit.Empty(t, dialect))
			out, err := command(t, env, "migrate", "status")
			if err != nil || !strings.Contains(out, "not yet applied") {
				t.Fatalf("status of an empty database: %q, %v", out, err)
			}
			if out, err = command(t, env, "migrate"); err != nil || !strings.Contains(out, "applied 00001") && !strings.Contains(out, "applied") {
				t.Fatalf("migrate: %q, %v", out, err)
			}
			if out, err = command(t, env, "migrate"); err != nil || !strings.Contains(out, "nothing to do") {
				t.Errorf("migrate again: %q, %v", out, err)
			}
			if out, err = command(t, env, "migrate", "status"); err != nil || strings.Contains(out, "not yet applied") {
				t.Errorf("status afterwards: %q, %v", out, err)
			}
		})
	}
}

func TestTheFirstStartMakesTheFirstAdministratorOnce(t *testing.T) {
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			env := environ(t, testkit.Empty(t, dialect))
			address, out := start(t, env, "serve")
			link := regexp.MustCompile(`http://127\.0\.0\.1:8080(/link/\S+)`).FindStringSubmatch(out.String())
			for link == nil {
				time.Sleep(5 * time.Millisecond)
				link = regexp.MustCompile(`http://127\.0\.0\.1:8080(/link/\S+)`).FindStringSubmatch(out.String())
			}
			client := testkit.Browse(t, address)
			client.Get(link[1]).Want(200)
			form := url.Values{"name": {"Alex"}, "email": {"alex@example.org"}, "password": {"a long enough one"}, "consent": {"1"}}
			client.Post(link[1], form).Want(200)
			client.Get("/record").Want(200)
			testkit.Browse(t, address).Post(link[1], form).Want(404)
		})
	}
}

func TestAccountCreate(t *testing.T) {
	t.Parallel()
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			env := environ(t, testkit.Empty(t, dialect))
			out, err := command(t, env, "account", "create", "--email", "m@example.org", "--name", "Midwife Ana", "--role", "midwife")
			if err != nil {
				t.Fatal(err)
			}
			link, ok := strings.CutPrefix(strings.TrimSpace(out), "http://127.0.0.1:8080")
			if !ok {
				t.Fatalf("printed %q, want a link", out)
			}
			if _, err := command(t, env, "account", "create", "--email", "M@example.org", "--name", "Other", "--role", "member"); err == nil {
				t.Error("the same address made two accounts")
			}
			if _, err := command(t, env, "account", "create", "--email", "x@example.org", "--name", "Other", "--role", "queen"); err == nil {
				t.Error("an unknown role was taken")
			}
			address, _ := start(t, env) // no command: serve
			client := testkit.Browse(t, address)
			client.Post(link, url.Values{"password": {"a long enough one"}, "consent": {"1"}}).Want(200)
			client.Get("/questions").Want(200)
			again := testkit.Browse(t, address)
			again.Post("/sign-in", url.Values{"email": {"m@example.org"}, "password": {"a long enough one"}}).Want(200)
			again.Get("/questions").Want(200)
		})
	}
}

func TestDemo(t *testing.T) {
	for _, dialect := range testkit.Databases() {
		t.Run(dialect, func(t *testing.T) {
			database := testkit.Empty(t, dialect)
			env := environ(t, "sqlite:"+t.TempDir()+"/unused.db")
			address, out := start(t, env, "demo", "--addr", "127.0.0.1:0", "--password", "demo password", "--database", database)
			for !strings.Contains(out.String(), "admin ") {
				time.Sleep(5 * time.Millisecond)
			}
			for role, path := range map[string]string{"member": "/me", "midwife": "/questions", "moderator": "/queue", "lead": "/queue", "admin": "/record"} {
				line := regexp.MustCompile(`(?m)^` + role + `\s+(\S+@\S+)\s+demo password$`).FindStringSubmatch(out.String())
				if line == nil {
					t.Fatalf("no account for %s in %s", role, out.String())
				}
				client := testkit.Browse(t, address)
				client.Post("/sign-in", url.Values{"email": {line[1]}, "password": {"demo password"}}).Want(200)
				client.Get(path).Want(200).Says("This is a demo")
			}
			if code, body := get(t, http.DefaultClient, address+"/"); code != 200 || !strings.Contains(body, "Early loss") {
				t.Errorf("the front page answers %d", code)
			}
			if _, err := command(t, env, "demo", "--addr", "127.0.0.1:0", "--database", database); err == nil || !strings.Contains(err.Error(), "already holds") {
				t.Errorf("a second demo on the same database: %v", err)
			}
		})
	}
}

// TestTheDemoIsWhole holds the made-up community to what a visitor should meet:
// every topic, every band, enough to read.
func TestTheDemoIsWhole(t *testing.T) {
	people, threads, err := readDemo()
	if err != nil {
		t.Fatal(err)
	}
	topics, posts := map[string]int{}, 0
	var count func(cs []demoComment) int
	count = func(cs []demoComment) int {
		n := len(cs)
		for _, c := range cs {
			n += count(c.Replies)
		}
		return n
	}
	for _, t := range threads {
		topics[t.Topic]++
		posts += 1 + count(t.Comments)
	}
	if len(topics) != 10 || len(threads) < 40 || posts < 300 {
		t.Errorf("%d topics, %d threads, %d posts; want 10, 40 and 300 or more", len(topics), len(threads), posts)
	}
	roles := map[string]bool{}
	for _, p := range people {
		roles[string(p.Role)] = true
	}
	if len(roles) != 5 {
		t.Errorf("roles %v, want all five", roles)
	}
	env := environ(t, "sqlite:"+t.TempDir()+"/unused.db")
	address, _ := start(t, env, "demo", "--addr", "127.0.0.1:0", "--password", "demo password")
	client := testkit.Browse(t, address)
	client.Post("/sign-in", url.Values{"email": {"sam@example.org"}, "password": {"demo password"}}).Want(200)
	page := client.Get("/queue").Want(200)
	for _, band := range []string{"P0", "P1", "P2", "P3", "P4"} {
		if len(page.Find("article", "data-band", band)) == 0 {
			t.Errorf("the queue has no case in band %s", band)
		}
	}
}

func TestUnusableCommandLinesAndSettings(t *testing.T) {
	for name, tc := range map[string]struct {
		environ []string
		args    []string
	}{
		"unknown command":   {nil, []string{"dance"}},
		"unknown setting":   {[]string{"SNOWDROP_ADRR=x"}, []string{"migrate"}},
		"throttle off wide": {[]string{"SNOWDROP_ADDR=0.0.0.0:8080", "SNOWDROP_RATE_LIMITS=off"}, []string{"serve"}},
		"no such database":  {[]string{"SNOWDROP_DATABASE_URL=mysql://x"}, []string{"migrate"}},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := command(t, tc.environ, tc.args...); err == nil {
				t.Error("was taken")
			}
		})
	}
}

func TestMetricsHaveAListenerOfTheirOwn(t *testing.T) {
	free, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := free.Addr().String()
	if err := free.Close(); err != nil {
		t.Fatal(err)
	}
	address, _ := start(t, append(environ(t, testkit.Empty(t, "sqlite")), "SNOWDROP_METRICS_ADDR="+addr))
	get(t, http.DefaultClient, address+"/help")
	code, body := get(t, http.DefaultClient, "http://"+addr+"/metrics")
	if code != 200 || !strings.Contains(body, `snowdrop_request_seconds_count{route="/help",status="200"}`) || !strings.Contains(body, `snowdrop_cases_waiting{band="P0"} 0`) {
		t.Errorf("metrics answered %d: %.300s", code, body)
	}
	if code, _ := get(t, http.DefaultClient, address+"/metrics"); code != 404 {
		t.Errorf("the public address answers /metrics with %d", code)
	}
}
