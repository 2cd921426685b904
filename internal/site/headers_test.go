package site_test

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/net/html"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/site"
	"snowdrop/internal/testkit"
)

// checkAnswer holds one answer of any kind against what every answer promises a
// browser, and its page against the policy: nothing from elsewhere, nothing inline.
func checkAnswer(t *testing.T, what string, p *testkit.Page) {
	t.Helper()
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "X-Frame-Options": "DENY", "Referrer-Policy": "same-origin",
		"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin",
	} {
		if got := p.Header.Get(name); got != want {
			t.Errorf("%s: %s is %q, want %q", what, name, got, want)
		}
	}
	if got := p.Header.Get("Permissions-Policy"); !strings.Contains(got, "camera=()") || !strings.Contains(got, "geolocation=()") {
		t.Errorf("%s: Permissions-Policy is %q", what, got)
	}
	checkPolicy(t, what, p.Header.Values("Content-Security-Policy"))
	kind := p.Header.Get("Content-Type")
	if p.Body != "" && kind == "" || strings.HasPrefix(kind, "text/") && !strings.Contains(kind, "charset=utf-8") && !strings.HasPrefix(kind, "text/event-stream") {
		t.Errorf("%s: Content-Type is %q", what, kind)
	}
	static := strings.Contains(what, " /static/") && p.Status == http.StatusOK
	if got := p.Header.Get("Cache-Control"); got != "no-store" && !static {
		t.Errorf("%s: Cache-Control is %q", what, got)
	}
	for _, cookie := range p.Header.Values("Set-Cookie") {
		for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/"} {
			if !strings.Contains(cookie, want) || strings.Contains(cookie, "Domain=") {
				t.Errorf("%s: a cookie without %s", what, want)
			}
		}
	}
	for _, other := range []string{"Access-Control-Allow-Origin", "Server", "X-Powered-By"} {
		if got := p.Header.Get(other); got != "" {
			t.Errorf("%s: %s is %q", what, other, got)
		}
	}
	if strings.HasPrefix(kind, "text/html") {
		checkElements(t, what, p)
	}
}

// checkPolicy takes the content policy apart: every source is our own origin or none.
func checkPolicy(t *testing.T, what string, policies []string) {
	t.Helper()
	if len(policies) != 1 {
		t.Errorf("%s: %d content policies", what, len(policies))
		return
	}
	has := map[string]string{}
	for directive := range strings.SplitSeq(policies[0], ";") {
		words := strings.Fields(directive)
		has[words[0]] = strings.Join(words[1:], " ")
		for _, source := range words[1:] {
			if source != "'self'" && source != "'none'" {
				t.Errorf("%s: the policy allows %s in %s", what, source, words[0])
			}
		}
	}
	for name, want := range map[string]string{"default-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", "form-action": "'self'", "script-src": "'self'"} {
		if has[name] != want {
			t.Errorf("%s: the policy says %s %q, want %q", what, name, has[name], want)
		}
	}
}

// loads are the attributes by which an element fetches or sends something without
// being a link that a person follows.
var loads = []string{"src", "srcset", "action", "formaction", "data", "poster", "background", "manifest", "ping"}

func checkElements(t *testing.T, what string, p *testkit.Page) {
	t.Helper()
	for _, n := range p.Find("") {
		attributes := loads
		if n.Data == "link" && !isCanonical(n) {
			attributes = append([]string{"href"}, loads...)
		}
		for _, name := range attributes {
			if to, has := testkit.Attribute(n, name); has && (!strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//")) {
				t.Errorf("%s: <%s %s=%q> leads out of the site", what, n.Data, name, to)
			}
		}
		for _, a := range n.Attr {
			if a.Key == "style" || strings.HasPrefix(a.Key, "on") {
				t.Errorf("%s: <%s> has %s", what, n.Data, a.Key)
			}
		}
		switch _, src := testkit.Attribute(n, "src"); n.Data {
		case "script":
			if !src {
				t.Errorf("%s: a script in the page", what)
			}
		case "input":
			name, _ := testkit.Attribute(n, "name")
			if kind, _ := testkit.Attribute(n, "type"); (name == "password" || name == "present" || name == "new") && kind != "password" {
				t.Errorf("%s: the field %s shows what is typed", what, name)
			}
		case "style", "iframe", "object", "embed", "base", "frame":
			t.Errorf("%s: <%s>", what, n.Data)
		case "meta":
			if _, does := testkit.Attribute(n, "http-equiv"); does {
				t.Errorf("%s: <meta http-equiv>", what)
			}
		case "a":
			if to, _ := testkit.Attribute(n, "href"); strings.HasPrefix(strings.ToLower(strings.TrimSpace(to)), "javascript:") || strings.HasPrefix(to, "data:") {
				t.Errorf("%s: a link to %q", what, to)
			}
		}
	}
}

// TestEveryKindOfAnswerIsGuarded has what a crawl does not meet: the crawl itself
// (TestNothingIsGivenAway) holds every page, error and redirect to the same.
func TestEveryKindOfAnswerIsGuarded(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	ana := h.Person("ana", forum.RoleMember)
	c := h.SignedIn(ana)
	send := func(what, method, path, body string, change func(*http.Request)) *testkit.Page {
		r, err := http.NewRequestWithContext(t.Context(), method, h.URL+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Set("Sec-Fetch-Site", "same-origin")
		if change != nil {
			change(r)
		}
		p := c.Send(r)
		checkAnswer(t, what+" "+path, p)
		return p
	}
	p := send("a download", "POST", "/me/data", url.Values{"password": {testkit.Password}}.Encode(), nil).Want(200)
	if !strings.HasPrefix(p.Header.Get("Content-Disposition"), "attachment") || p.Header.Get("Content-Type") != "application/zip" {
		t.Errorf("the download is %q, %q", p.Header.Get("Content-Disposition"), p.Header.Get("Content-Type"))
	}
	send("too large", "POST", "/threads", "body="+strings.Repeat("x", 300<<10), nil).Want(413)
	send("another site", "POST", "/threads", "", func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") }).Want(403)
	send("another kind of form", "POST", "/threads", "{}", func(r *http.Request) { r.Header.Set("Content-Type", "application/json") }).Want(422)
	for _, method := range []string{"TRACE", "OPTIONS", "PUT", "DELETE", "PATCH", "CONNECTED"} {
		if p := send("a method", method, "/", "", nil); p.Status != http.StatusNotFound && p.Status != http.StatusForbidden {
			t.Errorf("%s answered %d", method, p.Status)
		}
	}
	send("head", "HEAD", "/", "", nil).Want(200)
	send("a bad address", "GET", "/%ff%00", "", nil).Want(404)
	send("a folder", "GET", "/static/", "", nil).Want(404)
	send("a way up", "GET", "/static/..%2f..%2fgo.mod", "", nil).Want(404)
	send("a repository", "GET", "/.git/config", "", nil).Want(404)
}

// TestNobodyForgesTheirAddress sends another X-Forwarded-For each time: limits by
// address see through it, unless it comes from a proxy that the settings name.
func TestNobodyForgesTheirAddress(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), func(o *forum.Options) { calm(o); o.Throttled = true })
	for _, proxies := range [][]string{nil, {"203.0.113.0/24"}} {
		server, err := site.New(site.Options{Community: h.Community, Site: h.Site, BaseURL: h.URL, Proxies: proxies, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		search := func(from string) (refused bool) {
			for i := range 70 {
				q := httptest.NewRequestWithContext(t.Context(), "GET", h.URL+"/search?q=work", nil)
				q.RemoteAddr = from
				for _, name := range []string{"X-Forwarded-For", "X-Real-IP", "Forwarded", "True-Client-IP", "CF-Connecting-IP"} {
					q.Header.Set(name, fmt.Sprintf("198.51.%d.%d", len(proxies), i))
				}
				w := httptest.NewRecorder()
				server.ServeHTTP(w, q)
				refused = refused || w.Code == http.StatusTooManyRequests
			}
			return refused
		}
		if !search("192.0.2." + fmt.Sprint(7+len(proxies)) + ":1234") {
			t.Errorf("with proxies %v a stranger hides behind a header", proxies)
		}
		if len(proxies) > 0 && search("203.0.113.9:1234") {
			t.Error("everybody behind the proxy is taken for one")
		}
	}
}

// TestStreamsAreGuarded holds the one answer that never ends to the same promises.
func TestStreamsAreGuarded(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	token, _, err := h.Community.StartSession(t.Context(), h.Person("mod", forum.RoleModerator).ID, "")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, err := http.NewRequestWithContext(ctx, "GET", h.URL+"/queue/live", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.AddCookie(&http.Cookie{Name: "snowdrop", Value: token})
	r.Header.Set("Accept", "text/event-stream")
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if _, err := bufio.NewReader(answer.Body).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("%d, %s", answer.StatusCode, answer.Header.Get("Content-Type"))
	}
	checkAnswer(t, "a stream", &testkit.Page{Status: answer.StatusCode, Header: answer.Header, Body: ":"})
}

// TestOnHTTPSEveryAnswerIsPinned asks every route on an https address, and once on
// http: browsers stay on https, and cookies belong to one host.
func TestOnHTTPSEveryAnswerIsPinned(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	post := h.Thread(h.Person("ana", forum.RoleMember), nil)
	for base, secure := range map[string]bool{"https://forum.example.org": true, "http://127.0.0.1:8080": false} {
		server, err := site.New(site.Options{Community: h.Community, Site: h.Site, BaseURL: base, Log: slog.New(slog.DiscardHandler), Ready: h.Store.Ping})
		if err != nil {
			t.Fatal(err)
		}
		cookies := 0
		for _, r := range site.Routes() {
			form := url.Values{"email": {"ana@example.org"}, "password": {testkit.Password}, "body": {"Words."}}
			q := httptest.NewRequestWithContext(t.Context(), r.Method, base+fill(r.Path, post, forum.Case{ID: 1}, "/link/x"), strings.NewReader(form.Encode()))
			q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
			q.Header.Set("Sec-Fetch-Site", "same-origin")
			w := httptest.NewRecorder()
			server.ServeHTTP(w, q)
			pinned := w.Header().Get("Strict-Transport-Security")
			if secure && pinned != "max-age=63072000; includeSubDomains" || !secure && pinned != "" {
				t.Errorf("%s %s at %s: Strict-Transport-Security is %q", r.Method, r.Path, base, pinned)
			}
			checkPolicy(t, r.Path, w.Header().Values("Content-Security-Policy"))
			for _, c := range w.Result().Cookies() {
				cookies++
				if c.Secure != secure || strings.HasPrefix(c.Name, "__Host-") != secure || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Domain != "" || c.Path != "/" {
					t.Errorf("%s %s at %s: the cookie %s is not bound", r.Method, r.Path, base, c.Name)
				}
			}
		}
		if cookies < 3 {
			t.Errorf("%s: only %d cookies", base, cookies)
		}
	}
}

func isCanonical(n *html.Node) bool {
	rel, _ := testkit.Attribute(n, "rel")
	return rel == "canonical"
}

// TestANewPasswordDoesNotSkipTheSecondStep follows a link from a letter as somebody
// who has an app.
func TestANewPasswordDoesNotSkipTheSecondStep(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	ana := h.Person("ana", forum.RoleMember)
	p, err := h.Community.ProposeFactor(t.Context(), ana)
	if err != nil {
		t.Fatal(err)
	}
	code, err := secret.TOTP(p.Secret, h.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := h.Community.TurnOnFactor(t.Context(), ana, testkit.Password, code); err != nil {
		t.Fatal(err)
	}
	if err := h.Community.Forgot(t.Context(), "ana@example.org", "here"); err != nil {
		t.Fatal(err)
	}
	if err := h.Community.WriteLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	jobs, err := h.Store.TakeJobs(t.Context(), h.Clock.Now(), h.Clock.Now(), 10)
	if err != nil {
		t.Fatal(err)
	}
	link := ""
	for _, j := range jobs {
		m, err := h.Store.Mail(t.Context(), j.SubjectID)
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.Community.Envelope(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		if found := regexp.MustCompile(`/link/\S+`).FindString(e.Text); found != "" {
			link = found
		}
	}
	c := h.Client()
	answer := c.Once("POST", link, url.Values{"password": {"plum gravel teapot"}})
	if to := answer.Header.Get("Location"); answer.Status != http.StatusSeeOther || to != "/sign-in/code" {
		t.Errorf("a new password is answered %d (%s), want the second step", answer.Status, to)
	}
	if to := c.Once("GET", "/me", nil).Header.Get("Location"); !strings.HasPrefix(to, "/sign-in") {
		t.Errorf("without the code /me leads to %q", to)
	}
}
