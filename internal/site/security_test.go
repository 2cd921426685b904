package site_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/site"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

func joinForm(name, email string) url.Values {
	return url.Values{"name": {name}, "email": {email}, "password": {"plum gravel teapot"}, "adult": {"1"}, "consent": {"1"}}
}

// TestKnownAndUnknownAddressesGetTheSameAnswer compares answers byte by byte.
func TestKnownAndUnknownAddressesGetTheSameAnswer(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, calm)
		h.Person("owner", forum.RoleMember)
		varies := regexp.MustCompile(`newcomer-[ab]|(owner|nobody)@example\.org|[A-Z0-9]{12}`)
		same := func(what string, a, b *testkit.Page) {
			t.Helper()
			if a.Status != b.Status || a.Header.Get("Location") != b.Header.Get("Location") || varies.ReplaceAllString(a.Body, "") != varies.ReplaceAllString(b.Body, "") {
				t.Errorf("%s: %d %q and %d %q", what, a.Status, a.Header.Get("Location"), b.Status, b.Header.Get("Location"))
			}
		}
		known, unknown := h.Client(), h.Client()
		same("join", known.Once("POST", "/join", joinForm("newcomer-a", "owner@example.org")), unknown.Once("POST", "/join", joinForm("newcomer-b", "nobody@example.org")))
		for _, path := range []string{"/", "/me", "/me/security"} {
			same(path+" after joining", known.Get(path).Want(200), unknown.Get(path).Want(200))
		}
		same("the letter again", known.Once("POST", "/me/security/letter", nil), unknown.Once("POST", "/me/security/letter", nil))
		for _, form := range []string{"/forgot", "/sign-in"} {
			a := h.Client().Once("POST", form, url.Values{"email": {"owner@example.org"}, "password": {"wrong"}})
			b := h.Client().Once("POST", form, url.Values{"email": {"else@example.org"}, "password": {"wrong"}})
			b.Body = strings.ReplaceAll(b.Body, "else@example.org", "")
			same(form, a, b)
		}
	})
}

// TestWithoutTheSecondFactorNoStaffPageOpens tries every route as staff who have
// given their password only.
func TestWithoutTheSecondFactorNoStaffPageOpens(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), func(o *forum.Options) { calm(o); o.StaffFactor = true })
	post := h.Thread(h.Person("author", forum.RoleMember), nil)
	for _, role := range forum.Roles[1:] {
		a := h.Person("a-"+string(role), role)
		c := h.SignedIn(a)
		for _, r := range site.Routes() {
			if r.Who == "anyone" || r.Who == "members" || r.Who == "writers" {
				continue
			}
			p := c.Once(r.Method, fill(r.Path, post, forum.Case{ID: 1}, ""), url.Values{})
			step := p.Status == http.StatusSeeOther && strings.HasPrefix(p.Header.Get("Location"), "/me/second-step")
			if !step && p.Status != http.StatusNotFound {
				t.Errorf("%s %s as %s without a second factor: %d %s", r.Method, r.Path, role, p.Status, p.Header.Get("Location"))
			}
		}
		p := c.Get("/").Want(200)
		p.None("a", "href", "/queue")
	}
}

var typedKey = regexp.MustCompile(`secret=([A-Z2-7]+)`)

func TestJourneyOfASecondFactor(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := testkit.NewHouse(t, s, func(o *forum.Options) { calm(o); o.StaffFactor = true })
		h.Person("mod", forum.RoleModerator)
		code := func(text string) string {
			h.Clock.Move(30 * time.Second) // a code works once
			made, err := secret.TOTP(text, h.Clock.Now())
			if err != nil {
				t.Fatal(err)
			}
			return made
		}
		in := url.Values{"email": {"mod@example.org"}, "password": {testkit.Password}}
		c := h.Client()
		c.Post("/sign-in", in).Want(200)
		p := c.Get("/queue").Want(200).Says("Set up a second step")
		text := typedKey.FindStringSubmatch(p.Body)[1]
		p.Submit("/me/second-step", "code", code(text), "present", "not this one").Want(422).Says("not your present password")
		p.Submit("/me/second-step", "code", "000000", "present", testkit.Password).Want(422).Says("This code doesn’t work")
		p = p.Submit("/me/second-step", "code", code(text), "present", testkit.Password).Want(200).Says("Your recovery codes")
		codes := p.Find("code")
		if len(codes) != 10 {
			t.Fatalf("%d recovery codes", len(codes))
		}
		c.Get("/queue").Want(200).Silent("second-step?")
		if got := c.Get("/queue").URL.Path; got != "/queue" {
			t.Errorf("with the second factor the queue leads to %s", got)
		}

		// Signing in anew: the password is half the way.
		c = h.Client()
		p = c.Post("/sign-in", in).Want(200).Says("One more step")
		if got := c.Once("GET", "/me", nil).Header.Get("Location"); !strings.HasPrefix(got, "/sign-in") {
			t.Errorf("half signed in, and /me leads to %q", got)
		}
		p.Submit("/sign-in/code", "code", "000000").Want(422)
		p.Submit("/sign-in/code", "code", code(text)).Want(200)
		if got := c.Get("/queue").Want(200).URL.Path; got != "/queue" {
			t.Errorf("the queue leads to %s", got)
		}
		// With everything in one form, and with a recovery code.
		c = h.Client()
		in.Set("code", testkit.Text(codes[0]))
		if got := c.Post("/sign-in", in).Want(200).URL.Path; got != "/" {
			t.Errorf("address, password and code led to %s", got)
		}
		h.Client().Post("/sign-in", in).Want(422)
		// Half the way does not last.
		c = h.Client()
		in.Del("code")
		p = c.Post("/sign-in", in).Want(200)
		h.Clock.Move(11 * time.Minute)
		p.Submit("/sign-in/code", "code", code(text)).Want(422).Says("start again")
	})
}

func TestSecurityPage(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	h.Person("ana", forum.RoleMember)
	in := url.Values{"email": {"ana@example.org"}, "password": {testkit.Password}}
	one, two := h.Client(), h.Client()
	one.Post("/sign-in", in).Want(200)
	two.Post("/sign-in", in).Want(200)
	p := one.Get("/me/security").Want(200).Says("This device", "Sign out everywhere else")
	if p.Header.Get("Cache-Control") != "no-store" {
		t.Error("the page may be kept")
	}
	p.Submit("/me/security/password", "present", "wrong", "new", "plum gravel teapot").Want(422).Says("not your present password")
	p.Submit("/me/security/password", "present", testkit.Password, "new", "password123").Want(422).Says("easy to guess")
	p.Submit("/me/security/password", "present", testkit.Password, "new", "plum gravel teapot").Want(200).Says("new password is saved")
	if got := two.Once("GET", "/me", nil).Header.Get("Location"); !strings.HasPrefix(got, "/sign-in") {
		t.Errorf("the other device is still signed in: %q", got)
	}
	one.Get("/me").Want(200)

	shared := h.Client()
	in.Set("password", "plum gravel teapot")
	in.Set("shared", "1")
	answer := shared.Once("POST", "/sign-in", in)
	if cookie := answer.Header.Get("Set-Cookie"); strings.Contains(cookie, "Max-Age") || !strings.Contains(cookie, "HttpOnly") {
		t.Errorf("on a shared device the cookie is %q", regexp.MustCompile(`=[^;]*`).ReplaceAllString(cookie, "=…"))
	}
	if title := testkit.Text(shared.Get("/help").Want(200).One("title")); title != "Home" {
		t.Errorf("on a shared device the tab says %q", title)
	}
}

func TestFollowingALinkChangesNothingUntilTheButton(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	c := h.Client()
	c.Post("/join", joinForm("newcomer", "new@example.org")).Want(200).Says("We have sent you an e-mail")
	if err := h.Community.WriteLetters(t.Context()); err != nil {
		t.Fatal(err)
	}
	link := ""
	jobs, err := h.Store.TakeJobs(t.Context(), h.Clock.Now(), h.Clock.Now(), 10)
	if err != nil {
		t.Fatal(err)
	}
	for _, j := range jobs {
		m, err := h.Store.Mail(t.Context(), j.SubjectID)
		if err != nil {
			t.Fatal(err)
		}
		e, err := h.Community.Envelope(t.Context(), m)
		if err != nil {
			t.Fatal(err)
		}
		link = regexp.MustCompile(`/link/\S+`).FindString(e.Text)
	}
	for range 3 {
		h.Client().Get(link).Want(200).Says("Confirm your e-mail address", "Your password")
	}
	c.Get("/me/security").Want(200).Says("new@example.org", "Send it again")
	c.Get(link).Want(200).Submit(link).Want(200).Says("is confirmed")
	c.Get(link).Want(404)
	c.Get("/me/security").Want(200).Silent("new@example.org")
}

func TestTheCookieIsBoundToTheHostOnHTTPS(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), calm)
	server, err := site.New(site.Options{Community: h.Community, Site: h.Site, BaseURL: "https://forum.example.org", Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	h.Person("ana", forum.RoleMember)
	q := httptest.NewRequestWithContext(t.Context(), "POST", "https://forum.example.org/sign-in", strings.NewReader(url.Values{"email": {"ana@example.org"}, "password": {testkit.Password}}.Encode()))
	q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	q.Header.Set("Sec-Fetch-Site", "same-origin")
	w := httptest.NewRecorder()
	server.ServeHTTP(w, q)
	cookie := w.Header().Get("Set-Cookie")
	for _, want := range []string{"__Host-snowdrop=", "Path=/", "Secure", "HttpOnly", "SameSite=Lax"} {
		if !strings.Contains(cookie, want) {
			t.Errorf("the cookie lacks %s", want)
		}
	}
}

func TestSearchIsThrottledAndHelpNever(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), func(o *forum.Options) { calm(o); o.Throttled = true })
	c := h.Client()
	for range 60 {
		c.Get("/search?q=work").Want(200)
	}
	c.Get("/search?q=work").Want(429)
	c.Get("/search").Want(200)
	for range 80 {
		c.Get("/help").Want(200)
	}
}

func TestPagesAboutSigningInAreAccessible(t *testing.T) {
	t.Parallel()
	h := testkit.NewHouse(t, testkit.Open(t, "sqlite"), func(o *forum.Options) { calm(o); o.StaffFactor = true })
	b := h.Browser().Size(360, 740)
	for _, path := range []string{"/join", "/sign-in", "/forgot", "/forgot?sent=1"} {
		b.Visit(path).Accessible()
	}
	b = h.Browser().SignIn(h.Person("Bea", forum.RoleMember)).Size(360, 740)
	for _, path := range []string{"/me", "/me/security", "/me/second-step"} {
		b.Visit(path).Accessible()
	}
	b.Dark(true).Visit("/me/security").Accessible()
	mo := h.Person("Mo", forum.RoleModerator)
	p, err := h.Community.ProposeFactor(t.Context(), mo)
	if err != nil {
		t.Fatal(err)
	}
	b = h.Browser().SignIn(mo).Size(360, 740).Visit("/queue").Arrives("/me/second-step").SeesText("Set up a second step").Accessible()
	code, err := secret.TOTP(p.Secret, h.Clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	b.Fill("Code from your app", code).Fill("Your present password", testkit.Password).Press("Turn it on").SeesText("Your recovery codes").Accessible()
	b.Visit("/me/second-step").SeesText("Your second step is on").Accessible()
	b.Visit("/queue").Arrives("/queue")
}
