package site_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/store"
	"snowdrop/internal/testkit"
)

// named gives the site a name: no browser makes passkeys at an address by number.
func named(o *forum.Options) { o.BaseURL = strings.Replace(o.BaseURL, "127.0.0.1", "localhost", 1) }

// passkeyHouse is a site with a name, where staff need a second step.
func passkeyHouse(t *testing.T, s *store.Store) *testkit.House {
	t.Helper()
	h := testkit.NewHouse(t, s, func(o *forum.Options) {
		calm(o)
		named(o)
		o.Assess, o.StaffFactor = harmless, true
	})
	h.Clock.Move(time.Since(h.Clock.Now()))
	return h
}

// asks is what a page asks of the browser's passkeys.
func asks(p *testkit.Page) string {
	for _, f := range p.Find("form") {
		if options, has := testkit.Attribute(f, "data-passkey"); has {
			return options
		}
	}
	return ""
}

func TestSigningInWithAPasskey(t *testing.T) {
	t.Parallel()
	testkit.Each(t, func(t *testing.T, s *store.Store) {
		h := passkeyHouse(t, s)
		h.Person("mod", forum.RoleModerator)
		in := url.Values{"email": {"mod@example.org"}, "password": {testkit.Password}}
		device := testkit.NewDevice(t, h.URL)
		c := h.Client()
		c.Post("/sign-in", in).Want(200)
		p := c.Get("/queue").Want(200).Says("Set up a second step", "With a passkey", "With an app that makes codes")
		p.Submit("/me/second-step/passkeys", "name", "blue phone", "password", "wrong", "passkey", device.Make(asks(p))).Want(422).Says("not your present password")
		p = c.Get("/me/second-step?next=/queue").Want(200)
		p = p.Submit("/me/second-step/passkeys", "name", "blue phone", "password", testkit.Password, "passkey", device.Make(asks(p))).Want(200).Says("Your recovery codes")
		if len(p.Find("code")) != 10 || !strings.HasPrefix(p.Header.Get("Set-Cookie"), "snowdrop=") {
			t.Errorf("%d recovery codes, and the token stays", len(p.Find("code")))
		}
		codes := p.Find("code")
		c.Get("/queue").Want(200).Says("Queue")
		c.Get("/me/second-step").Want(200).Says("Your second step is on", "blue phone", "Your work here needs one second step")

		// The password alone is half the way; the same answer is good once.
		c = h.Client()
		p = c.Post("/sign-in", in).Want(200).Says("One more step", "Recovery code")
		form := url.Values{"passkey": {device.Sign(asks(p))}}
		if got := c.Post("/sign-in/code", form).Want(200).URL.Path; got != "/" {
			t.Errorf("signed in, and led to %s", got)
		}
		if got := c.Get("/queue").Want(200).URL.Path; got != "/queue" {
			t.Errorf("the queue leads to %s", got)
		}
		other := h.Client()
		other.Post("/sign-in", in).Want(200)
		other.Post("/sign-in/code", form).Want(422).Says("That passkey didn’t work")
		p = other.Get("/sign-in/code").Want(200)
		device.Origin = "https://evil.example"
		other.Post("/sign-in/code", url.Values{"passkey": {device.Sign(asks(p))}}).Want(422)
		device.Origin = h.URL
		if got := other.Once("GET", "/me", nil).Header.Get("Location"); !strings.HasPrefix(got, "/sign-in") {
			t.Errorf("half signed in, and /me leads to %q", got)
		}
		other.Post("/sign-in/code", url.Values{"code": {testkit.Text(codes[0])}}).Want(200)

		// What is changed, and what is sealed, asks once more after a quarter of an hour.
		h.Clock.Move(16 * time.Minute)
		p = c.Get("/me/second-step").Want(200).Says("Your second step, please").Silent("blue phone")
		p = c.Post("/me/second-step/prove", url.Values{"passkey": {device.Sign(asks(p))}}).Want(200).Says("blue phone", "Last used")
		remove := "/me/second-step/passkeys/1/remove"
		p.None("form", "action", remove)
		p = c.Post(remove, nil).Want(422).Says("Your work here needs the second step")
		spare := testkit.NewDevice(t, h.URL)
		p = p.Submit("/me/second-step/passkeys", "name", "a key in the drawer", "passkey", spare.Make(asks(p))).Want(200).Says("The passkey is added", "a key in the drawer")
		p.Submit(remove).Want(200).Says("The passkey is taken away", "a key in the drawer")
		c.Get("/me/second-step").Want(200).Silent("blue phone")
		c.Post(remove, nil).Want(404)
		c.Get("/me/second-step").Submit("/me/second-step/codes").Want(200).Says("Your recovery codes")
		h.Clock.Move(16 * time.Minute)
		if p := c.Once("POST", "/me/second-step/passkeys/2/remove", nil); p.Status != 303 || !strings.HasPrefix(p.Header.Get("Location"), "/me/second-step?next=") {
			t.Errorf("taking one away without the second step: %d %s", p.Status, p.Header.Get("Location"))
		}

		// A member may do without one again.
		h.Person("ana", forum.RoleMember)
		c = h.Client()
		c.Post("/sign-in", url.Values{"email": {"ana@example.org"}, "password": {testkit.Password}}).Want(200)
		p = c.Get("/me/second-step").Want(200)
		p.Submit("/me/second-step/passkeys", "name", "laptop", "password", testkit.Password, "passkey", testkit.NewDevice(t, h.URL).Make(asks(p))).Want(200)
		c.Get("/me/second-step").Submit("/me/second-step/passkeys/3/remove").Want(200).Says("Your password alone signs you in")
	})
}

// Who has an app adds a passkey after a code that was given just now.
func TestAddingAPasskeyToAnApp(t *testing.T) {
	t.Parallel()
	h := passkeyHouse(t, testkit.Open(t, "sqlite"))
	h.Person("mod", forum.RoleModerator)
	c := h.Client()
	c.Post("/sign-in", url.Values{"email": {"mod@example.org"}, "password": {testkit.Password}}).Want(200)
	text := typedKey.FindStringSubmatch(c.Get("/me/second-step").Want(200).Body)[1]
	code := func() string {
		h.Clock.Move(time.Minute)
		made, err := secret.TOTP(text, h.Clock.Now())
		if err != nil {
			t.Fatal(err)
		}
		return made
	}
	c.Post("/me/second-step", url.Values{"code": {code()}, "present": {testkit.Password}}).Want(200).Says("Your recovery codes")
	h.Clock.Move(16 * time.Minute)
	p := c.Get("/me/second-step").Want(200).Says("Your second step is on", "Give your code once more")
	if asks(p) != "" {
		t.Error("a passkey is offered without a code that was given just now")
	}
	next := testkit.Links(p.Root, "/me/second-step?")[0]
	p = c.Get(next).Want(200).Says("Your second step, please").Submit("/me/second-step/prove", "code", code()).Want(200)
	p.Submit("/me/second-step/passkeys", "name", "blue phone", "passkey", testkit.NewDevice(t, h.URL).Make(asks(p))).Want(200).Says("blue phone", "a passkey or a code from your app")
	c.Get("/me/second-step").Submit("/me/second-step/off").Want(200).Says("The app is off", "Signing in asks for a passkey")
}

// The whole way in a real browser, with a device for passkeys.
func TestJourneyOfAPasskey(t *testing.T) {
	t.Parallel()
	testkit.EachLong(t, func(t *testing.T, s *store.Store) {
		h := passkeyHouse(t, s)
		h.Person("Lea", forum.RoleLead)
		post := h.Thread(h.Person("Bea", forum.RoleMember), nil)
		if _, err := h.Community.Report(t.Context(), h.Person("Cal", forum.RoleMember), forum.NewReport{PostID: post.ID, Door: forum.DoorWorried}); err != nil {
			t.Fatal(err)
		}
		k, err := s.CaseOfPost(t.Context(), post.ID)
		if err != nil {
			t.Fatal(err)
		}
		signIn := func(b *testkit.Browser, name, path string) {
			b.Visit("/sign-in?next="+url.QueryEscape(path)).Fill("E-mail address", name+"@example.org").Fill("Password", testkit.Password)
			b.In("main").Press("Sign in")
		}
		b := h.Browser().Passkeys().Size(360, 740)
		signIn(b, "Lea", "/queue")
		b.Arrives("/me/second-step").SeesText("Set up a second step", "With a passkey").Accessible().Dark(true).Accessible().Dark(false)
		b.Fill("What do you call it?", "blue phone").Fill("Your password", testkit.Password).Press("Enter")
		b.SeesText("Your recovery codes").Accessible().Press("I’ve kept them").Arrives("/queue")

		b.Press("Sign out")
		signIn(b, "Lea", "/queue")
		b.Arrives("/sign-in/code").SeesText("One more step").Accessible()
		b.Fill("Recovery code", "wrong")
		b.In("main").Press("Sign in")
		b.Answered(422).SeesText("That didn’t work").Accessible().Links()
		b.Press("Use your passkey").Arrives("/queue").Finds("[data-case]")

		h.Clock.Move(16 * time.Minute)
		sealed := fmt.Sprintf("/queue/%d/sealed", k.ID)
		b.Visit(sealed).Choose(forum.SealPurposes[0])
		b.Press("Show the address").Arrives("/me/second-step").SeesText("Your second step, please").Accessible().Press("Use your passkey").Arrives(sealed)
		b.Choose(forum.SealPurposes[0]).Press("Show the address").SeesText("Bea@example.org")

		b.Visit("/me/second-step").SeesText("Your second step is on", "blue phone", "Added").Accessible().Dark(true).Accessible().Dark(false)
		b.Press("Add a passkey").Accessible().Fill("What do you call it?", "again")
		b.Press("Make a passkey")
		b.SeesText("This device has a passkey for your account already")

		// Another person on the same device, who needs none of it.
		h.Person("Ana", forum.RoleMember)
		b.Press("Sign out")
		signIn(b, "Ana", "/me/second-step")
		b.Arrives("/me/second-step").Fill("What do you call it?", "tablet").Fill("Your password", testkit.Password).Press("Make a passkey")
		b.SeesText("Your recovery codes").Press("Sign out")
		signIn(b, "Ana", "/me")
		b.Arrives("/sign-in/code").Press("Use your passkey").Arrives("/me")
		b.Visit("/me/second-step").SeesText("tablet").Press("Take it away").Arrives("/me/security").SeesText("Your password alone signs you in")

		// Without a script the page says so and takes a code.
		still := h.Browser().Script(false)
		signIn(still, "Lea", "/queue")
		still.Arrives("/sign-in/code").SeesText("A passkey needs JavaScript", "Recovery code").Accessible()
	})
}
