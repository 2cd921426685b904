package forum_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

func (h *house) next(a forum.Actor) int64 {
	h.Helper()
	v, err := h.c.Next(h.Context(), a, false)
	h.must(err)
	if v.CaseID == 0 {
		return 0
	}
	k, err := h.Store.Case(h.Context(), v.CaseID)
	h.must(err)
	return k.PostID
}

func TestNextServesInOrderAndKeepsAShareForAmber(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		sam, kim := h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		own := h.post(sam, "GOODBYE")
		amber := h.post(ana, "WATCHED").ID
		var details []int64
		for range 5 {
			details = append(details, h.Thread(ana, func(n *forum.NewThread) {
				n.Body, n.Acknowledged, n.Title = "DETAIL", "1", fmt.Sprint(len(details))
			}).ID)
			h.Clock.Move(time.Second)
		}
		reported := h.post(ana, "Plain")
		h.report(sam, reported.ID, forum.DoorWorried, "")
		var got []int64
		for range 5 {
			id := h.next(sam)
			if again := h.next(sam); again != id {
				h.Errorf("served %d while %d is in hand", again, id)
			}
			got = append(got, id)
			h.decide(sam, id, forum.ActionKeep)
		}
		if want := []int64{details[0], details[1], details[2], amber, details[3]}; !slices.Equal(got, want) {
			h.Errorf("served %v, want %v", got, want)
		}
		if id := h.next(kim); id != own.ID {
			h.Errorf("a colleague is served %d", id)
		}
		h.must(h.c.Pass(h.Context(), kim, h.caseOf(own.ID).ID))
		if id := h.next(kim); id != reported.ID {
			h.Errorf("after passing: %d", id)
		}
		h.must(h.c.Pause(h.Context(), kim, "Please read the whole thread.", true))
		k := h.caseOf(reported.ID)
		v, err := h.c.CasePage(h.Context(), kim, k.ID)
		h.must(err)
		if last := v.Signals[len(v.Signals)-1]; k.State != forum.CaseOpen || last.Category != forum.NoteHandover || last.PersonName != "kim" {
			h.Errorf("%+v %+v", k, last)
		}
		if s, err := h.c.ShiftPage(h.Context(), kim); err != nil || s.Shift.ID != 0 || len(s.Held) != 0 {
			h.Errorf("%+v, %v", s, err)
		}
		if id := h.next(kim); id != reported.ID {
			h.Errorf("served what was passed on: %d", id)
		}
		lea := h.Person("lea", forum.RoleLead)
		if all, err := h.c.Shifts(h.Context(), lea, time.Time{}); err != nil || len(all) != 3 {
			h.Errorf("%+v, %v", all, err)
		}
		_, err = h.c.Shifts(h.Context(), sam, time.Time{})
		h.refused("a moderator asks for everybody's load", err, forum.NotFound)
	})
}

func TestAModeratorIsAskedToRest(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		for range 3 {
			h.post(ana, "FOLDED")
		}
		for range 2 {
			h.decide(sam, h.next(sam), forum.ActionKeep)
		}
		v, err := h.c.Next(h.Context(), sam, false)
		if err != nil || !v.Rest || v.CaseID != 0 || v.Shift.Heavy != 2 {
			h.Errorf("%+v, %v", v, err)
		}
		if v, err = h.c.Next(h.Context(), sam, true); err != nil || v.CaseID == 0 {
			h.Errorf("going on: %+v, %v", v, err)
		}
		h.must(h.c.Pause(h.Context(), sam, "", false))
		h.Clock.Move(5 * time.Hour)
		if h.next(sam) == 0 {
			h.Error("a new shift begins with nothing")
		}
	}, func(o *forum.Options) { o.ShiftLimit = forum.ShiftLimit{Heavy: 2} })
}

func TestTwoSigners(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember)
		sam, kim, lea := h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator), h.Person("lea", forum.RoleLead)
		ban := func(n forum.NewDecision, by string) forum.NewDecision {
			n.Key, n.Action, n.Reason, n.Measures = by, forum.ActionRemove, "C1", []forum.NewMeasure{{PersonID: ana.ID, Kind: forum.MeasureBan, Days: 30}}
			return n
		}
		p := h.post(ana, "FOLDED")
		h.must(h.sign(sam, ban(h.claim(sam, p.ID), "one")))
		if row := h.row(p.ID); row.State != forum.StateHeld || len(h.notices(ana)) != 0 {
			h.Errorf("protected first: %s, told %d", row.State, len(h.notices(ana)))
		}
		v, err := h.c.CasePage(h.Context(), kim, h.caseOf(p.ID).ID)
		if err != nil || !v.Second || len(v.Proposals) != 0 || len(v.Decisions) != 0 {
			h.Errorf("not blind: %+v, %v", v.Proposals, err)
		}
		h.must(h.sign(kim, ban(h.claim(kim, p.ID), "two")))
		k := h.caseOf(p.ID)
		list, err := h.Store.Decisions(h.Context(), k.ID)
		if err != nil || len(list) != 1 || list[0].ByID != sam.ID || list[0].SecondID == nil || *list[0].SecondID != kim.ID || k.State != forum.CaseDecided || h.row(p.ID).State != forum.StateRemoved {
			h.Errorf("agreed: %+v, %+v, %v", k, list, err)
		}
		banned, err := h.c.Actor(h.Context(), ana.ID)
		h.must(err)
		if r, ok := banned.Restricted(); !ok || r.Kind != forum.MeasureBan {
			h.Errorf("%+v", banned)
		}
		_, err = h.c.PostThread(h.Context(), banned, forum.NewThread{Topic: "early-loss", Kind: forum.Question, Wants: forum.WantsParents, Title: "T", Body: "B"})
		h.refused("a banned person writes", err, forum.Invalid)
		if _, err := h.c.ThreadPage(h.Context(), banned, p.ThreadID, 1, 0); err != nil {
			h.Errorf("a banned person reads: %v", err)
		}

		cy := h.Person("cy", forum.RoleMember)
		q := h.post(cy, "FOLDED")
		one := h.claim(sam, q.ID)
		one.NotSure = true
		h.must(h.sign(sam, one))
		two := h.claim(kim, q.ID)
		two.Key, two.Action, two.Reason = "other", forum.ActionRemove, "C1"
		if v, err := h.c.Decide(h.Context(), kim, two); v != forum.VerdictDiffers || err != nil {
			h.Error(v, err)
		}
		id := h.caseOf(q.ID).ID
		for _, a := range []forum.Actor{sam, kim, h.Person("mo", forum.RoleModerator)} {
			h.refused(a.Name, h.c.Claim(h.Context(), a, id), forum.Invalid)
		}
		if v, err := h.c.CasePage(h.Context(), lea, id); err != nil || len(v.Proposals) != 2 || v.Proposals[1].Chosen.Action != forum.ActionRemove {
			h.Errorf("%+v, %v", v.Proposals, err)
		}
		h.decide(lea, q.ID, forum.ActionKeep)
		if h.row(q.ID).State != forum.StatePublic {
			h.Error("the lead's word was not carried out")
		}
	})
}

// TestAnOverturnTakesEverythingBack has each action that changes something
// decided, appealed while restricted, and overturned by somebody else.
func TestAnOverturnTakesEverythingBack(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		sam, kim := h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		for i, action := range []forum.Action{forum.ActionRemove, forum.ActionRedact, forum.ActionNote, forum.ActionFold, forum.ActionMove, forum.ActionLock, forum.ActionCorrect, forum.ActionHold, forum.ActionAskChange} {
			ana := h.Person(fmt.Sprint("ana ", i), forum.RoleMember)
			p := h.post(ana, "WATCHED one\nand two\nand three")
			before := h.row(p.ID)
			n := h.claim(sam, p.ID)
			n.Action, n.Reason, n.Lines, n.Topic, n.Correction, n.Mentions = action, "C2", []int{2}, "late-loss", "It is not so.", forum.Mentions{moderation.TagMentionScan}
			n.Measures = []forum.NewMeasure{{PersonID: ana.ID, Kind: forum.MeasureReadOnly, Days: 7}}
			h.must(h.sign(sam, n))
			if action == forum.ActionRedact && !strings.Contains(h.row(p.ID).Body, "covered this line") {
				h.Errorf("redacted: %q", h.row(p.ID).Body)
			}
			limited, err := h.c.Actor(h.Context(), ana.ID)
			h.must(err)
			if _, ok := limited.Restricted(); !ok {
				h.Fatalf("%s: not restricted", action)
			}
			mine, err := h.c.MyDecisions(h.Context(), limited)
			if err != nil || len(mine) != 1 || mine[0].Until.IsZero() || mine[0].Decision.ByID != 0 {
				h.Fatalf("%s: %+v, %v", action, mine, err)
			}
			for range 2 {
				if ap, err := h.c.Appeal(h.Context(), limited, mine[0].Decision.ID, ""); err != nil || ap.State != forum.AppealOpen {
					h.Fatalf("%s: %+v, %v", action, ap, err)
				}
			}
			id := h.caseOf(p.ID).ID
			h.refused("the same moderator", h.c.Claim(h.Context(), sam, id), forum.Invalid)
			o := h.claim(kim, p.ID)
			o.Key, o.Action = "overturn", forum.ActionOverturn
			if v, err := h.c.Decide(h.Context(), kim, o); v != forum.VerdictDecided || err != nil {
				h.Fatalf("%s: %v, %v", action, v, err)
			}
			after := h.row(p.ID)
			if after.State != before.State || after.Body != before.Body || after.Topic != before.Topic || after.Correction != "" || !slices.Equal(after.Mentions, before.Mentions) {
				h.Errorf("%s: %s %q %s %q %v", action, after.State, after.Body, after.Topic, after.Correction, after.Mentions)
			}
			if t, err := h.Store.Thread(h.Context(), ana, p.ThreadID); err != nil || t.Pace != forum.PaceOpen {
				h.Errorf("%s: %s, %v", action, t.Pace, err)
			}
			if now, err := h.c.Actor(h.Context(), ana.ID); err != nil || len(now.Restrictions) != 0 {
				h.Errorf("%s: still restricted: %+v, %v", action, now, err)
			}
			for _, m := range must(h.c.Measures(h.Context(), ana, ana.ID)) {
				if m.State != forum.MeasureReversed {
					h.Errorf("%s: %+v stands", action, m)
				}
			}
			got := h.notices(ana, forum.NoticeAppeal)
			if len(got) != 2 || !strings.Contains(got[1].Title, "sorry") {
				h.Errorf("%s: told %+v", action, got)
			}
		}
	}, func(o *forum.Options) {
		o.Reasons = append(slices.Clone(o.Reasons), forum.Reason{Code: "C2", Author: "It attacks somebody.", Strike: forum.StrikeAlways})
	})
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestCareIsNeverAMeasure(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p := h.post(ana, "FOLDED")
		n := h.claim(sam, p.ID)
		n.Action, n.Reason, n.Measures = forum.ActionRemove, "W1", []forum.NewMeasure{{PersonID: ana.ID, Kind: forum.MeasureNote}}
		if err := h.sign(sam, n); fields(err) != "measures" {
			h.Errorf("%v", err)
		}
		n.Measures = nil
		h.must(h.sign(sam, n))
		if list := must(h.c.Measures(h.Context(), sam, ana.ID)); len(list) != 0 {
			h.Errorf("care counts: %+v", list)
		}
		k := h.caseOf(p.ID)
		rows, err := h.c.CareThread(h.Context(), ana, k.ID)
		if err != nil || len(rows) != 1 || rows[0].ByName != "" || rows[0].Body != "We wanted to check how you are." {
			h.Errorf("%+v, %v", rows, err)
		}
		for range 2 {
			cards, err := h.c.AnswerCare(h.Context(), ana, k.ID, "a1", "GOODBYE")
			if err != nil || len(cards) != 1 || cards[0] != "mind_emergency" {
				h.Errorf("%v, %v", cards, err)
			}
		}
		if k := h.caseOf(p.ID); k.State != forum.CaseOpen || k.Band != moderation.P0 {
			h.Errorf("an answer that nobody reads: %+v", k)
		}
		h.must(h.c.WriteCare(h.Context(), sam, k.ID, "t1", "We are here."))
		if rows := must(h.c.CareThread(h.Context(), sam, k.ID)); len(rows) != 3 || rows[2].ByName != "sam" || rows[1].Side != forum.SideWriter {
			h.Errorf("%+v", rows)
		}
		_, err = h.c.CareThread(h.Context(), h.Person("bo", forum.RoleMember), k.ID)
		h.refused("somebody else reads", err, forum.NotFound)
	}, func(o *forum.Options) {
		o.Reasons = slices.Clone(o.Reasons)
		o.Reasons[1].Strike = forum.StrikeAlways // even if the site data said so
	})
}

func TestAClockWarnsAndAlarmsOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, lea, sam := h.Person("ana", forum.RoleMember), h.Person("lea", forum.RoleLead), h.Person("sam", forum.RoleModerator)
		p := h.post(ana, "Plain")
		h.report(h.Person("bo", forum.RoleMember), p.ID, forum.DoorRules, "unkind") // P2: an hour to look, four to decide
		tend := func() {
			h.Helper()
			for _, err := range together(6, func(int) error { return h.c.Tend(h.Context()) }) { // as many instances
				h.must(err)
			}
		}
		at := func(since time.Duration, toLead, toTeam int) {
			h.Helper()
			h.Clock.Move(h.caseOf(p.ID).ClockAt.Add(since).Sub(h.Clock.Now()))
			tend()
			if l, m := len(h.notices(lea, forum.NoticeStaff)), len(h.notices(sam, forum.NoticeStaff)); l != toLead || m != toTeam || h.mailsTo(lea) != l || h.mailsTo(sam) != m {
				h.Errorf("after %s: the lead was told %d times, a moderator %d, want %d and %d", since, l, m, toLead, toTeam)
			}
		}
		at(47*time.Minute, 0, 0)
		at(48*time.Minute, 1, 0) // 80 %
		at(time.Hour, 2, 1)      // nobody has looked
		h.claim(sam, p.ID)
		at(191*time.Minute, 2, 1)
		at(192*time.Minute, 3, 1)
		at(5*time.Hour, 4, 2)
		h.decide(sam, p.ID, forum.ActionKeep)
		at(24*time.Hour, 4, 2)
		id, got := h.caseOf(p.ID).ID, []string{}
		for _, line := range h.recorded("case", id) {
			if strings.HasPrefix(line, "clock") {
				got = append(got, line)
			}
		}
		if want := []string{"clock.warned P2 look", "clock.breached P2 look", "clock.warned P2 decide", "clock.breached P2 decide"}; !slices.Equal(got, want) {
			h.Errorf("recorded %q", got)
		}
	})
}

func TestNobodyPromisesWhatNobodyKeeps(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana := h.Person("ana", forum.RoleMember) // it is three in the night
		p := h.post(ana, "FOLDED")
		if p.State != forum.StateHeld {
			h.Errorf("a post about a life is %s while nobody is there", p.State)
		}
		r, ok, err := h.c.ReadingOf(h.Context(), ana, p.ID)
		if want := time.Date(2026, 1, 15, 7, 30, 0, 0, time.UTC); err != nil || !ok || !r.By.Equal(want) || r.Staffed || r.Late {
			h.Errorf("%+v, %v, %v", r, ok, err)
		}
		h.Clock.Move(5 * time.Hour)
		if r, _, err := h.c.ReadingOf(h.Context(), ana, p.ID); err != nil || !r.Late || !r.By.IsZero() || !r.Staffed {
			h.Errorf("%+v, %v", r, err)
		}
		if later := h.post(ana, "FOLDED"); later.State != forum.StateFolded {
			h.Errorf("by day: %s", later.State)
		}
		if _, _, err := h.c.ReadingOf(h.Context(), h.Person("bo", forum.RoleMember), p.ID); forum.KindOf(err) != forum.NotFound {
			h.Error(err)
		}
	}, func(o *forum.Options) {
		o.Staffed = &forum.Hours{Zone: time.UTC}
		for i := range o.Staffed.Days {
			o.Staffed.Days[i] = forum.Span{From: 7 * 60, Until: 23 * 60}
		}
	})
}
