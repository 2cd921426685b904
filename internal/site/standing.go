package site

import (
	"crypto/rand"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"time"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

// reading is when a person will have read a post of the actor's that waits; nil
// when none does, or when it is not theirs.
func (s *Server) reading(r *request, p forum.PostRow) (*forum.Reading, error) {
	waits := p.State == forum.StateHeld || p.State == forum.StateFolded
	if !waits || !r.Actor.SignedIn() || p.AuthorID != r.Actor.ID {
		return nil, nil
	}
	by, ok, err := s.forum.ReadingOf(r.ctx(), r.Actor, p.ID)
	if err != nil || !ok {
		return nil, err
	}
	return &by, nil
}

// overAfter is when a decision that nothing can be asked about any more goes to
// the earlier ones.
const overAfter = forum.AppealWindow

// decided lists what was decided about the actor: what may still matter to them,
// and what is over.
func (s *Server) decided(r *request, mine []forum.PostRow) (now, earlier []web.Decided, err error) {
	list, err := s.forum.MyDecisions(r.ctx(), r.Actor)
	if err != nil {
		return nil, nil, err
	}
	for _, d := range list {
		v := web.Decided{
			ID: d.Decision.ID, Own: d.Own, Title: d.Title, Action: d.Decision.Action, Message: d.Decision.Message, Words: d.Words, Covered: d.Covered,
			Two: d.Two, Reversed: d.Decision.State == forum.DecisionReversed, At: d.Decision.CreatedAt, Measures: d.Measures, Until: d.Until, Appeal: d.Appeal,
		}
		if i := slices.IndexFunc(mine, func(p forum.PostRow) bool { return p.ID == d.PostID }); d.Own && i >= 0 {
			if mine[i].State != forum.StateRemoved || mine[i].Part == forum.PartComment {
				v.Path = postPath(d.ThreadID, d.PostID)
			}
			if d.Decision.Action == forum.ActionAskChange && mine[i].State == forum.StateDraft {
				v.EditPath = fmt.Sprintf("/posts/%d/edit", d.PostID)
			}
		}
		if v.CarePath, err = s.writesBack(r, d); err != nil {
			return nil, nil, err
		}
		matters := r.now.Sub(v.At) < overAfter || v.Appeal != nil && v.Appeal.State == forum.AppealOpen || slices.ContainsFunc(v.Measures, func(m forum.Measure) bool {
			return m.State == forum.MeasureStanding && m.Kind != forum.MeasureStrike && m.Kind != forum.MeasureNote && (m.EndsAt == nil || r.now.Before(*m.EndsAt))
		})
		if matters {
			now = append(now, v)
		} else {
			earlier = append(earlier, v)
		}
	}
	return now, earlier, nil
}

// writesBack is the care thread that belongs to a decision; empty for none.
func (s *Server) writesBack(r *request, d forum.MyDecision) (string, error) {
	cares := d.Own && (d.Decision.Action == forum.ActionReachOut || slices.ContainsFunc(s.forum.Reasons, func(x forum.Reason) bool {
		return x.Welfare && x.Code == d.Decision.Reason
	}))
	if !cares {
		return "", nil
	}
	_, err := s.forum.CareThread(r.ctx(), r.Actor, d.Decision.CaseID)
	if forum.KindOf(err) == forum.NotFound && err != nil {
		return "", nil
	}
	return fmt.Sprintf("/care/%d", d.Decision.CaseID), err
}

// appealDecision is the one tap: it asks for another look, whatever else somebody
// may not do.
func (s *Server) appealDecision(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	ap, err := s.forum.Appeal(r.ctx(), r.Actor, id, form.Get("body"))
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.mePage(r, status, noteTyped{decision: id, words: form.Get("body"), faults: faults})
	}
	if ap.State == forum.AppealOpen {
		if err := r.flash("Thank you for asking. Somebody else looks at it again, and writes to you."); err != nil {
			return err
		}
	}
	return r.redirect(fmt.Sprintf("/me#decision-%d", id))
}

// noteTyped is a note to an appeal that is not sent yet.
type noteTyped struct {
	decision int64
	words    string
	draft    int64
	faults   []web.Fault
}

// noteAppeal adds a note to an appeal.
func (s *Server) noteAppeal(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	if !r.Actor.SignedIn() {
		return s.keepWords(r, form, "/me")
	}
	err = s.forum.AddToAppeal(r.ctx(), r.Actor, id, form.Get("body"))
	if err == nil {
		s.posted(r, form)
		if err := r.flash("Added. Whoever looks again reads it."); err != nil {
			return err
		}
		return r.redirect(fmt.Sprintf("/me#decision-%d", id))
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.mePage(r, status, noteTyped{decision: id, words: form.Get("body"), draft: draftID(form), faults: faults})
}

var notePath = regexp.MustCompile(`^/me/decisions/([0-9]+)/note$`)

// noteDraft is the note in the draft that the address names.
func (s *Server) noteDraft(r *request) (n noteTyped, err error) {
	d, form, err := s.draftOf(r)
	if err != nil || form == nil {
		return n, err
	}
	if m := notePath.FindStringSubmatch(d.Path); m != nil {
		n.decision, err = strconv.ParseInt(m[1], 10, 64)
		n.words, n.draft = form.Get("body"), d.ID
	}
	return n, err
}

// draftOf is the draft of ?draft=, with its form; a nil form when there is none.
func (s *Server) draftOf(r *request) (forum.Draft, url.Values, error) {
	id := r.queryNumber("draft")
	if id == 0 {
		return forum.Draft{}, nil, nil
	}
	d, err := s.forum.Draft(r.ctx(), r.Actor, id)
	if forum.KindOf(err) == forum.NotFound && err != nil {
		return forum.Draft{}, nil, nil
	}
	if err != nil {
		return forum.Draft{}, nil, err
	}
	form, err := d.Form()
	return d, form, err
}

// into puts a note that was typed with the decision it is about.
func (n noteTyped) into(list []web.Decided) {
	for i := range list {
		if list[i].ID != n.decision {
			continue
		}
		list[i].Note, list[i].Draft = shown(n.words), n.draft
		for _, f := range n.faults {
			f.Field = fmt.Sprintf("body-%d", n.decision)
			list[i].Faults = append(list[i].Faults, f)
		}
	}
}

// showCare is the page on which the team and a writer talk. Moderators have it on
// their case's page.
func (s *Server) showCare(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	form := web.CareAnswer{Key: rand.Text()}
	d, kept, err := s.draftOf(r)
	if err != nil {
		return err
	}
	if kept != nil && d.Path == fmt.Sprintf("/care/%d", id) {
		form.Body, form.Draft = shown(kept.Get("body")), d.ID
		if key := kept.Get("key"); key != "" {
			form.Key = key
		}
	}
	return s.carePage(r, http.StatusOK, id, form)
}

func (s *Server) carePage(r *request, status int, id int64, form web.CareAnswer) error {
	rows, err := s.forum.CareThread(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	mine := slices.ContainsFunc(rows, func(m forum.CareRow) bool { return m.PersonID == r.Actor.ID })
	if !mine {
		return r.redirect(fmt.Sprintf("/queue/%d", id))
	}
	f, err := s.frame(r, "Snowdrop")
	if err != nil {
		return err
	}
	p := web.CareTalk{Frame: f, CaseID: id, Messages: rows, Form: form}
	var care forum.Cards
	for _, m := range rows {
		if m.Side == forum.SideWriter && r.now.Sub(m.CreatedAt).Hours() <= carePeriod {
			care = append(care, s.forum.CardsFor(r.ctx(), m.Body)...)
		}
	}
	p.Cards = s.cards(care, r.Actor.Speech())
	if last := rows[len(rows)-1]; last.Side == forum.SideWriter {
		reading, ok, err := s.forum.CareReading(r.ctx(), r.Actor, id)
		if err != nil {
			return err
		}
		if ok {
			p.Reading = &reading
		}
	}
	return r.show(status, web.CareTalkPage(p))
}

// answerCare is the writer who answers. Where their words call for it, whom to
// call stands on top of the page they are led to.
func (s *Server) answerCare(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	path := fmt.Sprintf("/care/%d", id)
	if !r.Actor.SignedIn() {
		return s.keepWords(r, form, path)
	}
	_, err = s.forum.AnswerCare(r.ctx(), r.Actor, id, form.Get("key"), form.Get("body"))
	if err == nil {
		s.posted(r, form)
		if err := r.flash("Your words are with our team."); err != nil {
			return err
		}
		return r.redirect(path)
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	again := web.CareAnswer{Key: rand.Text(), Body: shown(form.Get("body")), Draft: draftID(form), Faults: faults}
	if status != http.StatusUnprocessableEntity { // the same try may be sent again
		again.Key = form.Get("key")
	}
	return s.carePage(r, status, id, again)
}

// showOpenness shows what was decided in one month that is over, the last one
// unless another is asked for.
func (s *Server) showOpenness(r *request) error {
	here := r.now.UTC()
	last := time.Date(here.Year(), here.Month()-1, 1, 0, 0, 0, 0, time.UTC)
	month := last
	if asked := r.query("month"); asked != "" {
		var err error
		if month, err = time.Parse("2006-01", asked); err != nil {
			return errNowhere
		}
	}
	totals, err := s.forum.Totals(r.ctx(), month.Year(), month.Month())
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Our moderation in numbers")
	if err != nil {
		return err
	}
	r.indexed(&f, s)
	p := web.Openness{Frame: f, Totals: totals, Reasons: map[string]string{}}
	for i := range 12 {
		p.Months = append(p.Months, last.AddDate(0, -i, 0))
	}
	if !slices.ContainsFunc(p.Months, month.Equal) {
		p.Months = append(p.Months, month)
	}
	for _, x := range s.forum.Reasons {
		p.Reasons[x.Code] = x.Title
	}
	return r.show(http.StatusOK, web.OpennessPage(p))
}
