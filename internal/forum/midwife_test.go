package forum_test

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

func TestRegisterNumbers(t *testing.T) {
	t.Parallel()
	for typed, want := range map[string]string{
		"01A2345N": "01A2345N", " 01a 2345-n ": "01A2345N", "98I1234E": "98I1234E",
		"": "", "1A2345N": "", "01A2345": "", "01A23456N": "", "AAA2345N": "", "01A2345N; DROP": "", "０１A2345N": "", "01A2345Ñ": "",
	} {
		got, err := forum.CheckPIN(typed)
		if got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q, %v; want %q", typed, got, err, want)
		}
	}
}

func TestWhatPasses(t *testing.T) {
	t.Parallel()
	for _, seen := range forum.SeenStates {
		for _, field := range forum.Fields {
			for _, reviewed := range []bool{false, true} {
				want := field != forum.FieldOther && (seen == forum.RegistrationCurrent || seen == forum.RegistrationConditions && reviewed)
				if got := (forum.RegisterCheck{Seen: seen, Field: field, Reviewed: reviewed}).Passes(); got != want {
					t.Errorf("%s, %s, reviewed %v: %v", seen, field, reviewed, got)
				}
			}
		}
	}
	for _, s := range forum.RegistrationStates {
		if forum.RegistrationWords(s) == "" {
			t.Errorf("%s has no words", s)
		}
	}
}

// staffed is a community with a member who applies and three people who check.
type staffed struct {
	*house
	mia, lea, ada, lou forum.Actor
}

const marked = "12X3456Y"

func newStaffed(h *house) *staffed {
	return &staffed{h, h.Person("Mia", forum.RoleMember), h.Person("Lea", forum.RoleLead), h.Person("Ada", forum.RoleAdmin), h.Person("Lou", forum.RoleLead)}
}

func (s *staffed) apply(a forum.Actor, number string) forum.ApplicationRow {
	s.Helper()
	s.must(s.c.Apply(s.Context(), a, forum.NewApplication{Name: "Marked Realname", Number: number, Employer: "St Elsewhere", Field: forum.FieldMidwife}))
	row, ok, err := s.c.MyApplication(s.Context(), a)
	s.must(err)
	if !ok {
		s.Fatal("there is no application")
	}
	return row
}

func (s *staffed) check(a forum.Actor, id int64, change func(*forum.NewCheck)) (forum.ApplicationState, error) {
	s.Helper()
	row, _, err := s.c.Application(s.Context(), a, id)
	s.must(err)
	n := forum.NewCheck{ApplicationID: id, Round: row.Round, Seen: forum.RegistrationCurrent, Field: forum.FieldMidwife, Identity: forum.IdentityPhoto, Expires: s.Clock.Now().AddDate(1, 0, 0).Format(time.DateOnly)}
	if change != nil {
		change(&n)
	}
	return s.c.CheckRegister(s.Context(), a, n)
}

// approved makes a midwife the long way.
func (s *staffed) approved(a forum.Actor, number string) (forum.Actor, int64) {
	s.Helper()
	app := s.apply(a, number)
	for _, by := range []forum.Actor{s.lea, s.ada} {
		_, err := s.check(by, app.ID, nil)
		s.must(err)
	}
	return s.again(a), app.ID
}

func (s *staffed) again(a forum.Actor) forum.Actor {
	s.Helper()
	a, err := s.c.Actor(s.Context(), a.ID)
	s.must(err)
	return a
}

func TestTwoPeopleMakeAMidwife(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		s := newStaffed(h)
		ctx := h.Context()
		h.refused("a stranger applies", h.c.Apply(ctx, forum.Actor{}, forum.NewApplication{}), forum.SignedOut)
		err := h.c.Apply(ctx, s.mia, forum.NewApplication{Field: forum.FieldOther})
		if got := fields(err); got != "name number employer field" {
			t.Errorf("faults with %q", got)
		}
		app := s.apply(s.mia, marked)
		h.refused("twice", h.c.Apply(ctx, s.mia, forum.NewApplication{Name: "Other", Number: "01A2345N", Employer: "There", Field: forum.FieldMidwife}), forum.LostRace)
		if n := h.notices(s.lea, forum.NoticeStaff); len(n) != 1 || len(h.notices(s.ada)) != 1 {
			t.Errorf("the lead was told %v", n)
		}

		// Only leads and admins see it, and nobody their own.
		for _, a := range []forum.Actor{{}, s.mia, h.Person("Mo", forum.RoleModerator), h.Person("Kay", forum.RoleMidwife)} {
			_, err := h.c.Applications(ctx, a)
			h.refused("list", err, forum.NotFound)
			_, err = h.c.OpenApplication(ctx, a, app.ID, forum.PurposeRegister)
			h.refused("open", err, forum.NotFound)
			_, err = h.c.CheckRegister(ctx, a, forum.NewCheck{ApplicationID: app.ID, Round: 1})
			h.refused("check", err, forum.NotFound)
			h.refused("revoke", h.c.RevokeMidwife(ctx, a, s.mia.ID, forum.RegistrationRemoved), forum.NotFound)
		}
		row, _, err := h.c.Application(ctx, s.lea, app.ID)
		h.must(err)
		if row.NumberSealed != nil || row.NameSealed != nil || row.EmployerSealed != nil || row.NumberKey != "" {
			t.Error("the page has sealed data")
		}
		_, err = h.c.OpenApplication(ctx, s.lea, app.ID, "curious")
		h.refused("without a purpose", err, forum.Invalid)
		d, err := h.c.OpenApplication(ctx, s.lea, app.ID, forum.PurposeRegister)
		h.must(err)
		if d != (forum.Details{Name: "Marked Realname", Number: marked, Employer: "St Elsewhere"}) {
			t.Errorf("opened %+v", d)
		}

		// One person checks twice, and it is one check.
		_, err = s.check(s.lea, app.ID, func(n *forum.NewCheck) { n.Seen, n.Field, n.Identity, n.Expires = "", "", "", "" })
		h.refused("nothing chosen", err, forum.Invalid)
		_, err = s.check(s.lea, app.ID, func(n *forum.NewCheck) { n.Identity, n.Expires = "", "2020-01-01" })
		if got := fields(err); got != "identity expires" {
			t.Errorf("faults with %q", got)
		}
		state, err := s.check(s.lea, app.ID, nil)
		h.must(err)
		if state != forum.ApplicationOpen || s.again(s.mia).Midwife() {
			t.Errorf("one check made it %s", state)
		}
		_, err = s.check(s.lea, app.ID, nil)
		h.refused("the same person again", err, forum.LostRace)
		state, err = s.check(s.ada, app.ID, func(n *forum.NewCheck) { n.Expires = h.Clock.Now().AddDate(0, 6, 0).Format(time.DateOnly) })
		h.must(err)
		mia := s.again(s.mia)
		if state != forum.ApplicationApproved || !mia.Midwife() {
			t.Fatalf("two checks made it %s; midwife %v", state, mia.Midwife())
		}
		r, err := h.Store.Registration(ctx, mia.ID)
		h.must(err)
		if want := h.Clock.Now().AddDate(0, 6, 1).Truncate(24 * time.Hour); !r.ExpiresAt.Equal(want) || !r.RecheckAt.Equal(h.Clock.Now().Add(7*24*time.Hour)) {
			t.Errorf("until %v, looked at again %v; want the earlier date, %v", r.ExpiresAt, r.RecheckAt, want)
		}
		_, err = h.c.CheckRegister(ctx, s.lou, forum.NewCheck{ApplicationID: app.ID, Round: 1, Seen: forum.RegistrationCurrent, Field: forum.FieldMidwife, Identity: forum.IdentityMet, Expires: "2027-01-01"})
		h.refused("a page from the round before", err, forum.LostRace)

		// The record has every step, and neither number nor name.
		want := []string{"role.granted member, by the operator", "midwife.applied", "midwife.opened register", "midwife.checked round 1, current", "midwife.checked round 1, current", "midwife.approved round 1, until 2026-07-16"}
		if got := h.recorded("person", mia.ID); !slices.Equal(got, want) {
			t.Errorf("the record says %q, want %q", got, want)
		}
		rows, err := h.Store.Record(ctx, 0, 10_000)
		h.must(err)
		for _, r := range rows {
			if strings.Contains(r.Detail, marked) || strings.Contains(r.Detail, "Realname") || strings.Contains(r.Detail, "Elsewhere") {
				t.Errorf("the record says %q", r.Detail)
			}
		}
		v, err := h.c.VerifyRecord(ctx)
		h.must(err)
		if v.Broken != 0 {
			t.Errorf("the chain is broken: %s", v.Why)
		}
	})
}

func TestWhoMayOnlyRead(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		kay, mia := h.Person("Kay", forum.RoleMidwife), h.Person("Mia", forum.RoleMidwife)
		q := h.Thread(h.Person("Bea", forum.RoleMember), func(n *forum.NewThread) { n.Wants = forum.WantsMidwife })
		answer := h.Comment(mia, forum.NewComment{ThreadID: q.ThreadID, Body: "See your GP.", AsMidwife: true})
		for _, kind := range []forum.MeasureKind{forum.MeasureReadOnly, forum.MeasureSuspension, forum.MeasureBan} {
			kay.Restrictions = []forum.Restriction{{Kind: kind}}
			h.refused("apply", h.c.Apply(h.Context(), kay, forum.NewApplication{}), forum.Invalid)
			h.refused("claim", h.c.ClaimQuestion(h.Context(), kay, q.ThreadID), forum.Invalid)
			h.refused("agree", h.c.GiveOpinion(h.Context(), kay, forum.NewOpinion{PostID: answer.ID, Kind: forum.OpinionAgree}), forum.Invalid)
		}
	})
}

func TestANumberServesOneAccount(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		s := newStaffed(h)
		other := s.apply(h.Person("Eve", forum.RoleMember), "12x 3456y")
		if row, _, err := h.c.Application(h.Context(), s.lea, other.ID); err != nil || row.Twin {
			t.Errorf("a twin of nobody (%v)", err)
		}
		mia, _ := s.approved(s.mia, marked)
		if !mia.Midwife() {
			t.Fatal("not approved")
		}
		row, _, err := h.c.Application(h.Context(), s.lea, other.ID)
		h.must(err)
		if !row.Twin {
			t.Error("nobody is told that two accounts gave one number")
		}
		_, err = s.check(s.lea, other.ID, nil)
		h.must(err)
		_, err = s.check(s.ada, other.ID, nil)
		h.refused("a number twice", err, forum.LostRace)
		h.must(h.c.RevokeMidwife(h.Context(), s.lea, mia.ID, forum.RegistrationRemoved))
		_, err = s.check(s.ada, other.ID, nil)
		h.refused("the number of somebody who was removed", err, forum.LostRace)
	})
}

func TestTwoWhoCheckAtOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		s := newStaffed(h)
		app := s.apply(s.mia, marked)
		row, _, err := h.c.Application(h.Context(), s.lea, app.ID)
		h.must(err)
		by := []forum.Actor{s.lea, s.ada, s.lou}
		wins := 0
		for _, err := range together(3, func(i int) error {
			_, err := h.c.CheckRegister(h.Context(), by[i], forum.NewCheck{ApplicationID: app.ID, Round: row.Round, Seen: forum.RegistrationCurrent, Field: forum.FieldMidwife, Identity: forum.IdentityMet, Expires: "2027-01-01"})
			return err
		}) {
			if err == nil {
				wins++
			} else {
				h.refused("the third", err, forum.LostRace)
			}
		}
		if wins != 2 || !s.again(s.mia).Midwife() {
			t.Errorf("%d checks were taken, midwife %v", wins, s.again(s.mia).Midwife())
		}
	})
}

func TestWhatTheRegisterSaysBlocks(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		s := newStaffed(h)
		for i, seen := range forum.SeenStates[1:] { // all but current
			number := string(rune('0'+i)) + "1B2345C"
			who := h.Person("Ana "+string(rune('a'+i)), forum.RoleMember)
			app := s.apply(who, number)
			state, err := s.check(s.lea, app.ID, func(n *forum.NewCheck) { n.Seen = seen })
			h.must(err)
			if state != forum.ApplicationRefused || s.again(who).Midwife() {
				t.Errorf("%s: %s", seen, state)
			}
			_, id := s.approved(who, number) // refused, so they may apply again
			state, err = s.check(s.lou, id, func(n *forum.NewCheck) { n.Seen = seen })
			h.must(err)
			now := s.again(who)
			if state != forum.ApplicationBlocked || now.Midwife() || now.Has(forum.RoleMidwife) {
				t.Errorf("%s on a midwife: %s, %+v", seen, state, now)
			}
			// Back again: two others, in a new round.
			for i, by := range []forum.Actor{s.lou, s.ada} {
				_, err := s.check(by, id, nil)
				h.must(err)
				if s.again(who).Midwife() != (i == 1) {
					t.Errorf("%s: after %d checks midwife is %v", seen, i+1, i != 1)
				}
			}
		}
		who := h.Person("Con", forum.RoleMember)
		app := s.apply(who, "91B2345C")
		for _, by := range []forum.Actor{s.lea, s.ada} {
			_, err := s.check(by, app.ID, func(n *forum.NewCheck) { n.Seen, n.Reviewed = forum.RegistrationConditions, true })
			h.must(err)
		}
		if !s.again(who).Midwife() {
			t.Error("conditions that were reviewed still block")
		}
		state, err := s.check(s.lou, app.ID, func(n *forum.NewCheck) { n.Field = forum.FieldOther })
		h.must(err)
		if state != forum.ApplicationBlocked || s.again(who).Midwife() {
			t.Error("a nurse is a midwife")
		}
	})
}

func TestRevokingRelabelsAndTellsTheLead(t *testing.T) {
	t.Parallel()
	for _, why := range forum.RegistrationStates[1:] {
		t.Run(string(why), func(t *testing.T) {
			t.Parallel()
			each(t, func(h *house) {
				s := newStaffed(h)
				mia, _ := s.approved(s.mia, marked)
				bea := h.Person("Bea", forum.RoleMember)
				q := h.Thread(bea, func(n *forum.NewThread) { n.Wants = forum.WantsMidwife })
				other := h.Thread(bea, func(n *forum.NewThread) { n.Wants, n.Title = forum.WantsMidwife, "Another" })
				answer := h.Comment(mia, forum.NewComment{ThreadID: q.ThreadID, Body: "See your GP.", AsMidwife: true})
				parent := h.Comment(mia, forum.NewComment{ThreadID: q.ThreadID, Body: "I lost one too."})
				if row := h.row(answer.ID); row.Registration != forum.RegistrationCurrent || row.CheckedAt == nil {
					t.Errorf("the answer has %q", row.Registration)
				}
				if row := h.row(parent.ID); row.Registration != "" || row.CheckedAt != nil {
					t.Errorf("what she wrote as a parent has %q", row.Registration)
				}
				h.must(h.c.ClaimQuestion(h.Context(), mia, other.ThreadID))
				before := len(h.notices(s.lea))
				h.must(h.c.RevokeMidwife(h.Context(), s.ada, mia.ID, why))
				mia = s.again(mia)
				if mia.Midwife() || mia.Has(forum.RoleMidwife) {
					t.Fatal("still a midwife")
				}
				_, err := h.c.PostComment(h.Context(), mia, forum.NewComment{ThreadID: q.ThreadID, Body: "More.", AsMidwife: true})
				h.refused("answer", err, forum.Invalid)
				_, err = h.c.EditPost(h.Context(), mia, forum.PostEdit{PostID: answer.ID, Body: "Changed."})
				h.refused("edit the answer", err, forum.Invalid)
				h.refused("claim", h.c.ClaimQuestion(h.Context(), mia, other.ThreadID), forum.NotFound)
				if row := h.row(answer.ID); row.Registration != why || row.Capacity != forum.AsMidwife {
					t.Errorf("the answer has %q", row.Registration)
				}
				thread, err := h.Store.Thread(h.Context(), s.lea, q.ThreadID)
				h.must(err)
				first, err := h.Store.FirstAnswer(h.Context(), bea, q.ThreadID)
				h.must(err)
				want := 1
				if why.Doubted() {
					want = 0
				}
				if thread.Answers != want || (first != 0) != (want == 1) {
					t.Errorf("%d answers, the first %d", thread.Answers, first)
				}
				told := h.notices(s.lea)[before:]
				if len(told) != 1 || !strings.Contains(told[0].Title, "Mia is no longer a midwife") || !strings.Contains(told[0].Body, "1 in all") {
					t.Errorf("the lead was told %+v", told)
				}
				claims, err := h.Store.QuestionClaims(h.Context(), h.Clock.Now())
				h.must(err)
				if len(claims) != 0 {
					t.Error("she still holds a question")
				}
				if got := h.recorded("person", mia.ID); got[len(got)-1] != "midwife.revoked "+string(why) {
					t.Errorf("the record says %q", got)
				}
				h.must(h.c.RevokeMidwife(h.Context(), s.ada, mia.ID, why)) // again: nothing
				if n := len(h.notices(s.lea)); n != before+1 {
					t.Errorf("told %d times", n-before)
				}
			})
		})
	}
}

func TestRemindersComeOnce(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		s := newStaffed(h)
		mia, id := s.approved(s.mia, marked)
		titles := func(a forum.Actor) (all []string) {
			for _, n := range h.notices(a, forum.NoticeStaff) {
				all = append(all, n.Title)
			}
			return all
		}
		count := func(a forum.Actor, title string) (n int) {
			for _, got := range titles(a) {
				if got == title {
					n++
				}
			}
			return n
		}
		tend := func() {
			for _, err := range together(4, func(int) error { return h.c.Tend(h.Context()) }) {
				if err != nil && !errors.Is(err, forum.ErrLost) {
					t.Errorf("tend: %v", err)
				}
			}
		}
		const again, soon, mine = "Time to look at the register again", "A midwife's registration ends soon", "Your registration ends soon"
		tend()
		if count(s.lea, again) != 0 {
			t.Error("reminded at once")
		}
		h.Clock.Move(7 * 24 * time.Hour)
		tend()
		tend()
		if count(s.lea, again) != 1 || count(s.ada, again) != 1 || count(mia, mine) != 0 {
			t.Errorf("lead %q, midwife %q", titles(s.lea), titles(mia))
		}
		// Two looks at the register begin the week anew.
		for _, by := range []forum.Actor{s.lou, s.lea} {
			_, err := s.check(by, id, func(n *forum.NewCheck) { n.Expires = "2026-04-30" })
			h.must(err)
		}
		h.Clock.Move(7 * 24 * time.Hour)
		tend()
		if count(s.lea, again) != 2 {
			t.Errorf("%d reminders to look again, want 2", count(s.lea, again))
		}
		h.Clock.Move(time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC).Sub(h.Clock.Now()))
		tend()
		tend()
		if count(s.lea, soon) != 1 || count(mia, mine) != 1 {
			t.Errorf("30 days before: lead %d, midwife %d", count(s.lea, soon), count(mia, mine))
		}
		h.Clock.Move(24 * 24 * time.Hour)
		tend()
		if count(s.lea, soon) != 2 || count(mia, mine) != 2 || !s.again(mia).Midwife() {
			t.Errorf("7 days before: lead %d, midwife %d", count(s.lea, soon), count(mia, mine))
		}
		h.Clock.Move(time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC).Sub(h.Clock.Now()))
		if s.again(mia).Midwife() {
			t.Error("a midwife past the last day")
		}
		tend()
		tend()
		r, err := h.Store.Registration(h.Context(), mia.ID)
		h.must(err)
		if r.State != forum.RegistrationLapsed || s.again(mia).Has(forum.RoleMidwife) {
			t.Errorf("after the last day: %s", r.State)
		}
		if n := count(s.lea, "Mia is no longer a midwife here (the registration ran out)"); n != 1 {
			t.Errorf("the lead was told %d times: %q", n, titles(s.lea))
		}
	})
}
