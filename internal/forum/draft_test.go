package forum_test

import (
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
)

func TestDraftsAreTheirWritersAlone(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		form := url.Values{"body": {"one\r\n<b>&👶\x00"}, "mentions": {"mention_scan", "mention_birth"}}
		id, err := h.c.SaveDraft(h.Context(), ana, 0, "/threads", form)
		h.must(err)
		d, err := h.c.Draft(h.Context(), ana, id)
		h.must(err)
		if got, err := d.Form(); err != nil || !cmp.Equal(got, form) || d.Path != "/threads" {
			h.Errorf("%s, %v, %v", d.Path, cmp.Diff(form, got), err)
		}
		_, err = h.c.Draft(h.Context(), bo, id)
		h.refused("somebody else's", err, forum.NotFound)
		_, err = h.c.Draft(h.Context(), forum.Actor{}, id)
		h.refused("a stranger", err, forum.NotFound)
		_, err = h.c.SaveDraft(h.Context(), forum.Actor{}, 0, "/threads", form)
		h.refused("a stranger saves", err, forum.SignedOut)

		if again, err := h.c.SaveDraft(h.Context(), ana, id, "/threads/7/comments", url.Values{"body": {"two"}}); err != nil || again != id {
			h.Errorf("saved over: %d, %v", again, err)
		}
		other, err := h.c.SaveDraft(h.Context(), bo, id, "/threads", url.Values{"body": {"bo's"}})
		if err != nil || other == id {
			h.Errorf("somebody else saves over it: %d, %v", other, err)
		}
		h.must(h.c.DropDraft(h.Context(), bo, id))
		list, err := h.c.Drafts(h.Context(), ana)
		if err != nil || len(list) != 1 || list[0].Fields != `{"body":["two"]}` {
			h.Errorf("%+v, %v", list, err)
		}
		for range 2 {
			h.must(h.c.DropDraft(h.Context(), ana, id))
		}
		if anew, err := h.c.SaveDraft(h.Context(), ana, id, "/threads", form); err != nil || anew == 0 {
			h.Errorf("saved again after it was posted: %d, %v", anew, err)
		}
	})
}

func TestOnlyFormsWithWordsOfABoundedLengthAreKept(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		_, err := h.c.SaveDraft(h.Context(), ana, 0, "/sign-in", url.Values{"password": {"secret"}})
		h.refused("another form", err, forum.NotFound)
		_, err = h.c.KeepWords(h.Context(), "/sign-in", url.Values{"password": {"secret"}}, "")
		h.refused("another form, kept", err, forum.NotFound)
		_, err = h.c.SaveDraft(h.Context(), ana, 0, "/threads", url.Values{"body": {strings.Repeat("x", 120_000)}})
		h.refused("too long", err, forum.Invalid)
		for _, body := range []string{strings.Repeat("👶", forum.MaxBody), strings.Repeat("a\r\n", forum.MaxBody)} {
			if _, err := h.c.SaveDraft(h.Context(), ana, 0, "/threads", url.Values{"body": {body}}); err != nil {
				h.Errorf("a full body: %v", err)
			}
		}
	})
}

func TestKeptWordsAreClaimedOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		var people []forum.Actor
		for _, name := range []string{"ana", "bo", "cy", "di"} {
			people = append(people, h.Person(name, forum.RoleMember))
		}
		token, err := h.c.KeepWords(h.Context(), "/threads/7/comments", url.Values{"body": {"My words"}}, "192.0.2.1")
		h.must(err)
		for _, wrong := range []string{"", "x", token + "x"} {
			if _, ok, err := h.c.ClaimWords(h.Context(), people[0].ID, wrong); ok || err != nil {
				h.Errorf("token %q: %v, %v", wrong, ok, err)
			}
		}
		won := make([]bool, len(people))
		for _, err := range together(len(people), func(i int) error {
			d, ok, err := h.c.ClaimWords(h.Context(), people[i].ID, token)
			won[i] = ok && d.Fields == `{"body":["My words"]}`
			return err
		}) {
			h.must(err)
		}
		winners := 0
		for i, p := range people {
			list, err := h.c.Drafts(h.Context(), p)
			h.must(err)
			if won[i] {
				winners++
			}
			if (len(list) == 1) != won[i] {
				h.Errorf("%s: won %v and has %d drafts", p.Name, won[i], len(list))
			}
		}
		if winners != 1 {
			h.Errorf("%d people got the words", winners)
		}
		if _, ok, err := h.c.ClaimWords(h.Context(), people[0].ID, token); ok || err != nil {
			h.Errorf("claimed again: %v, %v", ok, err)
		}
	})
}
