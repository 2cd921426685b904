package forum_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/secret"
	"snowdrop/internal/testkit"
)

func TestAWrongAddressAndAWrongPasswordGetTheSameAnswer(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		_, err := h.c.CreateAccount(h.Context(), forum.NewAccount{Name: "New", Email: "new@example.org", Role: forum.RoleMember})
		h.must(err)
		if p, err := h.c.SignIn(h.Context(), " ANA@example.ORG ", testkit.Password, ""); err != nil || p.ID != ana.ID {
			h.Errorf("the right ones: %d, %v", p.ID, err)
		}
		_, first := h.c.SignIn(h.Context(), "ana@example.org", "another password", "")
		h.refused("wrong password", first, forum.Invalid)
		for what, c := range map[string][2]string{
			"unknown address":           {"bo@example.org", testkit.Password},
			"no password set yet":       {"new@example.org", ""},
			"nothing":                   {"", ""},
			"a very long password":      {"ana@example.org", strings.Repeat(testkit.Password, 1000)},
			"bytes that are no letters": {"\xff\x00", "\xff\x00"},
		} {
			if p, err := h.c.SignIn(h.Context(), c[0], c[1], ""); err != first || p.ID != 0 {
				h.Errorf("%s: %d, %v", what, p.ID, err)
			}
		}
	})
}

func TestSessionsEndWhenUnusedAndForGood(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		const day = 24 * time.Hour
		for _, c := range []struct {
			who            string
			id             int64
			idle, absolute time.Duration
		}{
			{"member", h.Person("member", forum.RoleMember).ID, 7 * day, 30 * day},
			{"midwife", h.Person("midwife", forum.RoleMidwife).ID, 2 * time.Hour, 12 * time.Hour},
			{"moderator", h.Person("moderator", forum.RoleModerator).ID, 2 * time.Hour, 12 * time.Hour},
			{"lead", h.Person("lead", forum.RoleLead).ID, 2 * time.Hour, 12 * time.Hour},
			{"admin", h.Person("admin", forum.RoleAdmin).ID, 2 * time.Hour, 12 * time.Hour},
			{"stranger", 0, day, day},
		} {
			alive := func(token string) bool {
				_, ok, err := h.c.Session(h.Context(), token)
				h.must(err)
				return ok
			}
			unused, _, err := h.c.StartSession(h.Context(), c.id, "")
			h.must(err)
			nearly, _, err := h.c.StartSession(h.Context(), c.id, "")
			h.must(err)
			h.Clock.Move(c.idle - time.Second)
			if !alive(nearly) {
				h.Errorf("%s: ended a second early", c.who)
			}
			h.Clock.Move(time.Second)
			if alive(unused) {
				h.Errorf("%s: unused for %v and not ended", c.who, c.idle)
			}
			if c.idle < c.absolute && !alive(nearly) {
				h.Errorf("%s: ended although it was used", c.who)
			}

			used, s, err := h.c.StartSession(h.Context(), c.id, "")
			h.must(err)
			if s.Key == used || (s.PersonID == nil) != (c.id == 0) {
				h.Errorf("%s: %+v", c.who, s)
			}
			step := c.idle / 2
			for spent := step; spent < c.absolute; spent += step {
				h.Clock.Move(step)
				if !alive(used) {
					h.Fatalf("%s: in use, and ended after %v", c.who, spent)
				}
			}
			h.Clock.Move(c.absolute - (c.absolute-1)/step*step)
			if alive(used) {
				h.Errorf("%s: not ended after %v", c.who, c.absolute)
			}
		}
	})
}

func TestARevokedSessionNeverReturns(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		before, _, err := h.c.StartSession(h.Context(), 0, "kept")
		h.must(err)
		after, _, err := h.c.StartSession(h.Context(), ana.ID, "kept")
		h.must(err)
		s, ok, err := h.c.Session(h.Context(), after)
		if before == after || !ok || err != nil || *s.PersonID != ana.ID || s.Data != "kept" {
			h.Fatalf("%+v, %v, %v", s, ok, err)
		}
		h.must(h.c.EndSession(h.Context(), before))
		if _, ok, _ := h.c.Session(h.Context(), before); ok {
			h.Error("the token from before signing in still works")
		}
		h.must(h.c.EndSession(h.Context(), after))
		s.Data = "a request that was under way"
		h.must(h.c.SaveSession(h.Context(), s))
		h.Clock.Move(2 * time.Minute)
		if _, ok, err := h.c.Session(h.Context(), after); ok || err != nil {
			h.Errorf("back again: %v, %v", ok, err)
		}
		if _, ok, err := h.c.Session(h.Context(), "never was"); ok || err != nil {
			h.Errorf("an invented token: %v, %v", ok, err)
		}
		if _, err := h.Store.Session(h.Context(), secret.TokenKey(after)); err == nil {
			h.Error("the row came back")
		}
	})
}

// meanwhile is a store on which another request does something between a session's
// being read and being written.
type meanwhile struct {
	forum.Store
	do func()
}

func (m meanwhile) Session(ctx context.Context, key string) (forum.Session, error) {
	s, err := m.Store.Session(ctx, key)
	m.do()
	return s, err
}

func TestNotingThatASessionWasUsedLosesNothing(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		token, s, err := h.c.StartSession(h.Context(), h.Person("ana", forum.RoleMember).ID, "before")
		h.must(err)
		h.Clock.Move(2 * time.Minute)
		other := h.c.With(meanwhile{h.Store, func() {
			s.Data = "a sentence just written"
			h.must(h.c.SaveSession(h.Context(), s))
		}}, h.c.Options)
		if _, ok, err := other.Session(h.Context(), token); !ok || err != nil {
			h.Fatalf("%v, %v", ok, err)
		}
		if s, err = h.Store.Session(h.Context(), secret.TokenKey(token)); err != nil || s.Data != "a sentence just written" || !s.SeenAt.Equal(h.Clock.Now()) {
			h.Errorf("kept %q, seen %v, %v", s.Data, s.SeenAt, err)
		}
		gone := h.c.With(meanwhile{h.Store, func() { h.must(h.c.EndSession(h.Context(), token)) }}, h.c.Options)
		h.Clock.Move(2 * time.Minute)
		if _, ok, err := gone.Session(h.Context(), token); ok || err != nil {
			h.Errorf("revoked meanwhile: %v, %v", ok, err)
		}
	})
}

func TestSomebodyWhoIsGoneIsAStranger(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		if a, err := h.c.Actor(h.Context(), 4711); err != nil || a.SignedIn() {
			h.Errorf("%+v, %v", a, err)
		}
	})
}
