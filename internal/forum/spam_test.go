package forum_test

import (
	"slices"
	"testing"

	"snowdrop/internal/forum"
)

func spamReasons(o *forum.Options) {
	o.Reasons = append(slices.Clone(o.Reasons), forum.Reason{Code: "C4", Author: "We took your post down because it advertises.", Reporter: "We took it down.", Strike: forum.StrikeAlways})
	o.MostSpam = 3
}

// Several adverts are decided on together, each as it was seen, each on record.
func TestAdvertsAreTakenDownTogether(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		sam, kim := h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		advert := func() forum.Post {
			p := h.post(ana, "Plain")
			h.report(bo, p.ID, forum.DoorRules, "spam")
			return p
		}
		plain, edited, more, taken, other := advert(), advert(), advert(), advert(), h.post(ana, "Another")
		h.report(bo, other.ID, forum.DoorRules, "unkind")
		seen := func(p forum.Post) forum.SpamCase {
			k := must(h.Store.Case(h.Context(), h.caseOf(p.ID).ID))
			return forum.SpamCase{ID: k.ID, Version: k.Version, Revision: k.Revision}
		}
		if list := must(h.c.SpamCases(h.Context(), sam)); len(list) != 3 {
			h.Errorf("%d are listed, and the most is 3", len(list))
		}
		if list := must(h.c.SpamCases(h.Context(), h.actor(kim.ID))); slices.ContainsFunc(list, func(k forum.CaseRow) bool { return k.PostID == other.ID }) {
			h.Error("one that is no advert is listed")
		}
		_, err := h.c.RemoveSpam(h.Context(), sam, nil, "key")
		h.refused("none", err, forum.Invalid)
		_, err = h.c.RemoveSpam(h.Context(), sam, []forum.SpamCase{seen(plain), seen(edited), seen(more), seen(taken)}, "key")
		h.refused("more than the most", err, forum.Invalid)
		_, err = h.c.RemoveSpam(h.Context(), ana, []forum.SpamCase{seen(plain)}, "key")
		h.refused("a member", err, forum.NotFound)

		press := []forum.SpamCase{seen(plain), seen(edited), seen(more)}
		_, err = h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: edited.ID, Title: "Other words", Body: "Other words"})
		h.must(err)
		h.report(h.Person("cy", forum.RoleMember), more.ID, forum.DoorRules, "unkind")
		for range 2 { // the same form again does nothing again
			results := must(h.c.RemoveSpam(h.Context(), sam, press, "key"))
			if results[0].Err != nil || results[0].Verdict != forum.VerdictDecided {
				h.Errorf("an advert: %+v", results[0])
			}
			h.refused("changed by its writer", results[1].Err, forum.LostRace)
			h.refused("reported again", results[2].Err, forum.LostRace)
		}
		d := must(h.Store.Decisions(h.Context(), press[0].ID))
		if len(d) != 1 || d[0].Reason != "C4" || d[0].Action != forum.ActionRemove || d[0].ByID != sam.ID || h.row(plain.ID).State != forum.StateRemoved {
			h.Errorf("decided %+v", d)
		}
		if n := h.notices(ana, forum.NoticeDecision); len(n) != 1 || n[0].Words != "Plain" {
			h.Errorf("the writer was told %+v", n)
		}
		if !slices.ContainsFunc(h.recorded("case", press[0].ID), func(s string) bool { return len(s) > 12 && s[:12] == "case.decided" }) {
			h.Errorf("recorded %q", h.recorded("case", press[0].ID))
		}
		for _, p := range []forum.Post{edited, more} {
			if k := h.caseOf(p.ID); h.row(p.ID).State != forum.StatePublic || k.State != forum.CaseOpen {
				h.Errorf("one that changed is %s, its case %s", h.row(p.ID).State, k.State)
			}
		}

		before := seen(taken)
		h.claim(kim, taken.ID)
		h.refused("held by somebody else", must(h.c.RemoveSpam(h.Context(), sam, []forum.SpamCase{before}, "key-2"))[0].Err, forum.LostRace)
		h.refused("no advert", must(h.c.RemoveSpam(h.Context(), sam, []forum.SpamCase{seen(other)}, "key-3"))[0].Err, forum.Invalid)

		last := advert()
		form, won := []forum.SpamCase{seen(last)}, 0
		for _, err := range together(8, func(i int) error {
			a := []forum.Actor{sam, kim}[i%2]
			r, err := h.c.RemoveSpam(h.Context(), a, form, "race-"+string(rune('a'+i)))
			if err != nil {
				return err
			}
			return r[0].Err
		}) {
			if err == nil {
				won++
			} else if forum.KindOf(err) != forum.LostRace {
				h.Errorf("a loser was told %v", err)
			}
		}
		if d := must(h.Store.Decisions(h.Context(), form[0].ID)); won != 1 || len(d) != 1 {
			h.Errorf("%d won, %d decisions", won, len(d))
		}
	}, spamReasons)
}
