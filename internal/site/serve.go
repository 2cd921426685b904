package site

import (
	"errors"
	"math"
	"net/http"
	"net/url"
	"strconv"

	"github.com/gin-gonic/gin"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

const requestKey = "snowdrop.request"

// serve turns a route into a Gin handler: it loads the session and the actor,
// asks whether they may, runs the handler and answers its error.
func (s *Server) serve(rt route) gin.HandlerFunc {
	return func(c *gin.Context) {
		r := c.MustGet(requestKey).(*request)
		err := s.identify(r)
		switch {
		case err != nil:
		case r.locked && rt.who.may(r.whole) && !rt.who.may(r.Actor):
			err = &forum.Error{Kind: forum.Unproven}
		case rt.who.may(r.Actor):
			err = rt.do(s, r)
		case rt.who == members && !r.Actor.SignedIn():
			err = &forum.Error{Kind: forum.SignedOut}
		default:
			err = errNowhere
		}
		if err != nil {
			s.fail(r, err)
		}
	}
}

// identify loads the session and who it belongs to, fresh for every request.
func (s *Server) identify(r *request) error {
	var err error
	if r.session, err = s.sessions.Get(r.gin.Request, s.sessions.cookie); err != nil {
		return err
	}
	id := personOf(r.session)
	if id == 0 {
		return nil
	}
	if r.whole, err = s.forum.Actor(r.ctx(), id); err != nil {
		return err
	}
	if r.row().Changed(r.whole) {
		err := r.renew(r.whole, false)
		if forum.KindOf(err) == forum.SignedOut {
			r.whole = forum.Actor{} // revoked at this moment
			return nil
		}
		if err != nil {
			return err
		}
	}
	r.Actor, r.locked = s.forum.Within(r.whole, r.row())
	return nil
}

// statuses is the status each kind of error answers with.
var statuses = map[forum.ErrorKind]int{
	forum.Invalid:   http.StatusUnprocessableEntity,
	forum.SignedOut: http.StatusUnauthorized, // only scripts see it: people are led to sign in
	forum.NotFound:  http.StatusNotFound,
	forum.LostRace:  http.StatusConflict,
	forum.TooMany:   http.StatusTooManyRequests,
	forum.Busy:      http.StatusServiceUnavailable,
	forum.Unproven:  http.StatusUnauthorized, // as SignedOut
	forum.Internal:  http.StatusInternalServerError,
}

// fail turns an error into an answer. Faults of ours are logged here, once, with
// the request's id and without anybody's words.
func (s *Server) fail(r *request, err error) {
	if errors.Is(err, errTooLarge) {
		s.problem(r, http.StatusRequestEntityTooLarge, web.Problem{})
		return
	}
	kind := forum.KindOf(err)
	if kind == forum.Unproven {
		s.rescue(r)
		r.gin.Redirect(http.StatusSeeOther, "/me/second-step?next="+url.QueryEscape(wayBack(r.gin.Request)))
		return
	}
	if kind == forum.SignedOut {
		r.gin.Redirect(http.StatusSeeOther, "/sign-in?next="+url.QueryEscape(wayBack(r.gin.Request)))
		return
	}
	p := web.Problem{}
	var told *forum.Error
	if errors.As(err, &told) {
		p.Message, p.Retry = told.Message, told.Retry
		if told.Retry > 0 {
			r.gin.Header("Retry-After", strconv.Itoa(int(math.Ceil(told.Retry.Seconds()))))
		}
	}
	if kind == forum.Internal && r.ctx().Err() == nil {
		s.Log.ErrorContext(r.ctx(), "request failed", "request", r.id, "route", r.gin.FullPath(), "error", err)
	}
	p.Safe, p.Words = s.rescue(r)
	s.problem(r, statuses[kind], p)
}

// rescue makes sure that what somebody typed is not lost with a request that
// failed: saved as a draft if it can be, else given back on the page.
func (s *Server) rescue(r *request) (safe bool, words string) {
	if r.gin.Request.Method != http.MethodPost {
		return false, ""
	}
	form, err := r.form()
	if err != nil || form.Get("body") == "" {
		return false, ""
	}
	if r.Actor.SignedIn() {
		if _, err := s.forum.SaveDraft(r.ctx(), r.Actor, draftID(form), r.gin.Request.URL.Path, form); err == nil {
			return true, ""
		}
	}
	return false, form.Get("body")
}

func (s *Server) problem(r *request, status int, p web.Problem) {
	f, err := s.frame(r, "")
	if err != nil {
		f = web.Frame{LeaveURL: s.Site.LeaveURL, Now: r.now} // the database may be the problem
	}
	p.Frame, p.Status, p.RequestID = f, status, r.id
	if err := r.show(status, web.ProblemPage(p)); err != nil {
		s.Log.ErrorContext(r.ctx(), "problem page failed", "request", r.id, "error", err)
		r.gin.String(http.StatusInternalServerError, "Something went wrong. In an emergency call 999.")
	}
}

// wayBack is the page that somebody is led back to after a detour.
func wayBack(r *http.Request) string {
	if r.Method == http.MethodGet || r.Method == http.MethodHead {
		return r.URL.RequestURI()
	}
	return refererPath(r)
}

// refererPath is the page a form was sent from, when it is one of ours.
func refererPath(r *http.Request) string {
	u, err := url.Parse(r.Referer())
	if err != nil || u.Host != r.Host {
		return "/"
	}
	return u.RequestURI()
}
