package site

import (
	"crypto/rand"
	"fmt"
	"net/http"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showSpam(r *request) error { return s.spamPage(r, http.StatusOK, web.Spam{}) }

func (s *Server) spamPage(r *request, status int, p web.Spam) error {
	list, err := s.forum.SpamCases(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	for _, k := range list {
		signals, err := s.forum.CaseSignals(r.ctx(), r.Actor, k.ID)
		if err != nil {
			return err
		}
		p.Cases = append(p.Cases, s.queueItem(r, k, signals))
	}
	p.Most, p.Key = s.forum.MostSpam, rand.Text()
	if p.Frame, err = s.frame(r, "Adverts"); err != nil {
		return err
	}
	return r.show(status, web.SpamPage(p))
}

// removeSpam takes down what was ticked, each case as it stood on the page, and
// says of each what came of it. One that changed meanwhile makes the answer a
// conflict; the others are done.
func (s *Server) removeSpam(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	var cases []forum.SpamCase
	seen := map[int64]bool{}
	for _, text := range form["case"] {
		var k forum.SpamCase
		if n, err := fmt.Sscanf(text, "%d-%d-%d", &k.ID, &k.Version, &k.Revision); n != 3 || err != nil {
			return s.spamPage(r, http.StatusUnprocessableEntity, web.Spam{Faults: []web.Fault{{Message: "We could not read this form. Please choose again."}}})
		}
		if !seen[k.ID] {
			seen[k.ID] = true
			cases = append(cases, k)
		}
	}
	results, err := s.forum.RemoveSpam(r.ctx(), r.Actor, cases, form.Get("key"))
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		for i := range faults {
			faults[i].Field = "" // they are about the list, not about one box
		}
		return s.spamPage(r, status, web.Spam{Faults: faults})
	}
	p, status := web.Spam{}, http.StatusOK
	for _, x := range results {
		done := web.SpamDone{ID: x.ID, Path: casePath(x.ID), Said: "Taken down."}
		switch {
		case x.Err != nil:
			done.Said, done.Left = x.Err.Error(), true
			if forum.KindOf(x.Err) == forum.LostRace {
				status = http.StatusConflict
			} else if status == http.StatusOK {
				status = http.StatusUnprocessableEntity
			}
		case x.Verdict != forum.VerdictDecided:
			done.Said, done.Left = "A second person has to agree.", true
		}
		p.Done = append(p.Done, done)
	}
	return s.spamPage(r, status, p)
}
