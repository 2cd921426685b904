package forum_test

import (
	"slices"
	"testing"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
)

// TestADecisionNamesTheRulesThatSpoke follows a post through two wordings, read
// with two versions of the rules.
func TestADecisionNamesTheRulesThatSpoke(t *testing.T) {
	t.Parallel()
	version := "old"
	each(t, func(h *house) {
		version = "old"
		ana, sam := h.Person("ana", forum.RoleMember), h.Person("sam", forum.RoleModerator)
		p := h.Thread(ana, func(n *forum.NewThread) { n.Body = "GOODBYE" })
		id := h.caseOf(p.ID).ID
		n := h.claim(sam, p.ID)
		n.FalseAlarm = true
		h.must(h.sign(sam, n))

		version = "new"
		_, err := h.c.EditPost(h.Context(), ana, forum.PostEdit{PostID: p.ID, Revision: 1, Title: "A title", Body: "FOLDED"})
		h.must(err)
		h.decide(sam, p.ID, forum.ActionKeep)

		signals, err := h.Store.Signals(h.Context(), id)
		h.must(err)
		for revision, want := range []string{1: "old", 2: "new"} {
			if spoke, versions := forum.Spoke(signals, revision); want != "" && (!spoke || !slices.Equal(versions, []string{want})) {
				h.Errorf("wording %d: %v %q", revision, spoke, versions)
			}
		}
		if spoke, _ := forum.Spoke(signals, 3); spoke {
			h.Error("spoke in a wording that there is not")
		}
		got := h.recorded("case", id)
		if !slices.Contains(got, "case.decided keep, false alarm, rules old") || got[len(got)-1] != "case.decided keep, rules new" {
			h.Errorf("recorded %q", got)
		}
		v, err := h.c.RulesPage(h.Context(), sam)
		h.must(err)
		if v.Version != "new" || len(v.Rules) != 1 || v.Rules[0].Spoke != 1 || v.Rules[0].FalseAlarms != 1 ||
			!slices.Equal(v.Retired, []forum.RuleFigure{{Rule: "abuse.test", Spoke: 1}}) {
			h.Errorf("%+v", v)
		}
	}, func(o *forum.Options) {
		o.Rules = []moderation.Rule{{ID: "mind.test", Category: "mind"}}
		o.Assess = func(text string) moderation.Assessment {
			a := assess(text)
			a.Rules = version
			return a
		}
	})
}
