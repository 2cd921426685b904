package site

import (
	"cmp"
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
	"snowdrop/web"
)

const queuePage = 50

var bands = []moderation.Band{moderation.P0, moderation.P1, moderation.P2, moderation.P3, moderation.P4}

func (s *Server) showQueue(r *request) error {
	q := forum.QueueQuery{Limit: queuePage + 1, Band: moderation.Band(r.query("band")), Offset: int(min(r.queryNumber("from"), 1<<20))}
	if q.Band != "" && !slices.Contains(bands, q.Band) {
		return errNowhere
	}
	if state := forum.CaseState(r.query("state")); state != "" {
		if !slices.Contains(forum.CaseStates, state) {
			return errNowhere
		}
		q.States = []forum.CaseState{state}
	}
	rows, err := s.forum.Queue(r.ctx(), r.Actor, q)
	if err != nil {
		return err
	}
	counts, err := s.forum.QueueCounts(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Queue")
	if err != nil {
		return err
	}
	p := web.Queue{Frame: f, Tabs: queueTabs(q, counts)}
	if len(rows) > queuePage {
		rows = rows[:queuePage]
		next := r.gin.Request.URL.Query()
		next.Set("from", strconv.Itoa(q.Offset+queuePage))
		p.More = "/queue?" + next.Encode()
	}
	for _, k := range rows {
		signals, err := s.forum.CaseSignals(r.ctx(), r.Actor, k.ID)
		if err != nil {
			return err
		}
		item := s.queueItem(r, k, signals)
		if item.Mine {
			p.Held++
		}
		p.Cases = append(p.Cases, item)
	}
	return r.show(http.StatusOK, web.QueuePage(p))
}

func queueTabs(q forum.QueueQuery, counts map[moderation.Band]int) []web.Tab {
	all := web.Tab{Label: "All", Path: "/queue", Current: q.Band == "" && q.States == nil}
	tabs := []web.Tab{}
	for _, b := range bands {
		all.Count += counts[b]
		tabs = append(tabs, web.Tab{Label: string(b), Path: "/queue?band=" + string(b), Count: counts[b], Current: q.Band == b})
	}
	return append([]web.Tab{all}, tabs...)
}

// heavy are bands whose words are covered until somebody asks to see them.
func heavy(b moderation.Band) bool { return b == moderation.P0 || b == moderation.P1 }

func (s *Server) queueItem(r *request, k forum.CaseRow, signals []forum.SignalRow) web.QueueItem {
	topic, _ := s.forum.Topics.Find(k.Topic)
	item := web.QueueItem{
		ID: k.ID, Path: fmt.Sprintf("/queue/%d", k.ID), Band: string(k.Band), State: k.State, LookBy: k.LookBy, DecideBy: k.DecideBy,
		Looked: k.State != forum.CaseOpen, LeaseUntil: k.LeaseUntil, Covered: heavy(k.Band), Part: k.Part, PostState: k.PostState,
		Midwife: k.Capacity == forum.AsMidwife, Thread: k.ThreadTitle, ThreadPath: postPath(k.ThreadID, k.PostID), Topic: topic.Title,
		Author: k.AuthorName, Anonymous: k.Anonymous, PostedAt: k.PostedAt, Words: segments(k.Body, signals, k.Revision, false),
	}
	item.Shown = s.cardHeadings(k.Care)
	if k.LeaseUntil != nil && r.now.Before(*k.LeaseUntil) && k.HolderID != nil {
		item.Holder, item.Mine = k.HolderName, *k.HolderID == r.Actor.ID
	}
	for _, sig := range signals {
		if !sig.Cancelled && !strings.HasPrefix(sig.Category, "mention_") && !slices.Contains(item.Why, sig.Why) {
			item.Why = append(item.Why, sig.Why)
		}
		if label := signalLabel(sig); label != "" && !slices.Contains(item.Labels, label) {
			item.Labels = append(item.Labels, label)
		}
	}
	return item
}

// cardHeadings says in words which care cards a writer was shown.
func (s *Server) cardHeadings(care forum.Cards) []string {
	var headings []string
	for _, slug := range care {
		for _, c := range s.Site.CareCards {
			if c.Slug == slug {
				headings = append(headings, c.Heading)
			}
		}
	}
	return headings
}

func signalLabel(s forum.SignalRow) string {
	if s.Cancelled {
		return ""
	}
	switch {
	case s.Kind == forum.SignalReport && s.Door == forum.DoorWorried:
		return "Somebody is worried"
	case s.Kind == forum.SignalReport:
		return "Reported"
	case s.Category == "mind" && (s.Band == moderation.P0 || s.Band == moderation.P1):
		return "May not be safe"
	case s.Category == "mind":
		return "Low"
	case s.Category == "body":
		return "Signs of the body"
	case s.Category == "first_posts":
		return "First posts"
	case s.Category == "triage_failed":
		return "Not read by triage"
	case s.Category == "personal_data":
		return "Personal details"
	case s.Category == "medical_advice":
		return "Advice that could hurt"
	case s.Category == "coercion" || s.Category == "child_risk" || strings.HasPrefix(s.Rule, "abuse."):
		return "May not be safe at home"
	case s.Category == "abuse" || s.Category == "conflict":
		return "Unkind words"
	case s.Category == "spam":
		return "Advertising"
	case s.Kind == forum.SignalEdit:
		return "Changed by the writer"
	}
	return ""
}

// segments cuts a text at what triage found in it, in the wording that stands
// now. Where findings overlap, the one that counts is shown.
func segments(text string, signals []forum.SignalRow, revision int, title bool) []web.Segment {
	var found []forum.SignalRow
	for _, s := range signals {
		if s.Kind == forum.SignalFinding && s.Revision == revision && s.InTitle == title && s.Start >= 0 && s.Start < s.End && s.End <= len(text) {
			found = append(found, s)
		}
	}
	slices.SortStableFunc(found, func(a, b forum.SignalRow) int {
		if a.Cancelled != b.Cancelled {
			if b.Cancelled {
				return -1
			}
			return 1
		}
		return cmp.Compare(b.End-b.Start, a.End-a.Start)
	})
	var kept []forum.SignalRow
	for _, s := range found {
		if !slices.ContainsFunc(kept, func(k forum.SignalRow) bool { return s.Start < k.End && k.Start < s.End }) {
			kept = append(kept, s)
		}
	}
	slices.SortFunc(kept, func(a, b forum.SignalRow) int { return cmp.Compare(a.Start, b.Start) })
	var cut []web.Segment
	at := 0
	for _, s := range kept {
		if s.Start > at {
			cut = append(cut, web.Segment{Text: text[at:s.Start]})
		}
		mark := web.MarkMatched
		if s.Cancelled {
			mark = web.MarkCancelled
		}
		cut = append(cut, web.Segment{Text: text[s.Start:s.End], Mark: mark, Why: s.Why})
		at = s.End
	}
	return append(cut, web.Segment{Text: text[at:]})
}

func (s *Server) showCase(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	return s.casePage(r, http.StatusOK, id, nil, nil)
}

// casePage shows a case. typed is a decision that was not taken, given back with
// what changed.
func (s *Server) casePage(r *request, status int, id int64, typed *web.DecisionForm, changed []string) error {
	v, err := s.forum.CasePage(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Case")
	if err != nil {
		return err
	}
	k := v.Case
	p := web.Case{
		Frame: f, Item: s.queueItem(r, k, v.Signals), Words: segments(k.Body, v.Signals, k.Revision, false), Edited: k.Revision > 1,
		Reasons: s.forum.Reasons, Changed: changed,
		Past: web.Past{Name: k.AuthorName, Posts: v.Written, Cases: v.Cases, Recent: ownPosts(v.Recent), Since: v.Since},
	}
	if k.Part == forum.PartOpening {
		p.Heading = segments(k.ThreadTitle, v.Signals, k.Revision, true)
	}
	for _, old := range v.Revisions {
		p.Earlier = append(p.Earlier, web.Wording{Number: old.Number, Title: old.Title, Words: old.Body, CreatedAt: old.CreatedAt})
	}
	if v.Around.Opening != nil {
		p.Around = append(p.Around, s.postView(r, v.Around.Thread.Thread, *v.Around.Opening))
	}
	for _, c := range v.Around.Comments {
		p.Around = append(p.Around, s.postView(r, v.Around.Thread.Thread, c))
	}
	for _, sig := range v.Signals {
		p.Signals = append(p.Signals, web.CaseSignal{
			Kind: sig.Kind, Band: string(sig.Band), Category: sig.Category, Rule: sig.Rule, Rules: sig.Rules, Why: sig.Why, Cancelled: sig.Cancelled,
			Door: sig.Door, By: sig.PersonName, Note: sig.Note, Revision: sig.Revision, CreatedAt: sig.CreatedAt,
		})
	}
	for _, d := range v.Decisions {
		p.Decisions = append(p.Decisions, web.PastDecision{
			Action: d.Action, FalseAlarm: d.FalseAlarm, Reason: s.reasonTitle(d.Reason), Message: d.Message, Note: d.Note, By: d.ByName, Revision: d.Revision, CreatedAt: d.CreatedAt,
		})
	}
	switch {
	case k.AuthorID == r.Actor.ID:
		p.Barred = "This is your own post, so somebody else on the team decides."
	case v.Mine:
		p.Form = &web.DecisionForm{Key: rand.Text()}
		if typed != nil {
			p.Form = typed
		}
		p.Form.Spoke, _ = forum.Spoke(v.Signals, k.Revision)
		p.Form.Lease, p.Form.Version, p.Form.Revision = v.Lease, k.Version, k.Revision
	default:
		p.CanClaim = k.State.Live() && p.Item.Holder == ""
		p.Form = nil
		if typed != nil { // the lease is gone, but what was typed is not
			p.Changed = append(p.Changed, typedWords(typed)...)
		}
	}
	return r.show(status, web.CasePage(p))
}

func typedWords(d *web.DecisionForm) []string {
	var lines []string
	if d.Message != "" {
		lines = append(lines, "Your message to the writer was: "+d.Message)
	}
	if d.Note != "" {
		lines = append(lines, "Your note for the team was: "+d.Note)
	}
	return lines
}

func (s *Server) reasonTitle(code string) string {
	for _, reason := range s.forum.Reasons {
		if reason.Code == code {
			return code + " " + reason.Title
		}
	}
	return code
}

func (s *Server) claimCase(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	// The open page renews the lease it knows; the button asks for a new one.
	if lease := form.Get("lease"); lease != "" {
		err = s.forum.Renew(r.ctx(), r.Actor, id, lease)
	} else {
		err = s.forum.Claim(r.ctx(), r.Actor, id)
	}
	if err != nil {
		if status, faults, _, ok := s.rejected(r, err); ok && lostRace(err) {
			return s.casePage(r, status, id, nil, []string{faults[0].Message})
		}
		return err
	}
	return r.redirect(fmt.Sprintf("/queue/%d", id))
}

func (s *Server) releaseCase(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	if err := s.forum.Release(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	return r.redirect("/queue")
}

func (s *Server) decideCase(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	n := decision(id, form)
	if err = s.forum.Decide(r.ctx(), r.Actor, n); err == nil {
		return r.redirect("/queue")
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	typed := &web.DecisionForm{
		Key: rand.Text(), Action: n.Action, Reason: shown(n.Reason), Message: shown(n.Message), Note: shown(n.Note), Mentions: n.Mentions, FalseAlarm: n.FalseAlarm,
	}
	if lostRace(err) {
		return s.casePage(r, status, id, typed, s.whatChanged(r, id, n, faults[0].Message))
	}
	typed.Faults = faults
	return s.casePage(r, status, id, typed, nil)
}

func decision(id int64, form url.Values) forum.NewDecision {
	n := forum.NewDecision{
		CaseID: id, Lease: form.Get("lease"), Key: form.Get("key"), Action: forum.Action(form.Get("action")),
		Reason: form.Get("reason"), Message: form.Get("message"), Note: form.Get("note"), Mentions: mentionsOf(form), FalseAlarm: ticked(form, "false_alarm"),
	}
	// What is no number matches no version, and so loses the race.
	n.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64)
	n.Revision, _ = strconv.Atoi(form.Get("revision"))
	return n
}

// whatChanged says in sentences why a decision was not taken.
func (s *Server) whatChanged(r *request, id int64, n forum.NewDecision, first string) []string {
	lines := []string{first}
	v, err := s.forum.CasePage(r.ctx(), r.Actor, id)
	if err != nil {
		return lines
	}
	k := v.Case
	if k.Revision != n.Revision {
		lines = append(lines, "The writer changed the post. What stands there now is shown on this page.")
	}
	if k.PostState == forum.StateWithdrawn {
		lines = append(lines, "The writer took the post back.")
	}
	switch {
	case !k.State.Live() && len(v.Decisions) > 0:
		lines = append(lines, "Somebody else decided. Their decision is below.")
	case k.HolderID != nil && *k.HolderID != r.Actor.ID:
		lines = append(lines, k.HolderName+" has this case now.")
	case !v.Mine:
		lines = append(lines, "Your claim ran out. Claim the case again to decide.")
	case k.Version != n.Version:
		lines = append(lines, "Something new came in for this case. It is listed below.")
	}
	return lines
}
