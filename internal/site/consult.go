package site

import (
	"fmt"
	"net/http"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showQuestions(r *request) error {
	p := web.Questions{}
	typed := web.Consult{}
	d, kept, err := s.draftOf(r)
	if err != nil {
		return err
	}
	if kept != nil {
		if _, err := fmt.Sscanf(d.Path, "/questions/%d/answer", &typed.ID); err == nil {
			typed.Answer, typed.Draft = shown(kept.Get("body")), d.ID
		}
	}
	return s.questionsPage(r, http.StatusOK, p, typed)
}

// questionsPage shows what midwives are asked. typed is an answer that is not sent
// yet; when its question is gone, the words are given back above the list.
func (s *Server) questionsPage(r *request, status int, p web.Questions, typed web.Consult) error {
	consults, err := s.forum.OpenConsults(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	for _, q := range consults {
		v := web.Consult{ID: q.ID, Asked: q.Question, Thread: q.ThreadTitle, Words: render(q.Body), Since: q.CreatedAt}
		if q.ID == typed.ID {
			v.Answer, v.Draft, v.Faults = typed.Answer, typed.Draft, typed.Faults
			typed = web.Consult{}
		}
		p.Consults = append(p.Consults, v)
	}
	switch {
	case typed.ID == 0:
	case typed.Answer != "" && p.Late == "":
		p.Late = errAnswered.Message
	case typed.Answer == "" && status != http.StatusOK:
		return errNowhere
	}
	if p.Late != "" {
		p.Kept = typed.Answer
	}
	if p.Waiting, p.Body, err = s.waiting(r); err != nil {
		return err
	}
	if err := s.claimed(r, p.Waiting, p.Body); err != nil {
		return err
	}
	if p.Frame, err = s.frame(r, "Questions for midwives"); err != nil {
		return err
	}
	p.Hours = s.midwifeHours(r)
	return r.show(status, web.QuestionsPage(p))
}

// waiting lists the threads that ask for a midwife, and apart from them the posts
// that may be about the body: who asked must not stand behind who did not. A
// thread stands there once.
func (s *Server) waiting(r *request) (asked, body []web.Question, err error) {
	rows, err := s.forum.Questions(r.ctx(), r.Actor)
	if err != nil {
		return nil, nil, err
	}
	listed := map[int64]bool{}
	for i, line := range s.threadLines(rows, true) {
		listed[line.ID] = true
		asked = append(asked, web.Question{ThreadLine: line, Since: rows[i].CreatedAt})
	}
	posts, err := s.forum.BodyQuestions(r.ctx(), r.Actor)
	if err != nil {
		return nil, nil, err
	}
	for _, p := range posts {
		if listed[p.ThreadID] {
			continue
		}
		listed[p.ThreadID] = true
		topic, _ := s.forum.Topics.Find(p.Topic)
		body = append(body, web.Question{Body: true, Reply: p.Part == forum.PartComment, Since: p.CreatedAt, ThreadLine: web.ThreadLine{
			ID: p.ThreadID, Path: postPath(p.ThreadID, p.ID), Topic: topic.Title, Title: p.ThreadTitle, Author: p.AuthorName, Excerpt: excerpt(p.Body, 200),
		}})
	}
	return asked, body, nil
}

// errAnswered is what a midwife is told who was a moment later than another.
var errAnswered = &forum.Error{Kind: forum.LostRace, Message: "Somebody else has answered this already. Thank you all the same. What you wrote is below."}

// answerConsult is a midwife's answer to a moderator.
func (s *Server) answerConsult(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	if !r.Actor.SignedIn() {
		return s.keepWords(r, form, "/questions")
	}
	err = s.forum.AnswerConsult(r.ctx(), r.Actor, id, form.Get("body"))
	if err == nil {
		s.posted(r, form)
		if err := r.flash("Thank you. The moderators have your answer."); err != nil {
			return err
		}
		return r.redirect("/questions")
	}
	if forum.KindOf(err) == forum.NotFound && form.Get("body") != "" {
		err = errAnswered // it is not open any more, and the words must not be lost
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	typed := web.Consult{ID: id, Answer: shown(form.Get("body")), Draft: draftID(form)}
	p := web.Questions{}
	if status == http.StatusConflict {
		p.Late = errAnswered.Message
		return s.questionsPage(r, status, p, typed)
	}
	for _, f := range faults {
		f.Field = fmt.Sprintf("body-%d", id)
		typed.Faults = append(typed.Faults, f)
	}
	return s.questionsPage(r, status, p, typed)
}
