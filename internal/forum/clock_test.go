package forum_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

// Alarms that went off while nobody ran the program are told of in one message,
// and each is on record.
func TestAfterAnOutageEachPersonGetsOneMail(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		lea, sam := h.Person("lea", forum.RoleLead), h.Person("sam", forum.RoleModerator)
		var posts []forum.Post
		for range 30 {
			p := h.post(ana, "Plain")
			h.report(bo, p.ID, forum.DoorRules, "unkind")
			posts = append(posts, p)
		}
		h.Clock.Move(52 * time.Minute) // warned for leads only, four minutes ago
		start := func(toLead, toTeam int) {
			h.Helper()
			for _, err := range together(6, func(int) error { return h.c.Tend(h.Context()) }) { // as many instances
				h.must(err)
			}
			h.must(h.c.Tend(h.Context()))
			l, m := h.notices(lea, forum.NoticeStaff), h.notices(sam, forum.NoticeStaff)
			if len(l) != toLead || len(m) != toTeam || h.mailsTo(lea) != len(l) || h.mailsTo(sam) != len(m) {
				h.Errorf("the lead was told %d times, a moderator %d, want %d and %d", len(l), len(m), toLead, toTeam)
			}
		}
		start(1, 0)
		h.Clock.Move(24 * time.Hour) // the rest goes off
		start(2, 1)
		if n := h.notices(sam, forum.NoticeStaff); len(n) == 1 && (!strings.HasPrefix(n[0].Body, "30 of them") || n[0].Path != "/queue" || !strings.Contains(n[0].Title, "P2")) {
			h.Errorf("told %+v", n[0])
		}
		for _, p := range posts {
			var got []string
			for _, line := range h.recorded("case", h.caseOf(p.ID).ID) {
				if strings.HasPrefix(line, "clock") {
					got = append(got, line)
				}
			}
			if want := []string{"clock.warned P2 look", "clock.breached P2 look", "clock.warned P2 decide", "clock.breached P2 decide"}; !slices.Equal(got, want) {
				h.Fatalf("recorded %q", got)
			}
		}
		start(2, 1)
	})
}

// At night mail waits that should wake nobody; a midwife's answer and what the
// team must know do not.
func TestMailThatCanWaitWaitsForTheMorning(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) { // it is three in the night
		ana, bo, lea := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("lea", forum.RoleLead)
		mia := h.Person("mia", forum.RoleMidwife)
		p := h.post(ana, "Plain")
		h.report(bo, p.ID, forum.DoorRules, "unkind")
		h.decide(h.Person("sam", forum.RoleModerator), p.ID, forum.ActionFold)
		h.must(h.c.WriteCare(h.Context(), h.Person("kim", forum.RoleModerator), h.caseOf(p.ID).ID, "care", "How are you?"))
		h.Comment(bo, forum.NewComment{ThreadID: p.ThreadID, Body: "With you"})
		if n := len(h.notices(ana)); n != 3 || len(h.notices(bo, forum.NoticeReport)) != 2 {
			h.Errorf("inside the site %d notices are there", n)
		}
		if m := h.mails(); len(m) != 0 {
			h.Errorf("sent in the night: %+v", m)
		}
		h.Comment(mia, forum.NewComment{ThreadID: p.ThreadID, Body: "Call 111, please", AsMidwife: true})
		if h.mailsTo(ana) != 1 {
			h.Errorf("a midwife's answer: %d mails", h.mailsTo(ana))
		}
		h.post(ana, "GOODBYE")
		h.Clock.Move(5 * time.Minute)
		h.must(h.c.Tend(h.Context()))
		if h.mailsTo(lea) == 0 {
			h.Error("a crisis waits for the morning")
		}
		h.Clock.Move(4*time.Hour + 54*time.Minute)
		if h.mailsTo(ana) != 1 || h.mailsTo(bo) != 0 {
			h.Errorf("at 7:59 %d and %d", h.mailsTo(ana), h.mailsTo(bo))
		}
		h.Clock.Move(time.Minute)
		if h.mailsTo(ana) != 4 || h.mailsTo(bo) != 1 {
			h.Errorf("at 8 %d and %d", h.mailsTo(ana), h.mailsTo(bo))
		}
	}, func(o *forum.Options) {
		o.MailHours = &forum.Hours{Zone: time.UTC}
		for i := range o.MailHours.Days {
			o.MailHours.Days[i] = forum.Span{From: 8 * 60, Until: 21 * 60}
		}
	})
}
