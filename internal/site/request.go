package site

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gin-gonic/gin"
	"github.com/gorilla/sessions"

	"snowdrop/internal/forum"
	"snowdrop/web"
)

// request is one request on its way through a handler.
type request struct {
	gin     *gin.Context
	Actor   forum.Actor
	whole   forum.Actor // with the roles that wait for a second factor
	locked  bool        // there are such roles
	session *sessions.Session
	id      string // of the request, for the log and the problem page
	now     time.Time
}

func (r *request) ctx() context.Context { return r.gin.Request.Context() }

// query reads one value of the address.
func (r *request) query(name string) string {
	return strings.ToValidUTF8(r.gin.Query(name), "")
}

// number reads an id from the path; anything that is none is not found.
func (r *request) number(name string) (int64, error) {
	n, err := strconv.ParseInt(r.gin.Param(name), 10, 64)
	if err != nil || n <= 0 {
		return 0, errNowhere
	}
	return n, nil
}

// queryNumber reads a positive number of the address; 0 when there is none.
func (r *request) queryNumber(name string) int64 {
	n, err := strconv.ParseInt(r.query(name), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}

// errTooLarge is a body over maxRequest.
var errTooLarge = errors.New("request too large")

// form reads the posted form.
func (r *request) form() (url.Values, error) {
	if kind := r.gin.ContentType(); kind != "application/x-www-form-urlencoded" && kind != "" {
		return nil, &forum.Error{Kind: forum.Invalid, Message: "We could not read this form. Please go back and send it again."}
	}
	if err := r.gin.Request.ParseForm(); err != nil {
		var large *http.MaxBytesError
		if errors.As(err, &large) {
			return nil, errTooLarge
		}
		return nil, &forum.Error{Kind: forum.Invalid, Message: "We could not read this form. Please go back and send it again."}
	}
	return r.gin.Request.PostForm, nil
}

// ticked reads a check box.
func ticked(form url.Values, name string) bool {
	switch form.Get(name) {
	case "", "0", "off", "false", "no":
		return false
	}
	return true
}

func (r *request) redirect(path string) error {
	r.gin.Redirect(http.StatusSeeOther, path)
	return nil
}

// show renders a page into memory first, so that a fault in it never reaches a
// browser half-written.
func (r *request) show(status int, page templ.Component) error {
	var buf bytes.Buffer
	if err := page.Render(r.ctx(), &buf); err != nil {
		return fmt.Errorf("render a page: %w", err)
	}
	r.gin.Data(status, "text/html; charset=utf-8", buf.Bytes())
	return nil
}

// frame fills what stands around every page.
func (s *Server) frame(r *request, title string) (web.Frame, error) {
	f := web.Frame{
		Title: title, Path: r.gin.Request.URL.RequestURI(), Actor: r.Actor, Demo: s.Demo,
		LeaveURL: s.Site.LeaveURL, Now: r.now, Flash: r.takeFlash(), Search: true, Data: true, People: r.Actor.Keeps(),
	}
	if r.session != nil {
		f.Neutral = r.row().Shared
	}
	if !r.Actor.SignedIn() {
		return f, nil
	}
	var err error
	if f.Unread, err = s.forum.CountUnread(r.ctx(), r.Actor); err != nil {
		return f, err
	}
	if r.Actor.Moderates() {
		counts, err := s.forum.QueueCounts(r.ctx(), r.Actor)
		if err != nil {
			return f, err
		}
		for _, n := range counts {
			f.Waiting += n
		}
	}
	return f, nil
}

// indexed lets search engines list a page.
func (r *request) indexed(f *web.Frame, s *Server) {
	f.Index = true
	f.Canonical = s.BaseURL + r.gin.Request.URL.Path
	r.gin.Header("X-Robots-Tag", "all")
}
