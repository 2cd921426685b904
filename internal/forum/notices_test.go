package forum_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"snowdrop/internal/forum"
)

func TestThoseWhoAreAnsweredAreToldOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, cy := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("cy", forum.RoleMember)
		p := h.Thread(ana, nil)
		var bos, anas forum.Post
		for _, c := range []struct {
			what      string
			who       forum.Actor
			parent    *forum.Post
			keep      *forum.Post
			toA, toB  int
			midwifery bool
		}{
			{"to the opening", bo, nil, &bos, 1, 0, false},
			{"to one's own comment", bo, &bos, nil, 1, 0, false},
			{"to a comment", cy, &bos, nil, 1, 1, false},
			{"by the thread's writer, to a comment", ana, &bos, nil, 0, 1, false},
			{"by the thread's writer, to nobody", ana, nil, &anas, 0, 0, false},
			{"to the thread's writer's comment", cy, &anas, nil, 1, 0, false},
		} {
			n := forum.NewComment{ThreadID: p.ThreadID, Body: c.what}
			if c.parent != nil {
				n.ParentID = c.parent.ID
			}
			a, b, mailA, mailB := len(h.notices(ana)), len(h.notices(bo)), h.mailsTo(ana), h.mailsTo(bo)
			made := h.Comment(c.who, n)
			if c.keep != nil {
				*c.keep = made
			}
			if a, b := len(h.notices(ana))-a, len(h.notices(bo))-b; a != c.toA || b != c.toB || len(h.notices(cy)) != 0 {
				h.Errorf("%s: told %d and %d times", c.what, a, b)
			}
			if a, b := h.mailsTo(ana)-mailA, h.mailsTo(bo)-mailB; a != c.toA || b != c.toB {
				h.Errorf("%s: %d and %d mails", c.what, a, b)
			}
			for _, n := range append(h.notices(ana), h.notices(bo)...) {
				if n.Kind != forum.NoticeReply || n.State != forum.NoticeUnread || !strings.HasPrefix(n.Path, fmt.Sprintf("/threads/%d?post=", p.ThreadID)) {
					h.Errorf("%s: %+v", c.what, n)
				}
			}
		}
	})
}

func TestNobodyIsToldOfACommentBeforeReadersSeeIt(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		mw, sam, kim := h.Person("mw", forum.RoleMidwife), h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		for _, body := range []string{"DETAIL", "FOLDED"} {
			ana := h.Person("ana-"+body, forum.RoleMember)
			p := h.Thread(ana, nil)
			c := h.Comment(mw, forum.NewComment{ThreadID: p.ThreadID, Body: body, AsMidwife: true, Acknowledged: "1"})
			if got := h.notices(ana); len(got) != 0 {
				h.Errorf("%s: told before it was kept: %+v", c.State, got)
			}
			h.decide(sam, c.ID, forum.ActionKeep)
			if got := h.notices(ana); len(got) != 1 || got[0].Kind != forum.NoticeMidwife || got[0].Path != fmt.Sprintf("/threads/%d?post=%d#post-%d", p.ThreadID, c.ID, c.ID) {
				h.Errorf("%s: kept, told %+v", c.State, got)
			}
			h.report(sam, c.ID, forum.DoorWorried, "")
			h.decide(kim, c.ID, forum.ActionHold)
			h.decide(kim, c.ID, forum.ActionKeep)
			if n, mails := len(h.notices(ana)), h.mailsTo(ana); n != 1 || mails != 1 {
				h.Errorf("%s: kept again, told %d times with %d mails", c.State, n, mails)
			}
			if n, err := h.c.CountUnread(h.Context(), ana); n != 1 || err != nil {
				h.Errorf("%d unread, %v", n, err)
			}
			h.must(h.c.ReadNotices(h.Context(), ana))
			if n, err := h.c.CountUnread(h.Context(), ana); n != 0 || err != nil {
				h.Errorf("%d unread after reading, %v", n, err)
			}
		}
	})
}

func TestMailIsNeutralAndHoldsNoWordsFromTheForum(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, mw, sam := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("mw", forum.RoleMidwife), h.Person("sam", forum.RoleModerator)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Title, n.Body = "TitleWord", "BodyWord" })
		c := h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, Body: "CommentWord"})
		h.Comment(mw, forum.NewComment{ThreadID: p.ThreadID, ParentID: c.ID, Body: "AnswerWord", AsMidwife: true})
		h.report(ana, c.ID, forum.DoorRules, "unkind")
		n := h.claim(sam, c.ID)
		n.Action, n.Reason, n.Message = forum.ActionRemove, "C1", "MessageWord"
		h.must(h.sign(sam, n))
		mails := h.mails()
		if len(mails) != 5 { // a reply, two for the answer, the writer, the reporter
			h.Errorf("%d mails", len(mails))
		}
		for _, m := range mails {
			if m.Subject != "You have a new reply" && m.Subject != "You have a new message" {
				h.Errorf("subject %q", m.Subject)
			}
			if m.Text != mails[0].Text || !strings.Contains(m.Text, h.URL+"/me/notices") || m.State != forum.MailWaiting {
				h.Errorf("%s: %q", m.State, m.Text)
			}
			for _, word := range []string{"word", "ana", "bo ", "midwi", "moderat", "baby", "loss", "grief", "snowdrop", "report", "post", "thread", "removed"} {
				if strings.Contains(strings.ToLower(strings.ReplaceAll(m.Text, h.URL, "")), word) {
					h.Errorf("%q is in a mail", word)
				}
			}
		}
	})
}

func TestANoticeDoesNotGiveAwayAWithdrawnTitle(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, cy := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("cy", forum.RoleMember)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Title = "SecretTitle" })
		top := h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, Body: "top"})
		_, err := h.c.Withdraw(h.Context(), ana, p.ID)
		h.must(err)
		h.Comment(cy, forum.NewComment{ThreadID: p.ThreadID, ParentID: top.ID, Body: "reply"})
		if got := h.notices(bo); len(got) != 1 || strings.Contains(got[0].Body, "SecretTitle") {
			h.Errorf("%+v", got)
		}
		if got := h.notices(ana); len(got) != 2 || !strings.Contains(got[1].Body, "SecretTitle") {
			h.Errorf("its writer: %+v", got)
		}
	})
}

func TestTheRecordIsForModeratorsAndAdmins(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		h.Thread(h.Person("ana", forum.RoleMember), nil)
		for role, may := range map[forum.Role]bool{forum.RoleMember: false, forum.RoleMidwife: false, forum.RoleModerator: true, forum.RoleLead: true, forum.RoleAdmin: true} {
			rows, err := h.c.Record(h.Context(), h.Person("the-"+string(role), role), 0)
			if may != (err == nil) || may != slices.ContainsFunc(rows, func(r forum.RecordRow) bool { return r.Action == "post.public" && r.ActorName == "ana" }) {
				h.Errorf("%s: %d rows, %v", role, len(rows), err)
			}
		}
		_, err := h.c.Record(h.Context(), forum.Actor{}, 0)
		h.refused("stranger", err, forum.NotFound)
	})
}
