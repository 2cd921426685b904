package site

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
	"snowdrop/web"
)

const queuePage = 50

func (s *Server) showQueue(r *request) error {
	q := forum.QueueQuery{Limit: queuePage + 1, Band: moderation.Band(r.query("band")), Offset: int(min(r.queryNumber("from"), 1<<20))}
	if q.Band != "" && !slices.Contains(forum.Bands, q.Band) {
		return errNowhere
	}
	if state := forum.CaseState(r.query("state")); state != "" {
		if !slices.Contains(forum.CaseStates, state) {
			return errNowhere
		}
		q.States = []forum.CaseState{state}
	}
	// Before the list, so that the open page hears of whatever comes after it.
	mark, err := s.forum.Mark(r.ctx())
	if err != nil {
		return err
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
	shift, err := s.forum.ShiftPage(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	p := web.Queue{Frame: f, Mark: mark, Tabs: queueTabs(q, counts), Held: heldCases(shift.Held), Paused: shift.Shift.State == forum.ShiftPaused, Spam: s.forum.MostSpam > 0}
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
		p.Cases = append(p.Cases, s.queueItem(r, k, signals))
	}
	return r.show(http.StatusOK, web.QueuePage(p))
}

func queueTabs(q forum.QueueQuery, counts map[moderation.Band]int) []web.Tab {
	all := web.Tab{Label: "All", Path: "/queue", Current: q.Band == "" && q.States == nil}
	tabs := []web.Tab{}
	for _, b := range forum.Bands {
		all.Count += counts[b]
		tabs = append(tabs, web.Tab{Label: string(b), Means: web.BandWords(string(b)), Path: "/queue?band=" + string(b), Count: counts[b], Current: q.Band == b})
	}
	return append([]web.Tab{all}, tabs...)
}

func (s *Server) queueItem(r *request, k forum.CaseRow, signals []forum.SignalRow) web.QueueItem {
	topic, _ := s.forum.Topics.Find(k.Topic)
	item := web.QueueItem{
		ID: k.ID, Version: k.Version, Revision: k.Revision, WaitFor: k.WaitFor, WaitUntil: k.WaitUntil, Path: fmt.Sprintf("/queue/%d", k.ID), Band: string(k.Band), State: k.State, LookBy: k.LookBy, DecideBy: k.DecideBy,
		Looked: k.LookedAt != nil, LeaseUntil: k.LeaseUntil, Covered: forum.Heavy(k.Band), Part: k.Part, PostState: k.PostState,
		Midwife: k.Capacity == forum.AsMidwife, Thread: k.ThreadTitle, ThreadPath: postPath(k.ThreadID, k.PostID), Topic: topic.Title,
		Author: k.AuthorName, Anonymous: k.Anonymous, PostedAt: k.PostedAt, Words: segments(k.Body, signals, k.Revision, false),
	}
	item.Shown = s.cardHeadings(k.Care)
	if k.LeaseUntil != nil && r.now.Before(*k.LeaseUntil) && k.HolderID != nil {
		item.Holder, item.Mine = k.HolderName, *k.HolderID == r.Actor.ID
	}
	weak := s.weakRules()
	small := 0
	for _, sig := range signals {
		if sig.Outcome != forum.OutcomeOpen && k.State.Live() {
			continue // settled before: the case is open for something else
		}
		if weak[sig.Rule] && !sig.Cancelled {
			small++
			continue
		}
		if !sig.Cancelled && !strings.HasPrefix(sig.Category, "mention_") && !slices.Contains(item.Why, sig.Why) {
			item.Why = append(item.Why, sig.Why)
		}
		if label := signalLabel(sig); label != "" && !slices.Contains(item.Labels, label) {
			item.Labels = append(item.Labels, label)
		}
	}
	if small > 0 {
		item.Why = append(item.Why, "Several small signs that count only together.")
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
	case s.Kind == forum.SignalCare:
		return "The writer answered"
	case s.Kind == forum.SignalNote && s.Category == forum.NoteStaff:
		return "Noted by the team"
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

// weakRules are the rules that count only together.
func (s *Server) weakRules() map[string]bool {
	weak := map[string]bool{}
	for _, rule := range s.forum.Rules {
		if rule.Weak {
			weak[rule.ID] = true
		}
	}
	return weak
}

func heldCases(list []forum.Case) []web.HeldCase {
	var held []web.HeldCase
	for _, k := range list {
		held = append(held, web.HeldCase{ID: k.ID, Path: casePath(k.ID), Band: string(k.Band), DecideBy: k.DecideBy})
	}
	return held
}

func casePath(id int64) string { return fmt.Sprintf("/queue/%d", id) }
