package site

import (
	"errors"
	"fmt"
	"net/http"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) askWithdraw(r *request) error {
	row, err := s.ownPost(r)
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Take your words back")
	if err != nil {
		return err
	}
	p := web.Withdraw{Frame: f, PostID: row.ID, Part: row.Part, Words: s.bodies.get(row.ID, row.Revision, row.Body), Back: postPath(row.ThreadID, row.ID)}
	if row.Part == forum.PartOpening {
		v, err := s.forum.ThreadPage(r.ctx(), r.Actor, row.ThreadID, 1, 0)
		if err != nil {
			return err
		}
		p.Replies = v.Thread.Comments
	}
	return r.show(http.StatusOK, web.WithdrawPage(p))
}

func (s *Server) withdrawPost(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	row, err := s.forum.Withdraw(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if err := r.flash("You have taken your words back. Only you can see them now, here."); err != nil {
		return err
	}
	if row.Part == forum.PartComment {
		return r.redirect(postPath(row.ThreadID, row.ID))
	}
	return r.redirect("/me")
}

func (s *Server) supportPost(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	row, err := s.forum.SetSupport(r.ctx(), r.Actor, id, !form.Has("on") || ticked(form, "on"))
	if err != nil {
		return err
	}
	return r.redirect(postPath(row.ThreadID, row.ID))
}

func (s *Server) askReport(r *request) error {
	return s.reportPage(r, http.StatusOK, web.Report{Door: forum.Door(r.query("door"))})
}

func (s *Server) reportPage(r *request, status int, p web.Report) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	row, err := s.forum.Post(r.ctx(), r.Actor, id)
	if err != nil {
		return err
	}
	if p.Frame, err = s.frame(r, "Tell us about a post"); err != nil {
		return err
	}
	p.PostID, p.Author, p.Back = id, row.AuthorName, postPath(row.ThreadID, id)
	p.Words = s.bodies.get(row.ID, row.Revision, row.Body)
	return r.show(status, web.ReportPage(p))
}

func (s *Server) reportPost(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	form, err := r.form()
	if err != nil {
		return err
	}
	n := forum.NewReport{PostID: id, Door: forum.Door(form.Get("door")), Reason: form.Get("reason"), Note: form.Get("note"), Address: r.gin.ClientIP()}
	if _, err = s.forum.Report(r.ctx(), r.Actor, n); err == nil {
		return r.redirect(fmt.Sprintf("/posts/%d/reported?door=%s", id, n.Door))
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.reportPage(r, status, web.Report{Faults: faults, Door: n.Door, Reason: shown(n.Reason), Note: shown(n.Note)})
}

// showReported thanks, also when the post is hidden by now.
func (s *Server) showReported(r *request) error {
	id, err := r.number("id")
	if err != nil {
		return err
	}
	f, err := s.frame(r, "Thank you")
	if err != nil {
		return err
	}
	p := web.Reported{Frame: f, Door: forum.DoorRules, Back: "/"}
	row, err := s.forum.Post(r.ctx(), r.Actor, id)
	if err == nil {
		p.Back = postPath(row.ThreadID, id)
	} else if forum.KindOf(err) != forum.NotFound {
		return err
	}
	if forum.Door(r.query("door")) == forum.DoorWorried {
		p.Door = forum.DoorWorried
		for _, h := range s.Site.Helplines {
			if h.Crisis {
				p.Lines = append(p.Lines, helplineView(h))
			}
		}
	}
	return r.show(http.StatusOK, web.ReportedPage(p))
}

// lostRace says whether an error is a lost race.
func lostRace(err error) bool {
	var e *forum.Error
	return errors.As(err, &e) && e.Kind == forum.LostRace
}
