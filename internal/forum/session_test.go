package forum_test

import (
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/internal/testkit"
)

func TestASessionFollowsItsOwnersRoles(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		token, s, err := h.c.BeginSession(h.Context(), forum.NewSession{PersonID: ana.ID, Data: "kept", Proven: true})
		h.must(err)
		if s.Changed(ana) {
			h.Error("changed from the beginning")
		}
		h.Clock.Move(time.Hour)
		h.must(h.Store.AddGrant(h.Context(), forum.Grant{PersonID: ana.ID, Role: forum.RoleModerator, CreatedAt: h.Clock.Now()}))
		ana = h.actor(ana.ID)
		if !s.Changed(ana) {
			h.Fatal("promoted, and the session has not noticed")
		}
		next, renewed, ok, err := h.c.RenewSession(h.Context(), s, ana, false)
		if err != nil || !ok || next == token || renewed.ProvenAt != nil || renewed.Changed(ana) {
			h.Fatalf("%+v, %v, %v", renewed, ok, err)
		}
		if renewed.Idle != 2*time.Hour || !renewed.ExpiresAt.Equal(h.Clock.Now().Add(12*time.Hour)) {
			h.Errorf("a moderator's session lasts %v, until %v", renewed.Idle, renewed.ExpiresAt)
		}
		if _, ok, _ := h.c.Session(h.Context(), token); ok {
			h.Error("the old token still works")
		}
		if found, ok, err := h.c.Session(h.Context(), next); !ok || err != nil || found.Data != "kept" {
			h.Errorf("the new token: %+v, %v, %v", found, ok, err)
		}
		if _, _, ok, err := h.c.RenewSession(h.Context(), s, ana, false); ok || err != nil {
			h.Errorf("a session that is gone was renewed: %v, %v", ok, err)
		}
	})
}

func TestASharedDeviceIsSignedOutSoon(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		for _, role := range []forum.Role{forum.RoleMember, forum.RoleModerator} {
			_, s, err := h.c.BeginSession(h.Context(), forum.NewSession{PersonID: h.Person("a-"+string(role), role).ID, Shared: true})
			h.must(err)
			if s.Idle != 30*time.Minute || !s.ExpiresAt.Equal(h.Clock.Now().Add(2*time.Hour)) {
				h.Errorf("%s: %v, until %v", role, s.Idle, s.ExpiresAt)
			}
		}
	})
}

func TestSessionsAreListedAndRevoked(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		var sessions []forum.Session
		for _, device := range []string{"Firefox on Android", "Chrome on Windows", "Safari on a Mac"} {
			h.Clock.Move(time.Minute)
			_, s, err := h.c.BeginSession(h.Context(), forum.NewSession{PersonID: ana.ID, Device: device})
			h.must(err)
			sessions = append(sessions, s)
		}
		list, err := h.c.Sessions(h.Context(), ana)
		if err != nil || len(list) != 3 || list[0].Device != "Safari on a Mac" {
			h.Fatalf("%+v, %v", list, err)
		}
		h.must(h.c.EndOwnSession(h.Context(), bo, sessions[0].Handle())) // not theirs: nothing happens
		if list, _ = h.c.Sessions(h.Context(), ana); len(list) != 3 {
			h.Error("somebody else revoked a session")
		}
		h.must(h.c.EndOwnSession(h.Context(), ana, sessions[0].Handle()))
		if list, _ = h.c.Sessions(h.Context(), ana); len(list) != 2 {
			h.Error("not revoked")
		}
		h.must(h.c.ChangePassword(h.Context(), ana, sessions[2], testkit.Password, "plum gravel teapot"))
		if list, _ = h.c.Sessions(h.Context(), ana); len(list) != 1 || list[0].Key != sessions[2].Key {
			h.Errorf("after a new password there are %d", len(list))
		}
		h.refused("the old password", h.c.ChangePassword(h.Context(), ana, sessions[2], testkit.Password, "lamp orchard pebble"), forum.Invalid)
	})
}

func TestPausesGrowAndFade(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		flood := func() time.Duration {
			for range 12 {
				_, err := h.c.SignIn(h.Context(), "ana@example.org", "wrong", "")
				if forum.KindOf(err) == forum.TooMany {
					return forum.Faults(err)[0].Retry
				}
			}
			h.Fatal("never paused")
			return 0
		}
		window := 15 * time.Minute
		for i, want := range []time.Duration{window, 2 * window, 4 * window, 5 * window, 5 * window} {
			got := flood()
			if got != want {
				h.Errorf("pause %d lasts %v, want %v", i+1, got, want)
			}
			h.Clock.Move(got)
		}
		h.Clock.Move(7 * time.Hour)
		if got := flood(); got != window {
			h.Errorf("hours later a pause lasts %v, want %v", got, window)
		}
	}, func(o *forum.Options) { o.Throttled = true })
}
