package forum_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
)

// A midwife's answer opens the case again, once; only then may a decision stand
// on a reason that asks for a midwife.
func TestAMidwifeIsAskedBeforeAdviceIsJudged(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam := h.Person("ana", forum.RoleMidwife), h.Person("sam", forum.RoleModerator)
		midwives := []forum.Actor{h.Person("mia", forum.RoleMidwife), h.Person("noor", forum.RoleMidwife)}
		p := h.post(ana, "Stop taking them")
		h.report(h.Person("bo", forum.RoleMember), p.ID, forum.DoorRules, "unkind")

		n := h.claim(sam, p.ID)
		n.Action, n.Reason = forum.ActionRemove, "H1"
		if err := h.sign(sam, n); fields(err) != "reason" || !strings.Contains(err.Error(), "midwife") {
			h.Errorf("without a midwife: %v", err)
		}
		n.Key, n.Action, n.Question, n.Reason = "ask", forum.ActionMidwife, "Is that safe?", ""
		h.must(h.sign(sam, n))
		if k := h.caseOf(p.ID); k.State != forum.CaseWaiting || k.WaitFor != forum.WaitMidwife {
			h.Fatalf("the case is %s for %s", k.State, k.WaitFor)
		}
		n = h.claim(sam, p.ID) // nobody has answered, but whoever comes may look
		n.Key, n.Action, n.Reason = "early", forum.ActionRemove, "H1"
		if err := h.sign(sam, n); fields(err) != "reason" {
			h.Errorf("asked but not answered: %v", err)
		}
		h.must(h.c.Release(h.Context(), sam, n.CaseID))

		_, err := h.c.OpenConsults(h.Context(), sam)
		h.refused("a moderator reads them", err, forum.NotFound)
		if own := must(h.c.OpenConsults(h.Context(), ana)); len(own) != 0 {
			h.Errorf("the writer is asked about their own words: %+v", own)
		}
		q := must(h.c.OpenConsults(h.Context(), midwives[0]))
		if len(q) != 1 || q[0].Question != "Is that safe?" || q[0].Body != "Stop taking them" {
			h.Fatalf("%+v", q)
		}
		h.refused("the writer answers", h.c.AnswerConsult(h.Context(), ana, q[0].ID, "Yes"), forum.NotFound)
		h.refused("a moderator answers", h.c.AnswerConsult(h.Context(), sam, q[0].ID, "Yes"), forum.NotFound)
		h.refused("nothing", h.c.AnswerConsult(h.Context(), midwives[0], q[0].ID, " "), forum.Invalid)
		h.refused("too much", h.c.AnswerConsult(h.Context(), midwives[0], q[0].ID, strings.Repeat("x", forum.MaxNote+1)), forum.Invalid)

		won := 0
		for _, err := range together(8, func(i int) error {
			return h.c.AnswerConsult(h.Context(), midwives[i%2], q[0].ID, "No. Call the GP first.")
		}) {
			switch {
			case err == nil:
				won++
			case forum.KindOf(err) != forum.LostRace && forum.KindOf(err) != forum.NotFound:
				h.Errorf("a later one was told %v", err)
			}
		}
		k := h.caseOf(p.ID)
		signals := must(h.Store.Signals(h.Context(), k.ID))
		answers := slices.DeleteFunc(signals, func(s forum.SignalRow) bool { return s.Category != "midwife" })
		consults := must(h.Store.Consults(h.Context(), k.ID))
		if won != 1 || len(answers) != 1 || answers[0].Note != "No. Call the GP first." || len(consults) != 1 || consults[0].State != forum.ConsultAnswered {
			h.Errorf("%d won; %+v; %+v", won, answers, consults)
		}
		if k.State != forum.CaseOpen || !slices.Contains(h.recorded("case", k.ID), "case.consulted") {
			h.Errorf("the case is %s, recorded %q", k.State, h.recorded("case", k.ID))
		}

		n = h.claim(sam, p.ID)
		n.Key, n.Action, n.Reason = "late", forum.ActionRemove, "H1"
		h.must(h.sign(sam, n))
		if s := h.row(p.ID).State; s != forum.StateRemoved {
			h.Errorf("the post is %s", s)
		}
	}, func(o *forum.Options) {
		o.Reasons = append(slices.Clone(o.Reasons), forum.Reason{Code: "H1", Author: "It could hurt.", Second: forum.SecondMidwife})
	})
}

// What a midwife said about other words counts for nothing.
func TestAnAnswerIsAboutOneWording(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam, mia := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator), h.Person("mia", forum.RoleMidwife)
		p := h.post(ana, "Stop taking them")
		h.report(h.Person("bo", forum.RoleMember), p.ID, forum.DoorRules, "unkind")
		n := h.claim(sam, p.ID)
		n.Action, n.Question = forum.ActionMidwife, "Is that safe?"
		h.must(h.sign(sam, n))
		h.must(h.c.AnswerConsult(h.Context(), mia, must(h.c.OpenConsults(h.Context(), mia))[0].ID, "No."))
		_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Title: "Other words", Body: "Take more of them"})
		h.must(err)
		n = h.claim(sam, p.ID)
		n.Key, n.Action, n.Reason = "late", forum.ActionRemove, "H1"
		if err := h.sign(sam, n); fields(err) != "reason" {
			h.Errorf("on other words: %v", err)
		}
	}, func(o *forum.Options) {
		o.Reasons = append(slices.Clone(o.Reasons), forum.Reason{Code: "H1", Author: "It could hurt.", Second: forum.SecondMidwife})
	})
}

// A slow thread lets each person write once an hour, a locked one nobody but the
// team; both are said and undone by nobody's clock.
func TestSlowAndLockedThreads(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, cy := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("cy", forum.RoleMember)
		sam := h.Person("sam", forum.RoleModerator)
		p := h.post(ana, "Plain")
		say := func(a forum.Actor, words string) error {
			_, err := h.c.PostComment(h.Context(), a, forum.NewComment{ThreadID: p.ThreadID, Body: words})
			return err
		}
		h.must(say(bo, "Before"))
		h.report(cy, p.ID, forum.DoorRules, "unkind")
		h.decide(sam, p.ID, forum.ActionSlow)
		if n := h.notices(ana, forum.NoticeDecision); len(n) != 1 || !strings.Contains(n[0].Title, "more slowly") {
			h.Errorf("the writer was told %+v", n)
		}
		h.Clock.Move(59 * time.Minute)
		err := say(bo, "Too soon")
		h.refused("a second within the hour", err, forum.TooMany)
		if f := forum.Faults(err); len(f) != 1 || f[0].Retry != time.Minute {
			h.Errorf("told to come back in %v", f)
		}
		h.must(say(cy, "Somebody else"))
		h.Clock.Move(time.Minute)
		h.must(say(bo, "An hour later"))
		h.must(say(sam, "The team"))
		h.must(say(sam, "The team again"))

		h.report(h.Person("dee", forum.RoleMember), p.ID, forum.DoorRules, "advice")
		h.decide(h.Person("kim", forum.RoleModerator), p.ID, forum.ActionLock)
		for _, a := range []forum.Actor{ana, bo} {
			h.refused("into a locked thread", say(a, "Later"), forum.LostRace)
		}
		h.must(say(sam, "We closed this for now"))
		rows := must(h.Store.Comments(h.Context(), bo, p.ThreadID, 0, 100))
		if len(rows) != 6 {
			h.Errorf("%d comments are left to read", len(rows))
		}
	})
}

// An address is opened by a lead, for a reason, with a fresh second factor, and
// only once that is on record.
func TestAnAddressIsOpenedOnRecord(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, lea, sam := h.Person("ana", forum.RoleMember), h.Person("lea", forum.RoleLead), h.Person("sam", forum.RoleModerator)
		p := h.post(ana, "Plain")
		h.report(h.Person("bo", forum.RoleMember), p.ID, forum.DoorWorried, "")
		id := h.caseOf(p.ID).ID
		why := forum.SealPurposes[0]
		read := func(a forum.Actor, id int64, purpose string) (string, error) {
			return h.c.ReadAddress(h.Context(), a, id, purpose)
		}
		_, err := read(sam, id, why)
		h.refused("a moderator", err, forum.NotFound)
		_, err = read(lea, id, why)
		h.refused("without a fresh second factor", err, forum.Unproven)
		lea.ProvenAt = h.Clock.Now()
		_, err = read(lea, id, "curious")
		h.refused("no reason", err, forum.Invalid)
		_, err = read(lea, 10_000, why)
		h.refused("no case", err, forum.NotFound)
		recorded := func() (n int) {
			for _, line := range h.recorded("case", id) {
				if strings.HasPrefix(line, "address.read") {
					n++
					if line != "address.read "+why {
						h.Errorf("recorded %q", line)
					}
				}
			}
			return n
		}
		if recorded() != 0 {
			h.Error("what was refused is on record as read")
		}
		for i := range 2 {
			if address, err := read(lea, id, why); err != nil || address != "ana@example.org" || recorded() != i+1 {
				h.Errorf("%q, %v, %d on record", address, err, recorded())
			}
		}

		// The same for anybody's page and for what a midwife applied with.
		h.must(h.c.Apply(h.Context(), ana, forum.NewApplication{Name: "Ann Other", Number: "01A2345N", Employer: "A hospital", Field: forum.FieldMidwife}))
		row := must(h.c.Applications(h.Context(), lea))[0]
		h.Clock.Move(15 * time.Minute)
		_, err = h.c.OpenAddress(h.Context(), lea, ana.ID, why)
		h.refused("an address, late", err, forum.Unproven)
		_, err = h.c.OpenApplication(h.Context(), lea, row.ID, why)
		h.refused("an application, late", err, forum.Unproven)
		if lines := h.recorded("person", ana.ID); slices.ContainsFunc(lines, func(s string) bool {
			return strings.HasPrefix(s, "address.read") || strings.HasPrefix(s, "midwife.opened")
		}) {
			h.Errorf("recorded %q", lines)
		}
		lea.ProvenAt = h.Clock.Now()
		if address, err := h.c.OpenAddress(h.Context(), lea, ana.ID, why); err != nil || address != "ana@example.org" {
			h.Errorf("%q, %v", address, err)
		}
		if d, err := h.c.OpenApplication(h.Context(), lea, row.ID, why); err != nil || d.Name != "Ann Other" {
			h.Errorf("%+v, %v", d, err)
		}
	}, func(o *forum.Options) { o.StaffFactor = true })
}
