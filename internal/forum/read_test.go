package forum_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// pages is everything that an actor reads of a thread: its page, its lists, its
// posts one by one.
func (h *house) pages(a forum.Actor, threadID int64, page int) (v forum.ThreadPage, all string) {
	h.Helper()
	v, err := h.c.ThreadPage(h.Context(), a, threadID, page, 0)
	h.must(err)
	list, err := h.c.Threads(h.Context(), a, forum.ThreadQuery{Limit: 100})
	h.must(err)
	read := []any{v, list}
	if a.Midwife() {
		asked, err := h.c.Questions(h.Context(), a)
		h.must(err)
		read = append(read, asked)
	}
	posts := slices.Clone(v.Comments)
	if v.Opening != nil {
		posts = append(posts, *v.Opening)
	}
	for _, p := range posts {
		row, err := h.c.Post(h.Context(), a, p.ID)
		h.must(err)
		read = append(read, row)
	}
	text, err := json.Marshal(read)
	h.must(err)
	return v, string(text)
}

func TestWhoAskedNotToBeNamedIsNotNamed(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, mw, sam := h.Person("ana-hidden", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("mw", forum.RoleMidwife), h.Person("sam", forum.RoleModerator)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Anonymous, n.Wants = true, forum.WantsMidwife })
		top := h.Comment(ana, forum.NewComment{ThreadID: p.ThreadID, Body: "top", Anonymous: true})
		for i := range forum.PageSize + 1 {
			reply := forum.Post{ThreadID: p.ThreadID, ParentID: &top.ID, Part: forum.PartComment, AuthorID: bo.ID, Capacity: forum.AsParent, Body: fmt.Sprint(i), State: forum.StatePublic, Revision: 1, CreatedAt: h.Clock.Now()}
			h.must(h.Store.AddPost(h.Context(), &reply))
		}
		h.must(h.Store.TouchThread(h.Context(), p.ThreadID, h.Clock.Now()))
		for who, a := range map[string]forum.Actor{"stranger": {}, "member": bo, "midwife": mw} {
			for page := 1; page <= 2; page++ {
				v, all := h.pages(a, p.ThreadID, page)
				if strings.Contains(all, ana.Name) {
					h.Errorf("%s, page %d: the name is in it", who, page)
				}
				hidden := []forum.PostRow{*v.Opening}
				if page == 1 {
					hidden = append(hidden, v.Comments[0])
				} else {
					hidden = append(hidden, *v.Above)
				}
				for _, row := range hidden {
					if row.AuthorName != forum.Unnamed || row.AuthorID != 0 {
						h.Errorf("%s, page %d: %d %q", who, page, row.AuthorID, row.AuthorName)
					}
				}
				if v.Thread.AuthorID != 0 || v.Thread.AuthorName != forum.Unnamed {
					h.Errorf("%s: thread by %d", who, v.Thread.AuthorID)
				}
			}
		}
		for who, a := range map[string]forum.Actor{"writer": ana, "moderator": sam} {
			v, _ := h.pages(a, p.ThreadID, 2)
			for _, got := range []string{v.Opening.AuthorName, v.Above.AuthorName, v.Thread.AuthorName} {
				if got != ana.Name {
					h.Errorf("%s sees %q", who, got)
				}
			}
		}
		if _, err := h.c.ThreadPage(h.Context(), bo, p.ThreadID, 3, 0); forum.KindOf(err) != forum.NotFound {
			h.Errorf("a page after the last: %v", err)
		}
	})
}

func TestAWithdrawnOpeningIsGoneForEverybodyElse(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		bo, sam := h.Person("bo", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		for _, anonymous := range []bool{false, true} {
			ana := h.Person(fmt.Sprintf("ana-%v", anonymous), forum.RoleMember)
			p := h.Thread(ana, func(n *forum.NewThread) {
				n.Title, n.Body, n.Anonymous, n.Mentions = "SecretTitle", "SecretBody", anonymous, forum.Mentions{moderation.TagMentionScan}
			})
			empty := h.Thread(ana, func(n *forum.NewThread) { n.Title = "No replies" })
			h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, Body: "A reply stays."})
			for _, id := range []int64{p.ID, empty.ID} {
				_, err := h.c.Withdraw(h.Context(), ana, id)
				h.must(err)
			}
			for who, a := range map[string]forum.Actor{"stranger": {}, "member": bo} {
				v, all := h.pages(a, p.ThreadID, 1)
				if v.Opening != nil || len(v.Comments) != 1 || len(v.Thread.Mentions) != 0 || v.Thread.AuthorID != 0 {
					h.Errorf("%s, anonymous %v: %+v", who, anonymous, v)
				}
				for _, word := range []string{"SecretTitle", "SecretBody", ana.Name} {
					if strings.Contains(all, word) {
						h.Errorf("%s, anonymous %v: %q is in it", who, anonymous, word)
					}
				}
				_, err := h.c.ThreadPage(h.Context(), a, empty.ThreadID, 1, 0)
				h.refused(who+", a withdrawn thread without replies", err, forum.NotFound)
			}
			if mine := h.written(bo); mine[0].ThreadTitle == "SecretTitle" {
				h.Error("the title stands in the list of somebody's own replies")
			}
			for who, a := range map[string]forum.Actor{"writer": ana, "moderator": sam} {
				v, _ := h.pages(a, p.ThreadID, 1)
				if v.Opening == nil || v.Opening.Body != "SecretBody" || v.Thread.Title != "SecretTitle" {
					h.Errorf("%s, anonymous %v: %+v", who, anonymous, v)
				}
			}
		}
	})
}

func TestMembersThreadsAreForMembers(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		for what, change := range map[string]func(*forum.NewThread){
			"narrowed":        func(n *forum.NewThread) { n.Audience = forum.AudienceMembers },
			"members' topic":  func(n *forum.NewThread) { n.Topic = "remembering" },
			"cannot be wider": func(n *forum.NewThread) { n.Topic, n.Audience = "trying-again", forum.AudiencePublic },
		} {
			p := h.Thread(ana, change)
			c := h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, Body: "x"})
			_, err := h.c.ThreadPage(h.Context(), forum.Actor{}, p.ThreadID, 1, 0)
			h.refused(what, err, forum.NotFound)
			for _, id := range []int64{p.ID, c.ID} {
				_, err = h.c.Post(h.Context(), forum.Actor{}, id)
				h.refused(what, err, forum.NotFound)
				_, err = h.c.Report(h.Context(), forum.Actor{}, forum.NewReport{PostID: id, Door: forum.DoorWorried})
				h.refused(what+", reported", err, forum.NotFound)
			}
			if v, err := h.c.ThreadPage(h.Context(), bo, p.ThreadID, 1, 0); err != nil || len(v.Comments) != 1 {
				h.Errorf("%s: a member: %v", what, err)
			}
		}
		list, err := h.c.Threads(h.Context(), forum.Actor{}, forum.ThreadQuery{Limit: 100})
		active, activeErr := h.c.LastActive(h.Context(), forum.Actor{})
		if err != nil || activeErr != nil || len(list) != 0 || len(active) != 0 {
			h.Errorf("a stranger lists %d threads in %v", len(list), active)
		}
		open := h.Thread(ana, func(n *forum.NewThread) { n.Body, n.Audience = "open to all", forum.AudiencePublic })
		_, err = h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: open.ID, Title: "t", Body: "a", Audience: forum.AudiencePublic})
		h.must(err)
		if _, err := h.c.ThreadPage(h.Context(), forum.Actor{}, open.ThreadID, 1, 0); err != nil {
			h.Errorf("a public thread is closed to strangers: %v", err)
		}
		_, err = h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: open.ID, Title: "t", Body: "b", Audience: forum.AudienceMembers})
		h.must(err)
		_, err = h.c.ThreadPage(h.Context(), forum.Actor{}, open.ThreadID, 1, 0)
		h.refused("narrowed afterwards", err, forum.NotFound)
		_, err = h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: open.ID, Title: "t", Body: "b2", Audience: forum.AudiencePublic})
		h.must(err)
		_, err = h.c.ThreadPage(h.Context(), forum.Actor{}, open.ThreadID, 1, 0)
		h.refused("an edit does not widen it", err, forum.NotFound)
	})
}

func TestAPostIsFoundOnItsPage(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		p := h.Thread(ana, nil)
		var last forum.Post
		for i := range 2*forum.PageSize + 1 {
			last = forum.Post{ThreadID: p.ThreadID, Part: forum.PartComment, AuthorID: ana.ID, Capacity: forum.AsParent, Body: fmt.Sprint(i), State: forum.StatePublic, Revision: 1, CreatedAt: h.Clock.Now()}
			h.must(h.Store.AddPost(h.Context(), &last))
		}
		for id, page := range map[int64]int{last.ID: 3, last.ID - 1: 2, last.ID - forum.PageSize: 2, last.ID - forum.PageSize - 1: 1, p.ID: 1, 9999: 1} {
			if v, err := h.c.ThreadPage(h.Context(), ana, p.ThreadID, 7, id); err != nil || v.Page != page || v.Pages != 3 {
				h.Errorf("post %d: page %d of %d, want %d, %v", id, v.Page, v.Pages, page, err)
			}
		}
	})
}
