package forum_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

func TestJoinTellsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		_, err := h.c.Join(h.Context(), forum.NewPerson{Name: "A", Email: "mia", Password: "short"})
		if got := fields(err); got != "name email password adult consent" {
			h.Errorf("faults in %q", got)
		}
		if n, err := h.Store.CountPeople(h.Context()); n != 0 || err != nil {
			h.Errorf("%d people, %v", n, err)
		}
	})
}

func TestJoinRecordsConsentAndSealsTheAddress(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		p, err := h.c.Join(h.Context(), forum.NewPerson{Name: " Mia ", Email: "Mia@Example.org", Password: testkit.Password, Adult: true, Consent: true})
		h.must(err)
		p, err = h.Store.Person(h.Context(), p.ID)
		h.must(err)
		if p.Name != "Mia" || p.ConsentAt == nil || !p.ConsentAt.Equal(h.Clock.Now()) {
			h.Errorf("%q, consent %v", p.Name, p.ConsentAt)
		}
		if got := h.recorded("person", p.ID); !slices.Equal(got, []string{"person.joined consent to health data"}) {
			h.Errorf("recorded %q", got)
		}
		if bytes.Contains(bytes.ToLower(p.EmailSealed), []byte("example")) || strings.Contains(p.EmailKey, "example") || strings.Contains(p.PasswordHash, testkit.Password) {
			h.Error("address or password are readable in the database")
		}
		if _, err := h.c.Address(h.Context(), p.ID); !errors.Is(err, forum.ErrNoRow) {
			h.Errorf("mail goes to an address that nobody confirmed: %v", err)
		}
		if address, err := h.c.PendingEmail(h.Context(), forum.Actor{ID: p.ID}); address != "Mia@Example.org" || err != nil {
			h.Errorf("address %q, %v", address, err)
		}
		if a, err := h.c.Actor(h.Context(), p.ID); err != nil || !a.SignedIn() || a.Staff() || !a.Unconfirmed {
			h.Errorf("actor %+v, %v", a, err)
		}
	})
}

func TestATakenNameIsRefusedHoweverItIsWritten(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.Person("Ana Maria", forum.RoleMember)
		for _, c := range []struct{ name, email, field string }{
			{"Ana Maria", "other@example.org", "name"},
			{"ANA  MARIA", "other@example.org", "name"},
			{"ａｎａ maria", "other@example.org", "name"},
			{"A\u200bna Maria", "other@example.org", "name"},
			{"Ana Maria", "ana.maria@example.org", "name"}, // even with the right password: the account is confirmed
		} {
			_, err := h.c.Join(h.Context(), forum.NewPerson{Name: c.name, Email: c.email, Password: testkit.Password, Adult: true, Consent: true})
			if fields(err) != c.field {
				h.Errorf("%q, %s: %v", c.name, c.email, err)
			}
		}
		join := forum.NewPerson{Name: "Bo", Email: "bo@example.org", Password: testkit.Password, Adult: true, Consent: true}
		bo, err := h.c.Join(h.Context(), join)
		h.must(err)
		join.Email = "BO@Example.ORG"
		if again, err := h.c.Join(h.Context(), join); err != nil || again.ID != bo.ID {
			h.Errorf("the same person presses twice: %+v, %v", again, err)
		}
		join.Password += " of somebody else"
		if _, err := h.c.Join(h.Context(), join); fields(err) != "name" {
			h.Errorf("name taken: %v", err)
		}
		if n, err := h.Store.CountPeople(h.Context()); n != 2 || err != nil {
			h.Errorf("%d people, %v", n, err)
		}
	})
}
