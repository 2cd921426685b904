package site

import (
	"net/http"
	"net/url"

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
		Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password"),
		Adult: ticked(form, "adult"), Consent: ticked(form, "consent"), Address: r.gin.ClientIP(),
	}
	p, err := s.forum.Join(r.ctx(), n)
	if err == nil {
		return s.enter(r, p.ID, form.Get("next"))
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.joinPage(r, status, web.Join{
		Faults: faults, Name: shown(n.Name), Email: shown(n.Email), Adult: n.Adult, Consent: n.Consent, Next: insidePath(form.Get("next")),
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
	if err == nil {
		return s.enter(r, p.ID, form.Get("next"))
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok {
		return err
	}
	return s.signInPage(r, status, web.SignIn{Faults: faults, Email: shown(form.Get("email")), Next: insidePath(form.Get("next"))})
}

// enter signs a person in under a new token and leads them on: to the words that
// were kept for them, or to where they were.
func (s *Server) enter(r *request, personID int64, next string) error {
	kept := textOf(r.session, valueKept)
	if err := r.rotate(personID); err != nil {
		return err
	}
	if next = insidePath(next); next == "" {
		next = "/"
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
	n := forum.NewPerson{Name: form.Get("name"), Email: form.Get("email"), Password: form.Get("password"), Consent: ticked(form, "consent")}
	p, err := s.forum.FollowLink(r.ctx(), r.gin.Param("token"), n)
	if err == nil {
		return s.enter(r, p.ID, "/")
	}
	status, faults, _, ok := s.rejected(r, err)
	if !ok && forum.KindOf(err) != forum.NotFound {
		return err
	}
	return s.linkPage(r, status, web.SetPassword{Faults: faults, Name: shown(n.Name), Email: shown(n.Email)})
}
