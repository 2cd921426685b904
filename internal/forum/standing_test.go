package forum_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// Somebody is shown the decisions they were told of, with their words as they
// were decided on. What changed nothing would tell them that they were reported.
func TestOnlyWhatSomebodyWasToldIsShownToThem(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, sam := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		kept := h.post(ana, "Plain")
		h.report(bo, kept.ID, forum.DoorRules, "unkind")
		h.decide(sam, kept.ID, forum.ActionKeep)
		asked := h.post(ana, "Another")
		h.report(bo, asked.ID, forum.DoorRules, "unkind")
		n := h.claim(sam, asked.ID)
		n.Action = forum.ActionSafeguarding
		h.must(h.sign(sam, n))
		if mine := must(h.c.MyDecisions(h.Context(), ana)); len(mine) != 0 {
			h.Errorf("told of %+v", mine)
		}

		covered := h.post(ana, "one\ntwo\nthree")
		h.report(bo, covered.ID, forum.DoorRules, "personal")
		signal := must(h.Store.Signals(h.Context(), h.caseOf(covered.ID).ID))[0]
		n = h.claim(sam, covered.ID)
		n.Action, n.Reason, n.Lines = forum.ActionRedact, "C1", []int{2}
		n.Outcomes = map[int64]forum.Outcome{signal.ID: forum.OutcomeMisuse}
		n.Measures = []forum.NewMeasure{{PersonID: bo.ID, Kind: forum.MeasureWarning}}
		h.must(h.sign(sam, n))
		mine := must(h.c.MyDecisions(h.Context(), ana))
		if len(mine) != 1 || !mine[0].Own || mine[0].Words != "one\ntwo\nthree" || !slices.Equal(mine[0].Covered, []string{"two"}) || len(mine[0].Measures) != 0 {
			h.Errorf("the writer sees %+v", mine)
		}
		theirs := must(h.c.MyDecisions(h.Context(), bo))
		if len(theirs) != 1 || theirs[0].Own || theirs[0].Words+theirs[0].Decision.Message+theirs[0].Decision.Reason != "" || len(theirs[0].Measures) != 1 {
			h.Errorf("the reporter sees %+v", theirs)
		}
	})
}

// Nobody has to argue; whoever wants to can do so afterwards, once, and it is
// read before anybody answers.
func TestANoteIsAddedToAnAppeal(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, sam, kim := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator), h.Person("kim", forum.RoleModerator)
		p := h.post(ana, "FOLDED")
		h.decide(sam, p.ID, forum.ActionRemove)
		id := must(h.c.MyDecisions(h.Context(), ana))[0].Decision.ID
		h.refused("before there is an appeal", h.c.AddToAppeal(h.Context(), ana, id, "Why"), forum.NotFound)
		must(h.c.Appeal(h.Context(), ana, id, ""))
		n := h.claim(kim, p.ID)
		if err := h.c.AddToAppeal(h.Context(), ana, id, strings.Repeat("x", forum.MaxNote+1)); fields(err) != "note" {
			h.Errorf("too long: %v", err)
		}
		h.refused("somebody else", h.c.AddToAppeal(h.Context(), h.Person("bo", forum.RoleMember), id, "Why"), forum.NotFound)
		for range 2 {
			h.must(h.c.AddToAppeal(h.Context(), ana, id, "I meant it kindly."))
		}
		h.refused("a second one", h.c.AddToAppeal(h.Context(), ana, id, "And more."), forum.LostRace)
		n.Key, n.Action = "blind", forum.ActionUphold
		h.refused("a decision without having seen it", h.sign(kim, n), forum.LostRace)
		if v := must(h.c.CasePage(h.Context(), kim, n.CaseID)); len(v.Appeals) != 1 || v.Appeals[0].Note != "I meant it kindly." {
			h.Errorf("%+v", v.Appeals)
		}
	})
}

// A question about the body is for midwives, whoever it was put to.
func TestMidwivesSeeQuestionsAboutTheBody(t *testing.T) {
	t.Parallel()
	each(t, func(h *house) {
		ana, bo, mw := h.Person("ana", forum.RoleMember), h.Person("bo", forum.RoleMember), h.Person("mw", forum.RoleMidwife)
		asked := func() (bodies []string) {
			for _, p := range must(h.c.BodyQuestions(h.Context(), mw)) {
				bodies = append(bodies, p.Body)
			}
			return bodies
		}
		thread := h.post(ana, "Only words")
		first := h.Comment(bo, forum.NewComment{ThreadID: thread.ThreadID, Body: "BLEEDING a little"})
		h.Clock.Move(time.Minute)
		h.post(ana, "BLEEDING more")
		h.Comment(mw, forum.NewComment{ThreadID: h.post(ana, "Else").ThreadID, Body: "BLEEDING is usual", AsMidwife: true})
		if got := asked(); !slices.Equal(got, []string{"BLEEDING a little", "BLEEDING more"}) {
			h.Errorf("%q", got)
		}
		_, err := h.c.BodyQuestions(h.Context(), ana)
		h.refused("a member", err, forum.NotFound)

		h.Comment(mw, forum.NewComment{ThreadID: thread.ThreadID, Body: "Call us if it gets more.", AsMidwife: true})
		if got := asked(); !slices.Equal(got, []string{"BLEEDING more"}) {
			h.Errorf("answered, and %q are left", got)
		}
		again := h.Comment(bo, forum.NewComment{ThreadID: thread.ThreadID, Body: "BLEEDING again"})
		if got := asked(); len(got) != 2 {
			h.Errorf("after the answer somebody asks again: %q", got)
		}
		_, err = h.c.EditPost(h.Context(), bo, forum.PostEdit{PostID: again.ID, Body: "It is all well"})
		h.must(err)
		if got := asked(); len(got) != 1 {
			h.Errorf("changed to something else: %q", got)
		}
		if p := must(h.c.Post(h.Context(), mw, first.ID)); p.BodyLevel != 0 {
			h.Error("how much triage saw in it reaches other people")
		}
		h.Clock.Move(61 * 24 * time.Hour)
		if got := asked(); len(got) != 0 {
			h.Errorf("two months later: %q", got)
		}
	}, func(o *forum.Options) {
		o.Assess = func(text string) moderation.Assessment {
			a := assess(text)
			if strings.Contains(text, "BLEEDING") {
				a.Body = 1
			}
			return a
		}
	})
}
