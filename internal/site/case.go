package site

import (
	"cmp"
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showCase(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	return s.casePage(r, http.StatusOK, id, typed{})
}

// typed is what somebody had typed on a case's page, and what came of it.
type typed struct {
	form    *web.DecisionForm // a decision that was not taken; nil: none was typed
	changed *web.Changed
	preview *forum.Preview
	care    web.CareForm
	note    web.StaffNote
	why     string // to take the case over
	faults  []web.Fault
}

// aroundPosts is how many posts before and after it a post is shown with.
const aroundPosts = 3

// casePage shows a case, with whatever was typed still in its place.
func (s *Server) casePage(r *request, status int, id int64, t typed) error {
	v, err := s.forum.CasePage(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Case")
	if err != nil {
		return err
	}
	k := v.Case
	item := s.queueItem(r, k, v.Signals)
	p := web.Case{
		Frame: f, Item: item, Words: segments(k.Body, v.Signals, k.Revision, false), Lines: strings.Split(k.Body, "\n"), Edited: k.Revision > 1,
		Topics: s.forum.Topics, Consults: v.Consults, Care: v.Care, CareForm: t.care, Note: t.note, Appeals: v.Appeals, Second: v.Second,
		Preview: t.preview, Why: t.why, Faults: t.faults, Changed: t.changed,
	}
	if k.Part == forum.PartOpening {
		p.Heading = segments(k.ThreadTitle, v.Signals, k.Revision, true)
	}
	for _, old := range v.Revisions {
		p.Earlier = append(p.Earlier, web.Wording{Number: old.Number, Title: old.Title, Words: old.Body, CreatedAt: old.CreatedAt})
	}
	if k.AuthorID != r.Actor.ID {
		if p.CareForm.Key == "" {
			p.CareForm.Key = rand.Text()
		}
	} else {
		p.CareForm = web.CareForm{}
	}
	s.placeInThread(r, &p, v)
	s.signals(r, &p, v)
	if err := s.past(r, &p, v); err != nil {
		return err
	}
	s.toChoose(&p, v)
	for _, d := range v.Decisions {
		row := s.pastDecision(d)
		p.Decisions = append(p.Decisions, row)
		if slices.ContainsFunc(v.Appealed, func(a forum.Decision) bool { return a.ID == d.ID }) {
			p.Appealed = append(p.Appealed, row)
		}
	}
	for _, x := range v.Proposals {
		p.Proposals = append(p.Proposals, web.Proposal{
			By: x.ByName, At: x.CreatedAt, Action: x.Chosen.Action, Reason: s.reasonTitle(x.Chosen.Reason), Message: x.Chosen.Message, Note: x.Chosen.Note, Measures: x.Chosen.Measures,
		})
	}
	p.Barred = v.Bar.Words()
	if v.Mine && v.Bar == forum.BarNone {
		p.Form = &web.DecisionForm{}
		if t.form != nil {
			p.Form = t.form
		}
		if p.Form.Key == "" {
			p.Form.Key = rand.Text()
		}
		p.Form.Spoke, _ = forum.Spoke(v.Signals, k.Revision)
		p.Form.Lease, p.Form.Version, p.Form.Revision = v.Lease, k.Version, k.Revision
	} else {
		free := k.State.Live() && v.Bar == forum.BarNone
		p.CanClaim, p.CanTake = free && item.Holder == "", free && item.Holder != "" && !item.Mine
		p.Kept = t.form
	}
	return r.show(status, web.CasePage(p))
}

// placeInThread shows what stands just before and just after the post.
func (s *Server) placeInThread(r *request, p *web.Case, v forum.CasePage) {
	var all []forum.PostRow
	if v.Around.Opening != nil {
		all = append(all, *v.Around.Opening)
	}
	all = append(all, v.Around.Comments...)
	at := slices.IndexFunc(all, func(x forum.PostRow) bool { return x.ID == v.Case.PostID })
	if at < 0 {
		return
	}
	for i, x := range all {
		switch {
		case i < at && (i >= at-aroundPosts || x.Part == forum.PartOpening || v.Case.Part == forum.PartComment && parentOf(all[at]) == x.ID):
			p.Before = append(p.Before, s.beside(r, v.Around.Thread.Thread, x))
		case i > at && i <= at+aroundPosts:
			p.After = append(p.After, s.beside(r, v.Around.Thread.Thread, x))
		}
	}
}

// beside is a post that is only there to be read: what can be done with it is done
// in its conversation.
func (s *Server) beside(r *request, t forum.Thread, x forum.PostRow) web.Post {
	p := s.postView(r, t, x)
	p.CanSupport, p.CanReply, p.CanEdit, p.CanTake, p.CanReport, p.NotePath = false, false, false, false, false, ""
	return p
}

func parentOf(p forum.PostRow) int64 {
	if p.ParentID == nil {
		return 0
	}
	return *p.ParentID
}

// signals fills in why the case is here: what counts first, small signs as one
// line.
func (s *Server) signals(r *request, p *web.Case, v forum.CasePage) {
	weak, contexts := s.weakRules(), s.forum.Contexts(r.ctx(), v)
	for _, sig := range v.Signals {
		x := caseSignal(sig)
		if x.Context = contexts[sig.ID]; sig.Kind == forum.SignalFinding && weak[sig.Rule] && !sig.Cancelled {
			p.Weak = append(p.Weak, x)
			continue
		}
		p.Signals = append(p.Signals, x)
	}
	slices.SortStableFunc(p.Signals, func(a, b web.CaseSignal) int {
		return cmp.Compare(rank(a), rank(b))
	})
}

// rank puts what is greyed last.
func rank(s web.CaseSignal) int {
	if s.Cancelled {
		return 1
	}
	return 0
}

func caseSignal(sig forum.SignalRow) web.CaseSignal {
	return web.CaseSignal{
		ID: sig.ID, Kind: sig.Kind, Band: string(sig.Band), Category: sig.Category, Rule: sig.Rule, Rules: sig.Rules, Why: sig.Why, Cancelled: sig.Cancelled,
		Door: sig.Door, By: sig.PersonName, Note: sig.Note, Revision: sig.Revision, CreatedAt: sig.CreatedAt, Outcome: sig.Outcome,
	}
}

// past fills in what is known of the writer.
func (s *Server) past(r *request, p *web.Case, v forum.CasePage) error {
	k := v.Case
	p.Past = web.Past{Name: k.AuthorName, Posts: v.Written, Cases: v.Cases, Recent: ownPosts(v.Recent), Since: v.Since, Measures: v.Measures}
	list, err := s.forum.PastDecisions(r.ctx(), r.Actor, k.AuthorID)
	if err != nil {
		return err
	}
	for _, d := range list {
		if d.Decision.CaseID == k.ID || len(p.Past.Earlier) == 10 {
			continue
		}
		p.Past.Earlier = append(p.Past.Earlier, web.PastCase{
			Path: casePath(d.Decision.CaseID), Title: d.Title, Action: d.Decision.Action, Reason: s.reasonTitle(d.Decision.Reason), At: d.Decision.CreatedAt, Undone: d.Decision.State == forum.DecisionReversed,
		})
	}
	return nil
}

// actionKeys are the keys that choose an action.
var actionKeys = map[forum.Action]string{
	forum.ActionKeep: "1", forum.ActionNote: "2", forum.ActionReachOut: "3", forum.ActionFold: "4", forum.ActionRedact: "5",
	forum.ActionAskChange: "6", forum.ActionHold: "7", forum.ActionRemove: "8", forum.ActionMidwife: "9", forum.ActionSafeguarding: "0",
	forum.ActionUphold: "u", forum.ActionOverturn: "x",
}

var actionGroups = []struct {
	title   string
	rare    bool
	actions []forum.Action
}{
	{"Readers see it", false, []forum.Action{forum.ActionKeep, forum.ActionNote, forum.ActionReachOut}},
	{"Readers see less", false, []forum.Action{forum.ActionFold, forum.ActionRedact, forum.ActionAskChange, forum.ActionHold, forum.ActionRemove}},
	{"Ask somebody", false, []forum.Action{forum.ActionMidwife, forum.ActionSafeguarding, forum.ActionEmergency}},
	{"More: a correction, or the whole conversation", true, []forum.Action{forum.ActionCorrect, forum.ActionMove, forum.ActionSlow, forum.ActionLock}},
}

// toChoose fills in the actions and reasons, and which of them by itself asks for
// a second person.
func (s *Server) toChoose(p *web.Case, v forum.CasePage) {
	choice := func(a forum.Action) web.ActionChoice {
		return web.ActionChoice{Action: a, Key: actionKeys[a], Second: s.forum.NeedsSecond(v.Case, v.Appealed, forum.NewDecision{Action: a}) != ""}
	}
	if len(v.Appeals) > 0 {
		p.Choices = append(p.Choices, web.ActionGroup{Title: "The appeal", Actions: []web.ActionChoice{choice(forum.ActionUphold), choice(forum.ActionOverturn)}})
	}
	for _, g := range actionGroups {
		x := web.ActionGroup{Title: g.title, Rare: g.rare}
		if len(v.Appeals) > 0 {
			x.Title = "Or in part: " + strings.ToLower(g.title[:1]) + g.title[1:]
		}
		for _, a := range g.actions {
			x.Actions = append(x.Actions, choice(a))
		}
		p.Choices = append(p.Choices, x)
	}
	for _, reason := range s.forum.Reasons {
		pair := s.forum.NeedsSecond(v.Case, v.Appealed, forum.NewDecision{Action: forum.ActionKeep, Reason: reason.Code}) != ""
		p.Reasons = append(p.Reasons, web.ReasonChoice{Reason: reason, Pair: pair})
	}
}

func (s *Server) pastDecision(d forum.DecisionRow) web.PastDecision {
	return web.PastDecision{
		Action: d.Action, FalseAlarm: d.FalseAlarm, Reason: s.reasonTitle(d.Reason), Message: d.Message, Note: d.Note, By: d.ByName, Second: d.SecondID != nil,
		Undone: d.State == forum.DecisionReversed, Revision: d.Revision, CreatedAt: d.CreatedAt,
	}
}

func (s *Server) reasonTitle(code string) string {
	for _, reason := range s.forum.Reasons {
		if reason.Code == code {
			return code + " " + reason.Title
		}
	}
	return code
}

// changed puts what changed into sentences, the most important first. It is nil
// for an error that is no conflict.
func (s *Server) changed(err error) *web.Changed {
	var c *forum.Conflict
	if !errors.As(err, &c) {
		return nil
	}
	v := &web.Changed{Title: "Nothing was decided. What you typed is still here", Ready: c.Mine}
	say := func(format string, a ...any) { v.Lines = append(v.Lines, fmt.Sprintf(format, a...)) }
	for _, d := range c.Decisions {
		v.Decisions = append(v.Decisions, s.pastDecision(d))
	}
	switch {
	case len(v.Decisions) > 0 && !c.Case.State.Live():
		say("%s decided at %s.", c.Decisions[len(c.Decisions)-1].ByName, s.clock(c.Decisions[len(c.Decisions)-1].CreatedAt))
	case c.Taken != nil && c.Holder != "":
		say("%s took this over at %s: “%s”", c.Holder, s.clock(c.Taken.CreatedAt), c.Taken.Note)
	case c.Holder != "":
		say("%s has this case now.", c.Holder)
	case c.Expired:
		say("Your claim ran out. Nobody else has taken the case.")
	case !c.Case.State.Live():
		say("This case was decided meanwhile.")
	}
	if c.Withdrawn {
		say("The writer took the post back.")
	}
	if c.Edited {
		say("The writer changed their words.")
		v.Seen, v.Now = differ(c.Seen.Body, c.Now.Body)
		if c.Seen.Title != c.Now.Title {
			v.SeenTitle, v.NowTitle = differ(c.Seen.Title, c.Now.Title)
		}
	}
	for _, sig := range c.Signals {
		if sig.Kind != forum.SignalNote || sig.Category != forum.NoteTakeover {
			v.Signals = append(v.Signals, caseSignal(sig))
		}
	}
	if len(v.Signals) > 0 {
		say("Something new came in for this case.")
	}
	if len(v.Lines) == 0 {
		say("%s", c.Lost.Message)
	}
	return v
}

func (s *Server) clock(t time.Time) string {
	place, err := time.LoadLocation(cmp.Or(s.Site.TimeZone, "Europe/London"))
	if err != nil {
		place = time.UTC
	}
	return t.In(place).Format("15:04")
}

// differ marks in two wordings the stretch, in whole words, that differs.
func differ(old, now string) (seen, stands []web.Segment) {
	a, b := strings.SplitAfter(old, " "), strings.SplitAfter(now, " ")
	from := 0
	for from < len(a) && from < len(b) && a[from] == b[from] {
		from++
	}
	end := 0
	for end < len(a)-from && end < len(b)-from && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	cut := func(words []string, mark web.Mark) []web.Segment {
		var list []web.Segment
		for _, part := range []web.Segment{
			{Text: strings.Join(words[:from], "")}, {Text: strings.Join(words[from:len(words)-end], ""), Mark: mark}, {Text: strings.Join(words[len(words)-end:], "")},
		} {
			if part.Text != "" {
				list = append(list, part)
			}
		}
		return list
	}
	return cut(a, web.MarkMatched), cut(b, web.MarkMatched)
}
