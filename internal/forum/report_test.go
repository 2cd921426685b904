package forum_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

func TestReportsComeInByTwoDoors(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		type row struct {
			door     forum.Door
			reason   string
			band     moderation.Band
			category string
		}
		rows := []row{{forum.DoorWorried, "", moderation.P1, "worried"}, {forum.DoorWorried, "unkind", moderation.P1, "worried"}}
		for _, r := range forum.ReportReasons {
			rows = append(rows, row{forum.DoorRules, r.Slug, r.Band, r.Slug})
		}
		for _, c := range rows {
			p := h.Thread(ana, func(n *forum.NewThread) { n.Body = c.reason + string(c.door) })
			told := len(h.notices(bo))
			got, err := h.c.Report(h.Context(), bo, forum.NewReport{PostID: p.ID, Door: c.door, Reason: c.reason, Note: " Please look. "})
			h.must(err)
			k := h.caseOf(p.ID)
			signals, err := h.Store.Signals(h.Context(), k.ID)
			h.must(err)
			if got.ID != p.ID || k.Band != c.band || k.State != forum.CaseOpen || len(signals) != 1 {
				h.Fatalf("%+v: %+v with %d signals", c, k, len(signals))
			}
			s := signals[0]
			if s.Kind != forum.SignalReport || s.Door != c.door || s.Category != c.category || s.Note != "Please look." || s.PersonName != "bo" || s.Revision != 1 {
				h.Errorf("%+v: %+v", c, s)
			}
			if h.row(p.ID).State != forum.StatePublic {
				h.Error("a report alone took a post down")
			}
			if n := h.notices(bo); len(n) != told+1 || n[told].Kind != forum.NoticeReport || strings.Contains(n[told].Body, "Please look") {
				h.Errorf("receipt: %+v", n)
			}
			if got := h.recorded("post", p.ID); !slices.Contains(got, "post.reported "+string(c.door)+" "+c.category) {
				h.Errorf("recorded %q", got)
			}
		}
		if len(h.notices(ana)) != 0 || len(h.mails()) != 0 {
			h.Error("the writer was told, or a receipt was mailed")
		}
	})
}

func TestAReportNeedsADoorAReasonAndAPostInSight(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		p, held := h.Thread(ana, nil), h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" })
		for want, n := range map[string]forum.NewReport{
			"door": {}, "reason": {Door: forum.DoorRules, Reason: "worried"}, "reason note": {Door: forum.DoorRules, Note: "\x00"},
			"note": {Door: forum.DoorWorried, Note: strings.Repeat("n", forum.MaxNote+1)},
		} {
			n.PostID = p.ID
			if _, err := h.c.Report(h.Context(), bo, n); fields(err) != want {
				h.Errorf("%+v: %v", n, err)
			}
		}
		for what, id := range map[string]int64{"held": held.ID, "none": 9999} {
			_, err := h.c.Report(h.Context(), bo, forum.NewReport{PostID: id, Door: forum.DoorWorried})
			h.refused(what, err, forum.NotFound)
		}
		if _, err := h.Store.CaseOfPost(h.Context(), p.ID); err == nil {
			h.Error("a refused report opened a case")
		}
	})
}

func TestTheSameReportTwiceIsOneSignal(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, cy := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("cy", forum.RoleMember)
		p := h.Thread(ana, nil)
		h.report(bo, p.ID, forum.DoorRules, "unkind")
		before := h.snapshot(p.ID, ana, bo)
		h.Clock.Move(time.Minute)
		h.report(bo, p.ID, forum.DoorRules, "unkind")
		if diff := cmp.Diff(before, h.snapshot(p.ID, ana, bo)); diff != "" {
			h.Error(diff)
		}
		h.report(bo, p.ID, forum.DoorRules, "spam")
		h.report(bo, p.ID, forum.DoorWorried, "")
		h.report(cy, p.ID, forum.DoorRules, "unkind")
		for range 2 { // strangers cannot be told apart
			h.report(forum.Actor{}, p.ID, forum.DoorWorried, "")
		}
		signals, err := h.Store.Signals(h.Context(), h.caseOf(p.ID).ID)
		if err != nil || len(signals) != 6 {
			h.Fatalf("%d signals, %v", len(signals), err)
		}
		if s := signals[5]; s.PersonID != nil || s.PersonName != "" {
			h.Errorf("a stranger's report: %+v", s)
		}
		if b, c := len(h.notices(bo)), len(h.notices(cy)); b != 3 || c != 1 {
			h.Errorf("%d and %d receipts", b, c)
		}
	})
}

func TestAReportOnADecidedCaseOpensItAgain(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, sam, kim := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		p := h.Thread(ana, nil)
		h.report(bo, p.ID, forum.DoorWorried, "")
		h.decide(sam, p.ID, forum.ActionKeep)
		decided := h.caseOf(p.ID)
		if decided.State != forum.CaseDecided || decided.DecidedAt == nil {
			h.Fatalf("%+v", decided)
		}
		h.Clock.Move(time.Hour)
		h.report(bo, p.ID, forum.DoorRules, "spam") // milder than before: the case starts afresh
		k, now := h.caseOf(p.ID), h.Clock.Now()
		if k.ID != decided.ID || k.State != forum.CaseOpen || k.Band != moderation.P4 || k.Version <= decided.Version || k.DecidedAt != nil || k.HolderID != nil || k.Lease != "" ||
			!k.OpenedAt.Equal(now) || !k.DecideBy.Equal(now.Add(h.c.Clocks[moderation.P4].Decide)) {
			h.Errorf("%+v", k)
		}
		if got := h.recorded("case", k.ID); !slices.Equal(got, []string{"case.opened P1", "case.claimed", "case.decided keep", "case.reopened P4"}) {
			h.Errorf("recorded %q", got)
		}
		told := len(h.notices(bo))
		h.refused("the one who decided last time", h.c.Claim(h.Context(), sam, k.ID), forum.Invalid)
		h.decide(kim, p.ID, forum.ActionKeep)
		if n := len(h.notices(bo)); n != told+1 {
			h.Errorf("the reporter was told %d times of the second decision", n-told)
		}
		h.must(h.Store.MoveMail(h.Context(), h.mails()[0].ID, forum.MailWaiting, forum.MailSent, now))
		h.Clock.Move(time.Minute)
		h.report(bo, p.ID, forum.DoorRules, "spam")
		if k := h.caseOf(p.ID); k.State != forum.CaseDecided || len(h.notices(bo)) != told+2 {
			h.Errorf("the same report after a decision: %s, told %d times", k.State, len(h.notices(bo))-told)
		}
		h.report(h.Person("cy", forum.RoleMember), p.ID, forum.DoorRules, "spam")
		if k := h.caseOf(p.ID); k.State != forum.CaseDecided {
			h.Errorf("two people: %s", k.State)
		}
		h.report(h.Person("di", forum.RoleMember), p.ID, forum.DoorRules, "spam")
		if k := h.caseOf(p.ID); k.State != forum.CaseOpen {
			h.Errorf("three people: %s", k.State)
		}
		h.decide(sam, p.ID, forum.ActionKeep)
		h.Clock.Move(time.Minute)
		h.report(bo, p.ID, forum.DoorWorried, "")
		if k := h.caseOf(p.ID); k.State != forum.CaseOpen || k.Band != moderation.P1 {
			h.Errorf("a worry, said before: %s", k.State)
		}
	})
}

func TestABandIsOnlyRaisedAndADeadlineNeverMovesLater(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember)
		p := h.Thread(ana, nil)
		h.report(bo, p.ID, forum.DoorRules, "spam")
		first := h.caseOf(p.ID)
		early := h.Clock.Now().Add(h.c.Clocks[moderation.P4].Decide)
		h.Clock.Move(time.Hour)
		h.report(bo, p.ID, forum.DoorRules, "unkind") // P2: four hours from now is before P4's twelve
		raised := h.caseOf(p.ID)
		if want := h.Clock.Now().Add(h.c.Clocks[moderation.P2].Decide); raised.Band != moderation.P2 || !raised.DecideBy.Equal(want) || raised.DecideBy.After(early) || raised.LookBy.After(first.LookBy) || raised.Version != first.Version+1 {
			h.Errorf("raised: %+v", raised)
		}
		h.Clock.Move(3*time.Hour + 50*time.Minute)
		h.report(bo, p.ID, forum.DoorWorried, "") // P1 with ten minutes left of P2's time
		again := h.caseOf(p.ID)
		if again.Band != moderation.P1 || !again.DecideBy.Equal(raised.DecideBy) || !again.LookBy.Equal(raised.LookBy) {
			h.Errorf("raised late: %+v", again)
		}
		h.report(bo, p.ID, forum.DoorRules, "other")
		last := h.caseOf(p.ID)
		if last.Band != moderation.P1 || !last.DecideBy.Equal(raised.DecideBy) || last.Version != again.Version+1 {
			h.Errorf("a milder report: %+v", last)
		}
		if got := h.recorded("case", last.ID); !slices.Equal(got, []string{"case.opened P4", "case.raised P4 to P2", "case.raised P2 to P1", "case.signal P1"}) {
			h.Errorf("recorded %q", got)
		}
	})
}

func TestManyReportsAtOnceLoseNoneThatWasThankedFor(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		p := h.Thread(h.Person("ana", forum.RoleMember), nil)
		var people []forum.Actor
		for _, name := range []string{"bo", "cy", "di", "ed", "fi", "gus"} {
			people = append(people, h.Person(name, forum.RoleMember))
		}
		errs := together(len(people), func(i int) error {
			_, err := h.c.Report(h.Context(), people[i], forum.NewReport{PostID: p.ID, Door: forum.DoorWorried})
			return err
		})
		signals, err := h.Store.Signals(h.Context(), h.caseOf(p.ID).ID)
		h.must(err)
		for i, err := range errs {
			has := slices.ContainsFunc(signals, func(s forum.SignalRow) bool { return *s.PersonID == people[i].ID })
			if thanked := len(h.notices(people[i])) == 1; has != (err == nil) || thanked != has {
				h.Errorf("%s: signal %v, thanked %v, %v", people[i].Name, has, thanked, err)
			}
			if err != nil {
				h.refused(people[i].Name, err, forum.LostRace)
			}
		}
	})
}
