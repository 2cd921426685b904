package site

import (
	"archive/zip"
	"encoding/json"
	"fmt"
	"net/http"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showData(r *request) error { return s.dataPage(r, http.StatusOK, nil) }

func (s *Server) dataPage(r *request, status int, faults []web.Fault) error {
	f, err := s.frame(r, "Your data")
	if err != nil {
		return err
	}
	return r.show(status, web.DataPage(web.DataForm{Frame: f, Faults: faults}))
}

// downloadData writes the zip as it is made. Everything was read before the first
// byte, so that what goes wrong with that still has a page of its own.
func (s *Server) downloadData(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	chapters, err := s.forum.Everything(r.ctx(), r.Actor, form.Get("password"))
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.dataPage(r, status, faults)
	}
	// The name says nothing about what this site is.
	r.gin.Header("Content-Disposition", `attachment; filename="my-data.zip"`)
	r.gin.Header("Content-Type", "application/zip")
	r.gin.Status(http.StatusOK)
	z := zip.NewWriter(r.gin.Writer)
	err = writeData(r, z, chapters)
	if err == nil {
		err = z.Close()
	}
	if err != nil { // too late for another answer: what was sent is no whole zip, and says so when it is opened
		s.Log.ErrorContext(r.ctx(), "a download broke off", "request", r.id, "error", err)
	}
	return nil
}

func writeData(r *request, z *zip.Writer, chapters []forum.Chapter) error {
	w, err := z.Create("data.json")
	if err != nil {
		return fmt.Errorf("begin data.json: %w", err)
	}
	object := map[string]any{}
	for _, c := range chapters {
		object[c.Name] = c.Items
	}
	text := json.NewEncoder(w)
	text.SetIndent("", "  ")
	text.SetEscapeHTML(false)
	if err := text.Encode(object); err != nil {
		return fmt.Errorf("write data.json: %w", err)
	}
	if w, err = z.Create("index.html"); err != nil {
		return fmt.Errorf("begin index.html: %w", err)
	}
	return web.EverythingPage(chapters, r.now).Render(r.ctx(), w)
}

func (s *Server) showDeparture(r *request) error {
	return s.departurePage(r, http.StatusOK, web.Departure{})
}

func (s *Server) departurePage(r *request, status int, p web.Departure) error {
	var err error
	if p.Frame, err = s.frame(r, "Leave"); err != nil {
		return err
	}
	d, leaving, err := s.forum.Leaving(r.ctx(), r.Actor)
	if err != nil {
		return err
	}
	p.Leaving, p.EndsAt = leaving, r.now.Add(s.Site.Retention.Leave)
	if leaving {
		p.Mode, p.EndsAt = d.Mode, d.EndsAt
	}
	if p.KeptUntil, err = s.forum.SafetyKept(r.ctx(), r.Actor, p.EndsAt); err != nil {
		return err
	}
	return r.show(status, web.DeparturePage(p))
}

func (s *Server) depart(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	mode := forum.LeaveMode(form.Get("mode"))
	d, err := s.forum.Leave(r.ctx(), r.Actor, mode, form.Get("password"))
	if err != nil {
		status, faults, _, ok := s.rejected(r, err)
		if !ok {
			return err
		}
		return s.departurePage(r, status, web.Departure{Mode: mode, Faults: faults})
	}
	r.session.Options.MaxAge = -1
	if err := r.saveSession(); err != nil {
		return err
	}
	r.Actor = forum.Actor{} // the page is for somebody who is signed out
	f := web.Frame{Path: "/", LeaveURL: s.Site.LeaveURL, Now: r.now, Demo: s.Demo, Search: true}
	return r.show(http.StatusOK, web.GoodbyePage(web.Departure{Frame: f, Mode: d.Mode, EndsAt: d.EndsAt}))
}

func (s *Server) comeBack(r *request) error {
	if err := s.forum.ComeBack(r.ctx(), r.Actor); err != nil {
		return err
	}
	if err := r.flash("You’re back. Your name and your words are as they were."); err != nil {
		return err
	}
	return r.redirect("/me")
}
