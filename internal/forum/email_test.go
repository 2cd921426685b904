package forum_test

import (
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

var linkIn = regexp.MustCompile(`/link/(\S+)`)

// letters writes what was asked for and returns every mail that waits, opened.
func (h *house) letters() []forum.Envelope {
	h.Helper()
	h.must(h.c.WriteLetters(h.Context()))
	var all []forum.Envelope
	for _, m := range h.mails() {
		e, err := h.c.Envelope(h.Context(), m)
		if errors.Is(err, forum.ErrNoRow) {
			continue
		}
		h.must(err)
		if strings.Contains(m.Text, "/link/") {
			h.Errorf("mail %d holds a link in the clear", m.ID)
		}
		all = append(all, e)
	}
	return all
}

// letter is the latest letter to an address.
func (h *house) letter(to string) forum.Envelope {
	h.Helper()
	all := h.letters()
	slices.Reverse(all)
	for _, e := range all {
		if e.To == to {
			return e
		}
	}
	h.Fatalf("no letter to %s in %+v", to, all)
	return forum.Envelope{}
}

func (h *house) tokenTo(to string) string {
	h.Helper()
	m := linkIn.FindStringSubmatch(h.letter(to).Text)
	if m == nil {
		h.Fatalf("no link in the letter to %s", to)
	}
	return m[1]
}

func (h *house) join(name, email, password string) forum.Person {
	h.Helper()
	p, err := h.c.Join(h.Context(), forum.NewPerson{Name: name, Email: email, Password: password, Adult: true, Consent: true})
	h.must(err)
	return p
}

func (h *house) actor(id int64) forum.Actor {
	h.Helper()
	a, err := h.c.Actor(h.Context(), id)
	h.must(err)
	return a
}

func TestAnAddressCountsOnceItIsConfirmed(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		p := h.join("Mia", "mia@example.org", "plum gravel teapot")
		a := h.actor(p.ID)
		if !a.Unconfirmed {
			h.Error("confirmed by joining")
		}
		post, err := h.c.PostThread(h.Context(), a, forum.NewThread{Topic: "early-loss", Kind: forum.Story, Wants: forum.WantsListen, Title: "First", Body: "My first words here."})
		if err != nil || post.State != forum.StateHeld {
			h.Errorf("an unconfirmed member's post is %s, %v; want it held", post.State, err)
		}
		token := h.tokenTo("mia@example.org")
		h.refused("somebody else without the password", h.c.ConfirmEmail(h.Context(), forum.Actor{}, token, "wrong"), forum.Invalid)
		if l, err := h.c.Link(h.Context(), token); err != nil || l.Purpose != forum.LinkConfirm {
			h.Errorf("looking at the link: %+v, %v", l, err)
		}
		h.must(h.c.ConfirmEmail(h.Context(), a, token, ""))
		h.refused("the link again", h.c.ConfirmEmail(h.Context(), a, token, ""), forum.NotFound)
		if h.actor(p.ID).Unconfirmed {
			h.Error("not confirmed by its link")
		}
		if address, err := h.c.Address(h.Context(), p.ID); address != "mia@example.org" || err != nil {
			h.Errorf("address %q, %v", address, err)
		}
		if post, err := h.c.PostThread(h.Context(), h.actor(p.ID), forum.NewThread{Topic: "early-loss", Kind: forum.Story, Wants: forum.WantsListen, Title: "Second", Body: "More of my words here."}); err != nil || post.State != forum.StatePublic {
			h.Errorf("a confirmed member's post is %s, %v", post.State, err)
		}
		if in, err := h.c.SignIn(h.Context(), "MIA@example.org", "plum gravel teapot", ""); err != nil || in.ID != p.ID {
			h.Errorf("signing in: %d, %v", in.ID, err)
		}
	})
}

func TestLinksInLettersEndAfterAnHour(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		p := h.join("Mia", "mia@example.org", "plum gravel teapot")
		first := h.tokenTo("mia@example.org")
		h.Clock.Move(time.Minute)
		h.must(h.c.AskConfirm(h.Context(), h.actor(p.ID)))
		second := h.tokenTo("mia@example.org")
		h.refused("a link that a later one replaced", h.c.ConfirmEmail(h.Context(), h.actor(p.ID), first, ""), forum.NotFound)
		h.Clock.Move(time.Hour)
		h.refused("an hour later", h.c.ConfirmEmail(h.Context(), h.actor(p.ID), second, ""), forum.NotFound)
	})
}

// TestNobodyLearnsWhetherAnAddressIsKnown joins with an address that somebody has,
// and does everything that an account allows.
func TestNobodyLearnsWhetherAnAddressIsKnown(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		owner := h.Person("owner", forum.RoleMember)
		shadow := h.join("Shadow", "OWNER@example.org", "plum gravel teapot")
		fresh := h.join("Fresh", "fresh@example.org", "plum gravel teapot")
		if shadow.ID == owner.ID {
			h.Fatal("joining let somebody into another's account")
		}
		for _, c := range []struct {
			email string
			want  int64
		}{{"owner@example.org", shadow.ID}, {"fresh@example.org", fresh.ID}} {
			if in, err := h.c.SignIn(h.Context(), c.email, "plum gravel teapot", ""); err != nil || in.ID != c.want {
				h.Errorf("%s: signed in as %d, %v", c.email, in.ID, err)
			}
		}
		if in, err := h.c.SignIn(h.Context(), "owner@example.org", testkit.Password, ""); err != nil || in.ID != owner.ID {
			h.Errorf("the owner signs in as %d, %v", in.ID, err)
		}
		if e := h.letter("owner@example.org"); !strings.Contains(e.Text, "It has one already") || strings.Contains(e.Text, "/link/") {
			h.Errorf("the owner was told %q", e.Text)
		}
		if e := h.letter("fresh@example.org"); !strings.Contains(e.Text, "/link/") {
			h.Errorf("the newcomer was told %q", e.Text)
		}
		before := len(h.letters())
		h.must(h.c.Forgot(h.Context(), "nobody@example.org", "here"))
		if after := len(h.letters()); after != before {
			h.Errorf("%d letters about an address that nobody has", after-before)
		}
	})
}

func TestALetterBoxIsNotFlooded(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.Person("ana", forum.RoleMember)
		for range 12 {
			h.must(h.c.Forgot(h.Context(), "ana@example.org", "here"))
		}
		if n := len(h.letters()); n != 4 {
			h.Errorf("%d letters, want 4", n)
		}
	}, func(o *forum.Options) { o.Throttled = true })
}

func TestLettersAreWrittenOnceByManyInstances(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		for _, name := range []string{"ana", "bo", "cy", "dee", "eve"} {
			h.Person(name, forum.RoleMember)
			h.must(h.c.Forgot(h.Context(), name+"@example.org", "here"))
		}
		for _, err := range together(4, func(int) error { return h.c.WriteLetters(h.Context()) }) {
			h.must(err)
		}
		if n := len(h.letters()); n != 5 {
			h.Errorf("%d letters, want 5", n)
		}
	})
}

func TestAForgottenPassword(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		old, _, err := h.c.StartSession(h.Context(), ana.ID, "")
		h.must(err)
		h.must(h.c.Forgot(h.Context(), "Ana@example.org", "here"))
		token := h.tokenTo("Ana@example.org")
		_, err = h.c.FollowLink(h.Context(), token, forum.NewPerson{Password: "password123"})
		if fields(err) != "password" {
			h.Errorf("a common password: %v", err)
		}
		p, err := h.c.FollowLink(h.Context(), token, forum.NewPerson{Password: "plum gravel teapot"})
		if err != nil || p.ID != ana.ID {
			h.Fatalf("%d, %v", p.ID, err)
		}
		_, err = h.c.FollowLink(h.Context(), token, forum.NewPerson{Password: "plum gravel teapot"})
		h.refused("the link again", err, forum.NotFound)
		if _, ok, _ := h.c.Session(h.Context(), old); ok {
			h.Error("a session from before still works")
		}
		if _, err := h.c.SignIn(h.Context(), "ana@example.org", "plum gravel teapot", ""); err != nil {
			h.Errorf("the new password: %v", err)
		}
		if e := h.letter("ana@example.org"); !strings.Contains(e.Text, "password of your account on our site was changed") {
			h.Errorf("told %q", e.Text)
		}
	})
}

func TestAChangeOfAddress(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		h.Person("bo", forum.RoleMember)
		h.refused("with a wrong password", h.c.ChangeEmail(h.Context(), ana, "new@example.org", "wrong"), forum.Invalid)
		h.must(h.c.ChangeEmail(h.Context(), ana, "new@example.org", testkit.Password))
		if e := h.letter("ana@example.org"); !strings.Contains(e.Text, "use another e-mail address") {
			h.Errorf("the old address was told %q", e.Text)
		}
		if address, _ := h.c.Address(h.Context(), ana.ID); address != "ana@example.org" {
			h.Errorf("changed before it was confirmed: %s", address)
		}
		h.must(h.c.ConfirmEmail(h.Context(), ana, h.tokenTo("new@example.org"), ""))
		if address, _ := h.c.Address(h.Context(), ana.ID); address != "new@example.org" {
			h.Errorf("confirmed, and still %s", address)
		}
		if e := h.letter("ana@example.org"); !strings.Contains(e.Text, "now has another e-mail address") {
			h.Errorf("the old address was told %q", e.Text)
		}
		// To somebody else's address: nothing happens but a letter to them.
		h.must(h.c.ChangeEmail(h.Context(), ana, "bo@example.org", testkit.Password))
		if e := h.letter("bo@example.org"); !strings.Contains(e.Text, "It has one already") {
			h.Errorf("the owner was told %q", e.Text)
		}
	})
}

func TestTwoWhoClaimAnAddressGetItOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		one, two := h.join("One", "same@example.org", "plum gravel teapot"), h.join("Two", "same@example.org", "lamp orchard pebble")
		h.must(h.c.WriteLetters(h.Context()))
		var tokens []string
		for _, e := range h.letters() {
			tokens = append(tokens, linkIn.FindStringSubmatch(e.Text)[1])
		}
		slices.Reverse(tokens)
		h.must(h.c.ConfirmEmail(h.Context(), h.actor(two.ID), tokens[0], ""))
		h.refused("the second", h.c.ConfirmEmail(h.Context(), h.actor(one.ID), tokens[1], ""), forum.NotFound)
		if h.actor(two.ID).Unconfirmed || !h.actor(one.ID).Unconfirmed {
			h.Error("the wrong one is confirmed")
		}
	})
}

func TestANewDeviceIsAskedAbout(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		for i, c := range []struct {
			device  string
			letters int
		}{{"Firefox on Android", 0}, {"Firefox on Android", 0}, {"Chrome on Windows", 1}, {"Chrome on Windows", 1}, {"", 2}} {
			h.Clock.Move(time.Second)
			h.must(h.c.Arrived(h.Context(), ana.ID, c.device))
			if n := len(h.letters()); n != c.letters {
				h.Errorf("sign-in %d: %d letters, want %d", i, n, c.letters)
			}
		}
	})
}
