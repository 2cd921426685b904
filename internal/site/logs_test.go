package site_test

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
	"snowdrop/internal/work"
)

var fieldName = regexp.MustCompile(`(?:\.Get\(|form\[|ticked\(form, |\.query(?:Number)?\()"([a-z_]+)"`)

// fieldNames lists every field that this package reads of a form or an address.
func fieldNames(t *testing.T) []string {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range files {
		if strings.HasSuffix(f, "_test.go") {
			continue
		}
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range fieldName.FindAllStringSubmatch(string(text), -1) {
			names = append(names, m[1])
		}
	}
	slices.Sort(names)
	names = slices.Compact(names)
	if len(names) < 60 {
		t.Fatalf("only %d fields: %v", len(names), names)
	}
	return names
}

// choices are the values with which a form gets further than its first check.
var choices = map[string]string{
	"adult": "1", "consent": "1", "topic": "early-loss", "kind": "question", "wants": "parents", "audience": "public", "door": "rules",
	"field": "midwife", "mode": "stay", "role": "moderator", "action": "remove", "band": "P1", "do": "seal", "revision": "1", "version": "1",
	"draft": "", "parent": "", "mentions": "", "shared": "",
}

// written is what was logged so far.
type written struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (w *written) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.Write(p)
}

func (w *written) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.text.String()
}

// gossip is a way out for mail whose errors repeat the address.
type gossip struct{}

func (g gossip) Open(context.Context) (work.Handover, error) { return g, nil }
func (gossip) Idempotent() bool                              { return true }
func (gossip) Close() error                                  { return nil }
func (gossip) Send(_ context.Context, m work.Message) error {
	return fmt.Errorf("550 <%s> said %s", m.To, m.Text)
}

// TestNothingPersonalIsLogged sends marked words through every field of every
// form, well and badly, with a database that fails, with triage and a handler that
// panic and with mail that is refused, and searches all that was logged on the way:
// by the site, the forum, the store with every statement, and the work.
func TestNothingPersonalIsLogged(t *testing.T) {
	t.Parallel()
	names := fieldNames(t)
	testkit.EachLong(t, func(t *testing.T, plain *store.Store) {
		address := testkit.URL(t, strings.TrimPrefix(t.Name(), "TestNothingPersonalIsLogged/"))
		out := &written{}
		log := slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		s, err := store.Open(t.Context(), address, store.Options{Public: testkit.Public, Log: log, Slow: time.Nanosecond})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = s.Close() }()
		h := testkit.NewHouse(t, s, calm)
		keys, err := secret.NewKeys(make([]byte, 32))
		if err != nil {
			t.Fatal(err)
		}
		c := forum.New(s, keys, secret.NewHasher(2, time.Minute).Cheap(t), log, h.Community.Options)
		observed := &written{}
		const secretOfReady = "MARKEDready"
		server, err := site.New(site.Options{
			Community: c, Site: h.Site, BaseURL: h.URL, Log: log,
			Ready:   func(context.Context) error { panic(secretOfReady) },
			Observe: func(route string, status int, _ time.Duration) { fmt.Fprintln(observed, route, status) },
		})
		if err != nil {
			t.Fatal(err)
		}
		// Somebody with every role, an ordinary member, and a stranger.
		every := h.Person("Marked Alias", forum.RoleLead)
		for _, r := range []forum.Role{forum.RoleMidwife, forum.RoleModerator, forum.RoleAdmin} {
			if err := s.AddGrant(t.Context(), forum.Grant{PersonID: every.ID, Role: r, CreatedAt: h.Clock.Now()}); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.SetRegistration(t.Context(), forum.Registration{PersonID: every.ID, State: forum.RegistrationCurrent, CheckedAt: h.Clock.Now()}); err != nil {
			t.Fatal(err)
		}
		member := h.Person("Marked Member", forum.RoleMember)
		post := h.Thread(member, nil)
		worry(t, h, post.ID)
		k, err := s.CaseOfPost(t.Context(), post.ID)
		if err != nil {
			t.Fatal(err)
		}
		// A form may end a session, so each is sent in one of its own.
		var tokens []string
		begin := func(personID int64) string {
			if personID == 0 {
				return ""
			}
			token, _, err := h.Community.BeginSession(t.Context(), forum.NewSession{PersonID: personID, Proven: true})
			if err != nil {
				return "MARKEDsession" // the database is gone by then
			}
			tokens = append(tokens, token)
			return token
		}
		words := map[string]string{}
		for _, name := range names {
			words[name] = "MARKED" + strings.ReplaceAll(name, "_", "")
		}
		words["email"], words["number"], words["code"] = "MARKEDemail@example.org", "98Z7654Y", "314159"

		status := map[int]int{}
		sendAll := func(form url.Values) {
			for _, r := range site.Routes() {
				if r.Path == "/sign-out" || r.Path == "/queue/live" || r.Path == "/me/leave" {
					continue
				}
				for _, id := range []int64{0, every.ID, member.ID} {
					token := begin(id)
					path := fill(r.Path, post, k, "/link/MARKEDtoken")
					q := httptest.NewRequestWithContext(t.Context(), r.Method, h.URL+path+"?"+form.Encode(), strings.NewReader(form.Encode()))
					q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
					q.Header.Set("Sec-Fetch-Site", "same-origin")
					q.Header.Set("User-Agent", "MARKEDagent")
					q.Header.Set("X-Forwarded-For", "198.51.100.66")
					q.Header.Set("Referer", h.URL+"/MARKEDreferer")
					q.RemoteAddr = "192.0.2.77:1234"
					if token != "" {
						q.AddCookie(&http.Cookie{Name: "snowdrop", Value: token})
					}
					w := httptest.NewRecorder()
					server.ServeHTTP(w, q)
					status[w.Code]++
				}
			}
		}
		badly, well, panics := url.Values{}, url.Values{}, url.Values{}
		for name, w := range words {
			badly.Set(name, w)
			panics.Set(name, w)
			well.Set(name, w)
			if v, chosen := choices[name]; chosen {
				well.Set(name, v)
				panics.Set(name, v)
			}
		}
		panics.Set("body", "PANIC MARKEDbody")
		panics.Set("text", "PANIC MARKEDtext")
		sendAll(badly)
		sendAll(well)
		sendAll(panics)

		// The mail that came of it is refused by a server that repeats the address.
		if err := c.WriteLetters(t.Context()); err != nil {
			t.Fatal(err)
		}
		if done, err := work.New(s, c, gossip{}, log, h.Clock.Now, work.Options{}).Once(t.Context()); err != nil || done == 0 {
			t.Errorf("%d jobs were done: %v", done, err)
		}

		// A database that lost a table, and then is gone.
		driver, source := "pgx", address
		if path, ok := strings.CutPrefix(address, "sqlite:"); ok {
			driver, source = "sqlite", "file:"+path+"?_busy_timeout=10000"
		}
		db, err := sql.Open(driver, source)
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range []string{"drafts", "notices", "signals"} {
			if _, err := db.ExecContext(t.Context(), "ALTER TABLE "+table+" RENAME TO gone_"+table); err != nil {
				t.Fatal(err)
			}
		}
		if err := db.Close(); err != nil {
			t.Fatal(err)
		}
		before := status[500]
		sendAll(well)
		// What others see of a fault is neither its cause nor anybody's words.
		for _, r := range site.Routes() {
			q := httptest.NewRequestWithContext(t.Context(), "GET", h.URL+fill(r.Path, post, k, "/link/x"), nil)
			w := httptest.NewRecorder()
			server.ServeHTTP(w, q)
			for _, private := range []string{words["email"], words["number"], words["password"], words["employer"], "gone_", "SQL", "no such table", "goroutine", secretOfReady} {
				if strings.Contains(w.Body.String(), private) {
					t.Errorf("GET %s answers somebody else %d with %q", r.Path, w.Code, private)
				}
			}
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		sendAll(badly)

		all := out.String()
		for _, proof := range []string{"route=/sign-in", "slow statement", "request failed", "request panicked", "triage panicked", "msg=\"mail", "status=422"} {
			if !strings.Contains(all, proof) {
				t.Errorf("nothing was logged of %q: the test proves nothing", proof)
			}
		}
		if status[303] < 20 || status[422] < 50 || status[500]-before < 20 {
			t.Errorf("answers by status: %v", status)
		}
		looked := []string{"MARKED", "Marked Alias", "Marked Member", "98Z7654Y", "314159", "example.org", "192.0.2.77", "198.51.100.66", "How long were you off work", secretOfReady}
		for _, w := range append(looked, tokens...) {
			for where, text := range map[string]string{"log": all, "figures": observed.String()} {
				if at := strings.Index(text, w); at >= 0 {
					t.Errorf("the %s holds %q: …%s", where, w, text[max(0, at-300):min(len(text), at+60)])
				}
			}
		}
	})
}
