package testkit

import (
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"snowdrop/config"
	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/web/articles"
)

// House is a whole running site on a throw-away database, with a clock that the
// test moves.
type House struct {
	T         testing.TB
	Store     *store.Store
	Community *forum.Community
	Site      *config.Site
	URL       string
	Clock     *Clock

	hash string // Password's

	mu     sync.Mutex
	people int
	around func(http.ResponseWriter, *http.Request, http.Handler)
}

// Clock is a clock that only the test moves. It starts at a round time in winter.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// Now is the clock's time.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Move moves the clock on.
func (c *Clock) Move(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// keys are the same in every test: making them is not what tests are about.
var keys = sync.OnceValues(func() (*secret.Keys, error) { return secret.NewKeys(make([]byte, 32)) })

// Password is the password of everybody whom House.Person makes.
const Password = "three small snowdrops"

// NewHouse runs a site on a store. change, which may be nil, alters the forum's
// options.
func NewHouse(t testing.TB, s *store.Store, change func(*forum.Options)) *House {
	t.Helper()
	h := &House{T: t, Store: s, Clock: &Clock{now: time.Date(2026, 1, 15, 3, 0, 0, 0, time.UTC)}}
	var err error
	if h.Site, err = config.LoadSite(""); err != nil {
		t.Fatal(err)
	}
	written, err := articles.All()
	if err != nil {
		t.Fatal(err)
	}
	o := site.ForumOptions(h.Site, written)
	// A busy test machine must not make triage look as if it had failed.
	o.Now, o.Throttled, o.TriageLimit = h.Clock.Now, false, time.Minute
	o.Staffed, o.MailHours = nil, nil // it is night when the clock starts, but somebody is on call
	server := httptest.NewUnstartedServer(nil)
	h.URL = "http://" + server.Listener.Addr().String()
	o.BaseURL = h.URL
	if change != nil {
		change(&o)
	}
	h.URL = o.BaseURL // also when a test gives the site a name: passkeys need one
	k, err := keys()
	if err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(io.Discard, nil))
	hasher := secret.NewHasher(2, time.Minute).Cheap(t)
	if h.hash, err = hasher.Hash(t.Context(), Password); err != nil {
		t.Fatal(err)
	}
	h.Community = forum.New(s, k, hasher, log, o)
	handler, err := site.New(site.Options{Community: h.Community, Site: h.Site, BaseURL: h.URL, Log: log, Ready: s.Ping})
	if err != nil {
		t.Fatal(err)
	}
	server.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h.mu.Lock()
		around := h.around
		h.mu.Unlock()
		if around == nil {
			handler.ServeHTTP(w, r)
			return
		}
		around(w, r, handler)
	})
	server.Start()
	t.Cleanup(func() {
		handler.EndStreams()
		server.Close()
	})
	return h
}

// Around has every request from now on go to do, which hands it on to the site: so a
// test says what happens first of two things that happen at once.
func (h *House) Around(do func(w http.ResponseWriter, r *http.Request, site http.Handler)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.around = do
}
