package forum_test

import (
	"slices"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

func TestWhoGivesWhichRole(t *testing.T) {
	t.Parallel()
	roles := []forum.Role{forum.RoleMember, forum.RoleMidwife, forum.RoleModerator, forum.RoleLead, forum.RoleAdmin, "other"}
	may := map[forum.Role]string{forum.RoleLead: "moderator lead ", forum.RoleAdmin: "moderator lead admin "}
	for _, has := range forum.Roles {
		got := ""
		for _, r := range roles {
			if forum.MayGrant(forum.Actor{ID: 1, Roles: []forum.Role{has}}, r) == "" {
				got += string(r) + " "
			}
		}
		if got != may[has] {
			t.Errorf("a %s may give %q, want %q", has, got, may[has])
		}
	}
}

func TestRolesAndTheirSecondPerson(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ctx := h.Context()
		mia, lea, ada, mo := h.Person("Mia", forum.RoleMember), h.Person("Lea", forum.RoleLead), h.Person("Ada", forum.RoleAdmin), h.Person("Mo", forum.RoleModerator)
		again := func(a forum.Actor) forum.Actor {
			a, err := h.c.Actor(ctx, a.ID)
			h.must(err)
			return a
		}
		for _, a := range []forum.Actor{{}, mia, mo, h.Person("Kay", forum.RoleMidwife)} {
			_, _, err := h.c.People(ctx, a, forum.PeopleQuery{})
			h.refused("list", err, forum.NotFound)
			_, err = h.c.GrantRole(ctx, a, forum.NewGrant{PersonID: mia.ID, Role: forum.RoleModerator})
			h.refused("grant", err, forum.NotFound)
			h.refused("take", h.c.TakeRole(ctx, a, ada.ID, forum.RoleAdmin), forum.NotFound)
			_, err = h.c.OpenAddress(ctx, a, mia.ID, "request")
			h.refused("address", err, forum.NotFound)
		}
		granted, err := h.c.GrantRole(ctx, ada, forum.NewGrant{PersonID: mia.ID, Role: forum.RoleModerator, Expires: "2026-01-20"})
		h.must(err)
		if !granted || !again(mia).Moderates() {
			t.Error("no moderator was made")
		}
		_, err = h.c.GrantRole(ctx, ada, forum.NewGrant{PersonID: ada.ID, Role: forum.RoleLead})
		h.refused("to oneself", err, forum.Invalid)
		_, err = h.c.GrantRole(ctx, lea, forum.NewGrant{PersonID: mia.ID, Role: forum.RoleAdmin})
		h.refused("a lead makes an admin", err, forum.Invalid)
		h.Clock.Move(5 * 24 * time.Hour)
		h.Clock.Move(21 * time.Hour)
		if again(mia).Moderates() {
			t.Error("still a moderator after the last day")
		}
		for range 2 {
			h.must(h.c.Tend(ctx))
		}
		if got := h.recorded("person", mia.ID); got[len(got)-1] != "role.ended moderator" || got[len(got)-2] == "role.ended moderator" {
			t.Errorf("the record says %q", got)
		}

		granted, err = h.c.GrantRole(ctx, ada, forum.NewGrant{PersonID: mia.ID, Role: forum.RoleLead})
		h.must(err)
		if granted || again(mia).Has(forum.RoleLead) {
			t.Error("one person made a lead")
		}
		_, err = h.c.GrantRole(ctx, lea, forum.NewGrant{PersonID: mia.ID, Role: forum.RoleLead})
		h.refused("twice", err, forum.LostRace)
		list, err := h.c.GrantRequests(ctx, lea)
		h.must(err)
		if len(list) != 1 || list[0].PersonName != "Mia" || list[0].ByName != "Ada" {
			t.Fatalf("there wait %+v", list)
		}
		h.refused("the same person signs", h.c.SignRole(ctx, ada, list[0].ID, true), forum.Invalid)
		h.refused("a moderator signs", h.c.SignRole(ctx, mo, list[0].ID, true), forum.NotFound)
		h.must(h.c.SignRole(ctx, lea, list[0].ID, true))
		if !again(mia).Has(forum.RoleLead) {
			t.Error("two people made no lead")
		}
		h.refused("again", h.c.SignRole(ctx, lea, list[0].ID, true), forum.LostRace)
	})
}

func TestTheLastAdminStays(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ctx := h.Context()
		lea, ada := h.Person("Lea", forum.RoleLead), h.Person("Ada", forum.RoleAdmin)
		mia := h.Person("Mia", forum.RoleMember)
		h.refused("oneself", h.c.TakeRole(ctx, ada, ada.ID, forum.RoleAdmin), forum.LostRace)
		h.refused("a lead takes an admin's", h.c.TakeRole(ctx, lea, ada.ID, forum.RoleAdmin), forum.Invalid)
		h.refused("on the server", h.c.ServerTake(ctx, "ada@example.org", forum.RoleAdmin), forum.LostRace)
		// An admin for a while doesn't count: nobody would be left one day.
		_, err := h.c.GrantRole(ctx, ada, forum.NewGrant{PersonID: mia.ID, Role: forum.RoleAdmin, Expires: "2026-03-01"})
		h.must(err)
		list, err := h.c.GrantRequests(ctx, lea)
		h.must(err)
		h.must(h.c.SignRole(ctx, lea, list[0].ID, true))
		h.refused("with one for a while", h.c.TakeRole(ctx, ada, ada.ID, forum.RoleAdmin), forum.LostRace)

		// Two admins who take each other's role at once.
		h.must(h.c.ServerGrant(ctx, "MIA@example.org", forum.RoleAdmin))
		if mia, err = h.c.Actor(ctx, mia.ID); err != nil || !mia.Has(forum.RoleAdmin) {
			t.Fatalf("not an admin: %v", err)
		}
		lost := 0
		for _, err := range together(2, func(i int) error {
			if i == 0 {
				return h.c.TakeRole(ctx, ada, mia.ID, forum.RoleAdmin)
			}
			return h.c.TakeRole(ctx, mia, ada.ID, forum.RoleAdmin)
		}) {
			if err != nil {
				lost++
				h.refused("the second", err, forum.LostRace)
			}
		}
		ids, err := h.Store.People(ctx, forum.RoleAdmin)
		h.must(err)
		if lost != 1 || len(ids) != 1 {
			t.Errorf("%d lost, %d admins are left", lost, len(ids))
		}
		if got := h.recorded("person", mia.ID); !slices.Contains(got, "role.granted admin, by the operator") {
			t.Errorf("the record says %q", got)
		}
		h.refused("nobody", h.c.ServerGrant(ctx, "nobody@example.org", forum.RoleLead), forum.Invalid)
		h.refused("a midwife", h.c.ServerGrant(ctx, "mia@example.org", forum.RoleMidwife), forum.Invalid)
	})
}

func TestTheListOfPeople(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ctx := h.Context()
		lea := h.Person("Lea", forum.RoleLead)
		for _, name := range []string{"Ann", "An_n", "100% tired", "Änne"} {
			h.Person(name, forum.RoleMember)
		}
		for words, want := range map[string]int{"": 5, "ann": 1, "AN_": 1, "%": 1, "lea": 1, "\\": 0, "nobody": 0} {
			list, more, err := h.c.People(ctx, lea, forum.PeopleQuery{Alias: words})
			h.must(err)
			if len(list) != want || more {
				t.Errorf("%q finds %d, want %d", words, len(list), want)
			}
		}
		list, _, err := h.c.People(ctx, lea, forum.PeopleQuery{Role: forum.RoleLead})
		h.must(err)
		if len(list) != 1 || list[0].ID != lea.ID {
			t.Errorf("the leads are %+v", list)
		}
		ann, err := h.c.PersonView(ctx, lea, lea.ID+1)
		h.must(err)
		_, err = h.c.OpenAddress(ctx, lea, ann.Actor.ID, "curious")
		h.refused("without a purpose", err, forum.Invalid)
		address, err := h.c.OpenAddress(ctx, lea, ann.Actor.ID, "request")
		h.must(err)
		if got := h.recorded("person", ann.Actor.ID); address == "" || got[len(got)-1] != "address.read request" {
			t.Errorf("%q; the record says %q", address, got)
		}
	})
}
