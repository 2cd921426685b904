package site

import (
	"net/http"
	"net/url"
	"strings"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

func (s *Server) showJoin(r *request) error {
	return s.joinPage(r, http.StatusOK, web.Join{Next: insidePath(r.query("next"))})
}

func (s *Server) joinPage(r *request, status int, p web.Join) error {
	var err error
	if p.Frame, err = s.frame(r, "Join"); err != nil {
		return err
	}
	return r.show(status, web.JoinPage(p))
}

func (s *Server) join(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	n := forum.NewPerson{
		Name: form.Get("name"), KeepName: ticked(form, "keep_name"), Email: form.Get("email"), Password: form.Get("password"),
		Adult: ticked(form, "adult"), Consent: ticked(form, "consent"), Address: r.gin.ClientIP(),
	}
	p, err := s.forum.Join(r.ctx(), n)
	if err == nil {
		return s.enter(r, entry{Person: p.ID, Next: form.Get("next"), Shared: ticked(form, "shared"), Flash: "Welcome. We have sent you an e-mail: please open the link in it, so that we know the address is yours. You can write now; others can read it once a moderator has."})
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.joinPage(r, status, web.Join{
		Faults: faults, Name: shown(n.Name), KeepName: n.KeepName, Email: shown(n.Email), Adult: n.Adult, Consent: n.Consent, Shared: ticked(form, "shared"), Next: insidePath(form.Get("next")),
	})
}

func (s *Server) showSignIn(r *request) error {
	return s.signInPage(r, http.StatusOK, web.SignIn{Next: insidePath(r.query("next"))})
}

func (s *Server) signInPage(r *request, status int, p web.SignIn) error {
	var err error
	if p.Frame, err = s.frame(r, "Sign in"); err != nil {
		return err
	}
	p.Kept = textOf(r.session, valueKept) != ""
	return r.show(status, web.SignInPage(p))
}

func (s *Server) signIn(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	p, err := s.forum.SignIn(r.ctx(), form.Get("email"), form.Get("password"), r.gin.ClientIP())
	asked := form.Get("code") != ""
	if err == nil {
		in := entry{Person: p.ID, Next: form.Get("next"), Shared: ticked(form, "shared")}
		if !asked {
			return s.admit(r, in)
		}
		var has bool
		if has, err = s.forum.HasFactor(r.ctx(), p.ID); err == nil && has {
			err = s.forum.Prove(r.ctx(), p.ID, form.Get("code"))
			in.Proven = true
		}
		if err == nil {
			return s.enter(r, in)
		}
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.signInPage(r, status, web.SignIn{Faults: faults, Email: shown(form.Get("email")), AskCode: asked, Shared: ticked(form, "shared"), Next: insidePath(form.Get("next"))})
}

// enter signs a person in under a new token and leads them on: to the words that
// were kept for them, or to where they were.
func (s *Server) enter(r *request, in entry) error {
	kept, personID, device := textOf(r.session, valueKept), in.Person, deviceName(r.gin.GetHeader("User-Agent"))
	if err := r.rotate(forum.NewSession{PersonID: personID, Device: device, Shared: in.Shared, Proven: in.Proven}); err != nil {
		return err
	}
	if err := s.forum.Arrived(r.ctx(), personID, device); err != nil {
		return err
	}
	if in.Flash != "" {
		if err := r.flash(in.Flash); err != nil {
			return err
		}
	}
	next := insidePath(in.Next)
	if next == "" {
		next = "/"
	}
	// Whoever asked to leave and comes again is offered to stay.
	if _, leaving, err := s.forum.Leaving(r.ctx(), forum.Actor{ID: personID}); err != nil {
		return err
	} else if leaving {
		next = "/me/leave"
	}
	if kept == "" {
		return r.redirect(next)
	}
	d, ok, err := s.forum.ClaimWords(r.ctx(), personID, kept)
	if err != nil {
		return err
	}
	if ok {
		next = formPath(d)
	}
	return r.redirect(next)
}

// formPath is the page that shows a draft's form with the words in it.
func formPath(d forum.Draft) string {
	query := "?draft=" + url.QueryEscape(itoa(d.ID))
	switch {
	case d.Path == "/threads":
		return "/threads/new" + query
	case strings.HasPrefix(d.Path, "/me/"):
		return "/me" + query + "#decisions"
	case strings.HasPrefix(d.Path, "/questions/"):
		return "/questions" + query
	case len(d.Path) > len("/comments") && d.Path[:len("/threads/")] == "/threads/":
		return d.Path[:len(d.Path)-len("/comments")] + query + "#reply"
	}
	return d.Path + query
}

func (s *Server) signOut(r *request) error {
	r.session.Options.MaxAge = -1
	if err := r.saveSession(); err != nil {
		return err
	}
	r.gin.Header("Clear-Site-Data", `"cache"`)
	return r.redirect("/")
}

func (s *Server) showLink(r *request) error {
	return s.linkPage(r, http.StatusOK, web.SetPassword{})
}

func (s *Server) linkPage(r *request, status int, p web.SetPassword) error {
	l, err := s.forum.Link(r.ctx(), r.gin.Param("token"))
	if err != nil && forum.KindOf(err) != forum.NotFound {
		return err
	}
	if p.Frame, err = s.frame(r, "Set your password"); err != nil {
		return err
	}
	p.Action, p.Purpose, p.Dead = "/link/"+url.PathEscape(r.gin.Param("token")), l.Purpose, l.Key == ""
	p.Path = "/sign-in" // the token must not travel on in a "next"
	p.AskPassword = l.PersonID == nil || *l.PersonID != r.Actor.ID
	if p.Dead {
		status = http.StatusNotFound
	}
	return r.show(status, web.SetPasswordPage(p))
}

func (s *Server) followLink(r *request) error {
	form, err := r.form()
	if err != nil {
		return err
	}
	l, err := s.forum.Link(r.ctx(), r.gin.Param("token"))
	if err == nil && l.Purpose == forum.LinkConfirm {
		return s.confirmEmail(r, form.Get("password"))
	}
	n := forum.NewPerson{Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password"), Consent: ticked(form, "consent")}
	p, err := s.forum.FollowLink(r.ctx(), r.gin.Param("token"), n)
	if err == nil {
		return s.admit(r, entry{Person: p.ID})
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok && forum.KindOf(err) != forum.NotFound {
		return err
	}
	return s.linkPage(r, status, web.SetPassword{Faults: faults, Name: shown(n.Name), Email: shown(n.Email), Consent: n.Consent})
}
