package forum_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

func TestAnEditKeepsTheEarlierWording(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		p := h.Thread(ana, func(n *forum.NewThread) {
			n.Title, n.Body, n.Mentions = "First title", "First body", forum.Mentions{moderation.TagMentionScan}
		})
		h.Clock.Move(time.Minute)
		got, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Revision: 1, Title: " Second\ntitle ", Body: "Second body\r\n"})
		h.must(err)
		row := h.row(p.ID)
		if row.Body != "Second body" || row.ThreadTitle != "Second title" || row.Revision != 2 || row.EditedAt == nil || !row.EditedAt.Equal(h.Clock.Now()) || len(row.Mentions) != 0 || row.State != forum.StatePublic {
			h.Errorf("%+v", row)
		}
		if got.Revision != 2 || got.State != row.State || got.Body != row.Body {
			h.Errorf("answered %+v", got)
		}
		old, err := h.Store.Revisions(h.Context(), p.ID)
		if err != nil || len(old) != 1 || old[0].Title != "First title" || old[0].Body != "First body" || !slices.Equal(old[0].Mentions, p.Mentions) || !old[0].CreatedAt.Equal(p.CreatedAt) {
			h.Errorf("%+v, %v", old, err)
		}
		if _, err := h.Store.CaseOfPost(h.Context(), p.ID); !errors.Is(err, forum.ErrNoRow) {
			h.Errorf("a plain edit opened a case: %v", err)
		}
		if got := h.recorded("post", p.ID); got[len(got)-1] != "post.edited revision 2, public" {
			h.Errorf("recorded %q", got)
		}
	})
}

func TestAnEditIsReadByTriageAndNeverShowsMoreThanBefore(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		open := h.Thread(h.Person("sam", forum.RoleModerator), nil)
		for i, c := range []struct {
			was, body string
			state     forum.PostState
			band      moderation.Band
			care      string
		}{
			{"Plain", "Plain still", forum.StatePublic, "", ""},
			{"Plain", "WATCHED", forum.StatePublic, moderation.P3, "mind_support"},
			{"Plain", "FOLDED", forum.StateFolded, moderation.P1, "safety_support"},
			{"Plain", "GOODBYE", forum.StateHeld, moderation.P0, "mind_emergency"},
			{"Plain", "PANIC", forum.StateHeld, moderation.P2, "body_urgent mind_support"},
			{"FOLDED", "Plain", forum.StateFolded, moderation.P1, ""},
			{"GOODBYE", "Plain", forum.StateHeld, moderation.P0, ""},
			{"WATCHED", "GOODBYE", forum.StateHeld, moderation.P0, "mind_emergency"},
		} {
			ana := h.Person(fmt.Sprint("ana", i), forum.RoleMember)
			p := h.Thread(ana, func(n *forum.NewThread) { n.Body = c.was })
			comment := h.Comment(ana, forum.NewComment{ThreadID: open.ThreadID, Body: c.was})
			for _, id := range []int64{p.ID, comment.ID} {
				_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: id, Title: "t", Body: c.body})
				h.must(err)
				row := h.row(id)
				k, err := h.Store.CaseOfPost(h.Context(), id)
				if row.State != c.state || fmt.Sprint(row.Care) != "["+c.care+"]" || k.Band != c.band || (err == nil) != (c.band != "") {
					h.Errorf("%s to %s: %s, care %v, case %+v, %v", c.was, c.body, row.State, row.Care, k, err)
				}
				if err == nil {
					signals, err := h.Store.Signals(h.Context(), k.ID)
					h.must(err)
					if last := signals[len(signals)-1]; last.Kind != forum.SignalEdit || last.Revision != 2 {
						h.Errorf("%s to %s: %+v", c.was, c.body, last)
					}
				}
			}
		}
	})
}

func TestOnlyOnesOwnStandingWordsCanBeEdited(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, sam := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p, removed, gone := h.Thread(ana, nil), h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" }), h.Thread(ana, func(n *forum.NewThread) { n.Body = "gone" })
		h.decide(sam, removed.ID, forum.ActionRemove)
		_, err := h.c.Withdraw(h.Context(), ana, gone.ID)
		h.must(err)
		for _, c := range []struct {
			what string
			who  forum.Actor
			post int64
		}{{"another member", bo, p.ID}, {"a moderator", sam, p.ID}, {"removed", ana, removed.ID}, {"withdrawn", ana, gone.ID}, {"none", ana, 9999}} {
			_, err := h.c.EditPost(h.Context(), c.who, forum.PostEdit{PostID: c.post, Title: "t", Body: "b"})
			h.refused(c.what, err, forum.NotFound)
		}
		for want, e := range map[string]forum.PostEdit{"body title": {}, "title": {Body: "b"}, "body mentions": {Title: "t", Body: "\x00", Mentions: forum.Mentions{"x"}}} {
			e.PostID = p.ID
			if _, err := h.c.EditPost(h.Context(), ana, e); fields(err) != want {
				h.Errorf("%+v: %v", e, err)
			}
		}
		var asked *forum.Nudge
		e := forum.PostEdit{PostID: p.ID, Title: "DETAIL", Body: "A DETAIL."}
		if _, err := h.c.EditPost(h.Context(), ana, e); !errors.As(err, &asked) {
			h.Errorf("personal details: %v", err)
		}
		if row := h.row(p.ID); row.Revision != 1 {
			h.Errorf("revision %d", row.Revision)
		}
		e.Acknowledged = forum.AcknowledgedHide
		if _, err := h.c.EditPost(h.Context(), ana, e); err != nil {
			h.Error(err)
		}
		if row := h.row(p.ID); row.ThreadTitle != "[detail hidden]" || row.Body != "A [detail hidden]." || row.State != forum.StatePublic {
			h.Errorf("%s: %q, %q", row.State, row.ThreadTitle, row.Body)
		}
	})
}

func TestOfEditsFromTheSameWordingOneWins(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "WATCHED" })
		won := 0
		for i, err := range together(6, func(i int) error {
			_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Revision: 1, Title: "t", Body: fmt.Sprint("WATCHED ", i)})
			return err
		}) {
			if err == nil {
				won++
				if row := h.row(p.ID); row.Body != fmt.Sprint("WATCHED ", i) {
					h.Errorf("%d won, but it says %q", i, row.Body)
				}
			} else {
				h.refused(fmt.Sprint(i), err, forum.LostRace)
			}
		}
		before := h.snapshot(p.ID)
		if won != 1 || before.Post.Revision != 2 || len(before.Revisions) != 1 {
			h.Errorf("%d won; revision %d", won, before.Post.Revision)
		}
		_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Revision: 1, Title: "t", Body: "late"})
		h.refused("from a stale wording", err, forum.LostRace)
		if diff := cmp.Diff(before, h.snapshot(p.ID)); diff != "" {
			h.Error(diff)
		}
	})
}

func TestAnEditedPostGoesBackToTheModerators(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		sam := h.Person("sam", forum.RoleModerator)
		for i, c := range []struct {
			what   string
			action forum.Action
			body   string
			post   forum.PostState
		}{
			{"asked to change", forum.ActionAskChange, "Plain", forum.StateHeld},
			{"on hold", forum.ActionHold, "Plain", forum.StateHeld},
			{"kept", forum.ActionKeep, "Plain", forum.StatePublic},
			{"kept, now worse", forum.ActionKeep, "FOLDED", forum.StateFolded},
		} {
			ana := h.Person(fmt.Sprint("ana", i), forum.RoleMember)
			p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "WATCHED" })
			h.decide(sam, p.ID, c.action)
			before := h.caseOf(p.ID)
			h.Clock.Move(time.Minute)
			_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Title: "t", Body: c.body})
			h.must(err)
			k, row := h.caseOf(p.ID), h.row(p.ID)
			if row.State != c.post || row.ThreadState != c.post || k.State != forum.CaseOpen || k.Version <= before.Version || k.DecidedAt != nil {
				h.Errorf("%s: %s, case %+v", c.what, row.State, k)
			}
			if before.State == forum.CaseWaiting && k.DecideBy.After(before.DecideBy) {
				h.Errorf("%s: the deadline moved from %v to %v", c.what, before.DecideBy, k.DecideBy)
			}
			h.decide(sam, p.ID, forum.ActionKeep)
			if row := h.row(p.ID); row.State != forum.StatePublic || row.Revision != 2 {
				h.Errorf("%s: kept in the end: %s", c.what, row.State)
			}
		}
	})
}

func TestWithdrawnWordsStayTheirWritersAlone(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, sam := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p := h.Thread(ana, nil)
		top := h.Comment(ana, forum.NewComment{ThreadID: p.ThreadID, Body: "top"})
		reply := h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, ParentID: top.ID, Body: "reply"})
		for what, a := range map[string]forum.Actor{"another member": bo, "a moderator": sam} {
			_, err := h.c.Withdraw(h.Context(), a, top.ID)
			h.refused(what, err, forum.NotFound)
		}
		_, err := h.c.Withdraw(h.Context(), ana, top.ID)
		h.must(err)
		_, err = h.c.Withdraw(h.Context(), ana, top.ID)
		h.refused("again", err, forum.NotFound)
		_, err = h.c.Post(h.Context(), bo, top.ID)
		h.refused("somebody else reads it", err, forum.NotFound)
		if row, err := h.c.Post(h.Context(), ana, top.ID); err != nil || row.Body != "top" || row.State != forum.StateWithdrawn {
			h.Errorf("its writer: %+v, %v", row, err)
		}
		v, err := h.c.ThreadPage(h.Context(), bo, p.ThreadID, 1, 0)
		if err != nil || len(v.Comments) != 1 || v.Comments[0].ID != reply.ID || v.Thread.Comments != 1 {
			h.Errorf("the reply: %+v, %v", v.Comments, err)
		}
		if got := h.recorded("post", top.ID); got[len(got)-1] != "post.withdrawn was public" {
			h.Errorf("recorded %q", got)
		}
		for _, body := range []string{"GOODBYE", "FOLDED"} {
			c := h.Comment(ana, forum.NewComment{ThreadID: p.ThreadID, Body: body})
			if _, err := h.c.Withdraw(h.Context(), ana, c.ID); err != nil || h.row(c.ID).State != forum.StateWithdrawn {
				h.Errorf("%s: %v", c.State, err)
			}
		}
		removed := h.Comment(ana, forum.NewComment{ThreadID: p.ThreadID, Body: "GOODBYE again"})
		h.decide(sam, removed.ID, forum.ActionRemove)
		if _, err := h.c.Withdraw(h.Context(), ana, removed.ID); err != nil {
			h.Errorf("removed: %v", err)
		}
	})
}

func TestSupportIsCountedForTheWriterAlone(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, cy, sam := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("cy", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p, held := h.Thread(ana, nil), h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" })
		set := func(a forum.Actor, id int64, on bool) {
			h.Helper()
			_, err := h.c.SetSupport(h.Context(), a, id, on)
			h.must(err)
		}
		see := func(a forum.Actor, id int64) string {
			h.Helper()
			row, err := h.c.Post(h.Context(), a, id)
			h.must(err)
			return fmt.Sprint(row.Supports, row.Supported)
		}
		set(ana, p.ID, true) // one's own: nothing
		set(bo, p.ID, true)
		set(bo, p.ID, true)
		set(cy, p.ID, true)
		set(sam, held.ID, true) // readers do not see it: nothing
		for what, c := range map[string]struct {
			got, want string
		}{"writer": {see(ana, p.ID), "2 false"}, "supporter": {see(bo, p.ID), "0 true"}, "moderator": {see(sam, p.ID), "0 false"}, "stranger": {see(forum.Actor{}, p.ID), "0 false"}, "held": {see(ana, held.ID), "0 false"}} {
			if c.got != c.want {
				h.Errorf("%s sees %s, want %s", what, c.got, c.want)
			}
		}
		set(bo, p.ID, false)
		set(bo, p.ID, false)
		if got := see(ana, p.ID); got != "1 false" {
			h.Errorf("taken back: %s", got)
		}
		_, err := h.c.SetSupport(h.Context(), bo, held.ID, true)
		h.refused("a held post", err, forum.NotFound)
		if n := len(h.notices(ana)); n != 0 {
			h.Errorf("%d notices", n)
		}
	})
}
