package site

import (
	"net/http"
	"slices"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
	"snowdrop/web"
)

func (s *Server) showRules(r *request) error {
	return s.rulesPage(r, http.StatusOK, web.Rules{})
}

// tryRules shows what triage makes of a text. The text is stored nowhere.
func (s *Server) tryRules(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	tried, err := s.forum.TryRules(r.ctx(), r.Actor, form.Get("text"))
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.rulesPage(r, status, web.Rules{Text: shown(form.Get("text")), Faults: faults})
	}
	return s.rulesPage(r, http.StatusOK, web.Rules{Text: tried.Text, Tried: s.triedView(tried)})
}

func (s *Server) triedView(t forum.Trial) *web.Tried {
	v := &web.Tried{Trial: t, Words: marked(t.Text, t.Assessment.Findings), Cards: s.cardHeadings(t.Care)}
	v.Clock, v.Queued = s.forum.Clocks[t.Assessment.Band]
	return v
}

// marked is a text with what triage found in it.
func marked(text string, found []moderation.Finding) []web.Segment {
	signals := make([]forum.SignalRow, len(found))
	for i, f := range found {
		signals[i].Signal = forum.Signal{Kind: forum.SignalFinding, Start: f.Start, End: f.End, Cancelled: f.Cancelled, Why: f.Why}
	}
	return segments(text, signals, 0, false)
}

// ruleCategories are the categories of rules in the order of the page.
var ruleCategories = []struct{ name, title string }{
	{"mind", "How the writer is"},
	{"body", "How their body is"},
	{string(moderation.TagCoercion), "Not safe at home"},
	{string(moderation.TagChildRisk), "A child who may not be safe"},
	{string(moderation.TagUnder18), "Under 18"},
	{string(moderation.TagAbuse), "Abuse and cruelty"},
	{string(moderation.TagConflict), "Conflict"},
	{string(moderation.TagMedicalAdvice), "Medical advice"},
	{string(moderation.TagMethodDetail), "Details of a method"},
	{string(moderation.TagPersonalData), "Personal details"},
	{string(moderation.TagSpam), "Advertising"},
}

func (s *Server) rulesPage(r *request, status int, p web.Rules) error {
	v, err := s.forum.RulesPage(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	if p.Frame, err = s.frame(r, "Rules"); err != nil {
		return err
	}
	p.Version, p.Retired = v.Version, v.Retired
	rest := v.Rules
	take := func(title string, is func(forum.RuleRow) bool) {
		g := web.RuleGroup{Title: title}
		var left []forum.RuleRow
		for _, row := range rest {
			if is(row) {
				g.Rules = append(g.Rules, row)
			} else {
				left = append(left, row)
			}
		}
		if rest = left; len(g.Rules) > 0 {
			p.Groups = append(p.Groups, g)
		}
	}
	for _, c := range ruleCategories {
		take(c.title, func(row forum.RuleRow) bool { return row.Category == c.name })
	}
	take("Mentions, for readers to choose by", func(row forum.RuleRow) bool {
		return slices.Contains(moderation.Mentions, moderation.Tag(row.Category))
	})
	take("Others", func(forum.RuleRow) bool { return true })
	return r.show(status, web.RulesPage(p))
}
