package site

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"snowdrop/internal/forum"
	"snowdrop/moderation"
	"snowdrop/web"
)

// caseForm reads which case a form is about, and the form.
func (r *request) caseForm() (id int64, form url.Values, err error) {
	if id, err = r.number("case"); err != nil {
		return 0, nil, err
	}
	form, err = r.form()
	return id, form, err
}

func (s *Server) claimCase(r *request) error {
	id, form, err := r.caseForm()
	if err != nil {
		return err
	}
	// The open page renews the lease it knows; the button asks for a new one.
	again := form.Has("again")
	if lease := form.Get("lease"); lease != "" && !again {
		err = s.forum.Renew(r.ctx(), r.Actor, id, lease)
	} else {
		err = s.forum.Claim(r.ctx(), r.Actor, id)
	}
	if err != nil {
		return s.notTaken(r, id, form, err)
	}
	return s.caseAgain(r, id, form, "")
}

// takeCase takes a case from whoever holds it.
func (s *Server) takeCase(r *request) error {
	id, form, err := r.caseForm()
	if err != nil {
		return err
	}
	if err := s.forum.TakeOver(r.ctx(), r.Actor, id, form.Get("why")); err != nil {
		return s.notTaken(r, id, form, err)
	}
	return s.caseAgain(r, id, form, "")
}

// notTaken shows the case to somebody who did not get it.
func (s *Server) notTaken(r *request, id int64, form url.Values, err error) error {
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	t := beside(form)
	switch {
	case status == http.StatusConflict:
		if t.changed = s.changed(err); t.changed == nil {
			t.changed = &web.Changed{Lines: []string{faults[0].Message}}
		}
		t.changed.Title = "You don’t have this case"
	case faults[0].Field == "":
		t.changed = &web.Changed{Title: "This one is not for you", Lines: []string{faults[0].Message}}
	default:
		t.faults = faults
	}
	return s.casePage(r, status, id, t)
}

// caseAgain leads back to the case, with what was begun in other fields still in
// them: a button beside a form must not lose words. sent is the field that was sent
// and is done with.
func (s *Server) caseAgain(r *request, id int64, form url.Values, sent string) error {
	t := beside(form)
	if t.form == nil {
		return r.redirect(casePath(id))
	}
	switch sent {
	case "body":
		t.care = web.CareForm{}
	case "staff_note":
		t.note = web.StaffNote{}
	}
	return s.casePage(r, http.StatusOK, id, t)
}

// beside is everything that was typed on a case's page, whichever button was
// pressed.
func beside(form url.Values) typed {
	return typed{
		form: typedDecision(form), note: web.StaffNote{Words: shown(form.Get("staff_note"))}, why: shown(form.Get("why")),
		care: web.CareForm{Body: shown(form.Get("body")), Key: shown(form.Get("care_key"))},
	}
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

// passCase gives a case back for good. Nobody says why.
func (s *Server) passCase(r *request) error {
	id, err := r.number("case")
	if err != nil {
		return err
	}
	if err := s.forum.Pass(r.ctx(), r.Actor, id); err != nil {
		return err
	}
	if err := r.flash("Somebody else looks at that one. You won’t be served it again."); err != nil {
		return err
	}
	return r.redirect("/queue")
}

// lookCase shows the case as it is now with everything that was typed, and what
// people would read of it. It decides nothing.
func (s *Server) lookCase(r *request) error {
	id, form, err := r.caseForm()
	if err != nil {
		return err
	}
	n := decision(id, form)
	t := beside(form)
	k, err := s.forum.CaseMark(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if form.Get("lease") != "" && (!k.Mine || k.Version != n.Version || k.Revision != n.Revision) {
		conflict := s.forum.Changes(r.ctx(), r.Actor, n)
		if t.changed = s.changed(conflict); t.changed == nil && forum.KindOf(conflict) != forum.LostRace {
			return conflict
		}
		if t.changed != nil {
			t.changed.Title = "This case has changed. What you typed is still here"
		}
	}
	if k.Mine && n.Action != "" {
		n.Measures = measures(form, s.people(r, id))
		p, err := s.forum.Preview(r.ctx(), r.Actor, n)
		if err != nil {
			return err
		}
		t.preview = &p
	}
	return s.casePage(r, http.StatusOK, id, t)
}

func (s *Server) decideCase(r *request) error {
	id, form, err := r.caseForm()
	if err != nil {
		return err
	}
	n := decision(id, form)
	n.Measures = measures(form, s.people(r, id))
	verdict, err := s.forum.Decide(r.ctx(), r.Actor, n)
	if err == nil {
		said := "Decided. Everybody who needs to hear of it does."
		switch verdict {
		case forum.VerdictProposed:
			said = "Kept. Somebody else on the team decides too, without seeing what you chose. Then it is carried out."
		case forum.VerdictDiffers:
			said = "Somebody else decided differently. A safeguarding lead decides."
		}
		if err := r.flash(said); err != nil {
			return err
		}
		return r.redirect("/queue")
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	t := beside(form)
	if t.form == nil {
		t.form = &web.DecisionForm{}
	}
	// A try that failed is over; the next one is another decision.
	t.form.Key = ""
	if lostRace(err) {
		if t.changed = s.changed(err); t.changed == nil {
			t.changed = &web.Changed{Title: "Nothing was decided. What you typed is still here", Lines: []string{faults[0].Message}}
		}
		return s.casePage(r, status, id, t)
	}
	t.form.Faults = faults
	return s.casePage(r, status, id, t)
}

// writeCare sends a few words to the writer, apart from any decision.
func (s *Server) writeCare(r *request) error {
	id, form, err := r.caseForm()
	if err != nil {
		return err
	}
	if err := s.forum.WriteCare(r.ctx(), r.Actor, id, form.Get("care_key"), form.Get("body")); err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		t := beside(form)
		t.care.Faults = faults
		return s.casePage(r, status, id, t)
	}
	return s.caseAgain(r, id, form, "body")
}

// noteCase writes something down for the team.
func (s *Server) noteCase(r *request) error {
	id, form, err := r.caseForm()
	if err != nil {
		return err
	}
	k, err := s.forum.CaseMark(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if _, err := s.forum.AddNote(r.ctx(), r.Actor, forum.NewNote{PostID: k.PostID, Note: form.Get("staff_note")}); err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		for i := range faults {
			faults[i].Field = "staff_note"
		}
		t := beside(form)
		t.note.Faults = faults
		return s.casePage(r, status, id, t)
	}
	return s.caseAgain(r, id, form, "staff_note")
}

// askNote is the page on which the team notes something about any post.
func (s *Server) askNote(r *request) error {
	return s.notePage(r, http.StatusOK, web.StaffNote{})
}

func (s *Server) notePage(r *request, status int, n web.StaffNote) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	row, err := s.forum.Post(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "A note for the team")
	if err != nil {
		return err
	}
	return r.show(status, web.PostNotePage(web.PostNote{Frame: f, PostID: id, Author: row.AuthorName, Words: s.bodies.get(row.ID, row.Revision, row.Body), Back: postPath(row.ThreadID, id), Form: n}))
}

func (s *Server) notePost(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	caseID, err := s.forum.AddNote(r.ctx(), r.Actor, forum.NewNote{PostID: id, Band: moderation.Band(form.Get("band")), Note: form.Get("note")})
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.notePage(r, status, web.StaffNote{Faults: faults, Words: shown(form.Get("note")), Band: shown(form.Get("band"))})
	}
	return r.redirect(casePath(caseID))
}

// decision reads the form of a decision, but for its measures.
func decision(id int64, form url.Values) forum.NewDecision {
	n := forum.NewDecision{
		CaseID: id, Lease: form.Get("lease"), Key: form.Get("key"), Action: forum.Action(form.Get("action")), Reason: form.Get("reason"),
		Message: form.Get("message"), Answer: form.Get("answer"), Note: form.Get("note"), FalseAlarm: ticked(form, "false_alarm"), NotSure: ticked(form, "not_sure"),
	}
	// What belongs to another action was hidden by the page, and is not meant.
	switch n.Action {
	case forum.ActionNote:
		n.Mentions = mentionsOf(form)
	case forum.ActionRedact:
		n.Lines = linesOf(form)
	case forum.ActionMove:
		n.Topic = form.Get("topic")
	case forum.ActionCorrect:
		n.Correction = form.Get("correction")
	case forum.ActionMidwife:
		n.Question = form.Get("question")
	}
	// What is no number matches no version, and so loses the race.
	n.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64)
	n.Revision, _ = strconv.Atoi(form.Get("revision"))
	n.Outcomes = outcomesOf(form)
	return n
}

func linesOf(form url.Values) []int {
	var lines []int
	for _, v := range form["lines"] {
		if n, err := strconv.Atoi(strings.TrimPrefix(v, "line-")); err == nil && len(lines) < 10_000 {
			lines = append(lines, n)
		}
	}
	return lines
}

// outcomesOf reads what is said to have come of single signals.
func outcomesOf(form url.Values) map[int64]forum.Outcome {
	var all map[int64]forum.Outcome
	for name := range form {
		id, is := strings.CutPrefix(name, "outcome_")
		n, err := strconv.ParseInt(id, 10, 64)
		if !is || err != nil || form.Get(name) == "" {
			continue
		}
		if all == nil {
			all = map[int64]forum.Outcome{}
		}
		all[n] = forum.Outcome(form.Get(name))
	}
	return all
}

// concerned is whom the measures of a decision can be for.
type concerned struct {
	author    int64
	reporters map[int64]int64 // by signal
}

func (s *Server) people(r *request, id int64) concerned {
	var c concerned
	signals, err := s.forum.CaseSignals(r.ctx(), r.Actor, id)
	if err != nil {
		return c // the decision itself says what is wrong
	}
	c.reporters = map[int64]int64{}
	for _, sig := range signals {
		if sig.Kind == forum.SignalReport && sig.PersonID != nil {
			c.reporters[sig.ID] = *sig.PersonID
		}
	}
	if k, err := s.forum.CaseMark(r.ctx(), r.Actor, id); err == nil {
		c.author = k.AuthorID
	}
	return c
}

// measures reads what a decision means for the writer, and for those whose report
// was misuse.
func measures(form url.Values, c concerned) []forum.NewMeasure {
	var list []forum.NewMeasure
	add := func(person int64, kind, days string) {
		if kind == "" || person == 0 {
			return
		}
		n, err := strconv.Atoi(strings.TrimSpace(days))
		if err != nil && strings.TrimSpace(days) != "" {
			n = -1 // no number of days is refused like too many
		}
		if k := forum.MeasureKind(kind); k == forum.MeasureNote || k == forum.MeasureWarning {
			n = 0
		}
		list = append(list, forum.NewMeasure{PersonID: person, Kind: forum.MeasureKind(kind), Days: n})
	}
	add(c.author, form.Get("measures"), form.Get("days"))
	told := map[int64]bool{}
	for id, o := range outcomesOf(form) {
		if person := c.reporters[id]; o == forum.OutcomeMisuse && !told[person] {
			told[person] = true
			add(person, form.Get("misuse"), form.Get("misuse_days"))
		}
	}
	return list
}

// typedDecision is what was typed in the form of a decision, fit to be put back;
// nil when there was none.
func typedDecision(form url.Values) *web.DecisionForm {
	if !form.Has("version") && !form.Has("action") {
		return nil
	}
	d := &web.DecisionForm{
		Key: shown(form.Get("key")), Action: forum.Action(shown(form.Get("action"))), Reason: shown(form.Get("reason")), Message: shown(form.Get("message")), Answer: shown(form.Get("answer")),
		Note: shown(form.Get("note")), Mentions: mentionsOf(form), FalseAlarm: ticked(form, "false_alarm"), NotSure: ticked(form, "not_sure"), Lines: linesOf(form),
		Topic: shown(form.Get("topic")), Correction: shown(form.Get("correction")), Question: shown(form.Get("question")),
		Measure: shown(form.Get("measures")), Days: shown(form.Get("days")), Misuse: shown(form.Get("misuse")), MisuseDays: shown(form.Get("misuse_days")), Outcomes: outcomesOf(form),
	}
	d.Version, _ = strconv.ParseInt(form.Get("version"), 10, 64)
	d.Revision, _ = strconv.Atoi(form.Get("revision"))
	return d
}
