package forum_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

func tokenOf(h *house, path string) string {
	h.Helper()
	token, ok := strings.CutPrefix(path, "/link/")
	if !ok || len(token) < 40 {
		h.Fatalf("no one-time link: %q", path)
	}
	return token
}

func TestAOneTimeLinkWorksOnceAndEndsOlderSessions(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		path, err := h.c.CreateAccount(h.Context(), forum.NewAccount{Name: "Midwife Ana", Email: "ana@example.org", Role: forum.RoleMidwife})
		h.must(err)
		token := tokenOf(h, path)
		l, err := h.c.Link(h.Context(), token)
		if err != nil || l.Purpose != forum.LinkSetPassword {
			h.Fatalf("%+v, %v", l, err)
		}
		session, _, err := h.c.StartSession(h.Context(), *l.PersonID, "")
		h.must(err)
		if _, err := h.c.FollowLink(h.Context(), token, forum.NewPerson{Password: "short"}); fields(err) != "password consent" {
			h.Errorf("faults: %v", err)
		}
		errs := together(4, func(int) error {
			_, err := h.c.FollowLink(h.Context(), token, forum.NewPerson{Password: testkit.Password, Consent: true})
			return err
		})
		won := 0
		for _, err := range errs {
			if err == nil {
				won++
			} else {
				h.refused("followed again", err, forum.NotFound)
			}
		}
		if won != 1 {
			h.Errorf("%d of four at once followed the link", won)
		}
		_, err = h.c.Link(h.Context(), token)
		h.refused("looked at again", err, forum.NotFound)
		p, err := h.c.SignIn(h.Context(), "ana@example.org", testkit.Password, "")
		if err != nil || p.ConsentAt == nil {
			h.Errorf("sign in: %+v, %v", p.ConsentAt, err)
		}
		if _, ok, _ := h.c.Session(h.Context(), session); ok {
			h.Error("a session from before goes on")
		}
		if got := h.recorded("person", p.ID); !slices.Equal(got, []string{"role.granted midwife, by the operator", "person.set_password set_password"}) {
			h.Errorf("recorded %q", got)
		}
		if a, err := h.c.Actor(h.Context(), p.ID); err != nil || !a.Midwife() {
			h.Errorf("%+v, %v", a, err)
		}
	})
}

func TestAnExpiredOrInventedLinkIsNotFound(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		admin, err := h.c.FirstAdminLink(h.Context())
		h.must(err)
		h.Clock.Move(24 * time.Hour)
		path, err := h.c.CreateAccount(h.Context(), forum.NewAccount{Name: "Ana", Email: "ana@example.org", Role: forum.RoleMember})
		h.must(err)
		h.Clock.Move(7*24*time.Hour - time.Second)
		_, err = h.c.Link(h.Context(), tokenOf(h, path))
		h.must(err)
		h.Clock.Move(time.Second)
		for what, token := range map[string]string{"expired": tokenOf(h, path), "first admin, expired": tokenOf(h, admin), "invented": "abc", "empty": ""} {
			_, err := h.c.Link(h.Context(), token)
			h.refused(what, err, forum.NotFound)
			_, err = h.c.FollowLink(h.Context(), token, forum.NewPerson{Name: "Zed", Email: "z@example.org", Password: testkit.Password, Consent: true})
			h.refused(what+", followed", err, forum.NotFound)
		}
	})
}

func TestOnlyTheFirstAdministratorComesByTheFirstAdminLink(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		first, err := h.c.FirstAdminLink(h.Context())
		h.must(err)
		second, err := h.c.FirstAdminLink(h.Context()) // the server was started twice
		h.must(err)
		if _, err := h.c.FollowLink(h.Context(), tokenOf(h, first), forum.NewPerson{}); fields(err) != "name email password consent" {
			h.Errorf("faults: %v", err)
		}
		n := forum.NewPerson{Name: "Ada", Email: "ada@example.org", Password: testkit.Password, Consent: true}
		p, err := h.c.FollowLink(h.Context(), tokenOf(h, first), n)
		h.must(err)
		if a, err := h.c.Actor(h.Context(), p.ID); err != nil || !a.Has(forum.RoleAdmin) || a.Moderates() {
			h.Errorf("%+v, %v", a, err)
		}
		n.Name, n.Email = "Eve", "eve@example.org"
		for what, path := range map[string]string{"again": first, "the link of the other start": second} {
			_, err = h.c.FollowLink(h.Context(), tokenOf(h, path), n)
			h.refused(what, err, forum.NotFound)
		}
		if path, err := h.c.FirstAdminLink(h.Context()); path != "" || err != nil {
			h.Errorf("another link: %q, %v", path, err)
		}
		if n, _ := h.Store.CountPeople(h.Context()); n != 1 {
			h.Errorf("%d people", n)
		}
	})
}

func TestAccountsNeedAKnownRoleAndAFreeName(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.Person("ana", forum.RoleMember)
		for want, n := range map[string]forum.NewAccount{
			"role":       {Name: "Bo", Email: "bo@example.org", Role: "owner"},
			"name email": {Name: "B", Email: "bo", Role: forum.RoleLead},
			"email":      {Name: "Ana", Email: "bo@example.org", Role: forum.RoleLead},
		} {
			if _, err := h.c.CreateAccount(h.Context(), n); fields(err) != want {
				h.Errorf("%+v: %v", n, err)
			}
		}
	})
}
